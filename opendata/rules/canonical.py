"""Frozen dataclasses to JSON and back, and the one canonical JSON that hashes are taken over.

Lives below everything that is stored or hashed. Which records there are does not stand here.
"""

from __future__ import annotations

import hashlib
import json
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")
_PLAIN = frozenset({str, int, bool})


def canonical(value: object) -> bytes:
    """UTF-8 JSON with sorted keys and no blanks: equal values, equal bytes."""
    return json.dumps(
        encode(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def digest(value: object) -> str:
    """SHA-256 over the canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical(value)).hexdigest()


def encode(value: object) -> Any:  # noqa: PLR0911  # one line a kind of value
    """Any value of ours as JSON: dates and instants in ISO 8601, enums by value."""
    if value is None or type(value) in _PLAIN:
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return {part.name: encode(getattr(value, part.name)) for part in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(encode(key)): encode(item) for key, item in value.items()}
    if isinstance(value, frozenset):
        return sorted(encode(item) for item in value)
    if isinstance(value, list | tuple):
        return [encode(item) for item in value]
    return value


def decode(kind: type[T], value: Any) -> T:
    """The dataclass that ``encode`` gave; fields that are missing take their default."""
    hints = _hints(kind)
    known = {name: _read(hints[name], item) for name, item in value.items() if name in hints}
    return kind(**known)


def decode_fields(kind: type, value: Mapping[str, Any]) -> dict[str, Any]:
    """Some fields of a dataclass, typed, ready for ``dataclasses.replace``."""
    hints = _hints(kind)
    return {name: _read(hints[name], item) for name, item in value.items()}


_known: dict[type, dict[str, Any]] = {}


def _hints(kind: type) -> dict[str, Any]:
    """The field types of a dataclass, looked up once."""
    if kind not in _known:
        _known[kind] = get_type_hints(kind)
    return _known[kind]


def _read(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        (hint,) = (part for part in get_args(hint) if part is not type(None))
        return _read(hint, value)
    parts = get_args(hint)
    if origin is tuple:
        return tuple(_read(parts[0], item) for item in value)
    if origin is frozenset:
        return frozenset(_read(parts[0], item) for item in value)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {_read(parts[0], key): _read(parts[1], item) for key, item in value.items()}
    return _read_plain(hint, value)


def _read_plain(hint: Any, value: Any) -> Any:
    if hint in (datetime, date):
        return hint.fromisoformat(value)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint(value)
    if is_dataclass(hint) and isinstance(hint, type):
        return decode(hint, value)
    return value
