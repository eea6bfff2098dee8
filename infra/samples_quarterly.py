"""Samples of the quarterly submission: the message in each state, the table, and the modal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from bot import quarterly
from bot.ids import Button, Ref
from infra.samples_desk import AGENCY, AUDITOR, BEGIN, COORDINATOR, OFFICER, OTHER, Ministry, Sample
from opendata.desk import inventory, submissions
from opendata.desk.inventory import Entry
from opendata.rules.errors import Fault
from opendata.rules.inventory import Item
from opendata.rules.people import shipped_agencies
from opendata.rules.submissions import Answer, Given, Submission

_QUARTER = "115Q1"
_MANY = 30


def quarterlies(made: Ministry) -> Iterator[Sample]:
    """Asked, late, answered in each way; who has answered; the file and what became of it."""
    yield made.answer("quarterly-none", made.command(COORDINATOR, "quarterly"))
    items = [Item(f"A{n}", one, "統計", planned=115) for n, one in enumerate((AGENCY, OTHER))]
    inventory.take_in(made.desk, [Entry(n, one) for n, one in enumerate(items, 2)])
    submissions.call(made.desk)
    voice, (one, *_) = made.face.voice(made.language), submissions.standing(made.desk)
    nothing = Given(Answer.NO_CHANGE, OFFICER, BEGIN)
    file = Given(Answer.UPDATED, OFFICER, BEGIN, new=3, changed=2, refused=1)
    yesterday = BEGIN.date() - timedelta(days=1)
    shown = {
        "asked": one,
        "late": replace(one, due=yesterday),
        "no_change": replace(one, given=(nothing,)),
        "updated": replace(one, given=(file,)),
        "updated_late": replace(one, given=(file,), due=yesterday),
        "corrected": replace(one, given=(nothing, file)),
    }
    for name, state in shown.items():
        made_of = quarterly.called(voice, state)
        payload = {"text": made_of.text, "blocks": made_of.blocks}
        yield made.sample(f"call-{name}", "message", payload)
    value = str(Ref(AGENCY, hash=_QUARTER))
    yield made.modal("submission", made.press(OFFICER, Button.UPLOAD, value))
    wrong = [
        (n, Fault("機關", "no_such_agency", (("text", made.words.agency),))) for n in range(2, 27)
    ]
    result = quarterly.handed_in(voice, shown["updated"], wrong)
    yield made.modal("submission-handed_in", result)
    whole = quarterly.handed_in(voice, shown["updated"], [])
    yield made.modal("submission-whole", whole)
    yield made.sample("home-submissions", "home", made.home(COORDINATOR))
    yield made.answer("overdue-none", made.command(OFFICER, "list 逾期"))
    yield made.answer("quarterly-not_mine", made.press(AUDITOR, Button.NO_CHANGE, value))
    yield made.answer("quarterly-no_change", made.press(OFFICER, Button.NO_CHANGE, value))
    yield made.answer("quarterly-again", made.press(COORDINATOR, Button.NO_CHANGE, value))
    yield made.answer("quarterly", made.command(COORDINATOR, "quarterly"))
    yield made.answer("quarterly-in_chinese", made.command(OFFICER, f"提報 {_QUARTER}"))
    agencies = shipped_agencies()[:_MANY]
    found = [Submission(_QUARTER, a.code, BEGIN.date(), BEGIN.date()) for a in agencies]
    found[0] = replace(shown["late"], agency=found[0].agency)
    yield made.answer("quarterly-many", quarterly.shown(voice, _QUARTER, found))
