"""A demo in its folder: when it began, its people, the letters sent to it, what is said of them.

What the letters say stands in ``demo``, the people in ``demo_roster``; starting over in
``start_over``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path

from infra import demo, demo_catalogue, demo_roster, sending
from infra.console import Console
from opendata.adapters.feedback_files import Letter, read_feedback
from opendata.desk.context import Desk
from opendata.desk.intake import shown_title
from opendata.rules.roc import TAIPEI, local_date
from opendata.settings import Settings, SettingsError

BEGAN = "demo-began"


def refuse_office(desk: Desk, data: Path) -> None:
    """Let only demos on.

    Raises:
        SettingsError: the folder holds a real roster, or cases that no demo brought.
    """
    if not (is_demo(data) or demo_roster.is_untouched(desk)):
        raise SettingsError(Console().sentence("serve.not_demo", folder=data))


def letters(
    desk: Desk, settings: Settings, feedback: Path | None, *, keep_dates: bool
) -> list[Letter]:
    """Seed an empty desk, and say what is to be sent to it; the same letters at every start."""
    start = began(settings.data)
    demo_roster.seed(desk, local_date(start))
    demo_catalogue.seed(desk, settings.data, local_date(start))
    if feedback is None:
        return demo.letters(start)
    taken, faults = read_feedback(feedback.read_bytes(), start - timedelta(days=1))
    for row in faults:
        Console().fault(row.line, row.fault)
    return list(taken) if keep_dates else demo.shift(taken, start)


def is_demo(data: Path) -> bool:
    """Whether a demo began in this folder; its people and channels are invented then."""
    return (data / BEGAN).exists()


def began(data: Path) -> datetime:
    """When this demo began: its letters are dated from there, at every start alike."""
    return datetime.fromisoformat((data / BEGAN).read_text())


def begin(data: Path, now: datetime) -> None:
    """A demo begins now. A start that is cut off leaves no half file."""
    half = data / f"{BEGAN}.new"
    half.write_text(now.replace(microsecond=0).astimezone(TAIPEI).isoformat())
    half.replace(data / BEGAN)


def send(out: Console, settings: Settings, url: str, letters: Iterable[Letter]) -> None:
    """Send the demo's letters, as the platform would, and say what came of each."""
    secret, known = settings.webhook_secrets.split()[0], 0
    for letter in letters:
        answer = sending.post(letter, url, secret)
        if answer.status == sending.TAKEN:
            _arrived(out, letter, answer.body["cases"])
        elif not answer.arrived:
            out.say("send.refused", line=letter.line, reason=sending.reason(answer))
        known += answer.status == sending.KNOWN
    if known:
        out.say("serve.known", n=known)


def _arrived(out: Console, letter: Letter, cases: Iterable[dict[str, str]]) -> None:
    """A case a line: its number, its due date, its title."""
    title = shown_title(json.loads(letter.body)["data"]["title"])
    for case in cases:
        due = date.fromisoformat(case["due_at"][:10])
        out.say("serve.arrived", case=case["id"], due=due, title=title)
