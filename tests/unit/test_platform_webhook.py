import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opendata.adapters.platform_webhook import LIMIT, load, understand
from opendata.desk.incoming import Commented, Posted, Rated, Withdrawn
from opendata.rules.canonical import canonical
from opendata.rules.errors import Invalid, NotJson, TooLarge
from opendata.rules.feedback import Kind

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
POSTED_AT = "2026-03-02T09:00:00+08:00"
DATA = {
    "kind": "suggestion",
    "id": "9100001",
    "posted_at": POSTED_AT,
    "title": "請開放統計",
    "body": "每季公布即可。",
}
EVENTS = ("feedback.commented", "feedback.rated", "feedback.withdrawn")


def read(data, type_="feedback.posted", **more):
    """Through bytes, as it comes."""
    return understand(load(json.dumps({"type": type_, "data": data} | more).encode()), NOW)


def faults(data, type_="feedback.posted", **more):
    with pytest.raises(Invalid) as refused:
        read(data, type_, **more)
    return [(fault.field, fault.code) for fault in refused.value.faults]


# -- JSON


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        b"{",
        b"[]",
        b'"text"',
        b"null",
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b'{"a": ' + b"1" * 5000 + b"}",
        b"[" * 20_000,
        b'{"a":' * 20_000,
        "{}".encode("utf-16"),
        b"\xef\xbb\xbf{}",
    ],
    ids=range(13),
)
def test_what_is_no_json_object_in_utf8_is_refused(body):
    with pytest.raises(NotJson):
        load(body)


def test_of_a_key_that_stands_twice_the_last_counts():
    assert load(b'{"type": 1, "type": 2}') == {"type": 2}


# -- a posting


def test_a_posting_needs_little():
    posted = read(DATA)
    assert posted == Posted(
        kind=Kind.SUGGESTION,
        id="9100001",
        timestamp=NOW,
        posted_at=datetime(2026, 3, 2, 1, 0, tzinfo=UTC),
        title="請開放統計",
        body="每季公布即可。",
    )


def test_a_posting_tells_everything_it_was_told():
    told = {
        "requested_dataset": "統計",
        "requested_fields": "年度、件數",
        "dataset_id": "9700001",
        "dataset_title": "月報",
        "dispatched_agencies": ["法務部"],
        "dispatched_at": POSTED_AT,
        "submitter": "y****8",
        "url": "https://data.gov.tw/…",
    }
    posted = read(DATA | told, timestamp=POSTED_AT)
    for name in told.keys() - {"dispatched_agencies", "dispatched_at"}:
        assert getattr(posted, name) == told[name]
    assert posted.dispatched_agencies == ("法務部",)
    assert posted.timestamp == posted.posted_at == posted.dispatched_at


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("wang@example.com", "〔電郵已遮〕"),
        ("王小明 <wang\u200e@example.com>", "王小明 <〔電郵已遮〕>"),
        ("0912-345-678", "〔電話已遮〕"),
        ("A123456789", "〔身分證號已遮〕"),
        ("y****8", "y****8"),
        ("王小明", "王小明"),
    ],
)
def test_who_posted_is_kept_without_address_and_number(given, kept):
    assert read(DATA | {"submitter": given}).submitter == kept


def test_optional_fields_may_be_null_and_unknown_ones_are_ignored():
    optional = dict.fromkeys(
        ["requested_dataset", "dataset_id", "dispatched_agencies", "dispatched_at", "url"]
    )
    more = {"mail": "citizen@example.com", "\ud800": 1, "new": {"deep": []}}
    assert read(DATA | optional | more, timestamp=None, version=2) == read(DATA)


def test_agencies_are_trimmed_and_named_once_in_their_order():
    names = [" 法務部 ", "", "內政部", "法務部", "\u3000"]
    assert read(DATA | {"dispatched_agencies": names}).dispatched_agencies == ("法務部", "內政部")


def test_a_text_is_tidied_and_its_bidirectional_marks_are_kept():
    body = "\u3000一\r\n二\r三\x00\x85\t四e\u0301\ud800\u202e \n"
    assert read(DATA | {"body": body}).body == "一\n二\n三\t四é\u202e"


def test_emoji_and_rare_characters_come_through():
    title = "👩‍👩‍👧 𠮷堃洤 🇹🇼"
    assert read(DATA | {"title": title}).title == title


def test_a_body_as_large_as_a_delivery_may_be_is_taken():
    body = "開" * ((LIMIT - 500) // 3)
    assert read(DATA | {"body": body}).body == body


def test_a_body_that_would_outgrow_a_row_of_the_store_is_refused():
    with pytest.raises(TooLarge):
        read(DATA | {"body": "\U0001d160" * 60_000})


# -- what follows a posting


def test_a_comment_a_rating_and_a_withdrawal_name_the_opinion():
    about = {"kind": "comment", "id": "7"}
    same = (Kind.COMMENT, "7", NOW)
    assert read(about | {"body": "還沒好"}, EVENTS[0]) == Commented(*same, "還沒好")
    assert read(about | {"stars": 2, "body": " "}, EVENTS[1]).stars == 2
    assert read(about | {"stars": 5}, EVENTS[1]) == Rated(*same, 5)
    assert read(about, EVENTS[2]) == Withdrawn(*same)


@pytest.mark.parametrize("stars", [0, 6, -1, 4.0, "5", True, [5], 10**400])
def test_stars_are_a_whole_number_from_1_to_5(stars):
    assert faults({"kind": "comment", "id": "7", "stars": stars}, EVENTS[1]) == [
        ("/data/stars", "not_stars")
    ]


def test_words_and_stars_are_required_where_they_are_the_message():
    about = {"kind": "comment", "id": "7"}
    assert faults(about, EVENTS[0]) == [("/data/body", "required")]
    assert faults(about | {"body": " \n"}, EVENTS[0]) == [("/data/body", "blank")]
    assert faults(about, EVENTS[1]) == [("/data/stars", "required")]


# -- faults


def test_every_fault_is_named_where_it_stands():
    data = DATA | {"kind": "poem", "id": 9, "title": " \x00", "dispatched_agencies": ["", 3, []]}
    del data["body"]
    assert sorted(faults(data)) == [
        ("/data/body", "required"),
        ("/data/dispatched_agencies/1", "not_text"),
        ("/data/dispatched_agencies/2", "not_text"),
        ("/data/id", "not_text"),
        ("/data/kind", "not_a_kind"),
        ("/data/title", "blank"),
    ]


@pytest.mark.parametrize("type_", ["feedback.liked", " feedback.posted", "", None, 1, [], {}])
def test_the_type_is_one_of_four(type_):
    assert faults(DATA, type_) == [("/type", "not_a_type")]


def test_a_body_says_its_type_and_its_data():
    with pytest.raises(Invalid) as refused:
        understand({}, NOW)
    assert [fault.field for fault in refused.value.faults] == ["/type"]
    assert faults(None) == faults([]) == [("/data", "not_an_object")]


@pytest.mark.parametrize("number", ["", "1" * 13, "12a", "-1", "１２", "1\n", " 1"])
def test_a_number_is_1_to_12_digits(number):
    assert faults(DATA | {"id": number}) == [("/data/id", "not_digits")]


@pytest.mark.parametrize("number", ["0", "007", "9" * 12])
def test_a_number_is_kept_as_it_is_written(number):
    assert read(DATA | {"id": number}).id == number


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "not_an_instant"),
        ("昨天", "not_an_instant"),
        ("2026-02-30T00:00:00+08:00", "not_an_instant"),
        ("\ud800", "not_an_instant"),
        ("2026-03-02T09:00:00", "no_offset"),
        ("2026-03-02", "no_offset"),
        ("0001-01-01T00:00:00+23:00", "too_long_ago"),
        ("9999-12-31T23:59:59-12:00", "too_far_ahead"),
        (1772416800, "not_text"),
        ([], "not_text"),
    ],
)
def test_an_instant_says_when_and_in_which_zone(text, code):
    assert faults(DATA | {"posted_at": text}) == [("/data/posted_at", code)]
    assert faults(DATA, timestamp=text) == [("/timestamp", code)]


def test_the_platforms_clock_may_be_five_minutes_ahead():
    ahead = NOW + timedelta(minutes=5)
    assert read(DATA | {"posted_at": ahead.isoformat()}).posted_at == ahead
    late = (ahead + timedelta(seconds=1)).isoformat()
    assert faults(DATA | {"posted_at": late}) == [("/data/posted_at", "too_far_ahead")]


def test_what_a_fault_repeats_can_be_written_as_utf8():
    with pytest.raises(Invalid) as refused:
        read(DATA | {"posted_at": "\ud800昨天" * 100})
    (fault,) = refused.value.faults
    assert len(dict(fault.params)["text"].encode()) <= 120


def test_a_title_of_any_length_is_taken_for_no_opinion_is_lost_over_it():
    assert len(read(DATA | {"title": "長" * 3000}).title) == 3000


@pytest.mark.parametrize("title", ["", " \u3000 ", "\u200b\u200b", "\u2060\n"])
def test_a_title_that_only_seems_to_say_something_is_blank(title):
    assert faults(DATA | {"title": title}) == [("/data/title", "blank")]


def test_a_required_field_that_is_null_is_missing():
    assert faults(DATA | {"body": None}) == [("/data/body", "required")]


# -- anything at all

ANY_TEXT = st.text(st.characters(codec=None))
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | ANY_TEXT,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(ANY_TEXT, inner, max_size=3)
    ),
    max_leaves=8,
)
FIELDS = st.sampled_from([*DATA, "stars", "dispatched_agencies", "dispatched_at", "url"])


@settings(max_examples=200, deadline=None)
@given(
    type_=st.sampled_from(["feedback.posted", *EVENTS]) | JSON,
    changed=st.dictionaries(FIELDS, JSON, max_size=3),
)
def test_whatever_a_body_says_it_is_understood_or_its_faults_are_named(type_, changed):
    try:
        outcome = read(DATA | {"stars": 3} | changed, type_)
    except Invalid as refused:
        outcome = refused.faults
    assert outcome
    assert canonical(outcome)


@settings(deadline=None)
@given(st.binary())
def test_whatever_the_bytes_are_they_are_an_object_or_no_json(body):
    try:
        outcome = load(body)
    except NotJson:
        outcome = {}
    assert isinstance(outcome, dict)
