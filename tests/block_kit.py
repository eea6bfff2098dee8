"""Slack's rules of Block Kit as data, written down from its pages for the proof of the checker.

Nothing is read from the checker's own table. Kinds are a part's ``type``, or what ``mutations``
calls an object that has none.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from tests.mutations import GONE, Json


@cache
def signs(n: int) -> str:
    """So many characters, whatever the number of their bytes."""
    return "字" * n


def words(n: int) -> Json:
    return {"type": "plain_text", "text": signs(n)}


TEXTS = ("plain_text", "mrkdwn")
BLOCKS = (
    *("header", "section", "context", "divider", "actions", "input", "rich_text", "table"),
    "data_visualization",
)
MENUS = ("static_select", "checkboxes")
PICKERS = ("datepicker", "datetimepicker")
INPUTS = ("plain_text_input", "file_input")
ELEMENTS = ("button", *MENUS, *PICKERS, *INPUTS)
RICH = ("rich_text_quote", "rich_text_preformatted")
TYPED = (*TEXTS, "text", "raw_text", "bar", *BLOCKS, *ELEMENTS, *RICH)
UNTYPED = (
    "series",
    "point",
    "axis",
    "confirm",
    "option",
    "tick",
    "group",
    "weight",
    "column",
    "dispatch",
)
VIEWS = ("modal", "home")

LONGEST_TEXT = {
    ("header", "text"): 150,
    ("section", "text"): 3000,
    ("section", "fields"): 2000,
    ("context", "elements"): 3000,
    ("input", "label"): 2000,
    ("input", "hint"): 2000,
    ("button", "text"): 75,
    ("static_select", "placeholder"): 150,
    ("datepicker", "placeholder"): 150,
    ("plain_text_input", "placeholder"): 150,
    ("option", "text"): 75,
    ("option", "description"): 75,
    ("tick", "text"): 75,
    ("tick", "description"): 75,
    ("group", "label"): 75,
    ("confirm", "title"): 100,
    ("confirm", "text"): 300,
    ("confirm", "confirm"): 30,
    ("confirm", "deny"): 30,
    ("modal", "title"): 24,
    ("modal", "submit"): 24,
    ("modal", "close"): 24,
}
MAY_BE_MRKDWN = {
    ("section", "text"),
    ("section", "fields"),
    ("context", "elements"),
    ("confirm", "text"),
    ("tick", "text"),
    ("tick", "description"),
}
LONGEST_STRING = {
    **dict.fromkeys(((kind, "block_id") for kind in BLOCKS), 255),
    **dict.fromkeys(((kind, "action_id") for kind in ELEMENTS), 255),
    **dict.fromkeys(
        ((view, name) for view in VIEWS for name in ("callback_id", "external_id")), 255
    ),
    **dict.fromkeys(((view, "private_metadata") for view in VIEWS), 3000),
    ("button", "value"): 2000,
    ("button", "accessibility_label"): 75,
    ("option", "value"): 150,
    ("tick", "value"): 150,
    ("data_visualization", "title"): 50,
    ("series", "name"): 20,
    ("axis", "x_label"): 50,
    ("axis", "y_label"): 50,
    ("plain_text_input", "initial_value"): 3000,
}
LONGEST_LIST = {
    ("section", "fields"): 10,
    ("context", "elements"): 10,
    ("actions", "elements"): 25,
    ("static_select", "options"): 100,
    ("static_select", "option_groups"): 100,
    ("group", "options"): 100,
    ("checkboxes", "options"): 10,
    ("table", "rows"): 100,
    ("bar", "series"): 6,
}
LISTS = {
    *LONGEST_LIST,
    ("message", "blocks"),
    ("modal", "blocks"),
    ("home", "blocks"),
    ("rich_text", "elements"),
    *((kind, "elements") for kind in RICH),
    ("checkboxes", "initial_options"),
    ("dispatch", "trigger_actions_on"),
}
REQUIRED = {
    "message": ("blocks",),
    "modal": ("title", "blocks"),
    "home": ("blocks",),
    "header": ("text",),
    "context": ("elements",),
    "actions": ("elements",),
    "input": ("label", "element"),
    "rich_text": ("elements",),
    "table": ("rows",),
    "data_visualization": ("title", "chart"),
    "bar": ("series", "axis_config"),
    "series": ("name", "data"),
    "point": ("label", "value"),
    "axis": ("categories",),
    "button": ("text",),
    "checkboxes": ("options",),
    "option": ("text", "value"),
    "tick": ("text", "value"),
    "group": ("label", "options"),
    "confirm": ("title", "text", "confirm", "deny"),
    "dispatch": ("trigger_actions_on",),
    **dict.fromkeys((*TEXTS, "text", "raw_text"), ("text",)),
    **dict.fromkeys(RICH, ("elements",)),
}
FLAGS = {
    "plain_text": ("emoji",),
    "mrkdwn": ("verbatim",),
    "input": ("optional", "dispatch_action"),
    "plain_text_input": ("multiline", "focus_on_load"),
    "modal": ("clear_on_close", "notify_on_close"),
    "weight": ("bold", "italic", "strike", "code"),
    "column": ("is_wrapped",),
    "section": ("expand",),
}

Wrong = tuple[str, tuple[str, ...], str, list[Any]]
_NO_TEXT = [7, None, True, ["字"], {"text": "字"}]
_NO_URL = ["", "data.gov.tw", "javascript:alert(1)", "https://", "https://a b", 7, None]
_NO_DAY = ["2026-02-29", "2026-13-01", "115-02-10", "2026/02/10", "20260210", "", 20260210, None]
_NO_MOMENT = [999_999_999, 10**10, 1771826700000, "1771826700", 1771826700.5, True, None]
_NO_QUESTION = ["是否繼續？", True, words(3), {}, {"title": words(3), "text": words(3)}]
_NO_TIME = [["on_blur"], ["on_enter_pressed"] * 3]
_OTHER_BLOCKS = [
    *("alert", "call", "card", "carousel", "container", "context_actions", "data_table"),
    *("file", "image", "layout", "markdown", "plan", "task_card", "video"),
    *("Divider", "button", "rich_text_quote"),
]
_OTHER_ELEMENTS = [
    *("channels_select", "conversations_select", "email_text_input", "external_select", "image"),
    *("multi_static_select", "number_input", "overflow", "radio_buttons", "rich_text_input"),
    *("timepicker", "url_text_input", "users_select", "workflow_button", "divider"),
]
_OTHER_LEAVES = ["broadcast", "channel", "color", "date", "emoji", "link", "user", "usergroup"]

NEVER: list[Wrong] = [
    ("a text of nothing", (*TEXTS, "text", "raw_text"), "text", [""]),
    ("a text that is none", (*TEXTS, "text", "raw_text"), "text", _NO_TEXT),
    ("an unknown kind of text", TEXTS, "type", ["markdown", "text", "raw_text", "html"]),
    ("a flag of the other kind of text", ("mrkdwn",), "emoji", [True]),
    ("a flag of the other kind of text", ("plain_text",), "verbatim", [True]),
    ("no type", TYPED, "type", [GONE, None, 7, ["section"]]),
    ("a name of nothing", BLOCKS, "block_id", [""]),
    ("a name of nothing", ELEMENTS, "action_id", [""]),
    ("a kind of block that is not used", BLOCKS, "type", _OTHER_BLOCKS),
    ("a kind of element that is not used", ELEMENTS, "type", _OTHER_ELEMENTS),
    ("words that ping or link", ("text",), "type", _OTHER_LEAVES),
    ("a list in rich text", RICH, "type", ["rich_text_list", "rich_text_section"]),
    ("a cell that is not plain", ("raw_text",), "type", ["raw_number", "rich_text", "plain_text"]),
    ("a frame around a home", ("home",), "title", [words(3)]),
    ("a frame around a home", ("home",), "submit", [words(3)]),
    ("a frame around a home", ("home",), "close", [words(3)]),
    ("more than blocks in a message", ("message",), "text", ["字"]),
    ("more than blocks in a message", ("message",), "attachments", [[]]),
    ("an address that is none", ("button",), "url", [*_NO_URL, "https://a.tw/".ljust(3001, "a")]),
    ("a style that is none", ("button", "confirm"), "style", ["default", "", "Primary", None, 1]),
    ("a question that is none", ("button", *MENUS, *PICKERS), "confirm", _NO_QUESTION),
    ("a day that does not exist", ("datepicker",), "initial_date", _NO_DAY),
    ("a moment not of ten digits", ("datetimepicker",), "initial_date_time", _NO_MOMENT),
    ("a length of no field", ("plain_text_input",), "max_length", [0, 3001, "10", 1.5, None, True]),
    ("a length of no field", ("plain_text_input",), "min_length", [-1, 3001, "1", None, True]),
    ("a prompt nowhere shown", ("button", "checkboxes"), "placeholder", [words(3)]),
    ("a prompt nowhere shown", ("datetimepicker", "file_input"), "placeholder", [words(3)]),
    ("files not taken so", ("file_input",), "max_files", [0, 11, "1", None]),
    ("files not taken so", ("file_input",), "filetypes", [[], "csv", [7], None]),
    ("no known time to tell", ("dispatch",), "trigger_actions_on", _NO_TIME),
    ("a weight that is none", ("text",), "style", ["bold", [], None, {"loud": True}]),
    ("a border that is none", RICH, "border", [2, -1, True, "1"]),
    ("a kind of chart that is not used", ("bar",), "type", ["pie", "line", "area", "column"]),
    ("a value that is no number", ("point",), "value", ["3", None, True, [3]]),
    ("a column that is none", ("table",), "column_settings", [[], {}, [7], "left"]),
]
"""What no part of these kinds may have under this name, however long or short."""
