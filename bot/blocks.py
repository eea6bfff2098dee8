"""Block Kit, the pieces that the desk uses, and how foreign text is made inert.

Citizens' words stand in ``rich_text`` or ``plain_text``, where Slack parses nothing; what must
stand in mrkdwn is escaped. Everything is cut to Slack's limits here, on code points.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

Block = dict[str, Any]

SECTION, HEADER, BUTTON_TEXT, PLAIN = 3000, 150, 75, 2000
# Control characters, and the bidirectional overrides that turn a text around.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def inert(text: str) -> str:
    """Foreign text without what a reader cannot see."""
    return _UNSEEN.sub("", text)


def cut(text: str, most: int, more: str = "……") -> str:
    """At most so many characters; what was cut is marked."""
    return text if len(text) <= most else text[: most - len(more)] + more


def escaped(text: str) -> str:
    """Foreign text inside mrkdwn: no mention, no link, no formatting that starts a line."""
    plain = inert(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"[*_~`]", lambda sign: f"\u200b{sign[0]}\u200b", plain)


def plain(text: str, most: int = PLAIN) -> Block:
    return {"type": "plain_text", "text": cut(inert(text), most) or "—", "emoji": False}


def header(text: str) -> Block:
    return {"type": "header", "text": plain(" ".join(text.split()), HEADER)}


def section(text: str, accessory: Block | None = None) -> Block:
    """A paragraph of our own words in mrkdwn; foreign words in it are escaped by the caller."""
    block: Block = {
        "type": "section",
        "text": {"type": "mrkdwn", "text": cut(text, SECTION), "verbatim": True},
    }
    return block | ({"accessory": accessory} if accessory else {})


def paragraph(text: str) -> Block:
    """A paragraph in which nothing is parsed."""
    return {"type": "section", "text": plain(text, SECTION)}


def fields(texts: Iterable[str]) -> Block:
    told = [{"type": "mrkdwn", "text": cut(text, 2000), "verbatim": True} for text in texts]
    return {"type": "section", "fields": told[:10]}


def context(*texts: str) -> Block:
    told = [{"type": "mrkdwn", "text": cut(text, 2000), "verbatim": True} for text in texts]
    return {"type": "context", "elements": told[:10]}


def quote(text: str, most: int = SECTION, more: str = "……") -> Block:
    """A citizen's or an office's words, to the letter: inert by construction."""
    words = {"type": "text", "text": cut(inert(text), most, more) or "—"}
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_quote", "elements": [words]}],
    }


def preformatted(text: str, most: int = SECTION) -> Block:
    """Words to be copied as they are."""
    words = {"type": "text", "text": cut(inert(text), most) or "—"}
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_preformatted", "elements": [words]}],
    }


def divider() -> Block:
    return {"type": "divider"}


def button(
    text: str,
    action: str,
    value: str = "",
    *,
    style: str | None = None,
    confirm: Block | None = None,
    url: str | None = None,
    label: str | None = None,
) -> Block:
    """A button; ``label`` is what a screen reader says, ``url`` makes it a link."""
    made: Block = {"type": "button", "text": plain(text, BUTTON_TEXT), "action_id": action}
    optional = {
        "value": value,
        "style": style,
        "confirm": confirm,
        "url": url,
        "accessibility_label": cut(label, BUTTON_TEXT) if label else None,
    }
    return made | {name: told for name, told in optional.items() if told}


def confirm(title: str, text: str, ok: str, no: str) -> Block:
    return {
        "title": plain(title, 100),
        "text": plain(text, 300),
        "confirm": plain(ok, 30),
        "deny": plain(no, 30),
    }


def actions(buttons: Sequence[Block], block_id: str | None = None) -> Block:
    made: Block = {"type": "actions", "elements": list(buttons)[:25]}
    return made | ({"block_id": block_id} if block_id else {})


def option(text: str, value: str) -> Block:
    return {"text": plain(text, 75), "value": value}


def select(action: str, options: Sequence[Block], chosen: str | None, placeholder: str) -> Block:
    made: Block = {
        "type": "static_select",
        "action_id": action,
        "placeholder": plain(placeholder, 150),
        "options": list(options)[:100],
    }
    initial = next((one for one in options if one["value"] == chosen), None)
    return made | ({"initial_option": initial} if initial else {})


def text_input(action: str, initial: str | None, *, most: int, multiline: bool = False) -> Block:
    made: Block = {
        "type": "plain_text_input",
        "action_id": action,
        "multiline": multiline,
        "max_length": most,
    }
    return made | ({"initial_value": initial} if initial else {})


def field(
    block_id: str,
    label: str,
    element: Block,
    *,
    hint: str | None = None,
    optional: bool = False,
    dispatch: bool = False,
) -> Block:
    """An input block of a modal; errors are shown under its block_id."""
    made: Block = {
        "type": "input",
        "block_id": block_id,
        "label": plain(label),
        "element": element,
        "optional": optional,
        "dispatch_action": dispatch,
    }
    return made | ({"hint": plain(hint)} if hint else {})


def modal(
    title: str,
    blocks: Sequence[Block],
    *,
    close: str,
    submit: str | None = None,
    callback: str | None = None,
    metadata: str = "",
) -> Block:
    made: Block = {
        "type": "modal",
        "title": plain(title, 24),
        "close": plain(close, 24),
        "blocks": list(blocks)[:100],
        "private_metadata": metadata,
    }
    return (
        made
        | ({"submit": plain(submit, 24)} if submit else {})
        | ({"callback_id": callback} if callback else {})
    )
