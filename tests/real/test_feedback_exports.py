from datetime import UTC, datetime

import pytest

from infra import demo
from opendata.adapters.feedback_files import read_feedback
from opendata.adapters.platform_webhook import load, understand
from opendata.rules.feedback import Kind
from opendata.rules.people import Directory, shipped_agencies

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
SUGGESTIONS, COMMENTS = "moj_suggestions_2013-2019.csv", "comments_2022_sample.csv"


def read(real_data, name, posted_at=None):
    return read_feedback((real_data / "feedback" / name).read_bytes(), posted_at)


def understood(letters):
    return [understand(load(one.body), NOW) for one in letters]


def test_every_suggestion_is_taken_once_the_missing_times_are_given(real_data):
    letters, faults = read(real_data, SUGGESTIONS, NOW)
    opinions = understood(letters)
    assert (len(opinions), faults) == (20, ())
    assert {one.kind for one in opinions} == {Kind.SUGGESTION}
    assert len({one.id for one in opinions}) == 20


def test_suggestions_without_a_time_are_reported_and_the_others_taken(real_data):
    letters, faults = read(real_data, SUGGESTIONS)
    assert len(letters) + len(faults) == 20
    assert {row.fault.code for row in faults} == {"no_posted_at"}
    assert len(faults) == 4


def test_every_suggestion_names_the_ministry(real_data):
    tree = Directory(shipped_agencies())
    for one in understood(read(real_data, SUGGESTIONS, NOW)[0]):
        assert any(tree.resolve(name) for name in one.dispatched_agencies)


def test_every_comment_is_taken_and_a_repeated_row_is_one_letter(real_data):
    letters, faults = read(real_data, COMMENTS, NOW)
    assert (len(letters), faults) == (60, ())
    assert (
        len({one.webhook for one in letters}) == len({one.id for one in understood(letters)}) == 51
    )


def test_comments_hold_no_dates_of_their_own(real_data):
    letters, faults = read(real_data, COMMENTS)
    assert (letters, len(faults)) == ((), 60)


@pytest.mark.parametrize("name", [SUGGESTIONS, COMMENTS])
def test_a_list_reads_to_the_same_bytes_every_time(real_data, name):
    assert read(real_data, name, NOW) == read(real_data, name, NOW)


@pytest.mark.parametrize("name", [SUGGESTIONS, COMMENTS])
def test_a_real_list_can_be_played_in_the_demo(real_data, name):
    letters, _ = read(real_data, name, NOW)
    moved = understood(demo.shift(letters, NOW))
    newest = max(one.posted_at for one in moved)
    assert len(moved) == len(letters)
    assert newest - min(one.posted_at for one in moved) == demo.SPAN


def test_the_demos_own_feedback_repeats_nobody(real_data):
    texts = {"title": set(), "body": set(), "submitter": set()}
    for name in (SUGGESTIONS, COMMENTS):
        for one in understood(read(real_data, name, NOW)[0]):
            for part, said in texts.items():
                said.add(getattr(one, part))
    common = {None, "RE:", "謝謝"}
    for one in understood(demo.letters(NOW)):
        for part, said in texts.items():
            assert getattr(one, part) not in said - common
