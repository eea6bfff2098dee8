"""與平臺對帳: where the platform's list and a case do not agree on whether it was answered.

A publication is only reported by the officer (DESIGN §3), since the platform's own interface is
not public; its exported lists say what stands there. Pure; what is kept of it stands in
``desk.reconciling``.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from opendata.rules.feedback import Case, State

LAG = timedelta(days=1)
"""A list may have been exported a while before it is read."""


class Difference(StrEnum):
    """How the two do not agree."""

    UNAPPROVED = "unapproved"
    """Answered there, and not approved here."""
    UNREPORTED = "unreported"
    """Answered there and approved here, and nobody has reported it."""
    UNANSWERED = "unanswered"
    """Reported here, and not answered there."""


def difference(case: Case, now: datetime, *, answered: bool) -> Difference | None:
    """How a case and the platform's list differ; None: they agree, or the list cannot tell.

    Of a later round the list does not say which answer it means.

    Args:
        case: as it stands.
        now: when the list was read.
        answered: whether the list says that there is an answer.
    """
    if case.round > 1:
        return None
    if answered and case.open and case.first_answered_at is None:
        reported = case.state is State.APPROVED
        return Difference.UNREPORTED if reported else Difference.UNAPPROVED
    if not answered and case.answered_at is not None and now - case.moved.at > LAG:
        return Difference.UNANSWERED
    return None
