"""The ministry's datasets on the platform: what an export says of one, and what that changes.

Lives here: a dataset with the dates that the desk remembers of it, what it counts for, and the
figures of a year against its target. How the platform's exports look stands in
``adapters.catalogue_files``; what is stored, in ``desk.catalogue``. Sources: 法務部資料開放行動策略
(每年達到增加170項), domain rule R12, data.gov.tw dataset 6564.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum

from opendata.rules.canonical import canonical
from opendata.rules.errors import Fault
from opendata.rules.roc import BEFORE_YEAR_1, Quarter, quarter_of, roc_year

PAGE = "https://data.gov.tw/dataset/{}"
TARGET = 170
LEAST_SHARE = 70
"""Per cent of the last export that the next one has at least; one with fewer is not believed."""
FORECAST_FROM = timedelta(days=30)
PUBLISHED: Mapping[int, int] = {102: 50, 103: 30, 104: 1_710}
"""What the ministry published of itself: 行動策略, 截至104年12月止1,790項. Not to be recounted."""
LISTED, FIRST_SEEN, DELISTED = "ds_listed", "ds_first_seen", "ds_delisted"
COUNTS = (LISTED, FIRST_SEEN, DELISTED)


class Quality(StrEnum):
    """The label of the platform's check, and UNKNOWN for any that is not known yet."""

    PLATINUM = "platinum"
    GOLD = "gold"
    SILVER = "silver"
    BRONZE = "bronze"
    UNCHECKED = "unchecked"
    FAILED = "failed"
    UNKNOWN = "unknown"


_QUALITIES = {
    "白金": Quality.PLATINUM,
    "金": Quality.GOLD,
    "銀": Quality.SILVER,
    "銅": Quality.BRONZE,
    "無(未做品檢)": Quality.UNCHECKED,
    "無(品檢未過)": Quality.FAILED,
}


def quality_of(label: str) -> Quality:
    """The label as the platform writes it."""
    return _QUALITIES.get(label.replace("（", "(").replace("）", ")"), Quality.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Listing:
    """What a row of an export says of a dataset.

    Attributes:
        id: the platform's number, as text; "" in an export without numbers.
        title, agency_name: as written, trimmed.
        listed: 上架日期; None where it says none, or one that cannot be.
        quality, frequency: None where the export has no such column.
        updated: 詮釋資料更新時間 as written; "" where there is none.
        content: digest over the rest that is kept, e.g. addresses and fields.
    """

    id: str
    title: str
    agency_name: str
    listed: date | None = None
    quality: str | None = None
    frequency: str | None = None
    updated: str = ""
    content: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A row of an export.

    Attributes:
        line: it begins in (1 is the header's); of JSON, the number of the object.
        listing: what it says; None: it cannot be taken.
        faults: what is wrong with it; one that has a listing is taken all the same.
        id: the number, where that can be read even so.
    """

    line: int
    listing: Listing | None
    faults: tuple[Fault, ...] = ()
    id: str = ""


@dataclass(frozen=True, slots=True)
class Renamed:
    """Until when a dataset stood under another agency, and under which name."""

    agency: str
    agency_name: str
    until: date


@dataclass(frozen=True, slots=True)
class Dataset:
    """A dataset of the ministry, as the last complete export has it.

    Attributes:
        id: the platform's number; of an export without numbers, see ``key_of``.
        title, agency_name: as written; agency: our code of it.
        listed: 上架日期, which may be back-dated; None: the export does not say.
        first_seen: date in Taipei of the first export that the desk read it in.
        baseline: it stood in the first export of all: nobody knows since when.
        changed: date of the last export that it was different in.
        missing: date of the first complete export that it was missing from; None: it is there.
        delisted: the same date, once an export of a later day lacks it too; None: it is there, or
            nobody can tell yet.
        quality, label: the quality label, and as the platform writes it.
        frequency: 更新頻率.
        digest: over what the export says of it.
        former: under which agencies it stood before, oldest first.
    """

    id: str
    title: str
    agency: str
    agency_name: str
    listed: date | None
    first_seen: date
    changed: date
    delisted: date | None = None
    quality: Quality = Quality.UNKNOWN
    label: str = ""
    frequency: str = ""
    digest: str = ""
    baseline: bool = False
    former: tuple[Renamed, ...] = ()
    missing: date | None = None

    @property
    def url(self) -> str | None:
        """Its page; None for one that only an export without numbers named."""
        return PAGE.format(self.id) if self.id.isdecimal() else None


def key_of(agency: str, title: str, listed: date | None) -> str:
    """What stands for the number in an export without numbers: agency, trimmed name, 上架日."""
    told = canonical([agency, title, listed])
    return f"k{hashlib.sha256(told).hexdigest()[:16]}"


def seen(
    known: Dataset | None, told: Listing, agency: str, today: date, *, baseline: bool, same: bool
) -> Dataset:
    """The dataset after an export: itself, if that says nothing new.

    Args:
        known: as it was known; None: it is new.
        told: what the export says.
        agency: our code of the agency.
        today: date in Taipei.
        baseline: it is the first export of all.
        same: the export is of the generation of the last one, so that the rest can be compared.
    """
    quality = None if told.quality is None else quality_of(told.quality)
    if known is None:
        return Dataset(
            id=told.id or key_of(agency, told.title, told.listed),
            title=told.title,
            agency=agency,
            agency_name=told.agency_name,
            listed=told.listed,
            first_seen=today,
            changed=today,
            quality=quality or Quality.UNKNOWN,
            label=told.quality or "",
            frequency=told.frequency or "",
            digest=_digest(told),
            baseline=baseline,
        )
    former = known.former
    if known.agency != agency:
        former = (*former, Renamed(known.agency, known.agency_name, today))
    now = replace(
        known,
        id=told.id or known.id,
        title=told.title,
        agency=agency,
        agency_name=told.agency_name,
        listed=told.listed or known.listed,
        missing=None,
        delisted=None,
        quality=quality or known.quality,
        label=known.label if told.quality is None else told.quality,
        frequency=known.frequency if told.frequency is None else told.frequency,
        digest=_digest(told),
        former=former,
    )
    if now == known:
        return known
    if known.delisted is None and replace(now, missing=known.missing) == known:
        return now
    if not same and replace(now, digest=known.digest, missing=known.missing) == known:
        return now
    return replace(now, changed=today)


def _digest(told: Listing) -> str:
    return hashlib.sha256(canonical(told)).hexdigest()[:32]


def gone(known: Dataset, today: date) -> Dataset:
    """The dataset when an export lacks it that seems complete.

    One that was cut off between two rows seems so, too: only what an export of a later day lacks
    as well has gone, and then since the first of them.
    """
    if known.delisted:
        return known
    if known.missing is None:
        return replace(known, missing=today)
    if known.missing == today:
        return known
    return replace(known, delisted=known.missing, changed=today)


# -- what it counts for -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Count:
    """How many datasets of an agency count under a name in a quarter, e.g. ``115Q3``."""

    quarter: str
    agency: str
    name: str
    n: int


def counted(one: Dataset | None) -> Counter[tuple[str, str, str]]:
    """What a dataset counts for: (quarter, agency, name); nothing, if there is none.

    Nobody knows since when what the first export had is there, so it is new in no quarter by
    FIRST_SEEN; by 上架日期 it is.
    """
    counts = Counter[tuple[str, str, str]]()
    if one is None:
        return counts
    if one.listed is not None:
        counts[_quarter(one.listed), one.agency, LISTED] += 1
    if not one.baseline:
        counts[_quarter(one.first_seen), one.agency, FIRST_SEEN] += 1
    if one.delisted is not None:
        counts[_quarter(one.delisted), one.agency, DELISTED] += 1
    return counts


def _quarter(day: date) -> str:
    return quarter_of(day).code


def difference(changes: Iterable[tuple[Dataset | None, Dataset | None]]) -> Iterator[Count]:
    """What to add to the counters when datasets become others; each name once."""
    moved = Counter[tuple[str, str, str]]()
    for before, after in changes:
        moved.update(counted(after))
        moved.subtract(counted(before))
    for (quarter, agency, name), n in sorted(moved.items()):
        if n:
            yield Count(quarter, agency, name, n)


@dataclass(frozen=True, slots=True)
class Target:
    """How many new datasets a year is held to.

    Attributes:
        n: of them.
        strategy: version of the strategy that says so.
        ground: where it says so, or why it was changed.
    """

    n: int = TARGET
    strategy: str = "法務部資料開放行動策略（104年6月22日）"
    ground: str = "依資料盤點表之預計開放年度，每年達到增加170項"


@dataclass(frozen=True, slots=True)
class Year:
    """New datasets of a year, or of one of its quarters, against the target.

    Attributes:
        year: 民國.
        gross: distinct datasets by 上架日期; first_seen: those that the desk saw come.
        delisted: those that went in that time, whenever they had come.
        target: for the whole year; None for one agency: the promise is the ministry's.
        pace: how many there should be by the end of the last quarter, in quarters of the target.
        forecast: what the year comes to, if the rest of it is like what has passed; None before
            FORECAST_FROM, and where there is no target.
        published: what official documents say of that year; None: nothing.
    """

    year: int
    gross: int = 0
    first_seen: int = 0
    delisted: int = 0
    target: Target | None = None
    pace: float | None = None
    forecast: int | None = None
    published: int | None = None
    by_quarter: Mapping[str, int] = field(default_factory=dict)

    @property
    def net(self) -> int:
        """What came less what went."""
        return self.gross - self.delisted


def year_of(
    year: int,
    quarters: Mapping[str, Mapping[str, int]],
    today: date,
    *,
    target: Target | None = None,
    through: int = 4,
) -> Year:
    """The figures of a year up to one of its quarters.

    Args:
        year: 民國.
        quarters: counts by name, for each quarter's code.
        today: date in Taipei.
        target: None for one agency.
        through: the last quarter that counts; the pace is that of its end.
    """
    wanted = [Quarter(year, number) for number in range(1, through + 1)]
    sums = Counter[str]()
    for quarter in wanted:
        sums.update({name: quarters.get(quarter.code, {}).get(name, 0) for name in COUNTS})
    gross = sums[LISTED]
    return Year(
        year=year,
        gross=gross,
        first_seen=sums[FIRST_SEEN],
        delisted=sums[DELISTED],
        target=target,
        pace=target.n * through / 4 if target else None,
        forecast=_forecast(year, gross, today) if target else None,
        published=PUBLISHED.get(year) if target else None,
        by_quarter={one.code: quarters.get(one.code, {}).get(LISTED, 0) for one in wanted},
    )


def _forecast(year: int, gross: int, today: date) -> int | None:
    """By rule of three over the days that have passed."""
    first, last = date(year + BEFORE_YEAR_1, 1, 1), date(year + BEFORE_YEAR_1, 12, 31)
    if today > last:
        return gross
    passed = today - first + timedelta(days=1)
    if passed < FORECAST_FROM:
        return None
    return round(gross * ((last - first).days + 1) / passed.days)


def quarter_reached(year: int, today: date) -> int:
    """The quarter that a year has come to: 4 for a past one, 1 for one that lies ahead."""
    if roc_year(today) == year:
        return quarter_of(today).number
    return 4 if roc_year(today) > year else 1


def too_few(now: int, before: int) -> bool:
    """Whether an export has so much less than the last one that it is not believed."""
    return now * 100 < before * LEAST_SHARE
