"""What the page asks to be done: each act by its name, read strictly, and how it is refused.

Acts of a person need that person's account to be active; switching faults, turning the clock and
starting over are nobody's in the workspace.
"""

from __future__ import annotations

import base64
import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from infra.desk.arguments import Arguments, read_json
from infra.desk.clock import Clock
from infra.desk.errors import SlackError
from infra.desk.files import LARGEST
from infra.desk.form import Values
from infra.desk.interactions import Interactions, Outcome
from infra.desk.payloads import Press
from infra.desk.workspace import Conversation, Workspace

Json = dict[str, Any]
StartOver = Callable[[], Awaitable[None] | None]
Act = Callable[["Asked"], Awaitable[Outcome | Json]]

_STATUS = {"invalid_arguments": 400, "invalid_json": 400, "user_not_found": 404}
"""Everything else is a conflict with how things stand: 409."""


class Asked(Arguments):
    """What an act was asked with; all of it was JSON."""

    def __init__(self, given: Mapping[str, Any], workspace: Workspace) -> None:
        super().__init__(given)
        self._workspace = workspace

    @property
    def given(self) -> Any:
        """The value of the element that is pressed, whatever it is."""
        return self._given.get("given")

    @property
    def person(self) -> str:
        """Who acts.

        Raises:
            SlackError: invalid_arguments, user_not_found, user_disabled.
        """
        return self._workspace.active(self.text("as")).id

    @property
    def place(self) -> Conversation:
        """Where; the person is in it.

        Raises:
            SlackError: also channel_not_found.
        """
        return self._workspace.for_person(self.person, self.text("place"))

    @property
    def values(self) -> Values:
        """What stands in the fields, by block_id and action_id."""
        values = self._given.get("values") or {}
        if not isinstance(values, dict) or not all(isinstance(v, dict) for v in values.values()):
            raise SlackError.of_arguments("must be objects in an object [json-pointer:/values]")
        return values

    def whole(self, name: str) -> int | None:
        """A whole number, or None where nothing is given."""
        value = self._given.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            raise SlackError.of_arguments(f"must be a whole number [json-pointer:/{name}]")
        return value

    def amount(self, name: str) -> float | None:
        """A number, or None where nothing is given."""
        value = self._given.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise SlackError.of_arguments(f"must be a number [json-pointer:/{name}]")
        return value

    def bytes(self, name: str) -> bytes:
        """What was given in base64."""
        try:
            return base64.b64decode(self.optional(name) or "", validate=True)
        except ValueError:
            raise SlackError.of_arguments(f"must be base64 [json-pointer:/{name}]") from None


class Acts:
    """Everything the page can ask to be done.

    Attributes:
        can_start_over: whether the host lets everything begin anew.
        clock: the clock that can be turned, if the host has one.
    """

    def __init__(
        self,
        workspace: Workspace,
        interactions: Interactions,
        start_over: StartOver | None,
        clock: Clock | None = None,
    ) -> None:
        """Act in a workspace; ``start_over`` empties it and what the host keeps besides."""
        self._workspace, self._do, self._start = workspace, interactions, start_over
        self.clock = clock
        self.can_start_over = start_over is not None
        self._acts: dict[str, Act] = {
            "type": self._type,
            "press": self._press,
            "submit": self._submit,
            "close": self._close,
            "home": self._home,
            "see": self._see,
            "dismiss": self._dismiss,
            "upload": self._upload,
            "fault": self._fault,
            "faults_clear": self._faults_clear,
            "start_over": self._start_over,
            "clock_jump": self._clock_jump,
            "clock_play": self._clock_play,
            "clock_stop": self._clock_stop,
        }

    async def endpoint(self, request: Request) -> Response:
        """``POST page/act/{act}``: what came of it, or why nothing was done.

        A refusal is ``{"error": code}`` with 400 (not understood), 404 (no such act or person) or
        409 (not as things stand).
        """
        act = self._acts.get(request.path_params["act"])
        # Another site's page can post to this one, but not with this content type.
        if act is None or request.headers.get("content-type") != "application/json":
            return JSONResponse({"error": "not_found"}, status_code=404)
        try:
            told = await act(Asked(_object(await request.body()), self._workspace))
        except SlackError as refused:
            status = _STATUS.get(refused.code, 409)
            return JSONResponse({"error": refused.code}, status_code=status)
        return JSONResponse(asdict(told) if isinstance(told, Outcome) else told)

    async def _type(self, asked: Asked) -> Outcome:
        return await self._do.type(asked.person, asked.place, asked.text("text"))

    async def _press(self, asked: Asked) -> Outcome:
        names = asked.text("block_id"), asked.text("action_id")
        press = Press(*names, asked.given, asked.values)
        if view_id := asked.optional("view_id"):
            return await self._do.press_in_view(asked.person, view_id, press)
        ts = asked.text("ts")
        return await self._do.press_in_message(asked.person, asked.place, ts, press)

    async def _submit(self, asked: Asked) -> Outcome:
        return await self._do.submit(asked.person, asked.text("view_id"), asked.values)

    async def _close(self, asked: Asked) -> Outcome:
        everything = asked.flag("everything")
        return await self._do.close(asked.person, asked.text("view_id"), everything=everything)

    async def _home(self, asked: Asked) -> Outcome:
        return await self._do.open_home(asked.person)

    async def _see(self, asked: Asked) -> Outcome:
        self._workspace.messages.see(asked.person, asked.place.id, asked.text("ts"))
        return Outcome()

    async def _dismiss(self, asked: Asked) -> Outcome:
        self._workspace.messages.dismiss(asked.place.id, asked.text("ts"), asked.person)
        return Outcome()

    async def _upload(self, asked: Asked) -> Json:
        """A file for a field: ``name``, ``content`` in base64; its ``id`` becomes the value."""
        if len(asked.optional("content") or "") > LARGEST * 4 // 3 + 4:
            raise SlackError("file_upload_size_restricted")
        person, content = asked.person, asked.bytes("content")
        block_id, name, view_id = (asked.text(one) for one in ("block_id", "name", "view_id"))
        view = self._workspace.views.find(person, view_id)
        made = self._workspace.files.hand_in(person, view, block_id, name, content)
        return {"id": made["id"], "file": made}

    async def _fault(self, asked: Asked) -> Outcome:
        try:
            self._workspace.faults.set(
                asked.text("name"),
                percent=asked.whole("percent"),
                left=asked.whole("left") or 0,
                value=asked.amount("value"),
            )
        except ValueError:
            raise SlackError.of_arguments("no such fault, or out of range") from None
        return Outcome()

    async def _faults_clear(self, _: Asked) -> Outcome:
        self._workspace.faults.clear()
        return Outcome()

    async def _start_over(self, _: Asked) -> Outcome:
        if self._start is None:
            raise SlackError("no_demo")
        begun = self._start()
        if inspect.isawaitable(begun):
            await begun
        return Outcome()

    async def _clock_jump(self, asked: Asked) -> Outcome:
        self._turnable().jump(asked.text("to"))
        return Outcome()

    async def _clock_play(self, _: Asked) -> Outcome:
        self._turnable().play()
        return Outcome()

    async def _clock_stop(self, _: Asked) -> Outcome:
        self._turnable().stop()
        return Outcome()

    def _turnable(self) -> Clock:
        if self.clock is None:
            raise SlackError("no_demo")
        return self.clock


def _object(body: bytes) -> Json:
    try:
        asked = read_json(body)
    except ValueError:
        raise SlackError("invalid_json") from None
    if not isinstance(asked, dict):
        raise SlackError("invalid_json")
    return asked
