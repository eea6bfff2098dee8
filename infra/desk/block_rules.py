"""Whether Slack would take a message or a view, with everything that is wrong with it.

The shapes stand in ``block_table``; here is what concerns a payload as a whole: unique ids, which
block may go where, sums, sizes; and how Slack's methods say it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from infra.desk.block_relations import repeated
from infra.desk.block_table import SURFACES
from infra.desk.errors import SlackError
from infra.desk.shapes import FAILED, Flaw, flaw

Json = dict[str, Any]

MOST_TEXT = 10_000
CHART, CHARTS = "data_visualization", 2
_HIDDEN = {"message": (), "modal": ("table", CHART), "home": (CHART,)}
"""Characters in all blocks of a message. Slack's own limit is undocumented: it was seen to refuse
11,341 and usually takes 12,000; what the desk sends stays well below."""
MOST_VIEW_BYTES = 250_000
MOST_VALIDATED = 100_000
"""Characters of JSON that ``blocks.validate`` looks at."""


def flaws_of(payload: Any, surface: str) -> list[Flaw]:
    """What is wrong with a payload, pointed at from its root.

    Args:
        payload: a view; or of a message an object with its ``blocks`` alone, without ``text``.
        surface: ``message`` (also an answer to a command, or by a response URL), ``modal``,
            ``home``.
    """
    found = list(SURFACES[surface](payload))
    if found:
        return found
    blocks = payload["blocks"]
    found = [*_repeated_block_ids(blocks), *_crowded(blocks), *_misplaced(blocks, surface)]
    found = [one.under("blocks") for one in found]
    if surface == "message":
        return [*found, *_too_long(blocks)]
    return [*found, *_view_flaws(payload, surface)]


def _repeated_block_ids(blocks: Sequence[Json]) -> Iterator[Flaw]:
    for i, found in repeated([block.get("block_id") for block in blocks], "block_id"):
        yield found.under(i, "block_id")


def _crowded(blocks: Sequence[Json]) -> Iterator[Flaw]:
    """What a payload has once at most."""
    tables = [i for i, block in enumerate(blocks) if block["type"] == "table"]
    for i in tables[1:]:
        yield flaw("only one table is allowed", "max_items", 1, f"/{i}")
    charts = [i for i, block in enumerate(blocks) if block["type"] == CHART]
    for i in charts[CHARTS:]:
        yield flaw(f"no more than {CHARTS} charts are allowed", "max_items", CHARTS, f"/{i}")
    focused = [at for at, element in _elements(blocks) if element.get("focus_on_load")]
    for at in focused[1:]:
        yield flaw("only one element has the focus", "max_items", 1, f"{at}/focus_on_load")


def _misplaced(blocks: Sequence[Json], surface: str) -> Iterator[Flaw]:
    """What this surface does not show: a chart but in a message, a table in a modal, or files."""
    hidden = _HIDDEN[surface]
    for i, block in enumerate(blocks):
        if block["type"] in hidden:
            yield flaw(f"unsupported type: {block['type']}", "surface", at=f"/{i}/type")
    if surface == "modal":
        return
    for at, element in _elements(blocks):
        if element["type"] == "file_input":
            yield flaw("unsupported type: file_input", "surface", at=f"{at}/type")


def _elements(blocks: Sequence[Json]) -> Iterator[tuple[str, Json]]:
    for i, block in enumerate(blocks):
        for name in ("element", "accessory"):
            if name in block:
                yield f"/{i}/{name}", block[name]
        if block["type"] == "actions":
            for n, element in enumerate(block["elements"]):
                yield f"/{i}/elements/{n}", element


def _too_long(blocks: Sequence[Json]) -> Iterator[Flaw]:
    if _length_of_text(blocks) > MOST_TEXT:
        told = f"must be less than {MOST_TEXT + 1} characters in all"
        found = flaw(told, "max_length", MOST_TEXT, "/blocks")
        yield replace(found, code="msg_blocks_too_long")


def _length_of_text(value: Any) -> int:
    """Characters in every text of the blocks, wherever it stands."""
    if isinstance(value, list):
        return sum(map(_length_of_text, value))
    if isinstance(value, dict):
        text = value.get("text")
        own = len(text) if isinstance(text, str) else 0
        return own + sum(_length_of_text(part) for part in value.values())
    return 0


def _view_flaws(view: Json, surface: str) -> Iterator[Flaw]:
    inputs = any(block["type"] == "input" for block in view["blocks"])
    if surface == "modal" and inputs and "submit" not in view:
        told = "missing required field: submit (there are input blocks)"
        yield flaw(told, "required", "submit", "/submit")
    # As the client sends it: what is not ASCII is escaped.
    if len(json.dumps(view)) > MOST_VIEW_BYTES:
        told = f"must be less than {MOST_VIEW_BYTES + 1} bytes"
        yield replace(flaw(told, "max_length", MOST_VIEW_BYTES), code="view_too_large")


# -- as Slack's methods say it -----------------------------------------------------------------


def check_message(blocks: Any) -> None:
    """Refuse blocks that no message may have.

    Raises:
        SlackError: invalid_blocks with every flaw, msg_blocks_too_long.
    """
    _refuse(flaws_of({"blocks": blocks}, "message"), "invalid_blocks")


def check_view(view: Any, *kinds: str) -> None:
    """Refuse what is no view of one of these kinds (``modal``, ``home``).

    Raises:
        SlackError: invalid_arguments with every flaw, view_too_large.
    """
    surface = view.get("type") if isinstance(view, dict) else None
    if surface not in kinds:
        raise SlackError.of_arguments(f"must be a view of type {kinds[0]} [json-pointer:/view]")
    flaws = [one.under("view") for one in flaws_of(view, surface)]
    _refuse(flaws, "invalid_arguments")


def _refuse(flaws: Sequence[Flaw], code: str) -> None:
    """Raise what was found, under the method's code or, if only a whole is too big, its own."""
    if flaws:
        codes = {one.code for one in flaws} - {FAILED}
        failed = any(one.code == FAILED for one in flaws)
        told = (f"{one.message} [json-pointer:{one.pointer}]" for one in flaws)
        raise SlackError.of_arguments(*told, code=code if failed else codes.pop())


def validated(*, blocks: Any = None, message: Any = None, view: Any = None) -> None:
    """What ``blocks.validate`` does: return for a payload that passes.

    Args:
        blocks: blocks of a message; pointers begin at the list.
        message: an object with ``blocks``; Slack refuses ``text`` in it.
        view: a modal or a home.
            Exactly one of the three, as JSON in a string or as what the JSON means.

    Raises:
        SlackError: invalid_arguments; invalid_blocks, invalid_message or invalid_view with
            ``errors``: for each flaw ``pointer``, ``code``, ``message`` and ``constraint``.
    """
    every = {"blocks": blocks, "message": message, "view": view}
    given = {name: value for name, value in every.items() if value is not None}
    if len(given) != 1:
        raise SlackError.of_arguments("must provide exactly one of `blocks`, `view`, or `message`")
    ((name, value),) = given.items()
    flaws = _flaws_by_name(name, _decoded(name, value))
    if flaws:
        errors = [
            {
                "pointer": one.pointer,
                "code": one.code,
                "message": one.message,
                "constraint": dict(one.constraint),
            }
            for one in flaws
        ]
        raise SlackError(f"invalid_{name}", errors=errors)


def _decoded(name: str, value: Any) -> Any:
    text = value if isinstance(value, str) else json.dumps(value)
    if len(text) > MOST_VALIDATED:
        told = f"must be less than {MOST_VALIDATED + 1} characters [json-pointer:/{name}]"
        raise SlackError.of_arguments(told)
    try:
        return json.loads(text)
    except ValueError:
        raise SlackError.of_arguments(f"must be valid JSON [json-pointer:/{name}]") from None


def _flaws_by_name(name: str, value: Any) -> list[Flaw]:
    if name == "message":
        return flaws_of(value, "message")
    if name == "view":
        surface = value.get("type") if isinstance(value, dict) else None
        if surface not in ("modal", "home"):
            told = f"unsupported type: {surface}"
            return [flaw(told, "enum", ["modal", "home"], "/type")]
        return flaws_of(value, surface)
    found = flaws_of({"blocks": value}, "message")
    return [replace(one, pointer=one.pointer.removeprefix("/blocks")) for one in found]
