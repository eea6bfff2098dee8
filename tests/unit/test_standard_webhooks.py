import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opendata.adapters.standard_webhooks import (
    ID,
    SIGNATURE,
    TIMESTAMP,
    MalformedSecretError,
    new_secret,
    sign,
    verify,
)
from opendata.rules.errors import BadSignature

OURS = new_secret(lambda n: b"o" * n)
NEXT = new_secret(lambda n: b"n" * n)
NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
BODY = '{"title":"開放"}'.encode()
SIGNED = sign(OURS, "msg_1", NOW, BODY)
REASONS = {"id", "timestamp", "too_old", "signature"}
ANY_TEXT = st.text(st.characters(codec=None))
PIECES = st.sampled_from(["v1,", "v1", "v2,", ",", " ", "=", "AAAA", "é"]) | ANY_TEXT
LIST_LIKE = st.lists(PIECES).map("".join)


def reason(headers, body=BODY, secrets=(OURS,), now=NOW):
    with pytest.raises(BadSignature) as refused:
        verify(headers, body, secrets, now)
    return refused.value.params["reason"]


def test_the_published_example_of_the_standard_is_accepted():
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    now = datetime.fromtimestamp(1614265330, UTC)
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    assert verify(headers, b'{"test": 2432232314}', [secret], now) == headers["webhook-id"]
    assert sign(secret, headers["webhook-id"], now, b'{"test": 2432232314}') == headers


def test_what_is_signed_is_verified_and_gives_its_id():
    assert verify(SIGNED, BODY, [OURS], NOW) == "msg_1"


def test_the_case_of_header_names_says_nothing():
    assert verify({name.title(): value for name, value in SIGNED.items()}, BODY, [OURS], NOW)


def test_a_body_need_not_be_text():
    body = b"\xff\x00\xfe"
    assert verify(sign(OURS, "msg_1", NOW, body), body, [OURS], NOW)


@pytest.mark.parametrize("secrets", [(OURS, NEXT), (NEXT, OURS)])
def test_while_secrets_are_rotated_each_of_them_counts(secrets):
    assert verify(SIGNED, BODY, secrets, NOW)
    assert verify(sign(NEXT, "msg_1", NOW, BODY), BODY, secrets, NOW)


def test_one_good_signature_of_several_is_enough():
    other = sign(NEXT, "msg_1", NOW, BODY)[SIGNATURE]
    assert verify(SIGNED | {SIGNATURE: f"{other} {SIGNED[SIGNATURE]}"}, BODY, [OURS], NOW)


@pytest.mark.parametrize(
    "before", ["v1,!!", "v1", "v1,a,b", "v1a,AAAA", "v1,é", "v1,\ud800", "v1,AAAA ", ""]
)
def test_a_garbled_signature_spoils_no_good_one_beside_it(before):
    listed = f"{before} {SIGNED[SIGNATURE]}"
    assert verify(SIGNED | {SIGNATURE: listed}, BODY, [OURS], NOW) == "msg_1"


@pytest.mark.parametrize("missing", [ID, TIMESTAMP, SIGNATURE])
def test_all_three_headers_are_needed(missing):
    kept = {name: value for name, value in SIGNED.items() if name != missing}
    assert reason(kept) == missing.removeprefix("webhook-")
    assert reason(kept | {missing: ""}) == missing.removeprefix("webhook-")


@pytest.mark.parametrize("webhook_id", ["a" * 256, "a b", "a\n", "a\x00", "識別", "\ud800", "a.b"])
def test_an_id_is_short_printable_and_without_the_separator(webhook_id):
    assert reason(SIGNED | {ID: webhook_id}) == "id"


@pytest.mark.parametrize(
    "seconds", ["1772416800.0", "+1772416800", "-1", "01", " 1772416800", "1e9", "１", "9" * 13]
)
def test_an_instant_is_written_one_way_only(seconds):
    assert reason(SIGNED | {TIMESTAMP: seconds}) == "timestamp"


@pytest.mark.parametrize("seconds", [-300, 300])
def test_five_minutes_either_way_are_tolerated(seconds):
    assert verify(SIGNED, BODY, [OURS], NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize("seconds", [-301, 301])
def test_more_than_five_minutes_are_not(seconds):
    assert reason(SIGNED, now=NOW + timedelta(seconds=seconds)) == "too_old"


def test_every_part_is_signed():
    later = str(int(SIGNED[TIMESTAMP]) + 1)
    assert reason(SIGNED, body=BODY + b" ") == "signature"
    assert reason(SIGNED | {ID: "msg_2"}) == "signature"
    assert reason(SIGNED | {TIMESTAMP: later}) == "signature"


def test_a_secret_of_somebody_else_proves_nothing():
    assert reason(SIGNED, secrets=[NEXT]) == "signature"


def test_without_a_secret_nobody_is_believed():
    assert reason(SIGNED, secrets=[]) == "signature"


@pytest.mark.parametrize("wrong", ["", "whsec_", "whsec_é", "whsec_a", OURS.removeprefix("whsec_")])
def test_a_malformed_secret_is_named_by_its_place_and_never_shown(wrong):
    with pytest.raises(MalformedSecretError) as told:
        verify(SIGNED, BODY, [OURS, wrong], NOW)
    assert "webhook secret 2 " in str(told.value)
    assert "é" not in str(told.value)
    assert OURS.removeprefix("whsec_") not in str(told.value)


def test_a_new_secret_is_32_bytes_of_the_given_randomness():
    assert base64.b64decode(new_secret(bytes).removeprefix("whsec_")) == bytes(32)


@settings(deadline=None)
@given(st.data())
def test_no_bit_of_what_is_signed_can_be_turned(data):
    part = data.draw(st.sampled_from([ID, TIMESTAMP, "body"]))
    signed = BODY if part == "body" else SIGNED[part].encode()
    place, bit = data.draw(st.integers(0, len(signed) - 1)), data.draw(st.integers(0, 7))
    turned = bytes(one ^ (1 << bit) * (n == place) for n, one in enumerate(signed))
    if part == "body":
        assert reason(SIGNED, body=turned) == "signature"
    else:
        assert reason(SIGNED | {part: turned.decode("latin-1")}) in REASONS


@settings(deadline=None)
@given(
    headers=st.dictionaries(ANY_TEXT | st.sampled_from([ID, TIMESTAMP, SIGNATURE]), ANY_TEXT),
    body=st.binary(),
)
def test_whatever_a_stranger_sends_is_refused_and_breaks_nothing(headers, body):
    assert reason(headers, body) in REASONS


@settings(deadline=None)
@given(signature=LIST_LIKE, body=st.binary())
def test_a_list_of_signatures_however_garbled_is_refused_and_breaks_nothing(signature, body):
    assert reason(SIGNED | {SIGNATURE: signature}, body=body + b"!") == "signature"


@settings(deadline=None)
@given(signature=ANY_TEXT, body=st.binary())
def test_a_signature_cannot_be_guessed_by_its_form(signature, body):
    assert reason(SIGNED | {SIGNATURE: f"v1,{signature}"}, body=body + b"!") == "signature"
