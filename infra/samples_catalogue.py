"""Samples of what is said of the catalogue: why a list is not taken, and that one is again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from bot import catalogue
from bot.numbers import status_blocks, status_text
from bot.weekly import weekly
from infra.samples_desk import AGENCY, BEGIN, Ministry, Sample
from opendata.desk.catalogue_records import Refusal, Sync
from opendata.desk.numbers import status
from opendata.desk.pulling import TOLD, Notice, NotTaken
from opendata.desk.weekly import Since, Week
from opendata.rules.catalogue import Target, Year
from opendata.rules.errors import Fault
from opendata.rules.feedback import Kind, State
from opendata.rules.kpi import Figures, Share
from opendata.rules.people import shipped_agencies
from opendata.rules.week import span

_SOURCE = "data.gov.tw/api/front/dataset/export"
_LAST = Sync(BEGIN, _SOURCE, "csv22", "0" * 64, 53_120, 3_412, version=1)
_WHY = {
    "fewer": Refusal(
        BEGIN, _SOURCE, Fault("file", "too_few_of_ours", (("now", 12), ("before", 3_412)))
    ),
    "cut_off": Refusal(BEGIN, _SOURCE, Fault("file", "cut_off", (("line", 40_311),))),
    "away": Refusal(
        BEGIN,
        _SOURCE,
        Fault("file", "catalogue_away", (("text", _SOURCE), ("reason", "Connection refused"))),
    ),
}
_LIST = "suggestions-1150302.csv"
_NOT_TAKEN = {
    "whole": Notice(
        _LIST, BEGIN, read=False, n=1, rows=(NotTaken(0, Fault("file", "unknown_header")),)
    ),
    "rows": Notice(
        _LIST,
        BEGIN,
        read=True,
        n=120,
        rows=tuple(
            NotTaken(n, Fault("posted_at", "not_a_time", (("text", "昨天"),)))
            for n in range(2, 2 + TOLD)
        ),
    ),
}

_MANY = 12
_SINCE = Since(BEGIN - timedelta(days=7), received=9, answered=6)
_ALIKE = [f"a-renamed-agency-without-an-entry-{n}" for n in (1, 2)]
_TOTAL = Figures(
    received=20,
    due=12,
    in_time=8,
    late=2,
    open_late=2,
    not_due=8,
    under_study=1,
    within_7=Share(8, 12),
    within_14=Share(10, 12),
    substantive_in_time=7,
    substantive_late=2,
    median=5,
    mean=5.4,
    median_workdays=4,
    mean_workdays=4.1,
    stages={State.RECEIVED: 0.8, State.IN_PROGRESS: 2.1, State.AWAITING_APPROVAL: 0.9},
    kinds={Kind.COMMENT: 12, Kind.SUGGESTION: 8},
    set_aside=1,
    extended=1,
)
_YEARS = {
    "on_track": Year(115, gross=140, delisted=3, target=Target(), pace=127.5, forecast=181),
    "behind": Year(115, gross=12, target=Target(), pace=42.5),
}


def catalogues(made: Ministry) -> Iterator[Sample]:
    """The notice with and without an earlier list, and when it is over; a year and its target."""
    voice = made.face.voice(made.language)
    shown = {name: catalogue.refused(voice, why, _LAST) for name, why in _WHY.items()}
    shown["first"] = catalogue.refused(voice, _WHY["cut_off"], None)
    shown["accepted"] = catalogue.refused(voice, None, _LAST)
    for name, told in shown.items():
        payload = {"text": told.text, "blocks": told.blocks}
        yield made.sample(f"catalogue_refused-{name}", "message", payload)
    for name, notice in _NOT_TAKEN.items():
        told = catalogue.not_taken(voice, notice)
        payload = {"text": told.text, "blocks": told.blocks}
        yield made.sample(f"not_taken-{name}", "message", payload)
    for name, of in _YEARS.items():
        codes = [*_ALIKE, *(one.code for one in shipped_agencies()[:_MANY])]
        lines = dict.fromkeys(codes, _TOTAL)
        counted = replace(status(made.desk), datasets=of, total=_TOTAL, agencies=lines)
        payload = {
            "text": status_text(voice, counted),
            "blocks": status_blocks(voice, counted),
        }
        yield made.sample(f"status-{name}", "message", payload)
        week = weekly(voice, Week(counted, *span(BEGIN.date()), _SINCE, 3, {AGENCY: 2}))
        payload = {"text": week.text, "blocks": week.blocks}
        yield made.sample(f"weekly-{name}", "message", payload)
    late = dict.fromkeys(codes, 2)
    busy = Week(counted, *span(BEGIN.date()), _SINCE, 3, late, tuple(codes), 7, 2)
    many = weekly(voice, busy)
    yield made.sample("weekly-many", "message", {"text": many.text, "blocks": many.blocks})
    quiet = weekly(voice, Week(counted, *span(BEGIN.date()), None, 0))
    yield made.sample("weekly-quiet", "message", {"text": quiet.text, "blocks": quiet.blocks})
