"""Checks of JSON values, small ones that are put together to larger ones.

A check takes a value and tells what is wrong with it, with pointers from that value; whoever holds
the value puts its name before them. So a sound payload costs no pointer at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any

FAILED = "failed_constraint"


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that Slack refuses.

    Attributes:
        pointer: where, as a JSON pointer.
        message: what is wrong, as Slack words it.
        constraint: what was expected: its ``type``, and ``expected`` where it has a measure.
        code: ``failed_constraint``, or Slack's name for a payload that is too big as a whole.
    """

    pointer: str
    message: str
    constraint: Mapping[str, Any]
    code: str = FAILED

    def under(self, *names: str | int) -> Flaw:
        """The same flaw, seen from what holds the value under these names."""
        steps = (str(name).replace("~", "~0").replace("/", "~1") for name in names)
        return replace(self, pointer="".join(f"/{step}" for step in steps) + self.pointer)


Flaws = Sequence[Flaw]
Check = Callable[[Any], Flaws]
_LINK = re.compile(r"https?://[^\s<>/]+(/[^\s<>]*)?\Z")
_DATE = re.compile(r"\d{4}-\d\d-\d\d\Z")
_NOTHING: Mapping[str, Check] = MappingProxyType({})


def flaw(message: str, constraint: str, expected: object = None, at: str = "") -> Flaw:
    """A flaw of the value itself, or of a part of it; ``constraint`` is the constraint's type."""
    told = {"type": constraint} | ({} if expected is None else {"expected": expected})
    return Flaw(at, message, told)


def string(most: int, least: int = 1) -> Check:
    """A string of so many characters (code points)."""

    def check(value: Any) -> Flaws:
        if not isinstance(value, str):
            return [flaw("must be a string", "type", "string")]
        if len(value) > most:
            return [flaw(f"must be less than {most + 1} characters", "max_length", most)]
        if len(value) < least:
            return [flaw(f"must be more than {least - 1} characters", "min_length", least)]
        return ()

    return check


def url(value: Any) -> Flaws:
    """A link that a person can follow, of at most 3000 characters."""
    if found := string(3000)(value):
        return found
    return () if _LINK.match(value) else [flaw("must be a valid URL", "format", "url")]


def day(value: Any) -> Flaws:
    """A date that exists, as YYYY-MM-DD."""
    if isinstance(value, str) and _DATE.match(value):
        try:
            date.fromisoformat(value)
        except ValueError:
            return [flaw("must be a date that exists", "format", "date")]
        return ()
    return [flaw("must be a date as YYYY-MM-DD", "format", "date")]


def flag(value: Any) -> Flaws:
    """True or false."""
    return () if isinstance(value, bool) else [flaw("must be a boolean", "type", "boolean")]


def one_of(*values: str) -> Check:
    """One of these words."""

    def check(value: Any) -> Flaws:
        if value in values:
            return ()
        return [flaw(f"must be one of {', '.join(values)}", "enum", list(values))]

    return check


def between(least: int, most: int) -> Check:
    """A whole number in a range, ends included."""

    def check(value: Any) -> Flaws:
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return ()
        return [flaw(f"must be a whole number from {least} to {most}", "range", [least, most])]

    return check


def number(value: Any) -> Flaws:
    """Any number, whole or not."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return [flaw("must be a number", "type", "number")]
    return ()


def many(each: Check, most: int, least: int = 1) -> Check:
    """A list of so many items, each of which passes."""

    def check(value: Any) -> Flaws:
        if not isinstance(value, list):
            return [flaw("must be an array", "type", "array")]
        found: list[Flaw] = []
        if len(value) > most:
            found.append(flaw(f"no more than {most} items allowed", "max_items", most))
        if len(value) < least:
            found.append(flaw(f"no fewer than {least} items allowed", "min_items", least))
        for i, item in enumerate(value):
            if wrong := each(item):
                found += [one.under(i) for one in wrong]
        return found

    return check


def shape(required: Mapping[str, Check], optional: Mapping[str, Check] = _NOTHING) -> Check:
    """An object with these properties and no others."""
    known = {**required, **optional}

    def check(value: Any) -> Flaws:
        if not isinstance(value, dict):
            return [flaw("must be an object", "type", "object")]
        found = [
            flaw(f"missing required field: {name}", "required", name)
            for name in required
            if name not in value
        ]
        for name, given in value.items():
            if name not in known:
                unknown = flaw(f"invalid additional property: {name}", "additional_properties")
                found.append(unknown.under(name))
            elif wrong := known[name](given):
                found += [one.under(name) for one in wrong]
        return found

    return check


def kind(required: Mapping[str, Check], optional: Mapping[str, Check] = _NOTHING) -> Check:
    """A shape that stands beside a ``type``, which ``typed`` looks at."""
    return shape({"type": string(255), **required}, optional)


def typed(kinds: Mapping[str, Check]) -> Check:
    """An object whose ``type`` says which kind it is."""

    def check(value: Any) -> Flaws:
        if not isinstance(value, dict):
            return [flaw("must be an object", "type", "object")]
        name = value.get("type")
        known = kinds.get(name) if isinstance(name, str) else None
        if known is None:
            return [flaw(f"unsupported type: {name}", "enum", list(kinds), "/type")]
        return known(value)

    return check


def also(check: Check, *rules: Callable[[Any], Iterable[Flaw]]) -> Check:
    """A check, and what must hold besides between the parts of a value that passes it."""

    def both(value: Any) -> Flaws:
        return check(value) or [one for rule in rules for one in rule(value)]

    return both
