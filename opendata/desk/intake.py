"""Intake: what the platform tells becomes cases, once, however often and in whatever order.

The numbers of an opinion's cases are stored first, then each case in a transaction of its own,
the answer to the delivery last; a redelivery after a crash goes on where it stopped. How a
delivery is signed and read stands in the adapters; what follows inside the ministry, in
``casework``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from opendata import texts
from opendata.desk import catalogue, records
from opendata.desk.casefile import ATTEMPTS, Sheet
from opendata.desk.clocks import due_of
from opendata.desk.context import Desk
from opendata.desk.following import (
    LIVING,
    apply_once,
    followed,
    numbers_of,
    release_held,
)
from opendata.desk.incoming import Incoming, Posted
from opendata.desk.outbox import Message
from opendata.desk.ports import MAX_READ, Expect, Put
from opendata.desk.records import Numbers, Opinion
from opendata.rules import deadline, feedback, privacy
from opendata.rules.calendar import ChangeKind
from opendata.rules.canonical import digest
from opendata.rules.errors import Mismatch, Stale, Unavailable
from opendata.rules.feedback import Action, Case, Move, Outside, State

KEEP_ANSWERS = timedelta(days=90)
TITLE_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Answer:
    """What a delivery is answered: the body, and whether it was known already."""

    body: Mapping[str, Any]
    known: bool


def receive(desk: Desk, read: Callable[[], Incoming], webhook: str, body: str) -> Answer:
    """Take a delivery in.

    Args:
        desk: the desk.
        read: what the platform says; asked only if the delivery is new.
        webhook: id of the delivery, the same when it is repeated.
        body: hash of the delivered bytes.

    Returns:
        The cases touched: for a posting each with its due dates. ``known`` is True for a
        redelivery, and for a posting that opened no case.

    Raises:
        Mismatch: the same webhook-id came before with another body.
        Invalid: ``read`` finds that it cannot be.
        Unavailable: too much at once; nothing is lost if it is sent again.
    """
    key = records.webhook_key(webhook)
    row = desk.store.get(key).get(key)
    if row is not None:
        return _again(row.value, webhook, body)
    answer = _take(desk, read(), webhook)
    until = desk.now() + KEEP_ANSWERS
    try:
        desk.store.commit(Put(records.webhook_row(webhook, body, answer.body, until)))
    except Stale:
        row = desk.store.get(key).get(key)
        return _again(row.value, webhook, body) if row else answer
    return answer


def _again(value: Mapping[str, Any], webhook: str, body: str) -> Answer:
    if value["body"] != body:
        raise Mismatch(id=webhook)
    return Answer(value["answer"], known=True)


def _take(desk: Desk, told: Incoming, webhook: str) -> Answer:
    for _ in range(ATTEMPTS):
        try:
            if isinstance(told, Posted):
                return _posted(desk, told, webhook)
            touched = followed(desk, told, webhook)
            return Answer({"cases": [{"id": number} for number in touched]}, known=False)
        except Stale:
            continue
    raise Unavailable(what="intake")


# -- a posting --------------------------------------------------------------------------------


def _posted(desk: Desk, told: Posted, webhook: str) -> Answer:
    before = numbers_of(desk, told)
    heads = _heads(desk, before)
    numbers = _numbered(desk, told, before, heads)
    for number, agency in numbers.cases.items():
        if agency and number in heads and heads[number].unassigned:
            _hand_over(desk, number, agency, webhook)
    if numbers != before:
        desk.store.commit(Put(records.numbers_row(numbers), before.version or Expect.ABSENT))
    opened = 0
    for number in numbers.cases:
        if number not in heads and _open(desk, told, numbers, number, webhook):
            opened += 1
        else:
            _update(desk, number, told, numbers, webhook)
    release_held(desk, numbers)
    return Answer({"cases": _told(desk, numbers)}, known=not opened)


def _heads(desk: Desk, numbers: Numbers) -> dict[str, Case]:
    if not numbers.cases:
        return {}
    keys = [records.head_key(number) for number in numbers.cases]
    found = (desk.store.get(*keys[at : at + MAX_READ]) for at in range(0, len(keys), MAX_READ))
    return {row.value["id"]: records.read_case(row) for rows in found for row in rows.values()}


def _numbered(desk: Desk, told: Posted, before: Numbers, heads: Mapping[str, Case]) -> Numbers:
    """The numbers that this opinion has from now on.

    A case for each dispatched agency of ours; where none is named, for that of the dataset. None
    of ours: one with the coordinator, which the first of ours that is named later takes over.
    """
    directory = desk.directory()
    found = (directory.resolve(name) for name in told.dispatched_agencies)
    ours = dict.fromkeys(agency.code for agency in found if agency)
    if not told.dispatched_agencies and told.dataset_id:
        about = catalogue.dataset(desk, told.dataset_id)
        ours = dict.fromkeys([about.agency] if about else [])
    assigned = {number: case.agency for number, case in heads.items() if not case.unassigned}
    cases = {n: agency or assigned.get(n) for n, agency in before.cases.items()}
    held_by = {*cases.values(), *assigned.values()}
    for code in ours:
        if code in held_by:
            continue
        free = next((n for n, agency in cases.items() if agency is None and _free(heads, n)), None)
        cases[free or _number(told, len(cases))] = code
    if not cases:
        cases[_number(told, 0)] = None
    spoken = digest(_opinion(told))
    changed = spoken != before.spoken
    numbers = replace(
        before,
        cases=cases,
        posted=True,
        text=before.text + changed,
        spoken=spoken,
    )
    return numbers if numbers == before else replace(numbers, version=before.version + 1)


def _free(heads: Mapping[str, Case], number: str) -> bool:
    """Nobody has assigned the coordinator's case yet."""
    if number not in heads:
        return True
    return heads[number].unassigned and heads[number].state is State.RECEIVED


def _number(told: Posted, taken: int) -> str:
    base = f"{told.kind.letter}{told.id}"
    return f"{base}-{taken + 1}" if taken else base


def _opinion(told: Posted) -> Opinion:
    return Opinion(
        told.title,
        told.body,
        told.requested_dataset,
        told.requested_fields,
        told.dataset_id,
        told.dataset_title,
        told.submitter,
        told.url,
        told.dispatched_agencies,
    )


def shown_title(title: str) -> str:
    """The title as lists show it: one line, personal data masked, cut."""
    line = " ".join(privacy.mask(title, texts.masked).split())
    return line if len(line) <= TITLE_SHOWN else f"{line[: TITLE_SHOWN - 2]}……"


def _open(desk: Desk, told: Posted, numbers: Numbers, number: str, webhook: str) -> bool:
    """Open a case of that number; False if somebody else just did."""
    versions = desk.store.get(*records.VERSIONS)
    now, directory = desk.now(), desk.directory(versions)
    agency = numbers.cases[number]
    code = agency or directory.root.code
    case = Case(
        id=number,
        kind=told.kind,
        feedback=told.id,
        agency=code,
        state=State.RECEIVED,
        round=1,
        opened_at=told.posted_at,
        received_at=now,
        due=due_of(told.posted_at, desk.calendar(code, versions), desk.terms),
        moved=Move(Outside.PLATFORM, Action.RECEIVE, now),
        unassigned=agency is None,
        dispatched_at=told.dispatched_at,
        text=numbers.text,
        title=shown_title(told.title),
    )
    opened, event = feedback.open_case(case, actor=Outside.PLATFORM, facts={"webhook": webhook})
    sheet = Sheet(desk, opened, None, directory, now, versions=versions)
    sheet.events.append(event)
    sheet.keep(records.text_row(number, numbers.text, _opinion(told)))
    sheet.keep(records.applied_row(number, webhook))
    sheet.tell(Message.CARD)
    try:
        desk.store.commit(*sheet.writes())
    except Stale:
        return False
    return True


def _update(desk: Desk, number: str, told: Posted, numbers: Numbers, webhook: str) -> None:
    """A posting that came again with other words: whoever has the case is shown them."""

    def decide(sheet: Sheet) -> None:
        if sheet.case.text >= numbers.text:
            return
        sheet.record(Action.AMEND, text=numbers.text)
        sheet.keep(records.text_row(number, numbers.text, _opinion(told)))
        sheet.case = replace(sheet.case, title=shown_title(told.title))
        sheet.tell(*LIVING)
        if sheet.case.officer:
            sheet.tell(Message.NEWS, person=sheet.case.officer)

    apply_once(desk, number, webhook, decide)


def _hand_over(desk: Desk, number: str, agency: str, webhook: str) -> None:
    """The coordinator's case goes to the first of our agencies that is named.

    It comes before the numbers are stored: if the coordinator was faster, the agency has to get a
    number of its own.

    Raises:
        Stale: the coordinator was faster.
    """

    def decide(sheet: Sheet) -> None:
        if not sheet.case.unassigned or sheet.case.state is not State.RECEIVED:
            raise Stale(keys=(records.head_key(number),))
        sheet.record(Action.ASSIGN, agency=agency, unassigned=False)
        sheet.recount(ChangeKind.SEAT)
        sheet.tell(Message.CARD)

    apply_once(desk, number, f"{webhook}#{agency}", decide)


def _told(desk: Desk, numbers: Numbers) -> list[dict[str, Any]]:
    heads = _heads(desk, numbers)
    return [
        {
            "id": case.id,
            "due_at": deadline.end_of_day(case.due.on).isoformat(),
            "platform_due_at": deadline.end_of_day(case.due.platform).isoformat(),
            "provisional": case.due.provisional,
        }
        for case in (heads[number] for number in numbers.cases if number in heads)
    ]
