"""The manifest of the Slack app, held to the rules that Slack has published for manifests.

The rules are those of ``slackapi/manifest-schema`` as of July 2026 in a form of our own, as far as
an app of this kind can meet them; and beside them what the schema does not say: which scopes and
events there are, and that Slack is either told addresses or spoken to over a socket.
"""

import ast
import json
import re
from dataclasses import dataclass
from typing import Any

import pytest
from source import calls, literals, modules

from infra.manifest import SCOPES, slack_manifest
from opendata.rules.errors import Invalid

URL = "https://desk.example.gov.tw"
# The bot scopes and bot events that Slack knows and an app of this kind could ask for.
KNOWN_SCOPES = {
    *("app_mentions:read", "assistant:write", "bookmarks:read", "bookmarks:write"),
    *("canvases:read", "canvases:write", "channels:history", "channels:join", "channels:manage"),
    *("channels:read", "chat:write", "chat:write.customize", "chat:write.public", "commands"),
    *("emoji:read", "files:read", "files:write", "groups:history", "groups:read", "groups:write"),
    *("im:history", "im:read", "im:write", "links:read", "links:write", "lists:read"),
    *("metadata.message:read", "mpim:history", "mpim:read", "mpim:write", "pins:read"),
    *("pins:write", "reactions:read", "reactions:write", "reminders:read", "reminders:write"),
    *("remote_files:read", "remote_files:share", "remote_files:write", "team:read"),
    *("usergroups:read", "usergroups:write", "users.profile:read", "users:read"),
    *("users:read.email", "users:write", "workflow.steps:execute"),
}
KNOWN_EVENTS = {
    *("app_home_opened", "app_mention", "app_uninstalled", "channel_archive", "channel_deleted"),
    *("channel_rename", "file_shared", "link_shared", "member_joined_channel", "message.channels"),
    *("message.groups", "message.im", "message.mpim", "reaction_added", "team_join"),
    *("tokens_revoked", "user_change"),
}
# What a method of the Web API needs of a bot; for all kinds of conversation that cards go to.
NEEDED = {
    "auth.test": set(),
    "chat.postMessage": {"chat:write"},
    "chat.update": {"chat:write"},
    "conversations.history": {"channels:history", "groups:history", "im:history"},
    "conversations.open": {"im:write"},
    "views.open": set(),
    "views.publish": set(),
    "views.push": set(),
    "views.update": set(),
}


@dataclass(frozen=True)
class Text:
    least: int
    most: int
    pattern: str = ""

    def wrong(self, told: Any) -> str:
        if not isinstance(told, str):
            return "no text"
        if not self.least <= len(told) <= self.most:
            return "length"
        return "" if re.search(self.pattern, told) else "pattern"


@dataclass(frozen=True)
class Several:
    of: Any
    least: int
    most: int
    distinct: bool = True


ADDRESS = r"^https?://"
EVENTS_ = Several(Text(0, 50), 0, 100)
SCOPES_ = Several(Text(0, 50), 0, 255)
COMMAND = {
    "command!": Text(2, 32, r"^/"),
    "url": Text(0, 3000, ADDRESS),
    "description!": Text(1, 2000),
    "usage_hint": Text(1, 1000),
    "should_escape": bool,
}
SHORTCUT = {
    "name!": Text(1, 24),
    "type!": Text(1, 7, r"^(message|global)$"),
    "callback_id!": Text(1, 255),
    "description!": Text(1, 150),
}
BYTE = r"(\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])"
MANIFEST = {
    "_metadata": {"major_version": int, "minor_version": int},
    "display_information!": {
        "name!": Text(1, 35),
        "description": Text(1, 140),
        "background_color": Text(4, 7, r"^#([0-9a-fA-F]{3}){1,2}$"),
        "long_description": Text(175, 4000),
    },
    "features": {
        "app_home": {
            "home_tab_enabled": bool,
            "messages_tab_enabled": bool,
            "messages_tab_read_only_enabled": bool,
        },
        "bot_user": {"display_name!": Text(1, 80, r"^[a-z0-9._-]*$"), "always_online": bool},
        "shortcuts": Several(SHORTCUT, 1, 10, distinct=False),
        "slash_commands": Several(COMMAND, 1, 50, distinct=False),
        "unfurl_domains": Several(Text(1, 255, r"^(?![.-])[-a-z0-9.]+[a-z0-9]$"), 1, 5),
    },
    "oauth_config": {
        "redirect_urls": Several(Text(0, 2500), 0, 1000),
        "scopes": dict.fromkeys(("bot", "bot_optional", "user", "user_optional"), SCOPES_),
        "token_management_enabled": bool,
        "pkce_enabled": bool,
    },
    "settings": {
        "allowed_ip_address_ranges": Several(
            Text(7, 18, rf"^{BYTE}(\.{BYTE}){{3}}(/(3[0-2]|[12]?\d))?$"), 1, 50
        ),
        "event_subscriptions": {
            "request_url": Text(0, 3500, ADDRESS),
            "bot_events": EVENTS_,
            "user_events": EVENTS_,
        },
        "incoming_webhooks": {"incoming_webhooks_enabled": bool},
        "interactivity": {
            "is_enabled!": bool,
            "request_url": Text(0, 3500, ADDRESS),
            "message_menu_options_url": Text(0, 3500, ADDRESS),
        },
        "is_hosted": bool,
        "org_deploy_enabled": bool,
        "socket_mode_enabled": bool,
        "token_rotation_enabled": bool,
    },
}


def wrong(told, rule=MANIFEST, where=""):
    """What a manifest has that the rules do not allow, place by place."""
    if isinstance(rule, dict):
        yield from wrong_keys(told, rule, where)
    elif isinstance(rule, Several):
        if not rule.least <= len(told) <= rule.most:
            yield f"{where}: number"
        if rule.distinct and len(told) != len({json.dumps(one) for one in told}):
            yield f"{where}: twice"
        for one in told:
            yield from wrong(one, rule.of, where)
    elif isinstance(rule, Text):
        yield from (f"{where}: {fault}" for fault in [rule.wrong(told)] if fault)
    elif type(told) is not rule:
        yield f"{where}: type"


def wrong_keys(told, rule, where):
    known = {name.rstrip("!"): inside for name, inside in rule.items()}
    required = {name.rstrip("!") for name in rule if name.endswith("!")}
    yield from (f"{where}.{name}: missing" for name in sorted(required - told.keys()))
    for name, value in told.items():
        if name not in known:
            yield f"{where}.{name}: unknown"
        else:
            yield from wrong(value, known[name], f"{where}.{name}")


def addresses(manifest):
    """Every address that Slack is told, or None where it would look for one."""
    settings = manifest["settings"]
    return [
        settings["event_subscriptions"].get("request_url"),
        settings["interactivity"].get("request_url"),
        *(command.get("url") for command in manifest["features"]["slash_commands"]),
    ]


@pytest.fixture(params=[URL, None], ids=["url", "socket"])
def manifest(request):
    return json.loads(json.dumps(slack_manifest(request.param)))


# -- the rules


def test_slack_would_take_it(manifest):
    assert list(wrong(manifest)) == []


BROKEN = {
    ".display_information: missing": lambda m: m.pop("display_information"),
    ".display_information.name: missing": lambda m: m["display_information"].pop("name"),
    ".display_information.name: length": lambda m: m["display_information"].update(name="x" * 36),
    ".display_information.background_color: pattern": (
        lambda m: m["display_information"].update(background_color="blue")
    ),
    ".functions: unknown": lambda m: m.update(functions={}),
    ".settings.socket: unknown": lambda m: m["settings"].update(socket=True),
    ".settings.socket_mode_enabled: type": (
        lambda m: m["settings"].update(socket_mode_enabled="true")
    ),
    ".settings.interactivity.request_url: pattern": (
        lambda m: m["settings"]["interactivity"].update(request_url="desk.example")
    ),
    ".settings.interactivity.is_enabled: missing": (
        lambda m: m["settings"]["interactivity"].pop("is_enabled")
    ),
    ".settings.event_subscriptions.bot_events: twice": (
        lambda m: m["settings"]["event_subscriptions"]["bot_events"].append("app_home_opened")
    ),
    ".features.slash_commands: number": lambda m: m["features"].update(slash_commands=[]),
    ".features.slash_commands.command: pattern": (
        lambda m: m["features"]["slash_commands"][0].update(command="opendata")
    ),
    ".features.slash_commands.usage_hint: no text": (
        lambda m: m["features"]["slash_commands"][0].update(usage_hint=None)
    ),
    ".oauth_config.scopes.team: unknown": (
        lambda m: m["oauth_config"]["scopes"].update(team=["chat:write"])
    ),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_what_slack_would_not_take_is_noticed(manifest, fault):
    BROKEN[fault](manifest)
    assert list(wrong(manifest)) == [fault]


# -- how Slack reaches the desk


@pytest.mark.parametrize("url", [URL, f"{URL}/", f"{URL}/desk"])
def test_slack_reaches_one_address_for_everything(url):
    manifest = slack_manifest(url)
    assert set(addresses(manifest)) == {f"{url.rstrip('/')}/slack/events"}
    assert manifest["settings"]["socket_mode_enabled"] is False


def test_over_a_socket_slack_is_told_no_address():
    manifest = slack_manifest(None)
    assert set(addresses(manifest)) == {None}
    assert manifest["settings"]["socket_mode_enabled"] is True
    assert "://" not in json.dumps(manifest)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8000",
        f"{URL}?a=1",
        f"{URL}#x",
        "",
        "desk.example",
        "ftp://desk.example",
        "https://",
        "https://a b",
        f"{URL}/{'x' * 3000}",
    ],
)
def test_what_is_no_address_makes_no_manifest(url):
    with pytest.raises(Invalid):
        slack_manifest(url)


# -- what it asks for


def test_direct_messages_and_the_home_are_there(manifest):
    home = manifest["features"]["app_home"]
    assert (home["home_tab_enabled"], home["messages_tab_enabled"]) == (True, True)


def test_scopes_and_events_are_such_as_there_are(manifest):
    assert manifest["oauth_config"]["scopes"].keys() == {"bot"}
    assert set(manifest["oauth_config"]["scopes"]["bot"]) <= KNOWN_SCOPES
    assert set(manifest["settings"]["event_subscriptions"]["bot_events"]) <= KNOWN_EVENTS


def test_it_asks_for_the_events_that_are_listened_to(manifest):
    heard = {name for call in calls("event") for name in literals(call.node.args[0])}
    heard &= KNOWN_EVENTS
    assert set(manifest["settings"]["event_subscriptions"]["bot_events"]) == heard


def of_the_bot():
    return [where for where in modules() if where.startswith(("bot/", "functions/"))]


def methods():
    """The methods of Slack's Web API that the desk calls, by the client's functions or by name."""
    ours = {where: modules()[where] for where in (*of_the_bot(), "infra/socket_mode.py")}
    families = {method.partition(".")[0] for method in NEEDED} | {"users", "files", "usergroups"}
    named = re.compile(rf"(?:{'|'.join(families)})\.[a-zA-Z.]+")
    by_name = {text for tree in ours.values() for text in literals(tree) if named.fullmatch(text)}
    by_function = {
        f"{family}.{rest}"
        for where, tree in ours.items()
        for name in attributes(tree)
        for family, _, rest in [name.partition("_")]
        if family in families and rest and rest.isalpha()
    }
    return by_name | by_function


def attributes(tree):
    return {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


def test_the_methods_that_the_desk_calls_are_known_with_what_they_need():
    assert {"chat.postMessage", "views.open", "conversations.history", "auth.test"} <= methods()
    assert methods() <= NEEDED.keys()


def test_it_asks_for_exactly_what_the_desk_does():
    needed = set().union(*(NEEDED[method] for method in methods()))
    if calls("command"):
        needed.add("commands")
    if any("file_input" in literals(modules()[where]) for where in of_the_bot()):
        needed.add("files:read")
    assert set(SCOPES) == needed


def test_what_needs_an_organisation_is_off(manifest):
    settings = manifest["settings"]
    assert not any(settings[name] for name in ("org_deploy_enabled", "token_rotation_enabled"))
