"""Samples of what opens and what is answered: modals, and the command's answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from slack_sdk import WebClient

from bot import refusals
from bot.handing_in import REFUSED_ROWS, handed_in, items_handed_in
from bot.ids import Button
from infra.samples_calendar import moved_dates
from infra.samples_desk import (
    AGENCY,
    ALONE,
    CIO,
    COLLEAGUE,
    COORDINATOR,
    DEPUTY,
    HEAD,
    LEGAL,
    OFFICER,
    OTHER,
    Json,
    Ministry,
    Sample,
)
from infra.samples_steps import (
    PLAIN,
    approved,
    opening,
    passed,
    published,
    refusal,
    returned,
    study,
    submitted,
    written,
)
from opendata.adapters.import_files import read_import
from opendata.adapters.roster_files import PEOPLE_COLUMNS
from opendata.adapters.tables import RowFault
from opendata.desk import casework, recompute, roster
from opendata.desk.inventory import TakenIn
from opendata.rules import errors
from opendata.rules.calendar import shipped
from opendata.rules.errors import DeskError, Fault, Invalid
from opendata.rules.feedback import Action, State
from opendata.rules.people import Person, Role
from opendata.rules.reply import TYPES, Closing, Reply, ReplyType
from opendata.texts import say

MANY = 28
"""Cases on a full desk, and agencies that have one: more than a page of either."""


def modals(made: Ministry) -> Iterator[Sample]:
    """Every modal as it opens to whoever may open it."""
    yield from _drafts(made)
    yield from _previews(made)
    yield from _forms(made)
    yield from _held(made)
    yield from _to_read(made)
    yield from _errors(made)


# -- the draft and its preview ----------------------------------------------------------------


def _text(value: str) -> Json:
    return {"type": "plain_text_input", "value": value}


def _chosen(value: str) -> Json:
    return {"type": "static_select", "selected_option": {"value": value}}


def _drafts(made: Ministry) -> Iterator[Sample]:
    """擬具回復 for every type of reply, blank and with what was saved before."""
    for n, (kind, types) in enumerate(TYPES.items()):
        case = made.opened(f"60{n}", kind)
        casework.claim(made.desk, case, OFFICER)
        view = made.press(OFFICER, Button.DRAFT, made.ref(case))
        yield made.modal(f"draft-{kind}-blank", view)
        for type_ in types:
            yield made.modal(f"draft-{kind}-{type_}", _retyped(made, view, type_))
        saved = _fitting(made, types[-1])
        if kind == "suggestion":
            saved = refusal(made)
        written(made, case, saved)
        view = made.press(OFFICER, Button.DRAFT, made.ref(case))
        yield made.modal(f"draft-{kind}-saved", view)
    planned = made.opened("602")
    casework.claim(made.desk, planned, OFFICER)
    written(made, planned, opening(made))
    view = made.press(OFFICER, Button.DRAFT, made.ref(planned))
    yield made.modal("draft-suggestion-saved_with_date", view)


def _fitting(made: Ministry, type_: ReplyType) -> Reply:
    return Reply(type_, made.words.reply, made.words.contact, Closing.CLOSED)


def _retyped(made: Ministry, view: Json, type_: ReplyType) -> Json:
    opened = {"type": "modal", "id": "V1", "hash": "h", **view}
    pick = {"type": "static_select", "selected_option": {"value": type_.value}}
    return made.press(OFFICER, Button.TYPE, "", view=opened, **pick)


def _previews(made: Ministry) -> Iterator[Sample]:
    """回復預覽 just saved, waiting for the co-sign, co-signed, and with something to look at."""
    case = made.opened("610")
    casework.claim(made.desk, case, OFFICER)
    view = made.press(OFFICER, Button.DRAFT, made.ref(case))
    filled = {
        "type": _chosen(ReplyType.OPEN_OR_ON_REQUEST),
        "text": _text(made.words.reply),
        "contact": _text(made.words.contact),
        "closing": _chosen(Closing.CLOSED),
    }
    yield made.modal("preview-saved", made.submit(OFFICER, view, **filled))
    written(made, case, refusal(made))
    yield made.modal("preview-waits", made.press(OFFICER, Button.PREVIEW, made.ref(case)))
    casework.cosign(made.desk, case, LEGAL, made.hash(case))
    cosigned = made.press(OFFICER, Button.PREVIEW, made.ref(case))
    yield made.modal("preview-cosigned", cosigned)
    again = {"type": "modal", "id": "V1", "hash": "h", **cosigned}
    yield made.modal("draft-again", made.press(OFFICER, Button.AGAIN, made.ref(case), view=again))
    written(made, case, study(made))
    yield made.modal("preview-doubtful", made.press(OFFICER, Button.PREVIEW, made.ref(case)))


# -- short forms ------------------------------------------------------------------------------


def _forms(made: Ministry) -> Iterator[Sample]:
    """The forms of an approval, from review to publication; and those that move a case."""
    case = made.opened("620")
    yield made.modal("reveal", made.press(OFFICER, Button.REVEAL, made.ref(case)))
    casework.claim(made.desk, case, OFFICER)
    yield made.modal("reassign", made.press(HEAD, Button.REASSIGN, made.ref(case)))
    written(made, case, _fitting(made, ReplyType.OPEN_OR_ON_REQUEST))
    submitted(made, case)
    yield made.modal("return-review", made.press(HEAD, Button.RETURN, made.ref(case)))
    passed(made, case)
    yield made.modal("return-approval", made.press(CIO, Button.RETURN, made.ref(case)))
    returned(made, case, CIO)
    submitted(made, case)
    approved(made, case)
    yield made.modal("revoke", made.press(CIO, Button.REVOKE, made.ref(case)))
    yield made.modal("publish", made.press(OFFICER, Button.PUBLISH, made.ref(case)))
    nobodys = made.opened("621", dispatched_agencies=["內政部"])
    yield made.modal("assign", made.press(COORDINATOR, Button.ASSIGN, made.ref(nobodys)))
    casework.assign(made.desk, nobodys, COORDINATOR, OTHER)
    casework.claim(made.desk, nobodys, ALONE)
    ref = made.ref(nobodys)
    yield made.modal("reassign-nobody", made.press(COORDINATOR, Button.REASSIGN, ref))
    officers = [
        Person(f"U1{n:03}", f"承辦人{n}", OTHER, frozenset({Role.OFFICER})) for n in range(105)
    ]
    roster.import_people(made.desk, officers)
    yield made.modal("reassign-many", made.press(COORDINATOR, Button.REASSIGN, ref))


def _held(made: Ministry) -> Iterator[Sample]:
    """What whoever has a case opens: the draft to decide on, more time, a later reminder."""
    case = made.opened("640")
    casework.claim(made.desk, case, OFFICER)
    yield made.modal("snooze", made.press(OFFICER, Button.SNOOZE, made.ref(case)))
    yield made.modal("instruct", made.press(CIO, Button.INSTRUCT, made.ref(case)))
    view = made.press(OFFICER, Button.EXTEND, made.ref(case))
    yield made.modal("extend", view)
    filled = {"ground": _text(made.words.note), "contact": _text(made.words.contact)}
    until = {"type": "datepicker", "selected_date": "2026-03-12"}
    proposed = view["blocks"][3]["element"]["initial_value"]
    letter = _text(proposed.replace(say("zh", "notice.reason"), "資料尚待查證"))
    saved = made.submit(OFFICER, view, until=until, text=letter, **filled)
    yield made.modal("preview-notice", saved)
    if made.content != PLAIN:
        return
    yield made.modal("extend-saved", made.press(OFFICER, Button.DRAFT, made.ref(case)))
    yield made.modal("draft-instead", made.press(OFFICER, Button.REPLY, made.ref(case)))
    written(made, case, refusal(made))
    yield made.modal("decide-cosign", made.press(LEGAL, Button.DECIDE, made.ref(case)))
    submitted(made, case)
    yield made.modal("decide-review", made.press(HEAD, Button.DECIDE, made.ref(case)))
    passed(made, case)
    yield made.modal("decide", made.press(CIO, Button.DECIDE, made.ref(case)))


# -- to read ----------------------------------------------------------------------------------


def _to_read(made: Ministry) -> Iterator[Sample]:
    """詳細 from the first day to a long history, 查看原文, and 為什麼是這一天."""
    words = made.words
    case = made.opened(
        "630",
        dispatched_agencies=["法務部廉政署", *words.others],
        requested_dataset=words.wish,
        requested_fields=words.wish,
    )
    yield made.modal("why", made.press(OFFICER, Button.WHY, made.ref(case)))
    if made.content == PLAIN:
        nowhere = made.opened("632", url="https://evil.example/632")
        yield made.modal("details-no_link", made.press(OFFICER, Button.DETAILS, made.ref(nowhere)))
        yield made.modal("details-new", made.press(OFFICER, Button.DETAILS, made.ref(case)))
        yield from _in_each_state(made)
    for n in range(7):
        made.receive("suggestion", "630", "commented", body=f"{n}{words.comment}")
    casework.claim(made.desk, case, OFFICER)
    for _ in range(50):
        casework.release(made.desk, case, OFFICER)
        casework.claim(made.desk, case, OFFICER)
    written(made, case, refusal(made))
    yield made.modal("details-long", made.press(OFFICER, Button.DETAILS, made.ref(case)))
    view = made.press(OFFICER, Button.REVEAL, made.ref(case))
    yield made.modal("revealed", made.submit(OFFICER, view, purpose=_text(words.purpose)))
    due = made.case(case).due.on
    year = shipped().years[due.year - 1911]
    changed = replace(year, off={**year.off, due: words.agency[:20]})
    task = roster.import_year(made.desk, changed)
    yield made.modal("why-outdated", made.press(OFFICER, Button.WHY, made.ref(case)))
    recompute.perform(made.desk, task)
    yield made.modal("why-recounted", made.press(OFFICER, Button.WHY, made.ref(case)))
    recompute.perform(made.desk, roster.import_year(made.desk, year))


def _in_each_state(made: Ministry) -> Iterator[Sample]:
    case = made.opened("631")
    casework.claim(made.desk, case, OFFICER)
    yield _details(made, case)
    written(made, case, study(made))
    submitted(made, case)
    yield _details(made, case)
    passed(made, case)
    yield _details(made, case)
    returned(made, case, CIO)
    submitted(made, case)
    approved(made, case)
    yield _details(made, case)
    published(made, case, OFFICER)
    yield _details(made, case)
    yield made.modal("why-studied", made.press(OFFICER, Button.WHY, made.ref(case)))
    yield from moved_dates(made, case)
    written(made, case, _fitting(made, ReplyType.OPEN_OR_ON_REQUEST))
    submitted(made, case)
    approved(made, case)
    published(made, case, OFFICER)
    yield _details(made, case)
    made.receive("suggestion", "631", "withdrawn")
    yield _details(made, case)


def _details(made: Ministry, case: str) -> Sample:
    view = made.press(OFFICER, Button.DETAILS, made.ref(case))
    return made.modal(f"details-{made.case(case).state}", view)


# -- refusals ---------------------------------------------------------------------------------

_MOVED = MappingProxyType(
    {"case": "S1", "actor": CIO, "action": Action.APPROVE, "state": State.APPROVED}
)


def _raised(made: Ministry) -> Iterator[DeskError]:
    """One error of every class of the tree."""
    known: dict[type[DeskError], dict[str, Any]] = {
        errors.NotFound: {"what": "case", "name": made.words.title[:20]},
        errors.NotAllowed: {"action": Action.APPROVE},
        errors.WrongRole: {"action": Action.ASSIGN, "roles": (Role.COORDINATOR, Role.CIO)},
        errors.NotHolder: {"action": Action.DRAFT, "officer": COLLEAGUE},
        errors.OwnDraft: {"approvers": (CIO, DEPUTY)},
        errors.NobodyMay: {"role": Role.CIO, "agency": AGENCY},
        errors.OutOfTurn: {"action": Action.CLAIM, "state": State.ANSWERED},
        errors.RoundOver: {"case": "S1", "shown": 1, "current": 2},
        errors.LostRace: {**_MOVED, "at": made.clock(), "wanted": Action.RETURN},
        errors.TooLarge: {"limit": 262_144},
        errors.InboxAway: {"reason": "Permission denied"},
        errors.Rejected: {"what": "reply_webhook"},
    }
    yield from (kind(**known.get(kind, {})) for kind in _classes(DeskError) if kind is not Invalid)
    yield Invalid(Fault("period", "not_a_quarter", (("text", made.words.title[:20]),)))


def _classes(kind: type[DeskError]) -> Iterator[type[DeskError]]:
    yield kind
    for below in kind.__subclasses__():
        yield from _classes(below)


def _errors(made: Ministry) -> Iterator[Sample]:
    """無法完成 for every error."""
    for error in _raised(made):
        body = {"type": "view_submission", "view": {"type": "modal", "blocks": []}}
        voice = made.face.voice(made.language)
        told = refusals.answer(error, body, WebClient(), voice, made.face.new_id)
        yield made.modal(f"error-{error.code}", json.loads(told.body)["view"])


# -- files ------------------------------------------------------------------------------------


def imports(made: Ministry) -> Iterator[Sample]:
    """The file that is asked for, and what became of a good one and of a bad one."""
    yield made.modal("hand_in", made.command(COORDINATOR, "import"))
    yield made.answer("hand_in-refused", made.command(OFFICER, "import"))
    voice, directory = made.face.voice_of(COORDINATOR), made.desk.directory()
    header = ",".join(PEOPLE_COLUMNS)
    word = made.words.title.replace('"', "").replace("\n", " ")
    good = ["U0NEW,王小明,法務部,承辦人,zh,是"]
    bad = [f'U{n:04},"{word}","{word}","{word}",zh,是' for n in range(REFUSED_ROWS + 2)]
    for name, rows in {"all": good, "some": good + bad}.items():
        raw = "\n".join([header, *rows]).encode()
        handed = read_import(raw, "people.csv", directory)
        yield made.modal(f"handed_in-{name}", handed_in(voice, handed))
    wrong = RowFault(3, Fault("機關", "no_such_agency", (("text", word),)))
    yield made.modal("items_handed_in", items_handed_in(voice, TakenIn(1, 2, 3), [wrong]))


# -- the command ------------------------------------------------------------------------------
