import io
import json
import socket
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from infra.console import Console
from infra.sending import LONGEST_WAIT, TRIES, WAIT, post, reason, run
from opendata.adapters.feedback_files import letter
from opendata.adapters.standard_webhooks import MalformedSecretError, new_secret, verify
from opendata.rules.errors import Invalid, Unavailable
from opendata.settings import SettingsError

SECRET = new_secret(bytes)
LETTER = letter(2, {"type": "feedback.posted"})
HEADER = "ID,標題,建議原因,派發機關,發表時間"
OPENED = (202, {}, b'{"cases": [{"id": "S1"}]}')
KNOWN = (200, {}, b'{"cases": [{"id": "S1"}]}')
FAULTY = (422, {}, '{"errors": [{"pointer": "/data/id", "message": "不是編號"}]}'.encode())
STRANGER = (401, {}, '{"error": "bad_signature", "message": "簽章不正確"}'.encode())
AWAY = (503, {"retry-after": "7"}, b'{"error": "unavailable"}')


@dataclass
class Desk:
    """A server on loopback that answers by a script, and then 202."""

    url: str
    script: list = field(default_factory=list)
    requests: list = field(default_factory=list)
    waits: list = field(default_factory=list)

    def post(self):
        return post(LETTER, self.url, SECRET, self.waits.append)

    def run(self, tmp_path, *rows, posted_at=None):
        file, out = tmp_path / "list.csv", io.StringIO()
        file.write_text("\n".join([HEADER, *rows]), encoding="utf-8")
        console = Console(out, {"LANG": "zh_TW.UTF-8"})
        code = run(file, self.url, SECRET, posted_at, console, self.waits.append)
        return code, out.getvalue().splitlines()


@pytest.fixture
def desk():
    class Handler(BaseHTTPRequestHandler):
        def answer(self):
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            served.requests.append((self.command, self.path, dict(self.headers), body))
            status, headers, told = served.script.pop(0) if served.script else OPENED
            self.send_response(status)
            for name, value in ({"content-length": str(len(told))} | headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(told)

        do_POST = do_GET = answer  # noqa: N815  # the names that the standard library calls

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    served = Desk(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield served
    server.shutdown()
    thread.join()
    server.server_close()


def row(number, posted="2019-01-24 17:29"):
    return f"{number},請開放統計,想做研究,法務部,{posted}"


# -- one letter


def test_a_letter_arrives_signed_and_byte_for_byte(desk):
    answer = desk.post()
    assert (answer.status, answer.body) == (202, {"cases": [{"id": "S1"}]})
    ((method, path, headers, body),) = desk.requests
    assert (method, path, body) == ("POST", "/webhooks/feedback", LETTER.body)
    assert verify(headers, body, [SECRET], datetime.now(UTC)) == LETTER.webhook


def test_the_desks_own_wish_says_how_long_to_wait(desk):
    desk.script = [AWAY, AWAY]
    assert desk.post().arrived
    assert desk.waits == [7, 7]


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_what_stands_before_a_desk_that_is_away_is_asked_again(desk, status):
    desk.script = [(status, {}, b"<html>")]
    assert desk.post().arrived
    assert desk.waits == [WAIT]


@pytest.mark.parametrize(
    ("told", "waited"),
    [("86400", LONGEST_WAIT), ("-1", WAIT), ("nan", WAIT), ("Wed, 21 Oct 2026 07:28:00 GMT", WAIT)],
)
def test_no_wish_makes_it_wait_beyond_reason(desk, told, waited):
    desk.script = [(503, {"retry-after": told}, b"")]
    assert desk.post().arrived
    assert desk.waits == [waited]


def test_a_desk_that_stays_away_is_given_up(desk):
    desk.script = [AWAY] * TRIES
    with pytest.raises(Unavailable):
        desk.post()
    assert len(desk.requests) == TRIES
    assert len(desk.waits) == TRIES - 1


def test_nobody_there_is_a_desk_that_is_away():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{unused.getsockname()[1]}"
    waits = []
    with pytest.raises(Unavailable):
        post(LETTER, address, SECRET, waits.append)
    assert waits == [WAIT] * (TRIES - 1)


def test_a_signed_letter_follows_no_redirection(desk):
    desk.script = [(302, {"location": f"{desk.url}/elsewhere"}, b"")]
    answer = desk.post()
    assert (answer.status, answer.arrived) == (302, False)
    assert len(desk.requests) == 1


@pytest.mark.parametrize("page", [b"<html>welcome</html>", b"[]", b"{}", b"\xff"])
def test_a_page_that_is_no_desk_has_not_taken_the_letter(desk, page):
    desk.script = [(200, {}, page)]
    assert not desk.post().arrived


@pytest.mark.parametrize("body", [b'{"errors": 3}', b'{"errors": ["x"]}', b"<html>"])
def test_a_refusal_in_foreign_words_is_told_by_its_number(desk, body):
    desk.script = [(422, {}, body)]
    assert reason(desk.post()) == "HTTP 422"


def test_a_secret_that_is_none_signs_nothing(desk):
    with pytest.raises(MalformedSecretError):
        post(LETTER, desk.url, "whsec_", desk.waits.append)
    assert desk.requests == []


# -- a list


def test_all_in_is_0(desk, tmp_path):
    desk.script = [OPENED, KNOWN]
    code, lines = desk.run(tmp_path, row(1), row(2))
    assert code == 0
    assert lines[-1].startswith("新收1筆，重複或先前已收1筆，未送達0筆")


def test_a_second_run_sends_the_same_bytes(desk, tmp_path):
    desk.run(tmp_path, row(1))
    desk.run(tmp_path, row(1))
    first, second = desk.requests
    assert first[3] == second[3]
    assert first[2]["Webhook-Id"] == second[2]["Webhook-Id"]


def test_some_refused_is_1_and_each_is_told_with_its_line(desk, tmp_path):
    desk.script = [FAULTY, OPENED]
    code, lines = desk.run(tmp_path, row("x"), row(2), row(3, posted=""))
    assert code == 1
    assert lines[0].startswith("第4行")
    assert lines[1] == "第2行未被接受：/data/id 不是編號"
    assert lines[-1].startswith("新收1筆，重複或先前已收0筆，未送達2筆")


def test_nothing_in_is_2(desk, tmp_path):
    desk.script = [FAULTY]
    assert desk.run(tmp_path, row("x"))[0] == 2
    assert desk.run(tmp_path, row(1, posted=""))[0] == 2


@pytest.mark.parametrize("answer", [STRANGER, (404, {}, b""), (301, {"location": "/"}, b"")])
def test_what_every_letter_would_be_answered_is_asked_once(desk, tmp_path, answer):
    desk.script = [answer]
    code, lines = desk.run(tmp_path, row(1), row(2), row(3))
    assert (code, len(desk.requests)) == (2, 1)
    assert lines[-1].startswith("新收0筆，重複或先前已收0筆，未送達3筆")


def test_a_desk_that_goes_away_midway_leaves_an_honest_count(desk, tmp_path):
    desk.script = [OPENED, *[AWAY] * TRIES]
    code, lines = desk.run(tmp_path, row(1), row(2), row(3))
    assert code == 1
    assert lines[-1].startswith("新收1筆，重複或先前已收0筆，未送達2筆")


def test_a_desk_that_is_not_there_is_an_error(desk, tmp_path):
    desk.script = [AWAY] * TRIES
    with pytest.raises(SettingsError, match="連不上"):
        desk.run(tmp_path, row(1))


def test_long_work_is_told_on_the_way(desk, tmp_path):
    _, lines = desk.run(tmp_path, *(row(n) for n in range(1, 42)))
    assert lines[:2] == ["已送出20／41筆", "已送出40／41筆"]


def test_an_address_and_a_secret_have_a_form(tmp_path):
    file = tmp_path / "list.csv"
    file.write_text(f"{HEADER}\n{row(1)}", encoding="utf-8")
    console = Console(io.StringIO(), {})
    with pytest.raises(Invalid):
        run(file, "ftp://desk.example", SECRET, None, console)
    with pytest.raises(SettingsError, match="webhook secret 1"):
        run(file, "http://127.0.0.1:1", "whsec_", None, console)


def test_what_is_sent_is_what_the_list_says(desk, tmp_path):
    desk.run(tmp_path, row(1))
    ((_, _, _, body),) = desk.requests
    assert json.loads(body)["data"]["posted_at"] == "2019-01-24T17:29:00+08:00"
