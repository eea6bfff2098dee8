import pytest

from tests.unit.standin import (
    OFFICER,
    answer,
    field,
    modal,
    options,
    plain,
)

TEXT = {"type": "plain_text_input"}


def stack(space):
    return [view["title"]["text"] for view in space.views.stack(OFFICER)]


EVERY_FIELD = [
    (TEXT, "回復", {"value": "回復"}),
    (TEXT, "", {"value": None}),
    (
        {"type": "static_select", "options": options("1", "2")},
        "2",
        {"selected_option": options("2")[0]},
    ),
    (
        {"type": "checkboxes", "options": options("1", "2")},
        ["2", "forged"],
        {"selected_options": options("2")},
    ),
    ({"type": "datepicker"}, "2026-02-23", {"selected_date": "2026-02-23"}),
    ({"type": "datetimepicker"}, 1771826700, {"selected_date_time": 1771826700}),
]


@pytest.mark.parametrize(("element", "given", "told"), EVERY_FIELD)
def test_every_field_is_told_in_slacks_own_shape(hand, space, element, given, told):
    view = space.views.open(OFFICER, modal(field("f", element, optional=True)))
    hand.submit(view, {"f": {"v": given}, "forged": {"v": "1"}})
    state = hand.payload()["view"]["state"]["values"]
    assert state == {"f": {"v": {"type": element["type"], **told}}}


def test_a_field_that_nobody_touched_tells_what_it_began_with(hand, space):
    chosen = options("2")[0]
    fields = [
        field("text", {**TEXT, "initial_value": "草稿"}),
        field(
            "kind",
            {"type": "static_select", "options": options("1", "2"), "initial_option": chosen},
        ),
        field(
            "why", {"type": "checkboxes", "options": options("1", "2"), "initial_options": [chosen]}
        ),
    ]
    hand.submit(space.views.open(OFFICER, modal(*fields)))
    values = hand.payload()["view"]["state"]["values"]
    assert values["text"]["v"]["value"] == "草稿"
    assert values["kind"]["v"]["selected_option"] == chosen
    assert values["why"]["v"]["selected_options"] == [chosen]


@pytest.mark.parametrize(
    ("element", "given"),
    [
        ({"type": "datepicker"}, "tomorrow"),
        ({"type": "datepicker"}, ["2026-02-23"]),
        ({"type": "datetimepicker"}, "soon"),
        (TEXT, {"value": "字"}),
        ({"type": "static_select", "options": options("1")}, {"value": "1"}),
        ({"type": "checkboxes", "options": options("1")}, [["1"]]),
    ],
)
def test_what_a_field_cannot_hold_counts_as_nothing(hand, space, element, given):
    view = space.views.open(OFFICER, modal(field("f", element)))
    assert hand.submit(view, {"f": {"v": given}}).refused == {"f": "required"}


@pytest.mark.parametrize(
    ("element", "given", "code"),
    [
        (TEXT, " \n", "required"),
        ({"type": "checkboxes", "options": options("1")}, [], "required"),
        ({"type": "datepicker"}, None, "required"),
        ({**TEXT, "max_length": 3}, "四個字喔", "too_long"),
        ({**TEXT, "min_length": 3}, "兩字", "too_short"),
    ],
)
def test_what_slack_itself_refuses_never_reaches_the_app(hand, space, app, element, given, code):
    view = space.views.open(OFFICER, modal(field("f", element)))
    assert hand.submit(view, {"f": {"v": given}}).refused == {"f": code}
    assert app.asked == []
    assert stack(space) == ["擬具回復"]


def test_a_modal_that_is_taken_closes_and_shows_what_lay_below(hand, space):
    space.views.open(OFFICER, modal(title=plain("下")))
    upper = space.views.push(OFFICER, modal(title=plain("上")))
    assert hand.submit(upper).trouble == ""
    assert stack(space) == ["下"]


def test_the_apps_errors_stand_under_their_fields(hand, space, app):
    view = space.views.open(OFFICER, modal(field("text", TEXT)))
    app.answer = answer({"response_action": "errors", "errors": {"text": "請說明理由。"}})
    assert hand.submit(view, {"text": {"v": "不"}}).errors == {"text": "請說明理由。"}
    assert stack(space) == ["擬具回復"]


@pytest.mark.parametrize(
    "told",
    [
        {"response_action": "errors", "errors": {"nowhere": "請說明理由。"}},
        {"response_action": "errors", "errors": {}},
        {"response_action": "update", "view": {"type": "modal"}},
        {"response_action": "dance"},
        {"response_action": ["clear"]},
        {"response_action": "clear", "view": modal()},
        {"response_action": "update", "view": modal(), "hash": "1"},
        {"response_action": "push"},
        {"errors": {"text": "請說明理由。"}},
        {"text": "好"},
        "好",
    ],
)
def test_an_answer_that_slack_does_not_take_leaves_the_modal_open(hand, space, app, told):
    view = space.views.open(OFFICER, modal(field("text", TEXT)))
    app.answer = answer(told)
    assert hand.submit(view, {"text": {"v": "字"}}).trouble == "bad_answer"
    assert stack(space) == ["擬具回復"]


def test_a_modal_is_pushed_by_an_answer_no_higher_than_by_the_app(hand, space, app):
    space.views.open(OFFICER, modal())
    top = [space.views.push(OFFICER, modal()) for _ in range(2)][-1]
    app.answer = answer({"response_action": "push", "view": modal()})
    assert hand.submit(top).trouble == "bad_answer"
    assert len(stack(space)) == 3


def test_an_answer_updates_pushes_and_clears(hand, space, app):
    view = space.views.open(OFFICER, modal())
    app.answer = answer({"response_action": "update", "view": modal(title=plain("新"))})
    hand.submit(view)
    assert stack(space) == ["新"]
    app.answer = answer({"response_action": "push", "view": modal(title=plain("上"))})
    hand.submit(view)
    assert stack(space) == ["新", "上"]
    app.answer = answer({"response_action": "clear"})
    hand.submit(space.views.stack(OFFICER)[-1])
    assert stack(space) == []


def test_closing_is_told_only_where_the_app_wishes(hand, space, app):
    hand.close(space.views.open(OFFICER, modal()))
    assert app.asked == []
    hand.close(space.views.open(OFFICER, modal(notify_on_close=True)), everything=True)
    assert hand.payload()["type"] == "view_closed"
    assert hand.payload()["is_cleared"] is True
    assert stack(space) == []


def test_closing_may_clear_what_lies_below(hand, space):
    space.views.open(OFFICER, modal())
    hand.close(space.views.push(OFFICER, modal(clear_on_close=True)))
    assert stack(space) == []


def test_a_field_of_a_modal_may_tell_at_once(hand, space):
    kind = {"type": "static_select", "options": options("1", "2")}
    fields = [field("kind", kind, dispatch_action=True), field("text", TEXT)]
    view = space.views.open(OFFICER, modal(*fields))
    hand.press_view(view, "kind", "v", "2", {"kind": {"v": "2"}, "text": {"v": "草稿"}})
    told = hand.payload()
    assert told["container"] == {"type": "view", "view_id": view["id"]}
    assert told["view"]["state"]["values"]["text"]["v"]["value"] == "草稿"
    assert told["actions"][0]["selected_option"] == options("2")[0]
    assert "response_url" not in told
