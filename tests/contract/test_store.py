"""What every store promises, told once and asked of each of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from opendata.desk.ports import (
    Add,
    Check,
    Delete,
    Expect,
    Index,
    Key,
    Place,
    Put,
    Row,
    Store,
    Write,
)
from opendata.rules.errors import CommitRefused, Stale

A, B, C = Key("CASE#1", "HEAD"), Key("CASE#1", "EVENT#00001"), Key("CASE#2", "HEAD")
COUNTERS = Key("STATUS", "115Q1#moj")


def head(key: Key, version: int = 1, **value: Any) -> Row:
    return Row(key, value, version)


def fill(store: Store, *rows: Row) -> None:
    for start in range(0, len(rows), 100):
        store.commit(*(Put(row) for row in rows[start : start + 100]))


def open_case(number: int, due: str) -> Row:
    return Row(
        Key(f"CASE#{number}", "HEAD"),
        {"n": number},
        1,
        {
            Index.OPEN: Place("OPEN", f"{due}#{number}"),
            Index.OWNER: Place("OWN#U1", f"{due}#{number}"),
        },
    )


# -- reading everything


def test_every_row_at_a_place_is_found_without_any_index(store: Store, clock):
    # More than DynamoDB gives at once.
    cases = [head(Key(f"CASE#{n:04}", "HEAD"), n=n, text="字" * 10_000) for n in range(60)]
    gone = Row(Key("CASE#9999", "HEAD"), {}, expires_at=clock() - timedelta(days=1))
    fill(store, *cases, head(B), head(Key("FEEDBACK#1", "HEAD")), head(Key("CASF", "HEAD")), gone)
    found = sorted(store.every("CASE#", "HEAD"), key=lambda row: row.key)
    assert found == cases
    assert list(store.every("CASE#", "NOTHING")) == []


# -- reading one by one -----------------------------------------------------------------------


def test_a_row_reads_back_as_it_was_put(store: Store, clock):
    row = Row(
        A,
        {"title": "資料", "n": 3, "yes": True, "none": None, "list": [1, ["二", {}]], "empty": ""},
        7,
        {index: Place(f"{index.upper()}#x", f"2026-03-02#{index}") for index in Index},
        clock() + timedelta(days=90),
    )
    store.commit(Put(row))
    assert store.get(A) == {A: row}


def test_a_row_that_is_not_there_is_left_out(store: Store):
    fill(store, head(A))
    assert set(store.get(A, B, C)) == {A}


def test_reading_no_key_gives_no_row(store: Store):
    assert store.get() == {}


def test_a_key_asked_for_twice_is_read_once(store: Store):
    fill(store, head(A))
    assert set(store.get(A, A)) == {A}


def test_a_hundred_keys_are_read_at_once_and_no_more(store: Store):
    keys = [Key("CASE#1", f"EVENT#{n:05}") for n in range(101)]
    fill(store, *(head(key) for key in keys))
    assert set(store.get(*keys[:100])) == set(keys[:100])
    with pytest.raises(ValueError, match="101 keys"):
        store.get(*keys)


@pytest.mark.parametrize(
    "text", ["", "臺灣高等檢察署", "👩‍👩‍👧 🇹🇼 𠮷", "<!channel> & \"'\\ \t\n", "null", "{}"]
)
def test_any_text_comes_back_as_it_went_in(store: Store, text: str):
    row = Row(Key("CASE#1", f"NOTE#{text}"), {text: text, "in": [text, {text: [text]}]})
    store.commit(Put(row))
    assert store.get(row.key) == {row.key: row}


def test_a_value_may_be_empty(store: Store):
    fill(store, Row(A, {}))
    assert store.get(A)[A].value == {}


def test_a_row_may_be_300_kilobytes(store: Store):
    row = head(A, text="開" * 100_000)
    store.commit(Put(row))
    assert store.get(A) == {A: row}


# -- expectations -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expect", "stands", "holds"),
    [
        (Expect.ABSENT, False, True),
        (Expect.ABSENT, True, False),
        (Expect.PRESENT, False, False),
        (Expect.PRESENT, True, True),
        (Expect.ANY, False, True),
        (Expect.ANY, True, True),
        (3, False, False),
        (3, True, True),
        (2, True, False),
        (4, True, False),
    ],
)
@pytest.mark.parametrize("kind", ["put", "delete"])
def test_a_write_is_done_if_it_finds_what_it_expects(
    store: Store, *, kind: str, expect: int | Expect, stands: bool, holds: bool
):
    if stands:
        fill(store, head(A, 3, was="before"))
    before = store.get(A)
    write: Write = Put(head(A, 4, now="after"), expect) if kind == "put" else Delete(A, expect)
    if holds:
        store.commit(write)
        assert store.get(A) == ({A: head(A, 4, now="after")} if kind == "put" else {})
    else:
        with pytest.raises(Stale) as stale:
            store.commit(write)
        assert stale.value.params == {"keys": (A,)}
        assert store.get(A) == before


@pytest.mark.parametrize(
    ("expect", "stands", "holds"),
    [
        (Expect.ABSENT, False, True),
        (Expect.ABSENT, True, False),
        (Expect.PRESENT, False, False),
        (Expect.PRESENT, True, True),
        (3, False, False),
        (3, True, True),
        (4, True, False),
    ],
)
def test_a_check_changes_no_row_and_holds_the_others_to_what_it_finds(
    store: Store, *, expect: int | Expect, stands: bool, holds: bool
):
    if stands:
        fill(store, head(A, 3, was="before"))
    before = store.get(A)
    if holds:
        store.commit(Put(head(C)), Check(A, expect))
        assert store.get(A, C) == {**before, C: head(C)}
    else:
        with pytest.raises(Stale) as stale:
            store.commit(Put(head(C)), Check(A, expect))
        assert stale.value.params == {"keys": (A,)}
        assert store.get(A, C) == before


def test_a_put_replaces_the_whole_row(store: Store):
    fill(store, open_case(1, "2026-03-09"))
    bare = Row(Key("CASE#1", "HEAD"), {"state": "answered"}, 2)
    store.commit(Put(bare, 1))
    assert store.get(bare.key) == {bare.key: bare}


def test_one_write_that_fails_writes_nothing_and_is_named(store: Store):
    fill(store, head(A, 1))
    with pytest.raises(Stale) as stale:
        store.commit(
            Put(head(C)),
            Add(COUNTERS, {"received": 1}),
            Put(head(A, 2), 5),
            Delete(B, Expect.PRESENT),
        )
    assert set(stale.value.params["keys"]) == {A, B}
    assert store.get(A, B, C, COUNTERS) == {A: head(A, 1)}


def test_all_kinds_of_writes_go_together(store: Store):
    fill(store, head(A, 1), head(B, 1))
    store.commit(Add(COUNTERS, {"received": 1}), Put(head(A, 2), 1), Delete(B, 1), Put(head(C)))
    assert store.get(A, B, C, COUNTERS) == {
        A: head(A, 2),
        C: head(C),
        COUNTERS: Row(COUNTERS, {"received": 1}),
    }


# -- limits -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("writes", "reason"),
    [
        ([], "empty"),
        ([Put(head(Key("CASE#1", f"NOTE#{n}"))) for n in range(101)], "rows"),
        ([Put(head(A)), Delete(A)], "row_twice"),
        ([Put(head(A)), Check(A, Expect.ABSENT)], "row_twice"),
        ([Put(head(Key("CASE#1", f"N#{n}"), text="x" * 390_000)) for n in range(11)], "bytes"),
        ([Put(head(A, text="開" * 140_000))], "row_bytes"),
        ([Put(head(Key("CASE#1", "")))], "key"),
        ([Delete(Key("CASE#1", "開" * 342))], "key"),
        ([Put(Row(A, {}, places={Index.OPEN: Place("OPEN", "")}))], "key"),
        ([Add(COUNTERS, {})], "no_amounts"),
    ],
)
def test_a_commit_over_the_limits_is_refused_whole(store: Store, writes: list[Write], reason: str):
    with pytest.raises(CommitRefused) as refused:
        store.commit(*writes)
    assert refused.value.params["reason"] == reason
    assert store.query("CASE#1").rows == []


def test_a_hundred_rows_go_in_one_commit(store: Store):
    store.commit(*(Put(head(Key("CASE#1", f"NOTE#{n:03}"))) for n in range(100)))
    assert len(store.query("CASE#1").rows) == 100


# -- counters ---------------------------------------------------------------------------------


def test_a_counter_row_begins_with_what_is_added(store: Store):
    store.commit(Add(COUNTERS, {"received": 2, "days.03": 1}))
    assert store.get(COUNTERS)[COUNTERS] == Row(COUNTERS, {"received": 2, "days.03": 1})


def test_counters_add_up_and_go_down(store: Store):
    store.commit(Add(COUNTERS, {"received": 2, "late": 1}))
    store.commit(Add(COUNTERS, {"received": -1, "in_time": 5}))
    assert store.get(COUNTERS)[COUNTERS].value == {"received": 1, "late": 1, "in_time": 5}


def test_a_counter_may_bear_the_name_of_an_attribute(store: Store):
    names = ["pk", "sk", "data", "version", "ttl", "timer_pk", "counters", "開放"]
    store.commit(Add(COUNTERS, {name: n for n, name in enumerate(names, 1)}))
    assert store.get(COUNTERS)[COUNTERS] == Row(
        COUNTERS, {name: n for n, name in enumerate(names, 1)}
    )


def test_many_counters_are_added_at_once(store: Store):
    amounts = {f"d{n:02}": n for n in range(80)}
    store.commit(Add(COUNTERS, amounts))
    store.commit(Add(COUNTERS, amounts))
    assert store.get(COUNTERS)[COUNTERS].value == {name: 2 * n for name, n in amounts.items()}


def test_the_counters_of_a_partition_are_queried_like_rows(store: Store):
    store.commit(Add(Key("STATUS", "115Q1#moj"), {"received": 1}))
    store.commit(Add(Key("STATUS", "115Q1#tpk"), {"received": 2}))
    told = {row.key.sk: row.value for row in store.query("STATUS").rows}
    assert told == {"115Q1#moj": {"received": 1}, "115Q1#tpk": {"received": 2}}


# -- partitions -------------------------------------------------------------------------------


def test_a_query_gives_the_rows_of_one_partition_with_a_prefix(store: Store):
    fill(store, head(A), head(B), head(Key("CASE#1", "EVENT#00002")), head(C))
    assert [row.key.sk for row in store.query("CASE#1").rows] == [
        "EVENT#00001",
        "EVENT#00002",
        "HEAD",
    ]
    assert [row.key.sk for row in store.query("CASE#1", "EVENT#").rows] == [
        "EVENT#00001",
        "EVENT#00002",
    ]
    assert store.query("CASE#1", "DRAFT#").rows == []
    assert store.query("CASE#3").rows == []


def test_rows_are_ordered_by_code_point(store: Store):
    names = ["!", "A", "Z", "a", "é", "上", "臺", "\uff01", "😀", "𠮷"]
    fill(store, *(head(Key("ROSTER", name)) for name in reversed(names)))
    assert [row.key.sk for row in store.query("ROSTER").rows] == sorted(names)


@pytest.mark.parametrize("prefix", ["臺", "😀", "A%", "A_"])
def test_a_prefix_is_taken_letter_by_letter(store: Store, prefix: str):
    names = [prefix, f"{prefix}!", f"{prefix}😀", f"{prefix}\uffff", "AB", "B", "臼", "😁"]
    fill(store, *(head(Key("ROSTER", name)) for name in names))
    found = [row.key.sk for row in store.query("ROSTER", prefix).rows]
    assert found == sorted(name for name in names if name.startswith(prefix))


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8])
def test_pages_of_a_query_give_every_row_once(store: Store, limit: int):
    rows = [head(Key("CASE#1", f"EVENT#{n:05}")) for n in range(7)]
    fill(store, head(A), *rows)
    seen, after = [], None
    while True:
        page = store.query("CASE#1", "EVENT#", after=after, limit=limit)
        assert len(page.rows) <= limit
        seen += page.rows
        after = page.next
        if after is None:
            break
    assert seen == rows


def test_a_page_that_is_just_full_is_the_last_one(store: Store):
    fill(store, open_case(1, "2026-03-09"), open_case(2, "2026-03-10"))
    assert store.find(Index.OPEN, "OPEN", limit=2).next is None
    assert store.find(Index.OPEN, "OPEN", limit=1).next is not None


def test_a_query_without_limit_reads_megabytes_to_the_end(store: Store):
    rows = [head(Key("CASE#1", f"NOTE#{n:05}"), text="開" * 110_000) for n in range(5)]
    fill(store, *rows)
    page = store.query("CASE#1")
    assert page.next is None
    assert page.rows == rows


# -- indexes ----------------------------------------------------------------------------------


def test_an_index_gives_whole_rows_in_its_own_order(store: Store):
    late, soon = open_case(1, "2026-03-09"), open_case(2, "2026-03-04")
    fill(store, late, soon, head(B))
    assert store.find(Index.OPEN, "OPEN").rows == [soon, late]
    assert store.find(Index.OWNER, "OWN#U1").rows == [soon, late]
    assert store.find(Index.OWNER, "OWN#U2").rows == []
    assert store.find(Index.AGENCY, "OPEN").rows == []


def test_an_index_is_read_by_prefix_or_up_to_a_place(store: Store):
    fill(store, *(open_case(n, f"2026-03-{n:02}") for n in range(1, 6)))

    def found(**bounds: Any) -> list[int]:
        return [row.value["n"] for row in store.find(Index.OPEN, "OPEN", **bounds).rows]

    assert found(prefix="2026-03-03") == [3]
    assert found(prefix="2026-03") == [1, 2, 3, 4, 5]
    assert found(upto="2026-03-03~") == [1, 2, 3]
    assert found(upto="2026-03-03#3") == [1, 2, 3]
    assert found(upto="2026-03-03") == [1, 2]


@pytest.mark.parametrize("limit", [1, 2, 3, 6])
@pytest.mark.parametrize("upto", [None, "2026-03-09~"])
def test_pages_of_an_index_give_every_row_once_even_on_one_place(
    store: Store, limit: int, upto: str | None
):
    place = {Index.TIMER: Place("T", "2026-03-09")}
    rows = [Row(Key(f"CASE#{n}", f"OUT#{m}"), {}, 1, place) for n in "abc" for m in "12"]
    fill(store, *rows)
    seen, after = [], None
    while True:
        page = store.find(Index.TIMER, "T", upto=upto, after=after, limit=limit)
        seen += page.rows
        after = page.next
        if after is None:
            break
    assert sorted(row.key for row in seen) == [row.key for row in rows]


def test_a_row_leaves_an_index_when_it_gives_no_place_for_it(store: Store):
    row = open_case(1, "2026-03-09")
    fill(store, row)
    store.commit(Put(Row(row.key, row.value, 2, {Index.OWNER: Place("OWN#U2", "x")}), 1))
    assert store.find(Index.OPEN, "OPEN").rows == []
    assert store.find(Index.OWNER, "OWN#U1").rows == []
    assert len(store.find(Index.OWNER, "OWN#U2").rows) == 1
    store.commit(Delete(row.key))
    assert store.find(Index.OWNER, "OWN#U2").rows == []


# -- expiry -----------------------------------------------------------------------------------


def test_a_row_is_gone_after_it_expires_wherever_it_is_read(store: Store, clock):
    place = {Index.OPEN: Place("OPEN", "a")}
    fill(store, Row(A, {}, 1, place, clock() + timedelta(seconds=1)), open_case(2, "b"))
    clock.time += timedelta(seconds=1)
    assert set(store.get(A)) == {A}
    clock.time += timedelta(seconds=1)
    assert store.get(A) == {}
    assert store.query("CASE#1").rows == []
    assert [row.key for row in store.find(Index.OPEN, "OPEN").rows] == [C]


def test_expired_rows_do_not_shorten_a_page(store: Store, clock):
    soon = clock() + timedelta(seconds=1)
    rows = [Row(Key("CASE#1", f"N#{n}"), {}, expires_at=soon if n % 2 else None) for n in range(8)]
    fill(store, *rows)
    clock.time += timedelta(seconds=2)
    page = store.query("CASE#1", limit=3)
    assert [row.key.sk for row in page.rows] == ["N#0", "N#2", "N#4"]
    page = store.query("CASE#1", limit=3, after=page.next)
    assert [row.key.sk for row in page.rows] == ["N#6"]
    assert page.next is None


def test_an_expired_row_counts_as_absent_to_a_write(store: Store, clock):
    fill(store, Row(A, {"old": 1}, 3, expires_at=clock() + timedelta(seconds=1)))
    clock.time += timedelta(seconds=2)
    for expect in (Expect.PRESENT, 3):
        with pytest.raises(Stale):
            store.commit(Put(head(A, 4), expect))
    store.commit(Put(head(A, 1, new=1), Expect.ABSENT))
    assert store.get(A) == {A: head(A, 1, new=1)}
