"""The people of the simulated year: where they work, and what they may want to do with a case.

What they do is drawn by chance and done by the real use cases; what the desk refuses changes
nothing. When somebody turns to a case is drawn in ``year``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from random import Random
from typing import NamedTuple

from opendata.desk import casework, decisions, extension, holding, records
from opendata.desk.publication import publish
from opendata.rules.errors import DeskError
from opendata.rules.feedback import Case, State
from opendata.rules.people import Role
from tests.simulation.calling import Call, Office, Offices
from tests.world import (
    CAROL,
    CORA,
    LENA,
    PEOPLE,
    REFUSAL,
    REPLY,
    STUDY,
    World,
    _person,
    withdrawn,
)

TAIPEI_CITY = "臺北市"


class Place(NamedTuple):
    """An agency of this ministry: its code, its name, its county, and who works there."""

    code: str
    name: str
    county: str
    officers: tuple[str, ...]
    head: str | None

    @property
    def seats(self) -> frozenset[str]:
        """Where its offices and its approver's are."""
        return frozenset({self.county, TAIPEI_CITY})


PLACES = (
    Place("aac", "法務部廉政署", TAIPEI_CITY, ("U0OLIVE", "U0OTTO"), "U0HELEN"),
    Place("aoc-prison-taitung", "法務部矯正署臺東監獄", "臺東縣", ("U0TAI1", "U0TAI2"), None),
    Place("dpo-kaohsiung", "臺灣高雄地方檢察署", "高雄市", ("U0KAO1", "U0KAO2"), "U0KAOH"),
    Place("dpo-hualien", "臺灣花蓮地方檢察署", "花蓮縣", ("U0HUA1", "U0HUA2"), "U0HUAH"),
)
AT = {place.code: place for place in PLACES}
EVERYBODY = (
    *PEOPLE,
    *(
        person
        for place in PLACES[1:]
        for person in (
            *(_person(id_, id_, place.code, Role.OFFICER) for id_ in place.officers),
            *(
                [_person(place.head, place.head, place.code, Role.SECTION_HEAD)]
                if place.head
                else []
            ),
        )
    ),
)


def seats_of(person: str | None) -> frozenset[str]:
    """Where somebody's office is; the ministry's, for who has none of these and for a channel."""
    for place in PLACES:
        if person and person in (*place.officers, place.head):
            return place.seats
    return frozenset({TAIPEI_CITY})


def holders(world: World, call: Call) -> Iterator[tuple[str, frozenset[str]]]:
    """Who has a case, and where they hear of it.

    The officer, or whoever decides; of one that nobody claimed the channel, at the case's seats.
    """
    place, one = AT[call.agency], call.standing
    channel = world.desk.directory().channel(place.code)
    has = {"received": channel, "in_review": place.head, "awaiting_approval": CAROL}
    to = has.get(one.state, one.officer)
    yield to, place.seats if to == channel else seats_of(to)
    if one.state == "in_progress" and one.waits:
        yield LENA, seats_of(LENA)


@dataclass
class Staff:
    """Everybody in the ministry; ``did`` counts what they did, and what they were refused."""

    world: World
    chance: Random
    offices: Offices
    did: Counter[str] = field(default_factory=Counter)
    _texts: Iterator[int] = field(default_factory=count)

    def act(self, case: Case) -> Case:
        """Something that somebody may want, and the case after it."""
        acts = _ACTS.get(case.state)
        if acts is None:
            return case
        act = self.chance.choices([one for one, _ in acts], [n for _, n in acts])[0]
        try:
            after = act(self, case)
        except DeskError:
            self.did["refused"] += 1
            return case
        self.did[act.__name__.strip("_")] += 1
        return after

    def case(self, number: str) -> Case:
        key = records.head_key(number)
        return records.read_case(self.world.desk.store.get(key)[key])

    def office(self) -> Office:
        """The ministry's own, as it is known now."""
        return self.offices.at(self.world.clock(), frozenset({TAIPEI_CITY}))

    def another(self, text: str) -> str:
        """A text that was never written before."""
        return f"{text}（{next(self._texts)}）"


# -- what somebody may want ---------------------------------------------------------------------


def _officer(case: Case) -> str:
    return case.officer or AT[case.agency].officers[0]


def _shown(case: Case) -> str:
    return case.draft.hash if case.draft else ""


def _claim(staff: Staff, case: Case) -> Case:
    return casework.claim(staff.world.desk, case.id, staff.chance.choice(AT[case.agency].officers))


def _draft(staff: Staff, case: Case) -> Case:
    promised = staff.world.desk.today() + timedelta(days=staff.chance.randint(3, 40))
    written = staff.chance.choices([REPLY, replace(STUDY, promised=promised), REFUSAL], [8, 2, 1])[
        0
    ]
    written = replace(written, text=staff.another(written.text))
    return casework.draft(staff.world.desk, case.id, _officer(case), written)


def _submit(staff: Staff, case: Case) -> Case:
    return casework.submit(staff.world.desk, case.id, _officer(case), _shown(case))


def _go_on(staff: Staff, case: Case) -> Case:
    """The next step from a case in progress."""
    if case.draft is None:
        return _draft(staff, case)
    if case.draft.awaits_cosign:
        return casework.cosign(staff.world.desk, case.id, LENA, _shown(case))
    return _submit(staff, case)


def _extend(staff: Staff, case: Case) -> Case:
    until = staff.office().after(case.due.on, staff.chance.randint(1, 4))
    text, contact = staff.another("您好：尚需時間確認，將再回復。"), REPLY.contact
    return extension.extend(staff.world.desk, case.id, _officer(case), until, "待查", text, contact)


def _keep(staff: Staff, case: Case) -> Case:
    return holding.keep(staff.world.desk, case.id, _officer(case))


def _snooze(staff: Staff, case: Case) -> Case:
    until = staff.office().after(staff.world.desk.today(), staff.chance.randint(1, 3))
    holder = {State.IN_REVIEW: AT[case.agency].head, State.AWAITING_APPROVAL: CAROL}
    actor = holder.get(case.state) or _officer(case)
    return holding.snooze(staff.world.desk, case.id, actor, until)


def _pass(staff: Staff, case: Case) -> Case:
    return decisions.pass_review(
        staff.world.desk, case.id, AT[case.agency].head or CORA, _shown(case)
    )


def _approve(staff: Staff, case: Case) -> Case:
    return decisions.approve(staff.world.desk, case.id, CAROL, _shown(case))


def _return(staff: Staff, case: Case) -> Case:
    by = CAROL if case.state is State.AWAITING_APPROVAL else AT[case.agency].head or CAROL
    return staff.world.send_back(case.id, by)


def _recall(staff: Staff, case: Case) -> Case:
    return casework.recall(staff.world.desk, case.id, _officer(case), _shown(case))


def _revoke(staff: Staff, case: Case) -> Case:
    return decisions.revoke(staff.world.desk, case.id, CAROL, _shown(case), "尚有疑義")


def _revise(staff: Staff, case: Case) -> Case:
    return casework.revise(staff.world.desk, case.id, _officer(case), _shown(case))


def _publish(staff: Staff, case: Case) -> Case:
    desk = staff.world.desk
    return publish(desk, case.id, _officer(case), _shown(case), desk.now())


def _reassign(staff: Staff, case: Case) -> Case:
    other = next(one for one in AT[case.agency].officers if one != case.officer)
    return casework.reassign(staff.world.desk, case.id, CORA, other)


def _release(staff: Staff, case: Case) -> Case:
    return casework.release(staff.world.desk, case.id, _officer(case))


def _withdraw(staff: Staff, case: Case) -> Case:
    staff.world.receive(withdrawn(case.feedback, staff.world.clock()))
    return staff.case(case.id)


Acts = tuple[tuple[Callable[[Staff, Case], Case], int], ...]
_ANY: Acts = ((_reassign, 1), (_snooze, 3), (_withdraw, 1))
_ACTS: Mapping[State, Acts] = {
    State.RECEIVED: ((_claim, 10), (_withdraw, 1)),
    State.IN_PROGRESS: (
        *((_go_on, 80), (_draft, 2), (_keep, 3), (_release, 2), (_extend, 3), *_ANY),
    ),
    State.IN_REVIEW: ((_pass, 80), (_return, 5), (_recall, 2), *_ANY),
    State.AWAITING_APPROVAL: ((_approve, 80), (_return, 5), (_recall, 2), *_ANY),
    State.APPROVED: ((_publish, 80), (_revoke, 2), (_revise, 2), *_ANY),
    State.UNDER_STUDY: ((_draft, 40), *_ANY),
}
