"""``reply.approved``: what was approved is announced to whoever posts it by machine.

The approval leaves a task in its own commit; it is announced at least once, each time under the
same id, and not at all if the approval was void by then. Where it is refused for good it is
parked, and the coordinators are told once. How it is signed and sent stands in
``adapters.reply_webhook``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

from opendata.desk import outbox
from opendata.desk.context import Desk
from opendata.desk.outbox import Intent
from opendata.desk.reading import Dossier, dossier
from opendata.rules.canonical import canonical, encode
from opendata.rules.errors import Rejected
from opendata.rules.feedback import Approval
from opendata.rules.reply import Reply
from opendata.rules.roc import TAIPEI

TYPE = "reply.approved"
LISTENER, REPLY_REFUSED = "reply_webhook", "reply_refused"
"""Whom it is told, and what keeps it from there, by the names under which that is counted."""


def announce(
    desk: Desk,
    task: Intent,
    enough: Callable[[], bool] | None = None,  # noqa: ARG001  # a task is called so
    *,
    unread: Callable[[str], None] | None = None,  # noqa: ARG001
) -> bool:
    """Announce what stands approved on a case; see ``tasks.Task``. One that is refused is parked.

    Raises:
        Unavailable: nobody took it; the task is as it was.
    """
    about = dossier(desk, task.case)
    approval, reply = about.case.approval, about.reply
    if desk.announcer is not None and approval is not None and reply is not None:
        told = announcement(about, approval, reply)
        try:
            desk.announcer(webhook_of(about, approval), canonical(told), desk.now())
        except Rejected:
            outbox.park(desk, task, [f"{REPLY_REFUSED}@{LISTENER}"])
            return False
        outbox.done(desk, task, {LISTENER})
        return True
    outbox.done(desk, task)
    return True


def webhook_of(about: Dossier, approval: Approval) -> str:
    """The id of the announcement: the same for the same text of the same round."""
    case = about.case
    told = f"{case.id}.{case.round}.{approval.hash}"
    return f"reply_{hashlib.sha256(told.encode()).hexdigest()[:32]}"


def announcement(about: Dossier, approval: Approval, reply: Reply) -> dict[str, Any]:
    """What is told of an approved reply; its schema is docs/reply-approved.schema.json."""
    case = about.case
    data = {
        "case": case.id,
        "kind": case.kind,
        "id": case.feedback,
        "round": case.round,
        "agency": case.agency,
        "purpose": reply.purpose,
        **encode(reply),
        "hash": approval.hash,
        "approved_at": _local(approval.at),
        "approved_as": approval.capacity,
    }
    return {"type": TYPE, "timestamp": _local(approval.at), "data": data}


def _local(at: datetime) -> str:
    return at.astimezone(TAIPEI).isoformat()
