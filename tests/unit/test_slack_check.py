"""``opendata slack check``: what Slack says of the samples, and what if it says nothing."""

import json
import sys
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs

import pytest

from infra import cli, samples, slack_check
from infra.console import Console
from infra.samples import Sample

MESSAGE = Sample(
    "card.received.new", "zh", "ordinary", "message", {"text": "x", "blocks": [{"a": 1}]}
)
MODAL = Sample("modal.why", "en", "hostile", "modal", {"type": "modal", "blocks": [{"b": 2}]})
HOME = Sample("home.empty", "zh", "ordinary", "home", {"type": "home", "blocks": [{"c": 3}]})
WORDS_ONLY = Sample("answer.refused", "zh", "ordinary", "answer", {"text": "x", "blocks": []})
FINE = (200, {}, {"ok": True})
WRONG = {
    "pointer": "/blocks/0/text",
    "code": "failed_constraint",
    "message": "must be less than 3001 characters",
    "constraint": {"type": "max_length", "expected": 3000},
}
CONSTRAINT = json.dumps(WRONG["constraint"])
REFUSED = (200, {}, {"ok": False, "error": "invalid_message", "errors": [WRONG]})


class Slack:
    """Answers in turn what it was told to, the last for ever; remembers what it was asked."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []

    def next(self):
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def answering(*answers):
    slack = Slack(*answers)

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            slack.asked.append((self.path, {name: v for name, (v,) in parse_qs(body).items()}))
            status, headers, told = slack.next()
            raw = told if isinstance(told, bytes) else json.dumps(told).encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        slack.url = f"http://127.0.0.1:{server.server_port}/api/"
        yield slack
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Told:
    def __init__(self, code, shown, waited):
        self.code, self.out, self.err, self.waited = code, shown.out, shown.err, waited


@pytest.fixture
def check(capsys):
    """Ask a Slack about some samples."""

    def asked(url, *made, as_json=False):
        waited = []
        out = Console(sys.stdout, {"LANG": "zh_TW.UTF-8"})
        code = slack_check.run(made, url, out, as_json=as_json, sleep=waited.append)
        return Told(code, capsys.readouterr(), waited)

    return asked


def test_what_slack_accepts_is_told_and_the_exit_code_is_0(check):
    with answering(FINE) as slack:
        told = check(slack.url, MESSAGE, MODAL)
    assert told.code == 0
    assert told.out.splitlines() == [
        "接受　zh/ordinary/card.received.new",
        "接受　en/hostile/modal.why",
        "Slack接受2件，不接受0件，未檢查0件。",
    ]


def test_a_message_is_asked_about_without_its_text_and_a_view_as_a_view(check):
    with answering(FINE) as slack:
        check(slack.url, MESSAGE, MODAL, HOME)
    assert [(path, {k: json.loads(v) for k, v in told.items()}) for path, told in slack.asked] == [
        ("/api/blocks.validate", {"message": {"blocks": [{"a": 1}]}}),
        ("/api/blocks.validate", {"view": MODAL.payload}),
        ("/api/blocks.validate", {"view": HOME.payload}),
    ]


def test_what_slack_refuses_is_told_with_all_that_it_says_and_the_exit_code_is_1(check):
    with answering(REFUSED, FINE) as slack:
        told = check(slack.url, MESSAGE, MODAL)
    assert told.code == 1
    assert told.out.splitlines()[:3] == [
        "不接受　zh/ordinary/card.received.new",
        f"    /blocks/0/text  failed_constraint  {WRONG['message']}  {CONSTRAINT}",
        "接受　en/hostile/modal.why",
    ]


def test_a_refusal_without_errors_is_one_all_the_same(check):
    with answering((200, {}, {"ok": False, "error": "invalid_view"})) as slack:
        told = check(slack.url, MODAL)
    assert told.code == 1
    assert "invalid_view" in told.out


def test_a_rate_limit_is_waited_for_as_long_as_slack_says(check):
    with answering((429, {"Retry-After": "7"}, b""), FINE) as slack:
        told = check(slack.url, MESSAGE)
    assert (told.code, told.waited, len(slack.asked)) == (0, [7.0], 2)


@pytest.mark.parametrize(("says", "waits"), [("86400", 60.0), ("tomorrow", 5.0), (None, 5.0)])
def test_a_rate_limit_is_waited_for_within_reason(check, says, waits):
    headers = {"Retry-After": says} if says else {}
    with answering((429, headers, b"")) as slack:
        told = check(slack.url, MESSAGE)
    assert told.code == 2
    assert told.waited == [waits] * (slack_check.TRIES - 1)
    assert "429" in told.err


def test_questions_keep_a_pace(check):
    with answering(FINE) as slack:
        told = check(slack.url, MESSAGE, MODAL, HOME)
    assert told.waited == [slack_check.PACE] * 2


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ((200, {}, b"<html>proxy</html>"), "JSON"),
        ((200, {}, b"[]"), "JSON"),
        ((200, {}, {"ok": False, "error": "unknown_method"}), "unknown_method"),
        ((503, {}, b""), "HTTP 503"),
    ],
)
def test_what_is_no_answer_of_slacks_ends_it_with_exit_code_2(check, answer, reason):
    with answering(FINE, answer) as slack:
        told = check(slack.url, MESSAGE, MODAL, HOME)
    assert told.code == 2
    assert reason in told.err
    assert told.out.splitlines()[-1] == "Slack接受1件，不接受0件，未檢查2件。"
    assert len(slack.asked) == 2


def test_nobody_there_is_exit_code_2(check):
    with answering(FINE) as slack:
        pass
    told = check(slack.url, MESSAGE)
    assert told.code == 2
    assert slack.url in told.err


def test_a_sample_that_is_too_long_to_be_asked_about_is_refused_here(check):
    long = Sample("x", "zh", "extreme", "modal", {"type": "modal", "blocks": ["字" * 100_000]})
    with answering(FINE) as slack:
        told = check(slack.url, long)
    assert (told.code, slack.asked) == (1, [])


def test_progress_goes_to_standard_error(check):
    with answering(FINE) as slack:
        told = check(slack.url, *[MESSAGE] * slack_check.EVERY)
    assert f"{slack_check.EVERY}／{slack_check.EVERY}" in told.err


def test_as_json_it_is_data_and_nothing_else(check):
    with answering(REFUSED, FINE) as slack:
        told = check(slack.url, MESSAGE, MODAL, as_json=True)
    data = json.loads(told.out)
    assert {name: data[name] for name in ("accepted", "refused", "unasked")} == {
        "accepted": 1,
        "refused": 1,
        "unasked": 0,
    }
    assert data["samples"] == [
        {"sample": "zh/ordinary/card.received.new", "errors": [WRONG]},
        {"sample": "en/hostile/modal.why", "errors": []},
    ]


@pytest.mark.parametrize("only", ["modal.why", "modal.*", "en/hostile/modal.why", "en/*"])
def test_some_samples_are_asked_about_by_name_or_pattern(only):
    assert slack_check.chosen([MESSAGE, MODAL, HOME], only) == [MODAL]


def test_what_has_no_blocks_is_not_asked_about():
    assert slack_check.chosen([WORDS_ONLY, MESSAGE], None) == [MESSAGE]


def test_no_golden_is_too_long_to_be_asked_about():
    for one in samples.of("zh", "extreme"):
        assert len(slack_check.question(one)[1]) <= slack_check.MOST


# -- as it is typed


@pytest.fixture
def typed(monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    monkeypatch.setattr(samples, "samples", lambda: iter([MESSAGE, MODAL]))

    def run(url, *arguments):
        monkeypatch.setenv("OPENDATA_SLACK_API_URL", url)
        monkeypatch.setattr(sys, "argv", ["opendata", "slack", "check", *arguments])
        with pytest.raises(SystemExit) as left:
            cli.main()
        return Told(left.value.code or 0, capsys.readouterr(), [])

    return run


def test_the_command_asks_the_slack_of_the_settings(typed):
    with answering(FINE) as slack:
        told = typed(slack.url, "--only", "modal.*")
    assert told.code == 0
    assert told.out.splitlines()[0] == "accepted  en/hostile/modal.why"
    assert len(slack.asked) == 1


def test_a_name_that_there_is_not_is_told_and_exit_code_2(typed):
    with answering(FINE) as slack:
        told = typed(slack.url, "--only", "modal.nothing")
    assert told.code == 2
    assert "modal.nothing" in told.err
    assert slack.asked == []
