"""The methods of the Web API as a table: what each takes, how, and which scopes it asks for.

From Slack's own reference. Arguments that the stand-in could not honour (threads, attachments,
another name or icon) are left out, so that they are refused like unknown ones; what a method does
stands elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from infra.desk.errors import SlackError


class Kind(Enum):
    """What an argument is; from a form all come as texts."""

    TEXT = "a string"
    FLAG = "a boolean"
    NUMBER = "a number"
    JSON = "JSON"


@dataclass(frozen=True, slots=True)
class Signature:
    """What a method takes.

    Attributes:
        required, optional: arguments and their kinds.
        scopes: the app needs one of these; which, a method may decide by the conversation.
        json: whether it reads a JSON body too; methods without take a form or a query only.
        token: whether it must be called with a token.
    """

    required: Mapping[str, Kind] = field(default_factory=dict)
    optional: Mapping[str, Kind] = field(default_factory=dict)
    scopes: tuple[str, ...] = ()
    json: bool = True
    token: bool = True


def _texts(*names: str) -> dict[str, Kind]:
    return dict.fromkeys(names, Kind.TEXT)


def _by_kind(what: str) -> tuple[str, ...]:
    return tuple(f"{family}:{what}" for family in ("channels", "groups", "im"))


_CONTENT = {**_texts("text"), "blocks": Kind.JSON, "metadata": Kind.JSON}
_LOOKS = dict.fromkeys(("mrkdwn", "unfurl_links", "unfurl_media"), Kind.FLAG)
_PAGED = {**_texts("cursor"), "limit": Kind.NUMBER}
_LOCALE = {"include_locale": Kind.FLAG}
_VIEW = {"view": Kind.JSON}
_ANYWHERE = {"team_id": Kind.TEXT}
"""The real client says with every call whose workspace is meant."""
_WRITES = ("chat:write",)

SIGNATURES: Mapping[str, Signature] = {
    "auth.test": Signature(),
    "blocks.validate": Signature(
        optional=dict.fromkeys(("blocks", "message", "view"), Kind.JSON), token=False
    ),
    "chat.delete": Signature(_texts("channel", "ts"), scopes=_WRITES),
    "chat.postEphemeral": Signature(_texts("channel", "user"), _CONTENT, _WRITES),
    "chat.postMessage": Signature(_texts("channel"), _CONTENT | _LOOKS, _WRITES),
    "chat.update": Signature(_texts("channel", "ts"), _CONTENT, _WRITES),
    "conversations.history": Signature(
        _texts("channel"),
        {
            **_PAGED,
            **_texts("oldest", "latest"),
            **dict.fromkeys(("inclusive", "include_all_metadata"), Kind.FLAG),
        },
        _by_kind("history"),
    ),
    "conversations.info": Signature(
        _texts("channel"),
        {**_LOCALE, "include_num_members": Kind.FLAG},
        _by_kind("read"),
        json=False,
    ),
    "conversations.list": Signature(
        optional={**_PAGED, **_texts("types"), "exclude_archived": Kind.FLAG},
        scopes=_by_kind("read"),
        json=False,
    ),
    "conversations.members": Signature(_texts("channel"), _PAGED, _by_kind("read"), json=False),
    "conversations.open": Signature(
        optional={**_texts("users"), "return_im": Kind.FLAG}, scopes=("im:write",)
    ),
    "files.completeUploadExternal": Signature(
        {"files": Kind.JSON}, _texts("channel_id", "initial_comment"), ("files:write",)
    ),
    "files.getUploadURLExternal": Signature(
        {**_texts("filename"), "length": Kind.NUMBER},
        _texts("alt_txt"),
        ("files:write",),
        json=False,
    ),
    "files.info": Signature(_texts("file"), scopes=("files:read",), json=False),
    "users.info": Signature(_texts("user"), _LOCALE, ("users:read",), json=False),
    "users.list": Signature(optional={**_PAGED, **_LOCALE}, scopes=("users:read",), json=False),
    "views.open": Signature(_VIEW | _texts("trigger_id")),
    "views.publish": Signature(_VIEW | _texts("user_id"), _texts("hash")),
    "views.push": Signature(_VIEW | _texts("trigger_id")),
    "views.update": Signature(_VIEW, _texts("view_id", "external_id", "hash")),
}

COMMAND_ANSWER = Signature(
    optional={**_CONTENT, **_LOOKS, "response_type": Kind.TEXT},
)
"""What the answer to a command may hold."""
RESPONSE = Signature(
    optional={
        **COMMAND_ANSWER.optional,
        "replace_original": Kind.FLAG,
        "delete_original": Kind.FLAG,
    },
)
"""What may be posted to a response URL."""

_WHOLE = re.compile(r"-?\d{1,9}")
_FLAGS = {"0", "1", "true", "false"}


def refuse_misfit(signature: Signature, given: Mapping[str, Any], *, form: bool = False) -> None:
    """Refuse arguments that a method does not take, lacks, or that are of another kind.

    Args:
        signature: the method's.
        given: the arguments; null counts as not given, and so does an empty text.
        form: whether they come from a form or a query, where all are texts.

    Raises:
        SlackError: invalid_arguments, with every fault.
    """
    if faults := list(_misfits(signature, given, form=form)):
        raise SlackError.of_arguments(*faults)


def _misfits(signature: Signature, given: Mapping[str, Any], *, form: bool) -> Iterator[str]:
    known = {**_ANYWHERE, **signature.required, **signature.optional}
    for name in signature.required:
        if given.get(name) in (None, ""):
            yield f"missing required field: {name}"
    for name, value in given.items():
        if name not in known:
            yield f"invalid additional property: {name}"
        elif value not in (None, "") and not _fits(known[name], value, form=form):
            yield f"must be {known[name].value} [json-pointer:/{name}]"


def _fits(kind: Kind, value: Any, *, form: bool) -> bool:
    match kind:
        case Kind.TEXT:
            return isinstance(value, str)
        case Kind.FLAG:
            return value in _FLAGS if form else isinstance(value, bool)
        case Kind.NUMBER:
            if form:
                return _WHOLE.fullmatch(value) is not None
            return isinstance(value, int) and not isinstance(value, bool)
        case Kind.JSON:
            return isinstance(value, str | list | dict)
