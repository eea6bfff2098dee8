"""Which dataset an item of the inventory has become: the same title, or one that is much like it.

Titles are compared by what a reader sees in them: widths, blanks, punctuation and 台/臺 do not
matter. Who confirms a suggestion, and what comes of it, stands in ``desk.matching``.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Container, Iterable, Mapping
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
    shared = sum(min(n, others.get(pair, 0)) for pair, n in pairs.items())
    return _score(shared, sum(pairs.values()) + sum(others.values()))


def _score(shared: int, total: int) -> int:
    return min(99, 200 * shared // total) if total else 0


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


class Titles:
    """Titles of datasets by the pairs of signs in them, so that many items are compared quickly."""

    def __init__(self, datasets: Iterable[tuple[str, str]]) -> None:
        """``datasets``: number and title of each."""
        self._titles = dict(datasets)
        self._sizes = dict[str, int]()
        self._same = dict[str, list[str]]()
        self._having = dict[str, list[tuple[str, int]]]()
        for number, title in self._titles.items():
            told = key(title)
            pairs = _pairs(told)
            self._same.setdefault(told, []).append(number)
            self._sizes[number] = sum(pairs.values())
            for pair, n in pairs.items():
                self._having.setdefault(pair, []).append((number, n))

    def likely(self, title: str, without: Container[str] = ()) -> tuple[Match, ...]:
        """The datasets that are likely to be an item, best first, at most MOST.

        ``without``: numbers of those that are others'.
        """
        wanted = key(title)
        pairs, shared = _pairs(wanted), Counter[str](self._same.get(wanted, ()))
        for pair, n in pairs.items():
            for number, m in self._having.get(pair, ()):
                shared[number] += min(n, m)
        size, same = sum(pairs.values()), frozenset(self._same.get(wanted, ()))
        scores = (
            (number, 100 if number in same else _score(both, size + self._sizes[number]))
            for number, both in shared.items()
            if number not in without
        )
        found = [
            Match(number, self._titles[number], score)
            for number, score in scores
            if score >= LIKELY
        ]
        return tuple(sorted(found, key=lambda one: (-one.score, one.dataset))[:MOST])
