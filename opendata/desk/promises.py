"""What was promised to a citizen: 預計開放 becomes an item of the inventory, kept or overdue.

A PLANNED reply that is published leaves a task; it makes the item, or ties the one that the reply
names to the case. When the item becomes a dataset, another task says so on the case, and whoever
has the case tells the citizen. Domain rule R7.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from opendata.desk import inventory, outbox, records
from opendata.desk import inventory_records as stored
from opendata.desk.casefile import ATTEMPTS, CARD, Sheet
from opendata.desk.context import Desk
from opendata.desk.outbox import Intent, Message
from opendata.desk.ports import Index
from opendata.desk.reading import dossier
from opendata.rules.errors import Stale, Unavailable
from opendata.rules.feedback import Action, Outside
from opendata.rules.inventory import MOST, Item
from opendata.rules.roc import roc_year

SHOWN = 20


def plan(
    desk: Desk,
    task: Intent,
    enough: Callable[[], bool] | None = None,  # noqa: ARG001  # a task is called so
    *,
    unread: Callable[[str], None] | None = None,  # noqa: ARG001
) -> bool:
    """Make the item that a published PLANNED reply promises, or tie it to the one it names.

    Done twice, it changes nothing more.
    """
    about = dossier(desk, task.case)
    case, reply = about.case, about.reply
    if reply is None or reply.promised is None:
        outbox.done(desk, task)
        return True
    named = inventory.items(desk, [reply.item] if reply.item else []).get(reply.item or "")
    before = named or inventory.items(desk, [case.id]).get(case.id)
    if before is None:
        title = about.opinion.requested_dataset or about.opinion.title
        after = Item(
            number=case.id,
            agency=case.agency,
            title=" ".join(title.split())[:MOST],
            planned=roc_year(reply.promised),
        )
    else:
        after = before
    if after.case in (None, case.id):
        after = replace(after, case=case.id, holder=case.officer, promised=reply.promised)

    if after != before:
        desk.store.commit(*inventory.writes(desk, [(before, after, "")], case.officer))
        inventory.ask_for_matching(desk)
    outbox.done(desk, task)
    return True


def fulfil(
    desk: Desk,
    task: Intent,
    enough: Callable[[], bool] | None = None,  # noqa: ARG001  # a task is called so
    *,
    unread: Callable[[str], None] | None = None,  # noqa: ARG001
) -> bool:
    """The promise is kept: the case says so, and whoever has it is told, once.

    Raises:
        Unavailable: others changed the case each time.
    """
    item = inventory.item(desk, task.occasion)
    key = records.head_key(task.case)
    for _ in range(ATTEMPTS):
        rows = desk.store.get(key, *records.VERSIONS)
        case = records.read_case(rows[key])
        if item.dataset is None or case.fulfilled == item.dataset:
            break
        sheet = Sheet.of(desk, case, versions=rows, outside=Outside.CLOCK)
        sheet.may(Action.FULFIL)
        facts = {"item": item.number, "dataset": item.dataset, "opened": item.opened}
        sheet.record(Action.FULFIL, facts=facts, fulfilled=item.dataset)
        sheet.tell(CARD, Message.PROMISE_KEPT)
        try:
            desk.store.commit(*sheet.writes())
        except Stale:
            continue
        break
    else:
        raise Unavailable(what="case")
    outbox.done(desk, task)
    return True


def of(desk: Desk, person: str) -> tuple[Item, ...]:
    """我的承諾: what somebody has promised and what has not come yet, the earliest first."""
    page = desk.store.find(Index.OWNER, stored.promises_of(person), limit=SHOWN)
    return tuple(map(stored.read_item, page.rows))
