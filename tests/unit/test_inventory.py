"""The inventory: files in and out, changes with reasons, datasets found, promises kept."""

import io
import os
import zipfile
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opendata.adapters import ods
from opendata.adapters.catalogue_files import Export
from opendata.adapters.inventory_files import csv_of, read_inventory, table_of
from opendata.desk import catalogue, inventory, matching, outbox, promises, records, tasks
from opendata.desk.inventory import Entry
from opendata.desk.outbox import TASKS, Message
from opendata.rules import matching as rules
from opendata.rules.errors import Invalid, NotFound, Stale, Stranger, WrongRole
from opendata.rules.feedback import Action
from opendata.rules.inventory import Item, Openness, Readiness, Standing, standing
from opendata.rules.people import Directory, shipped_agencies
from opendata.rules.reply import ReplyType
from tests.catalogues import csv_of as export_of
from tests.catalogues import row
from tests.counting import Counting
from tests.world import CORA, ETHICS, OLIVE, OTTO, PETRA, REPLY, STRANGER, refuses

TREE = Directory(shipped_agencies())
HEAD = "盤點編號,機關,資料集名稱,開放程度,預計開放年度,不開放理由,結構化,異動理由\n"
PLANNED = replace(
    REPLY,
    type=ReplyType.PLANNED,
    text="您好：您建議的資料預計於115年6月30日前開放，謝謝您的建議。",
    promised=date(2026, 6, 30),
)


def item(number="1", title="廉政統計", **more):
    return Item(number, ETHICS, title, **{"planned": 115, **more})


def take(world, *items, reason=""):
    return inventory.take_in(world.desk, [Entry(n, one, reason) for n, one in enumerate(items, 2)])


def sync(world, *rows):
    file = io.BytesIO(export_of(rows))
    catalogue.sync(world.desk, lambda: Export(file), "export.csv", lambda *_: None)


def work(world):
    """Do the tasks that wait, and those that they leave."""
    while found := [one for one in world.waiting() if one.kind in TASKS]:
        for task in found:
            tasks.perform(world.desk, task)


# -- files


def test_a_file_gives_its_good_rows_and_tells_the_others_by_line():
    rows = (
        "A1,法務部廉政署,廉政統計,開放,115年,,是,\n"
        "A2,無此機關,甲,開放,115,,,\n"
        "A3,aac,乙,不開放,,涉及偵查,,\n"
        "A4,法務部廉政署,丙,半開,民國115年度,,也許,\n"
        "A5,法務部廉政署,丁,開放,明年,,,\n"
        "A1,法務部廉政署,戊,開放,115,,,\n"
        ",法務部廉政署,己,依申請提供,2027,,,\n"
        "短,列\n"
    )
    entries, faults = read_inventory((HEAD + rows).encode("utf-8-sig"), TREE)
    assert [(one.line, one.item.title, one.item.planned) for one in entries] == [
        (2, "廉政統計", 115),
        (4, "乙", None),
        (8, "己", 116),
    ]
    assert entries[0].item.readiness == {Readiness.STRUCTURED}
    assert [(one.line, one.fault.code) for one in faults] == [
        (3, "no_such_agency"),
        (5, "not_an_openness"),
        (5, "not_yes_or_no"),
        (6, "not_a_year"),
        (7, "twice"),
        (9, "cells"),
    ]


def test_a_file_in_cp950_is_read_too():
    entries, _ = read_inventory(f"{HEAD}A1,法務部廉政署,廉政,開放,115,,,\n".encode("cp950"), TREE)
    assert entries[0].item.title == "廉政"


@pytest.mark.parametrize("raw", ["編號,名稱\n1,甲\n".encode(), ods.written([["編號", "名稱"]])])
def test_what_is_no_inventory_is_refused_whole(raw):
    with pytest.raises(Invalid) as refused:
        read_inventory(raw, TREE)
    assert refused.value.faults[0].code == "unknown_inventory_columns"


def bomb():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("content.xml", b"<a>" + b"x" * (ods.LARGEST + 1) + b"</a>")
    return out.getvalue()


def entities():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("content.xml", '<!DOCTYPE a [<!ENTITY b "bbbb">]><a>&b;</a>')
    return out.getvalue()


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"PK\x03\x04junk", "not_ods"),
        (bytes(ods.written([["編號"] * 9] * 9)[:-30]), "not_ods"),
        (bomb(), "too_large"),
        (entities(), "too_large"),
    ],
)
def test_a_spreadsheet_that_is_none_or_unpacks_to_anything_is_refused(raw, code):
    with pytest.raises(Invalid) as refused:
        read_inventory(raw, TREE)
    assert refused.value.faults[0].code == code


WORDS = st.text("甲乙丙 ,\"'=+-@<&\n民國Az1", min_size=1, max_size=30).map(
    lambda text: " ".join(text.split()) or "甲"
)


@given(
    st.lists(
        st.builds(
            Item,
            number=st.from_regex(r"[A-Z]{1,4}[0-9]{1,4}", fullmatch=True),
            agency=st.sampled_from(["aac", "moj", "hpo"]),
            title=WORDS,
            openness=st.sampled_from(Openness),
            planned=st.none() | st.integers(102, 130),
            readiness=st.frozensets(st.sampled_from(Readiness)),
        ),
        unique_by=lambda one: one.number,
        max_size=5,
    )
)
def test_what_goes_out_comes_in_again_unchanged(items):
    table = table_of(items, TREE)
    for raw in (csv_of(table), ods.written(table)):
        entries, faults = read_inventory(raw, TREE)
        assert faults == ()
        assert [_plain(one.item) for one in entries] == [_plain(one) for one in items]


def _plain(one):
    """A cell that a spreadsheet would take for a formula goes out with a sign before it."""
    return replace(one, title=one.title.removeprefix("'"))


# -- taking in


def test_the_same_file_again_changes_nothing(world):
    assert take(world, item(), item("2", "裁罰")).new == 2
    before = world.rows("ITEM%")
    done = take(world, item(), item("2", "裁罰"))
    assert (done.new, done.changed, done.same) == (0, 0, 2)
    assert world.rows("ITEM%") == before


def test_a_changed_year_needs_a_reason_and_leaves_its_history(world):
    take(world, item())
    refused = take(world, item(planned=116)).refused
    assert [(line, fault.code) for line, fault in refused] == [(2, "change_unfounded")]
    assert inventory.item(world.desk, "1").planned == 115
    assert take(world, item(planned=116), reason="系統改版延後").changed == 1
    first, second = inventory.history(world.desk, "1")
    assert second.reason == "系統改版延後"
    assert second.fields == {"planned": [115, 116]}
    assert (first.number, second.number) == (1, 2)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"planned": None}, "year_required"),
        ({"openness": Openness.ON_REQUEST, "planned": None}, "year_required"),
        ({"openness": Openness.CLOSED, "planned": None}, "why_closed"),
        ({"planned": 99}, "not_a_planned_year"),
        ({"planned": 200}, "not_a_planned_year"),
        ({"title": "甲" * 201}, "too_long"),
    ],
)
def test_what_an_item_lacks_is_said(world, more, code):
    (refused,) = take(world, item(**more)).refused
    assert refused[1].code == code


def test_what_the_desk_has_found_itself_is_kept_when_a_file_comes(world):
    take(world, item())
    sync(world, row("1000", "廉政統計"))
    work(world)
    take(world, item(origin="115年施政計畫"))
    found = inventory.item(world.desk, "1")
    assert (found.dataset, found.origin) == ("1000", "115年施政計畫")


def test_the_counts_are_those_of_the_items(world):
    take(world, *(item(str(n), f"資料{n}") for n in range(45)))
    take(world, item("3", "資料3", planned=114), reason="改期")
    sync(world, row("1000", "資料7"))
    work(world)
    found = inventory.overview(world.desk)
    assert found.counts == inventory.recounted(world.desk)
    assert (found.total["items"], found.total["opened"], found.overdue) == (45, 1, 1)


def test_ready_is_what_has_the_whole_list_done():
    assert not item(readiness=frozenset({Readiness.STRUCTURED})).ready
    assert item(readiness=frozenset(Readiness)).ready


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({}, Standing.PLANNED),
        ({"readiness": frozenset(Readiness)}, Standing.READY),
        ({"planned": 114}, Standing.OVERDUE),
        ({"promised": date(2026, 3, 1)}, Standing.OVERDUE),
        ({"openness": Openness.CLOSED}, Standing.CLOSED),
        ({"dataset": "1", "planned": 114}, Standing.OPENED),
    ],
)
def test_where_an_item_stands(more, told):
    assert standing(item(**more), date(2026, 3, 2)) is told


def test_what_was_planned_for_a_year_that_has_passed_is_overdue_until_it_is_there(world):
    take(world, item("1", planned=113), item("2", "乙", planned=114), item("3", "丙"))
    page = inventory.overdue(world.desk, limit=1)
    assert [one.number for one in page.items] == ["1"]
    assert [one.number for one in inventory.overdue(world.desk, page.next).items] == ["2"]
    sync(world, row("1000", "乙"))
    work(world)
    assert [one.number for one in inventory.overdue(world.desk).items] == ["1"]


# -- by hand


def changed(world, actor=OLIVE, shown=1, reason="", **fields):
    return inventory.change(world.desk, "1", actor, shown, lambda _: fields, reason)


def test_officers_and_coordinators_change_items_and_nobody_else(world):
    take(world, item())
    refuses(Stranger, world, lambda: changed(world, STRANGER, origin="甲"))
    refuses(WrongRole, world, lambda: changed(world, PETRA, origin="甲"))
    changed(world, OLIVE, origin="甲")
    changed(world, CORA, 2, origin="乙")
    assert [one.by for one in inventory.history(world.desk, "1")] == [None, OLIVE, CORA]


def test_who_changes_what_somebody_else_has_changed_meanwhile_is_told(world):
    take(world, item())
    changed(world, origin="甲")
    refuses(Stale, world, lambda: changed(world, OTTO, origin="乙"))


def test_a_change_by_hand_needs_a_reason_as_one_by_file_does(world):
    take(world, item())
    refuses(Invalid, world, lambda: changed(world, planned=117))
    assert changed(world, planned=117, reason="須去識別化").planned == 117
    refuses(NotFound, world, lambda: inventory.change(world.desk, "9", OLIVE, 1, dict, ""))


# -- datasets found


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("臺北廉政統計", "台北 廉政統計（）", 100),
        ("ＡＢＣ統計", "abc統計", 100),
        ("廉政宣導場次統計", "廉政宣導場次", 83),
        ("預算書", "性別統計", 0),
    ],
)
def test_titles_are_compared_by_what_a_reader_sees(one, other, alike):
    assert rules.likeness(rules.key(one), rules.key(other)) == alike


@given(st.text(), st.text())
def test_likeness_goes_both_ways_and_only_the_same_is_the_same(one, other):
    first, second = rules.key(one), rules.key(other)
    assert rules.likeness(first, second) == rules.likeness(second, first)
    assert (rules.likeness(first, second) == 100) == (first == second)


_TITLES = st.text("廉政統計臺台表 年", max_size=6)


@given(_TITLES, st.lists(_TITLES, max_size=8), st.sets(st.integers(0, 7)))
def test_many_titles_at_once_are_compared_as_two_are(title, others, without):
    wanted = rules.key(title)
    alike = {
        str(n): rules.likeness(wanted, rules.key(other))
        for n, other in enumerate(others)
        if n not in without
    }
    best = sorted((-score, n) for n, score in alike.items() if score >= rules.LIKELY)[: rules.MOST]
    found = rules.Titles((str(n), other) for n, other in enumerate(others)).likely(
        title, set(map(str, without))
    )
    assert [(-one.score, one.dataset) for one in found] == best


ROWS = int(os.environ.get("OPENDATA_INVENTORY_ROWS", "300"))


def test_an_inventory_of_any_size_goes_in_is_matched_and_comes_again_without_a_change(world):
    agencies = [one.code for one in shipped_agencies()[:20]]
    items = [
        Item(f"A{n}", agencies[n % 20], f"第{n}號統計資料（{n * 7919 % 997}）", planned=115)
        for n in range(ROWS)
    ]
    out = csv_of(table_of(items, TREE))
    entries, faults = read_inventory(out, TREE)
    assert (len(entries), faults) == (ROWS, ())
    assert inventory.take_in(world.desk, entries).new == ROWS
    assert inventory.take_in(world.desk, entries).same == ROWS
    names = {one.code: one.name for one in shipped_agencies()}
    sync(
        world,
        *(row(f"{n}", items[n].title, agency=names[items[n].agency]) for n in range(ROWS // 2)),
    )
    work(world)
    found = inventory.overview(world.desk)
    assert (found.total["items"], found.total["opened"]) == (ROWS, ROWS // 2)
    assert found.counts == inventory.recounted(world.desk)


def test_the_same_title_is_matched_and_a_likely_one_is_asked(world):
    take(world, item(), item("2", "廉政宣導場次統計"))
    sync(world, row("1000", "廉政 統計"), row("1001", "廉政宣導場次"), row("1002", "別的"))
    work(world)
    assert inventory.item(world.desk, "1").dataset == "1000"
    (suggested,) = inventory.overview(world.desk).suggestions
    assert (suggested.item, suggested.dataset, suggested.score) == ("2", "1001", 83)


def test_a_confirmed_suggestion_opens_the_item_and_asks_no_more(world):
    take(world, item("2", "廉政宣導場次統計"))
    sync(world, row("1001", "廉政宣導場次"), row("1003", "廉政宣導場次表"))
    work(world)
    assert len(inventory.overview(world.desk).suggestions) == 2
    matching.settle(world.desk, "2", "1001", OLIVE, confirmed=True)
    work(world)
    assert inventory.overview(world.desk).suggestions == ()
    found = inventory.item(world.desk, "2")
    assert (found.dataset, found.opened) == ("1001", date(2025, 5, 6))
    refused = refuses(
        Invalid, world, lambda: matching.settle(world.desk, "2", "1003", OTTO, confirmed=True)
    )
    assert dict(refused.faults[0].params)["by"] == "林承辦"


def test_however_many_suggestions_there_are_a_page_of_them_is_read(world):
    take(world, *(item(str(n), f"廉政宣導場次統計（{n}）") for n in range(60)))
    sync(world, *(row(str(1000 + n), f"廉政宣導場次統計表（{n}）") for n in range(70)))
    work(world)
    reads = Counting(world.desk.store)
    desk = type(world.desk)(reads, world.desk.clock)
    desk.directory()
    reads.came.clear()
    found = inventory.overview(desk)
    assert (len(found.suggestions), found.more) == (inventory.PAGE, True)
    assert found.total["items"] == 60
    most = len(desk.directory().agencies) + inventory.BETWEEN + inventory.PAGE + 1
    assert reads.came["query"] <= most < len(world.desk.store.query(records.INVENTORY).rows)


def test_a_rejected_suggestion_never_comes_back(world):
    take(world, item("2", "廉政宣導場次統計"))
    sync(world, row("1001", "廉政宣導場次"))
    work(world)
    matching.settle(world.desk, "2", "1001", OLIVE, confirmed=False)
    sync(world, row("1001", "廉政宣導場次（新）"))
    work(world)
    assert inventory.overview(world.desk).suggestions == ()
    assert inventory.history(world.desk, "2")[-1].by == OLIVE


def test_only_who_may_change_the_item_settles_it(world):
    take(world, item("2", "廉政宣導場次統計"))
    sync(world, row("1001", "廉政宣導場次"))
    work(world)
    refuses(
        WrongRole, world, lambda: matching.settle(world.desk, "2", "1001", PETRA, confirmed=True)
    )


def test_a_dataset_of_an_agency_below_is_suggested_and_not_taken(world):
    take(world, Item("9", "moj", "廉政統計", planned=115))
    sync(world, row("1000", "廉政統計"))
    work(world)
    assert inventory.item(world.desk, "9").dataset is None
    (suggested,) = inventory.overview(world.desk).suggestions
    assert suggested.score == 100


def test_matching_that_runs_out_of_time_goes_on_where_it_was(world):
    take(world, Item("1", "aac", "甲統計", planned=115), Item("2", "hpo", "乙統計", planned=115))
    sync(world, row("1", "甲統計"), row("2", "乙統計", agency="臺灣高等檢察署"))
    while found := [one for one in world.waiting() if one.kind is Message.MATCH]:
        matching.match(world.desk, found[0], lambda: True)
    assert {one.dataset for one in inventory.every(world.desk)} == {"1", "2"}


# -- promises


def test_a_published_plan_makes_an_item_and_is_somebodys_promise(world):
    case = world.published(PLANNED, requested_dataset="歷年廉政統計")
    work(world)
    made = inventory.item(world.desk, case)
    assert (made.title, made.planned, made.promised) == ("歷年廉政統計", 115, PLANNED.promised)
    assert [one.number for one in promises.of(world.desk, OLIVE)] == [case]
    assert world.faults() == []


def test_a_plan_that_names_an_item_is_tied_to_it(world):
    take(world, item("A1"))
    case = world.published(replace(PLANNED, item="A1"))
    work(world)
    assert inventory.item(world.desk, "A1").case == case
    refuses(NotFound, world, lambda: inventory.item(world.desk, case))


def test_when_the_dataset_appears_the_promise_is_kept_and_told_once(world):
    case = world.published(PLANNED, requested_dataset="歷年廉政統計")
    work(world)
    sync(world, row("1000", "歷年廉政統計", listed="2026-03-02 08:00:00"))
    work(world)
    kept = [one for one in world.waiting() if one.kind is Message.PROMISE_KEPT]
    assert len(kept) == 1
    assert world.case(case).fulfilled == "1000"
    assert world.actions(case)[-1] is Action.FULFIL or world.actions(case)[-1] == "fulfil"
    assert promises.of(world.desk, OLIVE) == ()
    again = outbox.task(world.desk, Message.FULFIL, case, 1)
    promises.fulfil(world.desk, replace(again, occasion=case))
    assert world.actions(case).count("fulfil") == 1
    assert world.faults() == []


def test_a_promise_that_has_passed_is_overdue(world):
    case = world.published(PLANNED)
    work(world)
    world.clock.turn(days=130)
    late = inventory.item(world.desk, case)
    assert standing(late, world.desk.today()) is Standing.OVERDUE
    assert world.desk.today() - timedelta(days=1) > PLANNED.promised
