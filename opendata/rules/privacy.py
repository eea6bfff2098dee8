"""Personal data in free text: what is found, and how it is masked. Who may look stands elsewhere.

Patterns warn and mask; they prove nothing. Source: 個人資料保護法 §2, §5; domain rule R20.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


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


_PATTERNS = (
    (
        PersonalData.EMAIL,
        re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}"),
    ),
    # National ID, and both generations of the resident certificate.
    (PersonalData.NATIONAL_ID, re.compile(r"(?<![A-Za-z])[A-Za-z][A-Da-d1289]\d{8}(?!\d)")),
    (PersonalData.PHONE, re.compile(r"(?<!\d)(?:\+?886[- ]?9|09)\d{2}[- ]?\d{3}[- ]?\d{3}(?!\d)")),
    # Landlines need a mark between area and number: institution codes have ten digits too.
    (
        PersonalData.PHONE,
        re.compile(
            r"(?<!\d)(?:\(0\d{1,2}\) ?|(?:0|\+886[- ]?)\d{1,2}[- ])\d{3,4}[- ]?\d{3,4}(?!\d)"
        ),
    ),
)
# Full-width signs are read as the ASCII they stand for; positions stay.
_FULL_WIDTH = {0xFF01 + n: 0x21 + n for n in range(94)} | {0x3000: 0x20}


def find(text: str) -> tuple[Finding, ...]:
    """Every finding in the order of the text, without overlaps."""
    plain = text.translate(_FULL_WIDTH)
    found = sorted(
        (
            Finding(kind, hit.start(), hit.end())
            for kind, pat in _PATTERNS
            for hit in pat.finditer(plain)
        ),
        key=lambda finding: (finding.start, -finding.end),
    )
    kept: list[Finding] = []
    for finding in found:
        if not kept or finding.start >= kept[-1].end:
            kept.append(finding)
    return tuple(kept)


def mask(text: str, mark: Callable[[PersonalData], str]) -> str:
    """The text with each finding replaced by ``mark`` of its kind."""
    parts, end = [], 0
    for finding in find(text):
        parts += [text[end : finding.start], mark(finding.kind)]
        end = finding.end
    return "".join([*parts, text[end:]])
