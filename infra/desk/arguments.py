"""The arguments of a call: reading the JSON in which they come, and each of them by its name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from infra.desk.errors import SlackError


def read_json(text: str | bytes) -> Any:
    """JSON that can be kept and told again.

    Raises:
        ValueError: no JSON, nested beyond reason, or with what JSON and UTF-8 cannot write: NaN,
            endless numbers, halves of surrogate pairs.
    """
    try:
        told = json.loads(text)
        json.dumps(told, ensure_ascii=False, allow_nan=False).encode()
    except RecursionError:
        raise ValueError("nested too deep") from None
    return told


class Arguments:
    """Named arguments; from a form all are texts, from JSON they are what they are."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        """Take them as they came."""
        self._given = given

    def text(self, name: str) -> str:
        """A text that must be there.

        Raises:
            SlackError: invalid_arguments.
        """
        value = self._given.get(name)
        if not isinstance(value, str) or not value:
            raise SlackError.of_arguments(f"missing required field: {name}")
        return value

    def optional(self, name: str) -> str | None:
        """A text, or None."""
        value = self._given.get(name)
        return None if value is None or value == "" else str(value)

    def flag(self, name: str) -> bool:
        """Whether something is wished for."""
        return str(self._given.get(name, "")).lower() in {"1", "true"}

    def number(self, name: str, otherwise: int, *, most: int) -> int:
        """A whole number from 1 to ``most``.

        Raises:
            SlackError: invalid_arguments.
        """
        value = self._given.get(name)
        try:
            number = otherwise if value in (None, "") else int(value)
        except (TypeError, ValueError):
            number = 0
        if not 1 <= number <= most:
            raise SlackError.of_arguments(f"{name} must be from 1 to {most}")
        return number

    def structure(self, name: str, refusal: str) -> Any:
        """What is given as JSON, or None where nothing is given.

        Raises:
            SlackError: ``refusal``, if it is a text that is not JSON.
        """
        value = self._given.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return read_json(value)
        except ValueError:
            raise SlackError(refusal) from None
