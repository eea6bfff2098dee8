"""``chat.*``: what the app posts, changes and takes away."""

from __future__ import annotations

from typing import Any

from infra.desk.arguments import Arguments
from infra.desk.block_rules import check_message
from infra.desk.errors import SlackError
from infra.desk.workspace import Workspace

Json = dict[str, Any]

LONGEST = 40_000
"""Characters of a new message's text; Slack cuts there."""
LONGEST_UPDATE = 4_000


def content_of(arguments: Arguments) -> Json:
    """What a message says: text, blocks, metadata; None stands for what was not given.

    Raises:
        SlackError: no_text, invalid_blocks, invalid_blocks_format, msg_blocks_too_long,
            invalid_metadata_format.
    """
    text = arguments.optional("text")
    blocks = arguments.structure("blocks", "invalid_blocks_format")
    if blocks:
        check_message(blocks)
    if text is None and not blocks:
        raise SlackError("no_text")
    return {
        "text": (text or "")[:LONGEST],
        "blocks": blocks,
        "metadata": _metadata(arguments),
    }


def _metadata(arguments: Arguments) -> Json | None:
    given = arguments.structure("metadata", "invalid_metadata_format")
    if given is None:
        return None
    kind, payload = (
        (given.get("event_type"), given.get("event_payload"))
        if isinstance(given, dict)
        else (None, None)
    )
    if not isinstance(kind, str) or not kind or not isinstance(payload, dict):
        raise SlackError("invalid_metadata_format")
    return {"event_type": kind, "event_payload": payload}


def post_message(workspace: Workspace, arguments: Arguments) -> Json:
    """A message in a channel, or to a person."""
    place = workspace.to_post_in(arguments.text("channel"))
    content = content_of(arguments)
    workspace.refuse_haste(place)
    message = workspace.messages.post(place.id, content)
    return {"channel": place.id, "ts": message["ts"], "message": message}


def post_ephemeral(workspace: Workspace, arguments: Arguments) -> Json:
    """A message that one person in a conversation sees."""
    place = workspace.to_post_in(arguments.text("channel"))
    person = arguments.text("user")
    if person not in place.people:
        raise SlackError("user_not_in_channel")
    message = workspace.messages.post(place.id, content_of(arguments), only_for=person)
    return {"message_ts": message["ts"]}


def update(workspace: Workspace, arguments: Arguments) -> Json:
    """Another content for a message."""
    place = workspace.for_bot(arguments.text("channel"))
    if place.channel and place.channel.archived:
        raise SlackError("is_inactive")
    content = content_of(arguments) | {"text": arguments.optional("text")}
    if len(content["text"] or "") > LONGEST_UPDATE:
        raise SlackError("msg_too_long")
    message = workspace.messages.update(place.id, arguments.text("ts"), content)
    told = {"channel": place.id, "ts": message["ts"], "text": message["text"]}
    return told | {"message": message}


def delete(workspace: Workspace, arguments: Arguments) -> Json:
    """A message of the app goes."""
    place, ts = workspace.for_bot(arguments.text("channel")), arguments.text("ts")
    workspace.messages.delete(place.id, ts)
    return {"channel": place.id, "ts": ts}
