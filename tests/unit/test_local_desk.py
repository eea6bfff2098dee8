"""The local desk as a process: started, asked, stopped, and killed in the middle of its work."""

import json
import os
import random
import re
import signal
import socket
import subprocess
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.client import HTTPException
from itertools import takewhile

import pytest

from bot.app import web_client
from bot.delivery import deliver
from bot.face import Face
from bot.posting import EVENT_TYPE
from infra import demo_roster
from infra.clock import FILE as CLOCK
from infra.demo import letters
from infra.demo_run import BEGAN
from infra.keys import local_keys
from infra.sending import post
from opendata.adapters.sqlite import SqliteStore
from opendata.desk import outbox, roster
from opendata.desk.context import Desk, Terms
from opendata.desk.records import webhook_key
from opendata.rules.errors import Unavailable
from opendata.rules.feedback import Action
from opendata.rules.people import Person
from opendata.wiring import now
from tests.unit.processes import PATIENCE, ask, opinion, python, serving, until
from tests.world import World

ADDRESS = re.compile(r"(http://127\.0\.0\.1:\d+)/desk/")
OFFICER, OFFICE, LISTENER = "U01OFFICER", "C01MOJ", "U05LEGAL"
KILLS = 20
# What takes long is imported once; every line that is read is one life of a desk.
LIVES = """
import os, sys
import functions.deliver, functions.health, functions.slack, functions.sweep, functions.webhook
import infra.serve
from infra import cli

for line in sys.stdin:
    life = os.fork()
    if not life:
        sys.argv = ["opendata", *line.strip().split("\\t")]
        cli.main()
    print(life, flush=True)
    os.waitpid(life, 0)
"""


def address(process):
    """The address that the desk prints, on a line of its own, as soon as it answers."""
    found = (ADDRESS.fullmatch(line.strip()) for line in process.stdout)
    return next(match[1] for match in found if match)


# -- a life in order


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """A demo that runs: its address and its folder."""
    folder = tmp_path_factory.mktemp("demo")
    with serving(folder, "--demo") as process:
        yield address(process), folder


def test_the_desk_is_healthy_where_it_says_it_is(demo):
    assert ask(f"{demo[0]}/healthz") == (200, {"status": "ok"})


@pytest.mark.parametrize("path", ["/", "/nowhere", "/webhooks", "/healthz/", "/desk/nowhere"])
def test_what_the_template_does_not_name_is_not_there(demo, path):
    assert ask(f"{demo[0]}{path}")[0] == 404


def test_a_signed_letter_is_taken_and_an_unsigned_one_is_not(demo):
    url, folder = demo
    first = post(opinion(1), url, local_keys(folder).webhook_secrets)
    assert (first.status, [case["id"] for case in first.body["cases"]]) == (202, ["S1"])
    assert post(opinion(1), url, local_keys(folder).webhook_secrets).status == 200
    assert ask(f"{url}/webhooks/feedback", {})[0] == 401


def test_a_case_of_the_demo_comes_to_the_offices_channel(demo):
    def cards():
        state = ask(f"{demo[0]}/desk/page/state?as={OFFICER}&place={OFFICE}")[1]
        return [one for one in state["messages"] if one["message"].get("blocks")]

    assert until(cards)


def test_a_demo_starts_over_in_a_running_desk(tmp_path):
    with serving(tmp_path, "--demo") as process:
        url = address(process)

        def state():
            return ask(f"{url}/desk/page/state?as={OFFICER}&place={OFFICE}")[1]

        def texts():
            return [one["message"]["text"] for one in state()["messages"]]

        assert until(lambda: list(waiting(state())))
        own = {"as": OFFICER, "place": OFFICE, "text": "我說的話"}
        assert ask(f"{url}/desk/page/act/type", own)[0] == 200
        case, press = next(waiting(state()))
        assert ask(f"{url}/desk/page/act/press", press)[0] == 200
        assert until(lambda: case not in [one for one, _ in waiting(state())])
        began = (tmp_path / "demo-began").read_text()

        assert state()["can_start_over"] is True
        assert ask(f"{url}/desk/page/act/start_over", {})[0] == 200
        # The whole demo is sent once more, beside whatever else a busy machine does.
        assert until(lambda: case in [one for one, _ in waiting(state())], 4 * PATIENCE)
        assert "我說的話" not in texts()
        assert (tmp_path / "demo-began").read_text() >= began
        secret = local_keys(tmp_path).webhook_secrets
        assert post(opinion(1), url, secret).status == 202


def test_a_desk_that_is_no_demo_never_starts_over(tmp_path):
    World.make(tmp_path / "real").close()
    with serving(tmp_path / "real") as process:
        url = address(process)
        assert ask(f"{url}/desk/page/state")[1]["can_start_over"] is False
        before = local_keys(tmp_path / "real")
        assert ask(f"{url}/desk/page/act/start_over", {})[0] == 409
        assert local_keys(tmp_path / "real") == before
    with SqliteStore(tmp_path / "real" / "desk.sqlite") as store:
        assert Desk(store, now, Terms()).directory().people


# -- a demo's clock


def told_by(url):
    return ask(f"{url}/desk/page/state")[1]["clock"]


def turned(url, act, **asked):
    assert ask(f"{url}/desk/page/act/clock_{act}", asked)[0] == 200


def test_a_demo_begins_when_it_is_told_to_and_its_letters_are_of_that_time(tmp_path):
    with serving(tmp_path, "--demo", "--at", "2026-02-06T09:00") as process:
        assert process.stdout.readline() == "示範的時鐘：115年2月6日09:00。\n"
        url = address(process)
        assert told_by(url)["day"] == "2026-02-06"

        def newest():
            state = ask(f"{url}/desk/page/state?as={OFFICER}&place={OFFICE}")[1]
            return [float(one["message"]["ts"]) for one in state["messages"]]

        began = datetime.fromisoformat((tmp_path / BEGAN).read_text())
        assert until(newest)
        assert 0 <= newest()[-1] - began.timestamp() < 600


def test_a_desk_that_dies_while_its_clock_is_turned_goes_on_where_it_was(tmp_path):
    with serving(tmp_path, "--demo", "--at", "2026-02-06T09:00") as process:
        url = address(process)
        turned(url, "play")
        assert until(lambda: told_by(url)["day"] > "2026-02-06")
        before = told_by(url)["now"]
        process.kill()
    with serving(tmp_path, "--demo", "--at", "2026-03-02T09:00") as process:
        assert "未採用 --at" in process.stdout.readline()
        assert process.stdout.readline().startswith("示範的時鐘：115年2月")
        assert told_by(address(process))["now"] > before


def test_a_demos_folder_keeps_its_time_when_it_is_served_as_it_is(tmp_path):
    with serving(tmp_path, "--demo") as process:
        url = address(process)
        turned(url, "jump", to="day")
        assert until(lambda: told_by(url)["course"] is None)
        ahead = told_by(url)["now"]
    with serving(tmp_path) as process:
        assert told_by(address(process))["now"] >= ahead


def test_a_desk_with_real_data_has_no_clock_to_turn(tmp_path):
    World.make(tmp_path / "real").close()
    with serving(tmp_path / "real") as process:
        url = address(process)
        assert told_by(url) is None
        assert ask(f"{url}/desk/page/act/clock_jump", {"to": "day"})[0] == 409
    assert not (tmp_path / "real" / CLOCK).exists()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--at", "2026-02-06T09:00"], "--demo"),
        (["--demo", "--at", "2012-12-31T09:00"], "102年1月1日"),
        (["--demo", "--at", "2199-01-01T09:00"], "之間"),
        (["--demo", "--at", "春節"], "春節"),
    ],
)
def test_a_time_at_which_no_demo_begins_is_refused_in_one_line(tmp_path, options, told):
    with serving(tmp_path / "new", *options) as process:
        _, err = process.communicate(timeout=PATIENCE)
    (line,) = err.splitlines()
    assert process.returncode == 2
    assert told in line
    assert not (tmp_path / "new").exists()


def test_a_port_that_is_taken_is_said_in_one_line(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with serving(tmp_path, "--port", port) as process:
            out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out) == (2, "")
    assert err.splitlines() == [f"未執行：連接埠{port}已被使用，請以 --port 另選一個。"]


def refused_as_demo(folder):
    """Whether a demo is refused in one line, in a folder that stays as it was."""
    before = (folder / "desk.sqlite").read_bytes()
    with serving(folder, "--demo") as process:
        _, err = process.communicate(timeout=PATIENCE)
    (line,) = err.splitlines()
    assert (folder / "desk.sqlite").read_bytes() == before
    return process.returncode == 2 and line.startswith("未執行：") and "--data" in line


def test_a_folder_with_a_real_roster_is_no_demo(tmp_path):
    World.make(tmp_path / "real").close()
    assert refused_as_demo(tmp_path / "real")


def test_a_folder_with_cases_and_no_roster_is_no_demo(tmp_path):
    path = tmp_path / "desk.sqlite"
    with SqliteStore(path) as store:
        World(path, now, Desk(store, now, Terms())).opened("法務部")
    assert refused_as_demo(tmp_path)


def test_a_folder_with_agencies_of_an_office_is_no_demo(tmp_path):
    World.make(tmp_path / "office", people=()).close()
    assert refused_as_demo(tmp_path / "office")


def test_a_deployment_is_no_demo(tmp_path, monkeypatch):
    monkeypatch.setenv("OPENDATA_TABLE", "desk")
    monkeypatch.setenv("OPENDATA_DATA", str(tmp_path))
    command = ("-m", "infra.cli", "serve", "--demo", "--port", "0")
    with python(*command, stderr=subprocess.PIPE) as process:
        _, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, err) == (2, "未執行：OPENDATA_TABLE\n")
    assert not (tmp_path / "demo-began").exists()


def test_a_demos_folder_stays_a_demos_and_says_so(tmp_path):
    with serving(tmp_path, "--demo") as process:
        address(process)
    with serving(tmp_path) as process:
        said = [*takewhile(lambda line: not ADDRESS.match(line), process.stdout)]
    assert "這是示範用的資料夾，人員與頻道皆為虛構；正式使用請以 --data 另給資料夾。\n" in said
    with SqliteStore(tmp_path / "desk.sqlite") as store:
        desk = Desk(store, now, Terms())
        assert desk.directory().people
        roster.import_people(desk, [Person("U0GUEST", "訪客", "moj", frozenset())])
    with serving(tmp_path, "--demo") as process:
        assert address(process)


def test_without_people_the_desk_takes_letters_all_the_same(tmp_path):
    with serving(tmp_path) as process:
        url = address(process)
        assert post(opinion(1), url, local_keys(tmp_path).webhook_secrets).status == 202


def test_ctrl_c_ends_it_without_a_word(tmp_path):
    with serving(tmp_path) as process:
        address(process)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=PATIENCE)
    assert err == ""


# -- many short lives


@dataclass
class Outside:
    """Platform, officer and another app: what each was answered over all lives of the desk."""

    secret: str
    token: str
    unsent: list
    cases: set = field(default_factory=set)
    claimed: set = field(default_factory=set)
    spoken: set = field(default_factory=set)
    begun: int = 0

    @property
    def answers(self):
        return len(self.cases) + len(self.claimed)

    def send(self, url):
        """Send letter after letter, most of them when the one before has been claimed."""
        while self.unsent:
            taken = post(self.unsent[-1], url, self.secret, sleep=gone)
            assert taken.arrived
            self.cases |= {case["id"] for case in taken.body["cases"]}
            self.unsent.pop()
            until(lambda: self.claimed >= self.cases, patience=0.3)

    def claim(self, url):
        """Press on every card of ours that waits for an officer."""
        while True:
            _, state = ask(f"{url}/desk/page/state?as={OFFICER}&place={OFFICE}&count=500")
            for case, press in waiting(state):
                if case in self.cases - self.claimed:
                    status, told = ask(f"{url}/desk/page/act/press", press)
                    # A card that was drawn anew meanwhile is looked at again.
                    if status != 409:
                        assert (status, told["trouble"]) == (200, "")
                        self.claimed.add(case)

    def speak(self, url):
        """Post messages of another kind, each marked."""
        client = web_client(self.token, f"{url}/desk/api/")
        while True:
            self.begun += 1
            mark = {"event_type": "test", "event_payload": {"id": f"word {self.begun}"}}
            client.chat_postMessage(channel=LISTENER, text="…", metadata=mark)
            self.spoken.add(f"word {self.begun}")
            time.sleep(0.02)


def gone(_seconds):
    raise Unavailable(what="desk")


def waiting(state):
    """The cases on the page that can be claimed, and how to press."""
    for told in state["messages"]:
        message = told["message"]
        for block in message.get("blocks", ()):
            for button in block.get("elements", ()):
                if button.get("action_id") == "claim":
                    yield (
                        json.loads(button["value"])[0],
                        {
                            "as": OFFICER,
                            "place": OFFICE,
                            "ts": message["ts"],
                            "block_id": block["block_id"],
                            "action_id": "claim",
                        },
                    )


def live(lives, folder):
    """Begin a life; its process and its address."""
    print(
        "serve", "--demo", "--port", "0", "--data", folder, sep="\t", file=lives.stdin, flush=True
    )
    pid = url = None
    while pid is None or url is None:
        line = lives.stdout.readline().strip()
        assert lives.poll() is None
        if line.isdecimal():
            pid = int(line)
        elif match := ADDRESS.fullmatch(line):
            url = match[1]
    return pid, url


def die(lives, folder, outside, chance):
    """A life that ends by kill -9 at some moment while everybody is at work."""
    pid, url = live(lives, folder)
    enough = outside.answers + chance.randint(1, 6)
    with ThreadPoolExecutor(3) as people:
        work = [people.submit(act, url) for act in (outside.send, outside.claim, outside.speak)]
        until(lambda: outside.answers >= enough or any(one.done() for one in work))
        time.sleep(chance.uniform(0, 0.1))
        os.kill(pid, signal.SIGKILL)
    for one in work:
        assert isinstance(one.exception(), OSError | HTTPException | Unavailable)


def drain(folder, url, token):
    """Deliver what waits, an hour later; until then the living desk has done what was due."""
    client = web_client(token, f"{url}/desk/api/")
    began = datetime.fromisoformat((folder / BEGAN).read_text())
    with closing(SqliteStore(folder / "desk.sqlite")) as store:
        answers = [webhook_key(letter.webhook) for letter in letters(began)]
        assert until(lambda: len(store.get(*answers)) == len(answers))
        assert until(lambda: not outbox.waiting(Desk(store, now, Terms()), 1))
        hour_later = now() + timedelta(hours=1)
        desk = Desk(store, lambda: hour_later, Terms())
        for intent in outbox.waiting(desk, 1000):
            deliver(Face(desk, new_id=str), client, intent)


def marks(url, token):
    """How often each mark stands in the channels and in the listener's messages, by kind."""
    client, found = web_client(token, f"{url}/desk/api/"), Counter()
    direct = client.conversations_open(users=LISTENER)["channel"]["id"]
    for place in (*demo_roster.CHANNELS.values(), direct):
        told = client.conversations_history(channel=place, include_all_metadata=True, limit=999)
        assert not told["has_more"]
        marked = (one["metadata"] for one in told["messages"] if "metadata" in one)
        found.update((one["event_type"], one["event_payload"]["id"]) for one in marked)
    return found


def test_whatever_moment_it_is_killed_at_nothing_acknowledged_is_lost_or_doubled(tmp_path):
    chance = random.Random(7)
    with python("-c", LIVES) as lives:
        first, _ = live(lives, tmp_path)
        os.kill(first, signal.SIGKILL)
        keys = local_keys(tmp_path)
        letters = [opinion(n) for n in range(70, 0, -1)]
        outside = Outside(keys.webhook_secrets, keys.slack_bot_token, letters)
        for _ in range(KILLS):
            die(lives, tmp_path, outside, chance)
        _, url = live(lives, tmp_path)
        # The last of its own letters is in when it says how many were known.
        next(line for line in lives.stdout if line.startswith("已有"))
        drain(tmp_path, url, outside.token)
        posted = marks(url, outside.token)

    world = World(tmp_path / "desk.sqlite", now, Desk(SqliteStore(tmp_path / "desk.sqlite"), now))
    cases = set(world.cases())
    assert outside.cases <= cases
    assert all(Action.CLAIM in world.actions(case) for case in outside.claimed)
    assert world.rows("OUT#%") == {}
    assert world.faults() == []
    world.close()

    assert set(posted.values()) == {1}
    cards = Counter(mark.split(".")[0] for kind, mark in posted if kind == EVENT_TYPE)
    assert cards == dict.fromkeys(cases, 1)
    assert {("test", mark) for mark in outside.spoken} <= set(posted)
    assert outside.claimed
