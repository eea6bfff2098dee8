"""Views: the modals that stand open before each person, one on another, and the App Homes."""

from __future__ import annotations

import json
import secrets
import sqlite3
from typing import Any

from infra.desk.blocks import named
from infra.desk.errors import SlackError
from infra.desk.ledger import Ledger
from infra.desk.seed import BotUser

Json = dict[str, Any]

DEEPEST = 3
"""How many modals may stand on each other."""


class Views:
    """The views of a workspace. Whether a view is well made is judged before it comes here."""

    def __init__(self, ledger: Ledger, team_id: str, bot: BotUser) -> None:
        """Keep them in ``ledger``; ``bot`` is the app they belong to."""
        self._ledger, self._team_id, self._bot = ledger, team_id, bot

    def stack(self, person: str) -> list[Json]:
        """The modals open before a person, the lowest first."""
        rows = self._ledger.read("SELECT data FROM modals WHERE person = ? ORDER BY depth", person)
        return [json.loads(data) for (data,) in rows]

    def home(self, person: str) -> Json | None:
        """The App Home that was published for a person."""
        rows = self._ledger.read("SELECT data FROM homes WHERE person = ?", person)
        return json.loads(rows[0][0]) if rows else None

    def find(self, person: str, view_id: str) -> Json:
        """A view that a person has before them: a modal or the App Home.

        Raises:
            SlackError: not_found.
        """
        home = self.home(person)
        for view in [*self.stack(person), *([home] if home else [])]:
            if view["id"] == view_id:
                return view
        raise SlackError("not_found")

    def open(self, person: str, view: Json) -> Json:
        """A modal in place of whatever modals the person had.

        Raises:
            SlackError: duplicate_external_id.
        """
        with self._ledger.writing() as at:
            at.execute("DELETE FROM modals WHERE person = ?", (person,))
            return self._put(at, person, view, [])

    def push(self, person: str, view: Json) -> Json:
        """A modal on top of the person's modals.

        Raises:
            SlackError: not_found (there is none to stand on), push_limit_reached,
                duplicate_external_id.
        """
        below = self.stack(person)
        if not below:
            raise SlackError("not_found")
        if len(below) >= DEEPEST:
            raise SlackError("push_limit_reached")
        with self._ledger.writing() as at:
            return self._put(at, person, view, below)

    def _put(self, at: sqlite3.Connection, person: str, view: Json, below: list[Json]) -> Json:
        number = self._ledger.number(at, "view")
        self._refuse_known(at, view.get("external_id"), f"V{number:08d}")
        made = self._made(view, f"V{number:08d}", number) | {
            "previous_view_id": below[-1]["id"] if below else None,
            "root_view_id": below[0]["id"] if below else f"V{number:08d}",
        }
        row = (made["id"], person, len(below), json.dumps(made))
        at.execute("INSERT INTO modals VALUES (?, ?, ?, ?)", row)
        return made

    def _refuse_known(self, at: sqlite3.Connection, external_id: str | None, mine: str) -> None:
        """The app's own name of a view belongs to one view, modal or home."""
        rows = at.execute("SELECT data FROM modals UNION ALL SELECT data FROM homes").fetchall()
        known = {(told["external_id"], told["id"]) for told in (json.loads(d) for (d,) in rows)}
        if external_id and any(name == external_id and id_ != mine for name, id_ in known):
            raise SlackError("duplicate_external_id")

    def _made(self, view: Json, view_id: str, number: int) -> Json:
        """A view as Slack gives it back; the hash changes with every change."""
        stamp = int(self._ledger.now().timestamp())
        return {
            "id": view_id,
            "team_id": self._team_id,
            "type": view["type"],
            "title": view.get("title"),
            "close": view.get("close"),
            "submit": view.get("submit"),
            "blocks": named(view["blocks"]),
            "private_metadata": view.get("private_metadata", ""),
            "callback_id": view.get("callback_id", ""),
            "external_id": view.get("external_id", ""),
            "state": {"values": {}},
            "hash": f"{stamp}.{number}{secrets.token_hex(3)}",
            "clear_on_close": view.get("clear_on_close", False),
            "notify_on_close": view.get("notify_on_close", False),
            "app_id": self._bot.app_id,
            "bot_id": self._bot.bot_id,
            "app_installed_team_id": self._team_id,
        }

    def update(self, *, view_id: str, external_id: str, view: Json, shown: str | None) -> Json:
        """Another content for an open modal. ``shown``: the hash it must still have, if given.

        Raises:
            SlackError: not_found, hash_conflict, duplicate_external_id.
        """
        with self._ledger.writing() as at:
            for (data,) in at.execute("SELECT data FROM modals").fetchall():
                old = json.loads(data)
                if old["id"] == view_id or (external_id and old["external_id"] == external_id):
                    return self._replace(at, old, view, shown)
        raise SlackError("not_found")

    def _replace(self, at: sqlite3.Connection, old: Json, view: Json, shown: str | None) -> Json:
        if shown is not None and shown != old["hash"]:
            raise SlackError("hash_conflict")
        self._refuse_known(at, view.get("external_id"), old["id"])
        kept = {name: old[name] for name in ("previous_view_id", "root_view_id")}
        made = self._made(view, old["id"], self._ledger.number(at, "view")) | kept
        at.execute("UPDATE modals SET data = ? WHERE id = ?", (json.dumps(made), old["id"]))
        return made

    def publish(self, person: str, view: Json, shown: str | None) -> Json:
        """A person's App Home.

        Raises:
            SlackError: hash_conflict, duplicate_external_id.
        """
        with self._ledger.writing() as at:
            old = self.home(person)
            if shown is not None and old and old["hash"] != shown:
                raise SlackError("hash_conflict")
            number = self._ledger.number(at, "view")
            view_id = old["id"] if old else f"V{number:08d}"
            self._refuse_known(at, view.get("external_id"), view_id)
            made = self._made(view, view_id, number)
            made |= {"previous_view_id": None, "root_view_id": made["id"]}
            at.execute("INSERT OR REPLACE INTO homes VALUES (?, ?)", (person, json.dumps(made)))
        return made

    def close(self, person: str, view_id: str, *, everything: bool = False) -> None:
        """A modal goes, and what stands on it; with ``everything`` the person's whole stack."""
        with self._ledger.writing() as at:
            if everything:
                at.execute("DELETE FROM modals WHERE person = ?", (person,))
                return
            at.execute(
                """DELETE FROM modals WHERE person = ? AND depth >=
                (SELECT depth FROM modals WHERE id = ? AND person = ?)""",
                (person, view_id, person),
            )
