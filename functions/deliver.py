"""The table's stream: every new row of the outbox becomes messages in Slack."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from typing import Any

from slack_sdk import WebClient

from bot.app import web_client
from bot.delivery import backoff, deliver
from bot.face import Face
from functions.observed import logger
from opendata import wiring
from opendata.desk import outbox
from opendata.desk.outbox import Intent
from opendata.desk.ports import Key
from opendata.rules.errors import DeskError

SECONDS = 10


@cache
def client() -> WebClient:
    """Slack, as delivery speaks to it."""
    return web_client(wiring.slack_bot_token(), wiring.settings().slack_api_url, SECONDS)


def handler(event: Mapping[str, Any], _context: Any) -> dict[str, Any]:
    """One intent a record. The first that fails is told: it and those after it come again."""
    for record in event["Records"]:
        keys = record["dynamodb"]["Keys"]
        intent = outbox.intent_at(wiring.desk(), Key(keys["pk"]["S"], keys["sk"]["S"]))
        if intent is not None and not delivered(intent):
            failed = record["dynamodb"]["SequenceNumber"]
            return {"batchItemFailures": [{"itemIdentifier": failed}]}
    return {"batchItemFailures": []}


def delivered(intent: Intent) -> bool:
    """Deliver one intent; False if it failed for a reason that nobody expected."""
    desk = wiring.desk()
    try:
        deliver(Face(desk, new_id=str), client(), intent)
    except Exception as error:  # noqa: BLE001  # one intent must not hold up all the others
        logger.error("not delivered", extra={"intent": intent.id, "error": type(error).__name__})
        with suppress(DeskError):
            outbox.put_off(desk, intent, backoff(intent))
        return False
    return True
