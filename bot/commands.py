"""/opendata and its words, in English and in Chinese. Each is one query, answered in the ack."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient

from bot import blocks as b
from bot import imports
from bot.blocks import escaped
from bot.card import card
from bot.face import Face
from bot.ids import Button, Ref
from bot.numbers import status_blocks
from bot.voice import Voice
from opendata.desk.reading import open_cases, person, status
from opendata.desk.records import read_case
from opendata.rules.feedback import Case

Told = dict[str, Any]
Command = Callable[[Face, str, Sequence[str]], Told]


def register(app: App, face: Face) -> None:
    """Tie the slash command to its words."""

    def handle_command(ack: Ack, command: dict[str, str], client: WebClient) -> None:
        word, *rest = command.get("text", "").split() or ["help"]
        if word.lower() in ("import", "匯入"):
            imports.ask(face, command["user_id"], command["trigger_id"], client)
            ack()
            return
        known = _WORDS.get(word.lower(), _unknown(word))
        ack(**known(face, command["user_id"], rest), response_type="ephemeral")

    app.command("/opendata")(handle_command)


def _help(face: Face, actor: str, _: Sequence[str]) -> Told:
    voice = face.voice_of(actor)
    texts = [voice.say("help.text")]
    if face.desk.remembered().person(actor) is None:
        texts.append(voice.say("help.stranger"))
    return {"text": "\n".join(texts), "blocks": [b.section(text) for text in texts]}


def _unknown(word: str) -> Command:
    def answer(face: Face, actor: str, rest: Sequence[str]) -> Told:
        told = face.voice_of(actor).say("command.unknown", word=escaped(word[:50]))
        help_ = _help(face, actor, rest)
        return {"text": f"{told}\n{help_['text']}", "blocks": [b.section(told), *help_["blocks"]]}

    return answer


def _status(face: Face, actor: str, rest: Sequence[str]) -> Told:
    person(face.desk, actor)
    voice = face.voice_of(actor)
    counted = status(face.desk, rest[0].upper() if rest else None)
    blocks = status_blocks(voice, counted)
    return {"text": blocks[0]["text"]["text"], "blocks": blocks}


def _list(face: Face, actor: str, _: Sequence[str]) -> Told:
    return listing(face, actor, None)


def listing(face: Face, actor: str, after: str | None) -> Told:
    """A page of open cases by due date, with a button to the next."""
    voice = face.voice_of(actor)
    page = open_cases(face.desk, actor, after or None)
    cases = [read_case(row) for row in page.rows]
    heading = voice.say("list.heading")
    if not cases:
        none = voice.say("list.none")
        return {"text": none, "blocks": [b.section(none)]}
    blocks = [b.header(heading), *(case_line(voice, case) for case in cases)]
    if page.next:
        blocks.append(b.actions([b.button(voice.say("button.more"), Button.MORE, page.next)]))
    return {"text": f"{heading}（{len(cases)}）", "blocks": blocks}


def case_line(voice: Voice, case: Case) -> b.Block:
    """A case in a list, with a button that opens it."""
    told = voice.say(
        "list.line",
        case=case.id,
        title=escaped(case.title),
        due=voice.due(case),
        left=voice.left(case.due_now),
        agency=escaped(voice.agency(case.agency)),
        state=case.state,
        officer=voice.person(case.officer),
    )
    ref = Ref(case.id, case.round, case.draft.hash if case.draft else "")
    text = voice.say("button.details")
    opens = b.button(text, Button.DETAILS, str(ref), label=f"{text} {case.id}")
    return b.section(told, opens)


def _show(face: Face, actor: str, rest: Sequence[str]) -> Told:
    scene = face.shown(actor, rest[0].upper()[:20] if rest else "—")
    shown = card(scene)
    return {"text": shown.text, "blocks": shown.blocks}


_WORDS: dict[str, Command] = {
    "status": _status,
    "狀態": _status,
    "list": _list,
    "清單": _list,
    "show": _show,
    "案件": _show,
    "help": _help,
    "說明": _help,
}
