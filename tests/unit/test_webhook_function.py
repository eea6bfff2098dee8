"""The webhook as the platform meets it: events of API Gateway in, answers out, a desk behind."""

import base64
import json
import secrets
from datetime import timedelta

import pytest

from functions.observed import logger
from functions.webhook import handler
from opendata import wiring
from opendata.adapters.platform_webhook import LIMIT
from opendata.adapters.standard_webhooks import ID, SIGNATURE, TIMESTAMP, new_secret, sign
from opendata.desk import reading
from tests.conftest import WEBHOOK_SECRET
from tests.world import ETHICS, ETHICS_NAME, HIGH, MINISTRY, MINISTRY_NAME, TAIPEI_OFFICE

SECRET_WORDS = "檢舉人住在三樓"
DATA = {
    "kind": "suggestion",
    "id": "97944",
    "posted_at": "2019-01-24T17:29:00+08:00",
    "title": "開放廉政統計",
    "body": f"希望開放歷年廉政統計資料。{SECRET_WORDS}",
    "dispatched_agencies": [ETHICS_NAME],
}
ANSWER = {
    "cases": [
        {
            "id": "S97944",
            "due_at": "2019-01-31T23:59:59+08:00",
            "platform_due_at": "2019-02-11T23:59:59+08:00",
            "provisional": False,
        }
    ]
}
pytestmark = pytest.mark.usefixtures("deployed")


@pytest.fixture(autouse=True)
def log(caplog):
    """Every line of the log as it is written; none of them holds what a citizen wrote."""
    logger.addHandler(caplog.handler)
    yield caplog
    logger.removeHandler(caplog.handler)
    lines = [logger.registered_formatter.format(record) for record in caplog.records]
    assert not [line for line in lines if SECRET_WORDS in line or "Traceback" in line]


def body(type_="feedback.posted", **changed):
    return json.dumps({"type": type_, "data": DATA | changed}).encode()


def event(raw, headers, *, plain=False):
    return {
        "version": "2.0",
        "rawPath": "/webhooks/feedback",
        "headers": headers,
        "requestContext": {"http": {"method": "POST", "path": "/webhooks/feedback"}},
        "body": raw.decode() if plain else base64.b64encode(raw).decode(),
        "isBase64Encoded": not plain,
    }


def answered(raw, headers, **how):
    """Status and body of an answer, which betrays neither code nor citizen."""
    told = handler(event(raw, headers, **how), None)
    assert SECRET_WORDS not in told["body"]
    assert "Traceback" not in told["body"]
    assert told["headers"]["content-type"] == "application/json; charset=utf-8"
    return told["statusCode"], json.loads(told["body"])


def send(raw, webhook=None, **how):
    """What a well-signed delivery is answered."""
    signed = sign(WEBHOOK_SECRET, webhook or f"msg_{secrets.token_hex(8)}", wiring.now(), raw)
    return answered(raw, signed, **how)


def pointers(raw):
    status, told = send(raw)
    assert status == 422
    assert all(fault["message"] for fault in told["errors"])
    return [fault["pointer"] for fault in told["errors"]]


# -- what is taken


def test_a_signed_posting_is_taken_with_its_cases_and_both_due_dates():
    assert send(body()) == (202, ANSWER)


def test_a_plain_body_is_the_same_as_one_in_base64():
    assert send(body(), "msg_1", plain=True) == (202, ANSWER)
    assert send(body(), "msg_1") == (200, ANSWER)


def test_a_redelivery_is_answered_byte_for_byte_the_same():
    raw, now = body(), wiring.now()
    first = handler(event(raw, sign(WEBHOOK_SECRET, "msg_1", now, raw)), None)
    later = sign(WEBHOOK_SECRET, "msg_1", now + timedelta(seconds=9), raw)
    again = handler(event(raw, later), None)
    assert (first["statusCode"], again["statusCode"]) == (202, 200)
    assert first["body"].encode() == again["body"].encode()


def test_the_same_opinion_in_another_delivery_is_known():
    assert [send(body())[0], send(body())[0]] == [202, 200]


def test_the_same_opinion_with_one_more_of_our_agencies_opens_a_case():
    send(body())
    status, told = send(body(dispatched_agencies=[ETHICS_NAME, MINISTRY_NAME]))
    assert (status, [case["id"] for case in told["cases"]]) == (202, ["S97944", "S97944-2"])


def test_what_follows_a_posting_names_the_case_and_before_it_none():
    comment = body("feedback.commented", body="請問進度？")
    assert send(comment) == (202, {"cases": []})
    send(body())
    assert send(comment) == (202, {"cases": [{"id": "S97944"}]})
    assert send(body("feedback.rated", stars=5)) == (202, {"cases": [{"id": "S97944"}]})
    assert send(body("feedback.withdrawn")) == (202, {"cases": [{"id": "S97944"}]})


def test_of_forty_one_agencies_three_of_ours_make_three_cases(deployed):
    ours = ["臺灣高等檢察署", ETHICS_NAME, "臺灣臺北地方檢察署"]
    others = [f"某縣政府第{n}局" for n in range(38)]
    names = [ours[0], *others[:20], ours[1], *others[20:], ours[2]]
    status, told = send(body(dispatched_agencies=names))
    cases = [deployed.case(case["id"]) for case in told["cases"]]
    assert (status, len(names)) == (202, 41)
    assert [(case.id, case.agency) for case in cases] == [
        ("S97944", HIGH),
        ("S97944-2", ETHICS),
        ("S97944-3", TAIPEI_OFFICE),
    ]


def test_none_of_our_agencies_makes_one_case_with_the_coordinator(deployed):
    status, told = send(body(dispatched_agencies=[f"某縣政府第{n}局" for n in range(41)]))
    assert (status, [case["id"] for case in told["cases"]]) == (202, ["S97944"])
    case = deployed.case()
    assert (case.agency, case.unassigned) == (MINISTRY, True)


@pytest.mark.parametrize(
    "words",
    [
        "字" * 5000,
        "<!channel> <@U0CAROL> <https://evil.example.com|官方網站> *粗* `碼` & &lt;",
        "一\u202e二\u2066三\u200f四",
        "👩‍👩‍👧 𠮷堃洤 \U0001f1f9\U0001f1fc",
        "'; DROP TABLE rows; -- {0} %s ${env}",
    ],
    ids=["long", "markup", "bidi", "rare", "code"],
)
def test_words_come_in_to_the_letter_however_odd(deployed, words):
    assert send(body(body=words))[0] == 202
    assert reading.dossier(deployed.desk, "S97944").opinion.body == words


def test_control_characters_stay_outside(deployed):
    assert send(body(title="開\x00放\x1b[31m", body="一\x07\r\n二"))[0] == 202
    opinion = reading.dossier(deployed.desk, "S97944").opinion
    assert (opinion.title, opinion.body) == ("開放[31m", "一\n二")


# -- what is refused, and in which order


def garbled(**changed):
    """The headers of a good delivery, some changed, some taken away (None)."""
    told = sign(WEBHOOK_SECRET, "msg_1", wiring.now(), body()) | changed
    return {name: value for name, value in told.items() if value is not None}


@pytest.mark.parametrize(
    "changed",
    [
        {ID: None, TIMESTAMP: None, SIGNATURE: None},
        {ID: None},
        {ID: "msg_2"},
        {ID: "訊息"},
        {TIMESTAMP: None},
        {TIMESTAMP: "yesterday"},
        {TIMESTAMP: "-1"},
        {TIMESTAMP: "1772416800"},
        {TIMESTAMP: "9" * 400},
        {SIGNATURE: None},
        {SIGNATURE: "v1,"},
        {SIGNATURE: "v1,é"},
        {SIGNATURE: "v1,\ud800"},
        {SIGNATURE: "v2,AAAA"},
        {SIGNATURE: ",,,, ,"},
    ],
    ids=range(15),
)
def test_a_wrong_old_missing_or_garbled_signature_is_unauthorised(changed):
    status, told = answered(body(), garbled(**changed))
    assert (status, told["error"]) == (401, "bad_signature")


def test_every_refused_signature_is_answered_with_the_same_words():
    wrong = sign(new_secret(lambda n: b"x" * n), "msg_1", wiring.now(), body())
    old = sign(WEBHOOK_SECRET, "msg_1", wiring.now() - timedelta(minutes=6), body())
    answers = [answered(body(), headers) for headers in ({}, wrong, old, garbled(**{ID: ""}))]
    assert answers == [answers[0]] * 4


@pytest.mark.parametrize(
    "changed",
    [{"body": "é!"}, {"body": "\ud800", "isBase64Encoded": False}, {"body": None}],
    ids=["no base64", "no text", "nothing"],
)
def test_an_event_that_no_request_causes_is_unauthorised_too(changed):
    told = handler(event(body(), garbled()) | changed, None)
    assert told["statusCode"] == 401


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"not json",
        "標題".encode("cp950"),
        b'{"a": NaN}',
        b"[]",
        b"[" * 20_000,
        b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
        b'{"stars": ' + b"9" * 5000 + b"}",
    ],
    ids=range(8),
)
def test_what_is_no_json_object_is_a_bad_request(raw):
    status, told = send(raw)
    assert (status, told["error"]) == (400, "not_json")


def test_a_body_is_taken_up_to_the_limit_and_not_beyond():
    room = LIMIT - len(body(body=""))
    assert send(body(body="x" * room))[0] == 202
    status, told = send(body(body="x" * (room + 1)))
    assert (status, told["error"]) == (413, "too_large")
    assert send(b"x" * 300_000)[0] == 413


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"kind": "poem"}, "/data/kind"),
        ({"id": "97944-2"}, "/data/id"),
        ({"id": 97944}, "/data/id"),
        ({"posted_at": "2019-01-24T17:29:00"}, "/data/posted_at"),
        ({"posted_at": "\ud800"}, "/data/posted_at"),
        ({"title": ""}, "/data/title"),
        ({"title": "\u3000\x00 "}, "/data/title"),
        ({"body": None}, "/data/body"),
        ({"dispatched_agencies": [["法務部"]]}, "/data/dispatched_agencies/0"),
        ({"dispatched_agencies": "法務部"}, "/data/dispatched_agencies"),
        ({"url": {}}, "/data/url"),
    ],
)
def test_what_the_contract_does_not_know_is_named_by_its_place(deployed, changed, pointer):
    assert pointers(body(**changed)) == [pointer]
    assert deployed.cases() == []


def test_a_posting_from_the_future_is_refused_from_five_minutes_on():
    ahead = wiring.now() + timedelta(minutes=6)
    assert pointers(body(posted_at=ahead.isoformat())) == ["/data/posted_at"]
    near = wiring.now() + timedelta(minutes=4)
    assert send(body(posted_at=near.isoformat()))[0] == 202


def test_an_unknown_type_is_refused():
    assert pointers(body("feedback.liked")) == ["/type"]


def test_a_refused_delivery_may_come_again_mended():
    assert send(body(title=""), "msg_1")[0] == 422
    assert send(body(), "msg_1") == (202, ANSWER)


def test_size_comes_before_signature_and_signature_before_form():
    big = b"x" * (LIMIT + 1)
    assert answered(big, {})[0] == 413
    assert answered(b"not json", {})[0] == 401


def test_a_known_id_with_another_body_is_a_conflict_before_its_form_is_looked_at():
    send(body(), "msg_1")
    status, told = send(body(title=""), "msg_1")
    assert (status, told["error"]) == (409, "mismatch")
    assert send(b"not json", "msg_1")[0] == 400


# -- when the desk is away


@pytest.fixture
def away(deployed):
    """A store whose file is no database any more."""
    deployed.close()
    for file in deployed.path.parent.glob("desk.sqlite*"):
        file.unlink()
    deployed.path.write_bytes(b"not a database, and long enough to be looked at" * 100)
    wiring.forget()


@pytest.mark.usefixtures("away")
def test_while_the_store_is_away_the_platform_is_asked_to_come_again():
    raw = body()
    told = handler(event(raw, sign(WEBHOOK_SECRET, "msg_1", wiring.now(), raw)), None)
    assert told["statusCode"] == 503
    assert int(told["headers"]["retry-after"]) > 0


@pytest.mark.usefixtures("away")
def test_a_stranger_learns_nothing_of_a_store_that_is_away():
    assert answered(body(), {})[0] == 401
    assert answered(b"x" * (LIMIT + 1), {})[0] == 413
    assert send(b"not json")[0] == 400


def test_a_mistake_in_our_own_settings_is_ours_and_says_nothing(monkeypatch):
    monkeypatch.setenv("OPENDATA_WEBHOOK_SECRETS", "whsec_!")
    wiring.forget()
    assert answered(body(), garbled()) == (500, {"error": "internal"})
