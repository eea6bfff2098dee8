"""What Slack accepts as blocks and views, as a table.

Only kinds that the desk uses stand here. Limits are Slack's published ones; where sources differ,
the smaller. What must hold between properties stands in ``block_relations``, what concerns a
message or view as a whole in ``block_rules``.
"""

from __future__ import annotations

from infra.desk import block_relations as relations
from infra.desk.shapes import (
    Check,
    also,
    between,
    day,
    flag,
    kind,
    many,
    number,
    one_of,
    shape,
    string,
    typed,
    url,
)


def _plain(most: int) -> Check:
    return typed({"plain_text": kind({"text": string(most)}, {"emoji": flag})})


def _text(most: int) -> Check:
    mrkdwn = kind({"text": string(most)}, {"verbatim": flag})
    plain = kind({"text": string(most)}, {"emoji": flag})
    return typed({"mrkdwn": mrkdwn, "plain_text": plain})


_ID = string(255)
_STYLE = one_of("primary", "danger")
_CONFIRM = shape(
    {"title": _plain(100), "text": _text(300), "confirm": _plain(30), "deny": _plain(30)},
    {"style": _STYLE},
)
_OPTION = shape({"text": _plain(75), "value": string(150)}, {"description": _plain(75)})
_TICK = shape({"text": _text(75), "value": string(150)}, {"description": _text(75)})
_GROUP = shape({"label": _plain(75), "options": many(_OPTION, 100)})
_DISPATCH = shape(
    {"trigger_actions_on": many(one_of("on_enter_pressed", "on_character_entered"), 2)}
)
_COMMON = {"action_id": _ID, "confirm": _CONFIRM}
_FOCUSED = {**_COMMON, "focus_on_load": flag}
_PICKER = {**_FOCUSED, "placeholder": _plain(150)}

ELEMENTS: dict[str, Check] = {
    "button": kind(
        {"text": _plain(75)},
        {
            **_COMMON,
            "value": string(2000),
            "url": url,
            "style": _STYLE,
            "accessibility_label": string(75),
        },
    ),
    "static_select": also(
        kind(
            {},
            {
                **_PICKER,
                "options": many(_OPTION, 100),
                "option_groups": many(_GROUP, 100),
                "initial_option": _OPTION,
            },
        ),
        relations.options_in_one_way,
        relations.unique_options,
        relations.initial_among_options,
    ),
    "checkboxes": also(
        kind({"options": many(_TICK, 10)}, {**_FOCUSED, "initial_options": many(_TICK, 10)}),
        relations.unique_options,
        relations.initial_among_options,
    ),
    "datepicker": kind({}, {**_PICKER, "initial_date": day}),
    # Ten digits: the seconds from September 2001 to the year 2286.
    "datetimepicker": kind({}, {**_FOCUSED, "initial_date_time": between(10**9, 10**10 - 1)}),
    "plain_text_input": also(
        kind(
            {},
            {
                "action_id": _ID,
                "placeholder": _plain(150),
                "focus_on_load": flag,
                "initial_value": string(3000, 0),
                "dispatch_action_config": _DISPATCH,
                "multiline": flag,
                "min_length": between(0, 3000),
                "max_length": between(1, 3000),
            },
        ),
        relations.lengths_that_can_be_met,
    ),
    "file_input": kind(
        {},
        {"action_id": _ID, "filetypes": many(string(255), 100), "max_files": between(1, 10)},
    ),
}


def _elements(*names: str) -> Check:
    return typed({name: ELEMENTS[name] for name in names})


_PRESSED = ("button", "static_select", "checkboxes", "datepicker")
_FILLED = ("plain_text_input", "static_select", "checkboxes", "datepicker", "datetimepicker")

_WEIGHT = shape({}, dict.fromkeys(("bold", "italic", "strike", "code"), flag))
_LEAF = typed({"text": kind({"text": string(12_000)}, {"style": _WEIGHT})})
_LEAVES = kind({"elements": many(_LEAF, 1000)}, {"border": between(0, 1)})
RICH: dict[str, Check] = {"rich_text_quote": _LEAVES, "rich_text_preformatted": _LEAVES}

_CELL = typed({"raw_text": kind({"text": string(10_000)})})
_COLUMN = shape({}, {"align": one_of("left", "center", "right"), "is_wrapped": flag})
_NAMED = {"block_id": _ID}
_POINT = shape({"label": string(20), "value": number})
_SERIES = shape({"name": string(20), "data": many(_POINT, 20)})
_AXIS = shape({"categories": many(string(20), 20)}, {"x_label": string(50), "y_label": string(50)})
_BARS = also(
    kind({"series": many(_SERIES, 6), "axis_config": _AXIS}),
    relations.bars_of_each_category,
    relations.unique_series,
)

BLOCKS: dict[str, Check] = {
    "header": kind({"text": _plain(150)}, _NAMED),
    "section": also(
        kind(
            {},
            {
                **_NAMED,
                "text": _text(3000),
                "fields": many(_text(2000), 10),
                "accessory": _elements(*_PRESSED),
                "expand": flag,
            },
        ),
        relations.has_text_or_fields,
    ),
    "context": kind({"elements": many(_text(2000), 10)}, _NAMED),
    "divider": kind({}, _NAMED),
    "actions": also(
        kind({"elements": many(_elements(*_PRESSED, "datetimepicker"), 25)}, _NAMED),
        relations.unique_action_ids,
    ),
    "input": also(
        kind(
            {"label": _plain(2000), "element": _elements(*_FILLED, "file_input")},
            {**_NAMED, "hint": _plain(2000), "optional": flag, "dispatch_action": flag},
        ),
        relations.dispatched_if_at_all,
    ),
    "rich_text": kind({"elements": many(typed(RICH), 1000)}, _NAMED),
    "data_visualization": kind({"title": string(50), "chart": typed({"bar": _BARS})}, _NAMED),
    "table": also(
        kind(
            {"rows": many(many(_CELL, 20), 100)},
            {**_NAMED, "column_settings": many(_COLUMN, 20)},
        ),
        relations.even_rows,
    ),
}

_BLOCK = typed(BLOCKS)
_KEPT = {
    "private_metadata": string(3000, 0),
    "callback_id": string(255, 0),
    "external_id": string(255, 0),
}
SURFACES: dict[str, Check] = {
    "message": shape({"blocks": many(_BLOCK, 50)}),
    "modal": kind(
        {"title": _plain(24), "blocks": many(_BLOCK, 100)},
        {
            **_KEPT,
            "submit": _plain(24),
            "close": _plain(24),
            "clear_on_close": flag,
            "notify_on_close": flag,
        },
    ),
    "home": kind({"blocks": many(_BLOCK, 100)}, _KEPT),
}
"""What a message is beside its text, and the views by their type."""

KINDS = frozenset(
    [*BLOCKS, *ELEMENTS, *RICH, "bar", "text", "raw_text", "plain_text", "mrkdwn", "modal", "home"]
)
"""Every ``type`` that is accepted anywhere."""
