"""The people and channels of the demo: invented, a person for each part, and a second officer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from opendata.desk import roster
from opendata.desk.context import Desk
from opendata.desk.ports import Index
from opendata.desk.records import agency_shelf
from opendata.rules.people import Deputy, Form, Locale, Person, Role, shipped_agencies

CHANNELS = {"moj": "C01MOJ", "aoc": "C02AOC", "aac": "C03AAC", "hpo": "C04HPO"}


def _person(id_: str, name: str, agency: str, role: Role, locale: Locale = "zh") -> Person:
    return Person(id_, name, agency, frozenset({role}), locale)


PEOPLE = (
    _person("U01OFFICER", "林怡君", "moj", Role.OFFICER),
    _person("U10OFFICER", "王志明", "moj", Role.OFFICER),
    _person("U02HEAD", "陳美玲", "moj", Role.SECTION_HEAD),
    _person("U03CIO", "周明德", "moj", Role.CIO),
    _person("U04DEPUTY", "吳淑芬", "moj", Role.AUDITOR),
    _person("U05LEGAL", "黃志偉", "moj", Role.LEGAL),
    _person("U06DESK", "許雅婷", "moj", Role.COORDINATOR),
    _person("U07AOC", "張家豪", "aoc", Role.OFFICER),
    _person("U08AAC", "Emily Chen", "aac", Role.OFFICER, "en"),
    _person("U09HPO", "蔡承恩", "hpo", Role.OFFICER),
)


def is_untouched(desk: Desk) -> bool:
    """Whether nothing stands in the desk yet: no roster was ever imported, and no case came."""
    directory = desk.directory()
    shelves = (agency_shelf(agency.code) for agency in directory.agencies)
    cases = any(desk.store.find(Index.AGENCY, shelf, limit=1).rows for shelf in shelves)
    return directory.version == 0 and not cases


def seed(desk: Desk, today: date) -> None:
    """Give an empty desk the demo's people; the CIO has a deputy for a year."""
    agencies = {agency.code: agency for agency in shipped_agencies()}
    roster.import_agencies(
        desk,
        [replace(agencies[code], channel=channel) for code, channel in CHANNELS.items()],
    )
    deputy = Deputy(
        for_="U03CIO",
        by="U04DEPUTY",
        start=today,
        end=today + timedelta(days=365),
        form=Form.ACTING_FOR_ABSENT,
        ground="資訊長公出",
    )
    roster.import_deputies(desk, [deputy])
    roster.import_people(desk, PEOPLE)
