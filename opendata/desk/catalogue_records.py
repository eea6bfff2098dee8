"""The catalogue's records as rows: datasets, what was read last, and the targets of years.

Datasets lie in one partition, each in the index of its agency too; their counters lie with those
of the cases, so that one query of the status reads both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from opendata.desk.ports import Index, Key, Place, Row
from opendata.desk.records import CATALOGUE, STATUS, watch_key
from opendata.rules.canonical import decode, encode
from opendata.rules.catalogue import COUNTS, Dataset, Target
from opendata.rules.errors import Fault

DATASET = "DATASET#"
SYNC = "catalogue"
UNDATED = "----------"


def shelf(agency: str) -> str:
    """The partition of an agency's datasets in the index of agencies."""
    return f"DS#{agency}"


def dataset_key(id_: str) -> Key:
    return Key(CATALOGUE, f"{DATASET}{id_}")


def dataset_row(one: Dataset, version: int) -> Row:
    """A dataset; its agency's shelf has it by 上架日期, those without first."""
    listed = one.listed.isoformat() if one.listed else UNDATED
    places = {Index.AGENCY: Place(shelf(one.agency), f"{listed}#{one.id}")}
    return Row(dataset_key(one.id), encode(one), version, places)


def read_dataset(row: Row) -> Dataset:
    return decode(Dataset, row.value)


@dataclass(frozen=True, slots=True)
class Sync:
    """The last export that was taken.

    Attributes:
        at: when.
        source: the file's name, or the host and path of its address.
        form: the generation of the export, by its header.
        file: SHA-256 of it.
        rows: datasets in it; ours: those of the ministry.
        new, changed, delisted, missing: datasets that were written, and why; what is missing is
            delisted when the list of a later day lacks it too.
        version: counted up by each export.
    """

    at: datetime
    source: str
    form: str
    file: str
    rows: int
    ours: int
    new: int = 0
    changed: int = 0
    delisted: int = 0
    missing: int = 0
    version: int = 0

    @property
    def written(self) -> int:
        """Datasets that were written."""
        return self.new + self.changed + self.delisted + self.missing


SYNC_KEY = watch_key("catalogue")
"""Among what the status reads with the counters."""


def sync_row(sync: Sync) -> Row:
    return Row(SYNC_KEY, encode(sync), sync.version)


def read_sync(row: Row) -> Sync:
    return decode(Sync, row.value)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why exports are not taken since an instant; it goes with the next one that is.

    Attributes:
        at: since when.
        source: what was read.
        fault: what is wrong with it.
    """

    at: datetime
    source: str
    fault: Fault


REFUSAL_KEY = watch_key("catalogue.refused")


def refusal_row(refusal: Refusal) -> Row:
    return Row(REFUSAL_KEY, encode(refusal))


def read_refusal(row: Row) -> Refusal:
    return decode(Refusal, row.value)


def target_key(year: int) -> Key:
    """Before the counters of the year's quarters, so that one query reads it with them."""
    return Key(STATUS, f"{year}Q#TARGET")


def target_row(year: int, target: Target) -> Row:
    return Row(target_key(year), encode(target))


def read_target(row: Row) -> Target:
    return decode(Target, row.value)


def is_target(row: Row) -> bool:
    return row.key.sk.endswith("Q#TARGET")


def dataset_counts(value: Mapping[str, int]) -> dict[str, int]:
    """Of a row of counters, those that count datasets."""
    return {name: value[name] for name in COUNTS if value.get(name)}
