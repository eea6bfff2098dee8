"""What must not cost more than it says: calls to a store, and what leaves it for DynamoDB."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from opendata.adapters.dynamodb import DynamoStore
from opendata.desk.ports import Index, Key, Page, Row, Store, Write


class Counting:
    """The store behind it; ``calls`` names each call in its order, ``came`` the rows it gave."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.calls: list[str] = []
        self.came: Counter[str] = Counter()

    @property
    def rows(self) -> int:
        """How many rows came in all."""
        return self.came.total()

    def get(self, *keys: Key) -> Mapping[Key, Row]:
        self.calls.append("get")
        found = self._store.get(*keys)
        self.came["get"] += len(found)
        return found

    def query(self, pk: str, prefix: str = "", **more: Any) -> Page:
        self.calls.append("query")
        page = self._store.query(pk, prefix, **more)
        self.came["query"] += len(page.rows)
        return page

    def find(self, index: Index, partition: str, **more: Any) -> Page:
        self.calls.append("find")
        page = self._store.find(index, partition, **more)
        self.came["find"] += len(page.rows)
        return page

    def commit(self, *writes: Write) -> None:
        self.calls.append("commit")
        self._store.commit(*writes)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


_RIGHTS = {
    "Put": "dynamodb:PutItem",
    "Update": "dynamodb:UpdateItem",
    "Delete": "dynamodb:DeleteItem",
    "ConditionCheck": "dynamodb:ConditionCheckItem",
}


@dataclass
class Metered:
    """Everything between a store and DynamoDB.

    Attributes:
        calls: by name.
        items: that came back, by the name of the call.
        sent, came: bytes of the bodies.
        rights: what somebody needs who makes these calls: an action, and an index or "".
    """

    calls: Counter[str] = field(default_factory=Counter)
    items: Counter[str] = field(default_factory=Counter)
    sent: int = 0
    came: int = 0
    rights: set[tuple[str, str]] = field(default_factory=set)

    @classmethod
    def on(cls, store: DynamoStore) -> Metered:
        made, events = cls(), store._connection.client.meta.events
        events.register_first("before-call.dynamodb.*", made._leave)
        events.register_first("after-call.dynamodb.*", made._return)
        return made

    def _leave(self, model: Any, params: dict[str, Any], **_: Any) -> None:
        asked = json.loads(params["body"])
        self.calls[model.name] += 1
        self.sent += len(params["body"])
        if model.name == "TransactWriteItems":
            writes = (kind for one in asked["TransactItems"] for kind in one)
            self.rights |= {(_RIGHTS[kind], "") for kind in writes}
        else:
            self.rights.add((f"dynamodb:{model.name}", asked.get("IndexName", "")))

    def _return(self, http_response: Any, parsed: dict[str, Any], model: Any, **_: Any) -> None:
        self.came += len(http_response.content)
        found = [parsed.get("Items", []), *parsed.get("Responses", {}).values()]
        self.items[model.name] += sum(map(len, found))
