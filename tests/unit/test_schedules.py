"""Schedules: when each is due next, beside a count that walks every minute."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import infra.schedules
from infra.schedules import is_each_minute, next_after
from infra.template import load
from opendata.rules.roc import TAIPEI

MINUTE = timedelta(minutes=1)
FRIDAY = datetime(2026, 2, 6, 9, 0, tzinfo=TAIPEI)
MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
WEEKDAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]


@pytest.mark.parametrize(
    ("expression", "due"),
    [
        ("rate(1 minute)", datetime(2026, 2, 6, 9, 1, tzinfo=TAIPEI)),
        ("rate(15 minutes)", datetime(2026, 2, 6, 9, 15, tzinfo=TAIPEI)),
        ("rate(1 hour)", datetime(2026, 2, 6, 10, 0, tzinfo=TAIPEI)),
        ("rate(1 day)", datetime(2026, 2, 7, 8, 0, tzinfo=TAIPEI)),
        ("cron(0 * * * ? *)", datetime(2026, 2, 6, 10, 0, tzinfo=TAIPEI)),
        ("cron(0/20 * * * ? *)", datetime(2026, 2, 6, 9, 20, tzinfo=TAIPEI)),
        ("cron(0 9 ? * MON-FRI *)", datetime(2026, 2, 9, 9, 0, tzinfo=TAIPEI)),
        ("cron(30 8,17 * * ? *)", datetime(2026, 2, 6, 17, 30, tzinfo=TAIPEI)),
        ("cron(0 9 1 JAN,APR,JUL,OCT ? *)", datetime(2026, 4, 1, 9, 0, tzinfo=TAIPEI)),
        ("cron(0 0 29 2 ? *)", datetime(2028, 2, 29, 0, 0, tzinfo=TAIPEI)),
        ("cron(0 9 6 2 ? 2026)", None),
        ("cron(0 9 30 2 ? *)", None),
    ],
)
def test_what_is_due_at_this_very_moment_is_due_later_next(expression, due):
    assert next_after(expression, TAIPEI, FRIDAY) == due


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("at(2026-02-06T09:00:00)", "neither rate"),
        ("rate(1 minutes)", "neither rate"),
        ("rate(15 minute)", "neither rate"),
        ("rate(0 minutes)", "neither rate"),
        ("rate(2 weeks)", "neither rate"),
        ("cron(banana)", "six fields"),
        ("cron(0 9 * * * *)", "exactly one"),
        ("cron(0 9 ? * ? *)", "exactly one"),
        ("cron(60 9 * * ? *)", "minutes: 60"),
        ("cron(0 24 * * ? *)", "hours: 24"),
        ("cron(? 9 * * ? *)", r"minutes: \?"),
        ("cron(0 9 L * ? *)", "day of month: L"),
        ("cron(0 9 15W * ? *)", "day of month: 15W"),
        ("cron(0 9 ? * MON#1 *)", "day of week: MON#1"),
        ("cron(0 9 ? * FRI-MON *)", "day of week: FRI-MON"),
        ("cron(0/0 9 * * ? *)", "minutes: 0/0"),
        ("cron(0, 9 * * ? *)", "minutes: "),
        ("cron(0 9 * 13 ? *)", "month: 13"),
        ("cron(0 9 * * ? 1969)", "year: 1969"),
    ],
)
def test_what_is_not_understood_is_refused_by_name(expression, told):
    with pytest.raises(ValueError, match=told):
        next_after(expression, TAIPEI, FRIDAY)


@pytest.mark.parametrize(
    ("expression", "each"),
    [
        ("rate(1 minute)", True),
        ("cron(* * * * ? *)", True),
        ("cron(0/1 8-18 ? * MON-FRI *)", True),
        ("rate(15 minutes)", False),
        ("cron(0 * * * ? *)", False),
    ],
)
def test_what_comes_each_minute_is_known(expression, each):
    assert is_each_minute(expression) is each


def test_every_schedule_of_the_deployment_is_understood():
    told = load(Path(infra.__file__).parents[1] / "template.yaml").schedules
    assert all(next_after(one.expression, TAIPEI, FRIDAY) for one in told)


def test_a_local_time_that_the_clocks_leap_over_is_left_out():
    berlin = ZoneInfo("Europe/Berlin")
    eve = datetime(2026, 3, 28, 12, 0, tzinfo=berlin)
    assert next_after("cron(30 2 * * ? *)", berlin, eve) == datetime(
        2026, 3, 30, 2, 30, tzinfo=berlin
    )


def test_a_local_time_that_comes_twice_counts_once():
    berlin = ZoneInfo("Europe/Berlin")
    first = next_after("cron(30 2 * * ? *)", berlin, datetime(2026, 10, 24, 12, 0, tzinfo=berlin))
    assert first == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert next_after("cron(30 2 * * ? *)", berlin, first) == datetime(
        2026, 10, 26, 1, 30, tzinfo=UTC
    )


# -- beside a walk over every minute ------------------------------------------------------------


def fields(least, most, names=()):
    """A field of a cron expression, and the numbers that it means."""
    number = st.integers(least, most)

    def written(n):
        return names[n - least] if names and n % 2 else str(n)

    single = number.map(lambda n: (written(n), {n}))
    span = st.tuples(number, number).map(sorted)
    ranged = span.map(lambda ab: (f"{written(ab[0])}-{written(ab[1])}", set(range(*ab)) | {ab[1]}))
    step = st.tuples(number, st.integers(1, most))
    stepped = step.map(lambda ab: (f"{ab[0]}/{ab[1]}", set(range(ab[0], most + 1, ab[1]))))
    sparse = st.integers(1, most).map(lambda n: (f"*/{n}", set(range(least, most + 1, n))))
    whole = st.just(("*", set(range(least, most + 1))))
    part = st.one_of(single, ranged, stepped, sparse)
    several = st.lists(part, min_size=1, max_size=3).map(
        lambda all_: (",".join(text for text, _ in all_), set().union(*(told for _, told in all_)))
    )
    return st.one_of(whole, several)


@st.composite
def crons(draw):
    """An expression, and whether a local time is meant by it."""
    minutes, hours = draw(fields(0, 59)), draw(fields(0, 23))
    days, weekdays = draw(fields(1, 31)), draw(fields(1, 7, WEEKDAYS))
    months = draw(fields(1, 12, MONTHS))
    if draw(st.booleans()):
        days = ("?", set(range(1, 32)))
    else:
        weekdays = ("?", set(range(1, 8)))
    texts = [one[0] for one in (minutes, hours, days, months, weekdays)]

    def meant(at):
        place = (at.minute, at.hour, at.day, at.month, (at.weekday() + 1) % 7 + 1)
        told = (minutes[1], hours[1], days[1], months[1], weekdays[1])
        return all(number in numbers for number, numbers in zip(place, told, strict=True))

    return f"cron({' '.join(texts)} *)", meant


moments = st.datetimes(datetime(2025, 12, 1), datetime(2027, 3, 1)).map(  # noqa: DTZ001
    lambda at: at.replace(tzinfo=TAIPEI)
)


@given(crons(), moments)
def test_a_cron_is_due_at_the_first_minute_that_is_meant(cron, instant):
    expression, meant = cron
    due = next_after(expression, TAIPEI, instant)
    end = instant + timedelta(days=3)
    at = instant.replace(second=0, microsecond=0) + MINUTE
    while at <= end and not meant(at):
        at += MINUTE
    if at <= end:
        assert due == at
    else:
        assert due is None or (due > end and meant(due.astimezone(TAIPEI)))


@given(crons(), moments)
def test_between_now_and_a_day_far_away_nothing_is_meant(cron, instant):
    expression, meant = cron
    due = next_after(expression, TAIPEI, instant)
    assume(due is not None)
    at = instant.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    probe = due.astimezone(TAIPEI)
    while at.date() < probe.date():
        assert not meant(at.replace(hour=probe.hour, minute=probe.minute))
        at += timedelta(days=1)


@given(st.integers(2, 600), st.sampled_from(["minute", "hour", "day"]), moments)
def test_a_rate_comes_once_in_each_period(number, unit, instant):
    period = timedelta(**{f"{unit}s": number})
    first = next_after(f"rate({number} {unit}s)", TAIPEI, instant)
    assert instant < first <= instant + period
    assert next_after(f"rate({number} {unit}s)", TAIPEI, first) == first + period
