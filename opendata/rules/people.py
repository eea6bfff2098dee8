"""Who is who: the agency tree, the roster, deputies, and who may do what. Denies by default.

Lives here: ``Directory``, which answers every question about agencies, roles and approvers, and
what ``people check`` finds wrong with it. Which action needs which role stands in ``feedback``; how
the files are read, in ``opendata.adapters.roster_files``.

A person counts only while active in the roster; an unknown or inactive one has no role anywhere.
Domain rules R5 and R17; 公文程式條例 §4 (代理, 代行).
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache, cached_property
from importlib import resources
from itertools import combinations
from types import MappingProxyType
from typing import Literal

from opendata.rules.errors import NotFound

Locale = Literal["zh", "en"]


class Role(StrEnum):
    """What a person is in an agency."""

    OFFICER = "officer"
    SECTION_HEAD = "section_head"
    LEGAL = "legal"
    CIO = "cio"
    COORDINATOR = "coordinator"
    MEMBER = "member"
    AUDITOR = "auditor"


HERE_ONLY = frozenset({Role.OFFICER, Role.SECTION_HEAD})
HERE_AND_BELOW = frozenset({Role.LEGAL, Role.CIO, Role.COORDINATOR, Role.AUDITOR})


class Form(StrEnum):
    """What a deputy's power rests on.

    代: the holder of the post is absent. 代理: the post is vacant. 授權決行: the holder has
    delegated the decision.
    """

    ACTING_FOR_ABSENT = "acting_for_absent"
    ACTING = "acting"
    DELEGATED = "delegated"


class Capacity(StrEnum):
    """In what capacity somebody approves."""

    CIO = "cio"
    DEPUTY_ABSENT = "deputy_absent"
    ACTING = "acting"
    DELEGATED = "delegated"


_CAPACITY = MappingProxyType(
    {
        Form.ACTING_FOR_ABSENT: Capacity.DEPUTY_ABSENT,
        Form.ACTING: Capacity.ACTING,
        Form.DELEGATED: Capacity.DELEGATED,
    }
)


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency or an internal unit that the platform names as a provider.

    Attributes:
        code: our own, ASCII; it never changes.
        name: as the platform writes it.
        parent: code of the agency above; None: the ministry.
        county: its seat, for closure days; '' if it is that of the agency above.
        channel: Slack channel of its cards.
        former_names: names it had on the platform.
    """

    code: str
    name: str
    parent: str | None = None
    county: str = ""
    channel: str | None = None
    former_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the roster. ``id`` is the Slack user id, ``agency`` a code."""

    id: str
    name: str
    agency: str
    roles: frozenset[Role]
    locale: Locale = "zh"
    active: bool = True


@dataclass(frozen=True, slots=True)
class Deputy:
    """``by`` stands in for the CIO ``for_`` from ``start`` to ``end``, both days included.

    ``ground`` is the reason or order, as the record needs it.
    """

    for_: str
    by: str
    start: date
    end: date
    form: Form
    ground: str = ""

    def valid_on(self, day: date) -> bool:
        """Whether the local date lies in its term."""
        return self.start <= day <= self.end


@dataclass(frozen=True, slots=True)
class Approver:
    """Who may approve, in which capacity, and for whom (a deputy's principal)."""

    person: Person
    capacity: Capacity
    for_: Person | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that ``people check`` finds: a code and its parameters."""

    code: str
    params: tuple[tuple[str, object], ...] = ()


def name_key(name: str) -> str:
    """A name as it is compared: without white space (U+3000 too), and with 臺 for 台."""
    return "".join(name.split()).replace("台", "臺")


# Without slots, because cached_property needs the instance's dictionary.
@dataclass(frozen=True)
class Directory:
    """The agency tree with its roster at one version."""

    agencies: tuple[Agency, ...]
    people: tuple[Person, ...] = ()
    deputies: tuple[Deputy, ...] = ()
    version: int = 0

    # -- the tree

    @cached_property
    def _by_code(self) -> dict[str, Agency]:
        return {agency.code: agency for agency in self.agencies}

    @cached_property
    def _by_name(self) -> dict[str, set[str]]:
        """Codes by compared name; a present name wins over another agency's former one."""
        present, former = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
        for agency in self.agencies:
            present[name_key(agency.name)].add(agency.code)
            for name in agency.former_names:
                former[name_key(name)].add(agency.code)
        return {**former, **present}

    @property
    def root(self) -> Agency:
        """The ministry.

        Raises:
            NotFound: the tree is empty or has no top.
        """
        for agency in self.agencies:
            if agency.parent is None:
                return agency
        raise NotFound(what="agency", name="root")

    def agency(self, code: str) -> Agency | None:
        """The agency of this code."""
        return self._by_code.get(code)

    def resolve(self, name: str) -> Agency | None:
        """The agency that the platform calls so, today or formerly; never a guess.

        White space and 台/臺 do not matter. A name that two agencies share is nobody's.
        """
        codes = self._by_name.get(name_key(name), set())
        return self._by_code[next(iter(codes))] if len(codes) == 1 else None

    def ancestors(self, code: str) -> tuple[Agency, ...]:
        """The agency itself, the one above it, and so on to the ministry; () if unknown."""
        line: dict[str, Agency] = {}
        above = self._by_code.get(code)
        while above is not None and above.code not in line:
            line[above.code] = above
            above = self._by_code.get(above.parent) if above.parent else None
        return tuple(line.values())

    def channel(self, code: str) -> str | None:
        """The Slack channel of an agency: its own, or that of the nearest above it."""
        return next((agency.channel for agency in self.ancestors(code) if agency.channel), None)

    def seat(self, code: str) -> str:
        """The county whose closures count for the agency: its own, else that of the one above."""
        return next((agency.county for agency in self.ancestors(code) if agency.county), "")

    def seats(self, code: str) -> frozenset[str]:
        """The counties whose closures count for a case: the agency's, and where its CIO sits."""
        above = self.nearest_holders(Role.CIO, code)
        return frozenset(filter(None, map(self.seat, {code, *(one.agency for one in above)})))

    # -- the roster

    @cached_property
    def _by_id(self) -> dict[str, Person]:
        return {person.id: person for person in self.people}

    def person(self, id_: str) -> Person | None:
        """The roster's entry, active or not."""
        return self._by_id.get(id_)

    def _active(self, id_: str) -> Person | None:
        person = self._by_id.get(id_)
        return person if person is not None and person.active else None

    def covers(self, person: Person, agency_code: str) -> bool:
        """Whether the person's agency is this one or one above it."""
        known = self._active(person.id)
        line = self.ancestors(agency_code)
        return known is not None and any(agency.code == known.agency for agency in line)

    def roles_in(self, person: Person, agency_code: str) -> frozenset[Role]:
        """The roles that count in the agency.

        Officers and section heads work in exactly their agency; legal, CIO, coordinator and auditor
        in theirs and all below it. A member of the advisory group has no role in cases.
        """
        known = self._active(person.id)
        if known is None or not self.covers(known, agency_code):
            return frozenset()
        counting = HERE_AND_BELOW | (HERE_ONLY if known.agency == agency_code else frozenset())
        return frozenset(role for role in counting if role in known.roles)

    def holders(self, role: Role, agency_code: str) -> tuple[Person, ...]:
        """The active persons who have the role in exactly this agency, in roster order."""
        return tuple(
            person
            for person in self._by_id.values()
            if person.active and person.agency == agency_code and role in person.roles
        )

    def nearest_holders(self, role: Role, agency_code: str) -> tuple[Person, ...]:
        """The holders in the agency, or in the nearest one above it that has any."""
        lines = (self.holders(role, agency.code) for agency in self.ancestors(agency_code))
        return next((found for found in lines if found), ())

    def reviewers(self, agency_code: str) -> tuple[Person, ...]:
        """Who may pass the review: the section heads of exactly this agency."""
        return self.holders(Role.SECTION_HEAD, agency_code)

    def approvers(self, agency_code: str, on: date) -> tuple[Approver, ...]:
        """Who may approve for the agency on a local date; () means that nobody may.

        The CIOs of the agency, or of the nearest one above it where somebody can approve, and their
        deputies of that day. 公文程式條例 §4 knows two cases: the holder of the post cannot attend
        and a deputy signs for them (代行), or the post is vacant and an acting person signs in
        their own name (代理). So 代 and 授權決行 end with the holder, who is then inactive in the
        roster; only 代理 goes on, for a post whose last holder still stands there as CIO.
        """
        lines = (self._approvers_at(agency.code, on) for agency in self.ancestors(agency_code))
        return next((found for found in lines if found), ())

    def _approvers_at(self, code: str, on: date) -> tuple[Approver, ...]:
        found = {
            person.id: Approver(person, Capacity.CIO) for person in self.holders(Role.CIO, code)
        }
        for deputy in self.deputies:
            holder, by = self._by_id.get(deputy.for_), self._active(deputy.by)
            if holder is None or by is None or not deputy.valid_on(on):
                continue
            if holder.agency == code and _may_be_deputised(holder, deputy.form):
                found.setdefault(by.id, Approver(by, _CAPACITY[deputy.form], holder))
        return tuple(found.values())

    def may_import(self, id_: str) -> bool:
        """Whether somebody may change roster and calendar: the ministry's active coordinators."""
        return any(one.id == id_ for one in self.holders(Role.COORDINATOR, self.root.code))

    # -- what is wrong with it

    def check(self, on: date) -> tuple[Finding, ...]:
        """What keeps the desk from working, as seen on a local date; () if nothing does."""
        return (
            *_check_tree(self),
            *_check_people(self),
            *(finding for agency in self.agencies for finding in _check_agency(self, agency, on)),
            *_check_deputies(self, on),
        )


def _may_be_deputised(holder: Person, form: Form) -> bool:
    return Role.CIO in holder.roles and (holder.active or form is Form.ACTING)


def _check_tree(directory: Directory) -> Iterator[Finding]:
    tops = [agency.code for agency in directory.agencies if agency.parent is None]
    if len(tops) != 1:
        yield Finding("not_one_root", (("agencies", tuple(tops)),))
    for agency in directory.agencies:
        above = directory.ancestors(agency.code)[-1].parent
        if above is not None:
            code = "agency_loop" if directory.agency(above) else "unknown_parent"
            yield Finding(code, (("agency", agency.code), ("parent", above)))
        for name in (agency.name, *agency.former_names):
            if directory.resolve(name) != agency:
                yield Finding("name_twice", (("agency", agency.code), ("name", name)))


def _check_people(directory: Directory) -> Iterator[Finding]:
    for person in directory.people:
        if directory.agency(person.agency) is None:
            yield Finding("unknown_agency", (("person", person.id), ("agency", person.agency)))
    tops = (agency.code for agency in directory.agencies if agency.parent is None)
    if not any(directory.holders(Role.COORDINATOR, code) for code in tops):
        yield Finding("no_coordinator")


def _check_agency(directory: Directory, agency: Agency, on: date) -> Iterator[Finding]:
    subject = (("agency", agency.code),)
    officers = directory.holders(Role.OFFICER, agency.code)
    approvers = tuple(one.person for one in directory.approvers(agency.code, on))
    if not officers:
        yield Finding("no_officer", subject)
    if not approvers:
        yield Finding("no_approver", subject)
    if len(officers) == 1 and approvers == officers:
        yield Finding("approver_is_only_officer", (*subject, ("person", officers[0].id)))
    if not agency.channel:
        yield Finding("no_channel", subject)


def _check_deputies(directory: Directory, on: date) -> Iterator[Finding]:
    for deputy in directory.deputies:
        for code in _wrong_with(directory, deputy, on):
            yield Finding(code, (("for", deputy.for_), ("by", deputy.by)))
    for one, other in combinations(directory.deputies, 2):
        if one.for_ == other.for_ and one.start <= other.end and other.start <= one.end:
            yield Finding("deputies_overlap", (("for", one.for_), ("by", (one.by, other.by))))


def _wrong_with(directory: Directory, deputy: Deputy, on: date) -> Iterator[str]:
    holder, by = directory.person(deputy.for_), directory.person(deputy.by)
    if holder is None:
        yield "deputy_for_unknown"
    elif Role.CIO not in holder.roles:
        yield "deputy_for_no_cio"
    elif not holder.active and deputy.form is not Form.ACTING:
        yield "deputy_for_inactive"
    if by is None:
        yield "deputy_unknown"
    elif not by.active:
        yield "deputy_inactive"
    if deputy.end < on:
        yield "deputy_expired"


@cache
def shipped_agencies() -> tuple[Agency, ...]:
    """The ministry's tree that comes with the desk, parents first; read at the first call."""
    table = resources.files("opendata.rules").joinpath("agencies.csv").read_text("utf-8")
    return tuple(
        Agency(
            code=row["code"],
            name=row["name"],
            parent=row["parent"] or None,
            county=row["county"],
            channel=row["channel"] or None,
            former_names=tuple(filter(None, row["former_names"].split(";"))),
        )
        for row in csv.DictReader(table.splitlines())
    )
