"""The demo's own feedback, invented, and how dates move so that today looks like a working desk."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from opendata.adapters.feedback_files import Letter, letter
from opendata.rules.roc import TAIPEI

FILE = Path(__file__).parent / "demo_feedback.json"
SPAN = timedelta(days=21)
_PAGES = {
    "suggestion": "https://data.gov.tw/suggests/{}",
    "comment": "https://data.gov.tw/dataset/{}",
}


def letters(now: datetime) -> list[Letter]:
    """The demo's letters as of an instant: some new, some near due, some overdue."""
    told, here = json.loads(FILE.read_text(encoding="utf-8")), now.astimezone(TAIPEI)
    dated = [_dated(one, here) for one in told]
    dated.sort(key=lambda body: str(body["timestamp"]))
    return [letter(n, body) for n, body in enumerate(dated, 1)]


def _dated(told: dict[str, Any], now: datetime) -> dict[str, Any]:
    """``age`` is in days before today; ``dispatched_age`` the day the platform passed it on.

    ``now`` is Taipei's, so that the instants sort as texts.
    """
    age, late, at = told.pop("age"), told.pop("dispatched_age", None), told.pop("time")
    day = now.date()
    clock = time.fromisoformat(at).replace(tzinfo=TAIPEI)
    # Today's are not posted later than now.
    posted_at = min(datetime.combine(day - timedelta(days=age), clock), now).isoformat()
    told |= {
        "posted_at": posted_at,
        "url": _PAGES[told["kind"]].format(told.get("dataset_id") or told["id"]),
    }
    if late is not None:
        dispatched = datetime.combine(day - timedelta(days=late), time(9, tzinfo=TAIPEI))
        told["dispatched_at"] = dispatched.isoformat()
    return {"type": "feedback.posted", "timestamp": posted_at, "data": told}


def shift(given: Sequence[Letter], now: datetime) -> list[Letter]:
    """A real export, brought to today: the newest posted yesterday, the others in their order.

    Years between the oldest and the newest become three weeks, so that some are overdue and not
    all; an export that spans less keeps its distances. One without dates, whose rows all bear the
    same, is spread over the three weeks in the order of its rows.
    """
    bodies = [json.loads(one.body) for one in given]
    times = [datetime.fromisoformat(body["data"]["posted_at"]) for body in bodies]
    if not times:
        return []
    if min(times) == max(times):
        times = _spread(given, max(times))
    newest, span = max(times), max(times) - min(times)
    scale = min(1.0, SPAN / span) if span else 1.0
    yesterday = now - timedelta(days=1)
    return [
        letter(one.line, _moved(body, yesterday - (newest - at) * scale))
        for one, body, at in zip(given, bodies, times, strict=True)
    ]


def _spread(given: Sequence[Letter], newest: datetime) -> list[datetime]:
    """An instant for each letter, the last the newest; one that stands twice stays one letter."""
    place = {one: n for n, one in enumerate(dict.fromkeys(letter.webhook for letter in given))}
    step = SPAN / max(len(place) - 1, 1)
    return [newest - (len(place) - 1 - place[letter.webhook]) * step for letter in given]


def _moved(body: dict[str, Any], at: datetime) -> dict[str, Any]:
    minute = at.astimezone(TAIPEI).replace(second=0, microsecond=0).isoformat()
    return body | {"timestamp": minute, "data": body["data"] | {"posted_at": minute}}
