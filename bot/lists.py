"""Lines of lists: a case with the button that opens it, a row of a file that was not taken."""

from __future__ import annotations

from bot import blocks as b
from bot.blocks import escaped
from bot.ids import Button, Ref
from bot.voice import Voice
from opendata import texts
from opendata.rules.errors import Fault
from opendata.rules.feedback import Case

TITLE, AGENCY, TRAIL, ROW = 140, 60, 12, 200
"""TRAIL: pages that a list knows the way back to; a value holds two thousand characters."""


def case_line(voice: Voice, case: Case, button: Button = Button.DETAILS) -> b.Block:
    """A case in a list, with a button that opens it, or another.

    Twenty of them stay below what Slack takes as the text of one message, whatever the names.
    """
    told = voice.say(
        "list.line" if case.officer else "list.line.nobody",
        case=case.id,
        title=escaped(case.title, TITLE),
        due=voice.due(case),
        left=voice.left(case.due_now),
        agency=escaped(voice.agency(case.agency), AGENCY),
        state=case.state,
        officer=escaped(voice.name(case.officer), AGENCY),
    )
    return b.section(told, case_button(voice, case, button))


def case_button(voice: Voice, case: Case, button: Button) -> b.Block:
    """A button beside a case in a list."""
    ref = Ref(case.id, case.round, case.draft.hash if case.draft else "")
    text = voice.say(f"button.{button.value}")
    return b.button(text, button, str(ref), label=f"{text} {case.id}")


def refused_row(voice: Voice, line: int, wrong: Fault) -> str:
    """Why a row was not taken, in one line, even if the cell that it quotes has several."""
    told = texts.row_fault(voice.language, line, wrong)
    return b.cut(" ".join(told.split()), ROW)
