"""Whether Slack would take these blocks or this view, with everything that is wrong with them.

The shapes stand in ``block_table``; here is what concerns more than one property: unique ids,
which block may go where, sums, and what belongs together.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from infra.desk.block_table import BLOCKS, VIEWS
from infra.desk.blocks import option_of
from infra.desk.errors import SlackError
from infra.desk.shapes import Fault, many, typed

Json = dict[str, Any]

MOST_BLOCKS = {"message": 50, "modal": 100, "home": 100}
MOST_TEXT = 11_000
"""Characters in all blocks of a message: undocumented, seen to fail from 11,341 on."""
MOST_VIEW_BYTES = 250_000

_NOT_ON_MODALS = {"table"}


def check_message(blocks: Any) -> None:
    """Refuse blocks that no message may have.

    Raises:
        SlackError: invalid_blocks with every fault, msg_blocks_too_long.
    """
    faults = list(faults_of(blocks, "message"))
    if faults:
        raise _refusal("invalid_blocks", faults)
    if _length_of_text(blocks) > MOST_TEXT:
        raise SlackError("msg_blocks_too_long")


def check_view(view: Any, *kinds: str) -> None:
    """Refuse what is no view of one of these kinds (``modal``, ``home``).

    Raises:
        SlackError: invalid_arguments with every fault, view_too_large.
    """
    kind = view.get("type") if isinstance(view, dict) else None
    if kind not in kinds:
        raise SlackError.of_arguments(f"must be a view of type {kinds[0]} [json-pointer:/view]")
    faults = [(f"/view{at}", told) for at, told in view_faults(view, kind)]
    if faults:
        raise _refusal("invalid_arguments", faults)
    if len(json.dumps(view, ensure_ascii=False).encode()) > MOST_VIEW_BYTES:
        raise SlackError("view_too_large")


def _refusal(code: str, faults: Sequence[Fault]) -> SlackError:
    return SlackError.of_arguments(
        *(f"{told} [json-pointer:{at}]" for at, told in faults), code=code
    )


def view_faults(view: Json, kind: str) -> Iterator[Fault]:
    """What is wrong with a view: ``modal`` or ``home``."""
    yield from VIEWS[kind](view, "")
    blocks = view.get("blocks")
    yield from faults_of(blocks, kind)
    inputs = isinstance(blocks, list) and any(
        isinstance(block, dict) and block.get("type") == "input" for block in blocks
    )
    if kind == "modal" and inputs and "submit" not in view:
        yield "/submit", "missing required field: submit (there are input blocks)"


def faults_of(blocks: Any, surface: str) -> Iterator[Fault]:
    """What is wrong with blocks on a surface: ``message``, ``modal`` or ``home``."""
    faults = list(many(typed(BLOCKS), MOST_BLOCKS[surface])(blocks, "/blocks"))
    yield from faults
    if not faults:
        yield from _tables(blocks, surface)
        yield from _repeated((block.get("block_id") for block in blocks), "/blocks", "block_id")
        for i, block in enumerate(blocks):
            yield from _block_faults(block, f"/blocks/{i}")


def _tables(blocks: Sequence[Json], surface: str) -> Iterator[Fault]:
    places = [i for i, block in enumerate(blocks) if block["type"] in _NOT_ON_MODALS]
    if places and surface == "modal":
        yield f"/blocks/{places[0]}", "unsupported type: table"
    if len(places) > 1:
        yield f"/blocks/{places[1]}", "only one table is allowed"


def _repeated(names: Iterator[str | None], at: str, what: str) -> Iterator[Fault]:
    seen: set[str] = set()
    for i, name in enumerate(names):
        if name is not None and name in seen:
            yield f"{at}/{i}", f"{what} already exists: {name}"
        seen |= {name} if name is not None else set()


def _block_faults(block: Json, at: str) -> Iterator[Fault]:
    if block["type"] == "section" and not {"text", "fields"} & block.keys():
        yield at, "must have text or fields"
    if block["type"] == "table" and len({len(row) for row in block["rows"]}) > 1:
        yield f"{at}/rows", "rows must be of one length"
    if block["type"] == "actions":
        ids = (element.get("action_id") for element in block["elements"])
        yield from _repeated(ids, f"{at}/elements", "action_id")
    for name in ("element", "accessory"):
        if name in block:
            yield from _element_faults(block[name], f"{at}/{name}")
    for i, element in enumerate(block["elements"] if block["type"] == "actions" else []):
        yield from _element_faults(element, f"{at}/elements/{i}")


def _element_faults(element: Json, at: str) -> Iterator[Fault]:
    if element["type"] == "static_select" and ("options" in element) == (
        "option_groups" in element
    ):
        yield at, "must have either options or option_groups"
    chosen = [*element.get("initial_options", []), *_present(element.get("initial_option"))]
    if any(option_of(element, option["value"]) != option for option in chosen):
        yield at, "initial option must be one of the options"


def _present(option: Json | None) -> list[Json]:
    return [option] if option else []


def _length_of_text(value: Any) -> int:
    """Characters in every text of the blocks, wherever it stands."""
    if isinstance(value, list):
        return sum(map(_length_of_text, value))
    if isinstance(value, dict):
        own = len(value["text"]) if isinstance(value.get("text"), str) else 0
        return own + sum(_length_of_text(part) for part in value.values())
    return 0
