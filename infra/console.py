"""The console: how the command line speaks, and where it finds the desk that is meant."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from bot.numbers import awake, datasets
from bot.undelivered import summary
from infra.keys import local_keys
from opendata import texts
from opendata.desk.context import Terms
from opendata.desk.numbers import Status
from opendata.desk.office import Entered, Overview
from opendata.rules.deadline import Deadline
from opendata.rules.errors import DeskError, Fault
from opendata.rules.kpi import Figures
from opendata.rules.people import Directory
from opendata.settings import Settings, SettingsError

STACK_OUTPUT = "Table"


class Console:
    """Prints sentences and data; the language is that of the terminal, Chinese unless English."""

    def __init__(self, out: TextIO | None = None, env: Mapping[str, str] = os.environ) -> None:
        self._out = out or sys.stdout
        wanted = env.get("LC_ALL") or env.get("LC_MESSAGES") or env.get("LANG") or ""
        self.language = "en" if wanted.startswith("en") else "zh"

    def say(self, code: str, /, **params: object) -> None:
        """Print a sentence, at once."""
        print(self.sentence(code, **params), file=self._out, flush=True)

    def line(self, text: str) -> None:
        """A line as it is, at once."""
        print(text, file=self._out, flush=True)

    def sentence(self, code: str, /, **params: object) -> str:
        """A sentence in the terminal's language."""
        return texts.say(self.language, code, **params)

    def data(self, told: object) -> None:
        """JSON, indented."""
        print(json.dumps(told, ensure_ascii=False, indent=2), file=self._out, flush=True)

    def explain(self, counted: Deadline, terms: Terms) -> None:
        """A due date, how it is counted, and every day on the way to it."""
        code = "cli.due.provisional" if counted.provisional else "cli.due"
        self.say(code, due=counted.due_on)
        self.say("case.clock", term=self.sentence(f"case.term.{terms.mode}", days=terms.days))
        for line in texts.explained_days(self.language, counted):
            self.line(line)
        self.say("why.calendar", version=counted.calendar_version)

    def calendar(self, told: Overview, directory: Directory, *, half_closes: bool) -> None:
        """What is known of the office calendar, and the closures that were entered."""
        first, *_, last = told.years.coverage
        self.say("calendar.notice", first=first, last=last, version=told.years.version)
        for number, year in sorted(told.years.years.items()):
            parts = {"n": len(year.off), "version": year.version, "source": year.source}
            self.say("calendar.year", year=number, **parts)
        if told.missing:
            self.say("calendar.missing", years=[str(one) for one in told.missing])
        if not told.entered:
            self.say("calendar.none")
        for one in told.entered:
            self.line(self._closed(one, directory))
        self.say("calendar.half.closed" if half_closes else "calendar.half.open")

    def _closed(self, one: Entered, directory: Directory) -> str:
        told = texts.closed(self.language, one.closure)
        if one.at is None:
            return told
        person = directory.person(one.by) if one.by else None
        by = person.name if person else one.by or self.sentence("calendar.command_line")
        return self.sentence("calendar.entered", told=told, by=by, at=one.at)

    def fault(self, line: int, fault: Fault) -> None:
        """A row that was refused."""
        self.line(texts.row_fault(self.language, line, fault))

    def refuse(self, error: DeskError) -> None:
        """Why a command was not carried out."""
        self.fail(texts.refusal(self.language, error))

    def fail(self, reason: str) -> None:
        """Why a command failed, on standard error."""
        line = texts.say(self.language, "cli.failed", reason=reason)
        print(line, file=sys.stderr, flush=True)

    def note(self, code: str, /, **params: object) -> None:
        """How far long work has come, on standard error."""
        print(self.sentence(code, **params), file=sys.stderr, flush=True)

    def status(self, counted: Status, directory: Directory) -> None:
        """The numbers of a period, a line for each agency."""
        self.say("cli.status", period=counted.period, time=counted.as_of)
        for code, line in sorted(counted.agencies.items()):
            agency = directory.agency(code)
            self._line(agency.name if agency else code, line)
        self._line(texts.say(self.language, "cli.total"), counted.total)
        for told in datasets(self.language, counted):
            self.line(told.replace("*", ""))
        if counted.now and counted.now.undelivered:
            self.line(summary(self.language, directory, counted.now.undelivered))
        for told in awake(self.language, counted):
            self.line(told)

    def _line(self, name: str, line: Figures) -> None:
        self.say(
            "cli.status.line",
            name=name,
            n=line.within_7.n,
            d=line.within_7.d,
            late=line.late,
            open_late=line.open_late,
            not_due=line.not_due,
            early=line.answered_early,
        )


def settings_for(env: Mapping[str, str], data: Path | None, stack: str | None) -> Settings:
    """The settings of the desk that a command means.

    Args:
        env: the environment.
        data: the folder of an embedded desk, over the environment's.
        stack: a deployment; its table is looked up in CloudFormation.

    Raises:
        SettingsError: the deployment or its table cannot be found.
    """
    given = Settings.from_env(env)
    if data is not None:
        given = replace(given, data=data, table=None)
    return replace(given, table=_table_of(stack)) if stack else given


def _table_of(stack: str) -> str:
    import boto3  # noqa: PLC0415  # only deployments need it
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    try:
        (found,) = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    except (BotoCoreError, ClientError) as error:
        raise SettingsError(f"--stack {stack}: {error}") from error
    outputs = {one["OutputKey"]: one["OutputValue"] for one in found.get("Outputs", ())}
    if STACK_OUTPUT not in outputs:
        raise SettingsError(f"--stack {stack}: no output {STACK_OUTPUT}")
    return str(outputs[STACK_OUTPUT])


def webhook_secret(settings: Settings) -> str:
    """The secret that `send` signs with: the first of the settings, or of the local desk.

    Raises:
        SettingsError: there is none.
    """
    told = settings.webhook_secrets or local_keys(settings.data).webhook_secrets
    if not told:
        raise SettingsError(Console().sentence("cli.no_secret"))
    return told.split()[0]
