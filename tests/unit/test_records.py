"""Every row as it is built, beside the table of keys in the docstring of the store on AWS."""

import re
from dataclasses import replace
from datetime import UTC, date

import pytest

from opendata.adapters import dynamodb
from opendata.desk import catalogue_records as stored
from opendata.desk import copies, inventory_records, outbox, records, roster
from opendata.desk.catalogue_records import Refusal
from opendata.desk.inventory_records import Suggestion
from opendata.desk.outbox import Intent, Message
from opendata.desk.ports import Index, Key, Row
from opendata.desk.records import Cause, Change, Numbers, Opinion
from opendata.desk.submission_records import looked_key, submission_row
from opendata.rules.calendar import ChangeKind, Closure, shipped
from opendata.rules.catalogue import Dataset, Target
from opendata.rules.errors import Fault
from opendata.rules.feedback import Action, Case, Due, Event, Kind, Move, State
from opendata.rules.inventory import Change as Done
from opendata.rules.inventory import Item
from opendata.rules.submissions import Submission
from tests.world import DEPUTY, MONDAY, OLIVE, PEOPLE, REPLY, channelled, commented, rated

CASE, WEBHOOK, NOW = "S97944-2", "msg_2b1f", MONDAY.astimezone(UTC)
DUE = Due(date(2026, 3, 9), date(2026, 3, 9), date(2026, 3, 16), False, "1")
HEAD = Case(
    CASE, Kind.SUGGESTION, "97944", "aac", State.IN_PROGRESS, 1, NOW, NOW, DUE,
    Move(OLIVE, Action.CLAIM, NOW), officer=OLIVE,
)  # fmt: skip
EVENT = Event(CASE, 7, Action.CLAIM, NOW, OLIVE, {}, {}, "")
INTENT = Intent(f"{CASE}.7.0", CASE, 7, Message.CARD, "1", NOW)
CAUSE = Cause("is_archived", "C-AAC", NOW, 1, 1, version=1)
NOTICE = Intent(f"{CAUSE.name}.1.0", CAUSE.name, 1, Message.UNDELIVERABLE, "1", NOW)
DIGEST = outbox.digest(OLIVE, MONDAY, afternoon=False, person=True)
CLOSED = Closure(DUE.on, "臺北市")
CHANGE = Change(3, ChangeKind.CLOSED, NOW, OLIVE, DUE.on, DUE.on, closures=(CLOSED,))
MOVED = Intent(f"~{OLIVE}.3.20260302", f"~{OLIVE}", 3, Message.MOVED, "3.20260302", NOW, OLIVE)
TASK = Intent("CALENDAR.3.0", records.CALENDAR, 3, Message.RECOMPUTE, "", NOW)
DATASET = Dataset("1000", "甲", "aac", "法務部廉政署", NOW.date(), NOW.date(), NOW.date())
WEEKLY = Intent("WEEKLY.202610.0", "WEEKLY", 202610, Message.WEEKLY, "202610", NOW)
NOT_TAKEN = Intent("INBOX#0a1b.1.0", "INBOX#0a1b", 1, Message.NOT_TAKEN, "1", NOW)
CALL = Intent("SUB#115Q1#aac.1.0", "SUB#115Q1#aac", 1, Message.CALL, "call", NOW)
ITEM = Item("A1", "aac", "甲", planned=115, case=CASE, holder=OLIVE)
REFUSED = Intent(
    "CATALOGUE.1772413200.0",
    records.CATALOGUE,
    1772413200,
    Message.CATALOGUE_REFUSED,
    "1772413200",
    NOW,
)

ROWS = {
    "an open case": records.head_row(HEAD, NOW),
    "a closed case": records.head_row(replace(HEAD, state=State.ANSWERED)),
    "an event": records.event_row(EVENT),
    "a draft": records.draft_row(CASE, 1, REPLY),
    "a note": records.note_row(CASE, 7, "請補充。"),
    "a text": records.text_row(CASE, 1, Opinion("標題", "內容")),
    "what was added": records.said_row(CASE, 7, NOW, "還沒好"),
    "a mark": records.applied_row(CASE, WEBHOOK),
    "an intent": outbox.intent_row(INTENT),
    "what delivery knows": Row(copies.sent_key(CASE, Message.CARD, "1", "C-AAC"), {}),
    "a cause": records.cause_row(CAUSE),
    "a notice": outbox.intent_row(NOTICE),
    "a digest": outbox.intent_row(DIGEST),
    "news of moved dates": outbox.intent_row(MOVED),
    "what delivery knows of the digest": Row(
        copies.sent_key(DIGEST.case, Message.DIGEST, DIGEST.occasion, OLIVE), {}
    ),
    "what a list said was answered": Row(records.watch_key("reconciled.comment"), {}),
    "when it was swept": records.watch_row(records.SWEEP, NOW),
    "what delivery knows of it": Row(
        copies.sent_key(CAUSE.name, Message.UNDELIVERABLE, "1", "U0CORA"), {}
    ),
    "numbers": records.numbers_row(Numbers(Kind.SUGGESTION, "97944", {CASE: "aac"})),
    "what is held": records.held_row(Kind.COMMENT, "7", NOW, WEBHOOK, {}),
    "an answer": records.webhook_row(WEBHOOK, "0" * 64, {}, NOW),
    "counters": Row(records.counter_key("115Q1", "aac"), {}),
    "the roster's version": Row(records.ROSTER_VERSION, {}),
    "an agency": records.agency_row(channelled()[0]),
    "a person": records.person_row(PEOPLE[0]),
    "a deputy": records.deputy_row(DEPUTY),
    "the calendar's version": Row(records.CALENDAR_VERSION, {}),
    "the years that came along": Row(records.SHIPPED, {"115": "115-0f4ff2ee"}),
    "a year": records.year_row(shipped().years[115]),
    "a closure": records.closure_row(CLOSED),
    "a change of the calendar": records.change_row(CHANGE),
    "a task": outbox.intent_row(TASK),
    "a week": Row(Key(records.WEEKLY, "WEEK#202610"), {}),
    "what tells of it": outbox.intent_row(WEEKLY),
    "what delivery knows of the week": Row(
        copies.sent_key(records.WEEKLY, Message.WEEKLY, "202610", "C-MOJ"), {}
    ),
    "a file that was not taken whole": Row(Key("INBOX#0a1b", "NOTICE"), {}),
    "what tells of that file": outbox.intent_row(NOT_TAKEN),
    "what delivery knows of that file": Row(
        copies.sent_key(NOT_TAKEN.case, Message.NOT_TAKEN, "1", "U0CORA"), {}
    ),
    "a submission": submission_row(Submission("115Q1", "aac", NOW.date(), NOW.date())),
    "that it was looked whom to ask": Row(looked_key("115Q1"), {}),
    "what asks for it": outbox.intent_row(CALL),
    "what delivery knows of asking": Row(
        copies.sent_key(CALL.case, Message.CALL, "call", "C-AAC"), {}
    ),
    "an item": inventory_records.item_row(ITEM),
    "what was done to it": inventory_records.change_row("A1", Done(1, NOW, None, "", {})),
    "what items count for": Row(inventory_records.counts_key("aac"), {}),
    "a suggestion": inventory_records.suggestion_row(
        Suggestion("A1", "aac", "甲", "1000", "乙", 80)
    ),
    "the task to look for datasets": outbox.intent_row(
        replace(REFUSED, case=records.INVENTORY, id="INVENTORY.1772413200.0", kind=Message.MATCH)
    ),
    "the task to tell of a kept promise": outbox.intent_row(
        replace(REFUSED, case=CASE, id=f"{CASE}.1772413200.0", kind=Message.FULFIL)
    ),
    "a dataset": stored.dataset_row(DATASET, 1),
    "the target of a year": stored.target_row(115, Target()),
    "a refused list": stored.refusal_row(Refusal(NOW, "export.csv", Fault("file", "empty"))),
    "a notice of a refused list": outbox.intent_row(REFUSED),
    "what delivery knows of that notice": Row(
        copies.sent_key(records.CATALOGUE, Message.CATALOGUE_REFUSED, "1772413200", "U0CORA"), {}
    ),
}

# What stands for itself in <…> is a number of so many digits, or a quarter; names are told here.
FORMS = {
    "00001": r"\d{5}",
    "0001": r"\d{4}",
    "115": r"\d{3}",
    "20260223": r"\d{8}",
    "0|1": r"[01]",
    "date": r"\d{4}-\d\d-\d\d",
    "county": r"\S{3}",
    "what": r"[a-z.]+",
    "wakes_at": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00",
    "202610": r"\d{6}",
    "weekly": r"WEEKLY\.\d{6}\.0",
    "digest": r"[0-9a-f]+",
    "not_taken": r"INBOX#[0-9a-f]+\.1\.0",
    "call": r"SUB#\d{3}Q[1-4]#[\w-]+\.\d+\.\d+",
    "115Q": r"\d{3}Q",
    "seconds": r"\d{10}",
    "listed": r"(\d{4}-\d\d-\d\d|-{10})",
    "115Q3": r"\d{3}Q[1-4]",
    "n": r"\d+",
    "case": r"[CS]\d{1,12}(-\d+)?",
    "intent": r"([CS]\d{1,12}(-\d+)?|~\w[\w-]*)\.\d+\.\d+",
    "cause": r"[a-z_]+@\w[\w-]*",
    "notice": r"([a-z_]+@\w[\w-]*|CATALOGUE)\.\d+\.\d+",
    "kind": r"[a-z_]+",
    "due": r"\d{4}-\d\d-\d\d",
    "day": r"\d{4}-\d\d-\d\d",
    "task": r"(CALENDAR|INVENTORY)\.\d+\.0",
    "from": r"\d{4}-\d\d-\d\d",
    "instant": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00",
    "not_before": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00",
}
_PLACE = re.compile(r"→ (\S+) (\S+) : (\S+)")


def pattern(form):
    """A form of the table as an expression; a name that is not told may be anything."""
    parts = re.split(r"<([^>]+)>", form)
    told = [FORMS.get(part, ".+") if n % 2 else re.escape(part) for n, part in enumerate(parts)]
    return re.compile("".join(told))


def scheme():
    """The table: forms of pk and sk, each with the forms of its places."""
    _, _, body, _ = re.split(r"^=+ =+ =+$", dynamodb.__doc__, flags=re.MULTILINE)
    table = []
    for line in body.strip("\n").splitlines():
        if line.startswith(" "):
            table[-1][1].extend(_PLACE.findall(line))
        else:
            pk, sk, _ = re.split(r" {2,}", line, maxsplit=2)
            table.append(((pk, sk), _PLACE.findall(line)))
    return table


def fits(told, forms):
    return all(pattern(form).fullmatch(part) for part, form in zip(told, forms, strict=True))


def lines_of(key):
    return [line for line, _ in scheme() if fits(key, line)]


def unknown_places(row):
    """The places of a row that its line does not tell."""
    (places,) = (places for line, places in scheme() if fits(row.key, line))
    given = [(index.value, *place) for index, place in row.places.items()]
    return [place for place in given if not any(fits(place, form) for form in places)]


@pytest.mark.parametrize("what", ROWS)
def test_every_row_has_one_line_in_the_table_that_tells_its_key_and_its_places(what):
    assert len(lines_of(ROWS[what].key)) == 1
    assert unknown_places(ROWS[what]) == []


def test_every_line_of_the_table_has_a_row():
    keys = [row.key for row in ROWS.values()]
    assert [line for line, _ in scheme() if not any(fits(key, line) for key in keys)] == []


def test_every_place_in_the_table_is_one_that_a_row_takes():
    taken = [(i.value, *place) for row in ROWS.values() for i, place in row.places.items()]
    told = [place for _, places in scheme() for place in places]
    assert len(told) == 20
    assert [form for form in told if not any(fits(place, form) for place in taken)] == []


def test_a_change_of_the_calendar_is_read_back_as_it_was_written():
    assert records.read_change(records.change_row(CHANGE)) == CHANGE


def test_a_closed_case_stands_by_the_date_that_it_is_judged_by():
    moved = replace(DUE, on=date(2026, 4, 1), study=date(2027, 1, 1))
    closed = records.head_row(replace(HEAD, due=moved, state=State.REDISPATCHED))
    assert closed.places[Index.AGENCY].order == f"closed#2026-03-09#{CASE}"


def test_a_closed_case_stands_with_its_agency_alone():
    assert set(ROWS["a closed case"].places) == {"agency"}
    assert set(ROWS["an open case"].places) == {"agency", "open", "owner", "timer"}


def test_whatever_a_desk_has_written_lies_where_the_table_says(world):
    world.receive(rated(id_="8"))
    world.published()
    world.receive(commented())
    world.receive(rated(stars=1, body="沒有回答"))
    world.opened("國防部", id_="5")
    (intent, *_) = world.waiting()
    roster.close(world.desk, [CLOSED])
    roster.import_year(world.desk, shipped().years[115])
    copies.lease(world.desk, intent, "C-AAC", None)
    outbox.park(world.desk, intent, [CAUSE.name])

    partitions = {pk for pk, _ in world.rows()}
    rows = [row for pk in partitions for row in world.desk.store.query(pk).rows]
    assert len(rows) > 30
    assert [row.key for row in rows if len(lines_of(row.key)) != 1] == []
    assert [row.key for row in rows if unknown_places(row)] == []


def test_a_key_that_nobody_told_of_has_no_line():
    assert (
        lines_of(Key("CASE#S1", "TAIL")) == lines_of(Key("FEEDBACK#comment#7", "TEXT#0001")) == []
    )
