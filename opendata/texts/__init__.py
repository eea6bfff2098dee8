"""Every sentence a person reads, in zh-TW and in English.

``say`` takes a code and its parameters and gives the sentence; dates, instants and codes among
the parameters are written as the language writes them. Which sentence is due stands elsewhere.
Model wording: 「文字範本」 of the desk; its rules are 回復 (not 回覆), 臺, 您, full-width signs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import Enum

from opendata.rules import roc
from opendata.rules.calendar import WEEKDAYS, Closure, Day, Year
from opendata.rules.deadline import Deadline, StepKind
from opendata.rules.errors import DeskError, Fault, Invalid
from opendata.rules.privacy import PersonalData
from opendata.texts.en import SENTENCES as EN
from opendata.texts.zh import SENTENCES as ZH

LANGUAGES: Mapping[str, Mapping[str, str]] = {"zh": ZH, "en": EN}


def say(language: str, code: str, /, **params: object) -> str:
    """The sentence of a code.

    Args:
        language: ``zh`` or ``en``.
        code: as in the tables of this package.
        params: what fills the sentence in; dates, instants and enums are written out.
    """
    told = {name: written(language, value) for name, value in params.items()}
    return LANGUAGES[language][code].format(**told)


def written(language: str, value: object) -> object:
    """A parameter as the language writes it; texts and numbers stay as they are."""
    if isinstance(value, datetime):
        return roc.format_time(value) if language == "zh" else roc.format_time_en(value)
    if isinstance(value, date):
        return roc.format_date(value) if language == "zh" else roc.format_date_en(value)
    if isinstance(value, Enum):
        return name_of(language, value)
    if isinstance(value, tuple | list | frozenset):
        return joined(language, (written(language, item) for item in value))
    return value


def name_of(language: str, code: Enum) -> str:
    """The word for a code, e.g. of a state or a role."""
    return LANGUAGES[language][f"{type(code).__name__}.{code.value}"]


def joined(language: str, parts: Iterable[object]) -> str:
    """Several words as a list."""
    return ("、" if language == "zh" else ", ").join(str(part) for part in parts)


def refusal(language: str, error: DeskError) -> str:
    """Why something was not done, and what to do, in one or two sentences."""
    if isinstance(error, Invalid):
        return " ".join(fault(language, one) for one in error.faults)
    return say(language, f"error.{error.code}", **error.params)


def fault(language: str, one: Fault) -> str:
    """What is wrong in one place; it may name the field, and the line of a file."""
    params = {"field": one.field, **dict(one.params)}
    told = say(language, f"fault.{one.code}", **params)
    if "line" in params:
        return say(language, "fault.at_line", line=params["line"], told=told)
    return told


def row_fault(language: str, line: int, one: Fault) -> str:
    """What is wrong with a row of a file, or in one of its cells; line 0: with all of it."""
    reason = fault(language, one)
    if line == 0:
        return reason
    if not one.field:
        return say(language, "cli.row.whole", line=line, reason=reason)
    return say(language, "cli.row", line=line, field=one.field, reason=reason)


def masked(kind: PersonalData) -> str:
    """What stands in place of personal data."""
    return say("zh", f"masked.{kind.value}")


def days_left(language: str, workdays: int) -> str:
    """還有3個工作日／今日屆期／逾期2個工作日."""
    if workdays == 0:
        return say(language, "days.today")
    return say(language, "days.left" if workdays > 0 else "days.over", n=abs(workdays))


def explained_days(language: str, explained: Deadline) -> list[str]:
    """為什麼是這一天: a line for every day from receipt to due date.

    The last day of the period is named as such, whether it is the due date or was rolled over.
    """
    lines, counted, ended = list[str](), 0, False
    for step in explained.steps:
        last = step.kind in _LAST and not ended
        ended = ended or last
        counted += last or step.kind is StepKind.COUNTED
        code = _LAST[step.kind] if last else f"why.{step.kind.value}"
        lines.append(say(language, code, date=step.date, n=counted) + _note(language, step.note))
    return lines


_LAST = {StepKind.ROLLED: "why.rolled.last", StepKind.DUE: "why.due.last"}


def changed_year(language: str, year: Year, known: Year | None) -> list[str]:
    """What a year changes: a sentence, then a line for every day, with its name.

    ``known`` is what was known of it; None: it is new.
    """
    changed = year.changed_from(known)
    off = sum(day.off for day in changed)
    counts = {"n": len(changed), "off": off, "open": len(changed) - off}
    told = say(language, _changed(year, known), year=year.roc_year, **counts)
    return [told, *(_changed_day(language, day) for day in changed)]


def _changed(year: Year, known: Year | None) -> str:
    if known is None:
        return "calendar.new"
    if year.changed_from(known):
        return "calendar.differs"
    return "calendar.same" if year.off == known.off else "calendar.renamed"


def closed(language: str, one: Closure) -> str:
    """When and where offices are closed, and whether for half a day."""
    code = "calendar.closed.half" if one.half else "calendar.closed"
    return say(language, code, day=one.day, county=one.county)


def _changed_day(language: str, day: Day) -> str:
    code = "calendar.becomes_off" if day.off else "calendar.becomes_workday"
    told = say(language, code, day=day.date)
    return told + _note(language, day.name) if day.name else told


def _note(language: str, note: str) -> str:
    """A holiday's name, or what a code of the calendar means; a weekday stands with the date."""
    if note in WEEKDAYS:
        return ""
    code = f"day.{note}"
    return say(language, "why.note", note=LANGUAGES[language].get(code, note))
