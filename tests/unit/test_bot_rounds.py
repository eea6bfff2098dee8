"""What was shown in an earlier round is not acted on: a click is judged on its round too."""

from dataclasses import replace

import pytest

from bot.ids import Button, Modal, Ref
from opendata import texts
from opendata.desk import casework, decisions
from opendata.rules.errors import RoundOver
from tests.world import CAROL, CORA, HELEN, MONDAY, OLIVE, REPLY, TurnedClock, commented

CASE = "S97944"
UNCLAIMED = [(Button.CLAIM, OLIVE), (Button.ASSIGN, CORA)]
CLAIMED = [
    (Button.RELEASE, OLIVE),
    (Button.REASSIGN, CORA),
    (Button.DRAFT, OLIVE),
    (Button.REPLY, OLIVE),
    (Button.EXTEND, OLIVE),
    (Button.KEEP, OLIVE),
    (Button.SNOOZE, OLIVE),
    (Button.HELP, OLIVE),
    (Button.AGREE, CAROL),
    (Button.INSTRUCT, CAROL),
    (Button.REVEAL, OLIVE),
]


@pytest.fixture
def office(deployed):
    """The ministry behind the handlers, on the Monday."""
    object.__setattr__(deployed.desk, "clock", TurnedClock(MONDAY))
    deployed.clock = deployed.desk.clock
    return deployed


def shown(world):
    """What a button of now is about."""
    return Ref(CASE, world.case().round, world.hash(CASE))


def asked_again(world):
    """The citizen has doubts about the answer."""
    world.clock.turn(days=1)
    world.receive(commented(at=world.clock()))


@pytest.mark.parametrize(("button", "who"), [*UNCLAIMED, *CLAIMED])
def test_a_button_of_the_round_before_does_nothing_in_this_one(office, slack, button, who):
    office.published()
    old = shown(office)
    asked_again(office)
    if (button, who) in CLAIMED:
        casework.claim(office.desk, CASE, OLIVE)
    before = office.rows()
    slack.press(who, button, str(old))
    assert slack.ephemeral == texts.say("zh", "error.round_over", shown=1, current=2)
    assert office.rows() == before


@pytest.mark.parametrize(
    ("who", "modal", "filled"),
    [
        (OLIVE, Modal.DRAFT, {"type": REPLY.type, "text": REPLY.text, "contact": REPLY.contact}),
        (OLIVE, Modal.SNOOZE, {}),
        (CORA, Modal.REASSIGN, {"officer": "U0OTTO"}),
        (OLIVE, Modal.REVEAL, {"purpose": "查證"}),
        (CAROL, Modal.INSTRUCT, {"words": "請儘速"}),
    ],
)
def test_a_modal_that_was_opened_in_the_round_before_changes_nothing(
    office, slack, who, modal, filled
):
    office.claimed()
    slack.press(who, Button(modal.value), str(shown(office)))
    view = slack.shown()
    assert view["callback_id"] == modal
    casework.draft(office.desk, CASE, OLIVE, REPLY)
    office.submit(CASE)
    decisions.pass_review(office.desk, CASE, HELEN, office.hash(CASE))
    decisions.approve(office.desk, CASE, CAROL, office.hash(CASE))
    office.publish(CASE)
    asked_again(office)
    casework.claim(office.desk, CASE, OLIVE)
    before = office.rows()
    answer = slack.submit(who, view, **filled)
    assert texts.say("zh", "error.round_over", shown=1, current=2) in str(answer)
    assert office.rows() == before


@pytest.mark.parametrize("button", [Button.DETAILS, Button.WHY])
def test_what_only_shows_the_case_works_from_any_round(office, slack, button):
    office.published()
    old = shown(office)
    asked_again(office)
    slack.press(OLIVE, button, str(old))
    assert CASE in str(slack.shown()["blocks"])


def test_a_round_that_begins_while_somebody_acts_is_noticed(world):
    world.published()

    class Meanwhile:
        def __getattr__(self, name):
            return getattr(world.desk.store, name)

        def commit(self, *writes):
            if world.case().round == 1:
                asked_again(world)
            world.desk.store.commit(*writes)

    acting = replace(world.desk, store=Meanwhile(), round=1)
    with pytest.raises(RoundOver):
        casework.reveal(acting, CASE, OLIVE, "查證")
    assert world.actions()[-1] == "new_round"
