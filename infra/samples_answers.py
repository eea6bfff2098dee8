"""Samples of answers: every word of the command, the pages on both ways, and refusals."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

from bot.ids import Button, Spot
from infra.samples_calendar import dates
from infra.samples_desk import (
    AGENCY,
    ALONE,
    AUDITOR,
    CHANNELS,
    CIO,
    OFFICER,
    STRANGER,
    Json,
    Ministry,
    Sample,
)
from opendata.desk import watching
from opendata.desk.ports import Put
from opendata.desk.records import Cause, cause_row
from opendata.rules.behind import Measure

WORDS = MappingProxyType(
    {
        "status": "status",
        "狀態": "status-in_chinese",
        "list": "list",
        "清單": "list-in_chinese",
        "show": "show",
        "案件": "show-in_chinese",
        "due": "due",
        "期限": "due-in_chinese",
        "calendar": "calendar",
        "日曆": "calendar-in_chinese",
        "inventory": "inventory-empty",
        "盤點": "inventory-empty_in_chinese",
        "quarterly": "quarterly-empty",
        "提報": "quarterly-empty_in_chinese",
        "help": "help",
        "說明": "help-in_chinese",
    }
)


def answers(made: Ministry) -> Iterator[Sample]:
    """Every word of the command on a full desk, the pages on both ways, and refusals."""
    made.clock.turn(days=8)
    for word, name in WORDS.items():
        number = " S7200" if name.startswith(("show", "due")) else ""
        yield made.answer(name, made.command(CIO, f"{word}{number}"))
    yield made.answer("status-year", made.command(CIO, "status 115"))
    cause = Cause("not_in_channel", CHANNELS[AGENCY], made.clock(), parked=3, broke=1)
    made.desk.store.commit(Put(cause_row(cause)))
    yield made.answer("status-undelivered", made.command(CIO, "status"))
    watching.swept(made.desk)
    watching.beat(made.desk)
    yield made.answer("status-awake", made.command(CIO, "status"))
    made.clock.turn(hours=2)
    yield made.answer("status-asleep", made.command(CIO, "status"))
    made.clock.turn(hours=-2)
    yield made.answer("status-before", made.command(CIO, "status 114"))
    yield made.answer("help_asked", made.press(OFFICER, Button.HELP, made.ref("S7400")))
    yield made.answer("unknown", made.command(OFFICER, f"{made.words.title.replace(' ', '')[:60]}"))
    yield made.answer("stranger-help", made.command(STRANGER, "help"))
    yield made.answer("stranger-list", made.command(STRANGER, "list"))
    yield made.answer("not_found", made.command(OFFICER, f"show {made.words.title[:20]}"))
    yield made.answer("wrong_period", made.command(OFFICER, "status 115Q9"))
    yield from dates(made)
    yield from _behind(made)
    yield from _pages(made, "calendar")
    yield from _pages(made, "list")
    yield made.answer("overdue", made.command(CIO, "list overdue"))
    yield from _pages(made, "list overdue")
    yield from _pages(made, "status")
    yield made.answer("refused", made.press(AUDITOR, Button.CLAIM, made.ref("S7400")))


def _behind(made: Ministry) -> Iterator[Sample]:
    """The cases behind each number, of the ministry, of one agency, and for whoever sees none."""
    for measure in Measure:
        spot = str(Spot("behind", (measure.value, "115", "")))
        shown = made.press(CIO, Button(measure.value), spot)
        yield made.answer(f"behind-{measure.value}", shown)
    spot = str(Spot("behind", (Measure.OPEN_LATE.value, "115Q1", AGENCY)))
    shown = made.press(OFFICER, Button.OPEN_LATE, spot)
    if value := _leading(shown, Button.MORE):
        shown = made.press(OFFICER, Button.MORE, value)
        yield made.answer("behind-page2", shown)
    if value := _leading(shown, Button.BACK):
        yield made.answer("behind-back", made.press(OFFICER, Button.BACK, value))
    yield made.answer("behind-none", made.press(ALONE, Button.OPEN_LATE, spot))
    yield made.answer("status-agency", made.command(CIO, f"status 115Q1 {AGENCY}"))
    yield made.answer("status-no_agency", made.command(CIO, "status 無此機關"))


def _pages(made: Ministry, word: str) -> Iterator[Sample]:
    """From the first page to the last, and one back."""
    shown = made.command(CIO, word)
    number = 1
    while value := _leading(shown, Button.MORE):
        number += 1
        shown = made.press(CIO, Button.MORE, value)
        yield made.answer(f"{word.replace(' ', '_')}-page{number}", shown)
    if value := _leading(shown, Button.BACK):
        yield made.answer(f"{word.replace(' ', '_')}-back", made.press(CIO, Button.BACK, value))


def _leading(shown: Json, button: Button) -> str | None:
    elements = (one for block in shown["blocks"] for one in block.get("elements", ()))
    return next((one["value"] for one in elements if one.get("action_id") == button), None)
