"""The people and channels of the demo: invented, one for each part in the main job."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from infra.desk.seed import BotUser, Channel, SlackUser
from opendata.desk import roster
from opendata.desk.context import Desk
from opendata.rules.people import Deputy, Form, Locale, Person, Role, shipped_agencies

BOT = BotUser(id="U00DESK", bot_id="B00DESK", name="資料開放")
CHANNELS = {
    "moj": ("C01MOJ", "法務部-資料開放"),
    "aoc": ("C02AOC", "矯正署-資料開放"),
    "aac": ("C03AAC", "廉政署-資料開放"),
    "hpo": ("C04HPO", "臺高檢-資料開放"),
}


def _person(id_: str, name: str, agency: str, role: Role, locale: Locale = "zh") -> Person:
    return Person(id_, name, agency, frozenset({role}), locale)


PEOPLE = (
    _person("U01OFFICER", "林怡君", "moj", Role.OFFICER),
    _person("U02HEAD", "陳美玲", "moj", Role.SECTION_HEAD),
    _person("U03CIO", "周明德", "moj", Role.CIO),
    _person("U04DEPUTY", "吳淑芬", "moj", Role.AUDITOR),
    _person("U05LEGAL", "黃志偉", "moj", Role.LEGAL),
    _person("U06DESK", "許雅婷", "moj", Role.COORDINATOR),
    _person("U07AOC", "張家豪", "aoc", Role.OFFICER),
    _person("U08AAC", "Emily Chen", "aac", Role.OFFICER, "en"),
    _person("U09HPO", "蔡承恩", "hpo", Role.OFFICER),
)
TITLES = {
    "U01OFFICER": "法務部承辦人",
    "U02HEAD": "法務部單位主管",
    "U03CIO": "資訊長",
    "U04DEPUTY": "資訊長代理人",
    "U05LEGAL": "法制單位",
    "U06DESK": "資訊處窗口",
    "U07AOC": "矯正署承辦人",
    "U08AAC": "廉政署承辦人",
    "U09HPO": "臺高檢署承辦人",
    "U99OUTSIDER": "外人（不在名冊）",
}


def slack_people() -> list[SlackUser]:
    """Everybody in the demo's workspace; one of them is not in the roster."""
    locales = {"zh": "zh-TW", "en": "en-US"}
    known = [SlackUser(p.id, p.name, TITLES[p.id], locales[p.locale]) for p in PEOPLE]
    return [*known, SlackUser("U99OUTSIDER", "路人甲", TITLES["U99OUTSIDER"], guest=True)]


def slack_channels() -> list[Channel]:
    """A channel for each agency that has one, everybody in the roster a member."""
    members = tuple(person.id for person in PEOPLE)
    return [Channel(id_, name, members=members) for id_, name in CHANNELS.values()]


def is_demo(desk: Desk) -> bool:
    """Whether the roster is the demo's, or still empty."""
    return {person.id for person in desk.directory().people} <= {person.id for person in PEOPLE}


def seed(desk: Desk, today: date) -> None:
    """Give an empty desk the demo's people; the CIO has a deputy for a year."""
    agencies = {agency.code: agency for agency in shipped_agencies()}
    roster.import_agencies(
        desk,
        [replace(agencies[code], channel=channel) for code, (channel, _) in CHANNELS.items()],
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
