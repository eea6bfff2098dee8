"""Tasks of the outbox: work that a commit leaves behind, and the use case that does each.

What a task is, and when it is done or put off, stands in ``outbox``; the work itself in the use
cases that are named here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from opendata.desk import announcing, matching, promises, recompute
from opendata.desk.context import Desk
from opendata.desk.outbox import Intent, Message


class Task(Protocol):
    """What does a task: to its end, or until there is time for no more, when it puts it off."""

    def __call__(
        self,
        desk: Desk,
        task: Intent,
        enough: Callable[[], bool] | None = None,
        *,
        unread: Callable[[str], None] | None = None,
    ) -> bool:
        """Whether it came to its end.

        ``enough``: whether there is no time for more, asked now and then. ``unread``: hears of
        each record that cannot be read, by its name; the others are worked on.
        """
        ...


TASKS: Mapping[Message, Task] = {
    Message.RECOMPUTE: recompute.perform,
    Message.MATCH: matching.match,
    Message.PLAN: promises.plan,
    Message.FULFIL: promises.fulfil,
    Message.ANNOUNCE: announcing.announce,
}


def perform(
    desk: Desk,
    task: Intent,
    enough: Callable[[], bool] | None = None,
    *,
    unread: Callable[[str], None] | None = None,
) -> bool:
    """Do a task whose time has come by the use case that it was left for; see ``Task``.

    Raises:
        DeskError: what the use case raises; the task is as it was.
    """
    return TASKS[task.kind](desk, task, enough, unread=unread)
