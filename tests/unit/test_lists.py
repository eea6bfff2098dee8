"""Every list that the bot shows, from nothing to five hundred: within the limits, and nothing lost.

What a page or a message cannot hold is told by number, and how to see it.
"""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from bot import commands, forms, home, modals, numbers
from bot.card import SHOWN_AGENCIES, card
from bot.charts import of_agencies
from bot.digest import LINES, digest
from bot.home import FEW, SHOWN
from bot.ids import Button, Ref, Spot
from bot.modals import EVENTS, SAID
from bot.numbers import AGENCIES
from bot.plans import digest_message
from bot.reminders import MORNINGS, mornings
from bot.voice import Voice
from opendata import texts
from opendata.desk import decisions, digests, inventory, outbox, roster, submissions
from opendata.desk.decisions import ReturnReason
from opendata.desk.desktop import Desktop, Shelf
from opendata.desk.digests import Digest, Section
from opendata.desk.inventory import Entry
from opendata.desk.numbers import Status
from opendata.desk.reading import AROUND, PAGE
from opendata.rules.inventory import Item
from opendata.rules.kpi import Figures, Share
from opendata.rules.people import Agency, Deputy, Directory, Form, Person, Role
from tests.slack import FakeSlack, face_of, sweep
from tests.unit.inspector import LONGEST_MESSAGE, length_of, limits
from tests.world import CAROL, ETHICS, MINISTRY, MONDAY, OLIVE, OTTO, World, posted

SIZES = [0, 1, 50, 500]
LANGUAGES = {"zh": OLIVE, "en": OTTO}


def voice_of(world, language="zh", directory=None):
    desk = world.desk
    return Voice(language, directory or desk.directory(), desk.calendar(), desk.today())


def fits(surface, payload):
    return limits(surface, payload) == []


def texts_of(part):
    """Every text of a payload."""
    return json.dumps(part, ensure_ascii=False)


def spot(told, button):
    """Where the paging button leads, or None."""
    elements = (one for block in told["blocks"] for one in block.get("elements", ()))
    values = [one["value"] for one in elements if one.get("action_id") == button]
    return Spot.read(values[0]) if values else None


def numbered(told):
    """The cases of a page."""
    return [
        Ref.read(block["accessory"]["value"]).case
        for block in told["blocks"]
        if "accessory" in block
    ]


# -- open cases


@pytest.fixture(scope="module")
def busy(tmp_path_factory):
    """A ministry with five hundred open cases, whose titles are as long as they can be."""
    made = World.make(tmp_path_factory.mktemp("busy"))
    for number in range(500):
        made.receive(posted(str(number + 1), title="&" * 100))
    yield made
    made.close()


def pages(face, who):
    """The pages of the list, from the first to the last."""
    told = commands.listing(face, who)
    yield told
    while further := spot(told, Button.MORE):
        told = commands.page(face, who, further)
        yield told


@pytest.mark.parametrize("number", [0, 1, 20, 21, 50])
def test_a_list_of_any_length_shows_every_case_once(world, number):
    for n in range(number):
        world.receive(posted(str(n + 1)))
    shown = [case for page in pages(face_of(world), OLIVE) for case in numbered(page)]
    assert sorted(shown) == sorted(world.cases())


def test_five_hundred_open_cases_are_paged_to_the_end(busy):
    shown = list(pages(face_of(busy), OLIVE))
    assert len(shown) == 500 / PAGE
    assert len({case for page in shown for case in numbered(page)}) == 500
    assert all(fits("answer", page) for page in shown)


def test_a_page_stays_below_what_slack_takes_whatever_the_titles(busy):
    for who in LANGUAGES.values():
        assert length_of(commands.listing(face_of(busy), who)["blocks"]) < LONGEST_MESSAGE


def test_the_pages_lead_back_the_way_they_came(busy):
    face = face_of(busy)
    there = list(pages(face, OLIVE))[:5]
    told = there[-1]
    for before in reversed(there[:-1]):
        told = commands.page(face, OLIVE, spot(told, Button.BACK))
        assert numbered(told) == numbered(before)
    assert spot(told, Button.BACK) is None


def test_from_far_down_the_way_back_ends_at_the_beginning(busy):
    face = face_of(busy)
    told = list(pages(face, OLIVE))[-1]
    steps = 0
    while back := spot(told, Button.BACK):
        told, steps = commands.page(face, OLIVE, back), steps + 1
    assert numbered(told) == numbered(commands.listing(face, OLIVE))
    assert steps == commands.TRAIL


# -- App Home


@pytest.mark.parametrize("number", [0, 1, SHOWN, SHOWN + 1, 50])
def test_a_shelf_says_how_many_there_are_beyond_what_it_shows(world, number):
    for n in range(number):
        world.receive(posted(str(n + 1)))
    view = home.home(face_of(world), OLIVE)
    assert fits("home", view)
    assert len(numbered(view)) == min(number, SHOWN)
    told = texts.say("zh", "home.more", n=number - SHOWN)
    assert (told in texts_of(view)) == (number > SHOWN)


def test_five_hundred_on_a_shelf_are_told_to_be_more_than_were_counted(busy):
    view = home.home(face_of(busy), OLIVE)
    assert fits("home", view)
    assert texts.say("zh", "home.more.many", n=AROUND - SHOWN) in texts_of(view)
    assert texts.say("zh", "home.shelf.many", heading=Shelf.UNCLAIMED, n=AROUND) in texts_of(view)


def test_every_shelf_full_fits_into_one_home(world, monkeypatch):
    """Somebody who is everything, with more in every shelf than it shows, and all there is."""
    everything = Person(OLIVE, "林" * 200, MINISTRY, frozenset(Role))
    roster.import_people(world.desk, [everything])
    roster.import_deputies(world.desk, [_standing_in(n) for n in range(9)])
    items = [
        Item(f"P{n}", ETHICS, "&" * 200, planned=115, case=f"S{n}", holder=OLIVE) for n in range(19)
    ]
    inventory.take_in(world.desk, [Entry(n, one) for n, one in enumerate(items, 2)])
    submissions.call(world.desk)
    case = world.case(world.opened(id_="1"))
    full = (replace(case, title="&" * 80),) * AROUND
    crowded = Desktop(everything, dict.fromkeys(Shelf, full), leftover=7, more=True)
    monkeypatch.setattr(home, "desktop", lambda *_: crowded)
    view = home.home(face_of(world), OLIVE)
    assert fits("home", view)
    assert len(numbered(view)) == len(Shelf) * FEW
    headings = [one["text"]["text"] for one in view["blocks"] if one["type"] == "header"]
    assert len(headings) == 1 + len(Shelf) + 4  # and promises, the quarter, deputies, the ministry


def _standing_in(n):
    day = MONDAY.date() + timedelta(days=n)
    return Deputy(CAROL, OLIVE, day, day, Form.ACTING_FOR_ABSENT, "請假")


# -- the agencies of the status


def test_names_of_a_chart_that_are_told_apart_are_not_cut_within_a_sign(world):
    name = "甲" * 16 + "👨\u200d👩\u200d👧之家"
    agencies = tuple(Agency(code, name, None) for code in ("a", "b", "c"))
    voice = voice_of(world, directory=Directory(agencies))
    (chart,) = of_agencies(voice, dict.fromkeys(("a", "b", "c"), Figures(received=1)))
    labels = chart["chart"]["axis_config"]["categories"]
    assert len(set(labels)) == 3
    assert not any(one.rstrip("0123456789").endswith("\u200d") for one in labels)


def ministry_of(number, name="法務部所屬機關" * 30):
    """A tree with so many agencies under the ministry."""
    return Directory(
        (Agency("moj", "法務部"), *(Agency(f"a{n}", f"{n}{name}", "moj") for n in range(number)))
    )


def counted_for(number):
    lines = {
        f"a{n}": Figures(received=n + 1, within_7=Share(n, n + 1), open_late=n % 3)
        for n in range(number)
    }
    return Status("115Q1", MONDAY, lines, Figures(received=number))


def rows(blocks):
    tables = [block for block in blocks if block["type"] == "table"]
    return [[cell["text"] for cell in row] for table in tables for row in table["rows"][1:]]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("number", [*SIZES, AGENCIES, AGENCIES + 1])
def test_the_status_shows_every_agency_page_by_page(world, number, language):
    voice = voice_of(world, language, ministry_of(number))
    counted, shown, place = counted_for(number), [], 0
    while True:
        blocks = numbers.status_blocks(voice, counted, place)
        told = {"text": numbers.status_text(voice, counted), "blocks": blocks}
        assert fits("answer", told)
        assert len(rows(blocks)) <= AGENCIES
        shown += rows(blocks)
        further = spot(told, Button.MORE)
        if further is None:
            break
        assert further.what == "status"
        place = int(further.where[1])
    assert len(shown) == number
    assert len({row[0] for row in shown}) == number
    if number > AGENCIES:
        page = texts.say(language, "status.page", first=place + 1, last=number, n=number)
        assert page in texts_of(blocks)


def test_a_row_of_the_table_has_name_rate_open_and_overdue(world):
    directory = Directory((Agency("moj", "法務部"), Agency("a", "甲機關", "moj")))
    line = Figures(received=9, within_7=Share(3, 5), open_in_time=2, open_late=1)
    counted = Status("115Q1", MONDAY, {"a": line, "moj": Figures()}, line)
    blocks = numbers.status_blocks(voice_of(world, directory=directory), counted)
    assert rows(blocks) == [["甲機關", "3／5", "3", "1"]]


def test_the_busiest_agency_comes_first_and_equals_in_a_fixed_order(world):
    lines = {code: Figures(received=n) for code, n in (("b", 1), ("c", 2), ("a", 1))}
    counted = Status("115Q1", MONDAY, lines, Figures())
    blocks = numbers.status_blocks(voice_of(world), counted)
    assert [row[0] for row in rows(blocks)] == ["c", "a", "b"]


def test_the_next_page_of_the_status_is_of_the_same_period_and_leads_back(world):
    shipped = world.desk.directory().agencies
    for n, agency in enumerate(shipped[: AGENCIES + 5]):
        world.receive(posted(str(n + 1), agency.name))
    face = face_of(world)
    first = commands.numbers(face, CAROL, "115")
    second = commands.page(face, CAROL, spot(first, Button.MORE))
    assert second["blocks"][0] == first["blocks"][0]
    assert len(rows(second["blocks"])) == 5
    again = commands.page(face, CAROL, spot(second, Button.BACK))
    assert again == first


def test_a_page_of_the_status_is_still_one_query(world, monkeypatch):
    for n, agency in enumerate(world.desk.directory().agencies[: AGENCIES + 5]):
        world.receive(posted(str(n + 1), agency.name))
    face = face_of(world)
    further = spot(commands.numbers(face, CAROL, "115Q1"), Button.MORE)
    queries = []
    query = type(world.desk.store).query
    monkeypatch.setattr(
        type(world.desk.store),
        "query",
        lambda self, pk, *more, **told: queries.append(pk) or query(self, pk, *more, **told),
    )
    commands.page(face, CAROL, further)
    assert len(queries) == 1


# -- choices


def offered(view):
    """The values of a modal's only select, group by group."""
    (block,) = [one for one in view["blocks"] if one["type"] == "input"]
    element = block["element"]
    groups = element.get("option_groups") or [element]
    return [[one["value"] for one in group["options"]] for group in groups]


@pytest.mark.parametrize("number", SIZES)
def test_every_agency_can_be_assigned_to(world, number):
    view = modals.assign(voice_of(world, directory=ministry_of(number)), Ref("S1"))
    assert fits("modal", view)
    values = [value for group in offered(view) for value in group]
    assert sorted(values) == sorted(["moj", *(f"a{n}" for n in range(number))])


def test_a_deep_tree_has_more_agencies_above_others_than_slack_has_groups(world):
    chain = [Agency("moj", "法務部")]
    for n in range(500):
        chain.append(Agency(f"a{n}", f"機關{n}", chain[-1].code))
    view = modals.assign(voice_of(world, directory=Directory(tuple(chain))), Ref("S1"))
    assert fits("modal", view)
    assert sum(map(len, offered(view))) == 501


@pytest.mark.parametrize("number", [*SIZES, 100, 101])
def test_every_officer_can_be_given_a_case(world, number):
    officers = [Person(f"U{n}", f"承辦人{n}", ETHICS, frozenset()) for n in range(number)]
    view = modals.reassign(voice_of(world), Ref("S1"), officers, None)
    assert fits("modal", view)
    if number:
        assert [one for group in offered(view) for one in group] == [one.id for one in officers]
    else:
        assert texts.say("zh", "reassign.nobody") in texts_of(view)


def test_groups_of_officers_are_named_by_their_numbers(world):
    officers = [Person(f"U{n}", f"承辦人{n}", ETHICS, frozenset()) for n in range(250)]
    view = modals.reassign(voice_of(world), Ref("S1"), officers, None)
    groups = view["blocks"][0]["element"]["option_groups"]
    assert [one["label"]["text"].strip() for one in groups] == ["1–100", "101–200", "201–250"]


# -- what has gathered around a case


@pytest.mark.parametrize("number", SIZES)
def test_citizens_comments_are_shown_from_the_newest_and_the_others_counted(world, number):
    world.opened()
    scene = face_of(world).shown(OLIVE, "S97944")
    said = tuple(f"補充{n}號" for n in range(number))
    scene = replace(scene, dossier=replace(scene.dossier, said=said))
    for view in (modals.details(scene), modals.revealed(scene)):
        told = texts_of(view)
        assert fits("modal", view)
        assert [one for one in said if one in told] == list(said[-SAID:])
        earlier = texts.say("zh", "details.said.more", n=number - SAID)
        assert (earlier in told) == (number > SAID)


@pytest.mark.parametrize("number", SIZES)
def test_the_history_shows_the_newest_events_and_counts_the_others(world, number):
    world.opened()
    scene = face_of(world).shown(OLIVE, "S97944")
    (first,) = scene.dossier.events
    events = tuple(
        replace(first, version=n + 1, at=first.at + timedelta(minutes=n)) for n in range(number)
    )
    view = modals.details(replace(scene, dossier=replace(scene.dossier, events=events)))
    told = texts_of(view)
    assert fits("modal", view)
    assert told.count("收案") == min(number, EVENTS)
    earlier = texts.say("zh", "details.history.more", n=number - EVENTS)
    assert (earlier in told) == (number > EVENTS)
    if events:
        assert texts.written("zh", events[-1].at) in told


@pytest.mark.parametrize("number", [*SIZES, SHOWN_AGENCIES, SHOWN_AGENCIES + 1])
def test_the_card_counts_the_agencies_and_details_name_them_all(world, number):
    world.opened()
    scene = face_of(world).shown(OLIVE, "S97944")
    others = tuple(f"第{n}號機關" for n in range(number))
    opinion = replace(scene.dossier.opinion, dispatched=others)
    scene = replace(scene, dossier=replace(scene.dossier, opinion=opinion))
    shown, view = card(scene), modals.details(scene)
    assert fits("message", {"text": shown.text, "blocks": shown.blocks})
    assert fits("modal", view)
    assert (f"等{number}個機關" in texts_of(shown.blocks)) == (number > SHOWN_AGENCIES)
    visible = texts_of(shown.blocks) + texts_of(view)
    missing = [name for name in others if name not in visible]
    assert not missing or texts.say("zh", "details.cut") in texts_of(view)
    assert number > 200 or not missing


def test_a_return_tells_every_reason_there_is(world):
    case = world.awaiting()
    reasons, slack = list(ReturnReason), FakeSlack()
    decisions.return_draft(world.desk, case, CAROL, world.hash(case), reasons, "長" * 1000)
    sweep(world, slack)
    told = slack.to(OLIVE)[-1]
    assert fits("message", {"text": told.text, "blocks": told.blocks})
    assert [one for one in reasons if texts.name_of("zh", one) not in told.words] == []


def test_a_title_in_a_list_is_cut_and_says_so(busy):
    line = commands.listing(face_of(busy), OLIVE)["blocks"][1]["text"]["text"]
    assert "……" in line
    assert len(line) < 500


# -- digests and reminders


def planned(world, sections, to=None, **more):
    """What somebody is to be told of, by heading."""
    return Digest(
        to=to,
        day=world.desk.today(),
        afternoon=False,
        sections={section: cases for section, cases in sections.items() if cases},
        back=more.pop("back", False),
        break_until=None,
        wanted_year=None,
        calendar=world.desk.calendar(),
        **more,
    )


def many_of(world, number):
    """So many cases, whose titles are as long as they can be."""
    world.opened(title="&" * 100)
    case = replace(world.case(), title="&" * 80)
    return tuple(replace(case, id=f"S{n}") for n in range(number))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("number", [*SIZES, LINES, LINES + 1])
def test_a_digest_of_any_length_is_one_message_that_counts_what_it_does_not_show(
    world, number, language
):
    cases, voice = many_of(world, number), voice_of(world, language)
    for back in (False, True):
        shown = digest(voice, planned(world, {Section.OVERDUE: cases}, back=back))
        told = {"text": shown.text, "blocks": shown.blocks}
        assert fits("message", told)
        assert len(numbered(told)) == min(number, LINES)
        rest = texts.say(language, "digest.rest", n=number - LINES)
        assert (rest in texts_of(told)) == (number > LINES)


def test_a_digest_with_every_heading_shows_some_of_each(world):
    cases = many_of(world, 50)
    shown = digest(voice_of(world), planned(world, dict.fromkeys(Section, cases), more=True))
    told = {"text": shown.text, "blocks": shown.blocks}
    assert fits("message", told)
    assert len(numbered(told)) == len(Section) * (LINES // len(Section))
    assert all(texts.say("zh", f"digest.{one}", n=50) in texts_of(told) for one in Section)
    assert texts.say("zh", "digest.many", n=50 * len(Section)) in shown.text


def test_five_hundred_unclaimed_cases_call_their_channel_in_one_message(busy):
    intent = outbox.digest("C-AAC", MONDAY, afternoon=False, person=False)
    busy.clock.set(MONDAY + timedelta(days=2))
    try:
        shown = digest_message(face_of(busy), digests.digest(busy.desk, intent), "C-AAC")
    finally:
        busy.clock.set(MONDAY)
    told = {"text": shown.text, "blocks": shown.blocks}
    assert fits("message", told)
    assert len(numbered(told)) == LINES
    assert texts.say("zh", "digest.soon", n=500) in shown.text


@pytest.mark.parametrize("days", [1, 2, 30, 5 * 365])
def test_the_mornings_to_be_reminded_on_fit_into_one_choice(world, days):
    world.claimed()
    scene = face_of(world).shown(OLIVE, "S97944")
    due = replace(scene.case.due, study=scene.voice.today + timedelta(days=days))
    later = replace(scene, dossier=replace(scene.dossier, case=replace(scene.case, due=due)))
    offered_days = mornings(later)
    assert len(offered_days) <= MORNINGS
    assert all(scene.voice.today < day < due.study for day in offered_days)
    if offered_days:
        assert fits("modal", forms.snooze(later))
