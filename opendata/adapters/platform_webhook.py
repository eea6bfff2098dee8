"""The body of the platform's webhook: from bytes to what the desk understands.

First ``load`` (is it a JSON object at all?), then ``understand`` (does it say what the contract
wants?). Unknown fields are ignored, so nothing that is not listed here is ever stored; who posted
is masked, so no address of a citizen is. Signatures stand in ``standard_webhooks``.

Numbers are strings of digits, as the platform writes them; a JSON number is refused.

Codes of faults: ``required``, ``blank``, ``not_text``, ``not_a_kind``, ``not_a_type``,
``not_digits``, ``not_stars``, ``no_offset``, ``not_an_instant``, ``too_far_ahead``,
``too_long_ago``, ``too_long``, ``not_a_list``, ``not_an_object``, ``too_many``, ``wrong``.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from opendata import texts
from opendata.desk.incoming import Commented, Incoming, Posted, Rated, Withdrawn
from opendata.rules import privacy
from opendata.rules.canonical import canonical
from opendata.rules.errors import Fault, Invalid, NotJson, TooLarge
from opendata.rules.feedback import Kind

LIMIT = 262_144
MOST_STORED = 300_000
AHEAD = timedelta(minutes=5)
# The platform opened in 2013; what claims to be much older is a mistake.
EARLIEST = datetime(2010, 1, 1, tzinfo=UTC)
LONGEST_NAME, MOST_AGENCIES, LONGEST_URL = 255, 200, 2000

# Control characters say nothing; tab and line feed stay. Lone surrogates cannot be stored.
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def load(body: bytes) -> dict[str, Any]:
    """The JSON object in the bytes.

    Raises:
        NotJson: not UTF-8, not JSON, NaN or Infinity, nested too deep, or no object.
    """
    try:
        told = json.loads(body.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise NotJson from None
    if not isinstance(told, dict):
        raise NotJson
    return told


def _no_constant(name: str) -> None:
    raise ValueError(name)


def understand(told: Mapping[str, Any], now: datetime) -> Incoming:
    """What the object says.

    Args:
        told: as ``load`` gave it.
        now: aware; times may be at most five minutes ahead of it.

    Raises:
        Invalid: one fault a place, its field a JSON pointer.
        TooLarge: some characters grow to three times their bytes in NFC; a body full of them is
            more than a row of the store holds.
    """
    try:
        model, incoming = _BODIES[_Envelope.model_validate(told).type]
        body = model.model_validate(told, context={"now": now})
    except ValidationError as error:
        raise Invalid(*(_fault(one) for one in error.errors(include_url=False))) from None
    read = incoming(timestamp=body.timestamp or now, **dict(body.data))
    if len(canonical(read)) > MOST_STORED:
        raise TooLarge(limit=LIMIT)
    return read


# -- pieces of text and time ------------------------------------------------------------------


_OURS = "code"


def _wrong(code: str, **params: object) -> PydanticCustomError:
    """An error by our own code; pydantic's own are told apart by lacking it."""
    return PydanticCustomError("ours", "{code}", {_OURS: code, **params})


def tidy(value: object) -> object:
    """NFC, line feeds, no control characters, no blanks at the ends."""
    if not isinstance(value, str):
        return value
    lines = value.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", _UNSEEN.sub("", lines)).strip()


def _some(text: str) -> str:
    """Blank is also what only seems to be something: zero-width and other unseen signs."""
    if all(unicodedata.category(sign)[0] in "CZ" for sign in text):
        raise _wrong("blank")
    return text


def _masked(text: str) -> str:
    """The platform masks its users' names; where it does not, no address or number is kept."""
    return privacy.mask(text, texts.masked)


def _most(limit: int) -> Callable[[str], str]:
    def check(text: str) -> str:
        if len(text) > limit:
            raise _wrong("too_long", most=limit, length=len(text))
        return text

    return check


def _instant(value: object) -> object:
    if not isinstance(value, str):
        raise _wrong("not_text")
    shown = _UNSEEN.sub("", value)[:40]
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        raise _wrong("not_an_instant", text=shown) from None
    if instant.tzinfo is None:
        raise _wrong("no_offset", text=shown)
    return instant


def _plausible(instant: datetime, info: ValidationInfo) -> datetime:
    now: datetime = (info.context or {})["now"]
    if instant > now + AHEAD:
        raise _wrong("too_far_ahead", minutes=5)
    if instant < EARLIEST:
        raise _wrong("too_long_ago", year=EARLIEST.year)
    return instant


def _listed(value: object) -> object:
    if value is None:
        return []
    if not isinstance(value, list):
        raise _wrong("not_a_list")
    return value


def _each_once(names: tuple[str, ...]) -> tuple[str, ...]:
    """Names as the platform writes them, each once; blank ones say nothing."""
    return tuple(dict.fromkeys(name for name in names if name))


Text = Annotated[str, Field(strict=True), BeforeValidator(tidy)]
Said = Annotated[Text, AfterValidator(_some)]
Name = Annotated[Text, AfterValidator(_most(LONGEST_NAME))]
Submitter = Annotated[Name, AfterValidator(_masked)]
Url = Annotated[Text, AfterValidator(_most(LONGEST_URL))]
Number = Annotated[str, Field(strict=True, pattern=r"^[0-9]{1,12}$")]
Instant = Annotated[datetime, BeforeValidator(_instant), AfterValidator(_plausible)]
Names = Annotated[
    tuple[Name, ...],
    Field(max_length=MOST_AGENCIES),
    BeforeValidator(_listed),
    AfterValidator(_each_once),
]
Stars = Annotated[int, Field(strict=True, ge=1, le=5)]


# -- the bodies -------------------------------------------------------------------------------


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Envelope(_Model):
    type: Literal["feedback.posted", "feedback.commented", "feedback.rated", "feedback.withdrawn"]


class _About(_Model):
    kind: Kind
    id: Number


class _Post(_About):
    posted_at: Instant
    title: Said
    body: Said
    requested_dataset: Text | None = None
    requested_fields: Text | None = None
    dataset_id: Name | None = None
    dataset_title: Text | None = None
    dispatched_agencies: Names = ()
    dispatched_at: Instant | None = None
    submitter: Submitter | None = None
    url: Url | None = None


class _Comment(_About):
    body: Said


class _Rating(_About):
    stars: Stars
    body: Text | None = None


About = TypeVar("About", bound=_About)


class _Body(_Model, Generic[About]):
    """``timestamp`` says when it happened; a body without one happened when it came."""

    timestamp: Instant | None = None
    data: About


_BODIES: Mapping[str, tuple[type[_Body[Any]], Callable[..., Incoming]]] = MappingProxyType(
    {
        "feedback.posted": (_Body[_Post], Posted),
        "feedback.commented": (_Body[_Comment], Commented),
        "feedback.rated": (_Body[_Rating], Rated),
        "feedback.withdrawn": (_Body[_About], Withdrawn),
    }
)


# -- what is wrong ----------------------------------------------------------------------------

_CODES = {
    "missing": "required",
    "string_type": "not_text",
    "enum": "not_a_kind",
    "literal_error": "not_a_type",
    "string_pattern_mismatch": "not_digits",
    "int_type": "not_stars",
    "greater_than_equal": "not_stars",
    "less_than_equal": "not_stars",
    "model_type": "not_an_object",
    "too_long": "too_many",
}


def _fault(error: ErrorDetails) -> Fault:
    """Pydantic's error as a fault: where, by JSON pointer, and why, by code."""
    pointer = "".join(f"/{part}" for part in error["loc"])
    told = error.get("ctx") or {}
    ours = told.pop(_OURS, None)
    # A required field that is null is missing.
    absent = error["type"] == "string_type" and error["input"] is None
    code = str(ours or _CODES.get("missing" if absent else error["type"], "wrong"))
    params = tuple(sorted(told.items())) if ours else ()
    return Fault(pointer, code, params)
