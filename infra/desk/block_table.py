"""What Slack accepts as blocks and views, as a table.

Only kinds that the desk uses stand here. Limits are Slack's published ones; where sources differ,
the smaller. Rules that look at more than one property stand in ``block_rules``.
"""

from __future__ import annotations

from infra.desk.shapes import Check, between, instance, many, one_of, shape, string, typed, url


def _plain(most: int) -> Check:
    return typed({"plain_text": shape({"text": string(most)}, {"emoji": instance(bool)})})


def _text(most: int) -> Check:
    mrkdwn = shape({"text": string(most)}, {"verbatim": instance(bool)})
    plain = shape({"text": string(most)}, {"emoji": instance(bool)})
    return typed({"mrkdwn": mrkdwn, "plain_text": plain})


_FLAG, _ID = instance(bool), string(255)
_STYLE = one_of("primary", "danger")
_CONFIRM = shape(
    {"title": _plain(100), "text": _text(300), "confirm": _plain(30), "deny": _plain(30)},
    {"style": _STYLE},
)
_OPTION = shape({"text": _plain(75), "value": string(150)}, {"description": _plain(75)})
_TICK = shape({"text": _text(75), "value": string(150)}, {"description": _text(75)})
_GROUP = shape({"label": _plain(75), "options": many(_OPTION, 100)})
_COMMON = {"action_id": _ID, "confirm": _CONFIRM}
_TYPED = {"action_id": _ID, "placeholder": _plain(150), "focus_on_load": _FLAG}
_DISPATCH = shape(
    {"trigger_actions_on": many(one_of("on_enter_pressed", "on_character_entered"), 2)}
)
_LINE = {**_TYPED, "initial_value": string(3000, 0), "dispatch_action_config": _DISPATCH}
_PICKER = {**_COMMON, "placeholder": _plain(150), "focus_on_load": _FLAG}

_IMAGE = {"image_url": url, "alt_text": string(2000)}
_ELEMENTS: dict[str, Check] = {
    "button": shape(
        {"text": _plain(75)},
        {
            **_COMMON,
            "value": string(2000),
            "url": url,
            "style": _STYLE,
            "accessibility_label": string(75),
        },
    ),
    "static_select": shape(
        {},
        {
            **_PICKER,
            "options": many(_OPTION, 100),
            "option_groups": many(_GROUP, 100),
            "initial_option": _OPTION,
        },
    ),
    "overflow": shape({"options": many(_OPTION, 5)}, _COMMON),
    "checkboxes": shape(
        {"options": many(_TICK, 10)},
        {**_COMMON, "initial_options": many(_TICK, 10), "focus_on_load": _FLAG},
    ),
    "radio_buttons": shape(
        {"options": many(_TICK, 10)},
        {**_COMMON, "initial_option": _TICK, "focus_on_load": _FLAG},
    ),
    "datepicker": shape({}, {**_PICKER, "initial_date": string(10, 10)}),
    "timepicker": shape({}, {**_PICKER, "initial_time": string(5, 5), "timezone": string(255)}),
    "datetimepicker": shape(
        {}, {**_COMMON, "initial_date_time": between(10**9, 10**10 - 1), "focus_on_load": _FLAG}
    ),
    "plain_text_input": shape(
        {},
        {
            **_LINE,
            "multiline": _FLAG,
            "min_length": between(0, 3000),
            "max_length": between(1, 3000),
        },
    ),
    "email_text_input": shape({}, _LINE),
    "url_text_input": shape({}, _LINE),
    "number_input": shape(
        {"is_decimal_allowed": _FLAG},
        {**_LINE, "min_value": string(255), "max_value": string(255)},
    ),
    "image": shape(_IMAGE),
}


def _elements(*names: str) -> Check:
    return typed({name: _ELEMENTS[name] for name in names})


_PRESSED = ("button", "static_select", "overflow", "checkboxes", "radio_buttons")
_PICKED = ("datepicker", "timepicker")
_FILLED = ("plain_text_input", "email_text_input", "url_text_input", "number_input")

_WEIGHT = shape({}, dict.fromkeys(("bold", "italic", "strike", "code"), _FLAG))
_LEAF = typed(
    {
        "text": shape({"text": string(12_000)}, {"style": _WEIGHT}),
        "link": shape({"url": url}, {"text": string(12_000), "style": _WEIGHT}),
        "user": shape({"user_id": _ID}, {"style": _WEIGHT}),
        "emoji": shape({"name": _ID}, {"unicode": _ID}),
    }
)
_LEAVES = {"elements": many(_LEAF, 1000)}
_SECTION = shape(_LEAVES)
_RICH: dict[str, Check] = {
    "rich_text_section": _SECTION,
    "rich_text_quote": shape(_LEAVES, {"border": between(0, 1)}),
    "rich_text_preformatted": shape(_LEAVES, {"border": between(0, 1)}),
    "rich_text_list": shape(
        {
            "style": one_of("bullet", "ordered"),
            "elements": many(typed({"rich_text_section": _SECTION}), 1000),
        },
        {"indent": between(0, 8), "offset": between(0, 10_000), "border": between(0, 1)},
    ),
}
_RICH_TEXT = shape({"elements": many(typed(_RICH), 1000)}, {"block_id": _ID})
_CELL = typed({"raw_text": shape({"text": string(12_000)}), "rich_text": _RICH_TEXT})
_COLUMN = shape({}, {"align": one_of("left", "center", "right"), "is_wrapped": _FLAG})
_NAMED = {"block_id": _ID}

BLOCKS: dict[str, Check] = {
    "header": shape({"text": _plain(150)}, _NAMED),
    "section": shape(
        {},
        {
            **_NAMED,
            "text": _text(3000),
            "fields": many(_text(2000), 10),
            "accessory": _elements(*_PRESSED, *_PICKED, "image"),
            "expand": _FLAG,
        },
    ),
    "context": shape(
        {
            "elements": many(
                typed(
                    {
                        "mrkdwn": _text(2000),
                        "plain_text": _text(2000),
                        "image": _ELEMENTS["image"],
                    }
                ),
                10,
            )
        },
        _NAMED,
    ),
    "divider": shape({}, _NAMED),
    "actions": shape(
        {"elements": many(_elements(*_PRESSED, *_PICKED, "datetimepicker"), 25)}, _NAMED
    ),
    "input": shape(
        {
            "label": _plain(2000),
            "element": _elements(
                *_FILLED,
                "static_select",
                "checkboxes",
                "radio_buttons",
                *_PICKED,
                "datetimepicker",
            ),
        },
        {**_NAMED, "hint": _plain(2000), "optional": _FLAG, "dispatch_action": _FLAG},
    ),
    "rich_text": _RICH_TEXT,
    "image": shape(_IMAGE, {**_NAMED, "title": _plain(2000)}),
    "table": shape(
        {"rows": many(many(_CELL, 20), 100)},
        {**_NAMED, "column_settings": many(_COLUMN, 20, 0)},
    ),
}
VIEWS: dict[str, Check] = {
    "modal": shape(
        {"title": _plain(24)},
        {
            "blocks": instance(list),
            "submit": _plain(24),
            "close": _plain(24),
            "private_metadata": string(3000, 0),
            "callback_id": string(255, 0),
            "external_id": string(255, 0),
            "clear_on_close": _FLAG,
            "notify_on_close": _FLAG,
        },
    ),
    "home": shape(
        {},
        {
            "blocks": instance(list),
            "private_metadata": string(3000, 0),
            "callback_id": string(255, 0),
            "external_id": string(255, 0),
        },
    ),
}
