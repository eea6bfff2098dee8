"""A sound payload taken apart, and changed in one place at a time.

A payload is a view, or of a message an object with its blocks. Which changes Slack forbids stands
in ``forbidden``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
Way = tuple[str | int, ...]
GONE = object()


@dataclass(frozen=True, slots=True)
class Mutation:
    """A change of a payload, and the place that Slack would name.

    Attributes:
        way: to what is changed, from the root; one past the end of a list puts something there.
        given: what stands there then, or ``GONE``.
        place: what is wrong then.
        code: Slack's name for it.
    """

    way: Way
    given: Any
    place: Way
    code: str = "failed_constraint"


def mutated(payload: Any, mutation: Mutation) -> Any:
    """The payload with the change; it shares all that lies beside the way."""
    return _changed(payload, mutation.way, mutation.given)


def _changed(part: Any, way: Way, given: Any) -> Any:
    if not way:
        return given
    copy, first = part.copy(), way[0]
    if len(way) == 1 and given is GONE:
        del copy[first]
    elif isinstance(copy, list):
        copy[first : first + 1] = [_changed(part[first] if len(way) > 1 else None, way[1:], given)]
    else:
        copy[first] = _changed(part.get(first), way[1:], given)
    return copy


@dataclass(frozen=True, slots=True)
class Part:
    """An object in a payload.

    Attributes:
        kind: its ``type``, or for an object that has none what Slack's pages call it.
        place: the kind of what holds it, and under which name.
    """

    way: Way
    kind: str
    place: tuple[str, str]
    value: Json

    def put(self, name: str, given: Any, *more: str | int) -> Mutation:
        """Something else under a name; ``more`` leads on to what is wrong in it."""
        return Mutation((*self.way, name), given, (*self.way, name, *more))


class Sheet:
    """A payload, taken apart."""

    def __init__(self, payload: Json, surface: str) -> None:
        self.payload, self.surface, self.blocks = payload, surface, payload["blocks"]
        root = Part((), surface, ("", ""), payload)
        self.parts = [root, *_inside(root)]

    def of(self, *kinds: str) -> Iterator[Part]:
        """The parts of these kinds."""
        return (part for part in self.parts if part.kind in kinds)

    def with_blocks(self, *more: Json, at: Way = (), code: str = "failed_constraint") -> Mutation:
        """Blocks added at the end; ``at`` leads from the list to what is wrong in it."""
        return Mutation(("blocks",), [*self.blocks, *more], ("blocks", *at), code)

    @property
    def most_blocks(self) -> int:
        return 50 if self.surface == "message" else 100


_NAMELESS = {
    "confirm": "confirm",
    "options": "option",
    "initial_option": "option",
    "initial_options": "option",
    "option_groups": "group",
    "style": "weight",
    "column_settings": "column",
    "series": "series",
    "data": "point",
    "axis_config": "axis",
    "dispatch_action_config": "dispatch",
}


def _inside(part: Part) -> Iterator[Part]:
    for name, value in part.value.items():
        for way, one in _objects(value, (*part.way, name)):
            kind = one.get("type") or _NAMELESS[name]
            if kind == "option" and part.kind == "checkboxes":
                kind = "tick"
            made = Part(way, kind, (part.kind, name), one)
            yield made
            yield from _inside(made)


def _objects(value: Any, way: Way) -> Iterator[tuple[Way, Json]]:
    if isinstance(value, dict):
        yield way, value
    elif isinstance(value, list):
        for i, one in enumerate(value):
            yield from _objects(one, (*way, i))


def near(pointer: str, place: Way) -> bool:
    """Whether a flaw's pointer names a place: the place itself, what holds it, or a part of it."""
    named, meant = pointer.split("/")[1:], [str(step) for step in place]
    shorter = min(len(named), len(meant))
    return named[:shorter] == meant[:shorter] and abs(len(named) - len(meant)) <= 1
