"""Who should have the messages of an intent, and how each looks now.

How they travel stands in ``delivery``; what they look like in ``card``, ``messages``, ``digest``
and their like.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

from bot import catalogue, quarterly
from bot.card import card
from bot.digest import digest, noted, nudging
from bot.face import Face
from bot.messages import RENDER, undeliverable
from bot.moved import moved as moved_message
from bot.posting import Copy
from bot.reminders import reminder
from bot.scene import Rendered, Scene
from bot.voice import Voice
from bot.weekly import weekly
from opendata.desk import catalogue as catalogue_desk
from opendata.desk import copies, outbox, pulling
from opendata.desk import weekly as weeks
from opendata.desk.casefile import asked_about
from opendata.desk.context import Desk
from opendata.desk.copies import Sent
from opendata.desk.digests import Digest, Section
from opendata.desk.digests import digest as planned
from opendata.desk.moved import moved
from opendata.desk.outbox import Intent, Message
from opendata.desk.reading import Dossier, dossier
from opendata.desk.records import DIGEST, INBOX, SUBMISSIONS
from opendata.desk.reminding import deciders, to_be_decided
from opendata.desk.submissions import submission
from opendata.rules.feedback import Case, State
from opendata.rules.people import Directory, Person, Role
from opendata.rules.reminders import escalated_to, opening
from opendata.rules.submissions import Submission, escalated_on

_IN_HOURS = frozenset({Message.STILL_YOURS, Message.ESCALATION})
"""What nobody asked for: it calls whoever does not have it yet in office hours only."""
_REMINDED = frozenset({Section.OVERDUE, Section.DUE_TODAY, Section.SOON})
"""A case that stands alone under such a heading fell on a milestone: it is reminded of in full."""
SNAPSHOT = 1


@dataclass(frozen=True, slots=True)
class Plan:
    """What an intent asks for.

    Attributes:
        copies: the messages, to whoever should have them and whoever has them.
        version: of the case or cause that they show.
        nobody: somebody should have it, but there is nobody yet.
        quiet: how long somebody must not be called yet who should have it.
    """

    copies: Sequence[Copy]
    version: int
    nobody: bool = False
    quiet: timedelta | None = None


def plan_of(face: Face, intent: Intent) -> Plan:
    """What an intent asks for, as things stand now.

    Raises:
        DeskError: the store does not answer, or what it is about cannot be read.
    """
    return _PLANS.get(intent.kind, _of_case)(face, intent)


def _copies(
    targets: Sequence[str],
    sent: Iterable[Sent],
    render: Callable[[str, bool], Rendered],
    *,
    person: bool,
) -> list[Copy]:
    """A copy for everybody who should have the message, and for everybody who has it."""
    known = {one.to: one for one in sent}
    return [
        Copy(to, person, known.get(to), to in targets, partial(render, to, to in targets))
        for to in dict.fromkeys([*targets, *known])
    ]


# -- about a case -----------------------------------------------------------------------------


def _of_case(face: Face, intent: Intent) -> Plan:
    about = dossier(face.desk, intent.case)
    targets = _targets(face, intent, about)
    nobody = not targets and _wanted(face.desk, about, intent)
    sent = list(copies.sent(face.desk, intent.case, intent.kind, intent.occasion))
    quiet = _quiet(face.desk, targets, {one.to for one in sent}) if intent.kind in _IN_HOURS else {}
    called = [one for one in targets if one not in quiet]
    on_card = intent.kind is Message.CARD
    told = _copies(called, sent, partial(_case_message, face, intent, about), person=not on_card)
    return Plan(told, about.case.version, nobody, min(quiet.values(), default=None))


def _quiet(desk: Desk, targets: Iterable[str], have_it: Container[str]) -> dict[str, timedelta]:
    """Who must not be called yet, and for how long; what is there already is brought up to date."""
    now, directory = desk.now(), desk.directory()
    people = [directory.person(one) for one in targets if one not in have_it]
    waits = {one.id: opening(now, desk.calendar(one.agency)) - now for one in people if one}
    return {one: wait for one, wait in waits.items() if wait > timedelta(0)}


def _wanted(desk: Desk, about: Dossier, intent: Intent) -> bool:
    """Whether new copies of the message should still go out."""
    case = about.case
    if intent.kind is Message.ESCALATION:
        return Role.CIO in escalated_to(case, desk.today(), desk.calendar(case.agency))
    waiting = {
        Message.COSIGN: case.state is State.IN_PROGRESS and to_be_decided(case),
        Message.REVIEW: case.state is State.IN_REVIEW,
        Message.APPROVAL: case.state is State.AWAITING_APPROVAL,
        Message.TO_PUBLISH: case.state is State.APPROVED,
        # Whoever returned it named the officer; without one it is only to be brought up to date.
        Message.RETURNED: intent.person is not None,
        Message.STILL_YOURS: asked_about(case) and case.officer == intent.person,
    }
    return waiting.get(intent.kind, True)


def _targets(face: Face, intent: Intent, about: Dossier) -> list[str]:
    """Who should have the message now: a channel, or persons of the roster."""
    directory = face.desk.directory()
    if intent.kind is Message.CARD:
        channel = directory.channel(about.case.agency)
        return [channel] if channel else []
    if not _wanted(face.desk, about, intent):
        return []
    people = map(directory.person, _persons(face, intent, about))
    return [one.id for one in people if one is not None and one.active]


def _whoever_answers(directory: Directory, case: Case) -> list[str]:
    """The officer of the case; when that one has left, the agency's officers, or coordinators."""
    officer = directory.person(case.officer) if case.officer else None
    if officer is not None and officer.active:
        return [officer.id]
    officers = directory.holders(Role.OFFICER, case.agency)
    people = officers or directory.nearest_holders(Role.COORDINATOR, case.agency)
    return [one.id for one in people]


def _persons(face: Face, intent: Intent, about: Dossier) -> list[str]:
    directory, case = face.desk.directory(), about.case
    if intent.person is not None:
        return [intent.person]
    if intent.kind is Message.TO_PUBLISH:
        return [case.officer] if case.officer else []
    if intent.kind is Message.PROMISE_KEPT:
        return _whoever_answers(directory, case)
    if intent.kind is Message.HELP:
        people = directory.nearest_holders(Role.COORDINATOR, case.agency)
    elif intent.kind is Message.ESCALATION:
        able = directory.approvers(case.agency, face.desk.today())
        people = tuple(one.person for one in able)
    else:
        people = deciders(case, directory, face.desk.today())
    return [one.id for one in people]


def _case_message(face: Face, intent: Intent, about: Dossier, to: str, wanted: bool) -> Rendered:  # noqa: FBT001  # as Copy has it
    """The message as it looks now; a card says where it went in a channel that the case left."""
    if intent.kind is not Message.CARD:
        return render(face, intent, about, face.voice_of(to))
    scene = _scene(face, intent, about, face.voice())
    return card(scene) if wanted else card(scene, moved_to=about.case.agency)


def _scene(face: Face, intent: Intent, about: Dossier, voice: Voice) -> Scene:
    scene = face.scene(about, voice, intent.kind)
    caused = next((one for one in about.events if one.version == intent.version), scene.event)
    return replace(scene, occasion=intent.occasion, event=caused)


def render(face: Face, intent: Intent, about: Dossier, voice: Voice) -> Rendered:
    """The message of an intent about a case as it looks now."""
    return RENDER[intent.kind](_scene(face, intent, about, voice))


# -- about what cannot be delivered -----------------------------------------------------------


def _of_cause(face: Face, intent: Intent) -> Plan:
    """To the ministry's coordinators: that messages are parked, and afterwards that all went out.

    It is told of a cause, however many messages wait for it, and never parked itself: a
    coordinator whom Slack refuses makes no second notice.
    """
    cause, directory = outbox.cause(face.desk, intent.case), face.desk.directory()
    broken = cause.parked > 0 and intent.occasion == str(cause.broke)
    people = directory.holders(Role.COORDINATOR, directory.root.code) if broken else ()
    targets = [one.id for one in people if one.id != cause.place]

    def shown(to: str, _: bool) -> Rendered:  # noqa: FBT001  # as Copy has it
        return undeliverable(face.voice_of(to), cause, intent.occasion)

    sent = copies.sent(face.desk, intent.case, intent.kind, intent.occasion)
    told = _copies(targets, sent, shown, person=True)
    return Plan(told, cause.version, nobody=broken and not targets)


# -- what somebody is told of on a morning -----------------------------------------------------


def _of_digest(face: Face, intent: Intent) -> Plan:
    """A snapshot for one addressee; one that holds nothing is not sent, and none is sent twice."""
    plan, to = planned(face.desk, intent), intent.case.removeprefix(DIGEST)
    sent = copies.sent(face.desk, intent.case, intent.kind, intent.occasion)

    def shown(to: str, _: bool) -> Rendered:  # noqa: FBT001  # as Copy has it
        return digest_message(face, plan, to)

    targets = [] if plan.empty else [to]
    return Plan(_copies(targets, sent, shown, person=intent.person is not None), SNAPSHOT)


def digest_message(face: Face, plan: Digest, to: str) -> Rendered:
    """What an addressee is told of: several cases, or in full the one that fell on a milestone."""
    voice = replace(face.voice_of(to), calendar=plan.calendar)
    alone = plan.cases[0] if len(plan.cases) == 1 and not noted(plan) else None
    if alone is None or not _REMINDED.issuperset(plan.sections):
        return digest(voice, plan)
    scene = face.scene(dossier(face.desk, alone.id), voice)
    return nudging(voice, plan, reminder(scene, plan.to, afternoon=plan.afternoon))


def _of_moved(face: Face, intent: Intent) -> Plan:
    """To an officer, in office hours: which dates have moved; one that holds none is not sent."""
    told, person = moved(face.desk, intent), face.desk.directory().person(intent.person or "")
    targets = [person.id] if told and person and person.active else []
    sent = list(copies.sent(face.desk, intent.case, intent.kind, intent.occasion))
    quiet = _quiet(face.desk, targets, {one.to for one in sent})

    def shown(to: str, _: bool) -> Rendered:  # noqa: FBT001  # as Copy has it
        return moved_message(face.voice_of(to), told)

    called = [one for one in targets if one not in quiet]
    made = _copies(called, sent, shown, person=True)
    return Plan(made, len(told), quiet=min(quiet.values(), default=None))


# -- about the platform's lists, and the numbers ------------------------------------------------


def _of_refusal(face: Face, intent: Intent) -> Plan:
    """To the ministry's coordinators: why the platform's list is not taken, if it still is not."""
    why, directory = catalogue_desk.refusal(face.desk), face.desk.directory()
    people = directory.holders(Role.COORDINATOR, directory.root.code) if why else ()
    sent = copies.sent(face.desk, intent.case, intent.kind, intent.occasion)
    last = catalogue_desk.last_sync(face.desk)

    def shown(to: str, _: bool) -> Rendered:  # noqa: FBT001  # as Copy has it
        return catalogue.refused(face.voice_of(to), why, last)

    told = _copies([one.id for one in people], sent, shown, person=True)
    return Plan(told, SNAPSHOT, nobody=bool(why) and not people)


def _of_not_taken(face: Face, intent: Intent) -> Plan:
    """To the ministry's coordinators: what was not taken of a file that was dropped."""
    told_of, directory = (
        pulling.notice(face.desk, intent.case.removeprefix(INBOX)),
        face.desk.directory(),
    )
    people = directory.holders(Role.COORDINATOR, directory.root.code)
    sent = copies.sent(face.desk, intent.case, intent.kind, intent.occasion)

    def shown(to: str, _: bool) -> Rendered:  # noqa: FBT001  # as Copy has it
        return catalogue.not_taken(face.voice_of(to), told_of)

    told = _copies([one.id for one in people], sent, shown, person=True)
    return Plan(told, SNAPSHOT, nobody=not people)


def _of_call(face: Face, intent: Intent) -> Plan:
    """To an agency's channel: that it is asked for its quarterly submission, or has answered.

    When it is late its section heads and the coordinators are told too, once.
    """
    quarter, _, agency = intent.case.removeprefix(SUBMISSIONS).partition("#")
    directory = face.desk.directory()
    one, channel = submission(face.desk, quarter, agency), directory.channel(agency)
    sent = list(copies.sent(face.desk, intent.case, intent.kind, intent.occasion))
    people = _if_late(directory, one, intent) if one.last is None else ()

    def shown(to: str, _: bool) -> Rendered:  # noqa: FBT001  # as Copy has it
        voice = face.voice_of(to) if directory.person(to) else face.voice()
        return quarterly.called(voice, one)

    known = {
        person: [one for one in sent if bool(directory.person(one.to)) is person]
        for person in (True, False)
    }
    targets = [channel] if channel else []
    told = [
        *_copies(targets, known[False], shown, person=False),
        *_copies([person.id for person in people], known[True], shown, person=True),
    ]
    return Plan(told, one.version, nobody=not targets)


def _if_late(directory: Directory, one: Submission, intent: Intent) -> Iterable[Person]:
    day = escalated_on(one)
    if day is None or intent.occasion != f"{day:%Y%m%d}":
        return ()
    heads = directory.holders(Role.SECTION_HEAD, one.agency)
    return (*heads, *directory.nearest_holders(Role.COORDINATOR, one.agency))


def _of_week(face: Face, intent: Intent) -> Plan:
    """To the ministry's channel: the numbers as they stand when it is sent, in their week."""
    if weeks.is_over(face.desk, intent.version):
        return Plan((), SNAPSHOT)
    told, directory = weeks.told(face.desk), face.desk.directory()
    sent = copies.sent(face.desk, intent.case, intent.kind, intent.occasion)

    def shown(_to: str, _: bool) -> Rendered:  # noqa: FBT001  # as Copy has it
        return weekly(face.voice(), told)

    channel = directory.channel(directory.root.code)
    targets = [channel] if channel else []
    return Plan(_copies(targets, sent, shown, person=False), SNAPSHOT, nobody=not targets)


_PLANS: Mapping[Message, Callable[[Face, Intent], Plan]] = {
    Message.UNDELIVERABLE: _of_cause,
    Message.DIGEST: _of_digest,
    Message.MOVED: _of_moved,
    Message.CATALOGUE_REFUSED: _of_refusal,
    Message.NOT_TAKEN: _of_not_taken,
    Message.CALL: _of_call,
    Message.WEEKLY: _of_week,
}
