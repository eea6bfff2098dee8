"""The checker names every flaw: sound payloads, changed in one place by what Slack forbids.

``tests/golden`` holds what the bot shows; the payloads that stand here use everything that the
checker takes.
"""

import json
import os
from itertools import cycle, islice
from pathlib import Path
from random import Random

import pytest

from infra.desk.block_rules import flaws_of
from infra.desk.block_table import KINDS
from tests.block_kit import NEVER
from tests.forbidden import FORBIDDEN, by_kind
from tests.mutations import Mutation, Sheet, mutated, near
from tests.unit.standin import actions, button, field, modal, options, plain, section

GOLDEN = Path(__file__).parents[1] / "golden"
EACH = int(os.environ.get("OPENDATA_MUTATIONS", "20"))
"""How many changes every payload of the bot goes through."""

CONFIRM = {"title": plain("撤回"), "text": plain("？"), "confirm": plain("是"), "deny": plain("否")}
WHEN = {"trigger_actions_on": ["on_enter_pressed", "on_character_entered"]}


def rich(kind):
    leaves = [
        {"type": "text", "text": "字", "style": {"bold": True}},
        {"type": "text", "text": "句"},
    ]
    return {"type": "rich_text", "elements": [{"type": kind, "elements": leaves, "border": 1}]}


def cells(*texts):
    return [{"type": "raw_text", "text": text} for text in texts]


def grouped():
    return [{"label": plain(name), "options": options(f"{name}1", f"{name}2")} for name in "甲乙"]


def described(*values):
    return [{**option, "description": plain("說明")} for option in options(*values)]


MENU = {
    "type": "static_select",
    "options": described("1", "2"),
    "initial_option": described("2")[0],
}
TICKS = {"type": "checkboxes", "options": described("1", "2"), "initial_options": described("1")}
TOLD = [
    {"type": "header", "text": plain("標題"), "block_id": "top"},
    {**section("段"), "accessory": {**MENU, "action_id": "menu", "placeholder": plain("請選")}},
    {
        "type": "section",
        "fields": [plain("欄"), {"type": "mrkdwn", "text": "欄", "verbatim": True}],
    },
    {"type": "context", "elements": [{"type": "mrkdwn", "text": "註"}, plain("註")]},
    {"type": "divider"},
    rich("rich_text_quote"),
    rich("rich_text_preformatted"),
    actions(
        button("one", value="1", style="primary", confirm={**CONFIRM, "style": "danger"}),
        button("two", url="https://data.gov.tw/a", accessibility_label="平臺頁面"),
        {**TICKS, "action_id": "ticks"},
        {"type": "datepicker", "action_id": "day", "initial_date": "2026-02-11"},
    ),
]
CHART = {
    "type": "data_visualization",
    "title": "各機關",
    "chart": {
        "type": "bar",
        "series": [
            {"name": name, "data": [{"label": "甲", "value": 1}, {"label": "乙", "value": 2.5}]}
            for name in ("期限內", "逾期")
        ],
        "axis_config": {"categories": ["甲", "乙"], "x_label": "機關", "y_label": "件"},
    },
}
TABLE = {
    "type": "table",
    "rows": [cells("機關", "件數"), cells("法務部", "3")],
    "column_settings": [{"is_wrapped": True}, {"align": "right"}],
}
LINE = {
    "type": "plain_text_input",
    "placeholder": plain("請填"),
    "min_length": 1,
    "max_length": 9,
    "initial_value": "字",
}
FIELDS = [
    field("line", {**LINE, "dispatch_action_config": WHEN}, dispatch_action=True),
    field("lines", {"type": "plain_text_input", "multiline": True}, hint=plain("提示")),
    field("menu", {"type": "static_select", "option_groups": grouped()}, optional=True),
    field("ticks", TICKS),
    field("day", {"type": "datepicker", "placeholder": plain("日期")}),
    field("moment", {"type": "datetimepicker", "initial_date_time": 1771826700}),
    field("files", {"type": "file_input", "filetypes": ["csv"], "max_files": 1}),
]
WHOLE = [
    pytest.param({"blocks": [*TOLD, CHART, TABLE]}, "message", id="message"),
    pytest.param(
        modal(*TOLD, *FIELDS, close=plain("取消"), private_metadata="S1"), "modal", id="modal"
    ),
    pytest.param({"type": "home", "blocks": [*TOLD, TABLE]}, "home", id="home"),
]


def golden(path):
    """A payload of the bot as it goes to the checker, which looks at the text of no message."""
    shown = json.loads(path.read_text())
    if shown["surface"] in ("message", "answer"):
        return {"blocks": shown["payload"]["blocks"]}, "message"
    return shown["payload"], shown["surface"]


# An answer may be words alone.
GOLDENS = [
    pytest.param(*shown, id=str(path.relative_to(GOLDEN)))
    for path in sorted(GOLDEN.rglob("*.json"))
    if (shown := golden(path))[0]["blocks"]
]


def unnamed(payload, surface, mutations) -> list[Mutation]:
    """The changes whose place is named by no flaw."""
    return [
        mutation
        for mutation in mutations
        if not any(
            flaw.code == mutation.code and near(flaw.pointer, mutation.place)
            for flaw in flaws_of(mutated(payload, mutation), surface)
        )
    ]


@pytest.mark.parametrize(("payload", "surface"), WHOLE + GOLDENS)
def test_what_is_sound_is_taken(payload, surface):
    assert flaws_of(payload, surface) == []


@pytest.mark.parametrize(("payload", "surface"), WHOLE)
def test_every_forbidden_change_of_a_whole_payload_is_named(payload, surface):
    for kind, mutations in by_kind(Sheet(payload, surface)).items():
        assert unnamed(payload, surface, mutations) == [], kind


def test_every_kind_of_forbidden_change_finds_a_place_in_the_whole_payloads():
    kinds = {rule.__name__ for rule in FORBIDDEN} | {name for name, *_ in NEVER}
    found = {kind for whole in WHOLE for kind in by_kind(Sheet(*whole.values))}
    assert found == kinds
    assert len(kinds) > 30


@pytest.mark.parametrize(("payload", "surface"), WHOLE + GOLDENS)
def test_forbidden_changes_of_what_the_bot_shows_are_named(payload, surface, request):
    chance = Random(request.node.callspec.id)
    kinds = list(by_kind(Sheet(payload, surface)).values())
    chance.shuffle(kinds)
    drawn = [chance.choice(kind) for kind in islice(cycle(kinds), EACH)]
    assert unnamed(payload, surface, drawn) == []


def test_the_checker_takes_the_kinds_that_the_bot_shows_and_no_others():
    shown = {
        part.value["type"]
        for golden in GOLDENS
        for part in Sheet(*golden.values).parts
        if "type" in part.value
    }
    assert shown == KINDS


def test_a_change_leaves_the_payload_as_it_was():
    payload, surface = WHOLE[1].values
    before = json.dumps(payload)
    for mutations in by_kind(Sheet(payload, surface)).values():
        assert mutated(payload, mutations[0]) != payload
    assert json.dumps(payload) == before


@pytest.mark.parametrize(
    ("pointer", "named"),
    [
        ("/blocks/1/text", True),
        ("/blocks/1/text/text", True),
        ("/blocks/1", True),
        ("/blocks", False),
        ("/blocks/1/text/text/0", False),
        ("/blocks/10/text", False),
        ("/blocks/1/fields", False),
    ],
)
def test_a_flaw_is_named_by_its_place_or_one_step_beside_it(pointer, named):
    assert near(pointer, ("blocks", 1, "text")) is named
