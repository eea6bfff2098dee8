"""``blocks.validate``: whether Slack would take blocks, a message or a view, and why not."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from infra.desk.arguments import Arguments
from infra.desk.block_rules import faults_of, view_faults
from infra.desk.errors import SlackError
from infra.desk.shapes import Fault
from infra.desk.workspace import Workspace

Json = dict[str, Any]

MOST = 100_000
"""Characters of what is to be judged."""


def validate(_: Workspace, arguments: Arguments) -> Json:
    """Judge exactly one of blocks, message and view; no token is asked for."""
    kinds = ("blocks", "message", "view")
    given = {kind: arguments.structure(kind, "invalid_arguments") for kind in kinds}
    told = [kind for kind in kinds if given[kind] is not None]
    if len(told) != 1:
        raise SlackError.of_arguments("must provide exactly one of `blocks`, `view`, or `message`")
    (kind,) = told
    if len(json.dumps(given[kind], ensure_ascii=False)) > MOST:
        raise SlackError.of_arguments(f"must be less than {MOST + 1} characters")
    if errors := [_error(*fault) for fault in _FAULTS[kind](given[kind])]:
        raise SlackError(f"invalid_{kind}", errors=errors)
    return {}


def _error(pointer: str, message: str) -> Json:
    return {"pointer": pointer, "code": "failed_constraint", "message": message}


def _of_blocks(blocks: Any) -> Iterable[Fault]:
    """A pointer begins in the array, not at the argument's name."""
    return ((at.removeprefix("/blocks"), told) for at, told in faults_of(blocks, "message"))


def _of_message(message: Any) -> Iterator[Fault]:
    if not isinstance(message, dict):
        yield "", "must be an object"
        return
    for name in message.keys() - {"blocks"}:
        yield f"/{name}", "invalid additional property"
    yield from faults_of(message.get("blocks"), "message")


def _of_view(view: Any) -> Iterable[Fault]:
    kind = view.get("type") if isinstance(view, dict) else None
    if kind not in ("modal", "home"):
        return [("/type", f"unsupported type: {kind}")]
    return view_faults(view, kind)


_FAULTS = {"blocks": _of_blocks, "message": _of_message, "view": _of_view}
