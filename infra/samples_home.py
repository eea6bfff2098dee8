"""Samples of App Home: of an empty desk, of each role on a full one, and a quarter later."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from infra.samples_desk import (
    AGENCY,
    AUDITOR,
    CIO,
    COORDINATOR,
    DEPUTY,
    HEAD,
    LEGAL,
    OFFICER,
    STRANGER,
    Ministry,
    Sample,
)
from infra.samples_steps import approved, passed, published, refusal, study, submitted, written
from opendata.desk import casework, inventory, reading, reconciling, roster
from opendata.desk.inventory import Entry
from opendata.desk.inventory_records import Suggestion, suggestion_row
from opendata.desk.ports import Expect, Put
from opendata.desk.reconciling import Said
from opendata.rules.feedback import Kind
from opendata.rules.inventory import MOST, Item
from opendata.rules.people import Deputy, Form, shipped_agencies

MANY = 28
"""Cases on a full desk, and agencies that have one: more than a page of either."""
NEXT_QUARTER = 31
_PEOPLE = {"officer": OFFICER, "head": HEAD, "cio": CIO, "auditor": AUDITOR}


def homes(made: Ministry) -> Iterator[Sample]:
    """App Home on an empty desk, of a stranger, and of each role on a full one."""
    yield made.sample("home-empty", "home", made.home(OFFICER))
    yield made.sample("home-stranger", "home", made.home(STRANGER))
    yield made.answer("list-nothing", made.command(OFFICER, "list"))
    yield made.answer("status-nothing", made.command(OFFICER, "status"))
    _fill(made)
    for name, person in {**_PEOPLE, "desk": COORDINATOR, "legal": LEGAL}.items():
        yield made.sample(f"home-{name}", "home", made.home(person))


def homes_later(made: Ministry) -> Iterator[Sample]:
    """In the next quarter: what is left over, deputies, promises, and what is to be confirmed."""
    _fill(made)
    made.clock.turn(days=NEXT_QUARTER)
    today = made.desk.today()
    terms = [today + timedelta(days=n) for n in range(5)]
    roster.import_deputies(
        made.desk, [Deputy(CIO, DEPUTY, day, day, Form.ACTING_FOR_ABSENT, "請假") for day in terms]
    )
    title = " ".join(made.words.title.split())[:MOST]
    promises = [
        Item(f"P{n:02}", AGENCY, title, planned=115, case=f"S9{n:02}", holder=OFFICER)
        for n in range(MANY // 2)
    ]
    others = [Item("A1", AGENCY, title, planned=114), Item("A2", AGENCY, f"{title[:99]}（二）")]
    items = [*promises, *others]
    inventory.take_in(made.desk, [Entry(n, one) for n, one in enumerate(items, 2)])
    cases = [one.id for one in reading.every_case(made.desk) if one.agency == AGENCY]
    for many in (1, MANY):
        said = [Said(case, answered=True) for case in cases[:many]]
        reconciling.compare(made.desk, Kind.SUGGESTION, said)
        for n in range(many):
            one = Suggestion(f"B{n}", AGENCY, title, str(1000 + n), title, 80)
            made.desk.store.commit(Put(suggestion_row(one), Expect.ANY))
        yield made.sample(f"home-desk-suggested_{many}", "home", made.home(COORDINATOR))
    for name, person in _PEOPLE.items():
        yield made.sample(f"home-{name}-later", "home", made.home(person))


def _fill(made: Ministry) -> None:
    """A case in each state that somebody waits in, many to claim, and one in many agencies."""
    for n, agency in enumerate(shipped_agencies()[:MANY]):
        made.opened(f"70{n:02}", dispatched_agencies=[agency.name])
    for n in range(MANY):
        casework.claim(made.desk, made.opened(f"71{n:02}"), OFFICER)
    waiting = [made.opened(f"72{n:02}") for n in range(3)]
    for case, reply in zip(waiting, (refusal(made), study(made), study(made)), strict=True):
        casework.claim(made.desk, case, OFFICER)
        written(made, case, reply)
    for case in waiting[1:]:
        submitted(made, case)
    passed(made, waiting[2])
    for n in range(12):
        made.opened(f"74{n:02}")
    made.opened("7300", dispatched_agencies=["內政部"])
    _answered(made, "7600", stars=5)
    _answered(made, "7601", stars=2)
    made.receive("suggestion", "7411", "withdrawn")


def _answered(made: Ministry, number: str, stars: int) -> None:
    """A case that is answered, and what the citizen thinks of it."""
    case = made.opened(number)
    casework.claim(made.desk, case, OFFICER)
    written(made, case, refusal(made))
    submitted(made, case)
    approved(made, case)
    published(made, case, OFFICER)
    made.receive("suggestion", number, "rated", stars=stars)
