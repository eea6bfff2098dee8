"""The card: a case in its agency's channel, one living message from intake to the end."""

from __future__ import annotations

from bot import blocks as b
from bot.blocks import Block, escaped
from bot.ids import Button
from bot.scene import (
    Rendered,
    Scene,
    draft_button,
    extends,
    hidden,
    masked_body,
    platform_link,
)
from bot.voice import NAME
from opendata.rules.feedback import State
from opendata.rules.roc import local_date
from opendata.texts import joined

EXCERPT, DATASET = 120, 300
SHOWN_AGENCIES, AGENCY = 6, 40


def card(scene: Scene, *, moved_to: str | None = None) -> Rendered:
    """The living card. ``moved_to``: it stands in a channel that the case has left."""
    case, say = scene.case, scene.say
    heading = say(
        "case.heading.round" if case.round > 1 else "case.heading",
        kind=case.kind,
        case=case.id,
        round=case.round,
        title=scene.voice.title(case),
    )
    if moved_to is not None:
        text = say("case.moved_away", agency=escaped(scene.voice.agency(moved_to), NAME))
        return Rendered(f"{case.id} {text}", [b.header(heading), b.section(text)])
    blocks = [b.header(heading), b.section(facts(scene, living=True))]
    if scene.dossier.opinion.dataset_title:
        title = escaped(scene.dossier.opinion.dataset_title, DATASET)
        blocks.append(b.section(say("case.dataset", dataset=title)))
    excerpt = " ".join(masked_body(scene).split())
    blocks.append(b.quote(excerpt, EXCERPT))
    notes = list(_notes(scene))
    blocks += [b.context(note) for note in notes]
    buttons = [*case_buttons(scene), scene.button(Button.DETAILS), *look_buttons(scene)]
    blocks.append(b.actions(buttons))
    code = "card.notice.new" if case.state is State.RECEIVED else "card.notice"
    notice = say(code, case=case.id, title=scene.title, due=scene.voice.due(case), state=case.state)
    return Rendered(notice, blocks)


def extendable(scene: Scene) -> bool:
    """Whether more time can be asked for: once, and before the case is due."""
    case, due = scene.case, scene.case.due
    once = not case.extended and due.study is None and scene.voice.today <= due.on
    return case.state is State.IN_PROGRESS and once


_DUE = {
    (False, False): "case.due",
    (False, True): "case.due.ahead",
    (True, False): "case.due.study",
    (True, True): "case.due.study.ahead",
}
"""Whether it is a study's date, and whether that lies ahead of a message that stands for days."""


def facts(scene: Scene, *, living: bool = False) -> str:
    """Until when, where, in which state, with whom.

    ``living``: it stands for days, and is drawn anew on the mornings of milestones only; so the
    workdays that are left stand there from the due date on, when every morning is one.
    """
    case, say, voice = scene.case, scene.say, scene.voice
    if case.open:
        ahead = living and voice.today < case.due_now
        code = _DUE[case.due.study is not None, ahead]
        clock = say(code, due=voice.due(case), left=voice.left(case.due_now))
        if case.extended:
            clock = say("case.due.extended", clock=clock, original=case.due.original)
    elif case.answered_at:
        clock = say("case.closed_at", at=local_date(case.answered_at))
    else:
        clock = say("case.due.over", due=voice.due(case))
    held = say(
        "case.held",
        agency=escaped(voice.agency(case.agency), NAME),
        state=case.state,
        officer=voice.person(case.officer),
    )
    return f"{clock}\n{held}"


def _notes(scene: Scene) -> list[str]:
    case, say = scene.case, scene.say
    notes = []
    if case.unassigned:
        notes.append(say("case.unassigned"))
    others = other_agencies(scene)
    if others:
        named = (b.cut(name, AGENCY) for name in others[:SHOWN_AGENCIES])
        shown = escaped(joined(scene.voice.language, named))
        many = len(others) > SHOWN_AGENCIES
        notes.append(say("case.also.many" if many else "case.also", agencies=shown, n=len(others)))
    if places := hidden(scene):
        notes.append(say("case.masked", n=places))
    if (
        case.dispatched_at
        and case.open
        and local_date(case.dispatched_at) > local_date(case.opened_at)
    ):
        notes.append(_late_dispatch(scene))
    if case.comments:
        notes.append(say("case.comments", n=case.comments))
    if case.stars:
        notes.append(say("case.stars", n=case.stars))
    if case.open:
        term = say(f"case.term.{case.due.mode.value}", days=case.due.days)
        notes.append(say("case.clock", term=term))
    return notes


def other_agencies(scene: Scene) -> list[str]:
    """The names of the agencies that the platform asked beside the one whose case it is."""
    directory = scene.voice.directory
    named = scene.dossier.opinion.dispatched
    resolved = {name: directory.resolve(name) for name in named}
    return [
        name for name, agency in resolved.items() if not agency or agency.code != scene.case.agency
    ]


def _late_dispatch(scene: Scene) -> str:
    case, at = scene.case, scene.case.dispatched_at
    left = scene.voice.calendar.workdays_between(local_date(at), case.due.on) if at else 0
    code = "case.late_dispatch" if left > 0 else "case.late_dispatch.over"
    return scene.say(code, at=at, n=left)


def case_buttons(scene: Scene) -> list[Block]:
    """What can be done to the case in its state; who may do it is judged when it is pressed."""
    case, button = scene.case, scene.button
    recall = button(Button.RECALL, confirm=scene.confirm(Button.RECALL))
    reassign = button(Button.REASSIGN)
    by_state: dict[State, list[Block]] = {
        State.RECEIVED: [button(Button.CLAIM, style="primary"), button(Button.ASSIGN)],
        State.IN_PROGRESS: [
            *([button(Button.PREVIEW, style="primary")] if case.draft else []),
            draft_button(scene, primary=case.draft is None),
            *_more_time(scene),
            button(Button.RELEASE, confirm=scene.confirm(Button.RELEASE)),
            reassign,
        ],
        State.IN_REVIEW: [recall, reassign],
        State.AWAITING_APPROVAL: [recall, reassign],
        State.APPROVED: [
            button(Button.PUBLISH, style="primary"),
            button(Button.REVISE, confirm=scene.confirm(Button.REVISE)),
            reassign,
        ],
        State.UNDER_STUDY: [draft_button(scene, primary=True), reassign],
    }
    return by_state.get(case.state, [])


def _more_time(scene: Scene) -> list[Block]:
    """申請展延; and from the notice the way back to the reply."""
    if extends(scene.case):
        return [scene.button(Button.REPLY)]
    return [scene.button(Button.EXTEND)] if extendable(scene) else []


def look_buttons(scene: Scene) -> list[Block]:
    """What can be looked at: the words unmasked, the reckoning of the date, the platform's page."""
    buttons = [scene.button(Button.REVEAL)] if hidden(scene) else []
    if scene.case.open:
        buttons.append(scene.button(Button.WHY))
    return [*buttons, *platform_link(scene)]
