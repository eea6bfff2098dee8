"""Every record of the desk as a row: its key, its value, its places in the indexes.

The key scheme as a table stands in ``opendata.adapters.dynamodb``; nothing outside this module
builds a key.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from opendata.desk.ports import Index, Key, Place, Row
from opendata.rules.calendar import ChangeKind, Closure, Year
from opendata.rules.canonical import decode, encode
from opendata.rules.feedback import Case, Event, Kind
from opendata.rules.people import Agency, Deputy, Person
from opendata.rules.reply import Reply
from opendata.rules.roc import BEFORE_YEAR_1

EVENT, DRAFT, NOTE, OUT, SENT = "EVENT#", "DRAFT#", "NOTE#", "OUT#", "SENT#"
TEXT, SAID, HELD = "TEXT#", "SAID#", "HELD#"
ROSTER = "ROSTER"
ROSTER_VERSION = Key(ROSTER, "VERSION")
CALENDAR, CATALOGUE, INVENTORY = "CALENDAR", "CATALOGUE", "INVENTORY"
SUBMISSIONS, WEEKLY, INBOX = "SUB#", "WEEKLY", "INBOX#"
CALENDAR_VERSION = Key(CALENDAR, "VERSION")
SHIPPED = Key(CALENDAR, "SHIPPED")
YEAR, CLOSED, CHANGE = "YEAR#", "CLOSED#", "CHANGE#"
VERSIONS = (ROSTER_VERSION, CALENDAR_VERSION)
OPEN_CASES = "OPEN"
TIMER, WAKE = "T", "WAKE"
DIGEST = "~"
PARKED, CAUSE = "PARKED", "PARKED#"
STATUS, WATCH = "STATUS", "WATCH#"
SWEEP, HEARTBEAT, RECONCILED = "sweep", "heartbeat", "reconciled"


OPEN_SHELF, CLOSED_SHELF = "open#", "closed#"
UNREADABLE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What reading a row raises that does not hold what it should; whoever reads many goes on."""


def agency_shelf(agency: str) -> str:
    return f"AG#{agency}"


def owner_shelf(person: str) -> str:
    return f"OWN#{person}"


def case_partition(case: str) -> str:
    return f"CASE#{case}"


def head_key(case: str) -> Key:
    return Key(case_partition(case), "HEAD")


def head_row(case: Case, wakes_at: datetime | None = None) -> Row:
    """The head; open cases stand by due date with their officer and in the list of all.

    ``wakes_at``: when the case calls for somebody next; the timer finds it then.
    Closed ones stand by the date that they are judged by.
    """
    due = f"{case.due_now}#{case.id}"
    judged = f"{CLOSED_SHELF}{case.due.original}#{case.id}"
    order = f"{OPEN_SHELF}{due}" if case.open else judged
    places = {Index.AGENCY: Place(agency_shelf(case.agency), order)}
    if case.open:
        places[Index.OPEN] = Place(OPEN_CASES, due)
        if case.officer:
            places[Index.OWNER] = Place(owner_shelf(case.officer), due)
    if wakes_at is not None:
        places[Index.TIMER] = Place(WAKE, f"{wakes_at.astimezone(UTC).isoformat()}#{case.id}")
    return Row(head_key(case.id), encode(case), case.version, places)


def read_case(row: Row) -> Case:
    return decode(Case, row.value)


def wakes_at(row: Row) -> datetime | None:
    """When a case calls for somebody next, as the timer has it."""
    place = row.places.get(Index.TIMER)
    return datetime.fromisoformat(place.order.partition("#")[0]) if place else None


def event_row(event: Event) -> Row:
    return Row(Key(case_partition(event.case), f"{EVENT}{event.version:05}"), encode(event))


def read_event(row: Row) -> Event:
    return decode(Event, row.value)


def draft_key(case: str, number: int) -> Key:
    return Key(case_partition(case), f"{DRAFT}{number:04}")


def draft_row(case: str, number: int, reply: Reply) -> Row:
    return Row(draft_key(case, number), encode(reply))


def read_reply(row: Row) -> Reply:
    return decode(Reply, row.value)


def note_key(case: str, version: int) -> Key:
    return Key(case_partition(case), f"{NOTE}{version:05}")


def note_row(case: str, version: int, text: str) -> Row:
    """The words that belong to an event, e.g. why a draft was returned."""
    return Row(note_key(case, version), {"text": text})


def applied_row(case: str, webhook: str) -> Row:
    """A mark that the case knows this delivery; written with the event it made."""
    return Row(Key(case_partition(case), f"IN#{webhook}"), {})


# -- intake -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Numbers:
    """What the desk knows of an opinion: the numbers of its cases, in the order they were given.

    Attributes:
        cases: case number → code of the agency it was opened for; None: the coordinator's.
        posted: whether the posting itself has come; before, events are held.
        text: number of the newest text; spoken: digest of that text.
    """

    kind: Kind
    id: str
    cases: Mapping[str, str | None]
    posted: bool = False
    text: int = 0
    spoken: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class Opinion:
    """The words of a citizen as they came, tidy but not masked. A body row of each of its cases.

    ``dispatched`` are the names of all agencies that the platform asked.
    """

    title: str
    body: str
    requested_dataset: str | None = None
    requested_fields: str | None = None
    dataset_id: str | None = None
    dataset_title: str | None = None
    submitter: str | None = None
    url: str | None = None
    dispatched: tuple[str, ...] = ()


def feedback_partition(kind: Kind, id_: str) -> str:
    return f"FEEDBACK#{kind}#{id_}"


def numbers_key(kind: Kind, id_: str) -> Key:
    return Key(feedback_partition(kind, id_), "HEAD")


def numbers_row(numbers: Numbers) -> Row:
    return Row(numbers_key(numbers.kind, numbers.id), encode(numbers), numbers.version)


def read_numbers(row: Row) -> Numbers:
    return replace(decode(Numbers, row.value), version=row.version)


def text_row(case: str, number: int, opinion: Opinion) -> Row:
    return Row(Key(case_partition(case), f"{TEXT}{number:04}"), encode(opinion))


def read_opinion(row: Row) -> Opinion:
    return decode(Opinion, row.value)


def said_row(case: str, version: int, at: datetime, text: str) -> Row:
    """What a citizen added later: a comment, or a rating's words, with the event's version."""
    return Row(Key(case_partition(case), f"{SAID}{version:05}"), {"at": encode(at), "text": text})


def held_row(kind: Kind, id_: str, at: datetime, webhook: str, told: Mapping[str, Any]) -> Row:
    """An event that came before its posting; the rows stand in the order of its instants."""
    key = Key(feedback_partition(kind, id_), f"{HELD}{at.astimezone(UTC).isoformat()}#{webhook}")
    return Row(key, {"webhook": webhook, "told": told})


def webhook_key(webhook: str) -> Key:
    return Key(f"WEBHOOK#{webhook}", "ANSWER")


def webhook_row(webhook: str, body: str, answer: Mapping[str, Any], until: datetime) -> Row:
    """What was answered to a delivery whose body had this hash; kept until ``until``."""
    return Row(webhook_key(webhook), {"body": body, "answer": answer}, expires_at=until)


# -- what cannot be delivered -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cause:
    """Why messages cannot be delivered until somebody mends it.

    Attributes:
        code: Slack's name of it, e.g. ``not_in_channel``.
        place: channel id, or Slack id of a person; "": the whole workspace.
        since: when it broke last.
        parked: how many messages wait for it to be mended.
        broke: how often it has broken; each time is told once.
        mended: a message that waited for it has gone out. That nothing waits proves nothing.
    """

    code: str
    place: str
    since: datetime
    parked: int = 0
    broke: int = 0
    mended: bool = True
    version: int = 0

    @property
    def name(self) -> str:
        """What its records are called by; no number of a case has an ``@``."""
        return f"{self.code}@{self.place}"


def cause_key(name: str) -> Key:
    """Behind all counters, so that the status reads both at once."""
    return Key(STATUS, f"{CAUSE}{name}")


def is_cause(row: Row) -> bool:
    return row.key.sk.startswith(CAUSE)


def cause_row(cause: Cause) -> Row:
    return Row(cause_key(cause.name), encode(cause), cause.version)


def read_cause(row: Row) -> Cause:
    return replace(decode(Cause, row.value), version=row.version)


def outbox_partition(about: str) -> str:
    """Where intents lie: about a case, a cause, a list of ours, or for somebody's digest."""
    lists = (CALENDAR, CATALOGUE, INVENTORY, WEEKLY)
    if about in lists or about.startswith((SUBMISSIONS, INBOX)):
        return about
    if about.startswith(DIGEST):
        return f"DIGEST#{about.removeprefix(DIGEST)}"
    return f"{PARKED}#{about}" if "@" in about else case_partition(about)


# -- roster and calendar ------------------------------------------------------------------------


def agency_row(agency: Agency) -> Row:
    return Row(Key(ROSTER, f"AGENCY#{agency.code}"), encode(agency))


def person_row(person: Person) -> Row:
    return Row(Key(ROSTER, f"PERSON#{person.id}"), encode(person))


def deputy_row(deputy: Deputy) -> Row:
    key = f"DEPUTY#{deputy.for_}#{deputy.by}#{deputy.start}"
    return Row(Key(ROSTER, key), encode(deputy))


def read_agency(row: Row) -> Agency:
    return decode(Agency, row.value)


def read_person(row: Row) -> Person:
    return decode(Person, row.value)


def read_deputy(row: Row) -> Deputy:
    return decode(Deputy, row.value)


def year_row(year: Year) -> Row:
    return Row(Key(CALENDAR, f"{YEAR}{year.roc_year}"), encode(year))


def read_year(row: Row) -> Year:
    return decode(Year, row.value)


def closure_row(closure: Closure) -> Row:
    return Row(Key(CALENDAR, f"{CLOSED}{closure.day}#{closure.county}"), encode(closure))


def read_closure(row: Row) -> Closure:
    return decode(Closure, row.value)


def watch_key(what: str) -> Key:
    """When something was done last; behind all counters, so that the status reads it with them."""
    return Key(STATUS, f"{WATCH}{what}")


def watch_row(what: str, at: datetime) -> Row:
    return Row(watch_key(what), {"at": encode(at)})


def read_watch(row: Row) -> datetime:
    return datetime.fromisoformat(row.value["at"])


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to the calendar at once; with it a new version of the calendar begins.

    Attributes:
        number: of the version that it made.
        by: Slack id of who entered it; None: the command line.
        first, last: of the days that it makes days off or workdays.
        years, closures: what was imported, entered or taken back, or came with the desk; where
            agencies have other seats, the closures that count for them now or no longer.
        agencies: codes of those that have other seats; (): it is for all.
    """

    number: int
    kind: ChangeKind
    at: datetime
    by: str | None
    first: date
    last: date
    years: tuple[int, ...] = ()
    closures: tuple[Closure, ...] = ()
    agencies: tuple[str, ...] = ()

    def touches(self, agency: str, seats: Collection[str]) -> bool:
        """Whether it counts for the cases of an agency that has these seats."""
        if self.agencies:
            return agency in self.agencies
        counties = {one.county for one in self.closures}
        return not counties or not counties.isdisjoint(seats)

    def spans(self) -> Iterator[tuple[date, date]]:
        """From when to when the days lie that it changed: of each closure, or of each year."""
        yield from dict.fromkeys((one.day, one.day) for one in self.closures)
        for number in self.years:
            year = number + BEFORE_YEAR_1
            yield max(self.first, date(year, 1, 1)), min(self.last, date(year, 12, 31))


def change_key(number: int) -> Key:
    return Key(CALENDAR, f"{CHANGE}{number:05}")


def change_row(change: Change) -> Row:
    return Row(change_key(change.number), encode(change))


def read_change(row: Row) -> Change:
    return decode(Change, row.value)


def counter_key(quarter: str, agency: str) -> Key:
    """Where the counters of a quarter, e.g. ``115Q3``, and an agency lie."""
    return Key(STATUS, f"{quarter}#{agency}")


def read_counters(row: Row) -> tuple[str, Mapping[str, int]]:
    """The agency and its counters."""
    return row.key.sk.partition("#")[2], row.value
