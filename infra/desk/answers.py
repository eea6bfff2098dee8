"""What the app answers: to a command, to a sent modal, and later by a response URL."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from infra.desk.arguments import Arguments
from infra.desk.block_rules import check_view
from infra.desk.chat_methods import content_of
from infra.desk.errors import SlackError, Trouble
from infra.desk.workspace import Workspace

Json = dict[str, Any]


class Answers:
    """Carries out in a workspace what the app answers."""

    def __init__(self, workspace: Workspace) -> None:
        """Answer in this workspace."""
        self._workspace = workspace

    def to_command(self, person: str, channel: str, body: bytes) -> None:
        """Show the answer to a command: nothing, a plain text, or a message in JSON.

        Raises:
            Trouble: blocks that Slack refuses.
        """
        if not body.strip():
            return
        answer = _json(body)
        if not isinstance(answer, dict):
            answer = {"text": body.decode(errors="replace")}
        if answer.keys() & {"text", "blocks"}:
            self._show(person, channel, answer)

    def _show(self, person: str, channel: str, answer: Json) -> None:
        try:
            content = content_of(Arguments(answer))
        except SlackError:
            raise Trouble("bad_answer") from None
        only_for = None if answer.get("response_type") == "in_channel" else person
        self._workspace.messages.post(channel, content, only_for=only_for)

    def to_submission(self, person: str, view: Json, body: bytes) -> Mapping[str, str]:
        """Do with the modal as the app says; without a word it closes.

        Returns:
            The app's errors by block_id, if the modal is to be put right.

        Raises:
            Trouble: anything that Slack would meet with its connection-trouble message.
        """
        answer = _json(body) if body.strip() else {}
        if not isinstance(answer, dict):
            raise Trouble("bad_answer")
        action = answer.get("response_action")
        if action == "errors":
            return _errors(view, answer.get("errors"))
        try:
            self._act(person, view, action, answer.get("view"))
        except SlackError:
            raise Trouble("bad_answer") from None
        return {}

    def _act(self, person: str, view: Json, action: str | None, following: Any) -> None:
        views = self._workspace.views
        if action is None:
            views.close(person, view["id"])
        elif action == "clear":
            views.close(person, view["id"], everything=True)
        elif action in {"update", "push"}:
            check_view(following, "modal")
            if action == "push":
                views.push(person, following)
            else:
                views.update(view_id=view["id"], external_id="", view=following, shown=None)
        else:
            raise Trouble("bad_answer")

    def by_url(self, token: str, body: bytes) -> None:
        """Show what the app posts to a response URL.

        Raises:
            SlackError: expired_url, used_url, invalid_payload, and those of messages.
        """
        answer = _json(body)
        if not isinstance(answer, dict):
            raise SlackError("invalid_payload")
        about = self._workspace.response_urls.use(token)
        messages = self._workspace.messages
        if about.ts is not None and (
            answer.get("replace_original") or answer.get("delete_original")
        ):
            _, only_for = messages.one(about.channel, about.ts, about.person)
            if answer.get("delete_original"):
                messages.delete(about.channel, about.ts, only_for=only_for)
            else:
                content = content_of(Arguments(answer))
                messages.update(about.channel, about.ts, content, only_for=only_for)
            return
        only_for = None if answer.get("response_type") == "in_channel" else about.person
        messages.post(about.channel, content_of(Arguments(answer)), only_for=only_for)


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _errors(view: Json, errors: Any) -> Mapping[str, str]:
    """The errors, if each stands under an input block, where alone Slack can show it."""
    inputs = {block["block_id"] for block in view["blocks"] if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not errors.keys() <= inputs:
        raise Trouble("bad_answer")
    if not all(isinstance(told, str) and told for told in errors.values()):
        raise Trouble("bad_answer")
    return errors
