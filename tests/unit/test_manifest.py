"""The manifest of the Slack app, held to the rules that Slack has published for manifests."""

import json
import re

import pytest

from infra.manifest import slack_manifest

URL = "https://desk.example.gov.tw"
# The bot scopes and bot events that Slack knows and an app of this kind could ask for.
SCOPES = {
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
EVENTS = {
    *("app_home_opened", "app_mention", "app_uninstalled", "channel_archive", "channel_deleted"),
    *("channel_rename", "file_shared", "link_shared", "member_joined_channel", "message.channels"),
    *("message.groups", "message.im", "message.mpim", "reaction_added", "team_join"),
    *("tokens_revoked", "user_change"),
}
SECTIONS = {
    "_metadata": {"major_version", "minor_version"},
    "display_information": {"name", "description", "long_description", "background_color"},
    "features": {"app_home", "bot_user", "shortcuts", "slash_commands", "unfurl_domains"},
    "oauth_config": {"redirect_urls", "scopes", "token_management_enabled"},
    "settings": {
        *("allowed_ip_address_ranges", "event_subscriptions", "incoming_webhooks"),
        *("interactivity", "is_hosted", "org_deploy_enabled", "socket_mode_enabled"),
        *("token_rotation_enabled",),
    },
}
COMMAND = {"command", "url", "description", "usage_hint", "should_escape"}


@pytest.fixture
def manifest():
    return json.loads(json.dumps(slack_manifest(URL)))


def test_only_what_slack_knows_stands_in_it(manifest):
    assert manifest.keys() <= SECTIONS.keys()
    for section, told in manifest.items():
        assert told.keys() <= SECTIONS[section]


def test_the_names_fit(manifest):
    display = manifest["display_information"]
    assert 1 <= len(display["name"]) <= 35
    assert 1 <= len(display["description"]) <= 140
    assert 174 <= len(display.get("long_description", "–" * 174)) <= 4000
    assert re.fullmatch(r"#([0-9a-f]{3}){1,2}", display["background_color"], re.IGNORECASE)
    assert re.fullmatch(r"[a-z0-9._-]{1,80}", manifest["features"]["bot_user"]["display_name"])


def test_commands_begin_with_a_slash_and_are_explained(manifest):
    commands = manifest["features"]["slash_commands"]
    assert len(commands) <= 50
    for command in commands:
        assert command.keys() <= COMMAND
        assert re.fullmatch(r"/[a-z0-9_-]{1,31}", command["command"])
        assert 1 <= len(command["description"]) <= 2000
        assert len(command["usage_hint"]) <= 1000


def test_direct_messages_and_the_home_are_there(manifest):
    home = manifest["features"]["app_home"]
    assert (home["home_tab_enabled"], home["messages_tab_enabled"]) == (True, True)


def test_it_asks_for_scopes_and_events_that_there_are_and_for_each_once(manifest):
    scopes = manifest["oauth_config"]["scopes"]
    events = manifest["settings"]["event_subscriptions"]["bot_events"]
    assert scopes.keys() == {"bot"}
    assert len(scopes["bot"]) == len(set(scopes["bot"])) <= 255
    assert len(events) == len(set(events)) <= 100
    assert set(scopes["bot"]) <= SCOPES
    assert set(events) <= EVENTS


def test_it_asks_for_no_more_than_the_desk_does(manifest):
    # Commands; writing; finding a message again in channels and direct messages; who is who.
    assert set(manifest["oauth_config"]["scopes"]["bot"]) == {
        *("commands", "chat:write", "im:write", "users:read"),
        *("channels:history", "groups:history", "im:history"),
    }


@pytest.mark.parametrize("url", [URL, f"{URL}/"])
def test_slack_reaches_one_address_for_everything(url):
    manifest = slack_manifest(url)
    settings = manifest["settings"]
    reached = {
        settings["event_subscriptions"]["request_url"],
        settings["interactivity"]["request_url"],
        *(command["url"] for command in manifest["features"]["slash_commands"]),
    }
    assert reached == {f"{URL}/slack/events"}


def test_what_needs_an_organisation_or_another_connection_is_off(manifest):
    settings = manifest["settings"]
    off = ("org_deploy_enabled", "socket_mode_enabled", "token_rotation_enabled")
    assert not any(settings[name] for name in off)
