"""A case that does not move: 仍由您辦理嗎, 請求協助 and 逾期陳報, and how each of them ended.

When they are sent stands in ``opendata.desk.reminding``, what is answered in ``holding`` there;
what a case that calls for somebody is said to be waiting for, in ``reminders``.
"""

from __future__ import annotations

from datetime import datetime

from bot import blocks as b
from bot.blocks import Block
from bot.ids import Button
from bot.reminders import WORKED, place, said_of, situation
from bot.scene import Rendered, Scene, closed
from opendata.desk.casefile import asked_about
from opendata.rules.feedback import Action, Event, Outside, State
from opendata.rules.people import Role
from opendata.rules.reminders import escalated_to
from opendata.rules.roc import local_date

_SETTLES = frozenset(
    {
        *(Action.KEEP, Action.RELEASE, Action.REASSIGN, Action.SNOOZE, Action.RETRACT),
        *(Action.DRAFT, Action.EXTEND, Action.COSIGN, Action.SUBMIT),
    }
)


def still_yours(scene: Scene) -> Rendered:
    """仍由您辦理嗎？ to the officer; afterwards, how it was answered."""
    case, say, voice = scene.case, scene.say, scene.voice
    details = scene.button(Button.DETAILS)
    if not (scene.current and asked_about(case)):
        told = _answered(scene)
        return Rendered(told, [b.section(told), b.actions([details])])
    today, since = voice.today, local_date(case.progressed_at)
    idle = max(voice.calendar.workdays_between(since, today) - 1, 1)
    told = say("idle.text", case=case.id, title=scene.title, n=idle)
    text = say("button.hand_over")
    confirm = scene.confirm(Button.RELEASE)
    over = b.button(
        text, Button.RELEASE, str(scene.ref), confirm=confirm, label=f"{text} {case.id}"
    )
    keep = scene.button(Button.KEEP, style="primary")
    note = b.context(say("idle.otherwise"))
    return Rendered(told, [b.section(told), note, b.actions([keep, over, details])])


def _answered(scene: Scene) -> str:
    """What came after the question: the first that settles it."""
    case, settled = scene.case, _settled_by(scene)
    if settled is None:
        return scene.say("idle.over", case=case.id)
    if settled.action is Action.RELEASE and settled.actor == Outside.CLOCK:
        return scene.say("idle.given_back", case=case.id, time=settled.at)
    code = "idle.kept" if settled.action is Action.KEEP else "idle.done"
    who = scene.voice.person(settled.actor)
    return scene.say(code, case=case.id, actor=who, time=settled.at, action=settled.action)


def _settled_by(scene: Scene) -> Event | None:
    asked = False
    for event in scene.dossier.events:
        if asked and event.action in _SETTLES:
            return event
        at = event.changes.get("asked_at")
        if at and event.action is Action.REMIND:
            day = local_date(datetime.fromisoformat(at))
            asked = scene.occasion == f"{scene.case.round}.{day:%Y%m%d}"
    return None


# -- 逾期陳報 ---------------------------------------------------------------------------------


def escalation(scene: Scene) -> Rendered:
    """【逾期陳報】 to the approvers of the day; afterwards, what was said or how it ended."""
    case, say, voice = scene.case, scene.say, scene.voice
    heading = say("escalation.heading", case=case.id, title=voice.title(case))
    details = scene.button(Button.DETAILS)
    if scene.occasion.partition(".")[0] != f"{case.round}":
        return closed(heading, say("escalation.closed"), [b.actions([details])])
    if not scene.current or Role.CIO not in escalated_to(case, voice.today, voice.calendar):
        return closed(heading, _over(scene), [b.actions([details])])
    told = said_of(scene)
    facts = "\n".join([say("escalation.due", **told), _waits(scene)])
    answer = _instructed(scene)
    if answer is None:
        proposal = say("escalation.proposal", proposal=_proposal(scene))
        waits = case.state is State.AWAITING_APPROVAL
        agree = scene.button(Button.DECIDE if waits else Button.AGREE, style="primary")
        asked = [b.section(f"{facts}\n{proposal}"), b.section(say("approval.ask"))]
        buttons = [agree, scene.button(Button.INSTRUCT), details]
        notice = say("escalation.notice", **told)
        return Rendered(notice, [b.header(heading), *asked, b.actions(buttons)])
    buttons = [scene.button(Button.INSTRUCT), details]
    words = _words(scene, answer)
    blocks = [b.header(heading), b.section(facts), *words, b.actions(buttons)]
    return Rendered(say("escalation.notice", **told), blocks)


def _over(scene: Scene) -> str:
    """Why nothing is asked of the CIO any more."""
    case, say, voice = scene.case, scene.say, scene.voice
    if not case.open:
        return say("escalation.done", state=case.state)
    due = voice.due(case)
    if case.due_now < voice.today:
        return say("escalation.moved", due=due, left=voice.left(case.due_now))
    return say("escalation.over", due=due)


def _waits(scene: Scene) -> str:
    """Where it waits, since how many workdays, and for what."""
    case, voice = scene.case, scene.voice
    stay = voice.calendar.workdays_between(local_date(case.moved.at), voice.today)
    return scene.say(
        "escalation.place" if stay > 0 else "escalation.place.today",
        state=case.state,
        place=place(scene),
        n=stay,
        cause=scene.say(f"cause.{situation(case)}"),
    )


def _proposal(scene: Scene) -> str:
    return scene.say(f"proposal.{situation(scene.case)}", place=place(scene))


def _instructed(scene: Scene) -> Event | None:
    """What the CIO said last, since this round fell due by the date that is promised now."""
    events, due = scene.dossier.events, scene.case.due_now
    began = next((e.version for e in reversed(events) if e.action is Action.NEW_ROUND), 0)
    told = (e for e in reversed(events) if e.action is Action.INSTRUCT and e.version > began)
    return next((e for e in told if local_date(e.at) > due), None)


def _words(scene: Scene, event: Event) -> list[Block]:
    """Agreement, or the instruction to the letter."""
    agreed = bool(event.facts.get("agreed"))
    who = scene.voice.person(event.actor)
    code = "escalation.agreed" if agreed else "escalation.instructed"
    blocks = [b.section(scene.say(code, actor=who, time=event.at))]
    words = scene.dossier.notes.get(event.version)
    return blocks if agreed or not words else [*blocks, b.quote(words)]


def instructed(scene: Scene) -> Rendered:
    """What the CIO said to an escalation, to whoever is concerned."""
    told = scene.say("news.instruct", case=scene.case.id, title=scene.title)
    blocks = [b.section(told), *_words(scene, scene.event)]
    return Rendered(told, [*blocks, b.actions([scene.button(Button.DETAILS)])])


# -- 請求協助 ---------------------------------------------------------------------------------


def help_wanted(scene: Scene) -> Rendered:
    """請求協助 to the coordinators: who asks, for which case, and how it stands."""
    who = scene.voice.person(scene.event.actor)
    told = scene.say("help_wanted.text", actor=who, **said_of(scene))
    buttons = [scene.button(Button.DETAILS)]
    if scene.case.state in WORKED:
        buttons.insert(0, scene.button(Button.REASSIGN))
    elif scene.case.state is State.RECEIVED:
        buttons.insert(0, scene.button(Button.ASSIGN))
    return Rendered(told, [b.section(told), b.actions(buttons)])
