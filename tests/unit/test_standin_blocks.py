import json

import pytest

from infra.desk.block_rules import (
    MOST_TEXT,
    MOST_VALIDATED,
    check_message,
    check_view,
    flaws_of,
    validated,
)
from infra.desk.errors import SlackError
from tests.unit.standin import actions, button, field, modal, options, plain, section

DIVIDER = {"type": "divider"}
MRKDWN = {"type": "mrkdwn", "text": "欄"}
TEXT = {"type": "plain_text_input"}
FILES = {"type": "file_input"}
FOCUSED = {**TEXT, "focus_on_load": True}
AT_ENTER = {**TEXT, "dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]}}
CONFIRM = {"title": plain("撤回"), "text": plain("？"), "confirm": plain("是"), "deny": plain("否")}
HALF = {name: part for name, part in CONFIRM.items() if name != "deny"}


def quote(*leaves, kind="rich_text_quote"):
    return {"type": "rich_text", "elements": [{"type": kind, "elements": list(leaves)}]}


def leaf(text="字", **more):
    return {"type": "text", "text": text, **more}


def table(*rows, **more):
    cells = [[{"type": "raw_text", "text": text} for text in row] for row in rows]
    return {"type": "table", "rows": cells, **more}


def select(*values, **more):
    return {"type": "static_select", "action_id": "s", "options": options(*values), **more}


def ticks(*values, **more):
    return {"type": "checkboxes", "action_id": "c", "options": options(*values), **more}


def grouped(*groups, **more):
    listed = [{"label": plain("組"), "options": options(*values)} for values in groups]
    return {"type": "static_select", "action_id": "s", "option_groups": listed, **more}


def picker(date):
    return {"type": "datepicker", "action_id": "d", "initial_date": date}


def moment(seconds):
    return {"type": "datetimepicker", "action_id": "m", "initial_date_time": seconds}


def messages(refused) -> list[str]:
    return refused.value.details["response_metadata"]["messages"]


SOUND = [
    [section("字" * 3000)],
    [{"type": "header", "text": plain("標題")}, DIVIDER],
    [{"type": "context", "elements": [MRKDWN, plain("註")]}],
    [{"type": "section", "fields": [{**MRKDWN, "verbatim": True}] * 10}],
    [{**section("誰"), "accessory": select("1")}],
    [actions(*(button(f"b{n}") for n in range(25)))],
    [actions(button(style="danger", url="https://data.gov.tw", confirm=CONFIRM))],
    [actions(grouped("1", "2"), ticks("1"), picker("2028-02-29"), moment(1771826700))],
    [quote(leaf("<!channel>", style={"bold": True})), quote(leaf(), kind="rich_text_preformatted")],
    [table(("機關", "件數"), ("法務部", "3"), column_settings=[{"is_wrapped": True}])],
    [field("f", select("1", "2", initial_option=options("2")[0]), dispatch_action=True)],
    [field("f", AT_ENTER, dispatch_action=True)],
]

FIRST = "/0/elements/0"
FORBIDDEN = [
    ("not a list", DIVIDER, ""),
    ("no blocks", [], ""),
    ("51 blocks", [DIVIDER] * 51, ""),
    ("an unknown kind", [{"type": "carousel"}], "/0/type"),
    ("no kind", [{}], "/0/type"),
    ("a word for a block", ["divider"], "/0"),
    ("an unknown property", [{**DIVIDER, "colour": "red"}], "/0/colour"),
    ("a property with a slash", [{**DIVIDER, "a/b~": 1}], "/0/a~1b~0"),
    ("a long section", [section("字" * 3001)], "/0/text/text"),
    ("an empty section", [{"type": "section"}], "/0"),
    ("an empty text", [section("")], "/0/text/text"),
    ("a number for a text", [section(7)], "/0/text/text"),
    ("a long header", [{"type": "header", "text": plain("字" * 151)}], "/0/text/text"),
    ("mrkdwn in a header", [{**section("a"), "type": "header"}], "/0/text/type"),
    ("a long field", [{"type": "section", "fields": [plain("字" * 2001)]}], "/0/fields/0/text"),
    ("11 fields", [{"type": "section", "fields": [MRKDWN] * 11}], "/0/fields"),
    ("a long button", [actions({**button(), "text": plain("字" * 76)})], f"{FIRST}/text/text"),
    ("a strange style", [actions(button(style="loud"))], f"{FIRST}/style"),
    ("a button's bad address", [actions(button(url="javascript:1"))], f"{FIRST}/url"),
    ("an address of nobody", [actions(button(url="https:///x"))], f"{FIRST}/url"),
    ("half a question", [actions(button(confirm=HALF))], f"{FIRST}/confirm"),
    (
        "a type that none has",
        [actions(button(confirm={**CONFIRM, "type": "confirm"}))],
        f"{FIRST}/confirm/type",
    ),
    ("one action_id twice", [actions(button(), button())], "/0/elements/1/action_id"),
    ("one block_id twice", [actions(button("a")), actions(button("b"))], "/1/block_id"),
    ("no button", [actions()], "/0/elements"),
    ("26 buttons", [actions(*(button(f"b{n}") for n in range(26)))], "/0/elements"),
    ("a line in actions", [actions(TEXT)], f"{FIRST}/type"),
    (
        "a moment beside a text",
        [{**section("a"), "accessory": moment(1771826700)}],
        "/0/accessory/type",
    ),
    ("a button in a context", [{"type": "context", "elements": [button()]}], f"{FIRST}/type"),
    (
        "a broadcast to everybody",
        [quote({"type": "broadcast", "range": "channel"})],
        f"{FIRST}/elements/0/type",
    ),
    (
        "a weight that is none",
        [quote(leaf(style={"loud": True}))],
        f"{FIRST}/elements/0/style/loud",
    ),
    ("two tables", [table(("a",)), table(("b",))], "/1"),
    ("rows of two lengths", [table(("a",), ("b", "c"))], "/0/rows/1"),
    ("settings of no column", [table(("a",), column_settings=[{}, {}])], "/0/column_settings"),
    ("101 rows", [table(*[("a",)] * 101)], "/0/rows"),
    ("an empty cell", [table(("",))], "/0/rows/0/0/text"),
    ("no options", [actions({"type": "static_select"})], FIRST),
    ("options in two ways", [actions(grouped("1", options=options("2")))], FIRST),
    ("one value twice", [actions(ticks("1", "1"))], f"{FIRST}/options/1/value"),
    (
        "one value in two groups",
        [actions(grouped("1", "1"))],
        f"{FIRST}/option_groups/1/options/0/value",
    ),
    (
        "a first option that is none",
        [actions(select("1", initial_option=options("2")[0]))],
        f"{FIRST}/initial_option",
    ),
    (
        "a first tick that is none",
        [actions(ticks("1", initial_options=options("2")))],
        f"{FIRST}/initial_options/0",
    ),
    (
        "one tick twice",
        [actions(ticks("1", initial_options=options("1", "1")))],
        f"{FIRST}/initial_options/1/value",
    ),
    ("a day that is none", [actions(picker("2026-02-29"))], f"{FIRST}/initial_date"),
    ("a day of the week", [actions(picker("2026-W01-1"))], f"{FIRST}/initial_date"),
    ("milliseconds", [actions(moment(1771826700000))], f"{FIRST}/initial_date_time"),
    ("a file in a message", [field("f", FILES)], "/0/element/type"),
    (
        "two in focus in one row",
        [actions(ticks("1", focus_on_load=True), select("1", focus_on_load=True))],
        "/0/elements/1/focus_on_load",
    ),
    ("two in focus", [field("a", FOCUSED), field("b", FOCUSED)], "/1/element/focus_on_load"),
]


@pytest.mark.parametrize("blocks", SOUND)
def test_what_slack_takes_is_taken(blocks):
    check_message(blocks)


@pytest.mark.parametrize(
    ("blocks", "pointer"), [pytest.param(*case[1:], id=case[0]) for case in FORBIDDEN]
)
def test_what_slack_refuses_is_refused_at_its_place(blocks, pointer):
    with pytest.raises(SlackError) as refused:
        check_message(blocks)
    assert refused.value.code == "invalid_blocks"
    (told,) = messages(refused)
    assert told.endswith(f"[json-pointer:/blocks{pointer}]")


def test_a_message_of_too_many_words_in_all_is_refused_below_slacks_own_limit():
    blocks = [section("字" * 2500) for _ in range(4)]
    assert MOST_TEXT == 10_000
    check_message(blocks)
    with pytest.raises(SlackError) as refused:
        check_message([*blocks, section("字")])
    assert refused.value.code == "msg_blocks_too_long"


def test_what_is_wrong_in_detail_comes_before_what_is_too_long():
    with pytest.raises(SlackError) as refused:
        check_message(
            [*(section("字" * 2500) for _ in range(5)), *[{**DIVIDER, "block_id": "a"}] * 2]
        )
    assert refused.value.code == "invalid_blocks"
    assert len(messages(refused)) == 2


def test_a_modal_takes_a_hundred_blocks_and_a_home_too():
    check_view(modal(*[DIVIDER] * 100), "modal")
    check_view({"type": "home", "blocks": [DIVIDER] * 100}, "home")


def test_a_modal_takes_every_field_and_a_home_a_table():
    fields = [TEXT, FILES, select("1"), ticks("1"), picker("2026-02-23"), moment(1771826700)]
    check_view(modal(*(field(str(n), element) for n, element in enumerate(fields))), "modal")
    check_view({"type": "home", "blocks": [table(("a",))]}, "home")


HOME = {"type": "home", "blocks": [DIVIDER]}
UNSENT = {name: part for name, part in modal(field("a", TEXT)).items() if name != "submit"}


def asking(**more):
    return modal(field("a", {**TEXT, **more}))


ASKED = "/blocks/0/element"
BAD_VIEWS = [
    ("a long title", modal(title=plain("字" * 25)), "/title/text"),
    ("mrkdwn in the title", modal(title=MRKDWN), "/title/type"),
    ("101 blocks", modal(*[DIVIDER] * 101), "/blocks"),
    ("a field and no way to send it", UNSENT, "/submit"),
    ("a table", modal(table(("a",))), "/blocks/0/type"),
    ("3001 characters kept", modal(private_metadata="a" * 3001), "/private_metadata"),
    ("a long callback_id", modal(callback_id="a" * 256), "/callback_id"),
    ("a long field", asking(max_length=3001), f"{ASKED}/max_length"),
    ("at least more than at most", asking(min_length=3, max_length=2), f"{ASKED}/min_length"),
    (
        "more than fits at first",
        asking(initial_value="三個字", max_length=2),
        f"{ASKED}/initial_value",
    ),
    ("a button to fill in", modal(field("a", button())), f"{ASKED}/type"),
    (
        "files that tell at once",
        modal(field("a", FILES, dispatch_action=True)),
        "/blocks/0/dispatch_action",
    ),
    (
        "when to tell what is not told",
        modal(field("a", AT_ENTER)),
        f"{ASKED}/dispatch_action_config",
    ),
    ("11 files", modal(field("a", {**FILES, "max_files": 11})), f"{ASKED}/max_files"),
    ("a home in place of a modal", HOME, ""),
]


@pytest.mark.parametrize(
    ("view", "pointer"), [pytest.param(*case[1:], id=case[0]) for case in BAD_VIEWS]
)
def test_a_view_that_slack_refuses_is_refused_at_its_place(view, pointer):
    with pytest.raises(SlackError) as refused:
        check_view(view, "modal")
    assert refused.value.code == "invalid_arguments"
    (told,) = messages(refused)
    assert told.endswith(f"[json-pointer:/view{pointer}]")


def test_a_home_has_no_title():
    with pytest.raises(SlackError) as refused:
        check_view({**HOME, "title": plain("資料開放")}, "home")
    assert messages(refused)[0].endswith("[json-pointer:/view/title]")


def test_a_view_of_more_than_250_kilobytes_is_refused():
    def view(blocks):
        return modal(*[{"type": "section", "fields": [plain("a" * 1900)] * 10}] * blocks)

    check_view(view(12), "modal")
    with pytest.raises(SlackError) as refused:
        check_view(view(13), "modal")
    assert refused.value.code == "view_too_large"


UNUSED = {
    "blocks": "alert call card carousel container context_actions data_table "
    "file image layout markdown plan task_card video",
    "elements": "channels_select conversations_select email_text_input external_select "
    "feedback_buttons icon_button image multi_static_select number_input overflow radio_buttons "
    "rich_text_input timepicker url_text_input users_select workflow_button",
    "leaves": "broadcast channel color date emoji link user usergroup",
    "rich": "rich_text_list rich_text_section",
}


@pytest.mark.parametrize("kind", UNUSED["blocks"].split())
def test_a_kind_of_block_that_the_desk_does_not_use_is_refused(kind):
    assert [one.pointer for one in flaws_of({"blocks": [{"type": kind}]}, "message")] == [
        "/blocks/0/type"
    ]


@pytest.mark.parametrize("kind", UNUSED["elements"].split())
def test_a_kind_of_element_that_the_desk_does_not_use_is_refused(kind):
    element = {"type": kind, "action_id": "a"}
    found = flaws_of(modal(actions(element), field("f", element)), "modal")
    assert [one.pointer for one in found] == ["/blocks/0/elements/0/type", "/blocks/1/element/type"]


@pytest.mark.parametrize("kind", UNUSED["leaves"].split())
def test_words_that_are_more_than_words_are_refused(kind):
    found = flaws_of({"blocks": [quote({"type": kind})]}, "message")
    assert [one.pointer for one in found] == ["/blocks/0/elements/0/elements/0/type"]


@pytest.mark.parametrize("kind", UNUSED["rich"].split())
def test_a_kind_of_rich_text_that_the_desk_does_not_use_is_refused(kind):
    found = flaws_of({"blocks": [quote(leaf(), kind=kind)]}, "message")
    assert [one.pointer for one in found] == ["/blocks/0/elements/0/type"]


# -- blocks.validate ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "given",
    [
        {"blocks": [section("新案")]},
        {"blocks": json.dumps([section("新案")])},
        {"message": {"blocks": [section("新案")]}},
        {"message": json.dumps({"blocks": [section("新案")]})},
        {"view": modal()},
        {"view": json.dumps(HOME)},
    ],
)
def test_what_is_sound_is_validated(given):
    validated(**given)


@pytest.mark.parametrize(
    ("name", "given", "pointer"),
    [
        ("blocks", [section("")], "/0/text/text"),
        ("message", {"blocks": [section("")]}, "/blocks/0/text/text"),
        ("view", modal(section("")), "/blocks/0/text/text"),
        ("message", {"text": "新案", "blocks": [section("新案")]}, "/text"),
        ("message", {}, ""),
        ("view", {"type": "workflow_step", "blocks": []}, "/type"),
        ("view", [], "/type"),
        ("blocks", {}, ""),
    ],
)
def test_validation_names_what_is_wrong_by_the_payload_it_was_given(name, given, pointer):
    with pytest.raises(SlackError) as refused:
        validated(**{name: given})
    assert refused.value.code == f"invalid_{name}"
    assert [one["pointer"] for one in refused.value.details["errors"]] == [pointer]


def test_validation_answers_in_slacks_own_shape():
    with pytest.raises(SlackError) as refused:
        validated(blocks=[{"type": "section", "text": {"type": "invalid", "text": "字"}}])
    assert refused.value.details["errors"] == [
        {
            "pointer": "/0/text/type",
            "code": "failed_constraint",
            "message": "unsupported type: invalid",
            "constraint": {"type": "enum", "expected": ["mrkdwn", "plain_text"]},
        }
    ]


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"blocks": [DIVIDER], "view": modal()},
        {"blocks": "[{"},
        {"message": " " * MOST_VALIDATED + "{}"},
        {"view": modal(section("a" * MOST_VALIDATED))},
    ],
)
def test_validation_takes_one_payload_of_a_hundred_thousand_characters_at_most(given):
    with pytest.raises(SlackError) as refused:
        validated(**given)
    assert refused.value.code == "invalid_arguments"
    assert messages(refused)
