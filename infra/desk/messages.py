"""Messages: posting, changing, deleting, reading back, and what a person has not seen yet.

A message is kept as Slack gives it. One for a single person's eyes (ephemeral) lies in the same
place and bears that person's id; no app reads it back.
"""

from __future__ import annotations

import json
from typing import Any

from infra.desk.blocks import named
from infra.desk.errors import SlackError
from infra.desk.ledger import Ledger, written
from infra.desk.seed import BROADCASTER, BotUser

Json = dict[str, Any]

_SHOWN = "channel = ? AND (only_for IS NULL OR only_for = ?)"


class Messages:
    """The messages of a workspace."""

    def __init__(self, ledger: Ledger, team_id: str, bot: BotUser) -> None:
        """Keep them in ``ledger``; ``bot`` is the app that posts."""
        self._ledger, self._team_id, self._bot = ledger, team_id, bot

    def post(self, channel: str, content: Json, *, only_for: str | None = None) -> Json:
        """A message by the app; ``content`` holds text, and perhaps blocks, metadata, files."""
        author = {"user": self._bot.id, "bot_id": self._bot.bot_id, "app_id": self._bot.app_id}
        return self._keep(channel, author, content, only_for)

    def say(self, channel: str, person: str, text: str) -> Json:
        """A message by a person; what Slack escapes in a person's text is escaped."""
        escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return self._keep(channel, {"user": person}, {"text": escaped}, None)

    def warn(self, channel: str, person: str, text: str) -> Json:
        """What Slack itself tells one person."""
        return self._keep(channel, {"user": BROADCASTER}, {"text": text}, person)

    def _keep(self, channel: str, author: Json, content: Json, only_for: str | None) -> Json:
        told = {name: value for name, value in content.items() if value is not None}
        if "blocks" in told:
            told["blocks"] = named(told["blocks"])
        with self._ledger.writing() as at:
            ts = self._ledger.timestamp(at)
            message = {"type": "message", "ts": ts, "team": self._team_id, **author, **told}
            row = (channel, ts, only_for, json.dumps(message))
            at.execute("INSERT INTO messages VALUES (?, ?, ?, ?)", row)
        return message

    def update(self, channel: str, ts: str, content: Json, *, only_for: str | None = None) -> Json:
        """Change a message of the app.

        As in Slack: text alone takes the blocks away and marks the message as edited; with blocks
        there is no mark. Metadata stay unless new ones are given.

        Raises:
            SlackError: message_not_found, cant_update_message.
        """
        message = self._own(channel, ts, only_for, "cant_update_message")
        told = {name: value for name, value in content.items() if value is not None}
        if "blocks" in told:
            told["blocks"] = named(told["blocks"])
        elif "text" in told:
            message.pop("blocks", None)
        with self._ledger.writing() as at:
            if not told.get("blocks"):
                told["edited"] = {"user": self._bot.id, "ts": self._ledger.timestamp(at)}
            message |= told
            at.execute(
                "UPDATE messages SET data = ? WHERE channel = ? AND ts = ?",
                (json.dumps(message), channel, ts),
            )
        return message

    def delete(self, channel: str, ts: str, *, only_for: str | None = None) -> None:
        """Take a message of the app away.

        Raises:
            SlackError: message_not_found, cant_delete_message.
        """
        self._own(channel, ts, only_for, "cant_delete_message")
        self._remove(channel, ts)

    def dismiss(self, channel: str, ts: str, person: str) -> None:
        """A person waves away what only that person sees.

        Raises:
            SlackError: message_not_found.
        """
        _, only_for = self.one(channel, ts, person)
        if only_for is None:
            raise SlackError("message_not_found")
        self._remove(channel, ts)

    def _remove(self, channel: str, ts: str) -> None:
        with self._ledger.writing() as at:
            at.execute("DELETE FROM messages WHERE channel = ? AND ts = ?", (channel, ts))

    def _own(self, channel: str, ts: str, only_for: str | None, otherwise: str) -> Json:
        message, found_for = self.one(channel, ts, only_for or "")
        if found_for != only_for:
            raise SlackError("message_not_found")
        if message.get("bot_id") != self._bot.bot_id:
            raise SlackError(otherwise)
        return message

    def one(self, channel: str, ts: str, person: str) -> tuple[Json, str | None]:
        """A message that a person sees, and the person it is for if it is for nobody else.

        Raises:
            SlackError: message_not_found.
        """
        rows = self._ledger.read(
            f"SELECT data, only_for FROM messages WHERE {_SHOWN} AND ts = ?",  # noqa: S608 - ours
            channel,
            person,
            ts,
        )
        if not rows:
            raise SlackError("message_not_found")
        return json.loads(rows[0][0]), rows[0][1]

    def history(self, channel: str, *, after: int, before: int, limit: int) -> list[Json]:
        """What an app reads back: newest first, between two moments (neither included).

        Moments are microseconds since 1970.
        """
        rows = self._ledger.read(
            """SELECT data FROM messages WHERE channel = ? AND only_for IS NULL
            AND ts > ? AND ts < ? ORDER BY ts DESC LIMIT ?""",
            channel,
            written(max(after, 0)),
            written(before),
            limit,
        )
        return [json.loads(data) for (data,) in rows]

    def newest_of_bot(self, channel: str) -> str | None:
        """When the app posted last in a conversation, as a ts."""
        rows = self._ledger.read(
            """SELECT max(ts) FROM messages
            WHERE channel = ? AND json_extract(data, '$.bot_id') = ?""",
            channel,
            self._bot.bot_id,
        )
        return None if rows[0][0] is None else str(rows[0][0])

    def shown_to(self, person: str, channel: str, limit: int) -> list[Json]:
        """The newest messages as a person sees them, oldest first.

        Each is ``{"message", "ephemeral"}``.
        """
        rows = self._ledger.read(
            f"""SELECT data, only_for FROM messages WHERE {_SHOWN}
            ORDER BY ts DESC LIMIT ?""",  # noqa: S608 - ours
            channel,
            person,
            limit,
        )
        return [
            {"message": json.loads(data), "ephemeral": only_for is not None}
            for data, only_for in reversed(rows)
        ]

    def unseen(self, person: str, channel: str) -> int:
        """How many messages of others a person has not looked at."""
        rows = self._ledger.read(
            f"""SELECT count(*) FROM messages WHERE {_SHOWN}
            AND json_extract(data, '$.user') != ? AND ts > coalesce(
                (SELECT ts FROM seen WHERE person = ? AND channel = ?), '')""",  # noqa: S608 - ours
            channel,
            person,
            person,
            person,
            channel,
        )
        return int(rows[0][0])

    def see(self, person: str, channel: str, ts: str) -> None:
        """A person has looked at a conversation up to ``ts``."""
        with self._ledger.writing() as at:
            at.execute(
                """INSERT INTO seen VALUES (?, ?, ?) ON CONFLICT DO UPDATE
                SET ts = max(ts, excluded.ts)""",
                (person, channel, ts),
            )
