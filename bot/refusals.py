"""Every refusal has a sentence, and a place where the person sees it.

The one map from what went wrong to Slack: a message's button is answered with an ephemeral text,
a modal with errors under its fields, App Home with a modal of its own.
"""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Callable, Mapping, Sequence
from http.client import HTTPException
from typing import Any

from slack_bolt import BoltResponse
from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError
from slack_sdk.webhook import WebhookClient

from bot import modals
from bot.blocks import escaped
from bot.voice import Voice
from opendata import texts
from opendata.rules.errors import (
    DeskError,
    Fault,
    Invalid,
    LostRace,
    NotFound,
    NotHolder,
    OwnDraft,
    Stranger,
)

log = logging.getLogger(__name__)
Body = Mapping[str, Any]


def answer(
    error: Exception, body: Body, client: WebClient, voice: Voice, new_id: Callable[[], str]
) -> BoltResponse:
    """Tell the person why not.

    Args:
        error: a DeskError; anything else gets an id, which is logged with the place and never
            with the error's own words: they may quote a citizen.
        body: what Slack sent.
        client: opens a modal where nothing else is left.
        voice: of the person.
        new_id: makes an id.
    """
    told = _told(error, voice, new_id)
    if "command" in body:
        return _json({"response_type": "ephemeral", "text": told})
    if body.get("type") == "view_submission":
        return _in_modal(body, told, error.faults if isinstance(error, Invalid) else (), voice)
    if "trigger_id" in body:
        _beside(body, told, client, voice)
    return BoltResponse(status=200, body="")


def _told(error: Exception, voice: Voice, new_id: Callable[[], str]) -> str:
    if isinstance(error, DeskError):
        return sentence(voice, error)
    if isinstance(error, SlackClientError):
        # What was asked for may have been done: only the showing of it failed.
        log.warning("not shown: %s", type(error).__name__)
        return voice.say("error.display")
    error_id = new_id()
    place = "".join(traceback.format_tb(error.__traceback__))
    log.error("unexpected %s: %s\n%s", error_id, type(error).__name__, place)
    return voice.say("error.unexpected", error_id=error_id)


def sentence(voice: Voice, error: DeskError) -> str:
    """Why not, with people by name; a stranger gets the help and nothing else."""
    if isinstance(error, LostRace | NotFound | NotHolder | OwnDraft):
        error = type(error)(**{name: _named(voice, name, v) for name, v in error.params.items()})
    told = texts.refusal(voice.language, error)
    if isinstance(error, Invalid):
        return escaped(told)  # it may quote what was typed
    return f"{told}\n{voice.say('help.text')}" if isinstance(error, Stranger) else told


def _named(voice: Voice, name: str, value: Any) -> object:
    if name == "name":
        return escaped(str(value))
    if name in ("actor", "officer"):
        return voice.person(value)
    if name == "approvers":
        return [voice.person(one) for one in value] or voice.say("role.another_approver")
    return value


def _in_modal(body: Body, told: str, faults: Sequence[Fault], voice: Voice) -> BoltResponse:
    """Under the fields that are wrong, so that nothing typed is lost; else a modal in its place.

    What is wrong with no field of the modal is told when its fields are right.
    """
    fields = [block.get("block_id") for block in body["view"]["blocks"] if block["type"] == "input"]
    errors = {
        fault.field: texts.fault(voice.language, fault) for fault in faults if fault.field in fields
    }
    if errors:
        return _json({"response_action": "errors", "errors": errors})
    return _json({"response_action": "update", "view": modals.error(voice, told)})


def _json(told: object) -> BoltResponse:
    headers: dict[str, str | Sequence[str]] = {"content-type": "application/json"}
    return BoltResponse(status=200, body=json.dumps(told, ensure_ascii=False), headers=headers)


def _beside(body: Body, told: str, client: WebClient, voice: Voice) -> None:
    """An ephemeral text or a modal; if even that cannot be shown, only the log hears of it."""
    try:
        if url := body.get("response_url"):
            webhook = WebhookClient(url, timeout=2, retry_handlers=[])
            webhook.send(text=told, response_type="ephemeral", replace_original=False)
            return
        inside = (body.get("view") or {}).get("type") == "modal"
        show = client.views_push if inside else client.views_open
        show(trigger_id=body["trigger_id"], view=modals.error(voice, told))
    except (SlackClientError, OSError, HTTPException, ValueError) as lost:
        log.warning("refusal not shown: %s", type(lost).__name__)
