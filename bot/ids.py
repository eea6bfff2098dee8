"""The ids of our buttons and modals in Slack; builders and listeners share them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum


class Button(StrEnum):
    """action_id of each button."""

    CLAIM = "claim"
    ASSIGN = "assign"
    DRAFT = "draft"
    PREVIEW = "preview"
    RELEASE = "release"
    REASSIGN = "reassign"
    RECALL = "recall"
    COSIGN = "cosign"
    PASS = "pass"
    RETURN = "return"
    APPROVE = "approve"
    REVOKE = "revoke"
    REVISE = "revise"
    PUBLISH = "publish"
    PLATFORM = "platform"
    DETAILS = "details"
    REVEAL = "reveal"
    WHY = "why"
    CLOSURE = "closure"
    DECIDE = "decide"
    EXTEND = "extend"
    REPLY = "reply"
    HELP = "help"
    SNOOZE = "snooze"
    KEEP = "keep"
    AGREE = "agree"
    INSTRUCT = "instruct"
    LIST = "list"
    AGAIN = "again"
    OPEN_LATE = "open_late"
    LATE = "late"
    NOT_DUE = "not_due"
    UNDER_STUDY = "under_study"
    IN_TIME = "in_time"
    NO_CHANGE = "no_change"
    UPLOAD = "upload"
    SAME_ITEM = "same_item"
    OTHER_ITEM = "other_item"
    LATE_ITEMS = "late_items"
    ITEM = "item"
    MORE = "more"
    BACK = "back"
    TYPE = "type"


class Modal(StrEnum):
    """callback_id of each modal that is submitted."""

    DRAFT = "draft"
    PREVIEW = "preview"
    RETURN = "return"
    REVOKE = "revoke"
    PUBLISH = "publish"
    ASSIGN = "assign"
    REASSIGN = "reassign"
    REVEAL = "reveal"
    EXTEND = "extend"
    SNOOZE = "snooze"
    INSTRUCT = "instruct"
    IMPORT = "import"
    CALENDAR = "calendar"
    CLOSURE = "closure"
    ITEM = "item"
    SUBMISSION = "submission"


@dataclass(frozen=True, slots=True)
class Spot:
    """What a paging button leads to, and where.

    ``what``: a page of ``list``, ``overdue``, ``behind``, ``items``, ``status`` or ``calendar``.
    ``where`` of a list are the ends of the pages before it, so that there is a way back; of what
    stands behind a number, before them the number, its period and the agency; of the status its
    period, how many agencies come before, and the agency; of the calendar, how many closures.
    """

    what: str
    where: tuple[str, ...] = ()

    def __str__(self) -> str:
        return json.dumps([self.what, *self.where])

    @classmethod
    def read(cls, value: str) -> Spot:
        """What ``str`` wrote."""
        what, *where = json.loads(value)
        return cls(what, tuple(where))


@dataclass(frozen=True, slots=True)
class Ref:
    """What a button is about: the case, its round, and the hash of the text that was shown.

    Of an item of the inventory: its number, its version, and the dataset that it may be; of a
    quarterly submission: the agency, and the quarter.
    """

    case: str
    round: int = 1
    hash: str = ""

    def __str__(self) -> str:
        return json.dumps([self.case, self.round, self.hash])

    @classmethod
    def read(cls, value: str) -> Ref:
        """What ``str`` wrote."""
        case, round_, shown = json.loads(value)
        return cls(case, round_, shown)
