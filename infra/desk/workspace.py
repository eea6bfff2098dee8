"""The workspace: who is in it, which conversations there are, and who may see which.

Messages, views and the tickets that let an app act stand in modules of their own; the workspace
brings them together over one ledger.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from infra.desk.errors import RateLimited, SlackError
from infra.desk.faults import FaultName, Faults
from infra.desk.files import Files
from infra.desk.ledger import Ledger
from infra.desk.messages import Messages
from infra.desk.seed import BotUser, Channel, SlackUser
from infra.desk.tickets import ResponseUrls, Triggers
from infra.desk.views import Views

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Conversation:
    """A channel, or the direct messages between one person and the app.

    Attributes:
        id: ``C…`` or ``D…``.
        channel: what the seed says of a channel; None for direct messages.
        person: the person at the other end of direct messages.
    """

    id: str
    channel: Channel | None = None
    person: str = ""

    @property
    def name(self) -> str:
        """The name as Slack gives it to apps."""
        return self.channel.name if self.channel else "directmessage"

    @property
    def people(self) -> tuple[str, ...]:
        """The people in it, without the app."""
        return self.channel.members if self.channel else (self.person,)

    @property
    def family(self) -> str:
        """How scopes call conversations of its kind, e.g. in ``groups:history``."""
        if self.channel is None:
            return "im"
        return "groups" if self.channel.private else "channels"


class Workspace:
    """One Slack workspace with one app in it, kept in one file.

    Everything a method changes is on disk when the method returns. Methods refuse with
    ``SlackError`` and Slack's own codes. Safe to call from several threads.

    Attributes:
        faults: what may go wrong between Slack and the app.
        now: the time that people live in.
        real: the time that apps live in: what is signed and what expires goes by it.
    """

    def __init__(
        self,
        path: Path | str,
        *,
        team_id: str,
        people: Iterable[SlackUser],
        channels: Iterable[Channel],
        bot: BotUser,
        scopes: Iterable[str],
        signing_secret: str,
        bot_token: str,
        url: str,
        now: Callable[[], datetime],
        real: Callable[[], datetime] | None = None,
        team_name: str = "OpenData Desk",
    ) -> None:
        """Open the workspace, or found it.

        Args:
            path: the SQLite file.
            team_id: ``T…``.
            people: everybody but the app; the order is the page's.
            channels: the channels there are.
            bot: the app.
            scopes: what the app was allowed when it was installed, e.g. ``chat:write``.
            signing_secret: what requests to the app are signed with.
            bot_token: what the app shows to call the Web API.
            url: where the stand-in is reached, ending in a slash.
            now: the time, aware.
            real: the real time, where ``now`` is a clock that may be turned forward.
            team_name: what people call the workspace.
        """
        self.team_id, self.team_name = team_id, team_name
        self.people = {person.id: person for person in people}
        self.channels = {channel.id: channel for channel in channels}
        self.bot, self.scopes = bot, tuple(sorted(set(scopes)))
        self.signing_secret, self.bot_token = signing_secret, bot_token
        self.url, self.now, self.real = url, now, real or now
        self.faults = Faults()
        self.ledger = Ledger(path, now)
        self.messages = Messages(self.ledger, team_id, bot)
        self.views = Views(self.ledger, team_id, bot)
        self.triggers = Triggers(team_id, self.real)
        self.response_urls = ResponseUrls(self.ledger, self.real)
        self.files = Files(self.ledger, team_id, lambda: self.url)

    def admit(self, people: Iterable[SlackUser], channels: Iterable[Channel]) -> None:
        """Who and what there is from now on, in place of before; an open page hears of it."""
        self.people = {person.id: person for person in people}
        self.channels = {channel.id: channel for channel in channels}
        with self.ledger.writing():
            pass  # nothing is written, but the revision goes up

    @property
    def revision(self) -> int:
        """Goes up with every change."""
        return self.ledger.revision + self.faults.revision

    def close(self) -> None:
        """Let go of the file."""
        self.ledger.close()

    def empty(self) -> None:
        """Nothing was ever said, opened or uploaded, and nothing goes wrong."""
        self.faults.clear()
        self.ledger.empty()

    def need(self, *scopes: str) -> None:
        """Go on if the app has one of these scopes.

        Raises:
            SlackError: missing_scope, with what is needed and what is there.
        """
        if not set(scopes) & set(self.scopes):
            needed, provided = ",".join(scopes), ",".join(self.scopes)
            raise SlackError("missing_scope", needed=needed, provided=provided)

    # -- people -------------------------------------------------------------------------------

    def person(self, person_id: str) -> SlackUser:
        """A person of the workspace, though the account may be deactivated.

        Raises:
            SlackError: user_not_found.
        """
        person = self.people.get(person_id)
        if person is None:
            raise SlackError("user_not_found")
        return person

    def active(self, person_id: str) -> SlackUser:
        """A person who can act and be reached.

        Raises:
            SlackError: user_not_found, user_disabled.
        """
        person = self.person(person_id)
        if person.deleted:
            raise SlackError("user_disabled")
        return person

    def user(self, user_id: str, *, locale: bool = False) -> Json:
        """A person or the app, as ``users.info`` tells it.

        Raises:
            SlackError: user_not_found.
        """
        if user_id == self.bot.id:
            return self._user(SlackUser(self.bot.id, self.bot.name), is_bot=True)
        person = self.person(user_id)
        told = self._user(person, is_bot=False)
        return told | {"locale": person.locale} if locale else told

    def _user(self, person: SlackUser, *, is_bot: bool) -> Json:
        offset = self.now().astimezone(ZoneInfo(person.tz)).utcoffset()
        names = {"real_name": person.name, "display_name": person.name}
        return {
            "id": person.id,
            "team_id": self.team_id,
            "name": person.id.lower(),
            "real_name": person.name,
            "deleted": person.deleted,
            "is_bot": is_bot,
            "is_app_user": False,
            "is_restricted": person.guest,
            "is_ultra_restricted": False,
            "tz": person.tz,
            "tz_offset": int(offset.total_seconds()) if offset else 0,
            "profile": {**names, "title": person.title, "team": self.team_id},
        }

    # -- conversations ------------------------------------------------------------------------

    def conversation(self, name: str) -> Conversation:
        """A conversation by id, or a channel by its name, with or without ``#``.

        Raises:
            SlackError: channel_not_found.
        """
        for channel in self.channels.values():
            if name in (channel.id, channel.name, f"#{channel.name}"):
                return Conversation(channel.id, channel)
        for (person,) in self.ledger.read("SELECT person FROM dms WHERE channel = ?", name):
            return Conversation(name, person=person)
        raise SlackError("channel_not_found")

    def for_bot(self, name: str, *, inside: bool = True) -> Conversation:
        """A conversation that the app may see, and with ``inside`` one that it is in.

        Raises:
            SlackError: channel_not_found (also for a private channel without the app),
                not_in_channel.
        """
        found = self.conversation(name)
        if found.channel is None:
            return found
        removed = inside and self.faults.strike(FaultName.REMOVED_FROM_CHANNEL) is not None
        if found.channel.bot_member and not removed:
            return found
        if found.channel.private:
            raise SlackError("channel_not_found")
        if inside:
            raise SlackError("not_in_channel")
        return found

    def to_post_in(self, name: str) -> Conversation:
        """Where the app wants to post; a person's id means the direct messages with that person.

        Raises:
            SlackError: channel_not_found, not_in_channel, is_archived, account_inactive.
        """
        found = self.direct(name) if name in self.people else self.for_bot(name)
        if found.person and self.person(found.person).deleted:
            raise SlackError("account_inactive")
        if found.channel and found.channel.archived:
            raise SlackError("is_archived")
        return found

    def refuse_haste(self, place: Conversation) -> None:
        """Let the app post once a second in a conversation, where that rule is switched on.

        Raises:
            RateLimited: the app posted there less than a second ago.
        """
        newest = self.messages.newest_of_bot(place.id)
        if newest is None or self.now().timestamp() - float(newest) >= 1:
            return
        if (seconds := self.faults.strike(FaultName.ONE_A_SECOND)) is not None:
            raise RateLimited(seconds)

    def direct(self, person_id: str) -> Conversation:
        """The direct messages between a person and the app, opened if they are not yet.

        Raises:
            SlackError: user_not_found.
        """
        found = self.opened_direct(self.person(person_id).id)
        if found:
            return found
        with self.ledger.writing() as at:
            return Conversation(self._open_direct(at, person_id), person=person_id)

    def opened_direct(self, person_id: str) -> Conversation | None:
        """The direct messages between a person and the app, if there are any."""
        rows = self.ledger.read("SELECT channel FROM dms WHERE person = ?", person_id)
        return Conversation(rows[0][0], person=person_id) if rows else None

    def _open_direct(self, at: sqlite3.Connection, person_id: str) -> str:
        channel = f"D{self.ledger.number(at, 'dm'):08d}"
        at.execute("INSERT OR IGNORE INTO dms VALUES (?, ?)", (person_id, channel))
        row = at.execute("SELECT channel FROM dms WHERE person = ?", (person_id,)).fetchone()
        return str(row[0])

    def for_person(self, person_id: str, name: str) -> Conversation:
        """A conversation that a person is in; ``dm`` means the direct messages with the app.

        Raises:
            SlackError: user_not_found, user_disabled, channel_not_found.
        """
        if name == "dm":
            return self.direct(self.active(person_id).id)
        found = self.conversation(name)
        if self.active(person_id).id not in found.people:
            raise SlackError("channel_not_found")
        return found

    def conversations_of(self, person_id: str) -> list[Conversation]:
        """The channels a person is in, in the seed's order."""
        channels = self.channels.values()
        return [Conversation(one.id, one) for one in channels if person_id in one.members]

    def described(self, one: Conversation, *, count: bool = False) -> Json:
        """A conversation as ``conversations.info`` tells it; ``count`` tells how many are in it."""
        if one.channel is None:
            return {"id": one.id, "is_im": True, "user": one.person, "is_archived": False}
        number = len(one.people) + one.channel.bot_member
        return {
            "id": one.id,
            "name": one.name,
            "name_normalized": one.name,
            "is_channel": not one.channel.private,
            "is_group": one.channel.private,
            "is_im": False,
            "is_private": one.channel.private,
            "is_archived": one.channel.archived,
            "is_member": one.channel.bot_member,
            **({"num_members": number} if count else {}),
        }
