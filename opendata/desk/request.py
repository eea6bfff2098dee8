"""The store as one request sees it: nothing is read twice, and what it wrote it knows.

Slack waits three seconds, so a request may cost one read and one commit, or one query. A case that
was read whole is not read again, before the act or after it. Which version the roster and the
calendar have may be taken as it was seen less than ``FRESH`` ago; a commit checks that it holds.
What is read and decided stands in the use cases, which know nothing of this.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from opendata.desk.ports import Add, Check, Clock, Expect, Index, Key, Page, Put, Row, Store, Write
from opendata.desk.records import VERSIONS
from opendata.rules.errors import Stale

FRESH = timedelta(minutes=1)

Seen = dict[Key, tuple[datetime, Row | None]]
"""When a version row was seen last, and what it was; shared by the requests of a process."""


class Request:
    """A store for one request.

    Args:
        store: the real one.
        seen: what earlier requests saw of the version rows; this one adds to it.
        clock: tells how long ago that was.

    Attributes:
        assumed: version rows that this request took from earlier ones.
    """

    def __init__(self, store: Store, seen: Seen, clock: Clock) -> None:
        self._store, self._seen, self._clock = store, seen, clock
        self._known: dict[Key, Row | None] = {}
        self._whole: set[str] = set()
        self.assumed: dict[Key, Row | None] = {}

    def get(self, *keys: Key) -> Mapping[Key, Row]:
        """See ``Store.get``; asks for what is not known, and not at all for versions alone."""
        missing = [key for key in keys if key not in self._known and key.pk not in self._whole]
        recent = self._recent(missing)
        if len(recent) == len(missing):
            self.assumed |= recent
            self._known |= recent
        else:
            found = self._store.get(*missing)
            self._learn({key: found.get(key) for key in missing})
        known = {key: self._known.get(key) for key in keys}
        return {key: row for key, row in known.items() if row is not None}

    def _recent(self, keys: list[Key]) -> dict[Key, Row | None]:
        oldest = self._clock() - FRESH
        seen = {key: self._seen[key] for key in keys if key in self._seen}
        return {key: row for key, (at, row) in seen.items() if at > oldest}

    def _learn(self, rows: Mapping[Key, Row | None]) -> None:
        self._known |= rows
        now = self._clock()
        self._seen |= {key: (now, row) for key, row in rows.items() if key in VERSIONS}

    def query(self, pk: str, prefix: str = "", *, after: str | None = None, limit: int = 0) -> Page:
        """See ``Store.query``; a partition that was read whole is known from then on."""
        if after or limit or (prefix and pk not in self._whole):
            return self._store.query(pk, prefix, after=after, limit=limit)
        if pk not in self._whole:
            self._learn({row.key: row for row in self._store.query(pk).rows})
            self._whole.add(pk)
        rows = [row for key, row in self._known.items() if key.pk == pk and row is not None]
        told = [row for row in rows if row.key.sk.startswith(prefix)]
        return Page(sorted(told, key=lambda row: row.key.sk), None)

    def every(self, prefix: str, sk: str) -> Iterator[Row]:
        """See ``Store.every``."""
        return self._store.every(prefix, sk)

    def find(
        self,
        index: Index,
        partition: str,
        *,
        prefix: str = "",
        upto: str | None = None,
        after: str | None = None,
        limit: int = 0,
    ) -> Page:
        """See ``Store.find``."""
        return self._store.find(
            index, partition, prefix=prefix, upto=upto, after=after, limit=limit
        )

    def commit(self, *writes: Write) -> None:
        """See ``Store.commit``; the versions that were looked at must still be what they were."""
        written = {write.key for write in writes}
        versions = {key: self._known[key] for key in VERSIONS if key in self._known}
        checks = [
            Check(key, row.version if row else Expect.ABSENT)
            for key, row in versions.items()
            if key not in written
        ]
        try:
            self._store.commit(*writes, *checks)
        except Stale:
            self.forget()
            raise
        for write in writes:
            self._remember(write)

    def _remember(self, write: Write) -> None:
        if isinstance(write, Put):
            self._learn({write.key: write.row})
        elif isinstance(write, Add):
            # What it came to is not told.
            self._whole.discard(write.key.pk)
            self._known.pop(write.key, None)
        elif not isinstance(write, Check):
            self._known[write.key] = None

    def forget(self) -> None:
        """Read everything anew from here on."""
        self._known.clear()
        self._whole.clear()
        self.assumed.clear()
        for key in VERSIONS:
            self._seen.pop(key, None)
