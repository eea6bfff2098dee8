"""What is written in the samples, and the steps that several of their roads take."""

from __future__ import annotations

from datetime import date

from infra.samples_desk import CIO, HEAD, LEGAL, OFFICER, Ministry
from opendata.desk import casework, decisions, extension, publication, records, reminding
from opendata.desk.decisions import ReturnReason
from opendata.desk.reminding import Awake
from opendata.rules.reply import Closing, Reason, Reply, ReplyType

PROMISED, LATER = date(2026, 4, 30), date(2026, 9, 30)
PLAIN = "ordinary"


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
        promised=LATER,
        item=words.statute,
    )


# -- steps ------------------------------------------------------------------------------------


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


def extended(made: Ministry, case: str, until: date, who: str = OFFICER) -> None:
    """The officer drafts the notice that asks for more time."""
    words = made.words
    extension.extend(made.desk, case, who, until, words.note, words.reply, words.contact)


def woken(made: Ministry, case: str) -> None:
    """The case's next milestone comes, and the sweep deals with it."""
    key = records.head_key(case)
    rows = made.desk.store.get(key, *records.VERSIONS)
    made.clock.at = max(made.clock(), records.wakes_at(rows[key]) or made.clock())
    reminding.wake(made.desk, Awake(rows[key], rows))
