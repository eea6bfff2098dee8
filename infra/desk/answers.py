"""What the app answers: to a command, to a sent modal, and later by a response URL.

An answer may hold what its kind knows and nothing else; Slack overlooks much of the rest, or shows
its connection-trouble message without saying why.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infra.desk.arguments import Arguments, read_json
from infra.desk.block_rules import check_view
from infra.desk.chat_methods import content_of
from infra.desk.errors import SlackError, Trouble
from infra.desk.method_table import COMMAND_ANSWER, RESPONSE, refuse_misfit
from infra.desk.tickets import Response
from infra.desk.workspace import Workspace

Json = dict[str, Any]

_FOR = {"ephemeral", "in_channel"}
_KEYS = {None: set(), "clear": set(), "errors": {"errors"}, "push": {"view"}, "update": {"view"}}
"""What stands beside each ``response_action``."""


class Answers:
    """Carries out in a workspace what the app answers."""

    def __init__(self, workspace: Workspace) -> None:
        """Answer in this workspace."""
        self._workspace = workspace

    def to_anything_else(self, body: bytes) -> None:
        """Presses, closings and events are answered with nothing.

        Raises:
            Trouble: there is something.
        """
        if body.strip():
            raise Trouble("bad_answer")

    def to_command(self, person: str, channel: str, body: bytes) -> None:
        """Show the answer to a command: nothing, a plain text, or a message in JSON.

        Raises:
            Trouble: keys that Slack does not know, or blocks that it refuses.
        """
        if not body.strip():
            return
        answer = _json(body)
        if not isinstance(answer, dict):
            answer = {"text": body.decode(errors="replace")}
        if not answer:
            return
        try:
            refuse_misfit(COMMAND_ANSWER, answer)
            self._post(channel, person, answer)
        except SlackError:
            raise Trouble("bad_answer") from None

    def _post(self, channel: str, person: str, answer: Json) -> None:
        """For everybody there, or for one person's eyes."""
        reach = answer.get("response_type") or "ephemeral"
        if reach not in _FOR:
            raise SlackError.of_arguments("must be one of ephemeral, in_channel")
        content = content_of(Arguments(answer))
        only_for = None if reach == "in_channel" else person
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
        wanted = _KEYS.get(action) if action is None or isinstance(action, str) else None
        if wanted is None or answer.keys() - {"response_action"} != wanted:
            raise Trouble("bad_answer")
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
        else:
            check_view(following, "modal")
            if action == "push":
                views.push(person, following)
            else:
                views.update(view_id=view["id"], external_id="", view=following, shown=None)

    def by_url(self, token: str, body: bytes) -> None:
        """Show what the app posts to a response URL.

        Raises:
            SlackError: expired_url, used_url, invalid_payload, message_not_found (a command has
                no original), and those of messages.
        """
        answer = _json(body)
        if not isinstance(answer, dict):
            raise SlackError("invalid_payload")
        about = self._workspace.response_urls.use(token)
        refuse_misfit(RESPONSE, answer)
        if answer.get("replace_original") or answer.get("delete_original"):
            self._change_original(about, answer)
        else:
            self._post(about.channel, about.person, answer)

    def _change_original(self, about: Response, answer: Json) -> None:
        messages = self._workspace.messages
        _, only_for = messages.one(about.channel, about.ts or "", about.person)
        if answer.get("delete_original"):
            messages.delete(about.channel, about.ts or "", only_for=only_for)
        else:
            content = content_of(Arguments(answer))
            messages.update(about.channel, about.ts or "", content, only_for=only_for)


def _json(body: bytes) -> Any:
    try:
        return read_json(body)
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
