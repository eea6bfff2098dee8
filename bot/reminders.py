"""A case that calls for somebody: its reminder, and the words and buttons that others share.

When somebody is reminded stands in ``opendata.desk.reminding``; of several cases a digest tells.
It says where a case waits and what the next step is, never who is to blame.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from bot import blocks as b
from bot.blocks import Block, escaped
from bot.card import extendable
from bot.ids import Button
from bot.scene import Rendered, Scene, draft_button, platform_link
from bot.voice import NAME
from opendata.desk.reminding import holders
from opendata.rules.feedback import Case, State
from opendata.rules.people import Person, Role
from opendata.texts import name_of

MORNINGS, OTHERS = 60, 5
"""So many mornings are offered to be reminded on, and so many people named."""
WITH_OFFICER = (State.IN_PROGRESS, State.APPROVED, State.UNDER_STUDY)
WORKED = (*WITH_OFFICER, State.IN_REVIEW, State.AWAITING_APPROVAL)
_TO_BE_WRITTEN = frozenset({"in_progress", "drafted", "under_study"})
_WITH: Mapping[str, Role] = {
    "unassigned": Role.COORDINATOR,
    "cosign": Role.LEGAL,
    "awaiting_approval": Role.CIO,
}


def reminder(scene: Scene, to: Person | None, *, afternoon: bool) -> Rendered:
    """The reminder of a case that falls due soon, falls due today or is overdue.

    Args:
        scene: the case, in the reader's voice.
        to: the reader; None: a channel.
        afternoon: it is the check at 14:00 of the due day.
    """
    directory, case = scene.voice.directory, scene.case
    held_by = {one.to for one in holders(case, directory, scene.voice.today)}
    holds = to is None or to.id in held_by
    coordinates = to is not None and Role.COORDINATOR in directory.roles_in(to, case.agency)
    asks = holds and not coordinates
    do = "reminder.do.help" if asks else "reminder.do" if holds else "reminder.see_to"
    told = "\n".join(_lines(scene, to, scene.say(do, step=step(scene)), afternoon=afternoon))
    alone = to is not None and held_by == {to.id}
    buttons = _for_holder(scene, to, alone=alone) if holds else _for_others(scene)
    more = [help_button(scene)] if asks else []
    details = scene.button(Button.DETAILS)
    return Rendered(told, [b.section(told), b.actions([*buttons, *more, details])])


# -- what it says -----------------------------------------------------------------------------


def _lines(scene: Scene, to: Person | None, do: str, *, afternoon: bool) -> Iterator[str]:
    """What there is to say on the day; ``do`` is what is to be done on it."""
    case, say, today = scene.case, scene.say, scene.voice.today
    told = said_of(scene)
    if case.due_now > today:
        yield say("reminder.soon", **told)
        yield _before(scene)
    elif case.due_now < today:
        yield say("reminder.over", **told)
        yield do
    elif afternoon and case.state is State.APPROVED:
        yield say("reminder.approved", **told)
    elif afternoon and case.state is State.AWAITING_APPROVAL:
        yield say("reminder.awaiting", **told)
        yield from _deputies(scene, to)
    elif afternoon:
        yield say("reminder.afternoon", step=step(scene), **told)
    else:
        yield say("reminder.today", **told)
        yield do


def said_of(scene: Scene) -> dict[str, object]:
    """What sentences about a case are filled in with."""
    case, voice = scene.case, scene.voice
    return {
        "case": case.id,
        "title": scene.title,
        "due": voice.due(case),
        "left": voice.left(case.due_now),
        "state": case.state,
        "place": place(scene),
    }


def _before(scene: Scene) -> str:
    """What to do before the due date; a reply that is still to be drafted has a way to go."""
    case, say, voice = scene.case, scene.say, scene.voice
    if situation(case) not in _TO_BE_WRITTEN:
        return say("reminder.next", state=case.state, step=step(scene))
    by = voice.calendar.workday_before(case.due_now, 1)
    code = "reminder.draft_by" if by > voice.today else "reminder.draft_today"
    return say(code, state=case.state, day=by)


def _deputies(scene: Scene, to: Person | None) -> Iterator[str]:
    """Who else can approve today."""
    able = scene.voice.directory.approvers(scene.case.agency, scene.voice.today)
    others = [one.person.id for one in able if to is None or one.person.id != to.id]
    if others:
        named = [scene.voice.person(one) for one in others[:OTHERS]]
        yield scene.say("reminder.awaiting.others", others=named)


def situation(case: Case) -> str:
    """The state, told more closely where the next step differs."""
    if case.state is State.RECEIVED and case.unassigned:
        return "unassigned"
    if case.state is State.IN_PROGRESS and case.draft:
        return "cosign" if case.draft.awaits_cosign else "drafted"
    return case.state.value


def step(scene: Scene) -> str:
    """The next step, as something to be done."""
    return scene.say(f"step.{situation(scene.case)}")


def place(scene: Scene) -> str:
    """Where the case waits: a unit, never a person."""
    case, role = scene.case, _WITH.get(situation(scene.case))
    if role is not None:
        return name_of(scene.voice.language, role)
    agency = escaped(scene.voice.agency(case.agency), NAME)
    return scene.say("place.reviewers", agency=agency) if case.state is State.IN_REVIEW else agency


# -- what can be done -------------------------------------------------------------------------


def _for_holder(scene: Scene, to: Person | None, *, alone: bool) -> list[Block]:
    """The next step, more time, and a later morning for whoever has the case alone."""
    case = scene.case
    buttons = list(next_buttons(scene))
    if extendable(scene):
        buttons.append(scene.button(Button.EXTEND))
    own = case.state not in WITH_OFFICER or (to is not None and to.id == case.officer)
    if own and alone and case.state in WORKED and mornings(scene):
        buttons.append(scene.button(Button.SNOOZE))
    return buttons


def next_buttons(scene: Scene) -> Iterator[Block]:
    """The next step of whoever has the case, the main one first."""
    case, button = scene.case, scene.button
    if situation(case) == "cosign":
        yield button(Button.DECIDE, style="primary")
    elif case.state is State.RECEIVED:
        yield button(Button.ASSIGN if case.unassigned else Button.CLAIM, style="primary")
    elif case.state in (State.IN_REVIEW, State.AWAITING_APPROVAL):
        yield button(Button.DECIDE, style="primary")
    elif case.state is State.APPROVED:
        yield from platform_link(scene)
        yield button(Button.PUBLISH, style="primary")
    else:
        drafted = situation(case) == "drafted"
        if drafted:
            yield button(Button.PREVIEW, style="primary")
        yield draft_button(scene, primary=not drafted)


def _for_others(scene: Scene) -> list[Block]:
    """Who is told beside the holder can give the case to somebody else."""
    return [scene.button(Button.REASSIGN)] if scene.case.state in WORKED else []


def help_button(scene: Scene) -> Block:
    """請求協助, asked once more before the coordinators are called."""
    return scene.button(Button.HELP, confirm=scene.confirm(Button.HELP))


def mornings(scene: Scene) -> Sequence[date]:
    """The mornings on which one can still be reminded before the case is due."""
    calendar, day = scene.voice.calendar, scene.voice.today
    due, found = scene.case.due_now, list[date]()
    while len(found) < MORNINGS and (day := calendar.workday_after(day, 1)) < due:
        found.append(day)
    return found
