"""What a case counts for, as numbers that can be added, and the report that they add up to.

Each round of a case is counted in the quarter of its original due date and in its agency.
``tallies`` says what they count for as they stand; a commit writes the difference to what they
counted for before, so the counters are at every moment the sum of all tallies and can be
recounted. Sources: DESIGN §4 (``status``), domain rule R11; the cohort of a rate is what has
fallen due (peers.md §5, case 33).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate
from typing import Any

from opendata.rules.feedback import OPEN, Case, Event, Kind, Round, State, began, evolve
from opendata.rules.people import Capacity
from opendata.rules.roc import Quarter, local_date, quarter_of

LONGEST = 60
MINUTES_A_DAY = 24 * 60
FEWEST = 5
"""Cases below which no percentage is given."""
_APPROVED_BY = {
    Capacity.CIO: "cio",
    Capacity.DEPUTY_ABSENT: "deputy",
    Capacity.ACTING: "deputy",
    Capacity.DELEGATED: "delegated",
}


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of one quarter and agency. A name is ``<count>`` or ``<count>:<due date>``."""

    quarter: str
    agency: str
    counts: Mapping[str, int]


def tallies(case: Case) -> dict[int, Tally]:
    """What each of the case's rounds counts for, by its number."""
    return {one.number: tally(one, case.kind) for one in case.rounds}


def tally(one: Round, kind: Kind) -> Tally:
    """What a round counts for; ``kind``: the channel that its case came by."""
    counts: Counter[str] = Counter()
    dropped = one.state in (State.SET_ASIDE, State.WITHDRAWN)
    if not dropped:
        counts[f"n:{one.due.original:%Y%m%d}"] = 1
        counts[f"n14:{one.due.platform:%Y%m%d}"] = 1
        counts[f"from_{kind.value}"] = 1
        _answers(one, counts)
    counts |= Counter(
        {
            "rounds": int(one.number > 1),
            "under_study": int(one.state is State.UNDER_STUDY),
            "set_aside": int(one.state is State.SET_ASIDE),
            "withdrawn": int(one.state is State.WITHDRAWN),
            "extended": int(one.extended),
            "transferred": int(one.transferred),
        }
    )
    if one.stars is not None:
        counts |= {"stars": 1, "stars_sum": one.stars, "stars_low": int(one.stars < 3)}
    quarter = quarter_of(one.due.original)
    return Tally(quarter.code, one.agency, {name: n for name, n in counts.items() if n})


def _answers(one: Round, counts: Counter[str]) -> None:
    if one.first_answered_at is None:
        return
    first = local_date(one.first_answered_at)
    in_time = first <= one.due.original
    counts[f"{'in' if in_time else 'late'}:{one.due.original:%Y%m%d}"] = 1
    if first <= one.due.platform:
        counts[f"in14:{one.due.platform:%Y%m%d}"] = 1
    days = (first - local_date(one.opened_at)).days
    counts["days"] = days
    counts[f"took:{min(days, LONGEST):02}"] = 1
    if one.worked is not None:
        counts["workdays"] = one.worked
        counts[f"worked:{min(one.worked, LONGEST):02}"] = 1
    for state, minutes in one.spent.items():
        counts[f"spent_{state.value}"] = minutes
    counts["refused"] = int(one.refused)
    if one.answered_by:
        counts[f"by_{_APPROVED_BY[Capacity(one.answered_by)]}"] = 1
    if one.answered_at is not None:
        substantive = local_date(one.answered_at) <= one.due.original
        counts["substantive_in_time" if substantive else "substantive_late"] = 1


def difference(before: Case | None, after: Case) -> tuple[Tally, ...]:
    """What to add to the counters when a case changes; no round that was counted is dropped."""
    old = tallies(before) if before else {}
    return tuple(
        flow for number, new in tallies(after).items() for flow in _moved(old.get(number), new)
    )


def _moved(old: Tally | None, new: Tally) -> tuple[Tally, ...]:
    if old is None:
        return (new,)
    if (old.quarter, old.agency) != (new.quarter, new.agency):
        return (_times(old, -1), new)
    moved = Counter(new.counts)
    moved.subtract(old.counts)
    changed = {name: n for name, n in moved.items() if n}
    return (Tally(new.quarter, new.agency, changed),) if changed else ()


def flows(before: Case | None, events: Iterable[Event]) -> Iterator[Tally]:
    """What events add to the counters, following a case as it was before them, or from nothing."""
    case = before
    for event in events:
        after = evolve(case, event) if case else began(event, "")
        yield from difference(case, after)
        case = after


def _times(counted: Tally, factor: int) -> Tally:
    return Tally(
        counted.quarter,
        counted.agency,
        {name: factor * n for name, n in counted.counts.items()},
    )


@dataclass(frozen=True, slots=True)
class Share:
    """A rate by its numerator and denominator."""

    n: int
    d: int

    @property
    def percent(self) -> int | None:
        """In per cent, 四捨五入; None of fewer than FEWEST cases, and of none at all."""
        return (200 * self.n + self.d) // (2 * self.d) if self.d >= FEWEST else None


@dataclass(frozen=True, slots=True)
class Figures:
    """One line of the report; the names are those of ``status`` in DESIGN §4.

    ``received`` counts the rounds whose due date lies in the period, without what was set aside
    or withdrawn; ``due`` those whose due date has passed, or is today and they are answered;
    ``not_due`` the rest, ``answered_early`` of which have been answered all the same. ``stages``:
    mean days that an answered round spent in each state; ``kinds``: of those received, how many
    came by each channel.
    """

    received: int = 0
    due: int = 0
    in_time: int = 0
    late: int = 0
    open_in_time: int = 0
    open_late: int = 0
    not_due: int = 0
    answered_early: int = 0
    under_study: int = 0
    within_7: Share = Share(0, 0)
    within_14: Share = Share(0, 0)
    substantive_in_time: int = 0
    substantive_late: int = 0
    median: float | None = None
    mean: float | None = None
    histogram: Mapping[int, int] = field(default_factory=dict)
    median_workdays: float | None = None
    mean_workdays: float | None = None
    workdays: Mapping[int, int] = field(default_factory=dict)
    stages: Mapping[State, float] = field(default_factory=dict)
    kinds: Mapping[Kind, int] = field(default_factory=dict)
    set_aside: int = 0
    withdrawn: int = 0
    extended: int = 0
    transferred: int = 0
    rounds: int = 0
    refused: int = 0
    approved_by: Mapping[str, int] = field(default_factory=dict)
    stars: int = 0
    stars_mean: float | None = None
    stars_below_3: int = 0


def figures(counts: Mapping[str, int], today: date) -> Figures:
    """The line that some counters add up to, seen on a local date."""
    n, on_time, late = (_by_day(counts, name) for name in ("n", "in", "late"))
    received, in_time, answered_late = n.total(), on_time.total(), late.total()
    past_in = _until(on_time, today)
    past = _until(n, today - timedelta(days=1)) + on_time[today]
    open_late = _until(n - on_time - late, today - timedelta(days=1))
    took, worked = _spread(counts, "took"), _spread(counts, "worked")
    answered = sum(took.values())
    stars = counts.get("stars", 0)
    return Figures(
        received=received,
        due=past,
        in_time=in_time,
        late=answered_late,
        open_in_time=received - in_time - answered_late - open_late,
        open_late=open_late,
        not_due=received - past,
        answered_early=in_time - past_in,
        under_study=counts.get("under_study", 0),
        within_7=Share(past_in, past),
        within_14=_within_14(counts, today),
        substantive_in_time=counts.get("substantive_in_time", 0),
        substantive_late=counts.get("substantive_late", 0),
        median=_median(took),
        mean=_mean(counts.get("days", 0), answered),
        histogram=took,
        median_workdays=_median(worked),
        mean_workdays=_mean(counts.get("workdays", 0), sum(worked.values())),
        workdays=worked,
        stages=_stages(counts, answered),
        kinds={kind: counts.get(f"from_{kind.value}", 0) for kind in Kind},
        set_aside=counts.get("set_aside", 0),
        withdrawn=counts.get("withdrawn", 0),
        extended=counts.get("extended", 0),
        transferred=counts.get("transferred", 0),
        rounds=counts.get("rounds", 0),
        refused=counts.get("refused", 0),
        approved_by={who: counts.get(f"by_{who}", 0) for who in ("cio", "deputy", "delegated")},
        stars=stars,
        stars_mean=_mean(counts.get("stars_sum", 0), stars),
        stars_below_3=counts.get("stars_low", 0),
    )


def _spread(counts: Mapping[str, int], name: str) -> dict[int, int]:
    """How many took so many days; LONGEST holds all that took longer."""
    told = {days: counts.get(f"{name}:{days:02}", 0) for days in range(LONGEST + 1)}
    return {days: number for days, number in told.items() if number}


def _mean(total: int, number: int) -> float | None:
    return round(total / number, 1) if number else None


def _stages(counts: Mapping[str, int], answered: int) -> dict[State, float]:
    """Mean days in each state, of rounds that were answered."""
    if not answered:
        return {}
    minutes = {state: counts.get(f"spent_{state.value}", 0) for state in State if state in OPEN}
    return {s: round(n / answered / MINUTES_A_DAY, 1) for s, n in minutes.items() if n}


def _by_day(counts: Mapping[str, int], name: str) -> Counter[date]:
    days: Counter[date] = Counter()
    prefix = f"{name}:"
    for key, number in counts.items():
        if key.startswith(prefix):
            days[date.fromisoformat(key.removeprefix(prefix))] += number
    return days


def _until(days: Counter[date], last: date) -> int:
    return sum(number for day, number in days.items() if day <= last)


def _within_14(counts: Mapping[str, int], today: date) -> Share:
    n, answered = _by_day(counts, "n14"), _by_day(counts, "in14")
    return Share(
        _until(answered, today),
        _until(n, today - timedelta(days=1)) + answered[today],
    )


def _median(took: Mapping[int, int]) -> float | None:
    number = sum(took.values())
    if not number:
        return None
    lower, upper = _nth(took, (number - 1) // 2), _nth(took, number // 2)
    return lower if number % 2 else (lower + upper) / 2


def _nth(took: Mapping[int, int], wanted: int) -> int:
    """The days that the n-th took, in their order, from 0 on."""
    passed = accumulate(number for _, number in sorted(took.items()))
    return next(days for days, upto in zip(sorted(took), passed, strict=True) if wanted < upto)


def to_json(line: Figures) -> dict[str, Any]:
    """The contract of ``status``: one line of it."""
    plain = (
        *("received", "due", "in_time", "late", "open_in_time", "open_late", "not_due"),
        *("under_study", "set_aside", "withdrawn", "extended", "transferred", "rounds", "refused"),
    )
    return {name: getattr(line, name) for name in plain} | {
        "within_7": {"n": line.within_7.n, "d": line.within_7.d},
        "within_14": {"n": line.within_14.n, "d": line.within_14.d},
        "substantive": {"in_time": line.substantive_in_time, "late": line.substantive_late},
        "days": {
            "median": line.median,
            "mean": line.mean,
            "histogram": {str(days): n for days, n in line.histogram.items()},
            "working": {
                "median": line.median_workdays,
                "mean": line.mean_workdays,
                "histogram": {str(days): n for days, n in line.workdays.items()},
            },
        },
        "stages": {state.value: days for state, days in line.stages.items()},
        "kinds": {kind.value: n for kind, n in line.kinds.items()},
        "approved_by": dict(line.approved_by),
        "stars": {"n": line.stars, "mean": line.stars_mean, "below_3": line.stars_below_3},
    }


def added(rows: Iterable[Mapping[str, int]]) -> Counter[str]:
    """Counters of several agencies or quarters together."""
    total: Counter[str] = Counter()
    for row in rows:
        total.update(row)
    return total


def quarters(period: str) -> tuple[Quarter, ...]:
    """The quarters of ``115Q3`` or of the whole ROC year ``115``.

    Raises:
        Invalid: it is neither.
    """
    if period.isdecimal() and len(period) <= 3:
        return tuple(Quarter(int(period), number) for number in (1, 2, 3, 4))
    return (Quarter.parse(period),)
