"""No limit of the checker is above the one that Slack's own client knows of."""

import inspect

import pytest
from slack_sdk.models import blocks as sdk
from slack_sdk.models.views import View

from infra.desk.block_rules import flaws_of
from tests.unit.standin import actions, button, field, modal, options, plain, section

MRKDWN = {"type": "mrkdwn", "text": "欄"}
TEXT = {"type": "plain_text_input"}
DAY, MOMENT = {"type": "datepicker"}, {"type": "datetimepicker"}
SELECT = {"type": "static_select", "options": options("1")}
TICKS = {"type": "checkboxes", "options": options("1")}
CONFIRM = {"title": plain("撤回"), "text": plain("？"), "confirm": plain("是"), "deny": plain("否")}
LENGTH = "_max_length"


def alone(block):
    """A message of one block, and where it stands."""
    return {"blocks": [block]}, "/blocks/0"


def element(part):
    """One element in the block that may hold it, and where it stands."""
    if part["type"] == "plain_text_input":
        return modal(field("f", part)), "/blocks/0/element"
    return {"blocks": [actions(part)]}, "/blocks/0/elements/0"


def words(n):
    return plain("a" * n)


def named(block):
    return lambda n: alone({**block, "block_id": "a" * n})


def known_as(part):
    return lambda n: element({**part, "action_id": "a" * n})


def prompted(part):
    return lambda n: element({**part, "placeholder": words(n)})


def confirming(name):
    return lambda n: element(button(confirm={**CONFIRM, name: words(n)}))


def option(text, value):
    return element({**SELECT, "options": [{"text": plain(text), "value": value}]})


def group(label, n):
    listed = [{"label": plain(label), "options": options(*map(str, range(n)))}]
    return element({"type": "static_select", "option_groups": listed})


def groups(n):
    listed = [{"label": plain("組"), "options": options(str(one))} for one in range(n)]
    return element({"type": "static_select", "option_groups": listed})


def view(**more):
    return {**modal(), **more}, ""


# One thing of a given size, by the model of Slack's client and the part whose size it limits.
SIZED = {
    (sdk.ActionsBlock, "block_id"): named(actions(button())),
    (sdk.ActionsBlock, "elements"): lambda n: alone(actions(*(button(str(i)) for i in range(n)))),
    (sdk.ButtonElement, "action_id"): lambda n: element(button("a" * n)),
    (sdk.ButtonElement, "text"): lambda n: element({**button(), "text": words(n)}),
    (sdk.ButtonElement, "url"): lambda n: element(button(url="https://a.tw/".ljust(n, "a"))),
    (sdk.ButtonElement, "value"): lambda n: element(button(value="a" * n)),
    (sdk.CheckboxesElement, "action_id"): known_as(TICKS),
    (sdk.ConfirmObject, "confirm"): confirming("confirm"),
    (sdk.ConfirmObject, "deny"): confirming("deny"),
    (sdk.ConfirmObject, "text"): confirming("text"),
    (sdk.ConfirmObject, "title"): confirming("title"),
    (sdk.ContextBlock, "block_id"): named({"type": "context", "elements": [MRKDWN]}),
    (sdk.ContextBlock, "elements"): lambda n: alone({"type": "context", "elements": [MRKDWN] * n}),
    (sdk.DatePickerElement, "action_id"): known_as(DAY),
    (sdk.DatePickerElement, "placeholder"): prompted(DAY),
    (sdk.DateTimePickerElement, "action_id"): known_as(MOMENT),
    (sdk.DividerBlock, "block_id"): named({"type": "divider"}),
    (sdk.HeaderBlock, "block_id"): named({"type": "header", "text": plain("標題")}),
    (sdk.HeaderBlock, "text"): lambda n: alone({"type": "header", "text": words(n)}),
    (sdk.InputBlock, "block_id"): named(field("f", TEXT)),
    (sdk.InputBlock, "hint"): lambda n: alone(field("f", TEXT, hint=words(n))),
    (sdk.InputBlock, "label"): lambda n: alone(field("f", TEXT, label=words(n))),
    (sdk.Option, "label"): lambda n: option("a" * n, "1"),
    (sdk.Option, "value"): lambda n: option("選項", "a" * n),
    (sdk.OptionGroup, "label"): lambda n: group("a" * n, 1),
    (sdk.OptionGroup, "options"): lambda n: group("組", n),
    (sdk.PlainTextInputElement, "action_id"): known_as(TEXT),
    (sdk.PlainTextInputElement, "placeholder"): prompted(TEXT),
    (sdk.RichTextBlock, "block_id"): named(
        {
            "type": "rich_text",
            "elements": [{"type": "rich_text_quote", "elements": [{"type": "text", "text": "字"}]}],
        }
    ),
    (sdk.SectionBlock, "block_id"): named(section("段")),
    (sdk.SectionBlock, "fields"): lambda n: alone({"type": "section", "fields": [MRKDWN] * n}),
    (sdk.SectionBlock, "text"): lambda n: alone(section("a" * n)),
    (sdk.StaticSelectElement, "action_id"): known_as(SELECT),
    (sdk.StaticSelectElement, "option_groups"): groups,
    (sdk.StaticSelectElement, "options"): lambda n: element(
        {**SELECT, "options": options(*map(str, range(n)))}
    ),
    (sdk.StaticSelectElement, "placeholder"): prompted(SELECT),
    (sdk.TableBlock, "block_id"): named(
        {"type": "table", "rows": [[{"type": "raw_text", "text": "格"}]]}
    ),
    (View, "blocks"): lambda n: view(blocks=[{"type": "divider"}] * n),
    (View, "callback_id"): lambda n: view(callback_id="a" * n),
    (View, "close"): lambda n: view(close=words(n)),
    (View, "private_metadata"): lambda n: view(private_metadata="a" * n),
    (View, "submit"): lambda n: view(submit=words(n)),
    (View, "title"): lambda n: view(title=words(n)),
}
# Parts that these have of their base class, or of what the desk does not use.
NOT_TAKEN = {
    (sdk.ButtonElement, "agent_prompt"),
    (sdk.CheckboxesElement, "placeholder"),
    (sdk.DateTimePickerElement, "placeholder"),
}


def test_every_limit_that_slacks_client_has_for_our_kinds_is_compared():
    known = {
        (model, name.removesuffix(LENGTH))
        for model in {model for model, _ in SIZED}
        for name, _ in inspect.getmembers(model)
        if name.endswith(LENGTH) and not name.startswith("_")
    }
    assert known - NOT_TAKEN == SIZED.keys()


@pytest.mark.parametrize(
    ("model", "part"), [pytest.param(*one, id=f"{one[0].__name__} {one[1]}") for one in SIZED]
)
def test_what_is_too_long_for_slacks_client_is_too_long_for_the_checker(model, part):
    most = getattr(model, part + LENGTH)
    payload, place = SIZED[model, part](most + 1)
    found = flaws_of(payload, payload.get("type", "message"))
    assert {one.constraint["type"] for one in found} <= {"max_length", "max_items"}
    assert [one.pointer.startswith(f"{place}/") for one in found] == [True]
