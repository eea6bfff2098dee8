"""Who and what a workspace starts with: its people, its channels, its one app."""

from __future__ import annotations

from dataclasses import dataclass

BROADCASTER = "USLACKBOT"
"""Slack's own voice, which tells a person what went wrong."""


@dataclass(frozen=True, slots=True)
class SlackUser:
    """A person in the workspace.

    Attributes:
        id: as in Slack, ``U…`` (``W…`` on Enterprise Grid).
        name: the display name.
        title: what the profile says about the person's role.
        locale: IETF tag of the person's Slack, e.g. ``zh-TW``.
        tz: time zone by its IANA name.
        guest: whether Slack restricts the account to the channels it was invited to.
        deleted: whether the account is deactivated.
    """

    id: str
    name: str
    title: str = ""
    locale: str = "zh-TW"
    tz: str = "Asia/Taipei"
    guest: bool = False
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel. ``members`` are people's ids; whether the app is in it, ``bot_member`` says."""

    id: str
    name: str
    private: bool = False
    members: tuple[str, ...] = ()
    bot_member: bool = True
    archived: bool = False


@dataclass(frozen=True, slots=True)
class BotUser:
    """The app: its user, its bot and its app id, and the name that people see."""

    id: str
    bot_id: str
    name: str
    app_id: str = "A0OPENDATA"
