"""Which dataset an item of the inventory has become: the same title, or one that is much like it.

Titles are compared by what a reader sees in them: widths, blanks, punctuation and 台/臺 do not
matter. Who confirms a suggestion, and what comes of it, stands in ``desk.matching``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

LIKELY = 60
"""Per cent at which a dataset is suggested; below it, on the real titles, hardly any is right."""
MOST = 3
_NO_LETTER = re.compile(r"[\W_]+")
_SAME = str.maketrans({"台": "臺", "覆": "復"})


def key(title: str) -> str:
    """What of a title is compared."""
    folded = unicodedata.normalize("NFKC", title).casefold().translate(_SAME)
    return _NO_LETTER.sub("", folded)


def likeness(one: str, other: str) -> int:
    """How much two keys are alike, in per cent: shared pairs of signs (Dice), 100 if equal."""
    if one == other:
        return 100
    pairs, others = _pairs(one), _pairs(other)
    total = sum(pairs.values()) + sum(others.values())
    if not total:
        return 0
    shared = sum(min(n, others.get(pair, 0)) for pair, n in pairs.items())
    return min(99, 200 * shared // total)


def _pairs(text: str) -> Mapping[str, int]:
    pairs: dict[str, int] = {}
    for at in range(len(text) - 1):
        pair = text[at : at + 2]
        pairs[pair] = pairs.get(pair, 0) + 1
    return pairs


@dataclass(frozen=True, slots=True)
class Match:
    """A dataset that an item may have become; ``score`` in per cent, 100: the same title."""

    dataset: str
    title: str
    score: int


def matches(
    title: str, datasets: Iterable[tuple[str, str]], without: Sequence[str] = ()
) -> tuple[Match, ...]:
    """The datasets that are likely, best first, at most MOST.

    Args:
        title: the item's.
        datasets: number and title of each that is free.
        without: numbers of those that somebody has rejected.
    """
    wanted = key(title)
    found = [
        Match(number, told, score)
        for number, told in datasets
        if number not in without and (score := likeness(wanted, key(told))) >= LIKELY
    ]
    return tuple(sorted(found, key=lambda one: (-one.score, one.dataset))[:MOST])
