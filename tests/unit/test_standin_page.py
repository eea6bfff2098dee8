import asyncio
import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from slack_bolt import App as BoltApp
from slack_bolt import BoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient

import infra.desk
from infra.desk.errors import SlackError
from infra.desk.interactions import SlackAnswer
from infra.desk.seed import SlackUser
from infra.desk.workspace import Workspace
from tests.unit.standin import (
    BOT,
    CHANNELS,
    CIO,
    OFFICER,
    OPEN,
    OUTSIDER,
    PEOPLE,
    SECRET,
    TOKEN,
    App,
    Clock,
    Server,
    actions,
    button,
    field,
    modal,
    real_clock,
    section,
    serving,
    workspace,
)

STATIC = Path(infra.desk.__file__).parent / "static"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving() as made:
        yield made


@pytest.fixture
def space(tmp_path) -> Iterator[Workspace]:
    made = workspace(tmp_path, Clock())
    yield made
    made.close()


@pytest.fixture
def page(server, space) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.play(space, App())) as client:
        yield client


def state(page, person=OFFICER, place=OPEN, **more):
    return page.get("page/state", params={"as": person, "place": place, **more}).json()


def unseen(told):
    return {place["id"]: place["unseen"] for place in told["places"]}


def test_a_person_sees_the_channels_they_are_in(page):
    assert [place["id"] for place in state(page)["places"]] == [OPEN, "C03", "C05", "dm"]
    assert [place["id"] for place in state(page, OUTSIDER)["places"]] == ["C03", "dm"]


def test_a_person_is_shown_nothing_of_a_channel_that_is_not_theirs(page, space):
    space.messages.post(OPEN, {"text": "內部"})
    told = state(page, OUTSIDER, OPEN)
    assert (told["place"], told["messages"]) == ("C03", [])


def test_who_left_is_nobody_to_be(page):
    told = state(page, "U04LEFT")
    assert told["me"]["id"] == OFFICER
    assert [one["id"] for one in told["people"]] == [OFFICER, CIO, OUTSIDER]


def test_what_was_not_seen_is_counted_until_it_is_seen(page, space):
    space.messages.post(OPEN, {"text": "一"})
    newest = space.messages.post(OPEN, {"text": "二"})["ts"]
    space.messages.say(OPEN, OFFICER, "自己說的")
    space.messages.post(space.direct(OFFICER).id, {"text": "私訊"})
    assert unseen(state(page)) == {OPEN: 2, "C03": 0, "C05": 0, "dm": 1}
    page.post("page/act/see", json={"as": OFFICER, "place": OPEN, "ts": newest})
    assert unseen(state(page))[OPEN] == 0
    assert unseen(state(page, CIO))[OPEN] == 3


def test_long_conversations_come_by_their_end(page, space):
    for number in range(60):
        space.messages.post(OPEN, {"text": str(number)})
    told = state(page)
    assert [one["message"]["text"] for one in told["messages"]][-1] == "59"
    assert (len(told["messages"]), told["more"]) == (50, True)
    assert state(page, count=150)["more"] is False


def test_notifications_of_all_places_are_listed_newest_first(page, space):
    space.messages.post(OPEN, {"text": "頻道"})
    space.messages.post(space.direct(OFFICER).id, {"text": "私訊"})
    told = [(one["place"], one["text"]) for one in state(page)["notices"]]
    assert told == [("dm", "私訊"), (OPEN, "頻道")]


def test_an_ephemeral_message_is_waved_away(page, space):
    ts = space.messages.post(OPEN, {"text": "只有您看得到"}, only_for=OFFICER)["ts"]
    page.post("page/act/dismiss", json={"as": OFFICER, "place": OPEN, "ts": ts})
    assert state(page)["messages"] == []


def test_a_public_message_is_not_waved_away(page, space):
    ts = space.messages.post(OPEN, {"text": "新案"})["ts"]
    answer = page.post("page/act/dismiss", json={"as": OFFICER, "place": OPEN, "ts": ts})
    assert (answer.status_code, answer.json()) == (409, {"error": "message_not_found"})


def test_a_change_is_told_without_being_asked_for(page, space):
    def revisions(lines):
        return (json.loads(line[6:])["revision"] for line in lines if line.startswith("data: "))

    with page.stream("GET", "page/changes") as stream:
        told = revisions(stream.iter_lines())
        before = next(told)
        threading.Thread(target=space.messages.post, args=(OPEN, {"text": "新案"})).start()
        assert next(told) > before


# -- the host's clock -----------------------------------------------------------------------------


class Turned:
    """A clock that a host lets the page turn; it goes nowhere."""

    def __init__(self):
        self.mark, self.asked = 0, []

    def told(self):
        return {"now": self.mark}

    def jump(self, to):
        if to == "yesterday":
            raise SlackError("clock_past")
        self.asked.append(to)

    def play(self):
        self.asked.append("play")

    def stop(self):
        self.asked.append("stop")


def test_the_hosts_clock_is_shown_and_turned(server, space):
    clock = Turned()
    with httpx.Client(base_url=server.play(space, App(), clock=clock)) as page:
        assert state(page)["clock"] == {"now": 0}
        for name, asked in {"jump": {"to": "morning"}, "play": {}, "stop": {}}.items():
            assert page.post(f"page/act/clock_{name}", json=asked).status_code == 200
        assert clock.asked == ["morning", "play", "stop"]
        refused = page.post("page/act/clock_jump", json={"to": "yesterday"})
        assert (refused.status_code, refused.json()) == (409, {"error": "clock_past"})
        assert page.post("page/act/clock_jump", json={}).status_code == 400


def test_an_open_page_hears_that_the_clock_was_turned(server, space):
    clock = Turned()
    url = server.play(space, App(), clock=clock)
    with httpx.Client(base_url=url) as page, page.stream("GET", "page/changes") as stream:
        lines = stream.iter_lines()
        told = (next(lines)[6:] for line in lines if line == "event: clock")
        assert json.loads(next(told)) == {"now": 0}
        clock.mark = 7
        assert json.loads(next(told)) == {"now": 7}


@pytest.mark.parametrize("name", ["clock_jump", "clock_play", "clock_stop"])
def test_where_the_host_has_no_such_clock_nothing_is_turned(page, name):
    assert state(page)["clock"] is None
    refused = page.post(f"page/act/{name}", json={"to": "morning"})
    assert (refused.status_code, refused.json()) == (409, {"error": "no_demo"})


def test_another_sites_form_cannot_act(page, space):
    asked = json.dumps({"as": OFFICER, "place": OPEN, "text": "假的"})
    answer = page.post("page/act/type", content=asked, headers={"content-type": "text/plain"})
    assert answer.status_code == 404
    assert state(page)["messages"] == []


def test_another_name_that_points_here_is_turned_away(page):
    assert page.get("page/state", headers={"host": "evil.example"}).status_code == 400


def test_the_page_and_all_it_loads_are_served(page):
    index = page.get("")
    assert index.headers["content-security-policy"].startswith("default-src 'self'")
    scripts = "".join(path.read_text() for path in STATIC.glob("*.js"))
    loaded = re.findall(r'"static/([^"]+)"', index.text) + re.findall(r'from "\./([^"]+)"', scripts)
    assert {page.get(f"static/{name}").status_code for name in loaded} == {200}


def test_the_page_never_reads_html():
    scripts = "".join(path.read_text() for path in STATIC.glob("*.js"))
    forbidden = ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(")
    assert [name for name in forbidden if name in scripts] == []


def test_every_sentence_of_the_page_has_both_languages():
    tables = [(STATIC / name).read_text() for name in ("zh.js", "en.js")]
    names = [set(re.findall(r'^  "?([\w.]+)"?:', table, re.MULTILINE)) for table in tables]
    assert names[0] == names[1]
    scripts = "".join(path.read_text() for path in STATIC.glob("*.js"))
    assert set(re.findall(r'say\("([\w.]+)"', scripts)) <= names[0]
    told = set(re.findall(r'"(\w+)"', scripts))
    assert {name for name in names[0] if "." not in name} <= told


# -- starting over --------------------------------------------------------------------------------


def test_without_a_demo_nothing_starts_over(page, space):
    space.messages.post(OPEN, {"text": "要緊"})
    assert state(page)["can_start_over"] is False
    answer = page.post("page/act/start_over", json={})
    assert (answer.status_code, answer.json()) == (409, {"error": "no_demo"})
    assert len(state(page)["messages"]) == 1


@pytest.mark.parametrize("kind", ["at once", "later"])
def test_a_host_that_starts_over_is_asked_once(server, space, kind):
    async def later():
        space.empty()

    start_over = space.empty if kind == "at once" else later
    with httpx.Client(base_url=server.play(space, App(), start_over=start_over)) as page:
        ts = space.messages.post(OPEN, {"text": "舊"})["ts"]
        space.views.open(OFFICER, modal())
        space.views.publish(OFFICER, {"type": "home", "blocks": [section("舊")]}, None)
        space.faults.set("slow_ack")
        assert state(page)["can_start_over"] is True
        assert page.post("page/act/start_over", json={}).status_code == 200
        told = state(page)
        assert (told["messages"], told["modals"], told["home"]) == ([], [], None)
        assert not any(one["on"] for one in told["faults"])
        assert space.messages.post(OPEN, {"text": "新"})["ts"] > ts


# -- with the real Bolt and the real client -----------------------------------------------------


def bolt(url) -> BoltApp:
    """An app as a product makes it: a button opens a modal, the modal posts."""
    client = WebClient(token=TOKEN, base_url=f"{url}api/")
    known = AuthorizeResult(
        enterprise_id=None, team_id="T0DESK", bot_token=TOKEN, bot_id=BOT.bot_id, bot_user_id=BOT.id
    )
    app = BoltApp(
        signing_secret=SECRET,
        client=client,
        process_before_response=True,
        authorize=lambda enterprise_id, team_id, logger: known,
    )

    @app.action("claim")
    def claimed(ack, body, client):
        client.views_open(
            trigger_id=body["trigger_id"], view=modal(field("text", {"type": "plain_text_input"}))
        )
        ack()

    @app.view("draft")
    def drafted(ack, body, view, client):
        text = view["state"]["values"]["text"]["v"]["value"]
        if text == "不":
            return ack(response_action="errors", errors={"text": "請說明理由。"})
        client.chat_postMessage(channel=body["user"]["id"], text=text)
        return ack()

    @app.command("/opendata")
    def asked(ack, respond, command):
        ack(f"您輸入：{command['text']}")
        respond("之後再說")

    @app.event("app_home_opened")
    def home(event, client):
        client.views_publish(
            user_id=event["user"], view={"type": "home", "blocks": [section("您好")]}
        )

    return app


@pytest.fixture
def live(server, tmp_path) -> Iterator[httpx.Client]:
    space = workspace(tmp_path, real_clock)
    app = bolt(server.url)

    async def send(request):
        asked = BoltRequest(body=request.body.decode(), headers=dict(request.headers))
        told = await asyncio.to_thread(app.dispatch, asked)
        return SlackAnswer(told.status, (told.body or "").encode())

    blocks = [section("新案"), actions(button(value="S1"))]
    space.messages.post(OPEN, {"text": "新案", "blocks": blocks})
    with httpx.Client(base_url=server.play(space, send)) as client:
        yield client
    space.close()


def act(page, name, **asked):
    told = page.post(f"page/act/{name}", json={"as": OFFICER, "place": OPEN, **asked})
    return told.json()


def test_a_press_opens_the_apps_modal_and_the_modal_posts(live):
    ts = state(live)["messages"][0]["message"]["ts"]
    act(live, "press", ts=ts, block_id="acts", action_id="claim", given="S1")
    view = state(live)["modals"][0]
    refused = act(live, "submit", view_id=view["id"], values={"text": {"v": "不"}})
    assert refused["errors"] == {"text": "請說明理由。"}
    taken = act(live, "submit", view_id=view["id"], values={"text": {"v": "已更正。"}})
    assert taken == {"trouble": "", "refused": {}, "errors": {}}
    told = state(live, place="dm")
    assert told["modals"] == []
    assert [one["message"]["text"] for one in told["messages"]] == ["已更正。"]


def test_a_command_is_answered_at_once_and_once_more_by_its_url(live):
    assert act(live, "type", text="/opendata status")["trouble"] == ""
    told = [(one["message"]["text"], one["ephemeral"]) for one in state(live)["messages"][1:]]
    assert sorted(told) == [("之後再說", True), ("您輸入：status", True)]


def test_the_home_is_published_when_it_is_opened(live):
    assert act(live, "home")["trouble"] == ""
    assert state(live, place="home")["home"]["blocks"][0]["text"]["text"] == "您好"
    assert state(live, CIO, "home")["home"] is None


def test_a_page_that_is_open_hears_of_who_has_come(space):
    before = space.revision
    space.admit([*PEOPLE, SlackUser("U9NEW", "新人")], CHANNELS)
    assert space.revision > before
    assert space.person("U9NEW").name == "新人"
