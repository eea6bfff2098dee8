"""What Slack tells an app when a person does something: the payloads, built from what is kept.

Nothing here is sent or signed; that is done in ``interactions``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from infra.desk.blocks import element_at
from infra.desk.form import Values, entry_of, state_of
from infra.desk.ledger import written
from infra.desk.workspace import Conversation, Workspace

Json = dict[str, Any]

_TOKEN = "verification-tokens-are-not-used"


@dataclass(frozen=True, slots=True)
class Press:
    """A press on one element: which one, the value it then has, and the values around it."""

    block_id: str
    action_id: str
    given: Any
    values: Values


def _about(workspace: Workspace, person: str) -> Json:
    """What every interaction says: whose, where, to which app."""
    name = workspace.person(person).name
    team = {"id": workspace.team_id, "domain": "opendata-desk"}
    return {
        "user": {"id": person, "username": name, "name": name, "team_id": workspace.team_id},
        "api_app_id": workspace.bot.app_id,
        "token": _TOKEN,
        "team": team,
        "enterprise": None,
        "is_enterprise_install": False,
    }


def _action(workspace: Workspace, blocks: list[Json], press: Press) -> Json:
    element = element_at(blocks, press.block_id, press.action_id)
    words = ("text", "value", "style") if element["type"] == "button" else ()
    return {
        **entry_of(element, press.given),
        **{name: element[name] for name in words if name in element},
        "block_id": press.block_id,
        "action_id": press.action_id,
        "action_ts": written(round(workspace.now().timestamp() * 1_000_000)),
    }


def press_in_message(
    workspace: Workspace,
    person: str,
    place: Conversation,
    ts: str,
    press: Press,
    response_url: str,
) -> Json:
    """A press in a message. As in Slack, an ephemeral message itself is not told.

    Raises:
        SlackError: message_not_found, element_not_found.
    """
    message, only_for = workspace.messages.one(place.id, ts, person)
    blocks = message.get("blocks", [])
    container = {
        "type": "message",
        "message_ts": ts,
        "channel_id": place.id,
        "is_ephemeral": only_for is not None,
    }
    return {
        "type": "block_actions",
        **_about(workspace, person),
        "container": container,
        "trigger_id": workspace.triggers.issue(person),
        "channel": {"id": place.id, "name": place.name},
        **({} if only_for else {"message": message}),
        "state": state_of(blocks, press.values),
        "response_url": response_url,
        "actions": [_action(workspace, blocks, press)],
    }


def press_in_view(workspace: Workspace, person: str, view: Json, press: Press) -> Json:
    """A press in a modal or in the App Home.

    Raises:
        SlackError: element_not_found.
    """
    return {
        "type": "block_actions",
        **_about(workspace, person),
        "container": {"type": "view", "view_id": view["id"]},
        "trigger_id": workspace.triggers.issue(person),
        "view": view | {"state": state_of(view["blocks"], press.values)},
        "actions": [_action(workspace, view["blocks"], press)],
    }


def submission(workspace: Workspace, person: str, view: Json, values: Values) -> Json:
    """A modal that is sent."""
    return {
        "type": "view_submission",
        **_about(workspace, person),
        "trigger_id": workspace.triggers.issue(person),
        "view": view | {"state": state_of(view["blocks"], values)},
        "response_urls": [],
    }


def closing(workspace: Workspace, person: str, view: Json, *, everything: bool) -> Json:
    """A modal that is closed without being sent."""
    return {
        "type": "view_closed",
        **_about(workspace, person),
        "view": view,
        "is_cleared": everything,
    }


def command(
    workspace: Workspace, person: str, place: Conversation, typed: str, response_url: str
) -> dict[str, str]:
    """A slash command, as a form; ``typed`` is the whole line."""
    name, _, text = typed.partition(" ")
    return {
        "token": _TOKEN,
        "team_id": workspace.team_id,
        "team_domain": "opendata-desk",
        "channel_id": place.id,
        "channel_name": place.name,
        "user_id": person,
        "user_name": workspace.person(person).name,
        "command": name,
        "text": text.strip(),
        "api_app_id": workspace.bot.app_id,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": workspace.triggers.issue(person),
    }


def home_opened(workspace: Workspace, person: str, number: int) -> Json:
    """The event that a person looks at the App Home; ``number`` makes its id."""
    now = workspace.now()
    home = workspace.views.home(person)
    event = {
        "type": "app_home_opened",
        "user": person,
        "channel": workspace.direct(person).id,
        "tab": "home",
        "event_ts": written(round(now.timestamp() * 1_000_000)),
        **({"view": home} if home else {}),
    }
    authorization = {
        "enterprise_id": None,
        "team_id": workspace.team_id,
        "user_id": workspace.bot.id,
        "is_bot": True,
        "is_enterprise_install": False,
    }
    return {
        "token": _TOKEN,
        "team_id": workspace.team_id,
        "api_app_id": workspace.bot.app_id,
        "event": event,
        "type": "event_callback",
        "event_id": f"Ev{number:010d}",
        "event_time": int(now.timestamp()),
        "authorizations": [authorization],
        "is_ext_shared_channel": False,
    }
