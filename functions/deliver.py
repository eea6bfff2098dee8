"""The table's stream: every new row of the outbox becomes messages in Slack, or work that is done.

What cannot be delivered now waits in the outbox, where the sweep finds it, and its record counts
as handled: no intent, however broken, keeps the shard from those behind it. Only when the store
does not answer are records given back.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from slack_sdk import WebClient

from bot.app import web_client
from bot.delivery import Outcome, backoff, deliver
from bot.face import Face
from functions.observed import logger, publish
from functions.timing import in_time
from opendata import wiring
from opendata.desk import outbox, tasks
from opendata.desk.outbox import TASKS, Intent
from opendata.desk.ports import Key
from opendata.rules.errors import DeskError

SECONDS = 10
ENOUGH = 30.0
"""Seconds after which an invocation begins nothing more: a Slack that hangs takes SECONDS a call,
and what is left waits in the outbox anyway."""
FOR_A_TASK = 10.0
"""Seconds after which a task begins no further page; it goes on with the next sweep."""
FAILED, PERFORMED, SWEPT = "OutboxFailed", "TasksPerformed", "OutboxSwept"


@cache
def client() -> WebClient:
    """Slack, as delivery speaks to it."""
    return web_client(wiring.slack_bot_token(), wiring.settings().slack_api_url, SECONDS)


def handler(event: Mapping[str, Any], _context: Any) -> dict[str, Any]:
    """One intent a record. Where the store fails, that record and those after it come again."""
    counts: Counter[str] = Counter()
    given_back = []
    for record in in_time(event["Records"], ENOUGH):
        keys = record["dynamodb"]["Keys"]
        try:
            intent = outbox.intent_at(wiring.desk(), Key(keys["pk"]["S"], keys["sk"]["S"]))
            counts += attempted(intent) if intent else Counter()
        except DeskError as error:
            logger.error("record given back", extra={"error": error.code})
            given_back.append({"itemIdentifier": record["dynamodb"]["SequenceNumber"]})
            break
    publish(**tallied(counts))
    return {"batchItemFailures": given_back}


def attempted(intent: Intent) -> Counter[str]:
    """Deliver or perform one intent; one that fails for a reason that nobody expected is put off.

    Returns:
        How often each ``Outcome``, PERFORMED or FAILED came to pass.

    Raises:
        DeskError: it could not even be put off.
    """
    desk = wiring.desk()
    try:
        if intent.kind in TASKS:
            return performed(intent)
        return deliver(Face(desk, new_id=str), client(), intent)
    except Exception as error:  # noqa: BLE001  # one intent must not hold up all the others
        logger.error("not delivered", extra={"intent": intent.id, "error": type(error).__name__})
        outbox.put_off(desk, intent, backoff(intent))
        return Counter({FAILED: 1})


def performed(intent: Intent, clock: Callable[[], float] = time.monotonic) -> Counter[str]:
    """Do a task whose time has come, as far as there is time for it.

    Returns:
        PERFORMED, and FAILED for each record that could not be read.

    Raises:
        DeskError: the store does not answer.
    """
    desk, begun, counts = wiring.desk(), clock(), Counter[str]()
    if intent.not_before > desk.now():
        return counts

    def unread(record: str) -> None:
        logger.error("left out of a task", extra={"record": record, "task": intent.kind})
        counts[FAILED] += 1

    tasks.perform(desk, intent, lambda: clock() - begun > FOR_A_TASK, unread=unread)
    counts[PERFORMED] += 1
    return counts


def each(intents: Iterable[Intent], enough: float = ENOUGH) -> Counter[str]:
    """Deliver one intent after another, as far as there is time; none holds up those behind it.

    Returns:
        How often each ``Outcome``, or FAILED, came to pass, and SWEPT: how many were tried.
    """
    counts: Counter[str] = Counter()
    for intent in in_time(intents, enough):
        counts[SWEPT] += 1
        try:
            counts += attempted(intent)
        except DeskError as error:
            logger.error("left where it is", extra={"error": error.code})
            counts[FAILED] += 1
    return counts


def tallied(counts: Mapping[str, int]) -> dict[str, int]:
    """The metrics of an invocation, those of nought too."""
    return {
        name: counts.get(name, 0) for name in (*(one.value for one in Outcome), PERFORMED, FAILED)
    }
