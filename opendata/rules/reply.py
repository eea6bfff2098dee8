"""The reply: its types by kind of feedback, what each must carry, its hash, its quality check.

Where a reply is in its life stands in ``feedback``. Sources: DESIGN §3; domain rules R5 (the
approval binds to the hash) and R7 (a refusal names reason, statute and article); the platform's
form wants contact and 結案狀態.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from opendata.rules import privacy
from opendata.rules.canonical import digest, encode
from opendata.rules.errors import Fault, Invalid
from opendata.rules.sight import visible

MAX_TEXT = 3000
MAX_CONTACT = 150
MAX_STATUTE = 100
LATEST_PROMISE = timedelta(days=5 * 365)


class ReplyType(StrEnum):
    """回復類型. The first four answer suggestions; PROGRESS tells either of an extension."""

    OPEN_OR_ON_REQUEST = "open_or_on_request"
    PLANNED = "planned"
    NOT_OPEN = "not_open"
    UNDER_STUDY = "under_study"
    CORRECTED = "corrected"
    CORRECTION_PLANNED = "correction_planned"
    EXPLAINED = "explained"
    NO_CHANGE = "no_change"
    NOT_OUR_BUSINESS = "not_our_business"
    THANKS = "thanks"
    PROGRESS = "progress"


class Purpose(StrEnum):
    """What a submission is for; published, it leads the case to different places."""

    REPLY = "reply"
    UNDER_STUDY = "under_study"
    PROGRESS_NOTICE = "progress_notice"
    REDISPATCH_NOTICE = "redispatch_notice"
    SET_ASIDE = "set_aside"


class Reason(StrEnum):
    """不開放或不予調整之理由類別."""

    LAW = "law"
    NOT_COLLECTED = "not_collected"
    NOT_COMPETENT = "not_competent"
    QUALITY = "quality"
    FEE = "fee"
    ADMINISTRATIVE = "administrative"
    BY_DEFINITION = "by_definition"


class Closing(StrEnum):
    """結案狀態 on the platform's form."""

    CLOSED = "closed"
    NOT_CLOSED = "not_closed"


_T = ReplyType
TYPES: Mapping[str, tuple[ReplyType, ...]] = MappingProxyType(
    {
        "suggestion": (_T.OPEN_OR_ON_REQUEST, _T.PLANNED, _T.NOT_OPEN, _T.UNDER_STUDY),
        "comment": (
            _T.CORRECTED,
            _T.CORRECTION_PLANNED,
            _T.EXPLAINED,
            _T.NO_CHANGE,
            _T.NOT_OUR_BUSINESS,
            _T.THANKS,
        ),
    }
)
REASONS: Mapping[ReplyType, tuple[Reason, ...]] = MappingProxyType(
    {
        _T.NOT_OPEN: tuple(reason for reason in Reason if reason is not Reason.BY_DEFINITION),
        _T.NO_CHANGE: (Reason.BY_DEFINITION, Reason.LAW, Reason.QUALITY, Reason.ADMINISTRATIVE),
    }
)
DATED = frozenset({_T.PLANNED, _T.UNDER_STUDY, _T.CORRECTION_PLANNED, _T.PROGRESS})


_PURPOSES = MappingProxyType(
    {_T.UNDER_STUDY: Purpose.UNDER_STUDY, _T.PROGRESS: Purpose.PROGRESS_NOTICE}
)


@dataclass(frozen=True, slots=True)
class Reply:
    """Everything that will stand on the platform, and what it rests on.

    ``promised`` is the date that PLANNED, UNDER_STUDY, CORRECTION_PLANNED and PROGRESS owe;
    ``statute`` names law and article; ``item`` is the inventory item of a planned opening.
    """

    type: ReplyType
    text: str
    contact: str
    closing: Closing
    promised: date | None = None
    reason: Reason | None = None
    statute: str | None = None
    item: str | None = None

    @property
    def purpose(self) -> Purpose:
        """What it is submitted for; the type decides."""
        return _PURPOSES.get(self.type, Purpose.REPLY)

    @property
    def needs_cosign(self) -> bool:
        """A refusal that rests on law is co-signed by the legal unit (R7)."""
        return self.type is ReplyType.NOT_OPEN and self.reason is Reason.LAW


@dataclass(frozen=True, slots=True)
class Draft:
    """What the case remembers of its newest draft; the words lie in body row ``number``.

    A co-sign holds for the hash it was given for, and no other.
    """

    number: int
    purpose: Purpose
    type: ReplyType
    hash: str
    drafter: str
    saved_at: datetime
    promised: date | None = None
    needs_cosign: bool = False
    cosigned_by: str | None = None

    @property
    def awaits_cosign(self) -> bool:
        """A co-sign is needed and has not been given."""
        return self.needs_cosign and self.cosigned_by is None


def tidy(text: str) -> str:
    """As texts are kept and hashed: NFC, line feeds, no blanks at the ends, nothing unseen.

    What is approved is what was shown, to the last sign.
    """
    seen = visible(text.replace("\r\n", "\n").replace("\r", "\n"))
    return unicodedata.normalize("NFC", seen).strip()


def line(text: str) -> str:
    """A text of one line, tidy: a break in it would look like a line of ours where it is shown."""
    return " ".join(tidy(text).split())


def tidied(reply: Reply) -> Reply:
    """The reply with its texts tidy, and without parts that its type does not carry."""
    law = reply.reason is Reason.LAW and reply.type in REASONS
    return replace(
        reply,
        text=tidy(reply.text),
        contact=line(reply.contact),
        promised=reply.promised if reply.type in DATED else None,
        reason=reply.reason if reply.type in REASONS else None,
        statute=(line(reply.statute) or None) if law and reply.statute else None,
        item=(line(reply.item) or None) if reply.type is ReplyType.PLANNED and reply.item else None,
    )


def reply_hash(case: str, round_: int, reply: Reply) -> str:
    """What an approval binds to: SHA-256 over case, round and the whole reply, canonical."""
    return digest({"case": case, "round": round_, **encode(tidied(reply))})


def require(reply: Reply, kind: str, today: date) -> None:
    """Refuse a reply that the platform could not take or that R7 forbids.

    Args:
        reply: tidied.
        kind: of the feedback, ``comment`` or ``suggestion``.
        today: the local date; a promise lies after it.

    Raises:
        Invalid: one fault a field.
    """
    wrong = None if reply.type in TYPES[kind] else Fault("type", "wrong_type")
    _refuse(wrong, *_faults(reply, today))


def require_notice(reply: Reply, today: date, *more: Fault | None) -> None:
    """Refuse a progress notice that the platform could not take, or for the faults given.

    Raises:
        Invalid: one fault a field.
    """
    _refuse(*_faults(reply, today), *more)


def _refuse(*found: Fault | None) -> None:
    faults = [fault for fault in found if fault]
    if faults:
        raise Invalid(*faults)


def _faults(reply: Reply, today: date) -> list[Fault | None]:
    return [
        _length("text", reply.text, MAX_TEXT),
        _length("contact", reply.contact, MAX_CONTACT),
        _promise(reply, today),
        Fault("reason", "required")
        if reply.type in REASONS and reply.reason not in REASONS[reply.type]
        else None,
        _length("statute", reply.statute or "", MAX_STATUTE)
        if reply.reason is Reason.LAW
        else None,
        _length("item", reply.item, MAX_STATUTE) if reply.item else None,
    ]


def _length(field: str, text: str, most: int) -> Fault | None:
    if all(unicodedata.category(sign)[0] in "CZ" for sign in text):
        return Fault(field, "required")
    if len(text) > most:
        return Fault(field, "too_long", (("most", most), ("length", len(text))))
    return None


def _promise(reply: Reply, today: date) -> Fault | None:
    if reply.type not in DATED:
        return None
    if reply.promised is None:
        return Fault("promised", "required")
    if reply.promised <= today:
        return Fault("promised", "not_in_future")
    if reply.promised > today + LATEST_PROMISE:
        return Fault("promised", "too_far", (("years", LATEST_PROMISE.days // 365),))
    return None


class Doubt(StrEnum):
    """What a reader of the draft should look at once more; nothing that forbids it."""

    PERSONAL_DATA = "personal_data"
    SHORT = "short"
    INTERNAL_WORDS = "internal_words"
    NO_REASON_TOLD = "no_reason_told"
    NO_DATE_TOLD = "no_date_told"
    NO_WAY_TO_ASK = "no_way_to_ask"


_INTERNAL = re.compile(r"奉核|陳核|簽核|核示|會辦單位|擬復|擬予")
_REASON = re.compile(r"因|為|依|基於|考量|涉及|由於")
_DATE = re.compile(r"[0-9０-９一二三四五六七八九十〇]+\s*[年月日季./-]|年底|月底|季")
_REACHABLE = re.compile(r"\d{3,}|@|分機")


def doubts(reply: Reply) -> tuple[Doubt, ...]:
    """What a citizen would miss (done? why? when? whom to ask?) or should not see."""
    told = {
        Doubt.PERSONAL_DATA: bool(privacy.find(reply.text)),
        Doubt.SHORT: len(reply.text) < 20 and reply.type is not ReplyType.THANKS,
        Doubt.INTERNAL_WORDS: bool(_INTERNAL.search(reply.text)),
        Doubt.NO_REASON_TOLD: reply.type in REASONS and not _REASON.search(reply.text),
        Doubt.NO_DATE_TOLD: reply.type in DATED and not _DATE.search(reply.text),
        Doubt.NO_WAY_TO_ASK: not _REACHABLE.search(reply.contact),
    }
    return tuple(doubt for doubt, raised in told.items() if raised)
