"""What the page would never ask: each answered with a code in JSON, none with a 500."""

from collections.abc import Iterator

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.standin import LEFT, OFFICER, OPEN, App, Server, field, modal, serving


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving() as made:
        yield made


@pytest.fixture
def page(server, space) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.play(space, App())) as client:
        yield client


SOUND = {
    "type": {"text": "大家好"},
    "press": {"ts": "1.000001", "block_id": "acts", "action_id": "claim"},
    "submit": {"view_id": "V1", "values": {"f": {"v": "字"}}},
    "close": {"view_id": "V1"},
    "home": {},
    "see": {"ts": "1.000001"},
    "dismiss": {"ts": "1.000001"},
    "upload": {"view_id": "V1", "block_id": "f", "name": "1.csv", "content": "MQ=="},
    "fault": {"name": "slow_ack", "percent": 50, "left": 1, "value": 1},
}
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(-9, 9) | st.text(max_size=5),
    lambda more: (
        st.lists(more, max_size=2) | st.dictionaries(st.text(max_size=3), more, max_size=2)
    ),
    max_leaves=4,
)


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "null", '"x"', "[" * 99_999, '{"as": "\\ud800"}', '{"as": 1e999}'],
)
@pytest.mark.parametrize("name", [*SOUND, "start_over"])
def test_what_is_no_json_object_is_refused_in_json(page, name, content):
    headers = {"content-type": "application/json"}
    answer = page.post(f"page/act/{name}", content=content, headers=headers)
    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_json"})


@pytest.mark.parametrize(
    ("name", "missing"),
    [
        (name, key)
        for name, asked in SOUND.items()
        for key in (*(() if name == "fault" else ("as",)), *asked)
        if key not in {"values", "content", "percent", "left", "value"}
    ],
)
def test_what_is_missing_is_refused(page, name, missing):
    asked = {"as": OFFICER, "place": OPEN, **SOUND[name]}
    del asked[missing]
    answer = page.post(f"page/act/{name}", json=asked)
    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_arguments"})


@pytest.mark.parametrize("name", sorted(SOUND.keys() - {"fault"}))
@pytest.mark.parametrize(
    ("person", "status", "code"), [("U99", 404, "user_not_found"), (LEFT, 409, "user_disabled")]
)
def test_nobody_acts_who_is_not_there(page, name, person, status, code):
    answer = page.post(f"page/act/{name}", json={"place": OPEN, **SOUND[name], "as": person})
    assert (answer.status_code, answer.json()) == (status, {"error": code})


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(sorted(SOUND)), data=st.data())
def test_no_junk_breaks_the_page(page, space, name, data):
    asked = {"as": OFFICER, "place": OPEN, **SOUND[name]}
    view = space.views.open(OFFICER, modal(field("f", {"type": "datetimepicker"}, optional=True)))
    asked |= {"view_id": view["id"]} if data.draw(st.booleans()) else {}
    asked[data.draw(st.sampled_from([*asked, "given"]))] = data.draw(JUNK)
    answer = page.post(f"page/act/{name}", json=asked)
    assert answer.status_code in (200, 400, 404, 409)
    space.faults.clear()
    assert page.get("page/state", params={"as": data.draw(st.text()), "count": "9" * 5000}).json()
