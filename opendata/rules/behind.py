"""Which cases stand behind a number of the report: the same rules as ``kpi``, for one case.

A number counts rounds; here a case stands for its present round. Who may see it is decided
elsewhere.
"""

from __future__ import annotations

from collections.abc import Container
from datetime import date
from enum import StrEnum

from opendata.rules.feedback import Case, State
from opendata.rules.roc import local_date, quarter_of


class Measure(StrEnum):
    """A number that leads to its cases."""

    OPEN_LATE = "open_late"
    LATE = "late"
    NOT_DUE = "not_due"
    UNDER_STUDY = "under_study"
    IN_TIME = "in_time"


def behind(case: Case, measure: Measure, quarters: Container[str], today: date) -> bool:
    """Whether the case counts under a number of some quarters, e.g. ``115Q3``, on a local date."""
    original = case.due.original
    if quarter_of(original).code not in quarters:
        return False
    if measure is Measure.UNDER_STUDY:
        return case.state is State.UNDER_STUDY
    if case.state in (State.SET_ASIDE, State.WITHDRAWN):
        return False
    if case.first_answered_at is None:
        late = original < today
        return measure is (Measure.OPEN_LATE if late else Measure.NOT_DUE)
    in_time = local_date(case.first_answered_at) <= original
    return measure is (Measure.IN_TIME if in_time else Measure.LATE)
