"""What a reader would get of a payload, read as Slack reads it and not as our builders write it.

In mrkdwn Slack finds ``<…>`` first and decodes the three entities afterwards; what is decoded is
never parsed again. Then it formats, and makes links of addresses where a text is not verbatim.
``plain_text``, ``raw_text`` and the leaves of rich text are not parsed at all.
"""

import json
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field

from infra.desk.block_rules import check_message, check_view
from infra.desk.errors import SlackError

LONGEST_TEXT, LONGEST_MESSAGE, LARGEST_VIEW = 4000, 10_000, 250_000
OURS = "\u200b"
"""The sign of no width with which mrkdwn is taken apart; nowhere else does one stand."""
OWN = re.compile(r"data\.gov\.tw|@opendata\b")
"""The address and the name that our own sentences speak of."""

_ENTITIES = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}
_TOKEN = re.compile(r"<[^<>]*>")
_STRAY = re.compile(r"&(?!(?:lt|gt|amp);)")
_QUOTE = re.compile(r"^\s*(?:>|&gt;)", re.MULTILINE)
_EMOJI = re.compile(r":[\w+'-]+:")
_LINK = re.compile(r"\w+://|mailto:\w|[\w.+-]@\w|\w\.[^\W\d_]{2,}", re.IGNORECASE)
_NAME = re.compile(r"[@#]\w")
_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0")
# Format characters that do show: Arabic and other numbers signs that stand before digits.
_SHOWN = frozenset(
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
)


@dataclass
class Seen:
    """What is read of one payload: formatting that is meant, and what no reader should meet."""

    formatting: Counter = field(default_factory=Counter)
    faults: list = field(default_factory=list)


def inspect(surface, payload):
    """Look at a payload; ``surface`` is as in the samples."""
    seen = Seen()
    seen.faults += limits(surface, payload)
    if surface in ("message", "answer"):
        _mrkdwn(payload["text"], seen, verbatim=False)
    _walk(payload["blocks"], seen)
    for name in ("title", "submit", "close"):
        _walk(payload.get(name), seen)
    return seen


def limits(surface, payload):
    """What of it Slack would refuse."""
    try:
        if surface in ("message", "answer"):
            check_message(payload["blocks"])
        else:
            check_view(payload, surface)
    except SlackError as refused:
        return [f"Slack: {refused} {refused.__dict__}"]
    faults = []
    if surface in ("message", "answer"):
        if not 0 < len(payload["text"]) <= LONGEST_TEXT:
            faults.append(f"text of {len(payload['text'])}")
        if (length := length_of(payload["blocks"])) >= LONGEST_MESSAGE:
            faults.append(f"blocks of {length}")
    elif (size := len(json.dumps(payload))) >= LARGEST_VIEW:
        faults.append(f"view of {size}")
    return faults


def length_of(part):
    """Characters in every text, wherever it stands."""
    if isinstance(part, list):
        return sum(map(length_of, part))
    if not isinstance(part, dict):
        return 0
    own = len(part["text"]) if isinstance(part.get("text"), str) else 0
    return own + sum(length_of(one) for one in part.values())


def _walk(part, seen):
    if isinstance(part, list):
        for one in part:
            _walk(one, seen)
    elif isinstance(part, dict):
        if part.get("type") == "mrkdwn":
            _mrkdwn(part["text"], seen, verbatim=part.get("verbatim") is True)
        elif isinstance(part.get("text"), str):
            _unparsed(part["text"], seen)
        else:
            for name, one in part.items():
                if isinstance(one, str):
                    _unparsed(one, seen, blank=name in ("private_metadata", "value"))
                else:
                    _walk(one, seen)


def _unparsed(text, seen, *, blank=False):
    seen.faults += [f"unseen {sign!a} in {text[:40]!a}" for sign in unseen(text)]
    if not text.strip() and not blank:
        seen.faults.append(f"blank text {text[:20]!a}")


def _mrkdwn(text, seen, *, verbatim):
    seen.faults += [f"token {token!a}" for token in _TOKEN.findall(text)]
    if "<" in text or ">" in text:
        seen.faults.append(f"bare sign in {text[:60]!a}")
    if _STRAY.search(text):
        seen.faults.append(f"half an entity in {text[-60:]!a}")
    if _QUOTE.search(text):
        seen.faults.append(f"a quote begins in {text[:60]!a}")
    shown = re.sub("|".join(_ENTITIES), lambda found: _ENTITIES[found[0]], text)
    seen.faults += [f"unseen {sign!a} in mrkdwn" for sign in unseen(shown.replace(OURS, ""))]
    seen.formatting.update(sign for sign in shown if sign in "*_~`")
    seen.formatting.update(_EMOJI.findall(shown))
    if not verbatim:
        rest = OWN.sub("", shown)
        seen.faults += [f"link {one!a} in {text[:60]!a}" for one in _LINK.findall(rest)]
        seen.faults += [f"name {one!a}" for one in _NAME.findall(rest)]


def unseen(text):
    """The signs of a text that nobody sees."""
    if text.isascii() and text.isprintable():
        return []
    return [sign for at, sign in enumerate(text) if _is_unseen(text, at, sign)]


def _is_unseen(text, at, sign):
    if sign == "\u200d":
        return not (_is_picture(text[at - 1 : at]) and _is_picture(text[at + 1 : at + 2]))
    if _is_variant(sign):
        before = text[at - 1 : at]
        return not before.strip() or _is_variant(before) or before == "\u200d"
    category = unicodedata.category(sign)
    if category in ("Cc", "Cf", "Cs"):
        return sign not in "\t\n" and sign not in _SHOWN
    return sign in _FILLERS or 0xE0000 <= ord(sign) <= 0xE0FFF


def _is_variant(sign):
    return bool(sign) and (0xFE00 <= ord(sign) <= 0xFE0F or 0xE0100 <= ord(sign) <= 0xE01EF)


def _is_picture(sign):
    if not sign:
        return False
    return unicodedata.category(sign) in ("So", "Sk", "Sm") or sign in "\ufe0f©®"


def as_seen(text):
    """A text as it must stand there to the letter, joiners and variants aside."""
    return "".join(
        sign
        for sign in text
        if sign != "\u200d" and not _is_variant(sign) and not _is_unseen(sign, 0, sign)
    )
