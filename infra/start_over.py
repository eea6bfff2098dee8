"""Starting over: a demo's desk and its Slack are emptied and begin anew, while the process runs.

Everything keeps its place: the same files and connections, the same keys, and numbers that go on
where they were, so nothing has to be opened or read again. What an office brought in is never
touched: the folder must have begun as a demo.
"""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from starlette.concurrency import run_in_threadpool

from infra.aws import Worker
from infra.desk.errors import SlackError
from infra.desk.workspace import Workspace
from infra.turning import Turner
from opendata.adapters.feedback_files import Letter
from opendata.adapters.sqlite import SqliteStore
from opendata.desk.context import Desk

Letters = Sequence[Letter]


@dataclass(slots=True)
class Demo:
    """A demo that runs.

    Attributes:
        desk: the demo's desk.
        store: what the desk is kept in.
        is_demo: whether the folder began as a demo.
        begin: sets the clock to where the demo begins, and notes it; dates count from there.
        seed: gives an empty desk its people, and says which letters are to come.
        send: sends letters to the desk, as the platform would.
    """

    desk: Desk
    store: SqliteStore
    is_demo: Callable[[], bool]
    begin: Callable[[], object]
    seed: Callable[[], Letters]
    send: Callable[[Letters], None]
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def play(self, letters: Letters) -> None:
        """Send the letters; nothing starts over meanwhile."""
        with self._turn:
            self.send(letters)

    def beginning_anew(
        self, workspace: Workspace, worker: Worker, turner: Turner
    ) -> Callable[[], Awaitable[None]]:
        """How the page that plays Slack lets this demo begin anew."""

        async def start_over() -> None:
            # Whoever is under way may be waiting for an answer of this very server.
            letters = await run_in_threadpool(self._empty, workspace, worker, turner)
            threading.Thread(target=self.play, args=(letters,), daemon=True).start()

        return start_over

    def _empty(self, workspace: Workspace, worker: Worker, turner: Turner) -> Letters:
        """Empty everything while nobody works, and seed it.

        Raises:
            SlackError: no_demo.
        """
        with self._turn, turner.resting(), worker.resting():
            if not self.is_demo():
                raise SlackError("no_demo")
            self.store.empty()
            # Roster and calendar are remembered by their versions, which count from the beginning,
            # and what was seen of them by a clock that may go back now.
            self.desk.directory()
            self.desk.calendar()
            self.desk.renewed()
            self.begin()
            letters = self.seed()
            workspace.empty()
        return letters
