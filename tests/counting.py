"""A store that counts how often it is asked, for what must not cost more than it says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from opendata.desk.ports import Index, Key, Page, Row, Store, Write


class Counting:
    """The store behind it; ``calls`` names each call in its order, ``rows`` counts what came."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.calls: list[str] = []
        self.rows = 0

    def get(self, *keys: Key) -> Mapping[Key, Row]:
        self.calls.append("get")
        found = self._store.get(*keys)
        self.rows += len(found)
        return found

    def query(self, pk: str, prefix: str = "", **more: Any) -> Page:
        self.calls.append("query")
        page = self._store.query(pk, prefix, **more)
        self.rows += len(page.rows)
        return page

    def find(self, index: Index, partition: str, **more: Any) -> Page:
        self.calls.append("find")
        page = self._store.find(index, partition, **more)
        self.rows += len(page.rows)
        return page

    def commit(self, *writes: Write) -> None:
        self.calls.append("commit")
        self._store.commit(*writes)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)
