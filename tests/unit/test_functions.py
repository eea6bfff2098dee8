"""The Lambda handlers beside the webhook: health, delivery, the sweep, and what they log."""

import json
import logging
from datetime import date, timedelta

import pytest

import functions.deliver
import functions.slack
from bot.ids import Button, Ref
from functions import deliver, health, sweep
from functions.observed import logger
from functions.timing import in_time
from opendata import wiring
from opendata.desk import casework, outbox, records, roster
from opendata.desk.outbox import Intent, Message
from opendata.rules.calendar import Closure
from opendata.rules.errors import Unavailable
from tests.unit.sweeping import poisoned
from tests.world import CAROL, CHANNELS, ETHICS_NAME, OLIVE, REPLY, STRANGER, posted

CANARY = "金絲雀0912345678"


def intents(world):
    return [outbox.intent_at(world.desk, key) for key in keys(world)]


def keys(world):
    return [key for _, key in wiring.desk().store.changes(0, "OUT#")]


def stream(*keys):
    """The table's stream, as Lambda hands it on."""
    return {
        "Records": [
            {
                "eventName": "INSERT",
                "dynamodb": {
                    "Keys": {"pk": {"S": key[0]}, "sk": {"S": key[1]}},
                    "SequenceNumber": f"n{number}",
                },
            }
            for number, key in enumerate(keys)
        ]
    }


def poison(world, case="S1"):
    """An intent of a case that there is not."""
    intent = Intent(f"{case}.1.0", case, 1, Message.CARD, "card", world.clock())
    wiring.desk().store.commit(outbox.Put(outbox.intent_row(intent)))
    return outbox.intent_key(case, 1, 0)


# -- health


def test_health_is_200_while_the_store_answers(deployed):
    answer = health.handler({}, None)
    assert (answer["statusCode"], json.loads(answer["body"])) == (200, {"status": "ok"})


def test_health_is_503_when_the_store_is_gone(deployed):
    deployed.close()
    answer = health.handler({}, None)
    assert answer["statusCode"] == 503
    assert answer["headers"]["retry-after"].isdigit()


def test_health_is_503_when_the_file_is_no_store(deployed, tmp_path, monkeypatch):
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "desk.sqlite").write_text("no database " * 100)
    monkeypatch.setenv("OPENDATA_DATA", str(tmp_path / "broken"))
    wiring.forget()
    assert health.handler({}, None)["statusCode"] == 503


# -- the stream


def test_every_record_becomes_its_message(deployed, heard):
    deployed.awaiting()
    assert deliver.handler(stream(*keys(deployed)), None) == {"batchItemFailures": []}
    posted_to = [told["channel"] for method, told in heard if method == "chat.postMessage"]
    assert posted_to == [CHANNELS["aac"], "D1"]
    assert [told["users"] for method, told in heard if method == "conversations.open"] == [CAROL]
    assert deployed.waiting() == []


def test_what_is_done_already_is_passed_over(deployed, heard):
    deployed.opened()
    events = stream(*keys(deployed))
    deliver.handler(events, None)
    heard.clear()
    assert deliver.handler(events, None) == {"batchItemFailures": []}
    assert heard == []


def test_an_intent_that_nobody_can_deliver_holds_up_none_of_those_behind_it(deployed, heard):
    deployed.opened()
    good = keys(deployed)
    bad = poison(deployed)
    deployed.opened(id_="5")
    after = keys(deployed)[-1]
    told = deliver.handler(stream(*good, bad, after), None)
    assert told == {"batchItemFailures": []}
    assert [method for method, _ in heard] == ["chat.postMessage"] * 2
    waiting = outbox.intent_at(deployed.desk, bad)
    assert (waiting.tries, waiting.not_before > deployed.clock()) == (1, True)


def test_when_the_store_fails_that_record_and_those_after_it_come_again(
    deployed, heard, monkeypatch
):
    for number in ("1", "2", "3"):
        deployed.opened(id_=number)
    look = outbox.intent_at

    def gone(desk, key):
        if key.pk == "CASE#S2":
            raise Unavailable(what="store")
        return look(desk, key)

    monkeypatch.setattr(outbox, "intent_at", gone)
    told = deliver.handler(stream(*keys(deployed)), None)
    assert told == {"batchItemFailures": [{"itemIdentifier": "n1"}]}
    assert [method for method, _ in heard] == ["chat.postMessage"]


def test_what_was_done_is_counted_for_each_invocation(deployed, capsys):
    deployed.opened()
    deliver.handler(stream(*keys(deployed), poison(deployed)), None)
    assert metrics(capsys) == {"Delivered": [1], "OutboxFailed": [1]}
    deliver.handler(stream(*keys(deployed)), None)
    assert metrics(capsys) == {}


def metrics(capsys):
    """What was counted, but for what was counted as nought."""
    (told,) = (line for line in capsys.readouterr().out.splitlines() if "_aws" in line)
    names = ("Delivered", "PutOff", "Parked", "AsPlainText", "TasksPerformed", "OutboxFailed")
    counted = {name: json.loads(told)[name] for name in names}
    return {name: count for name, count in counted.items() if count != [0]}


def test_a_closure_lets_the_stream_recount_the_cases_and_their_cards_follow(
    deployed, heard, capsys
):
    case = deployed.opened(posted_at=deployed.clock() - timedelta(hours=1))
    due = deployed.case(case).due.on
    task = roster.close(deployed.desk, [Closure(due, "臺北市")])
    key = outbox.intent_key(records.CALENDAR, task.version, 0)
    assert deliver.handler(stream(key), None) == {"batchItemFailures": []}
    assert metrics(capsys) == {"TasksPerformed": [1]}
    assert deployed.case(case).due.on > due
    assert heard == []
    (waits,) = (one for one in deployed.waiting() if one.kind is Message.CARD and one.version == 2)
    assert waits.case == case


def test_a_case_that_cannot_be_recounted_is_counted_and_does_not_hold_up_the_task(deployed, capsys):
    case = deployed.opened(posted_at=deployed.clock() - timedelta(hours=1))
    task = roster.close(deployed.desk, [Closure(deployed.case(case).due.on, "臺北市")])
    poisoned(deployed, case)
    key = outbox.intent_key(records.CALENDAR, task.version, 0)
    assert deliver.handler(stream(key), None) == {"batchItemFailures": []}
    assert metrics(capsys) == {"TasksPerformed": [1], "OutboxFailed": [1]}
    again = outbox.intent_at(deployed.desk, key)
    assert (again.cursor, again.not_before > deployed.clock()) == (None, True)


def test_a_task_is_not_begun_before_its_time(deployed, capsys):
    task = roster.close(deployed.desk, [Closure(date(2026, 3, 9), "臺北市")])
    key = outbox.intent_key(records.CALENDAR, task.version, 0)
    deliver.handler(stream(key), None)
    deliver.handler(stream(key), None)
    assert outbox.intent_at(deployed.desk, key).tries == 1


def test_a_task_takes_no_more_time_than_it_has(deployed, monkeypatch):
    ticks = iter([0.0, 5.0, 11.0])
    task = roster.close(deployed.desk, [Closure(date(2026, 3, 9), "臺北市")])
    deliver.performed(task, clock=lambda: next(ticks))
    key = outbox.intent_key(records.CALENDAR, task.version, 0)
    assert outbox.intent_at(deployed.desk, key).cursor is not None


def test_a_slack_that_hangs_leaves_the_rest_to_the_sweep():
    ticks = iter([0.0, 0.0, 10.0, 20.0, 31.0, 40.0])
    begun = list(in_time("abcde", deliver.ENOUGH, lambda: next(ticks)))
    assert begun == ["a", "b", "c"]


def test_while_slack_is_away_the_record_counts_as_handled_and_waits(deployed, monkeypatch):
    monkeypatch.setenv("OPENDATA_SLACK_API_URL", "http://127.0.0.1:1/")
    wiring.forget()
    functions.deliver.client.cache_clear()
    deployed.opened()
    (key,) = keys(deployed)
    assert deliver.handler(stream(key), None) == {"batchItemFailures": []}
    waiting = outbox.intent_at(deployed.desk, key)
    assert waiting.tries == 1
    assert waiting.not_before > deployed.clock() + timedelta(seconds=20)
    wiring.desk().store.close()


# -- the sweep


def test_the_sweep_delivers_what_the_stream_did_not(deployed, heard):
    deployed.receive(posted("1", ETHICS_NAME, "臺灣高等檢察署"))
    assert sweep.handler({}, None) == {"swept": 2, "failed": 0}
    assert len(heard) == 2
    assert sweep.handler({}, None) == {"swept": 0, "failed": 0}


def test_one_that_fails_holds_up_none_of_the_others(deployed, heard):
    poison(deployed)
    deployed.opened()
    assert sweep.handler({}, None) == {"swept": 2, "failed": 1}
    assert [method for method, _ in heard] == ["chat.postMessage"]


def test_more_than_a_run_takes_is_left_to_the_next(deployed, monkeypatch, heard):
    monkeypatch.setattr(sweep, "MOST", 2)
    for number in ("1", "2", "3"):
        deployed.opened(id_=number)
    assert [sweep.handler({}, None)["swept"] for _ in range(3)] == [2, 1, 0]


# -- what is logged


@pytest.fixture
def log(caplog):
    """Every line at the level of a deployment; Powertools' own lines as they are written."""
    caplog.set_level(logging.INFO)
    logger.addHandler(caplog.handler)
    yield lambda: "\n".join(
        [record.getMessage() for record in caplog.records]
        + [str(vars(record)) for record in caplog.records]
        + [logger.registered_formatter.format(record) for record in caplog.records]
    )
    logger.removeHandler(caplog.handler)


def test_no_log_line_holds_a_word_of_a_citizen_or_of_the_office(deployed, slack, log, capsys):
    told = posted(title=CANARY, body=CANARY, requested_fields=CANARY, submitter=CANARY)
    deployed.receive(told)
    case = "S97944"
    casework.claim(deployed.desk, case, OLIVE)
    ref = str(Ref(case, 1, ""))
    slack.press(OLIVE, Button.DRAFT, ref)
    view = slack.shown()
    slack.submit(OLIVE, view, text="　", contact=CANARY)
    slack.submit(OLIVE, view, text=f"{CANARY}{REPLY.text}", contact=CANARY)
    slack.submit(OLIVE, view, text=CANARY, contact=CANARY, type=CANARY)
    slack.press(OLIVE, Button.CLAIM, CANARY)
    slack.press(STRANGER, Button.CLAIM, ref)
    slack.command(OLIVE, f"show {CANARY}")
    slack.command(OLIVE, CANARY)
    slack.send(json.dumps({"event": {"type": "message", "text": CANARY}, "type": "event_callback"}),
               content_type="application/json")  # fmt: skip
    slack.send(f"payload={CANARY}")
    slack.send(CANARY, x_slack_signature="v0=0")
    slack.send(f"command=/opendata&text={CANARY}", age=600)
    deliver.handler(stream(*keys(deployed), poison(deployed)), None)
    sweep.handler({}, None)
    written = log() + "".join(capsys.readouterr())
    assert "unexpected" in written
    assert "not delivered" in written
    for canary in (CANARY, "金絲雀", "0912345678", json.dumps("金絲雀").strip('"')):
        assert canary not in written
