"""Who and what the page that plays Slack starts with: the roster's people, and its channels."""

from __future__ import annotations

from infra.desk.seed import BotUser, Channel, SlackUser
from opendata import texts
from opendata.rules.people import Directory, Person

BOT = BotUser(id="U00DESK", bot_id="B00DESK", name="資料開放")
OUTSIDER = "U99OUTSIDER"
_LOCALES = {"zh": "zh-TW", "en": "en-US"}


def people(directory: Directory) -> list[SlackUser]:
    """Everybody in the roster, and one person who is not."""
    known = [
        SlackUser(
            one.id, one.name, _title(directory, one), _LOCALES[one.locale], deleted=not one.active
        )
        for one in directory.people
    ]
    name, title = texts.say("zh", "desk.outsider"), texts.say("zh", "desk.outsider.title")
    return [*known, SlackUser(OUTSIDER, name, title, guest=True)]


def _title(directory: Directory, person: Person) -> str:
    agency = directory.agency(person.agency)
    roles = texts.joined("zh", (texts.name_of("zh", role) for role in sorted(person.roles)))
    if any(deputy.by == person.id for deputy in directory.deputies):
        roles = texts.say("zh", "desk.deputy")
    return f"{agency.name if agency else person.agency}{roles}"


def channels(directory: Directory) -> list[Channel]:
    """A channel for each agency that has one, the ministry's first; everybody is a member."""
    members = tuple(person.id for person in directory.people)
    return [
        Channel(
            agency.channel, texts.say("zh", "desk.channel", agency=agency.name), members=members
        )
        for agency in sorted(directory.agencies, key=lambda one: (one.parent or "", one.name))
        if agency.channel
    ]
