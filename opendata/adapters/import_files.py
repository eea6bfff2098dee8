"""Which import a file is, by its header: agencies, people, deputies, or a year of the calendar.

How each of them is read stands in ``roster_files`` and ``dgpa``; what becomes of it, in
``opendata.desk.roster``.

Codes of faults: ``unknown_columns``, and those of the readers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from opendata.adapters import dgpa, roster_files
from opendata.adapters.tables import RowFault, read_table
from opendata.rules.calendar import Year
from opendata.rules.errors import Fault, Invalid
from opendata.rules.people import Agency, Deputy, Directory, Person


class Content(StrEnum):
    """What a file is a list of."""

    AGENCIES = "agencies"
    PEOPLE = "people"
    DEPUTIES = "deputies"
    CALENDAR = "calendar"


# The columns that only this kind of file has.
_MARKS: Mapping[Content, frozenset[str]] = {
    Content.AGENCIES: frozenset({"code", "parent"}),
    Content.PEOPLE: frozenset({"slack_user_id"}),
    Content.DEPUTIES: frozenset({"for", "by"}),
    Content.CALENDAR: frozenset({dgpa.DATE}),
}


@dataclass(frozen=True, slots=True)
class Handed:
    """A file that was handed in: what it is, its good entries, why other rows were not taken."""

    content: Content
    taken: tuple[Agency | Person | Deputy | Year, ...]
    faults: tuple[RowFault, ...]

    @property
    def refused(self) -> int:
        """How many rows were not taken; one row may have several faults."""
        return len({one.line for one in self.faults})


def content_of(raw: bytes, among: Iterable[Content] = tuple(Content)) -> Content:
    """Which of these kinds a file is, by its header.

    Raises:
        Invalid: none of them, or the file as a whole cannot be read.
    """
    columns = set(read_table(raw, ()).columns)
    for content in among:
        if _MARKS[content] <= columns:
            return content
    raise Invalid(Fault("file", "unknown_columns"))


def read_import(
    raw: bytes,
    source: str,
    directory: Directory,
    among: Iterable[Content] = tuple(Content),
    most: int | None = None,
) -> Handed:
    """Read a file of any of these kinds.

    Args:
        raw: the file's bytes.
        source: where it comes from, e.g. the file's name.
        directory: the agencies that rows of people name, and that a tree is added to.
        among: the kinds that are meant.
        most: entries that can be taken at once, so that a longer list is not looked into.

    Raises:
        Invalid: the file as a whole cannot be read, is of none of these kinds, or too long.
    """
    content = content_of(raw, among)
    rows = len(read_table(raw, ()).rows)
    if most is not None and content is not Content.CALENDAR and rows > most:
        raise Invalid(Fault("file", "too_many_rows", (("n", rows), ("most", most))))
    if content is Content.AGENCIES:
        return Handed(content, *roster_files.read_agencies(raw, directory.agencies))
    if content is Content.PEOPLE:
        return Handed(content, *roster_files.read_people(raw, directory))
    if content is Content.DEPUTIES:
        return Handed(content, *roster_files.read_deputies(raw))
    return Handed(content, *dgpa.read_whole(raw, source))
