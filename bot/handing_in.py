"""The modals of a file that is handed in: what is asked for, and what became of its rows.

How it comes out of Slack, and what it is, stands in ``imports``; a year of the calendar, which is
shown before it goes in, in ``calendar``.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot import blocks as b
from bot.blocks import Block
from bot.ids import Modal
from bot.lists import refused_row
from bot.modals import FILE
from bot.voice import Voice
from opendata.adapters.import_files import Content, Handed
from opendata.adapters.roster_files import AGENCY_COLUMNS, DEPUTY_COLUMNS, PEOPLE_COLUMNS
from opendata.adapters.tables import RowFault
from opendata.desk.inventory import TakenIn
from opendata.desk.roster import AT_ONCE
from opendata.rules.errors import Fault

MOST_ITEMS = 200
"""Items of a 盤點表 that go in while Slack waits: ten commits."""
REFUSED_ROWS, ROWS_A_BLOCK = 40, 10
_HANDED_IN = {
    Content.AGENCIES: "import.agencies",
    Content.PEOPLE: "import.people",
    Content.DEPUTIES: "import.deputies",
    Content.CALENDAR: "import.calendar",
}


def hand_in(voice: Voice) -> Block:
    """匯入: one file; what it is shows in its header."""
    kinds: Block = {"filetypes": ["csv", "ods"], "max_files": 1}
    hint = voice.say(
        "import.hint",
        people=",".join(PEOPLE_COLUMNS),
        deputies=",".join(DEPUTY_COLUMNS),
        agencies=",".join(AGENCY_COLUMNS),
        most=AT_ONCE,
        items=MOST_ITEMS,
    )
    file: Block = {"type": "file_input", "action_id": FILE, **kinds}
    return b.modal(
        voice.say("modal.import"),
        [b.field(FILE, voice.say("field.file"), file, hint=hint)],
        submit=voice.say("button.import"),
        close=voice.say("button.cancel"),
        callback=Modal.IMPORT,
    )


def handed_in(voice: Voice, handed: Handed) -> Block:
    """What became of a file: how many went in, and why the other rows did not."""
    told = {"taken": len(handed.taken), "refused": handed.refused}
    summary = voice.say(_HANDED_IN[handed.content], **told)
    return _taken(voice, summary, [(one.line, one.fault) for one in handed.faults])


def items_handed_in(voice: Voice, done: TakenIn, unread: Sequence[RowFault]) -> Block:
    """What became of a 盤點表, and why rows of it were not taken."""
    wrong = [*((one.line, one.fault) for one in unread), *done.refused]
    summary = voice.say(
        "import.items",
        new=done.new,
        changed=done.changed,
        same=done.same,
        refused=len({line for line, _ in wrong}),
    )
    return _taken(voice, summary, sorted(wrong, key=lambda one: one[0]))


def _taken(voice: Voice, summary: str, wrong: Sequence[tuple[int, Fault]]) -> Block:
    blocks = [b.section(summary)]
    lines = [refused_row(voice, line, fault) for line, fault in wrong[:REFUSED_ROWS]]
    blocks += [
        b.paragraph("\n".join(lines[start : start + ROWS_A_BLOCK]))
        for start in range(0, len(lines), ROWS_A_BLOCK)
    ]
    if more := len(wrong) - len(lines):
        blocks.append(b.context(voice.say("import.more", n=more)))
    return b.modal(voice.say("modal.import"), blocks, close=voice.say("button.close"))
