"""The Slack app's manifest: what the desk asks of a workspace, and nothing more."""

from __future__ import annotations

from typing import Any

SCOPES = (
    "channels:history",  # to find a message whose sending was cut off, by its metadata
    "chat:write",
    "commands",
    "groups:history",
    "im:history",
    "im:write",  # to open a direct message first, and remember its id
    "users:read",
)
EVENTS = ("app_home_opened",)


def slack_manifest(url: str) -> dict[str, Any]:
    """The manifest of an app that Slack reaches at an address.

    Args:
        url: of the deployment, without the path.
    """
    request_url = f"{url.rstrip('/')}/slack/events"
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
                    "url": request_url,
                    "description": "資料開放意見回復",
                    "usage_hint": "狀態｜清單｜案件 S123｜說明",
                    "should_escape": False,
                }
            ],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {"request_url": request_url, "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, "request_url": request_url},
            "org_deploy_enabled": False,
            "socket_mode_enabled": False,
            "token_rotation_enabled": False,
        },
    }
