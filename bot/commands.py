"""/opendata and its words, in English and in Chinese. Each is one query, answered in the ack."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime, time
from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient

from bot import behind, calendar, explained, imports, inventory, quarterly
from bot import blocks as b
from bot.blocks import escaped
from bot.card import card
from bot.face import Face
from bot.ids import Spot
from bot.lists import TRAIL, case_line
from bot.numbers import paging, status_blocks, status_text
from opendata.desk.explained import explained as explain
from opendata.desk.explained import what_if
from opendata.desk.numbers import status
from opendata.desk.office import overview
from opendata.desk.reading import open_cases, overdue_cases, person
from opendata.desk.records import read_case
from opendata.rules.agencies import called
from opendata.rules.errors import Fault, Invalid, Stranger
from opendata.rules.roc import TAIPEI, parse_date

Told = dict[str, Any]
Command = Callable[[Face, str, Sequence[str]], Told]
OVERDUE = ("overdue", "逾期")
IMPORTS = ("import", "匯入")
"""The words that open a modal; all others are answered in the ack."""
_PERIOD = re.compile(r"\d{1,3}([Qq]\d|年|$)|\d{4}")
_NUMBER = re.compile(r"[CS]\d{1,12}(-\d{1,3})?", re.IGNORECASE | re.ASCII)


def register(app: App, face: Face) -> None:
    """Tie the slash command to its words."""

    def handle_command(ack: Ack, command: dict[str, str], client: WebClient) -> None:
        word, *rest = command.get("text", "").split() or ["help"]
        if word.lower() in IMPORTS:
            asked = command["user_id"], command["trigger_id"], client
            face.answer(lambda f: imports.ask(f, *asked))
            ack()
            return
        known = WORDS.get(word.lower(), _unknown(word))
        told = face.answer(lambda f: known(f, command["user_id"], rest))
        ack(**told, response_type="ephemeral")

    app.command("/opendata")(handle_command)


def _help(face: Face, actor: str, _: Sequence[str]) -> Told:
    known = knows(face, actor)
    voice = face.voice_of(actor)
    texts = [voice.say("help.text")]
    if not known:
        texts.append(voice.say("help.stranger"))
    return {"text": "\n".join(texts), "blocks": [b.section(text) for text in texts]}


def knows(face: Face, actor: str) -> bool:
    """Whether somebody is in the roster; who is not is looked for in the newest one."""
    try:
        person(face.desk, actor)
    except Stranger:
        return face.desk.forget() and knows(face, actor)
    return True


def _unknown(word: str) -> Command:
    def answer(face: Face, actor: str, rest: Sequence[str]) -> Told:
        told = face.voice_of(actor).say("command.unknown", word=escaped(word[:50]))
        help_ = _help(face, actor, rest)
        return {"text": f"{told}\n{help_['text']}", "blocks": [b.section(told), *help_["blocks"]]}

    return answer


def _status(face: Face, actor: str, rest: Sequence[str]) -> Told:
    """The period and the agency, in any order."""
    period = next((word for word in rest if _PERIOD.match(word)), None)
    name = " ".join(word for word in rest if word != period)
    return numbers(face, actor, period and period.upper(), agency=_agency(face, name))


def _agency(face: Face, name: str) -> str | None:
    """The agency that a name, a former name or a code means; None: the whole ministry.

    Raises:
        Invalid: ``no_such_agency``.
    """
    if not name:
        return None
    directory = face.desk.directory()
    found = called(directory, name)
    if found is None:
        raise Invalid(Fault("agency", "no_such_agency", (("text", name[:50]),)))
    return None if found == directory.root else found.code


def numbers(
    face: Face, actor: str, period: str | None, skipped: int = 0, agency: str | None = None
) -> Told:
    """The numbers of a period, and a page of its agencies, so many being skipped."""
    person(face.desk, actor)
    voice = face.voice_of(actor)
    counted = status(face.desk, period, agency=agency)
    blocks = status_blocks(voice, counted, skipped, charts=face.charts)
    return {"text": status_text(voice, counted), "blocks": blocks}


def _list(face: Face, actor: str, rest: Sequence[str]) -> Told:
    return listing(face, actor, overdue=bool(rest) and rest[0].lower() in OVERDUE)


def listing(face: Face, actor: str, before: Sequence[str] = (), *, overdue: bool = False) -> Told:
    """A page of open cases by due date; ``before`` are the ends of the pages before it.

    ``overdue``: only those whose date has passed.
    """
    voice, asked = face.voice_of(actor), overdue_cases if overdue else open_cases
    page = asked(face.desk, actor, before[-1] if before else None)
    cases = [read_case(row) for row in page.rows]
    heading = voice.say("list.heading.overdue" if overdue else "list.heading")
    what = "overdue" if overdue else "list"
    if not (cases or before or page.next):
        none = voice.say("list.none.overdue" if overdue else "list.none")
        return {"text": none, "blocks": [b.section(none)]}
    blocks = [b.header(heading), *(case_line(voice, case) for case in cases)]
    # A value holds two thousand characters: from far down, the way back leads to the beginning.
    trail = (*before, page.next)[-TRAIL:] if page.next else ()
    blocks += paging(
        voice,
        back=Spot(what, tuple(before[:-1])) if before else None,
        more=Spot(what, trail) if page.next else None,
    )
    if overdue:
        blocks.append(b.context(voice.say("list.overdue.items")))
    notice = voice.say("list.notice.overdue" if overdue else "list.notice", n=len(cases))
    return {"text": notice, "blocks": blocks}


def _inventory(face: Face, actor: str, _: Sequence[str]) -> Told:
    return inventory.overview(face, actor)


def _quarterly(face: Face, actor: str, rest: Sequence[str]) -> Told:
    return quarterly.overview(face, actor, rest[0] if rest else None)


def page(face: Face, actor: str, spot: Spot) -> Told:
    """The page that a paging button leads to."""
    if spot.what == "status":
        period, skipped, *agency = spot.where
        return numbers(face, actor, period, int(skipped), next(iter(agency), None))
    if spot.what == "behind":
        return behind.listing(face, actor, spot.where)
    if spot.what == "items":
        return inventory.late_items(face, actor, spot.where)
    if spot.what == "calendar":
        return calendar_page(face, actor, int(spot.where[0]))
    return listing(face, actor, spot.where, overdue=spot.what == "overdue")


def _show(face: Face, actor: str, rest: Sequence[str]) -> Told:
    scene = face.shown(actor, rest[0].upper()[:20] if rest else "—")
    shown = card(scene)
    return {"text": shown.text, "blocks": shown.blocks}


def _due(face: Face, actor: str, rest: Sequence[str]) -> Told:
    """The date of a case, or of what would be received on a day; today if none is given."""
    asked = " ".join(rest)[:50]
    if _NUMBER.fullmatch(asked):
        scene = face.shown(actor, asked.upper())
        told = explain(face.desk, scene.case, scene.dossier.events)
        blocks = explained.of_case(scene.voice, scene.case, told)
    else:
        counted, terms = what_if(face.desk, actor, _received(face, asked)), face.desk.terms
        blocks = explained.of_date(face.voice_of(actor), counted, terms.days, terms.mode)
    return {"text": blocks[0]["text"]["text"], "blocks": blocks}


def _received(face: Face, asked: str) -> datetime:
    try:
        day = parse_date(asked) if asked else face.desk.today()
    except Invalid:
        raise Invalid(Fault("when", "not_a_case_or_date", (("text", asked),))) from None
    return datetime.combine(day, time(), TAIPEI)


def _calendar(face: Face, actor: str, _: Sequence[str]) -> Told:
    return calendar_page(face, actor)


def calendar_page(face: Face, actor: str, skipped: int = 0) -> Told:
    """The office calendar, and a page of its closures, so many being skipped."""
    desk = face.desk
    person(desk, actor)
    told, voice = overview(desk), face.voice_of(actor)
    blocks = calendar.overview(
        voice,
        told,
        skipped,
        half_closes=desk.terms.half_closes,
        may_enter=desk.directory().may_import(actor),
    )
    return {"text": calendar.notice(voice, told), "blocks": blocks}


WORDS: dict[str, Command] = {
    "status": _status,
    "狀態": _status,
    "list": _list,
    "清單": _list,
    "show": _show,
    "案件": _show,
    "due": _due,
    "期限": _due,
    "calendar": _calendar,
    "日曆": _calendar,
    "inventory": _inventory,
    "盤點": _inventory,
    "quarterly": _quarterly,
    "提報": _quarterly,
    "help": _help,
    "說明": _help,
}
