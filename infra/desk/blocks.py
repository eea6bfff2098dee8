"""Block Kit as data: naming the parts that came without a name, and finding them again."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from infra.desk.errors import SlackError

Json = dict[str, Any]


def named(blocks: Sequence[Json]) -> list[Json]:
    """The blocks with a block_id and action_id wherever Slack makes one up.

    They are random, as Slack's are, so nobody comes to rely on them.
    """
    made = []
    for given in blocks:
        block = {**given, "block_id": given.get("block_id") or _made_up()}
        for place in ("element", "accessory"):
            if place in block:
                block[place] = _named_element(block[place])
        if block["type"] == "actions":
            block["elements"] = [_named_element(element) for element in block["elements"]]
        made.append(block)
    return made


def _named_element(element: Json) -> Json:
    return {**element, "action_id": element.get("action_id") or _made_up()}


def _made_up() -> str:
    return secrets.token_urlsafe(4)


def interactive(blocks: Sequence[Json]) -> Iterator[tuple[Json, Json]]:
    """Every (block, element) that a person can press or fill in."""
    for block in blocks:
        elements = block.get("elements", []) if block["type"] == "actions" else []
        for element in [block.get("element"), block.get("accessory"), *elements]:
            if element and "action_id" in element:
                yield block, element


def element_at(blocks: Sequence[Json], block_id: str, action_id: str) -> Json:
    """The element of that name.

    Raises:
        SlackError: element_not_found.
    """
    for block, element in interactive(blocks):
        if (block["block_id"], element["action_id"]) == (block_id, action_id):
            return element
    raise SlackError("element_not_found")


def option_of(element: Json, value: object) -> Json | None:
    """The option of an element that has this value, whole, as Slack sends it."""
    groups: list[Mapping[str, Any]] = [element, *element.get("option_groups", [])]
    options = [option for group in groups for option in group.get("options", [])]
    return next((option for option in options if option.get("value") == value), None)
