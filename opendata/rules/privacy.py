"""Personal data in free text: what is found, and how it is masked. Who may look stands elsewhere.

Patterns warn and mask; they prove nothing. They look at the text as a reader sees it: signs that
show nothing neither hide a number nor survive its mask. Source: 個人資料保護法 §2, §5; domain rule
R20.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache


class PersonalData(StrEnum):
    """What kind of personal data a text seems to hold."""

    NATIONAL_ID = "national_id"
    EMAIL = "email"
    PHONE = "phone"


@dataclass(frozen=True, slots=True)
class Finding:
    """Personal data at ``[start, end)`` of a text."""

    kind: PersonalData
    start: int
    end: int


# What may stand between the groups of a number; runs of blanks are one blank by then.
_MARK = "[-.· ]"
_GAP = f"{_MARK}{{0,3}}"
_LABEL = "[A-Za-z0-9]++(?:-++[A-Za-z0-9]++)*+"

# Every pattern reads a text in linear time: what repeats is bounded or never given back.
_PATTERNS = (
    (
        PersonalData.EMAIL,
        re.compile(rf"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]++@{_LABEL}(?:\.{_LABEL})++"),
    ),
    # National ID, and both generations of the resident certificate.
    (
        PersonalData.NATIONAL_ID,
        re.compile(
            rf"(?<![A-Za-z])[A-Za-z][A-Da-d1289]\d\d(?:\d{{6}}|(?:{_MARK}{{1,3}}\d{{3}}){{2}})(?!\d)"
        ),
    ),
    # Mobile numbers: 0912-345-678, 0912 34 5678, and both from abroad.
    (
        PersonalData.PHONE,
        re.compile(
            rf"(?<!\d)(?:\(?\+?886\)?{_GAP}(?:\(0\){_GAP})?9|09)\d\d{_GAP}"
            rf"(?:\d{{3}}{_GAP}\d{{3}}|\d\d{_GAP}\d{{4}})(?!\d)"
        ),
    ),
    # Landlines need a mark between area and number: institution codes have ten digits too.
    (
        PersonalData.PHONE,
        re.compile(
            rf"(?<!\d)(?:\(0\d{{1,2}}\){_GAP}|0\d{{1,2}}{_MARK}{{1,3}}"
            rf"|\(?\+886\)?{_GAP}(?:\(0\){_GAP})?\d{{1,2}}{_GAP})"
            rf"\d{{3,4}}{_GAP}\d{{3,4}}(?!\d)"
        ),
    ),
)

# Full-width signs are read as the ASCII they stand for.
_FULL_WIDTH = {0xFF01 + n: chr(0x21 + n) for n in range(94)}
# Signs of other kinds that look like a blank, a hyphen, a dot.
_LOOKS = dict.fromkeys("\t\n\u2800\u3164\uffa0", " ") | {"\u2212": "-"}
_LOOKS |= dict.fromkeys("\u00b7\u2022\u2024\u2027\u2219\u22c5\u30fb\uff65", "·")
# How signs of a category look; control and format characters and accents of their own do not.
_CATEGORIES = dict.fromkeys(("Zs", "Zl", "Zp"), " ") | {"Pd": "-"}
_CATEGORIES |= dict.fromkeys(("Cc", "Cf", "Cs", "Mn", "Me"), "")


def find(text: str) -> tuple[Finding, ...]:
    """Every finding in the order of the text; those that overlap are one, of the first's kind."""
    plain, places = _as_seen(text)
    found = sorted(
        (
            Finding(kind, places[hit.start()], places[hit.end()])
            for kind, pat in _PATTERNS
            for hit in pat.finditer(plain)
        ),
        key=lambda finding: (finding.start, -finding.end),
    )
    kept: list[Finding] = []
    for finding in found:
        if not kept or finding.start >= kept[-1].end:
            kept.append(finding)
        elif finding.end > kept[-1].end:
            kept[-1] = replace(kept[-1], end=finding.end)
    return tuple(kept)


def mask(text: str, mark: Callable[[PersonalData], str]) -> str:
    """The text with each finding replaced by ``mark`` of its kind."""
    parts, end = [], 0
    for finding in find(text):
        parts += [text[end : finding.start], mark(finding.kind)]
        end = finding.end
    return "".join([*parts, text[end:]])


def _as_seen(text: str) -> tuple[str, list[int]]:
    """The text as it looks, in plain signs.

    Returns:
        The folded text, in which no blank follows another, and for each of its places, and its
        end, the place in the text.
    """
    signs: list[str] = []
    places: list[int] = []
    for place, sign in enumerate(text):
        seen = _seen(sign)
        if seen and (seen != " " or signs[-1:] != [" "]):
            signs.append(seen)
            places.append(place)
    return "".join(signs), [*places, len(text)]


@lru_cache(maxsize=4096)
def _seen(sign: str) -> str:
    """What a reader takes a sign for; nothing, if it shows nothing of its own."""
    if sign.isascii() and sign.isprintable():
        return sign
    if (code := ord(sign)) in _FULL_WIDTH:
        return _FULL_WIDTH[code]
    if sign in _LOOKS:
        return _LOOKS[sign]
    if (digit := unicodedata.decimal(sign, None)) is not None:
        return str(digit)
    return _CATEGORIES.get(unicodedata.category(sign), sign)
