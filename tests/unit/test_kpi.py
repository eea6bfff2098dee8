from collections import Counter
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from statistics import mean, median

import pytest
from histories import DUE, POSTED_AT, a_case, answered, due_from, histories, opened
from hypothesis import given
from hypothesis import strategies as st

from opendata.rules.errors import Invalid
from opendata.rules.feedback import Action, Kind, State, happen
from opendata.rules.kpi import (
    LONGEST,
    Figures,
    Share,
    added,
    difference,
    figures,
    flows,
    quarters,
    tallies,
    to_json,
)
from opendata.rules.people import Capacity
from opendata.rules.roc import TAIPEI, Quarter, local_date

DUE_DAY = DUE.on
DAYS = st.dates(date(2026, 2, 1), date(2026, 12, 31))
SOME_HISTORIES = st.lists(histories(), max_size=4)


def on(day, clock=time(17, 0)):
    return datetime.combine(day, clock, tzinfo=TAIPEI)


def answered_on(day, **changes):
    """A case whose only answer was published on a local date."""
    case = a_case(**changes)
    return replace(case, state=State.ANSWERED, **answered(case, on(day)))


def seen(*cases, today):
    """The figures of some cases, on a day."""
    told = (one for case in cases for one in tallies(case).values())
    return figures(added(one.counts for one in told), today)


def summed(tallies):
    """Counters by quarter and agency, without those that came to nothing."""
    sums = {}
    for one in tallies:
        sums.setdefault((one.quarter, one.agency), Counter()).update(one.counts)
    kept = {key: {name: n for name, n in counts.items() if n} for key, counts in sums.items()}
    return {key: counts for key, counts in kept.items() if counts}


# -- counters


@given(histories())
def test_the_differences_along_a_case_add_up_to_the_tallies_of_its_rounds(history):
    cases, events = history
    assert summed(flows(None, events)) == summed(tallies(cases[-1]).values())


@given(histories(), st.integers(0, 20))
def test_it_does_not_matter_where_a_case_is_followed_from(history, cut):
    cases, events = history
    cut = min(cut, len(events) - 1) + 1
    before, rest = events[:cut], events[cut:]
    parts = [*flows(None, before), *flows(cases[cut - 1], rest)]
    assert summed(parts) == summed(flows(None, events))


@given(histories())
def test_no_counter_ever_goes_below_nothing(history):
    _, events = history
    for n in range(len(events)):
        counted = summed(flows(None, events[: n + 1])).values()
        assert all(number > 0 for counts in counted for number in counts.values())


@given(histories())
def test_what_does_not_count_differently_is_no_difference(history):
    cases, _ = history
    assert difference(cases[-1], cases[-1]) == ()
    assert difference(cases[-1], replace(cases[-1], officer="otto", comments=9)) == ()


def test_a_case_that_moves_to_another_agency_leaves_the_first_without_a_trace():
    case, opening = opened()
    _, moved = happen(case, Action.ASSIGN, actor="cora", at=POSTED_AT, agency="dpo")
    assert set(summed(flows(None, [opening, moved]))) == {("115Q1", "dpo")}


def test_a_case_is_counted_in_the_quarter_of_its_original_due_date():
    extended = replace(DUE, on=date(2026, 4, 9))
    moved = replace(DUE, on=date(2026, 4, 9), original=date(2026, 4, 9))
    assert tallies(a_case(due=extended))[1].quarter == "115Q1"
    assert tallies(a_case(due=moved))[1].quarter == "115Q2"


def test_a_new_round_leaves_the_old_one_counted_and_is_counted_apart():
    first = replace(answered_on(DUE_DAY), stars=1)
    again = POSTED_AT + timedelta(days=60)
    second = replace(
        first,
        earlier=first.rounds,
        state=State.RECEIVED,
        round=2,
        opened_at=again,
        due=due_from(again),
        first_answered_at=None,
        answered_at=None,
        answered_by=None,
        stars=None,
    )
    asked_again = replace(second, earlier=())
    assert difference(first, second) == tuple(tallies(asked_again).values())
    assert {number: one.quarter for number, one in tallies(second).items()} == {
        1: "115Q1",
        2: "115Q2",
    }
    old, new = seen(first, today=date(2026, 6, 1)), seen(asked_again, today=date(2026, 6, 1))
    assert (old.received, old.in_time, old.rounds, old.stars) == (1, 1, 0, 1)
    assert (new.received, new.open_late, new.rounds, new.stars) == (1, 1, 1, 0)


def test_an_earlier_round_that_was_not_kept_stays_counted():
    first = answered_on(DUE_DAY)
    second = replace(first, round=2, first_answered_at=None, answered_at=None)
    assert difference(first, second) == tuple(tallies(second).values())


# -- figures


@given(SOME_HISTORIES, DAYS)
def test_every_round_stands_in_exactly_one_place(drawn, today):
    line = figures(added(one.counts for _, events in drawn for one in flows(None, events)), today)
    assert line.received == line.in_time + line.late + line.open_in_time + line.open_late
    assert line.received == line.due + line.not_due
    assert 0 <= line.answered_early <= line.not_due
    assert line.in_time == line.within_7.n + line.answered_early
    assert 0 <= line.within_7.n <= line.within_7.d == line.due
    assert 0 <= line.within_14.n <= line.within_14.d <= line.received
    assert min(line.open_in_time, line.open_late, line.late) >= 0
    assert sum(line.histogram.values()) == line.in_time + line.late
    assert sum(line.approved_by.values()) == line.in_time + line.late


@given(SOME_HISTORIES, DAYS)
def test_the_figures_are_those_of_counting_case_by_case(drawn, today):
    line = figures(added(one.counts for _, events in drawn for one in flows(None, events)), today)
    rounds = [one for cases, _ in drawn for one in cases[-1].rounds]
    kept = [one for one in rounds if one.state not in (State.SET_ASIDE, State.WITHDRAWN)]
    done = [one for one in kept if one.first_answered_at]
    late = [one for one in done if local_date(one.first_answered_at) > one.due.original]
    waiting = [one for one in kept if not one.first_answered_at]
    overdue = [one for one in waiting if one.due.original < today]
    took = [(local_date(one.first_answered_at) - local_date(one.opened_at)).days for one in done]
    stars = [one.stars for one in rounds if one.stars]
    assert (line.received, line.late, line.open_late) == (len(kept), len(late), len(overdue))
    assert line.in_time == len(done) - len(late)
    assert line.median == (median(min(days, LONGEST) for days in took) if took else None)
    assert line.mean == (round(mean(took), 1) if took else None)
    assert line.stars_mean == (round(mean(stars), 1) if stars else None)
    assert line.set_aside + line.withdrawn == len(rounds) - len(kept)
    assert line.rounds == sum(one.number > 1 for one in rounds)


@pytest.mark.parametrize(
    ("today", "due", "open_in_time", "open_late"),
    [
        (DUE_DAY - timedelta(days=1), 0, 1, 0),
        (DUE_DAY, 0, 1, 0),
        (DUE_DAY + timedelta(days=1), 1, 0, 1),
    ],
)
def test_an_open_case_is_late_only_the_day_after_its_due_date(today, due, open_in_time, open_late):
    line = seen(a_case(), today=today)
    assert (line.due, line.open_in_time, line.open_late) == (due, open_in_time, open_late)
    assert line.within_7 == Share(0, due)


@pytest.mark.parametrize(
    ("at", "in_time"),
    [
        (on(DUE_DAY, time(23, 59, 59)), 1),
        (on(DUE_DAY + timedelta(days=1), time(0, 0)), 0),
    ],
)
def test_an_answer_is_in_time_until_midnight_in_taipei(at, in_time):
    case = a_case()
    line = seen(replace(case, state=State.ANSWERED, **answered(case, at)), today=date(2026, 4, 1))
    assert (line.in_time, line.late) == (in_time, 1 - in_time)
    assert line.within_7 == Share(in_time, 1)


def test_an_answer_before_the_due_date_counts_in_the_rate_only_once_it_is_due():
    early = answered_on(DUE_DAY - timedelta(days=3))
    before = seen(early, today=DUE_DAY - timedelta(days=1))
    assert (before.within_7, before.not_due, before.answered_early) == (Share(0, 0), 1, 1)
    then = seen(early, today=DUE_DAY)
    assert (then.within_7, then.not_due, then.answered_early) == (Share(1, 1), 0, 0)


def test_fourteen_days_are_counted_to_the_platforms_due_date():
    late = answered_on(DUE.platform)
    later = answered_on(DUE.platform + timedelta(days=1))
    line = seen(late, later, today=date(2026, 4, 1))
    assert (line.within_7, line.within_14) == (Share(0, 2), Share(1, 2))


def test_an_extension_never_hides_lateness():
    extended = replace(DUE, on=date(2026, 3, 30))
    line = seen(answered_on(date(2026, 3, 20), due=extended, extended=True), today=date(2026, 4, 1))
    assert (line.late, line.extended) == (1, 1)


def test_a_matter_under_study_is_answered_once_and_again_in_substance():
    promise = replace(DUE, study=date(2026, 4, 30))
    case = a_case(
        state=State.UNDER_STUDY,
        due=promise,
        first_answered_at=on(DUE_DAY),
        answered_by=Capacity.CIO,
    )
    studied = seen(case, today=date(2026, 4, 1))
    assert (studied.in_time, studied.under_study) == (1, 1)
    assert (studied.substantive_in_time, studied.substantive_late) == (0, 0)
    settled = replace(case, state=State.ANSWERED, answered_at=on(date(2026, 4, 20)))
    done = seen(settled, today=date(2026, 5, 1))
    assert (done.in_time, done.under_study) == (1, 0)
    assert (done.substantive_in_time, done.substantive_late) == (0, 1)


@pytest.mark.parametrize("state", [State.SET_ASIDE, State.WITHDRAWN])
@pytest.mark.parametrize("case", [a_case(), answered_on(DUE_DAY)])
def test_what_is_set_aside_or_withdrawn_leaves_the_denominator(case, state):
    line = seen(replace(case, state=state), today=date(2026, 4, 1))
    assert (line.set_aside, line.withdrawn) == (state is State.SET_ASIDE, state is State.WITHDRAWN)
    assert (line.received, line.due, line.within_7, line.within_14) == (
        0,
        0,
        Share(0, 0),
        Share(0, 0),
    )
    assert line.histogram == {}


def test_a_redispatched_case_stays_in_the_denominator():
    line = seen(a_case(state=State.REDISPATCHED), today=date(2026, 4, 1))
    assert (line.received, line.within_7) == (1, Share(0, 1))


def test_days_are_calendar_days_from_posting_to_the_first_answer():
    days = [0, 1, 1, 4, 9]
    posted = local_date(POSTED_AT)
    cases = [answered_on(posted + timedelta(days=n)) for n in days]
    line = seen(*cases, today=date(2026, 4, 1))
    assert (line.median, line.mean) == (1, 3.0)
    assert line.histogram == {0: 1, 1: 2, 4: 1, 9: 1}
    assert seen(*cases[:4], today=date(2026, 4, 1)).median == 1
    assert seen(*cases[1:], today=date(2026, 4, 1)).median == 2.5


def test_a_very_late_answer_keeps_its_days_in_the_mean_and_the_last_column_in_the_histogram():
    line = seen(answered_on(local_date(POSTED_AT) + timedelta(days=200)), today=date(2027, 1, 1))
    assert line.mean == 200
    assert line.histogram == {LONGEST: 1}


@pytest.mark.parametrize(
    ("capacity", "who"),
    [
        (Capacity.CIO, "cio"),
        (Capacity.DEPUTY_ABSENT, "deputy"),
        (Capacity.ACTING, "deputy"),
        (Capacity.DELEGATED, "delegated"),
    ],
)
def test_who_approved_is_counted_by_capacity(capacity, who):
    line = seen(replace(answered_on(DUE_DAY), answered_by=capacity), today=date(2026, 4, 1))
    nobody = {"cio": 0, "deputy": 0, "delegated": 0}
    assert line.approved_by == {**nobody, who: 1}


def test_a_hundred_million_cases_are_told_as_soon_as_a_few():
    counts = {"took:03": 60_000_000, "took:09": 40_000_000, "days": 540_000_000}
    line = figures(counts, date(2026, 4, 1))
    assert (line.median, line.mean) == (3, 5.4)


def test_ratings_and_refusals_are_counted():
    rated = [replace(answered_on(DUE_DAY), stars=stars) for stars in (1, 2, 3, 5)]
    refused = replace(answered_on(DUE_DAY), refused=True)
    line = seen(*rated, refused, today=date(2026, 4, 1))
    assert (line.stars, line.stars_mean, line.stars_below_3, line.refused) == (4, 2.8, 2, 1)


def test_of_nothing_there_is_no_rate_no_mean_and_no_median():
    line = figures({}, date(2026, 4, 1))
    nobody = {"approved_by": {"cio": 0, "deputy": 0, "delegated": 0}}
    assert line == replace(Figures(), **nobody, kinds={Kind.COMMENT: 0, Kind.SUGGESTION: 0})
    assert (line.within_7, line.within_14) == (Share(0, 0), Share(0, 0))
    assert (line.median, line.mean, line.stars_mean) == (None, None, None)


def test_a_line_has_the_names_of_the_contract():
    told = to_json(seen(answered_on(DUE_DAY), today=date(2026, 4, 1)))
    assert set(told) == {
        *("received", "due", "in_time", "late", "open_in_time", "open_late", "not_due"),
        *("under_study", "within_7", "within_14", "substantive", "days", "set_aside"),
        *("withdrawn", "extended", "transferred", "rounds", "refused", "approved_by", "stars"),
        *("stages", "kinds"),
    }
    assert told["within_7"] == {"n": 1, "d": 1}
    assert told["substantive"] == {"in_time": 1, "late": 0}
    days = told["days"]
    assert days.pop("working") == {"median": None, "mean": None, "histogram": {}}
    assert days == {"median": 7, "mean": 7.0, "histogram": {"7": 1}}
    assert told["approved_by"] == {"cio": 1, "deputy": 0, "delegated": 0}
    assert told["stars"] == {"n": 0, "mean": None, "below_3": 0}


@pytest.mark.parametrize(
    ("n", "d", "percent"), [(0, 0, None), (4, 4, None), (4, 5, 80), (1, 8, 13)]
)
def test_no_percentage_is_given_of_fewer_than_five(n, d, percent):
    assert Share(n, d).percent == percent


def test_the_days_are_told_in_workdays_and_by_stage_too():
    spent = {State.RECEIVED: 24 * 60, State.APPROVED: 36 * 60}
    fast = replace(answered_on(DUE_DAY), worked=4, spent=spent)
    slow = replace(answered_on(DUE_DAY), worked=7, spent={State.RECEIVED: 48 * 60})
    line = seen(fast, slow, today=date(2026, 4, 1))
    assert (line.median_workdays, line.mean_workdays) == (5.5, 5.5)
    assert line.workdays == {4: 1, 7: 1}
    assert line.stages == {State.RECEIVED: 1.5, State.APPROVED: 0.8}


def test_what_was_received_is_told_by_channel():
    line = seen(a_case(), a_case(kind=Kind.COMMENT), a_case(), today=DUE_DAY)
    assert line.kinds == {Kind.COMMENT: 1, Kind.SUGGESTION: 2}


# -- periods


def test_a_period_is_a_quarter_or_a_whole_year():
    assert quarters("115Q3") == (Quarter(115, 3),)
    assert quarters("115") == tuple(Quarter(115, number) for number in (1, 2, 3, 4))


@pytest.mark.parametrize("text", ["", "115Q5", "0", "2026Q1", "1000", "²", "this year"])
def test_what_is_no_period_is_refused(text):
    with pytest.raises(Invalid) as refused:
        quarters(text)
    assert refused.value.faults[0].code == "not_a_quarter"
