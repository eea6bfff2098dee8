"""The template: that what it names exists, may do no more than it must, and is watched."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.delivery import backoff
from functions import deliver, remind, watchdog
from functions.observed import NAMESPACE, SERVICE
from infra.template import (
    Route,
    Schedule,
    StreamMapping,
    load,
    load_handler,
    main,
    read,
    resources,
    translate,
)
from opendata.adapters.items import described
from opendata.desk import watching
from opendata.desk.outbox import Intent, Message
from opendata.settings import Settings

TEMPLATE = Path(__file__).parents[2] / "template.yaml"
FUNCTION = "AWS::Serverless::Function"
ROLE = "AWS::IAM::Role"
QUEUE = "AWS::SQS::Queue"
ALARM = "AWS::CloudWatch::Alarm"
BEGIN = datetime(2026, 3, 2, tzinfo=UTC)

CRON_FIELD = r"(\*|\?|[0-9A-Z]+([-,/#][0-9A-Z]+)*|\*/[0-9]+|L|[0-9]{1,2}[LW])"
SCHEDULE = re.compile(
    rf"rate\((1 (minute|hour|day)|([2-9]|[1-9][0-9]+) (minutes|hours|days))\)"
    rf"|cron\({CRON_FIELD}( {CRON_FIELD}){{5}}\)"
)


def is_schedule(expression: str) -> bool:
    """Whether EventBridge Scheduler takes it; of the two days one must be ``?``."""
    if not SCHEDULE.fullmatch(expression):
        return False
    fields = expression[5:-1].split()
    return expression.startswith("rate") or (fields[2] == "?") != (fields[4] == "?")


def functions() -> dict[str, Any]:
    return {name: told["Properties"] for name, told in resources(read(TEMPLATE), FUNCTION)}


def alarms(metric: str) -> dict[str, Any]:
    """What the alarms on a metric watch, by the value of their one dimension."""
    found = {}
    for _, alarm in resources(read(TEMPLATE), ALARM):
        told = alarm["Properties"]
        if told["MetricName"] == metric:
            ((dimension),) = told["Dimensions"]
            found[json.dumps(dimension["Value"])] = told
    return found


def statements(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, role in resources(document, ROLE):
        for policy in role["Properties"]["Policies"]:
            for statement in policy["PolicyDocument"]["Statement"]:
                yield name, statement


def listed(told: Any) -> list[Any]:
    return told if isinstance(told, list) else [told]


# -- reading ----------------------------------------------------------------------------------


def test_the_routes_are_read_with_their_handlers():
    assert load(TEMPLATE).routes == (
        Route("POST", "/webhooks/feedback", "functions.webhook.handler"),
        Route("POST", "/slack/events", "functions.slack.handler"),
        Route("GET", "/healthz", "functions.health.handler"),
    )


def test_what_is_done_by_the_clock_is_done_by_taipeis():
    assert load(TEMPLATE).schedules == (
        Schedule("Sweep", "rate(1 minute)", "Asia/Taipei", "functions.sweep.handler", {}),
        Schedule("Remind", "cron(0 * * * ? *)", "Asia/Taipei", "functions.remind.handler", {}),
        Schedule(
            "Catalogue", "cron(30 2 * * ? *)", "Asia/Taipei", "functions.catalogue.handler", {}
        ),
        Schedule("Quarter", "cron(45 8 * * ? *)", "Asia/Taipei", "functions.quarter.handler", {}),
        Schedule("Pull", "rate(1 hour)", "Asia/Taipei", "functions.pull.handler", {}),
        Schedule("Watchdog", "rate(15 minutes)", "Asia/Taipei", "functions.watchdog.handler", {}),
    )


def test_the_stream_tells_of_new_rows_of_the_outbox():
    assert load(TEMPLATE).stream == StreamMapping("functions.deliver.handler", "OUT#", 10)


def test_short_tags_are_written_out(tmp_path: Path):
    path = tmp_path / "template.yaml"
    path.write_text(
        "a: !Ref Table\nb: !GetAtt Table.Arn\nc: !Sub '${Table}/x'\nd: !Join [',', [!Ref A, 'b']]\n"
        "e: !Transform {Name: X}\nf: !Condition C\n",
        encoding="utf-8",
    )
    assert read(path) == {
        "a": {"Ref": "Table"},
        "b": {"Fn::GetAtt": ["Table", "Arn"]},
        "c": {"Fn::Sub": "${Table}/x"},
        "d": {"Fn::Join": [",", [{"Ref": "A"}, "b"]]},
        "e": {"Fn::Transform": {"Name": "X"}},
        "f": {"Condition": "C"},
    }


def test_a_template_cannot_run_python(tmp_path: Path):
    path = tmp_path / "template.yaml"
    path.write_text("a: !!python/object/apply:os.getcwd []\n", encoding="utf-8")
    with pytest.raises(Exception, match="could not determine a constructor"):
        read(path)


def test_translating_prints_the_cloudformation_as_json(capsys: pytest.CaptureFixture[str]):
    assert main(["translate", str(TEMPLATE)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {one["Type"] for one in told["Resources"].values()} > {
        "AWS::Lambda::Function",
        "AWS::Lambda::EventSourceMapping",
        "AWS::Scheduler::Schedule",
        "AWS::ApiGatewayV2::Api",
    }


def test_anything_else_prints_how_it_is_called(capsys: pytest.CaptureFixture[str]):
    assert main(["explain"]) == 2
    assert "translate FILE" in capsys.readouterr().err


# -- what it names ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", functions())
def test_every_handler_exists(name: str):
    assert callable(load_handler(functions()[name]["Handler"]))


def test_every_schedule_can_be_understood():
    for schedule in load(TEMPLATE).schedules:
        assert is_schedule(schedule.expression)
        assert schedule.timezone == "Asia/Taipei"


@pytest.mark.parametrize(
    ("expression", "valid"),
    [
        ("rate(5 minutes)", True),
        ("cron(0 9 * * ? *)", True),
        ("cron(*/15 8-18 ? * MON-FRI *)", True),
        ("cron(0 9 1,15 1/3 ? *)", True),
        ("rate(1 minutes)", False),
        ("rate(5 minute)", False),
        ("rate(0 minutes)", False),
        ("cron(banana)", False),
        ("cron(0 9 * * *)", False),
        ("cron(0 9 * * * *)", False),
        ("cron(0 9 ? * ? *)", False),
    ],
)
def test_a_schedule_that_scheduler_would_refuse_is_noticed(expression: str, *, valid: bool):
    assert is_schedule(expression) is valid


class Asked(dict):
    """An environment that remembers which variables were asked for."""

    def __init__(self):
        self.names = set()

    def get(self, name, default=None):
        self.names.add(name)
        return default


def test_every_variable_of_ours_is_a_setting():
    told = read(TEMPLATE)["Globals"]["Function"]["Environment"]["Variables"]
    asked = Asked()
    Settings.from_env(asked)
    assert {name for name in told if name.startswith("OPENDATA_")} <= asked.names


def test_how_the_promise_is_counted_can_be_said_in_every_way_that_the_settings_take():
    parameters, usual = read(TEMPLATE)["Parameters"], Settings()
    assert parameters["Days"]["Default"] == usual.days
    assert parameters["PlatformDays"]["Default"] == usual.platform_days
    for name, variable in (("DayMode", "OPENDATA_DAY_MODE"), ("HalfDay", "OPENDATA_HALF_DAY")):
        values = parameters[name]["AllowedValues"]
        assert parameters[name]["Default"] == values[0]
        made = [Settings.from_env({variable: value}) for value in values]
        assert made[0] == usual != made[1]


def test_the_table_has_the_keys_that_the_store_uses():
    table, known = load(TEMPLATE).table_properties, described("any").data
    assert table["KeySchema"] == known["KeySchema"]
    assert table["AttributeDefinitions"] == known["AttributeDefinitions"]
    indexes = table["GlobalSecondaryIndexes"]
    assert [{"IndexName": i["IndexName"], "KeySchema": i["KeySchema"]} for i in indexes] == known[
        "GlobalSecondaryIndexes"
    ]
    assert {index["Projection"]["ProjectionType"] for index in indexes} == {"ALL"}


# -- what is kept, and how --------------------------------------------------------------------


def test_the_table_can_be_restored_and_is_not_deleted_with_the_stack():
    ((_, table),) = resources(read(TEMPLATE), "AWS::DynamoDB::Table")
    told = table["Properties"]
    assert table["DeletionPolicy"] == table["UpdateReplacePolicy"] == "Retain"
    assert told["DeletionProtectionEnabled"] is True
    assert told["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert told["SSESpecification"] == {"SSEEnabled": True, "SSEType": "KMS"}
    assert told["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}
    assert told["BillingMode"] == "PAY_PER_REQUEST"


def test_the_stream_carries_keys_and_nobodys_words():
    assert load(TEMPLATE).table_properties["StreamSpecification"] == {"StreamViewType": "KEYS_ONLY"}


def test_logs_are_json_and_are_not_kept_for_ever():
    document = read(TEMPLATE)
    assert document["Globals"]["Function"]["LoggingConfig"]["LogFormat"] == "JSON"
    for _, group in resources(document, "AWS::Logs::LogGroup"):
        assert group["Properties"]["RetentionInDays"] <= 365


# -- who may do what --------------------------------------------------------------------------


def test_every_function_has_a_role_of_its_own():
    roles = [json.dumps(told["Role"]) for told in functions().values()]
    assert len(set(roles)) == len(roles)


def test_no_role_may_do_everything_or_do_it_everywhere():
    document = translate(TEMPLATE)
    assert not any(
        "ManagedPolicyArns" in role["Properties"] for _, role in resources(document, ROLE)
    )
    for name, statement in statements(document):
        assert not any("*" in action for action in listed(statement["Action"])), name
        for resource in listed(statement["Resource"]):
            # ListStreams is asked of the table's streams, whose names come with the time.
            if statement["Action"] == "dynamodb:ListStreams":
                assert resource == {"Fn::Sub": "${Table.Arn}/stream/*"}
            # What lies in a bucket is named by whoever drops it there.
            elif resource == {"Fn::Sub": "${Inbox.Arn}/*"}:
                assert name == "PullRole"
            else:
                assert "*" not in json.dumps(resource), name


def test_nobody_may_scan_the_table_or_delete_it():
    allowed = {
        action for _, told in statements(translate(TEMPLATE)) for action in listed(told["Action"])
    }
    assert {action for action in allowed if action.startswith("dynamodb:")} == {
        "dynamodb:BatchGetItem",
        "dynamodb:Query",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
        "dynamodb:DeleteItem",
        "dynamodb:ConditionCheckItem",
        "dynamodb:DescribeStream",
        "dynamodb:GetRecords",
        "dynamodb:GetShardIterator",
        "dynamodb:ListStreams",
    }


def test_a_secret_is_read_only_by_the_functions_that_need_it():
    readers: dict[str, set[str]] = {}
    for name, statement in statements(read(TEMPLATE)):
        if statement["Action"] == "secretsmanager:GetSecretValue":
            for resource in listed(statement["Resource"]):
                readers.setdefault(resource["Ref"], set()).add(name)
    assert readers == {
        "WebhookSecrets": {"WebhookRole"},
        "ReplyWebhookSecret": {"DeliverRole", "SweepRole", "WatchdogRole"},
        "SlackSigningSecret": {"SlackRole"},
        "SlackBotToken": {"SlackRole", "DeliverRole", "SweepRole", "WatchdogRole"},
    }


def rights(role: str) -> set[tuple[str, str]]:
    """What a role may do, and to what."""
    return {
        (action, json.dumps(resource))
        for name, told in statements(read(TEMPLATE))
        for action in listed(told["Action"])
        for resource in listed(told["Resource"])
        if name == role and not action.startswith(("sqs:", "logs:"))
    }


def test_the_watchdog_may_do_what_those_may_whose_work_it_does_and_look_at_open_cases():
    look = ("dynamodb:Query", json.dumps({"Fn::Sub": "${Table.Arn}/index/open"}))
    assert rights("WatchdogRole") == rights("SweepRole") | rights("RemindRole") | {look}


# -- what happens when something fails --------------------------------------------------------


def test_whatever_nobody_waits_for_leaves_a_dead_letter():
    for name, told in functions().items():
        for event in told["Events"].values():
            if event["Type"] == "DynamoDB":
                assert event["Properties"]["DestinationConfig"]["OnFailure"]["Type"] == "SQS", name
            elif event["Type"] == "ScheduleV2":
                assert "DeadLetterConfig" in event["Properties"], name
                assert "OnFailure" in told["EventInvokeConfig"]["DestinationConfig"], name


def test_what_is_done_by_the_clock_is_tried_again_for_minutes_and_by_the_next_run():
    for name, told in functions().items():
        for event in told["Events"].values():
            if event["Type"] == "ScheduleV2":
                # Scheduler's own default is 185 tries in a day, Lambda's two more in six hours.
                assert event["Properties"]["RetryPolicy"]["MaximumRetryAttempts"] <= 2, name
                assert event["Properties"]["RetryPolicy"]["MaximumEventAgeInSeconds"] <= 300, name
                assert told["EventInvokeConfig"]["MaximumRetryAttempts"] == 0, name
                assert told["EventInvokeConfig"]["MaximumEventAgeInSeconds"] <= 300, name


def test_what_a_function_gives_itself_ends_before_lambda_ends_it_and_before_its_next_run():
    timeouts = {told["Handler"].split(".")[1]: told.get("Timeout") for told in functions().values()}
    one_more = deliver.SECONDS * 2
    assert deliver.ENOUGH + one_more <= timeouts["sweep"] < 60
    assert deliver.ENOUGH + one_more <= timeouts["deliver"]
    assert remind.ENOUGH + 30 <= timeouts["remind"] < 3600
    mending = watchdog.FOR_THE_SWEEP + watchdog.FOR_CASES + watchdog.FOR_INTENTS + one_more
    assert mending + 200 <= timeouts["watchdog"] < 900


def test_who_leaves_a_dead_letter_may_send_it():
    senders = {
        (name, json.dumps(told["Resource"]))
        for name, told in statements(translate(TEMPLATE))
        if told["Action"] == "sqs:SendMessage"
    }
    assert senders == {
        (role, json.dumps({"Fn::GetAtt": [f"{name}DeadLetters", "Arn"]}))
        for role, name in (
            ("DeliverRole", "Deliver"),
            ("SweepRole", "Sweep"),
            ("SweepFunctionSweepRole", "Sweep"),
            ("RemindRole", "Remind"),
            ("RemindFunctionRemindRole", "Remind"),
            ("PullRole", "Pull"),
            ("PullFunctionPullRole", "Pull"),
            ("QuarterRole", "Quarter"),
            ("QuarterFunctionQuarterRole", "Quarter"),
            ("CatalogueRole", "Catalogue"),
            ("CatalogueFunctionCatalogueRole", "Catalogue"),
            ("CatalogueRole", "Catalogue"),
            ("CatalogueFunctionCatalogueRole", "Catalogue"),
            ("WatchdogRole", "Watchdog"),
            ("WatchdogFunctionWatchdogRole", "Watchdog"),
        )
    }


def test_the_stream_tells_which_record_failed_and_gives_up_in_the_end():
    (event,) = (
        event["Properties"]
        for told in functions().values()
        for event in told["Events"].values()
        if event["Type"] == "DynamoDB"
    )
    assert event["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert event["BisectBatchOnFunctionError"] is True
    assert event["MaximumRetryAttempts"] < 10


def test_every_function_and_every_dead_letter_queue_has_an_alarm():
    queues = {name for name, _ in resources(read(TEMPLATE), QUEUE)}
    assert set(alarms("Errors")) == {json.dumps({"Ref": name}) for name in functions()}
    assert set(alarms("ApproximateNumberOfMessagesVisible")) == {
        json.dumps({"Fn::GetAtt": [name, "QueueName"]}) for name in queues
    }
    assert set(alarms("IteratorAge")) == {json.dumps({"Ref": "DeliverFunction"})}
    assert set(alarms("5xx")) == {json.dumps({"Ref": "Api"})}


def test_what_delivery_counts_as_wrong_is_an_alarm():
    for metric in ("OutboxFailed", "Parked", "AsPlainText", "RemindFailed"):
        (alarm,) = (
            told["Properties"]
            for _, told in resources(read(TEMPLATE), ALARM)
            if told["Properties"]["MetricName"] == metric
        )
        assert alarm["ComparisonOperator"] == "GreaterThanThreshold"
        # An intent that always fails is tried at least so often in the alarm's time.
        tries = sum(1 for _ in failing_within(alarm["Period"]))
        assert alarm["Threshold"] < (tries if metric == "OutboxFailed" else 1)
        assert alarm["EvaluationPeriods"] == 1


def failing_within(seconds: int) -> Iterator[int]:
    """The tries of an intent that fails each time, as delivery puts it off."""
    elapsed, tries = timedelta(), 0
    while elapsed < timedelta(seconds=seconds):
        yield tries
        elapsed += backoff(Intent("S1.1.0", "S1", 1, Message.CARD, "card", BEGIN, tries=tries))
        tries += 1


def test_silence_of_the_sweep_is_an_alarm():
    (silent,) = alarms("Invocations").values()
    assert silent["TreatMissingData"] == "breaching"


def test_a_heartbeat_that_did_not_come_three_times_is_an_alarm():
    (missing,) = alarms("Heartbeat").values()
    assert missing["Statistic"] == "Sum"
    waits = missing["Period"] * missing["EvaluationPeriods"]
    assert waits == watching.SILENT.total_seconds() == 3 * 15 * 60
    assert (missing["ComparisonOperator"], missing["Threshold"]) == ("LessThanThreshold", 1)
    assert missing["TreatMissingData"] == "breaching"


def test_what_alarms_watch_of_ours_is_what_the_functions_count():
    watched = {
        told["Properties"]["MetricName"]: told["Properties"]["Dimensions"]
        for _, told in resources(read(TEMPLATE), ALARM)
        if told["Properties"]["Namespace"] == NAMESPACE
    }
    assert set(watched) <= {*deliver.tallied({}), remind.FAILED, "Heartbeat"} - {
        "Delivered",
        "PutOff",
    }
    service = [{"Name": "service", "Value": SERVICE}]
    assert all(dimensions == service for dimensions in watched.values())


def test_every_alarm_tells_somebody():
    for name, alarm in resources(read(TEMPLATE), ALARM):
        assert alarm["Properties"]["AlarmActions"] == [{"Ref": "Alarms"}], name
