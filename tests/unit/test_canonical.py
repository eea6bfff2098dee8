import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opendata.rules.canonical import canonical, decode, decode_fields, digest, encode


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, slots=True)
class Leaf:
    name: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Tree:
    """One field of every kind that the records of the desk have."""

    number: int
    flag: bool
    colour: Colour
    at: datetime
    locale: Literal["zh", "en"]
    leaf: Leaf
    perhaps: Leaf | None = None
    leaves: tuple[Leaf, ...] = ()
    colours: frozenset[Colour] = frozenset()
    named: Mapping[str, int] | None = None
    days: Mapping[date, str] | None = None
    anything: Any = None


TAIPEI = timezone(timedelta(hours=8))
LEAVES = st.builds(Leaf, st.text(), st.none() | st.dates())
TREES = st.builds(
    Tree,
    st.integers(),
    st.booleans(),
    st.sampled_from(Colour),
    st.datetimes(timezones=st.sampled_from([UTC, TAIPEI])),
    st.sampled_from(["zh", "en"]),
    LEAVES,
    st.none() | LEAVES,
    st.lists(LEAVES).map(tuple),
    st.frozensets(st.sampled_from(Colour)),
    st.none() | st.dictionaries(st.text(), st.integers()),
    st.none() | st.dictionaries(st.dates(), st.text()),
    st.none() | st.integers() | st.text(),
)
LEAF = Leaf("葉", date(2026, 3, 2))


def test_canonical_json_is_sorted_without_blanks_and_in_utf_8():
    assert canonical(LEAF) == '{"name":"葉","on":"2026-03-02"}'.encode()


def test_a_digest_is_the_sha_256_of_the_canonical_json():
    assert digest(LEAF) == hashlib.sha256(canonical(LEAF)).hexdigest()


def test_every_kind_of_value_is_written_as_json():
    assert encode(
        {
            Colour.RED: Colour.BLUE,
            "on": date(2026, 3, 2),
            "at": datetime(2026, 3, 2, 10, 0, tzinfo=TAIPEI),
            "set": frozenset({"b", "a"}),
            "several": (LEAF, [None, True, 3]),
        }
    ) == {
        "red": "blue",
        "on": "2026-03-02",
        "at": "2026-03-02T10:00:00+08:00",
        "set": ["a", "b"],
        "several": [{"name": "葉", "on": "2026-03-02"}, [None, True, 3]],
    }


@given(TREES)
def test_what_was_written_is_read_back(tree):
    assert decode(Tree, json.loads(canonical(tree))) == tree


@given(TREES)
def test_what_was_read_back_is_written_in_the_same_bytes(tree):
    assert canonical(decode(Tree, json.loads(canonical(tree)))) == canonical(tree)


@given(TREES, TREES)
def test_different_records_have_different_digests(one, other):
    assert (digest(one) == digest(other)) == (encode(one) == encode(other))


@given(st.dictionaries(st.text(), st.integers()), st.randoms())
def test_the_order_of_names_does_not_matter(told, random):
    names = list(told)
    random.shuffle(names)
    assert canonical({name: told[name] for name in names}) == canonical(told)


def test_the_order_of_a_list_does_matter():
    assert digest(["a", "b"]) != digest(["b", "a"])


@pytest.mark.parametrize(
    ("one", "other"),
    [(None, ""), (None, "null"), (0, False), (1, "1"), ("", []), ({}, []), ("é", "e\u0301")],
)
def test_values_that_only_look_alike_are_told_apart(one, other):
    assert digest({"value": one}) != digest({"value": other})


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_what_is_no_number_is_refused(number):
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical(number)


def test_a_field_that_is_missing_takes_its_default_and_an_unknown_one_is_passed_over():
    assert decode(Leaf, {"name": "葉", "colour": "red"}) == Leaf("葉")


def test_a_field_without_a_default_cannot_be_missing():
    with pytest.raises(TypeError, match="name"):
        decode(Leaf, {"on": "2026-03-02"})


def test_some_fields_are_read_with_their_types():
    changed = {"leaf": {"name": "葉"}, "colours": ["red"], "perhaps": None}
    assert decode_fields(Tree, changed) == {
        "leaf": Leaf("葉"),
        "colours": frozenset({Colour.RED}),
        "perhaps": None,
    }


def test_a_field_that_the_record_does_not_have_is_no_change():
    with pytest.raises(KeyError):
        decode_fields(Leaf, {"colour": "red"})
