"""Frozen dataclasses to JSON and back, and the one canonical JSON that hashes are taken over.

Lives below everything that is stored or hashed. Which records there are does not stand here.
"""

from __future__ import annotations

import hashlib
import json
import types
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import partial
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")
Reader = Callable[[Any], Any]
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
    readers = _readers(kind)
    return kind(**{name: readers[name](item) for name, item in value.items() if name in readers})


def decode_fields(kind: type, value: Mapping[str, Any]) -> dict[str, Any]:
    """Some fields of a dataclass, typed, ready for ``dataclasses.replace``."""
    readers = _readers(kind)
    return {name: readers[name](item) for name, item in value.items()}


_known: dict[type, dict[str, Reader]] = {}


def _readers(kind: type) -> dict[str, Reader]:
    """How each field of a dataclass is read; its types are looked at once."""
    if kind not in _known:
        _known[kind] = {name: _reader(hint) for name, hint in get_type_hints(kind).items()}
    return _known[kind]


def _reader(hint: Any) -> Reader:
    """How JSON becomes a value of a type, or None."""
    read = _present(hint)
    return lambda value: None if value is None else read(value)


def _present(hint: Any) -> Reader:
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        (hint,) = (part for part in parts if part is not type(None))
        return _present(hint)
    if origin in (tuple, frozenset):
        collect, each = origin, _reader(parts[0])
        return lambda value: collect(map(each, value))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        key, item = map(_reader, parts)
        return lambda value: {key(name): item(told) for name, told in value.items()}
    return _plain(hint)


def _plain(hint: Any) -> Reader:
    if hint in (datetime, date):
        made: Reader = hint.fromisoformat
        return made
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint
    if is_dataclass(hint) and isinstance(hint, type):
        return partial(decode, hint)
    return lambda value: value
