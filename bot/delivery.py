"""Delivery: an intent becomes messages in Slack, each once, each showing the newest state.

Who should have what stands in ``plans``, how one message travels in ``posting``. Nothing sleeps:
what must wait is put off in the outbox, or parked there until somebody mends the cause, and the
sweep wakes it.
"""

from __future__ import annotations

import logging
from collections import Counter
from datetime import timedelta
from enum import StrEnum

from slack_sdk import WebClient

from bot.face import Face
from bot.plans import Plan, plan_of
from bot.posting import Busy, Delayed, Refused, Sender
from bot.undelivered import cause_of
from opendata.desk import outbox
from opendata.desk.context import Desk
from opendata.desk.digests import moved_on
from opendata.desk.outbox import Intent, Message

log = logging.getLogger(__name__)

WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=1)


class Outcome(StrEnum):
    """What became of intents; the names are those of the metrics."""

    DELIVERED = "Delivered"
    PUT_OFF = "PutOff"
    PARKED = "Parked"
    AS_PLAIN_TEXT = "AsPlainText"


def deliver(face: Face, client: WebClient, intent: Intent) -> Counter[str]:
    """Deliver an intent whose time has come; afterwards it is done, put off or parked.

    Returns:
        How often each ``Outcome`` came to pass; nothing, if its time has not come.

    Raises:
        DeskError: the store does not answer, or the case cannot be read.
    """
    if intent.not_before > face.desk.now():
        return Counter()
    if outbox.overtaken(face.desk, intent):
        outbox.done(face.desk, intent)
        return Counter({Outcome.DELIVERED: 1})
    if intent.kind is Message.DIGEST and moved_on(face.desk, intent):
        return Counter({Outcome.PUT_OFF: 1})
    plan = plan_of(face, intent)
    sender = Sender(face.desk, client, intent, plan.version)
    outcome = _carried_out(face.desk, sender, plan)
    counts: Counter[str] = Counter({outcome: 1, Outcome.AS_PLAIN_TEXT: sender.plain})
    return +counts


def _carried_out(desk: Desk, sender: Sender, plan: Plan) -> Outcome:
    """Bring every copy; one addressee whom Slack refuses must not keep it from the others.

    Where Slack does not answer, no more is asked of it now; the next try begins with another.
    """
    intent, causes = sender.intent, list[str]()
    waits = [plan.quiet] if plan.quiet else list[timedelta]()
    first = intent.tries % len(plan.copies) if plan.copies else 0
    for copy in (*plan.copies[first:], *plan.copies[:first]):
        try:
            sender.bring(copy)
        except Refused as refused:
            causes.append(cause_of(refused.code, copy.to))
        except Delayed as delay:
            waits.append(backoff(intent) if delay.wait is None else delay.wait)
            if not isinstance(delay, Busy):
                break
    if waits:
        wait = max(waits)
        outbox.put_off(desk, intent, wait, anew=wait == plan.quiet)
        return Outcome.PUT_OFF
    if causes and intent.kind is not Message.UNDELIVERABLE:
        log.warning("parked %s: %s", intent.id, causes)
        outbox.park(desk, intent, causes)
        return Outcome.PARKED
    if causes or plan.nobody:
        # It waits for a roster, a channel, or a coordinator whom Slack knows.
        outbox.put_off(desk, intent, backoff(intent), mended=not causes)
        return Outcome.PUT_OFF
    outbox.done(desk, intent, {copy.to for copy in plan.copies if copy.wanted})
    return Outcome.DELIVERED


def backoff(intent: Intent) -> timedelta:
    """How long to wait after so many tries."""
    doubled: timedelta = WAIT * (1 << min(intent.tries, 10))
    return min(doubled, LONGEST_WAIT)
