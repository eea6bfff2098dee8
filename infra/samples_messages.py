"""Samples of messages: cases on their way, and at each step everything that was ever told of them.

A message stays in Slack and is brought up to date, so each kind is rendered in every state that
the case comes to after it was sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.card import card
from bot.delivery import render
from bot.messages import undeliverable
from bot.scene import Rendered
from bot.undelivered import OTHER, REASONS, cause_of, reason_of
from infra.samples_desk import (
    AGENCY,
    AGENCY_NAME,
    BEGIN,
    CHANNELS,
    CIO,
    COLLEAGUE,
    COORDINATOR,
    DEPUTY,
    HEAD,
    LEGAL,
    OFFICER,
    Ministry,
    Sample,
)
from opendata.desk import casework, decisions, outbox, publication, recompute, roster
from opendata.desk.decisions import ReturnReason
from opendata.desk.outbox import Intent
from opendata.desk.reading import Dossier, dossier
from opendata.desk.records import Cause
from opendata.rules.calendar import Closure
from opendata.rules.canonical import canonical
from opendata.rules.reply import Closing, Reason, Reply, ReplyType
from opendata.rules.roc import TAIPEI

PROMISED = date(2026, 4, 30)
PLAIN = "ordinary"
Step = Iterator[tuple[str, str]]


def messages(made: Ministry) -> Iterator[Sample]:
    """Every message kind in every state; of long words only what looks different."""
    seen: set[tuple[str, str, object]] = set()
    for step, about, told in on_the_way(made):
        yield from _rendered(made, step, about, told, seen)
    yield from _moved(made)
    yield from _undeliverable(made)


def _undeliverable(made: Ministry) -> Iterator[Sample]:
    """What keeps messages from being delivered: each reason at its place, and how it ended."""
    voice, places = made.face.voice(made.language), {"left": OFFICER, "nobody": OFFICER}
    codes = {reason_of(code): code for code in REASONS} | {OTHER: "as_yet_unheard_of"}
    everywhere = {reason: cause_of(code, "").endswith("@") for reason, code in codes.items()}
    for reason, code in codes.items():
        place = "" if everywhere[reason] else places.get(reason, CHANNELS[AGENCY])
        yield _cause(made, reason, undeliverable(voice, Cause(code, place, BEGIN, 3, 1), "1"))
    broken = Cause("not_in_channel", CHANNELS[AGENCY], BEGIN, parked=0, broke=1)
    for name, cause in {"mended": broken, "none": replace(broken, mended=False)}.items():
        yield _cause(made, name, undeliverable(voice, cause, "1"))


def _cause(made: Ministry, name: str, shown: Rendered) -> Sample:
    payload = {"text": shown.text, "blocks": shown.blocks}
    return made.sample(f"undeliverable-{name}", "message", payload)


def on_the_way(made: Ministry) -> Iterator[tuple[str, Dossier, list[Intent]]]:
    """Each step of each road: its name, the case after it, and all that was ever told of it."""
    told: dict[tuple[str, str, str, str | None], Intent] = {}
    for road in (_refused, _studied, _asked_again, _others, _recounted):
        for case, step in road(made):
            for one in outbox.waiting(made.desk, 1000):
                told[one.case, one.kind, one.occasion, one.person] = one
            yield step, dossier(made.desk, case), [one for one in told.values() if one.case == case]


def _rendered(
    made: Ministry,
    step: str,
    about: Dossier,
    told: list[Intent],
    seen: set[tuple[str, str, object]],
) -> Iterator[Sample]:
    names: dict[str, int] = {}
    for intent in told:
        shown = render(made.face, intent, about, made.face.voice(made.language))
        looks: object = canonical([shown.text, shown.blocks])
        if made.content != PLAIN:
            looks = tuple((one["type"], len(one.get("elements", ()))) for one in shown.blocks)
        if (intent.kind, about.case.state, looks) in seen:
            continue
        seen.add((intent.kind, about.case.state, looks))
        name = f"{intent.kind}.{about.case.state}.{step}"
        names[name] = names.get(name, 0) + 1
        numbered = name if names[name] == 1 else f"{name}-{names[name]}"
        payload = {"text": shown.text, "blocks": shown.blocks}
        yield made.sample(numbered, "message", payload)


def refusal(made: Ministry, contact: str | None = None) -> Reply:
    """A reply that refuses by law."""
    words = made.words
    return Reply(
        ReplyType.NOT_OPEN,
        words.reply,
        contact or words.contact,
        Closing.CLOSED,
        reason=Reason.LAW,
        statute=words.statute,
    )


def study(made: Ministry) -> Reply:
    """A reply that promises an answer, with something to say about it."""
    words = made.words
    return Reply(
        ReplyType.UNDER_STUDY,
        words.doubtful,
        words.contact,
        Closing.NOT_CLOSED,
        promised=PROMISED,
    )


def opening(made: Ministry) -> Reply:
    """A reply that announces an opening."""
    words = made.words
    return Reply(
        ReplyType.PLANNED,
        words.reply,
        words.contact,
        Closing.NOT_CLOSED,
        promised=PROMISED,
        item=words.statute,
    )


# -- steps that several roads take ------------------------------------------------------------


def written(made: Ministry, case: str, reply: Reply, who: str = OFFICER) -> None:
    """The officer saves a draft."""
    casework.draft(made.desk, case, who, reply)


def submitted(made: Ministry, case: str, who: str = OFFICER) -> None:
    """The officer submits it, and it is co-signed before if it has to be."""
    draft = made.case(case).draft
    if draft and draft.awaits_cosign:
        casework.cosign(made.desk, case, LEGAL, draft.hash)
    casework.submit(made.desk, case, who, made.hash(case))


def passed(made: Ministry, case: str) -> None:
    """The section head lets it pass."""
    decisions.pass_review(made.desk, case, HEAD, made.hash(case))


def approved(made: Ministry, case: str, who: str = CIO) -> None:
    """Submitted before, it is passed and approved."""
    passed(made, case)
    decisions.approve(made.desk, case, who, made.hash(case))


def published(made: Ministry, case: str, who: str) -> None:
    """The officer reports that it stands on the platform."""
    made.clock.turn(minutes=30)
    publication.publish(made.desk, case, who, made.hash(case), made.clock())


def returned(made: Ministry, case: str, who: str) -> None:
    """It goes back to the officer, with every reason there is."""
    reasons, words = list(ReturnReason), made.words.note
    decisions.return_draft(made.desk, case, who, made.hash(case), reasons, words)


# -- the roads --------------------------------------------------------------------------------


def _refused(made: Ministry) -> Step:
    """A refusal by law: co-sign, review, return, approval, revocation, a deputy, publication."""
    desk, words = made.desk, made.words
    case = made.opened(
        "97944",
        dispatched_agencies=[AGENCY_NAME, *words.others],
        dispatched_at=made.clock().isoformat(),
        posted_at=(made.clock() - timedelta(days=3)).isoformat(),
        requested_dataset=words.wish,
        requested_fields=words.wish,
    )
    yield case, "new"
    casework.claim(desk, case, OFFICER)
    yield case, "claimed"
    written(made, case, refusal(made))
    yield case, "drafted"
    casework.cosign(desk, case, LEGAL, made.hash(case))
    yield case, "cosigned"
    submitted(made, case)
    yield case, "submitted"
    returned(made, case, HEAD)
    yield case, "returned"
    written(made, case, refusal(made, "法務部廉政署 02-23141001"))
    yield case, "redrafted"
    submitted(made, case)
    yield case, "resubmitted"
    casework.recall(desk, case, OFFICER, made.hash(case))
    yield case, "recalled"
    submitted(made, case)
    passed(made, case)
    yield case, "passed"
    decisions.approve(desk, case, CIO, made.hash(case))
    yield case, "approved"
    decisions.revoke(desk, case, CIO, made.hash(case), words.note)
    yield case, "revoked"
    made.clock.turn(days=2)
    submitted(made, case)
    approved(made, case, DEPUTY)
    yield case, "approved_by_deputy"
    casework.reassign(desk, case, HEAD, COLLEAGUE)
    yield case, "reassigned"
    published(made, case, COLLEAGUE)
    yield case, "published"


def _studied(made: Ministry) -> Step:
    """A matter under study, answered too late, with all that the platform says meanwhile."""
    desk, words, number = made.desk, made.words, "97945"
    case = made.opened(number)
    casework.claim(desk, case, OFFICER)
    written(made, case, refusal(made))
    submitted(made, case)
    returned(made, case, HEAD)
    written(made, case, study(made))
    yield case, "changed_to_study"
    submitted(made, case)
    yield case, "study_submitted"
    approved(made, case)
    casework.reassign(desk, case, HEAD, COLLEAGUE)
    yield case, "study_approved"
    casework.revise(desk, case, COLLEAGUE, made.hash(case))
    yield case, "revised"
    submitted(made, case, COLLEAGUE)
    approved(made, case)
    published(made, case, COLLEAGUE)
    yield case, "under_study"
    made.receive("suggestion", number, "commented", body=words.comment)
    yield case, "commented"
    made.opened(number, body=words.amended)
    yield case, "amended"
    written(made, case, opening(made), COLLEAGUE)
    yield case, "answer_drafted"
    submitted(made, case, COLLEAGUE)
    yield case, "answer_submitted"
    passed(made, case)
    yield case, "answer_passed"
    decisions.approve(desk, case, CIO, made.hash(case))
    made.clock.turn(days=70)
    yield case, "approved_and_late"
    published(made, case, COLLEAGUE)
    yield case, "answered_late"
    made.receive("suggestion", number, "withdrawn")
    yield case, "withdrawn"


def _asked_again(made: Ministry) -> Step:
    """A citizen who is not content: stars, a second round, and a withdrawal."""
    desk, number = made.desk, "97946"
    case = made.opened(number)
    casework.claim(desk, case, OFFICER)
    written(made, case, refusal(made))
    submitted(made, case)
    returned(made, case, HEAD)
    casework.submit(desk, case, OFFICER, made.hash(case))
    approved(made, case)
    casework.reassign(desk, case, HEAD, COLLEAGUE)
    published(made, case, COLLEAGUE)
    made.clock.turn(hours=1)
    made.receive("suggestion", number, "rated", stars=5)
    yield case, "praised"
    made.clock.turn(hours=1)
    made.receive("suggestion", number, "rated", stars=2, body=made.words.comment)
    yield case, "asked_again"
    casework.claim(desk, case, OFFICER)
    yield case, "claimed_again"
    written(made, case, refusal(made))
    casework.release(desk, case, OFFICER)
    yield case, "released"
    made.receive("suggestion", number, "withdrawn")
    yield case, "withdrawn_again"


def _others(made: Ministry) -> Step:
    """Cards of other kinds: a comment on a dataset, another agency's, a year not yet published."""
    comment = made.opened("501", "comment", dataset_title=made.words.dataset)
    yield comment, "comment"
    nobodys = made.opened("502", dispatched_agencies=["內政部"])
    yield nobodys, "unassigned"
    overdue = made.opened("503", posted_at=(made.clock() - timedelta(days=9)).isoformat())
    yield overdue, "overdue"
    made.clock.at = datetime(2026, 12, 29, 10, 0, tzinfo=TAIPEI)
    provisional = made.opened("504", dispatched_at=made.clock().isoformat())
    yield provisional, "provisional"
    made.clock.at = BEGIN


def _recounted(made: Ministry) -> Step:
    """A date that moves because offices were closed on it."""
    case = made.opened("506")
    casework.claim(made.desk, case, OFFICER)
    closed = Closure(made.case(case).due.on, "臺北市")
    if task := roster.close(made.desk, [closed]):
        recompute.perform(made.desk, task)
    yield case, "offices_closed"


def _moved(made: Ministry) -> Iterator[Sample]:
    """The card in a channel that the case has left."""
    case = made.opened("505", dispatched_agencies=["內政部"])
    casework.assign(made.desk, case, COORDINATOR, AGENCY)
    about = dossier(made.desk, case)
    scene = made.face.scene(about, made.face.voice(made.language))
    shown = card(scene, moved_to=about.case.agency)
    payload = {"text": shown.text, "blocks": shown.blocks}
    yield made.sample(f"card.{about.case.state}.moved_away", "message", payload)
