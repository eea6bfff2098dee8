"""Checks of JSON values, small ones that are put together to larger ones.

A check takes a value and the JSON pointer where it stands, and yields what is wrong with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

Fault = tuple[str, str]
"""Where, as a JSON pointer, and what is wrong, as Slack words it."""
Check = Callable[[Any, str], Iterator[Fault]]
_LINK = re.compile(r"(https?://|mailto:)[^\s<>]+\Z")
_NOTHING: Mapping[str, Check] = MappingProxyType({})


def string(most: int, least: int = 1) -> Check:
    """A string of so many characters (code points)."""

    def check(value: Any, at: str) -> Iterator[Fault]:
        if not isinstance(value, str):
            yield at, "must be a string"
        elif len(value) > most:
            yield at, f"must be less than {most + 1} characters"
        elif len(value) < least:
            yield at, f"must be more than {least - 1} characters"

    return check


def url(value: Any, at: str) -> Iterator[Fault]:
    """A link that a person can follow."""
    yield from string(3000)(value, at)
    if isinstance(value, str) and not _LINK.match(value):
        yield at, "must be a valid URL"


def instance(kind: type) -> Check:
    """A value of one JSON type."""

    def check(value: Any, at: str) -> Iterator[Fault]:
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            yield at, f"must be of type {kind.__name__}"

    return check


def one_of(*values: str) -> Check:
    """One of these words."""

    def check(value: Any, at: str) -> Iterator[Fault]:
        if value not in values:
            yield at, f"must be one of {', '.join(values)}"

    return check


def between(least: int, most: int) -> Check:
    """A whole number in a range, ends included."""

    def check(value: Any, at: str) -> Iterator[Fault]:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            yield at, f"must be a whole number from {least} to {most}"

    return check


def many(each: Check, most: int, least: int = 1) -> Check:
    """A list of so many items, each of which passes."""

    def check(value: Any, at: str) -> Iterator[Fault]:
        if not isinstance(value, list):
            yield at, "must be an array"
            return
        if len(value) > most:
            yield at, f"no more than {most} items allowed"
        if len(value) < least:
            yield at, f"no fewer than {least} items allowed"
        for i, item in enumerate(value):
            yield from each(item, f"{at}/{i}")

    return check


def shape(required: Mapping[str, Check], optional: Mapping[str, Check] = _NOTHING) -> Check:
    """An object with these properties and no others but ``type``."""
    known = {**required, **optional}

    def check(value: Any, at: str) -> Iterator[Fault]:
        if not isinstance(value, dict):
            yield at, "must be an object"
            return
        for name in required.keys() - value.keys():
            yield at, f"missing required field: {name}"
        for name, given in value.items():
            if name in known:
                yield from known[name](given, f"{at}/{name}")
            elif name != "type":
                yield f"{at}/{name}", "invalid additional property"

    return check


def typed(shapes: Mapping[str, Check]) -> Check:
    """An object whose ``type`` says which shape it has."""

    def check(value: Any, at: str) -> Iterator[Fault]:
        kind = value.get("type") if isinstance(value, dict) else None
        known = shapes.get(kind) if isinstance(kind, str) else None
        if known is None:
            yield f"{at}/type", f"unsupported type: {kind}"
        else:
            yield from known(value, at)

    return check
