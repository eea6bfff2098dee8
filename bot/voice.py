"""A voice: the language somebody reads, and the names of the people and agencies it speaks of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.blocks import cut, escaped
from opendata import texts
from opendata.rules.calendar import OfficeCalendar
from opendata.rules.deadline import days_left
from opendata.rules.feedback import Case, Outside
from opendata.rules.people import Directory
from opendata.rules.roc import BEFORE_YEAR_1
from opendata.rules.sight import visible

NAME = 80
"""Characters of a person's or an agency's name among other words."""


@dataclass(frozen=True, slots=True)
class Voice:
    """Sentences for one reader, on one day."""

    language: str
    directory: Directory
    calendar: OfficeCalendar
    today: date

    def say(self, code: str, /, **params: object) -> str:
        """A sentence; texts among the parameters are ours or were made inert before."""
        return texts.say(self.language, code, **params)

    def agency(self, code: str) -> str:
        """The agency's name."""
        agency = self.directory.agency(code)
        return agency.name if agency else code

    def name(self, person_id: str | None) -> str:
        """Unit and name of a person, for plain text."""
        if person_id is None:
            return self.say("nobody")
        if person_id in set(Outside):
            return self.say(f"Outside.{person_id}")
        person = self.directory.person(person_id)
        if person is None:
            return person_id
        return cut(visible(f"{self.agency(person.agency)}{person.name}"), NAME)

    def person(self, person_id: str | None) -> str:
        """Unit and name of a person, for mrkdwn; never a mention, so nobody is pinged."""
        return escaped(self.name(person_id), NAME)

    def left(self, due: date) -> str:
        """還有3個工作日／今日屆期／逾期2個工作日."""
        return texts.days_left(self.language, days_left(self.today, due, self.calendar))

    def due(self, case: Case) -> str:
        """The date that the holder works towards; a provisional one says so."""
        day = case.due_now
        if not case.due.provisional or case.due.study:
            return str(texts.written(self.language, day))
        return self.say("case.due.provisional", due=day, year=day.year - BEFORE_YEAR_1)

    def title(self, case: Case) -> str:
        """The masked title, for plain text."""
        return visible(case.title)
