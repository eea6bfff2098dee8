"""A person's hand: does in the workspace what the page asks for, tells the app, hears its answer.

Requests are signed as Slack signs them. What goes wrong between Slack and the app comes back as a
``Trouble``, which the page shows as Slack would; nothing here decides for the app.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from infra.desk import payloads
from infra.desk.answers import Answers
from infra.desk.errors import Trouble
from infra.desk.faults import FaultName
from infra.desk.form import Values, refusals
from infra.desk.payloads import Press
from infra.desk.tickets import Response
from infra.desk.workspace import Conversation, Workspace

Json = dict[str, Any]

_FORM = "application/x-www-form-urlencoded"
_JSON = "application/json"
_RETRIED = {"x-slack-retry-num": "1", "x-slack-retry-reason": "http_timeout"}


@dataclass(frozen=True, slots=True)
class SlackRequest:
    """A request that Slack makes of the app, ready to be posted to its one address."""

    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class SlackAnswer:
    """What the app answered."""

    status: int
    body: bytes = b""


Send = Callable[[SlackRequest], Awaitable[SlackAnswer]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the person sees of it.

    Attributes:
        trouble: the code of a ``Trouble``, or "".
        refused: codes by block_id: the form was not sent, these fields are to be put right.
        errors: the app's own words by block_id.
    """

    trouble: str = ""
    refused: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


class Interactions:
    """Everything a person can do that the app hears of.

    Attributes:
        answers: carries out what the app says to it, at once or later.
    """

    def __init__(
        self,
        workspace: Workspace,
        send: Send,
        *,
        commands: tuple[str, ...] = ("/opendata",),
        ack_seconds: float = 3.0,
    ) -> None:
        """Act in a workspace.

        Args:
            workspace: where.
            send: posts a request to the app and gives its answer.
            commands: the slash commands that the app has.
            ack_seconds: how long Slack waits for an answer.
        """
        self._workspace, self._send = workspace, send
        self._commands, self._ack_seconds = commands, ack_seconds
        self.answers = Answers(workspace)
        self._late: set[asyncio.Future[SlackAnswer]] = set()

    async def type(self, person: str, place: Conversation, text: str) -> Outcome:
        """A line in the composer: a command if it begins with a slash, else a message.

        Args:
            person: who.
            place: where.
            text: the line.
        """
        if not text.startswith("/"):
            self._workspace.messages.say(place.id, person, text)
            return Outcome()
        known = self._commands if "commands" in self._workspace.scopes else ()
        if text.partition(" ")[0] not in known:
            return Outcome(trouble="unknown_command")
        url = self._response_url(Response(person, place.id, None))
        told = payloads.command(self._workspace, person, place, text, url)
        try:
            answer = await self._post(urlencode(told), _FORM)
            self.answers.to_command(person, place.id, answer)
        except Trouble as trouble:
            return Outcome(trouble=trouble.code)
        return Outcome()

    async def press_in_message(
        self, person: str, place: Conversation, ts: str, press: Press
    ) -> Outcome:
        """A button, menu or other element of a message.

        Raises:
            SlackError: message_not_found, element_not_found.
        """

        def told() -> Json:
            url = self._response_url(Response(person, place.id, ts))
            return payloads.press_in_message(self._workspace, person, place, ts, press, url)

        return await self._press(told)

    async def press_in_view(self, person: str, view_id: str, press: Press) -> Outcome:
        """An element of a modal or of the App Home.

        Raises:
            SlackError: not_found, element_not_found.
        """
        view = self._workspace.views.find(person, view_id)
        filled = self._workspace.files.of_fields(person, view, press.values)
        press = replace(press, values=filled)
        return await self._press(
            lambda: payloads.press_in_view(self._workspace, person, view, press)
        )

    async def _press(self, told: Callable[[], Json]) -> Outcome:
        """One press, or two at once where a hand is unsteady; each tells the app anew."""
        times = 1 if self._workspace.faults.strike(FaultName.DOUBLED_CLICK) is None else 2
        outcomes = await asyncio.gather(*map(self._tell, [told() for _ in range(times)]))
        return outcomes[0]

    async def submit(self, person: str, view_id: str, values: Values) -> Outcome:
        """Send a modal, if its fields are filled in as it asks.

        Raises:
            SlackError: not_found.
        """
        view = self._workspace.views.find(person, view_id)
        values = self._workspace.files.of_fields(person, view, values)
        if refused := refusals(view["blocks"], values):
            return Outcome(refused=refused)
        told = payloads.submission(self._workspace, person, view, values)
        try:
            answer = await self._post(_wrapped(told), _FORM)
            return Outcome(errors=self.answers.to_submission(person, view, answer))
        except Trouble as trouble:
            return Outcome(trouble=trouble.code)

    async def close(self, person: str, view_id: str, *, everything: bool) -> Outcome:
        """Close a modal, or with ``everything`` the whole stack, without sending.

        Raises:
            SlackError: not_found.
        """
        view = self._workspace.views.find(person, view_id)
        everything = everything or view["clear_on_close"]
        self._workspace.views.close(person, view_id, everything=everything)
        if not view["notify_on_close"]:
            return Outcome()
        told = payloads.closing(self._workspace, person, view, everything=everything)
        return await self._tell(told)

    async def open_home(self, person: str) -> Outcome:
        """Look at the App Home."""
        with self._workspace.ledger.writing() as at:
            number = self._workspace.ledger.number(at, "event")
        told = payloads.home_opened(self._workspace, person, number)
        return await self._tell(told, kind=_JSON)

    async def _tell(self, payload: Json, kind: str = _FORM) -> Outcome:
        try:
            body = json.dumps(payload) if kind == _JSON else _wrapped(payload)
            self.answers.to_anything_else(await self._post(body, kind))
        except Trouble as trouble:
            return Outcome(trouble=trouble.code)
        return Outcome()

    async def _post(self, body: str, kind: str) -> bytes:
        """The app's answer, if it comes in time; a late one is let go, not stopped.

        Raises:
            Trouble: operation_timeout, dispatch_failed.
        """
        faults = self._workspace.faults
        if faults.strike(FaultName.LOST_DELIVERY) is not None:
            raise Trouble("operation_timeout")
        request = self._signed(body.encode(), kind)
        sent, *again = [self._begun(one) for one in self._deliveries(request)]
        await asyncio.wait({sent, *again}, timeout=self._ack_seconds)
        if not sent.done() or faults.strike(FaultName.SLOW_ACK) is not None:
            raise Trouble("operation_timeout")
        if sent.exception() or sent.result().status != 200:
            raise Trouble("dispatch_failed") from sent.exception()
        return sent.result().body

    def _begun(self, request: SlackRequest) -> asyncio.Future[SlackAnswer]:
        sent = asyncio.ensure_future(self._send(request))
        self._late.add(sent)
        sent.add_done_callback(self._late.discard)
        # Asked for here, so that nobody complains that an error was never looked at.
        sent.add_done_callback(lambda done: done.cancelled() or done.exception())
        return sent

    def _deliveries(self, request: SlackRequest) -> list[SlackRequest]:
        """The request, or the same twice; of events Slack says that it tries again."""
        if self._workspace.faults.strike(FaultName.DOUBLED_DELIVERY) is None:
            return [request]
        is_event = request.headers["content-type"] == _JSON
        again = {**request.headers, **(_RETRIED if is_event else {})}
        return [request, SlackRequest(again, request.body)]

    def _signed(self, body: bytes, kind: str) -> SlackRequest:
        stamp = str(int(self._workspace.real().timestamp()))
        secret = self._workspace.signing_secret.encode()
        digest = hmac.new(secret, b"v0:" + stamp.encode() + b":" + body, hashlib.sha256)
        headers = {
            "content-type": kind,
            "user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "x-slack-request-timestamp": stamp,
            "x-slack-signature": f"v0={digest.hexdigest()}",
        }
        return SlackRequest(headers, body)

    def _response_url(self, about: Response) -> str:
        return f"{self._workspace.url}response/{self._workspace.response_urls.issue(about)}"


def _wrapped(payload: Json) -> str:
    return urlencode({"payload": json.dumps(payload)})
