"""The catalogue: take the platform's list of datasets in, and say what the ministry has there.

An export is read to its end before anything is written: one that is cut off, empty or suddenly
much smaller changes nothing and is told to the coordinators. Then only what differs from the last
state is written, in transactions of a few datasets with their counters; one that dies between two
of them is finished by the next. What an export says stands in ``adapters.catalogue_files``.

Codes of faults: ``too_few_rows``, ``too_few_of_ours``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Protocol

from opendata.desk import catalogue_records as stored
from opendata.desk import outbox, records
from opendata.desk.catalogue_records import Refusal, Sync
from opendata.desk.context import Desk
from opendata.desk.outbox import Message
from opendata.desk.ports import Add, Delete, Expect, Index, Put, Row, Write
from opendata.rules import catalogue as rules
from opendata.rules.catalogue import Dataset, Found, Listing, Target, Year
from opendata.rules.errors import Fault, Invalid
from opendata.rules.people import Agency, Directory
from opendata.rules.roc import BEFORE_YEAR_1, Quarter

AT_ONCE = 15
"""Datasets in a transaction: each is up to two rows and counts in up to four others."""
LIKE_OURS = ("法務部", "檢察署", "檢察分署", "監獄", "看守所", "戒治所", "技能訓練所", "少年觀護所")
"""Names that have one of these in them and that nobody knows may be an agency under a new name."""


class Export(Protocol):
    """A list of datasets that is read once.

    Attributes:
        form: its generation.
        numbered: whether its datasets have numbers.
        digest: SHA-256 of it, when it was read to its end.
    """

    form: str
    numbered: bool

    def __iter__(self) -> Iterator[Found]:
        """Its rows; raises Invalid where it cannot be read to its end."""
        ...

    @property
    def digest(self) -> str:
        """SHA-256 of it, when it was read to its end."""
        ...


Heard = Callable[[int, Fault], None]
"""Hears of each row that was not taken, or not wholly: its line, and why."""


@dataclass(slots=True)
class _Reading:
    """What an export says of the ministry; of other rows nothing is kept but how many they are.

    Attributes:
        rows, faults: how many there were.
        ours: listings of the ministry by number, or by what stands for it.
        spared: numbers of rows that could not be taken: nobody knows what became of those.
        blind: rows without a number could not be taken, so that no dataset is known to be gone.
    """

    heard: Heard
    directory: Directory
    known: Collection[str]
    today: date
    rows: int = 0
    faults: int = 0
    ours: dict[str, tuple[Listing, Agency]] = field(default_factory=dict)
    spared: set[str] = field(default_factory=set)
    blind: bool = False

    def take(self, found: Found) -> None:
        """A row."""
        self.rows += 1
        told = found.listing
        if told is None:
            self._lost(found)
            return
        agency = self.directory.resolve(told.agency_name)
        if agency is not None:
            self._ours(found, told, agency)
        elif told.id in self.known or any(part in told.agency_name for part in LIKE_OURS):
            self.spared.add(told.id)
            named = (("text", told.agency_name[:60]),)
            self._wrong(found.line, Fault("提供機關", "agency_nobody_knows", named))

    def _lost(self, found: Found) -> None:
        self.spared.add(found.id)
        self.blind = self.blind or not found.id
        self._wrong(found.line, *found.faults)

    def _ours(self, found: Found, told: Listing, agency: Agency) -> None:
        """Of two rows with one number the newer is taken, by 詮釋資料更新時間; else the later."""
        self._wrong(found.line, *found.faults)
        if told.listed is not None and told.listed > self.today:
            ahead = (("date", told.listed),)
            self._wrong(found.line, Fault("上架日期", "listed_ahead", ahead))
        id_ = told.id or rules.key_of(agency.code, told.title, told.listed)
        if id_ in self.ours:
            twice = (("id", told.id or told.title[:60]),)
            self._wrong(found.line, Fault("資料集識別碼", "dataset_twice", twice))
            if told.updated < self.ours[id_][0].updated:
                return
        self.ours[id_] = told, agency

    def _wrong(self, line: int, *faults: Fault) -> None:
        for fault in faults:
            self.faults += 1
            self.heard(line, fault)


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of an export: what is remembered of it, and how many faults its rows had.

    ``blind``: as rows could not be read, no dataset was taken for delisted.
    """

    sync: Sync
    faults: int
    blind: bool


def sync(desk: Desk, opened: Callable[[], Export], source: str, heard: Heard) -> Taken:
    """Take an export in.

    Args:
        desk: the desk.
        opened: opens the export; called once.
        source: what it is called: a file's name, or the host and path of an address.
        heard: hears of each fault of a row of ours, or of a row that may be ours.

    Raises:
        Invalid: it is not taken, the last state stays; the coordinators are told once.
        Stale: another export is taken in at the same moment; the next one finishes it.
    """
    last = last_sync(desk)
    known = {row.key: row for row in desk.store.query(records.CATALOGUE, stored.DATASET).rows}
    datasets = {one.id: one for one in map(stored.read_dataset, known.values())}
    versions = {row.value["id"]: row.version for row in known.values()}
    try:
        export = opened()
        read = _Reading(heard, desk.directory(), datasets, desk.today())
        for found in export:
            read.take(found)
        _believed(read, last)
    except Invalid as refused:
        _refuse(desk, source, refused)
        raise
    today = desk.today()
    same = last is not None and last.form == export.form
    changes = [
        (before, rules.seen(before, told, agency.code, today, baseline=last is None, same=same))
        for before, told, agency in _paired(read, datasets)
    ]
    if not read.blind:
        kept = {before.id for before, _ in changes if before} | read.spared
        changes += [
            (one, rules.gone(one, today)) for one in datasets.values() if one.id not in kept
        ]
    moved = [
        (before, after) for before, after in changes if before is not after and before != after
    ]
    for at in range(0, len(moved), AT_ONCE):
        desk.store.commit(*_writes(moved[at : at + AT_ONCE], versions))
    taken = _remembered(desk, source, export, read, last, moved)
    if moved:
        # What came may be what an item of the inventory waits for.
        task = outbox.task(desk, Message.MATCH, records.INVENTORY, int(desk.now().timestamp()))
        desk.store.commit(Put(outbox.intent_row(task), Expect.ANY))
    return Taken(taken, read.faults, read.blind)


def _believed(read: _Reading, last: Sync | None) -> None:
    """Raises Invalid: nothing of the ministry stands in it, or it has suddenly much less."""
    if not read.ours:
        raise Invalid(Fault("file", "no_dataset_of_ours", (("rows", read.rows),)))
    if last is None:
        return
    for what, now, before in (
        ("too_few_rows", read.rows, last.rows),
        ("too_few_of_ours", len(read.ours), last.ours),
    ):
        if rules.too_few(now, before):
            raise Invalid(Fault("file", what, (("now", now), ("before", before))))


def _paired(
    read: _Reading, known: Mapping[str, Dataset]
) -> Iterator[tuple[Dataset | None, Listing, Agency]]:
    """Each listing with the dataset that it is: by number; where one has none, by its names."""
    named: dict[tuple[str, str], list[Dataset]] = {}
    for one in known.values():
        if one.id not in read.ours:
            named.setdefault((one.agency, one.title), []).append(one)
    for id_, (told, agency) in read.ours.items():
        if id_ in known:
            yield known[id_], told, agency
            continue
        alike = [
            one
            for one in named.get((agency.code, told.title), ())
            if (one.url is None or not told.id) and told.listed in (None, one.listed)
        ]
        if len(alike) == 1:
            named[agency.code, told.title].remove(alike[0])
        yield alike[0] if len(alike) == 1 else None, told, agency


def _writes(
    moved: Sequence[tuple[Dataset | None, Dataset]], versions: Mapping[str, int]
) -> Iterator[Write]:
    """Datasets in their new state, with what that adds to the counters."""
    for before, after in moved:
        if before is None:
            yield Put(stored.dataset_row(after, 1))
        elif before.id == after.id:
            version = versions[before.id]
            yield Put(stored.dataset_row(after, version + 1), version)
        else:
            yield Delete(stored.dataset_key(before.id), versions[before.id])
            yield Put(stored.dataset_row(after, 1))
    amounts: dict[tuple[str, str], dict[str, int]] = {}
    for count in rules.difference(moved):
        amounts.setdefault((count.quarter, count.agency), {})[count.name] = count.n
    for (quarter, agency), added in amounts.items():
        yield Add(records.counter_key(quarter, agency), added)


def _remembered(
    desk: Desk,
    source: str,
    export: Export,
    read: _Reading,
    last: Sync | None,
    moved: Sequence[tuple[Dataset | None, Dataset]],
) -> Sync:
    new = sum(before is None for before, _ in moved)
    gone = sum(before is not None and after.delisted is not None for before, after in moved)
    missing = sum(after.missing is not None for _, after in moved) - gone
    taken = Sync(
        at=desk.now(),
        source=source,
        form=export.form,
        file=export.digest,
        rows=read.rows,
        ours=len(read.ours),
        new=new,
        changed=len(moved) - new - gone - missing,
        delisted=gone,
        missing=missing,
        version=(last.version if last else 0) + 1,
    )
    desk.store.commit(
        Put(stored.sync_row(taken), last.version if last else Expect.ABSENT),
        Delete(stored.REFUSAL_KEY),
    )
    return taken


def _refuse(desk: Desk, source: str, refused: Invalid) -> None:
    """Remember why exports are not taken; of each reason the coordinators are told once."""
    fault, before = refused.faults[0], refusal(desk)
    if before is not None and before.fault.code == fault.code:
        return
    why = Refusal(desk.now(), source, fault)
    number = int(why.at.timestamp())
    told = outbox.task(desk, Message.CATALOGUE_REFUSED, records.CATALOGUE, number)
    desk.store.commit(
        Put(stored.refusal_row(why), Expect.ANY),
        Put(outbox.intent_row(replace(told, occasion=str(number))), Expect.ANY),
    )


# -- what there is ------------------------------------------------------------------------------


def last_sync(desk: Desk) -> Sync | None:
    """The last export that was taken; None: there was none yet."""
    row = desk.store.get(stored.SYNC_KEY).get(stored.SYNC_KEY)
    return stored.read_sync(row) if row else None


def refusal(desk: Desk) -> Refusal | None:
    """Why exports are not taken at present; None: the last one was."""
    row = desk.store.get(stored.REFUSAL_KEY).get(stored.REFUSAL_KEY)
    return stored.read_refusal(row) if row else None


def dataset(desk: Desk, id_: str) -> Dataset | None:
    """The dataset of the ministry that has this number."""
    key = stored.dataset_key(id_)
    row = desk.store.get(key).get(key)
    return stored.read_dataset(row) if row else None


def of_agency(desk: Desk, agency: str) -> Iterator[Dataset]:
    """An agency's datasets by 上架日期, oldest first; eventually consistent."""
    for row in desk.store.find(Index.AGENCY, stored.shelf(agency)).rows:
        yield stored.read_dataset(row)


def every(desk: Desk) -> Iterator[Dataset]:
    """All datasets of the ministry. Not for a request: it reads everything."""
    for row in desk.store.query(records.CATALOGUE, stored.DATASET).rows:
        yield stored.read_dataset(row)


def newly_listed(desk: Desk, year: int, agency: str) -> Iterator[Dataset]:
    """An agency's datasets by 上架日期 in a ROC year."""
    page = desk.store.find(Index.AGENCY, stored.shelf(agency), prefix=f"{year + BEFORE_YEAR_1}-")
    return map(stored.read_dataset, page.rows)


# -- the figures --------------------------------------------------------------------------------


def year_of(desk: Desk, year: int, agency: str | None = None) -> Year:
    """The figures of a year, from the counters: one query, a row for each quarter and agency."""
    rows = desk.store.query(records.STATUS, f"{year}Q").rows
    through = rules.quarter_reached(year, desk.today())
    return figures(rows, year, desk, through, agency)


def figures(
    rows: Sequence[Row], year: int, desk: Desk, through: int, agency: str | None = None
) -> Year:
    """The figures of a year up to a quarter, from rows of the status; ``agency``: of one alone."""
    target = Target()
    quarters: dict[str, dict[str, int]] = {}
    for row in rows:
        if row.key == stored.target_key(year):
            target = stored.read_target(row)
            continue
        quarter, _, code = row.key.sk.partition("#")
        if agency in (None, code):
            sums = quarters.setdefault(quarter, {})
            for name, n in stored.dataset_counts(row.value).items():
                sums[name] = sums.get(name, 0) + n
    kept = target if agency is None else None
    return rules.year_of(year, quarters, desk.today(), target=kept, through=through)


def by_agency(desk: Desk, year: int) -> dict[str, Year]:
    """The figures of each agency that has any in a year, by its code."""
    rows = desk.store.query(records.STATUS, f"{year}Q").rows
    through = rules.quarter_reached(year, desk.today())
    codes = {
        row.key.sk.partition("#")[2]
        for row in rows
        if not stored.is_target(row) and stored.dataset_counts(row.value)
    }
    return {code: figures(rows, year, desk, through, code) for code in sorted(codes)}


def set_target(desk: Desk, year: int, target: Target) -> None:
    """Hold a year to another target.

    Raises:
        Invalid: no year, or no number.
    """
    Quarter(year, 1)
    if not 0 < target.n <= 100_000:
        raise Invalid(Fault("target", "not_a_target", (("n", target.n),)))
    desk.store.commit(Put(stored.target_row(year, target), Expect.ANY))


def recounted(desk: Desk) -> dict[tuple[str, str], dict[str, int]]:
    """The counters as the datasets add up to them, by quarter and agency; it reads everything."""
    sums: dict[tuple[str, str], dict[str, int]] = {}
    for count in rules.difference((None, one) for one in every(desk)):
        sums.setdefault((count.quarter, count.agency), {})[count.name] = count.n
    return sums
