"""What Slack forbids of messages and views, as changes of a sound payload.

What is simply never allowed stands in ``block_kit.NEVER``; here is what depends on what is there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tests.block_kit import (
    FLAGS,
    LISTS,
    LONGEST_LIST,
    LONGEST_STRING,
    LONGEST_TEXT,
    MAY_BE_MRKDWN,
    MENUS,
    NEVER,
    REQUIRED,
    TEXTS,
    UNTYPED,
    signs,
    words,
)
from tests.mutations import GONE, Json, Mutation, Part, Sheet

Rule = Callable[[Sheet], Iterator[Mutation]]

OTHERS: dict[str, Json] = {
    "button": {"type": "button", "text": {"type": "plain_text", "text": "鈕"}},
    "text": {"type": "mrkdwn", "text": "字"},
    "line": {"type": "plain_text_input"},
    "files": {"type": "file_input"},
    "moment": {"type": "datetimepicker"},
    "day": {"type": "datepicker"},
}
# A kind of block, the way to an element in it, and what may not stand there.
MISPLACED: list[tuple[str, tuple[str | int, ...], list[Json]]] = [
    ("context", ("elements", 0), [OTHERS[name] for name in ("button", "line", "day")]),
    ("actions", ("elements", 0), [OTHERS[name] for name in ("text", "line", "files")]),
    ("section", ("accessory",), [OTHERS[name] for name in ("text", "line", "files", "moment")]),
    ("input", ("element",), [OTHERS[name] for name in ("text", "button")]),
]
CHART: Json = {
    "type": "data_visualization",
    "title": "圖",
    "chart": {
        "type": "bar",
        "series": [{"name": "件", "data": [{"label": "甲", "value": 1}]}],
        "axis_config": {"categories": ["甲"]},
    },
}
TABLE: Json = {"type": "table", "rows": [[{"type": "raw_text", "text": "格"}]]}

FORBIDDEN: list[Rule] = []


def forbidden(rule: Rule) -> Rule:
    FORBIDDEN.append(rule)
    return rule


def by_kind(sheet: Sheet) -> dict[str, Sequence[Mutation]]:
    """Every forbidden change, kind by kind; kinds that find no place are left out."""
    found = {rule.__name__: list(rule(sheet)) for rule in FORBIDDEN}
    for name, kinds, prop, values in NEVER:
        changes = found.setdefault(name, [])
        changes += [part.put(prop, given) for part in sheet.of(*kinds) for given in values]
    return {name: changes for name, changes in found.items() if changes}


# -- texts ----------------------------------------------------------------------------------------


@forbidden
def a_text_that_is_too_long(sheet: Sheet) -> Iterator[Mutation]:
    for part in sheet.of(*TEXTS):
        yield part.put("text", signs(LONGEST_TEXT[part.place] + 1))


@forbidden
def a_string_for_a_text_object(sheet: Sheet) -> Iterator[Mutation]:
    for part in sheet.of(*TEXTS, "text", "raw_text"):
        yield from (Mutation(part.way, given, part.way) for given in ("字", None, ["字"]))


@forbidden
def mrkdwn_where_plain_text_is_asked_for(sheet: Sheet) -> Iterator[Mutation]:
    for part in sheet.of("plain_text"):
        if part.place not in MAY_BE_MRKDWN:
            mrkdwn = {"type": "mrkdwn", "text": part.value["text"]}
            yield Mutation(part.way, mrkdwn, (*part.way, "type"))


# -- objects --------------------------------------------------------------------------------------


@forbidden
def a_property_that_nobody_knows(sheet: Sheet) -> Iterator[Mutation]:
    for part in sheet.parts:
        yield from (part.put(name, 1) for name in ("colour", "disabled", "tooltip"))


@forbidden
def a_type_where_none_belongs(sheet: Sheet) -> Iterator[Mutation]:
    yield from (part.put("type", part.kind) for part in sheet.of(*UNTYPED))


@forbidden
def something_required_that_is_missing(sheet: Sheet) -> Iterator[Mutation]:
    for part in sheet.parts:
        yield from (part.put(name, GONE) for name in REQUIRED.get(part.kind, ()))


@forbidden
def a_flag_that_is_neither_true_nor_false(sheet: Sheet) -> Iterator[Mutation]:
    for part in sheet.parts:
        for name in FLAGS.get(part.kind, ()):
            yield from (part.put(name, given) for given in ("true", 1, None))


@forbidden
def a_string_that_is_too_long(sheet: Sheet) -> Iterator[Mutation]:
    for (kind, name), most in LONGEST_STRING.items():
        yield from (part.put(name, signs(most + 1)) for part in sheet.of(kind))


@forbidden
def a_string_that_is_none(sheet: Sheet) -> Iterator[Mutation]:
    for kind, name in LONGEST_STRING:
        for part in sheet.of(kind):
            yield from (part.put(name, given) for given in (7, None, {"text": "字"}))


# -- lists ----------------------------------------------------------------------------------------


def _lists(sheet: Sheet) -> Iterator[tuple[Part, str, list[Any]]]:
    for part in sheet.parts:
        for name, value in part.value.items():
            if (part.kind, name) in LISTS:
                yield part, name, value


@forbidden
def an_empty_list(sheet: Sheet) -> Iterator[Mutation]:
    yield from (part.put(name, []) for part, name, _ in _lists(sheet))


@forbidden
def a_list_that_is_none(sheet: Sheet) -> Iterator[Mutation]:
    for part, name, value in _lists(sheet):
        yield from (part.put(name, given) for given in (value[0], None, "字"))


@forbidden
def a_list_that_is_too_long(sheet: Sheet) -> Iterator[Mutation]:
    for part, name, value in _lists(sheet):
        if most := LONGEST_LIST.get((part.kind, name)):
            yield part.put(name, [*value, *[value[-1]] * (most + 1 - len(value))])


@forbidden
def an_item_of_another_nature(sheet: Sheet) -> Iterator[Mutation]:
    for part, name, value in _lists(sheet):
        way = (*part.way, name)
        for i in range(len(value)):
            yield from (Mutation((*way, i), given, (*way, i)) for given in ("字", None, 7))


# -- kinds and where they may stand ---------------------------------------------------------------


@forbidden
def an_element_where_it_may_not_stand(sheet: Sheet) -> Iterator[Mutation]:
    for kind, name, others in MISPLACED:
        for part in sheet.of(kind):
            way = (*part.way, *name)
            yield from (Mutation(way, given, (*way, "type")) for given in others)


@forbidden
def a_block_in_a_block(sheet: Sheet) -> Iterator[Mutation]:
    for part in sheet.of("actions", "context", "rich_text"):
        yield part.put("elements", [{"type": "divider"}], 0)


@forbidden
def a_table_in_a_modal(sheet: Sheet) -> Iterator[Mutation]:
    if sheet.surface == "modal" and len(sheet.blocks) < sheet.most_blocks:
        yield sheet.with_blocks(TABLE, at=(len(sheet.blocks), "type"))


@forbidden
def a_second_table(sheet: Sheet) -> Iterator[Mutation]:
    if sheet.surface != "modal" and len(sheet.blocks) < sheet.most_blocks - 1:
        more = [TABLE] if any(sheet.of("table")) else [TABLE, TABLE]
        yield sheet.with_blocks(*more, at=(len(sheet.blocks) + len(more) - 1,))


@forbidden
def a_chart_outside_of_a_message(sheet: Sheet) -> Iterator[Mutation]:
    if sheet.surface != "message" and len(sheet.blocks) < sheet.most_blocks:
        yield sheet.with_blocks(CHART, at=(len(sheet.blocks), "type"))


@forbidden
def a_third_chart(sheet: Sheet) -> Iterator[Mutation]:
    if sheet.surface == "message" and len(sheet.blocks) < sheet.most_blocks - 2:
        more = [CHART] * (3 - sum(1 for _ in sheet.of("data_visualization")))
        yield sheet.with_blocks(*more, at=(len(sheet.blocks) + len(more) - 1,))


@forbidden
def bars_of_no_category(sheet: Sheet) -> Iterator[Mutation]:
    for part in sheet.of("series"):
        data = part.value["data"]
        yield part.put("data", [*data, data[0]])
        yield part.put("data", [{**data[0], "label": "別處"}, *data[1:]])


@forbidden
def two_series_of_one_name(sheet: Sheet) -> Iterator[Mutation]:
    for part in sheet.of("bar"):
        series = part.value["series"]
        if len(series) < 6:
            yield part.put("series", [*series, series[0]], len(series), "name")


@forbidden
def files_outside_of_a_modal(sheet: Sheet) -> Iterator[Mutation]:
    if sheet.surface != "modal" and len(sheet.blocks) < sheet.most_blocks:
        asked = {"type": "input", "label": words(1), "element": {"type": "file_input"}}
        yield sheet.with_blocks(asked, at=(len(sheet.blocks), "element", "type"))


# -- names, sums and sizes ------------------------------------------------------------------------


@forbidden
def one_block_id_twice(sheet: Sheet) -> Iterator[Mutation]:
    for i in range(1, len(sheet.blocks)):
        blocks = [*sheet.blocks]
        for n in (i - 1, i):
            blocks[n] = {**blocks[n], "block_id": "twice"}
        yield Mutation(("blocks",), blocks, ("blocks", i, "block_id"))


@forbidden
def one_action_id_twice(sheet: Sheet) -> Iterator[Mutation]:
    for part in sheet.of("actions"):
        elements = part.value["elements"]
        for i in range(1, len(elements)):
            if "action_id" in elements[i - 1]:
                twice = {**elements[i], "action_id": elements[i - 1]["action_id"]}
                way = (*part.way, "elements", i)
                yield Mutation(way, twice, (*way, "action_id"))


@forbidden
def the_focus_in_two_places(sheet: Sheet) -> Iterator[Mutation]:
    if len(sheet.blocks) < sheet.most_blocks - 1:
        element = {"type": "plain_text_input", "focus_on_load": True}
        asked = {"type": "input", "label": words(1), "element": element}
        at = (len(sheet.blocks) + 1, "element", "focus_on_load")
        yield sheet.with_blocks(asked, asked, at=at)


@forbidden
def too_many_blocks(sheet: Sheet) -> Iterator[Mutation]:
    more = sheet.most_blocks + 1 - len(sheet.blocks)
    yield sheet.with_blocks(*[{"type": "divider"}] * more)
    yield sheet.with_blocks(*[{"type": "divider"}] * (more + 50))


@forbidden
def too_many_words_in_all(sheet: Sheet) -> Iterator[Mutation]:
    if sheet.surface == "message" and len(sheet.blocks) <= sheet.most_blocks - 5:
        long = {"type": "section", "text": words(2700)}
        yield sheet.with_blocks(*[long] * 5, code="msg_blocks_too_long")


@forbidden
def a_view_that_is_too_large(sheet: Sheet) -> Iterator[Mutation]:
    if sheet.surface != "message" and len(sheet.blocks) <= sheet.most_blocks - 5:
        long = {"type": "section", "fields": [words(2000)] * 10}
        yield sheet.with_blocks(*[long] * 5, code="view_too_large")


@forbidden
def nothing_to_send_the_fields_with(sheet: Sheet) -> Iterator[Mutation]:
    if any(sheet.of("input")):
        yield from (part.put("submit", GONE) for part in sheet.of("modal"))


# -- blocks and elements --------------------------------------------------------------------------


@forbidden
def a_section_that_says_nothing(sheet: Sheet) -> Iterator[Mutation]:
    for part in sheet.of("section"):
        said = {name: one for name, one in part.value.items() if name not in ("text", "fields")}
        yield Mutation(part.way, said, part.way)


@forbidden
def one_value_twice(sheet: Sheet) -> Iterator[Mutation]:
    for part in sheet.of(*MENUS, "group"):
        options = part.value.get("options", [])
        for i in range(1, len(options)):
            way = (*part.way, "options", i, "value")
            yield Mutation(way, options[0]["value"], way)


@forbidden
def options_in_two_ways_or_in_none(sheet: Sheet) -> Iterator[Mutation]:
    for part in sheet.of("static_select"):
        options = [{"text": words(1), "value": "1"}]
        other = {"options": options, "option_groups": [{"label": words(1), "options": options}]}
        for name, given in other.items():
            changed = GONE if name in part.value else given
            yield Mutation((*part.way, name), changed, part.way)


@forbidden
def a_first_choice_that_is_no_option(sheet: Sheet) -> Iterator[Mutation]:
    nowhere = {"text": words(1), "value": "nowhere"}
    for part in sheet.of("static_select"):
        yield part.put("initial_option", nowhere)
        for option in part.value.get("options", [])[:1]:
            yield part.put("initial_option", {**option, "text": words(9)})
    for part in sheet.of("checkboxes"):
        yield part.put("initial_options", [nowhere])
        yield part.put("initial_options", [part.value["options"][0]] * 2, 1)


@forbidden
def lengths_that_contradict_each_other(sheet: Sheet) -> Iterator[Mutation]:
    for part in sheet.of("plain_text_input"):
        most = part.value.get("max_length", 3000)
        yield part.put("min_length", most + 1)
        yield part.put("initial_value", signs(most + 1))


@forbidden
def files_that_tell_at_once(sheet: Sheet) -> Iterator[Mutation]:
    for part in sheet.of("input"):
        if part.value["element"]["type"] == "file_input":
            yield part.put("dispatch_action", True)


@forbidden
def when_to_tell_what_is_not_told(sheet: Sheet) -> Iterator[Mutation]:
    told = {"trigger_actions_on": ["on_enter_pressed"]}
    for part in sheet.of("input"):
        if part.value["element"]["type"] == "plain_text_input":
            element = {**part.value["element"], "dispatch_action_config": told}
            block = {**part.value, "dispatch_action": False, "element": element}
            yield Mutation(part.way, block, (*part.way, "element", "dispatch_action_config"))


@forbidden
def a_table_that_is_no_rectangle(sheet: Sheet) -> Iterator[Mutation]:
    for part in sheet.of("table"):
        rows = part.value["rows"]
        for i in range(len(rows)):
            way, cell = (*part.way, "rows", i), rows[i][0]
            yield from (Mutation(way, given, way) for given in ([], cell, None, [cell] * 21))
            if len(rows) > 1:
                # What makes the first row differ is said of those that differ from it.
                row = [*rows[i], cell]
                yield Mutation(way, row, (*part.way, "rows", i or 1))


@forbidden
def a_setting_of_no_column(sheet: Sheet) -> Iterator[Mutation]:
    for part in sheet.of("table"):
        columns = len(part.value["rows"][0])
        yield part.put("column_settings", [{}] * (columns + 1))
        yield part.put("column_settings", [{"align": "middle"}], 0)
