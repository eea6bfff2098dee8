"""Hostile words in every free text, through every renderer: inert, and within all limits.

Each of the strings stands in all places at once, in one rendering; ``OPENDATA_STRINGS`` says how
many there are. Our own formatting is known from the same rendering with harmless words: foreign
ones must add none.
"""

import csv
import io
import os
import random
import re
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache, partial

import pytest

from bot import calendar as calendars
from bot import catalogue, forms, handing_in, home, inventory, modals, quarterly
from bot.blocks import escaped
from bot.card import card
from bot.digest import digest
from bot.ids import Ref
from bot.lists import case_line
from bot.messages import undeliverable
from bot.moved import moved
from bot.numbers import status_blocks, status_text
from bot.plans import render
from bot.refusals import sentence
from bot.reminders import reminder
from bot.voice import Voice
from bot.weekly import weekly
from infra.samples_desk import (
    AGENCY,
    BEGIN,
    CHANNELS,
    CIO,
    COORDINATOR,
    HEAD,
    LANGUAGES,
    LEGAL,
    OFFICER,
    STRANGER,
    ministry,
)
from infra.samples_roads import on_the_way
from opendata.adapters import dgpa
from opendata.adapters.import_files import Content, read_import
from opendata.adapters.roster_files import AGENCY_COLUMNS, DEPUTY_COLUMNS, PEOPLE_COLUMNS
from opendata.adapters.sqlite import SqliteStore
from opendata.adapters.tables import RowFault
from opendata.desk import reconciling, roster
from opendata.desk.catalogue_records import Refusal
from opendata.desk.context import Desk
from opendata.desk.digests import Digest, Section
from opendata.desk.explained import Explained
from opendata.desk.intake import shown_title
from opendata.desk.inventory import Overview as InventoryOverview
from opendata.desk.inventory import TakenIn
from opendata.desk.inventory_records import Suggestion
from opendata.desk.moved import Moved
from opendata.desk.numbers import Now, Status
from opendata.desk.office import Entered, Outlook, Overview
from opendata.desk.outbox import TASKS, Message
from opendata.desk.ports import Put
from opendata.desk.pulling import Notice, NotTaken
from opendata.desk.reconciling import Said
from opendata.desk.records import Cause, Opinion, head_row
from opendata.desk.weekly import Since, Week
from opendata.rules import privacy
from opendata.rules.calendar import ChangeKind, Closure, shipped
from opendata.rules.deadline import due
from opendata.rules.errors import Fault, Invalid, LostRace, NotFound, OwnDraft
from opendata.rules.feedback import OPEN, Action, Kind, State
from opendata.rules.inventory import Item
from opendata.rules.kpi import Figures
from opendata.rules.people import Role
from opendata.rules.reply import ReplyType
from opendata.rules.sight import visible
from opendata.rules.submissions import Answer, Given, Submission
from opendata.texts import masked
from tests.unit.hostile import PIECES, strings
from tests.unit.inspector import as_seen, inspect
from tests.unit.source import builders

MANY = int(os.environ.get("OPENDATA_STRINGS", "5000"))
HARMLESS = "字"


# -- what is rendered -------------------------------------------------------------------------


@dataclass(frozen=True)
class Rendering:
    """One payload that the bot makes, with the same words in all its free texts."""

    name: str
    surface: str
    make: Callable[[str], dict]

    @cache  # noqa: B019 - there are some hundreds, and they live as long as the tests
    def usual(self):
        """The formatting that it has of its own."""
        return inspect(self.surface, self.make(HARMLESS)).formatting


def infected(about, words):
    """A case in which every text that somebody can write is the same."""
    names = tuple(f"{n}{words}"[:255] for n in range(30))
    opinion = Opinion(
        title=words,
        body=words,
        requested_dataset=words,
        requested_fields=words,
        dataset_title=words,
        submitter=words[:255],
        url=f"https://data.gov.tw/{words[:100]}",
        dispatched=("法務部廉政署", *names),
    )
    return replace(
        about,
        case=replace(about.case, title=shown_title(words)),
        opinion=opinion,
        reply=about.reply and _written(about.reply, words),
        previous=about.previous and _written(about.previous, words[1:]),
        said=tuple(f"{n}{words}" for n in range(8)),
        notes={event.version: words[:1000] for event in about.events},
        resting=about.resting and _written(about.resting, words),
    )


def _written(reply, words):
    legal = words[:100]
    return replace(
        reply,
        text=words[:3000],
        contact=words[:150],
        statute=reply.statute and legal,
        item=reply.item and legal,
    )


def _named(directory, words):
    """A roster in which people and agencies are called so."""
    return replace(
        directory,
        agencies=tuple(replace(one, name=words[:255]) for one in _few(directory)),
        people=tuple(replace(one, name=words[:255]) for one in directory.people),
    )


def whole(words):
    """The words as a file can hold them: without halves of pairs."""
    return words.encode("utf-8", "ignore").decode()


def _few(directory):
    """Some agencies, and those that the cases belong to."""
    return dict.fromkeys([*directory.ancestors("aac"), *directory.agencies[:30]])


_ITEM = Item("A1", "aac", "廉政統計", planned=114)


class Speaking:
    """The face of the ministry, in which everybody is called by the words."""

    def __init__(self, face, language, words):
        self.words, self.face = words, face
        directory, calendar = face.desk.known()
        self.directory = _named(directory, words)
        self.voice = Voice(language, self.directory, calendar, face.desk.today())

    def message(self, intent, about):
        return _told(render(self.face, intent, infected(about, self.words), self.voice))

    def moved(self, about):
        return _told(card(self.scene(about), moved_to="aac"))

    def scene(self, about):
        return self.face.scene(infected(about, self.words), self.voice)

    def why(self, about):
        case = about.case
        year = shipped().years[115]
        holidays = dict.fromkeys(year.off, whole(self.words[:20]))
        calendar = shipped().with_year(replace(year, off=holidays))
        told = Explained(due(case.opened_at, calendar))
        return modals.why(self.voice, case, told)

    def previewed(self):
        year = shipped().years[115]
        every_day = {day.date: whole(self.words[:20]) for day in year.days()}
        named = replace(year, off=every_day)
        return calendars.year_preview(self.voice, named, year, Outlook((), 0, 0), "-")

    def overview(self):
        year = replace(shipped().years[115], source=whole(self.words))
        entered = Entered(Closure(date(2026, 3, 9), "臺北市"), COORDINATOR, BEGIN)
        told = Overview(shipped().with_year(year), (entered,), ())
        blocks = calendars.overview(self.voice, told, 0, half_closes=False, may_enter=True)
        return {"text": calendars.notice(self.voice, told), "blocks": blocks}

    def listed(self, about):
        case = infected(about, self.words).case
        return {"text": "x", "blocks": [case_line(self.voice, case) for _ in range(20)]}

    def digest(self, to, cases):
        """A digest that has every heading, on the last workday before a break."""
        shown = tuple(replace(case, title=shown_title(self.words)) for case in cases)
        holidays = dict.fromkeys(shipped().years[115].off, whole(self.words[:20]))
        year = replace(shipped().years[115], off=holidays)
        plan = Digest(
            to=to and self.directory.person(to),
            day=date(2026, 2, 13),
            afternoon=False,
            sections=dict.fromkeys(Section, shown),
            back=False,
            break_until=date(2026, 2, 23),
            wanted_year=116,
            calendar=shipped().with_year(year),
            more=True,
        )
        return _told(digest(self.voice, plan))

    def moved_dates(self, cases):
        named = [replace(case, title=shown_title(self.words)) for case in cases]
        days = date(2026, 3, 9), date(2026, 3, 10)
        told = [Moved(case, ChangeKind.CLOSED, *days) for case in named]
        return _told(moved(self.voice, told))

    def numbers(self):
        codes = [one.code for one in self.directory.agencies]
        line = Figures(received=5, stars=1, stars_mean=3.0, mean=1.0, median=1.0)
        broken = tuple(
            Cause("not_in_channel", place, BEGIN, parked=3, broke=1)
            for place in (CHANNELS[AGENCY], OFFICER, self.words[:255])
        )
        counted = Status("115Q1", BEGIN, dict.fromkeys(codes, line), line, Now(broken))
        blocks = status_blocks(self.voice, counted)
        return {"text": status_text(self.voice, counted), "blocks": blocks}

    def undeliverable(self, place, many):
        """What is broken at a place: an agency's channel or that of many, a person, anything."""
        agencies = [
            replace(one, channel=CHANNELS[AGENCY]) if many else one
            for one in self.directory.agencies
        ]
        voice = replace(self.voice, directory=replace(self.directory, agencies=tuple(agencies)))
        cause = Cause("not_in_channel", place or self.words[:255], BEGIN, parked=3, broke=1)
        return _told(undeliverable(voice, cause, "1"))

    def refused_catalogue(self, told):
        away = Fault("file", "catalogue_away", (("text", self.words), ("reason", "")))
        why = Refusal(BEGIN, self.words[:255], away)
        return _told(catalogue.refused(self.voice, why if told else None, None))

    def not_taken(self, read):
        wrong = NotTaken(2, Fault("posted_at", "not_a_time", (("text", self.words[:40]),)))
        return _told(
            catalogue.not_taken(self.voice, Notice(self.words[:120], BEGIN, read, 9, (wrong,)))
        )

    def inventory(self, late):
        item = replace(_ITEM, title=self.words[:200])
        if late:
            return {"text": "-", "blocks": inventory.late_lines(self.voice, [item])}
        one = Suggestion("A1", "aac", self.words[:200], self.words[:40], self.words[:255], 80)
        counts = {"items": 1, "open": 1}
        found = InventoryOverview({"aac": counts}, counts, 1, (one,), more=True)
        return {"text": "-", "blocks": inventory.overview_blocks(self.voice, found)}

    def call(self, answer):
        given = (Given(answer, OFFICER, BEGIN),) if answer else ()
        one = Submission("115Q1", "aac", BEGIN.date(), BEGIN.date(), given)
        return _told(quarterly.called(self.voice, one))

    def week(self):
        line = Figures(received=3, open_late=2)
        counted = Status("115Q1", BEGIN, {"aac": line}, line)
        day = BEGIN.date()
        week = Week(counted, day, day, Since(BEGIN, 1, 1), 1, {"aac": 2}, ("aac",), 1)
        return _told(weekly(self.voice, week))

    def quarter(self):
        given = (Given(Answer.NO_CHANGE, OFFICER, BEGIN), Given(Answer.UPDATED, OFFICER, BEGIN))
        one = Submission("115Q1", "aac", BEGIN.date(), BEGIN.date(), given)
        return quarterly.shown(self.voice, "115Q1", [one])

    def handed(self):
        given = (Given(Answer.NO_CHANGE, OFFICER, BEGIN), Given(Answer.UPDATED, OFFICER, BEGIN))
        one = Submission("115Q1", "aac", BEGIN.date(), BEGIN.date(), given)
        wrong = [(2, Fault("機關", "no_such_agency", (("text", self.words),)))]
        return quarterly.handed_in(self.voice, one, wrong)

    def item(self):
        words = self.words[:200]
        return inventory.item_modal(
            self.voice, replace(_ITEM, title=words, origin=words, reason=words)
        )

    def mended(self):
        cause = Cause("not_in_channel", CHANNELS[AGENCY], BEGIN, parked=0, broke=1)
        return _told(undeliverable(self.voice, cause, "1"))

    def home(self, person, cases):
        """App Home on a desk that has the infected roster, and more of each case than it shows."""
        directory = _named(self.directory, whole(self.words))
        with SqliteStore(":memory:", now=self.face.desk.clock) as store:
            desk = Desk(store, self.face.desk.clock)
            roster.import_agencies(desk, directory.agencies)
            roster.import_people(desk, directory.people)
            title = shown_title(whole(self.words))
            for number, case in enumerate(cases):
                same = (f"S{number}{n:02}" for n in range(home.SHOWN + 1))
                heads = (replace(case, id=one, title=title) for one in same)
                store.commit(*(Put(head_row(one)) for one in heads))
                said = [Said(one.id, answered=one.answered_at is None) for one in cases]
                reconciling.compare(desk, Kind.SUGGESTION, said)
            return home.home(replace(self.face, desk=desk), person)

    def items_handed_in(self):
        cell = Fault("機關", "no_such_agency", (("text", self.words[:60]),))
        wrong = [RowFault(n, cell) for n in range(2, 2 + 3 * handing_in.REFUSED_ROWS)]
        return handing_in.items_handed_in(self.voice, TakenIn(1), wrong)

    def handed_in(self, content):
        handed = read_import(_file(content, self.words), "file.csv", self.directory)
        return handing_in.handed_in(self.voice, handed)

    def refused(self, error):
        return modals.error(self.voice, sentence(self.voice, error))

    def refused_in_words(self, error):
        told = sentence(self.voice, error)
        return {"text": told, "blocks": modals.error(self.voice, told)["blocks"]}

    def errors(self):
        text = (("text", self.words[:500]),)
        return (
            NotFound(what="case", name=self.words[:500]),
            OwnDraft(approvers=("U01OFFICER", "U04CIO")),
            LostRace(actor="U01OFFICER", action=Action.APPROVE, at=BEGIN),
            Invalid(Fault("period", "not_a_quarter", text), Fault("day", "not_a_date", text)),
        )


# Each kind of file, and what stands in a row of it where the words do not.
ROWS = {
    Content.AGENCIES: dict.fromkeys(AGENCY_COLUMNS, "") | {"code": "new", "name": "x"},
    Content.PEOPLE: dict.fromkeys(PEOPLE_COLUMNS, "")
    | {"slack_user_id": "U1", "name": "x", "agency": "aac"},
    Content.DEPUTIES: dict(
        zip(DEPUTY_COLUMNS, ("U1", "U2", "115/3/2", "115/3/3", "代", "公假"), strict=True)
    ),
    Content.CALENDAR: {dgpa.DATE: "20260101", dgpa.WEEKDAY: "四", dgpa.OFF: "2", dgpa.NOTE: ""},
}


def _file(content, words):
    """A file with the words in one cell after another, in more rows than are shown."""
    row, out = ROWS[content], io.StringIO(newline="")
    lines = csv.DictWriter(out, row, quoting=csv.QUOTE_ALL)
    lines.writeheader()
    for n in range(3 * handing_in.REFUSED_ROWS):
        lines.writerow(row | {list(row)[n % len(row)]: f"{n}{words[:2000]}"})
    return whole(out.getvalue()).encode()


def _told(shown):
    return {"text": shown.text, "blocks": shown.blocks}


@pytest.fixture(scope="module")
def renderings():
    """Every message in every state, all views, the lists and the refusals, in both languages."""
    found = []
    with ExitStack() as stack:
        for language in LANGUAGES:
            made = stack.enter_context(ministry(language, "ordinary"))
            steps = list(on_the_way(made))
            found += _renderings(language, steps, partial(Speaking, made.face, language))
        yield found


def _renderings(language, steps, speaking):
    def on(surface, name, make):
        return Rendering(f"{language} {name}", surface, make)

    last = {about.case.state: about for _, about, _ in steps}
    for step, about, told in steps:
        for intent in told:
            make = partial(lambda i, a, words: speaking(words).message(i, a), intent, about)
            yield on("message", f"{intent.kind} {about.case.state} {step}", make)
    for state, about in last.items():
        for name, make in _views().items():
            yield on("modal", f"{name} {state}", partial(_shown, speaking, make, about))
        yield on("answer", f"list {state}", partial(_of, speaking, Speaking.listed, about))
        for name, make in _reminders().items() if state in OPEN else ():
            yield on("message", f"reminder {name} {state}", partial(_shown, speaking, make, about))
        yield on("message", f"moved {state}", partial(_of, speaking, Speaking.moved, about))
    yield on("modal", "why", partial(_of, speaking, Speaking.why, last[State.RECEIVED]))
    yield on("answer", "status", lambda words: speaking(words).numbers())
    yield on("modal", "year_preview", lambda words: speaking(words).previewed())
    yield on("answer", "calendar", lambda words: speaking(words).overview())
    yield from _about_no_case(on, speaking, [about.case for about in last.values()])
    for n in range(4):
        yield on("modal", f"error {n}", partial(_error, speaking, Speaking.refused, n))
        yield on("answer", f"error {n}", partial(_error, speaking, Speaking.refused_in_words, n))


def _about_no_case(on, speaking, cases):
    for person in (OFFICER, HEAD, CIO, LEGAL, COORDINATOR, STRANGER):
        make = partial(lambda who, words: speaking(words).home(who, cases), person)
        yield on("home", f"home {person}", make)
    for name, told in {"person": OFFICER, "channel": None}.items():
        make = partial(lambda to, words: speaking(words).digest(to, cases), told)
        yield on("message", f"{Message.DIGEST} {name}", make)
    for name, some in {"one": cases[:1], "many": cases}.items():
        make = partial(lambda some, words: speaking(words).moved_dates(some), some)
        yield on("message", f"{Message.MOVED} {name}", make)
    for content in Content:
        make = partial(lambda one, words: speaking(words).handed_in(one), content)
        yield on("modal", f"handed_in {content}", make)
    yield on("modal", "items_handed_in", lambda words: speaking(words).items_handed_in())
    yield on("modal", "hand_in", lambda words: handing_in.hand_in(speaking(words).voice))
    kind = Message.UNDELIVERABLE
    channel = CHANNELS[AGENCY]
    for place, many in ((channel, False), (channel, True), (OFFICER, False), ("", False)):
        make = partial(lambda at, n, words: speaking(words).undeliverable(at, n), place, many)
        yield on("message", f"{kind} {place or 'anywhere'} {many}", make)
    yield on("message", f"{kind} mended", lambda words: speaking(words).mended())
    yield from _of_the_inventory(on, speaking)
    for told in (True, False):
        make = partial(lambda one, words: speaking(words).refused_catalogue(one), told)
        yield on("message", f"{Message.CATALOGUE_REFUSED} {told}", make)
        make = partial(lambda one, words: speaking(words).not_taken(one), told)
        yield on("message", f"{Message.NOT_TAKEN} {told}", make)


def _of_the_inventory(on, speaking):
    for late in (True, False):
        make = partial(lambda one, words: speaking(words).inventory(one), late)
        yield on("answer", f"inventory {late}", make)
    for answer in (None, *Answer):
        make = partial(lambda one, words: speaking(words).call(one), answer)
        yield on("message", f"{Message.CALL} {answer}", make)
    yield on("message", f"{Message.WEEKLY} x", lambda words: speaking(words).week())
    yield on("answer", "quarter", lambda words: speaking(words).quarter())
    yield on("modal", "handed", lambda words: speaking(words).handed())
    yield on(
        "modal", "submission", lambda words: quarterly.upload(speaking(words).voice, "aac", "115Q1")
    )
    yield on("modal", "item", lambda words: speaking(words).item())


def _shown(speaking, make, about, words):
    one = speaking(words)
    return make(one, one.scene(about))


def _of(speaking, make, about, words):
    return make(speaking(words), about)


def _error(speaking, show, n, words):
    one = speaking(words)
    return show(one, one.errors()[n])


def _reminders():
    """To whoever has the case, to who is told beside them, and to a channel; on the due day too."""
    return {
        f"{to} {afternoon}": partial(
            lambda who, late, one, scene: _told(
                reminder(scene, who and one.directory.person(who), afternoon=late)
            ),
            to,
            afternoon,
        )
        for to in (OFFICER, CIO, COORDINATOR, None)
        for afternoon in (False, True)
    }


def _views():
    ref = Ref("S97944", 1, "0" * 64)
    return {
        **{
            f"draft {type_}": partial(lambda t, _, s: modals.draft(s, s.dossier.reply, t), type_)
            for type_ in ReplyType
        },
        "preview": lambda _, scene: modals.preview(scene),
        "return": lambda _, scene: modals.return_draft(scene),
        "revoke": lambda _, scene: modals.revoke(scene),
        "publish": lambda _, scene: modals.publish(scene, BEGIN),
        "reveal": lambda _, scene: modals.reveal(scene),
        "revealed": lambda _, scene: modals.revealed(scene),
        "details": lambda _, scene: modals.details(scene),
        "decide": lambda _, scene: forms.decide(scene),
        "extend": lambda _, scene: forms.extend(scene, BEGIN.date(), BEGIN.date()),
        "snooze": lambda _, scene: forms.snooze(_in_time(scene)),
        "instruct": lambda _, scene: forms.instruct(scene),
        "assign": lambda one, _: modals.assign(one.voice, ref),
        "reassign": lambda one, _: modals.reassign(
            one.voice, ref, one.directory.holders(Role.OFFICER, "aac"), None
        ),
    }


def _in_time(scene):
    """The case while a morning is left to be reminded on."""
    return replace(scene, voice=replace(scene.voice, today=scene.case.due_now - timedelta(days=9)))


# -- what holds -------------------------------------------------------------------------------


def test_no_words_do_anything_but_stand_there(renderings):
    """Each string goes through one rendering; the renderings take turns."""
    order = random.Random(1).sample(renderings, len(renderings))
    for n, words in enumerate(strings(MANY)):
        one = order[n % len(order)]
        seen = inspect(one.surface, one.make(words))
        more = seen.formatting - one.usual()
        assert not seen.faults, (n, one.name, words[:200], seen.faults[:3])
        assert not more, (n, one.name, words[:200], more)


def test_every_renderer_is_among_the_renderings(renderings):
    def names(surface):
        return {one.name.split()[1] for one in renderings if one.surface == surface}

    assert names("message") == {*Message, "moved", "reminder"} - TASKS
    built = builders(modals) | builders(forms) | builders(handing_in)
    of_modals = {name.removesuffix("_draft") for name in built}
    assert names("modal") == of_modals | {"year_preview", "item", "handed", "submission"}
    assert names("home") == builders(home) - {"register"}


def test_no_cell_of_a_file_passes_for_a_row_of_its_own(renderings):
    for one in renderings:
        if " handed_in " in one.name:
            view = one.make("\n第9行\u2028第9行\x0b第9行")
            lines = "\n".join(b["text"]["text"] for b in view["blocks"][1:-1]).splitlines()
            assert len(lines) == handing_in.REFUSED_ROWS, one.name


def test_a_place_of_many_long_names_leaves_room_for_the_reason(renderings):
    for one in renderings:
        if f" {Message.UNDELIVERABLE} {CHANNELS[AGENCY]} True" in one.name:
            first, last = (
                one.make(w)["blocks"][0]["text"]["text"][-20:] for w in ("字", "&" * 255)
            )
            assert first == last, one.name


def test_ten_thousand_signs_of_one_kind_do_nothing_either(renderings):
    order = random.Random(2).sample(renderings, len(renderings))
    for n, piece in enumerate(PIECES):
        words = (piece * (10_000 // len(piece) + 1))[:10_000]
        for one in order[n * 4 : n * 4 + 4]:
            seen = inspect(one.surface, one.make(words))
            assert not seen.faults, (one.name, piece, seen.faults[:3])
            assert not seen.formatting - one.usual(), (one.name, piece)


def test_a_citizens_words_stand_in_details_to_the_letter(renderings):
    shown = [one for one in renderings if " details " in one.name]
    for n, words in enumerate(strings(300, seed=7)):
        view = shown[n % len(shown)].make(words)
        parts = [one["text"]["text"] for one in view["blocks"] if one["type"] == "section"]
        expected = as_seen(privacy.mask(words, masked))[:2000]
        assert expected.strip("\n") in as_seen("".join(parts)), words


def test_what_is_inert_stays_so():
    for words in strings(2000, seed=8):
        once = visible(words)
        assert visible(once) == once


def test_a_family_of_emoji_stays_together():
    for emoji in ("👨‍👩‍👧‍👦", "👩🏽‍⚕️", "❤️‍🔥", "🏳️‍🌈", "1️⃣"):
        assert visible(f"家{emoji}家") == f"家{emoji}家"


def test_ordinary_words_are_left_as_they_are():
    for words in ("開放歷年廉政統計（115年）", "CPI 與 GDP", "R&D", "刑事訴訟法第245條、e-mail"):
        assert visible(words) == words
        assert escaped(words) == words.replace("&", "&amp;")


@pytest.mark.parametrize("most", range(3, 40))
def test_escaped_words_are_never_longer_than_allowed_nor_cut_in_an_entity(most):
    for words in ("&<>&<>" * 20, "a&b" * 20, "*_~`" * 20, ":@#.a" * 20):
        told = escaped(words, most)
        assert len(told) <= most
        assert "&" not in re.sub("&(amp|lt|gt);", "", told)
