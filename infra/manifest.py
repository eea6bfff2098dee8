"""The Slack app's manifest: what the desk asks of a workspace, and nothing more."""

from __future__ import annotations

import re
from typing import Any

from opendata.rules.errors import Fault, Invalid

SCOPES = (
    "channels:history",  # to find a message whose sending was cut off, by its metadata
    "chat:write",
    "commands",
    "files:read",  # to read the file that a coordinator hands in
    "groups:history",
    "im:history",
    "im:write",  # to open a direct message first, and remember its id
)
EVENTS = ("app_home_opened",)
# Slack takes 3,000 characters for a command's address; the path comes behind it.
# Slack asks for https; what comes after the path would end up inside the address.
_ADDRESS = re.compile(r"https://[^\s/?#]{1,255}(/[^\s?#]{0,2000})?", re.ASCII)


def slack_manifest(url: str | None) -> dict[str, Any]:
    """The manifest of an app.

    Args:
        url: where Slack reaches the deployment, without the path; None: over Socket Mode, where
            Slack is told no address at all.

    Raises:
        Invalid: the address is none.
    """
    if url is not None and not _ADDRESS.fullmatch(url):
        raise Invalid(Fault("url", "not_for_slack", (("text", url),)))
    requests = {} if url is None else {"request_url": f"{url.rstrip('/')}/slack/events"}
    return {
        "display_information": {
            "name": "OpenData Desk",
            "description": "資料開放意見回復：7日內回復，資訊長核准",
            "background_color": "#1d3557",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": True,
            },
            "bot_user": {"display_name": "opendata", "always_online": True},
            "slash_commands": [
                {
                    "command": "/opendata",
                    **({"url": requests["request_url"]} if requests else {}),
                    "description": "資料開放意見回復",
                    "usage_hint": "狀態｜清單｜案件 S123｜期限 S123｜日曆｜匯入｜說明",
                    "should_escape": False,
                }
            ],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {**requests, "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **requests},
            "org_deploy_enabled": False,
            "socket_mode_enabled": url is None,
            "token_rotation_enabled": False,
        },
    }
