"""What a person filled in: from the page's plain values to the state that Slack sends, and back.

The page tells values by block_id and action_id: a text, a number, the value of an option, a list
of those, or null; ids of files have become files before they come here. What an app gets is built
from its own blocks, so nothing else can come in: what a field cannot hold counts as nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from infra.desk.blocks import interactive, option_of

Json = dict[str, Any]
Values = Mapping[str, Mapping[str, Any]]

_STATEFUL = {
    "plain_text_input": ("value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "checkboxes": ("selected_options", "initial_options"),
    "datepicker": ("selected_date", "initial_date"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "file_input": ("files", "initial_files"),
}
_POINTS = {
    "selected_date": re.compile(r"\d{4}-\d{2}-\d{2}"),
    "selected_date_time": re.compile(r"\d{10}"),
}
LONGEST = 3000
MOST_FILES = 10


def state_of(blocks: Sequence[Json], values: Values) -> Json:
    """The ``state`` of a message or view: every element that holds a value, by its names."""
    told: dict[str, Json] = {}
    for block, element in interactive(blocks):
        if element["type"] in _STATEFUL:
            entry = entry_of(element, _given(block, element, values))
            told.setdefault(block["block_id"], {})[element["action_id"]] = entry
    return {"values": told}


def entry_of(element: Json, given: Any) -> Json:
    """One element's value as Slack tells it, with its type; ``given`` is the page's plain value."""
    kind = element["type"]
    if kind == "button":
        return {"type": kind}
    said = _STATEFUL[kind][0]
    return {"type": kind, said: _value(element, said, given)}


def _value(element: Json, said: str, given: Any) -> Any:
    if said == "selected_option":
        return option_of(element, given)
    if said in {"selected_options", "files"}:
        chosen = given if isinstance(given, list) else []
        if said == "files":
            return [one for one in chosen if isinstance(one, dict)]
        return [option for value in chosen if (option := option_of(element, value))]
    if not isinstance(given, str | int | float) or given == "":
        return None
    if said in _POINTS and not _POINTS[said].fullmatch(str(given)):
        return None
    return int(given) if said == "selected_date_time" else str(given)


def _given(block: Json, element: Json, values: Values) -> Any:
    """What the page told, else what the element began with."""
    of_block = values.get(block["block_id"], {})
    if element["action_id"] in of_block:
        return of_block[element["action_id"]]
    initial = element.get(_STATEFUL[element["type"]][1])
    if isinstance(initial, dict):
        return initial["value"]
    return [one["value"] for one in initial] if isinstance(initial, list) else initial


def refusals(blocks: Sequence[Json], values: Values) -> dict[str, str]:
    """What Slack itself refuses before it asks the app: a code by block_id, one for each block."""
    found: dict[str, str] = {}
    for block, element in interactive(blocks):
        if block["type"] == "input" and element["type"] in _STATEFUL:
            said = _STATEFUL[element["type"]][0]
            value = entry_of(element, _given(block, element, values))[said]
            wrong = next(_wrong_with(block, element, value), None)
            found |= {block["block_id"]: wrong} if wrong else {}
    return found


def _wrong_with(block: Json, element: Json, value: Any) -> Iterator[str]:
    if value in (None, []) or not str(value).strip():
        if not block.get("optional"):
            yield "required"
    elif isinstance(value, str):
        yield from _wrong_with_text(element, value)
    elif element["type"] == "file_input" and len(value) > element.get("max_files", MOST_FILES):
        yield "too_many"


def _wrong_with_text(element: Json, value: str) -> Iterator[str]:
    if len(value) > element.get("max_length", LONGEST):
        yield "too_long"
    if len(value) < element.get("min_length", 0):
        yield "too_short"
