"""Block Kit, the pieces that the desk uses, and how foreign text is made inert.

Citizens' words stand in ``rich_text`` or ``plain_text``, where Slack parses nothing; what must
stand in mrkdwn is escaped. Everything is cut to Slack's limits here, on code points.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from opendata.rules.sight import JOINER, VARIANTS, visible

Block = dict[str, Any]

SECTION, CONTEXT, HEADER, BUTTON_TEXT, PLAIN = 3000, 2000, 150, 75, 2000
NOTICE = 3900
"""Characters of a notification: an update refuses more than 4,000."""
OPTIONS = 100
BLOCKS_IN_VIEW = 100
"""Options of a select, or of one group in it; and groups, of which there may be as many."""
PARAGRAPH = 2900

# What mrkdwn would make of foreign words: weights and code, for which there are wide signs; a
# quote, an emoji or an address, a name, a domain, which a sign of no width takes apart.
_WIDE = str.maketrans("*_~`", "＊＿～｀")
_TAKEN = re.compile(r"&gt;|[:@#]|(?<=\w)\.(?=\w)")
_APART = "\u200b"
_HALF = re.compile(rf"(?:&[a-z]{{0,3}}|{JOINER})\Z")
_PIECES = re.compile(f"(?s).{{1,{PARAGRAPH}}}(?<!{JOINER})(?![{JOINER}{VARIANTS}])")


def cut(text: str, most: int, more: str = "……") -> str:
    """At most so many characters; what was cut is marked."""
    return text if len(text) <= most else text[: most - len(more)].rstrip(JOINER) + more


def escaped(text: str, most: int = SECTION) -> str:
    """Foreign text inside mrkdwn: no mention, no link, no formatting; at most so many signs."""
    words = cut(visible(text), most).translate(_WIDE)
    words = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return mrkdwn(_TAKEN.sub(_taken_apart, words), most)


def _taken_apart(found: re.Match[str]) -> str:
    sign = found[0]
    return f"{_APART}{sign}" if sign == "&gt;" else f"{sign}{_APART}"


def mrkdwn(text: str, most: int) -> str:
    """Our own mrkdwn, cut like any text but never inside an entity."""
    if len(text) <= most:
        return text
    return _HALF.sub("", text[: most - 2]) + "……"


def notice(text: str) -> str:
    """A notification, in mrkdwn; foreign words in it are escaped by the caller."""
    return mrkdwn(text, NOTICE)


def plain(text: str, most: int = PLAIN) -> Block:
    return {"type": "plain_text", "text": _some(cut(visible(text), most)), "emoji": False}


def _some(text: str) -> str:
    """Slack takes no text that shows nothing."""
    return text if text.strip() else "—"


def header(text: str) -> Block:
    return {"type": "header", "text": plain(" ".join(text.split()), HEADER)}


def section(text: str, accessory: Block | None = None) -> Block:
    """A paragraph of our own words in mrkdwn; foreign words in it are escaped by the caller."""
    block: Block = {
        "type": "section",
        "text": {"type": "mrkdwn", "text": mrkdwn(text, SECTION), "verbatim": True},
    }
    return block | ({"accessory": accessory} if accessory else {})


def paragraph(text: str) -> Block:
    """A paragraph in which nothing is parsed."""
    return {"type": "section", "text": plain(text, SECTION)}


def paragraphs(text: str, most: int, more: str) -> list[Block]:
    """A text of any length, to the letter, nothing parsed.

    ``most`` counts UTF-16 units, as JSON does when it escapes: an emoji is two.
    """
    words = visible(text)
    units = words.encode("utf-16-le")
    if len(units) > 2 * most:
        kept = units[: 2 * (most - len(more))].decode("utf-16-le", "ignore")
        words = visible(kept) + more
    pieces = (found[0] for found in _PIECES.finditer(words))
    return [paragraph(piece) for piece in pieces if piece.strip()]


def context(*texts: str) -> Block:
    told = [{"type": "mrkdwn", "text": mrkdwn(text, CONTEXT), "verbatim": True} for text in texts]
    return {"type": "context", "elements": told[:10]}


def quote(text: str, most: int = SECTION, more: str = "……") -> Block:
    """A citizen's or an office's words, to the letter: inert by construction."""
    words = {"type": "text", "text": _some(cut(visible(text), most, more))}
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_quote", "elements": [words]}],
    }


def preformatted(text: str, most: int = SECTION) -> Block:
    """Words to be copied as they are."""
    words = {"type": "text", "text": _some(cut(visible(text), most))}
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_preformatted", "elements": [words]}],
    }


def table(rows: Sequence[Sequence[str]], columns: Sequence[Block]) -> Block:
    """Cells in which nothing is parsed; a message has one table at most."""
    return {
        "type": "table",
        "rows": [
            [{"type": "raw_text", "text": plain(cell)["text"]} for cell in row] for row in rows
        ],
        "column_settings": list(columns),
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


def group(label: str, options: Sequence[Block]) -> Block:
    return {"label": plain(label, 75), "options": list(options)}


def groups_of(options: Sequence[Block], label: str = "") -> list[Block]:
    """Options in groups of as many as Slack takes, named by their numbers where there are several.

    ``label`` goes before the numbers, and stands alone where one group holds them all.
    """
    if len(options) <= OPTIONS:
        return [group(label, options)]
    return [
        group(
            f"{cut(label, 60)} {at + 1}–{min(at + OPTIONS, len(options))}", options[at:][:OPTIONS]
        )
        for at in range(0, len(options), OPTIONS)
    ]


def select(
    action: str,
    options: Sequence[Block],
    chosen: str | None,
    placeholder: str,
    groups: Sequence[Block] = (),
) -> Block:
    """A choice of one; ``groups`` take the place of the options, as does what one list cannot hold.

    Slack takes a hundred groups of a hundred.
    """
    if not groups and len(options) > OPTIONS:
        groups = groups_of(options)
    made: Block = {
        "type": "static_select",
        "action_id": action,
        "placeholder": plain(placeholder, 150),
    }
    made |= {"option_groups": list(groups)} if groups else {"options": list(options)}
    initial = next((one for one in options if one["value"] == chosen), None)
    return made | ({"initial_option": initial} if initial else {})


def text_input(action: str, initial: str | None, *, most: int, multiline: bool = False) -> Block:
    made: Block = {
        "type": "plain_text_input",
        "action_id": action,
        "multiline": multiline,
        "max_length": most,
    }
    shown = visible(initial or "")
    return made | ({"initial_value": shown} if shown.strip() else {})


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
