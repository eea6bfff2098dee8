import pytest

from infra.desk.block_rules import MOST_TEXT, check_message, check_view
from infra.desk.errors import SlackError
from tests.unit.standin import actions, button, field, modal, options, plain, section

LONG = "字" * 3001


def quote(*leaves):
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_quote", "elements": list(leaves)}],
    }


def table(*rows):
    return {
        "type": "table",
        "rows": [[{"type": "raw_text", "text": text} for text in row] for row in rows],
    }


def messages(refused) -> list[str]:
    return refused.value.details["response_metadata"]["messages"]


SOUND = [
    [section("字" * 3000)],
    [{"type": "header", "text": plain("標題")}, {"type": "divider"}],
    [{"type": "context", "elements": [{"type": "mrkdwn", "text": "註"}]}],
    [{"type": "section", "fields": [{"type": "mrkdwn", "text": "欄", "verbatim": True}] * 10}],
    [
        {
            **section("誰"),
            "accessory": {"type": "overflow", "action_id": "o", "options": options("1")},
        }
    ],
    [actions(*(button(f"b{n}") for n in range(25)))],
    [actions({"type": "static_select", "action_id": "s", "options": options("1", "2")})],
    [quote({"type": "text", "text": "<!channel>"}, {"type": "link", "url": "https://data.gov.tw"})],
    [{"type": "image", "image_url": "https://data.gov.tw/a.png", "alt_text": "圖"}],
    [table(("機關", "件數"), ("法務部", "3"))],
]

FORBIDDEN = [
    ("not a list", {"type": "divider"}, "/blocks"),
    ("51 blocks", [{"type": "divider"}] * 51, "/blocks"),
    ("an unknown kind", [{"type": "carousel"}], "/blocks/0/type"),
    ("an unknown property", [{"type": "divider", "colour": "red"}], "/blocks/0/colour"),
    ("a long section", [section(LONG)], "/blocks/0/text/text"),
    ("an empty section", [{"type": "section"}], "/blocks/0"),
    ("an empty text", [section("")], "/blocks/0/text/text"),
    ("a long header", [{"type": "header", "text": plain("字" * 151)}], "/blocks/0/text/text"),
    ("mrkdwn in a header", [{**section("a"), "type": "header"}], "/blocks/0/text/type"),
    (
        "a long button",
        [actions({**button(), "text": plain("字" * 76)})],
        "/blocks/0/elements/0/text/text",
    ),
    ("a strange style", [actions(button(style="loud"))], "/blocks/0/elements/0/style"),
    ("a button's bad address", [actions(button(url="javascript:1"))], "/blocks/0/elements/0/url"),
    ("one action_id twice", [actions(button(), button())], "/blocks/0/elements/1"),
    ("one block_id twice", [actions(button("a")), actions(button("b"))], "/blocks/1"),
    ("26 buttons", [actions(*(button(f"b{n}") for n in range(26)))], "/blocks/0/elements"),
    (
        "no alternative text",
        [{"type": "image", "image_url": "https://data.gov.tw/a.png"}],
        "/blocks/0",
    ),
    (
        "a button in a context",
        [{"type": "context", "elements": [button()]}],
        "/blocks/0/elements/0/type",
    ),
    (
        "11 fields",
        [{"type": "section", "fields": [{"type": "mrkdwn", "text": "欄"}] * 11}],
        "/blocks/0/fields",
    ),
    (
        "a broadcast to everybody",
        [quote({"type": "broadcast", "range": "channel"})],
        "/blocks/0/elements/0/elements/0/type",
    ),
    ("two tables", [table(("a",)), table(("b",))], "/blocks/1"),
    ("rows of two lengths", [table(("a",), ("b", "c"))], "/blocks/0/rows"),
    (
        "an initial option that is none",
        [
            actions(
                {
                    "type": "static_select",
                    "action_id": "s",
                    "options": options("1"),
                    "initial_option": options("2")[0],
                }
            )
        ],
        "/blocks/0/elements/0",
    ),
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
    assert any(told.endswith(f"[json-pointer:{pointer}]") for told in messages(refused))


def test_a_message_of_too_many_words_in_all_is_refused():
    blocks = [section("字" * 2750) for _ in range(4)]
    assert MOST_TEXT == 11_000
    check_message(blocks)
    with pytest.raises(SlackError) as refused:
        check_message([*blocks, section("字")])
    assert refused.value.code == "msg_blocks_too_long"


def test_a_modal_takes_a_hundred_blocks_and_a_home_too():
    many = [{"type": "divider"}] * 100
    check_view(modal(*many), "modal")
    check_view({"type": "home", "blocks": many}, "home")


TEXT = {"type": "plain_text_input"}


@pytest.mark.parametrize(
    ("view", "pointer"),
    [
        pytest.param(modal(title=plain("字" * 25)), "/view/title/text", id="a long title"),
        pytest.param(modal(*[{"type": "divider"}] * 101), "/view/blocks", id="101 blocks"),
        pytest.param(
            {k: v for k, v in modal(field("a", TEXT)).items() if k != "submit"},
            "/view/submit",
            id="a field and no way to send it",
        ),
        pytest.param(modal(table(("a",))), "/view/blocks/0", id="a table"),
        pytest.param(
            modal(actions(TEXT)), "/view/blocks/0/elements/0/type", id="a line in actions"
        ),
        pytest.param(
            modal(field("a", {**TEXT, "max_length": 3001})),
            "/view/blocks/0/element/max_length",
            id="a field of 3001 characters",
        ),
        pytest.param(
            modal(field("a", {"type": "number_input"})), "/view/blocks/0/element", id="what number"
        ),
        pytest.param({"type": "home", "blocks": []}, "/view", id="a home in place of a modal"),
    ],
)
def test_a_view_that_slack_refuses_is_refused_at_its_place(view, pointer):
    with pytest.raises(SlackError) as refused:
        check_view(view, "modal")
    assert refused.value.code == "invalid_arguments"
    assert any(told.endswith(f"[json-pointer:{pointer}]") for told in messages(refused))


def test_a_view_of_more_than_250_kilobytes_is_refused():
    fields = [{"type": "mrkdwn", "text": "字" * 2000}] * 10
    with pytest.raises(SlackError) as refused:
        check_view(modal(*[{"type": "section", "fields": fields}] * 6), "modal")
    assert refused.value.code == "view_too_large"
