"""What a reader sees of a text: the rest would make what is read differ from what is kept.

A reply is approved as it is seen, so its unseen signs are dropped before it is kept and hashed; of
foreign words they are dropped when they are shown. How much of a text is shown stands elsewhere.
"""

from __future__ import annotations

import re

# What a reader does not see: control characters but tab and line feed, overrides that turn a text
# around, signs of no width, fillers, tags, lone surrogates.
_HIDDEN = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufeff\uffa0"
    "\ufff0-\ufffb\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
)
JOINER, VARIANTS = "\u200d", "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_PICTURES = "\xa9\xae\u2190-\u2bff\ufe0f\U0001f000-\U0001faff"
# A variant is seen after the sign that it varies, a joiner between two emoji.
_UNSEEN = re.compile(f"[{_HIDDEN}]|(?<![^\\s{_HIDDEN}{JOINER}{VARIANTS}])[{VARIANTS}]")
_LOOSE = re.compile(f"(?<![{_PICTURES}]){JOINER}|{JOINER}(?![{_PICTURES}])")


def visible(text: str) -> str:
    """The text without what a reader cannot see; emoji that are joined or varied stay whole."""
    return _LOOSE.sub("", _UNSEEN.sub("", text))
