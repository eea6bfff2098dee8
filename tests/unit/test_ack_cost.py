"""What an ack costs: one read and one commit, or one query; never more, whatever is asked."""

from __future__ import annotations

import pytest

from bot import commands
from bot.ids import Button, Modal, Ref, Spot
from opendata import wiring
from opendata.desk import inventory, roster, submissions
from opendata.desk.inventory import Entry
from opendata.rules.behind import Measure
from opendata.rules.inventory import Item
from opendata.rules.reply import ReplyType
from tests.counting import Counting
from tests.office_calendar import calendar_file
from tests.slack import Reply
from tests.world import (
    CAROL,
    CORA,
    HELEN,
    HIGH,
    LENA,
    MONDAY,
    OLIVE,
    OTTO,
    PEOPLE,
    REFUSAL,
    STRANGER,
    TurnedClock,
    posted,
)

ACT, WHOLE_ACT, QUERY, LIST, NOTHING = (
    ["get", "commit"],
    ["query", "commit"],
    ["query"],
    ["find"],
    [],
)


@pytest.fixture
def calls(deployed):
    """The calls of the store that requests make, on a Monday on which nothing is due yet."""
    object.__setattr__(deployed.desk, "clock", TurnedClock(MONDAY))
    counting = Counting(deployed.desk.store)
    object.__setattr__(deployed.desk, "store", counting)
    return counting.calls


@pytest.fixture
def warm(slack, calls):
    """The workspace, after the roster was read for the first time."""
    slack.command(OLIVE, "help")
    return slack


def ref(world, case="S97944"):
    return str(Ref(case, world.case(case).round, world.hash(case)))


def begin(world, state):
    """A case in that state; the legal one has a refusal."""
    return world.drafted(REFUSAL) if state == "refused" else getattr(world, state)()


def counted(calls, act):
    calls.clear()
    act()
    return list(calls)


# -- commands

WORDS = {
    "status": QUERY,
    "list": LIST,
    "list overdue": LIST,
    "show S97944": QUERY,
    "due S97944": QUERY,
    "due 115/3/2": NOTHING,
    "due": NOTHING,
    "calendar": QUERY,
    "inventory": QUERY,
    "quarterly": QUERY,
    "help": NOTHING,
    "unheard-of": NOTHING,
    "status 115": QUERY,
}


@pytest.mark.parametrize("text", WORDS)
def test_a_command_is_one_query(deployed, warm, calls, text):
    deployed.opened()
    assert counted(calls, lambda: warm.command(OLIVE, text)) == WORDS[text]


def test_every_word_of_the_command_is_counted():
    in_english = {word for word in commands.WORDS if word.isascii()}
    assert in_english <= {text.split()[0] for text in WORDS}


def test_app_home_is_a_query_for_each_part_and_a_look_at_when_was_swept(deployed, warm, calls):
    """The cases and the promises; for who leads the numbers, for the ministry two lists more.

    Those are who has handed in, and the inventory; and a look at what the platform says.
    """
    deployed.claimed()
    assert counted(calls, lambda: warm.home(OLIVE)) == [*LIST, *LIST, "get"]
    assert counted(calls, lambda: warm.home(CAROL)) == [*LIST, *LIST, *QUERY, "get"]
    ministry = [*LIST, *LIST, *QUERY, *QUERY, *QUERY, "get", "get"]
    assert counted(calls, lambda: warm.home(CORA)) == ministry


# -- buttons

ACTS = {
    Button.CLAIM: ("opened", OLIVE),
    Button.RELEASE: ("claimed", OLIVE),
    Button.RECALL: ("in_review", OLIVE),
    Button.REVISE: ("approved", OLIVE),
    Button.COSIGN: ("refused", LENA),
    Button.PASS: ("in_review", HELEN),
    Button.APPROVE: ("awaiting", CAROL),
    Button.KEEP: ("claimed", OLIVE),
    Button.AGREE: ("opened", CAROL),
    Button.HELP: ("opened", OLIVE),
}
# Who pressed it is told so, where nothing else shows it.
ANSWERED = {Button.HELP}
OPENS = {
    Button.DRAFT: ("claimed", OLIVE),
    Button.PREVIEW: ("drafted", OLIVE),
    Button.RETURN: ("in_review", HELEN),
    Button.REVOKE: ("approved", CAROL),
    Button.PUBLISH: ("approved", OLIVE),
    Button.ASSIGN: ("opened", CORA),
    Button.REASSIGN: ("claimed", HELEN),
    Button.DETAILS: ("approved", OLIVE),
    Button.REVEAL: ("opened", OLIVE),
    Button.WHY: ("opened", OLIVE),
    Button.DECIDE: ("awaiting", CAROL),
    Button.EXTEND: ("claimed", OLIVE),
    Button.REPLY: ("claimed", OLIVE),
    Button.SNOOZE: ("claimed", OLIVE),
    Button.INSTRUCT: ("opened", CAROL),
}


@pytest.mark.parametrize("button", ACTS)
def test_a_button_in_a_message_is_one_read_and_one_commit(deployed, warm, calls, button):
    state, who = ACTS[button]
    begin(deployed, state)
    pressed = ref(deployed)
    assert counted(calls, lambda: warm.press(who, button, pressed)) == ACT
    assert bool(warm.heard) == (button in ANSWERED)


@pytest.mark.parametrize("button", sorted(set(ACTS) - {Button.COSIGN}))
def test_a_button_in_a_modal_shows_what_came_of_it_for_the_same(deployed, warm, calls, button):
    state, who = ACTS[button]
    begin(deployed, state)
    view, pressed = {"type": "modal", "id": "V0"}, ref(deployed)
    assert counted(calls, lambda: warm.press(who, button, pressed, view)) == WHOLE_ACT
    assert warm.shown("views.update")["blocks"]


@pytest.mark.parametrize("button", OPENS)
def test_a_button_that_opens_a_modal_is_one_query(deployed, warm, calls, button):
    state, who = OPENS[button]
    begin(deployed, state)
    pressed = ref(deployed)
    assert counted(calls, lambda: warm.press(who, button, pressed)) == QUERY
    assert warm.shown()["blocks"]


def test_what_changes_an_open_modal_is_one_query(deployed, warm, calls):
    deployed.drafted()
    warm.press(OLIVE, Button.DRAFT, ref(deployed))
    view = {"type": "modal", **warm.shown()}
    chosen = {"selected_option": {"value": ReplyType.NOT_OPEN.value}, "type": "static_select"}
    assert counted(calls, lambda: warm.press(OLIVE, Button.TYPE, "", view, **chosen)) == QUERY
    preview = {"type": "modal", "id": "V1", "hash": "h"}
    again = ref(deployed)
    assert counted(calls, lambda: warm.press(OLIVE, Button.AGAIN, again, preview)) == QUERY


def turned(told, button):
    """The value of a paging button."""
    elements = (one for block in told["blocks"] for one in block.get("elements", ()))
    return next(one["value"] for one in elements if one.get("action_id") == button)


def test_a_page_forward_or_back_is_one_query(deployed, warm, calls):
    for number in range(25):
        deployed.receive(posted(str(number + 1)))
    more = turned(warm.command(OLIVE, "list"), Button.MORE)
    assert counted(calls, lambda: warm.press(OLIVE, Button.MORE, more)) == LIST
    back = turned(warm.heard[-1][1], Button.BACK)
    assert counted(calls, lambda: warm.press(OLIVE, Button.BACK, back)) == LIST
    assert counted(calls, lambda: warm.press(OLIVE, Button.LIST, "list")) == LIST


def test_the_link_to_the_platform_asks_nothing(deployed, warm, calls):
    deployed.opened()
    assert counted(calls, lambda: warm.press(OLIVE, Button.PLATFORM, "")) == NOTHING


def test_every_button_is_counted():
    others = {
        *(Button.TYPE, Button.AGAIN, Button.MORE, Button.BACK, Button.LIST, Button.PLATFORM),
        *map(Button, Measure),
        *(Button.CLOSURE, Button.LATE_ITEMS, Button.SAME_ITEM, Button.OTHER_ITEM, Button.ITEM),
        *(Button.NO_CHANGE, Button.UPLOAD),
    }
    assert {*ACTS, *OPENS, *others} == set(Button)


# -- modals that are submitted

SUBMITS = {
    Modal.DRAFT: (
        "claimed",
        OLIVE,
        Button.DRAFT,
        {
            "type": ReplyType.OPEN_OR_ON_REQUEST.value,
            "text": "您好：您建議的資料已開放，請參考。" * 3,
            "contact": "資訊處 02-2",
        },
        WHOLE_ACT,
    ),
    Modal.PREVIEW: ("drafted", OLIVE, Button.PREVIEW, {}, ACT),
    Modal.RETURN: (
        "in_review",
        HELEN,
        Button.RETURN,
        {"reasons": ["wording"], "comment": "請改"},
        ACT,
    ),
    Modal.REVOKE: ("approved", CAROL, Button.REVOKE, {"comment": "請改"}, ACT),
    Modal.PUBLISH: ("approved", OLIVE, Button.PUBLISH, {}, ACT),
    Modal.ASSIGN: ("opened", CORA, Button.ASSIGN, {"agency": HIGH}, ACT),
    Modal.REASSIGN: ("claimed", HELEN, Button.REASSIGN, {"officer": OTTO}, ACT),
    Modal.REVEAL: ("opened", OLIVE, Button.REVEAL, {"purpose": "查明"}, WHOLE_ACT),
    Modal.EXTEND: (
        "claimed",
        OLIVE,
        Button.EXTEND,
        {"ground": "尚待查證", "contact": "02-2", "text": "您好：將於3月16日前回復。"},
        WHOLE_ACT,
    ),
    Modal.SNOOZE: ("claimed", OLIVE, Button.SNOOZE, {}, ACT),
    Modal.INSTRUCT: ("opened", CAROL, Button.INSTRUCT, {"words": "請加速"}, ACT),
}


@pytest.mark.parametrize("modal", SUBMITS)
def test_a_modal_that_is_sent_is_one_read_and_one_commit(deployed, warm, calls, modal):
    state, who, button, filled, cost = SUBMITS[modal]
    begin(deployed, state)
    warm.press(who, button, ref(deployed))
    view = warm.shown()
    before = deployed.case().version
    assert counted(calls, lambda: warm.submit(who, view, **filled)) == cost
    assert deployed.case().version == before + 1


def test_a_file_handed_in_is_one_commit_beside_what_was_seen_a_moment_ago(
    deployed, warm, calls, replies
):
    raw = "slack_user_id,name,agency,roles,locale,active\nU9,王小明,法務部,officer,zh,是\n".encode()
    replies["files/F1"] = lambda _: Reply(raw)
    url = f"{wiring.settings().slack_api_url}files/F1"
    file = {"id": "F1", "name": "people.csv", "size": len(raw), "url_private_download": url}
    assert counted(calls, lambda: warm.command(CORA, "import")) == NOTHING
    view = warm.shown()
    assert counted(calls, lambda: warm.submit(CORA, view, file=[file])) == ["commit"]
    assert deployed.desk.directory().person("U9")


def test_a_year_is_shown_for_one_query_and_taken_over_for_one_commit(
    deployed, warm, calls, replies
):
    raw = calendar_file()
    replies["files/F1"] = lambda _: Reply(raw)
    url = f"{wiring.settings().slack_api_url}files/F1"
    file = {"id": "F1", "name": "115.csv", "size": len(raw), "url_private_download": url}
    warm.command(CORA, "import")
    view, shown = warm.shown(), []
    asked = counted(calls, lambda: shown.append(warm.submit(CORA, view, file=[file])))
    assert asked == LIST
    preview = shown[0]["view"]
    assert counted(calls, lambda: warm.submit(CORA, preview)) == ["commit"]


def test_a_closure_is_asked_for_at_no_cost_and_entered_for_one_query_and_one_commit(
    deployed, warm, calls
):
    deployed.opened()
    assert counted(calls, lambda: warm.press(CORA, Button.CLOSURE, "-")) == NOTHING
    filled = {"day": "2026-03-09", "county": "臺北市"}
    view = warm.shown()
    assert counted(calls, lambda: warm.submit(CORA, view, **filled)) == [*LIST, "commit"]


@pytest.mark.parametrize("measure", Measure)
def test_what_stands_behind_a_number_is_the_numbers_and_one_list(deployed, warm, calls, measure):
    deployed.opened()
    spot = str(Spot("behind", (measure.value, "115", "")))
    shown = counted(calls, lambda: warm.press(CORA, Button(measure.value), spot))
    assert shown == ([*QUERY, *LIST, *QUERY] if measure is Measure.NOT_DUE else QUERY)


def test_the_inventory_is_one_query_and_an_item_one_read_and_one_commit(deployed, warm, calls):
    item = Item("A1", "aac", "廉政統計", planned=114)
    inventory.take_in(deployed.desk, [Entry(2, item)])
    assert counted(calls, lambda: warm.press(OLIVE, Button.LATE_ITEMS, "-")) == LIST
    assert counted(calls, lambda: warm.press(OLIVE, Button.ITEM, str(Ref("A1")))) == ["get"]
    filled = {"openness": "open", "planned": "114", "origin": "施政計畫"}
    view = warm.shown()
    assert counted(calls, lambda: warm.submit(OLIVE, view, **filled)) == ACT
    other = str(Ref("A1", hash="1000"))
    assert counted(calls, lambda: warm.press(OLIVE, Button.OTHER_ITEM, other)) == ACT
    assert inventory.item(deployed.desk, "A1").rejected == ("1000",)


def test_a_submission_is_one_read_and_one_commit(deployed, warm, calls):
    inventory.take_in(deployed.desk, [Entry(2, Item("A1", "aac", "廉政統計", planned=115))])
    submissions.call(deployed.desk)
    value = str(Ref("aac", hash="115Q1"))
    assert counted(calls, lambda: warm.press(OLIVE, Button.UPLOAD, value)) == NOTHING
    assert counted(calls, lambda: warm.press(OLIVE, Button.NO_CHANGE, value)) == ACT


def test_every_modal_is_counted():
    others = {Modal.IMPORT, Modal.CALENDAR, Modal.CLOSURE, Modal.ITEM, Modal.SUBMISSION}
    assert set(SUBMITS) | others == set(Modal)


# -- what comes on top of it, and when


def forget_what_was_seen(world):
    """As after a minute in which nobody asked."""
    world.desk.renewed()


def test_after_a_minute_the_versions_are_read_once_more(deployed, warm, calls):
    deployed.claimed()
    pressed = ref(deployed)
    forget_what_was_seen(deployed)
    assert counted(calls, lambda: warm.command(OLIVE, "list")) == ["get", "find"]
    forget_what_was_seen(deployed)
    assert counted(calls, lambda: warm.press(OLIVE, Button.DETAILS, pressed)) == ["get", "query"]
    forget_what_was_seen(deployed)
    assert counted(calls, lambda: warm.press(OLIVE, Button.RELEASE, pressed)) == ACT


def test_a_roster_that_has_changed_is_loaded_once(deployed, warm, calls):
    deployed.claimed()
    roster.import_people(deployed.desk, PEOPLE)
    told = ["get", "query", "find"]
    assert counted(calls, lambda: warm.command(OLIVE, "list")) == told
    assert counted(calls, lambda: warm.command(OLIVE, "list")) == LIST


def test_the_first_request_of_a_process_loads_roster_and_calendar(deployed, slack, calls):
    told = ["get", "query", "query", "find"]
    assert counted(calls, lambda: slack.command(OLIVE, "list")) == told


# -- refusals


def test_who_comes_too_late_costs_one_read(deployed, warm, calls):
    deployed.claimed()
    pressed = ref(deployed)
    assert counted(calls, lambda: warm.press(OTTO, Button.CLAIM, pressed)) == ["get"]
    assert "林承辦" in warm.ephemeral


def test_a_refusal_on_a_roster_of_a_moment_ago_is_asked_of_the_newest(deployed, warm, calls):
    deployed.claimed()
    pressed = ref(deployed)
    asked_again = ["query", "get", "query"]
    assert counted(calls, lambda: warm.press(CAROL, Button.DRAFT, pressed)) == asked_again
    assert counted(calls, lambda: warm.command(OLIVE, "show S1")) == asked_again


def test_who_seems_a_stranger_is_looked_for_once_more_in_the_newest_roster(deployed, warm, calls):
    deployed.claimed()
    assert counted(calls, lambda: warm.command(STRANGER, "status")) == ["get"]
