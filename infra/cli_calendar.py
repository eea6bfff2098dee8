"""``opendata calendar …`` and ``opendata due``: the office calendar, and the dates it gives.

Reads arguments, calls the use cases, prints what came of it. A change of the calendar is followed
by the walk over the cases it can touch, here and at once: where nobody serves, nobody else would.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from infra import console
from infra.console import Console
from infra.options import AsJson, Data, Stack, agency_of, desk_of, instant, told
from opendata import texts
from opendata.adapters import dgpa
from opendata.desk import office, recompute, roster
from opendata.desk.context import Desk, Terms
from opendata.desk.office import Outlook, Remark
from opendata.desk.outbox import Intent
from opendata.rules import calendar as rules
from opendata.rules import deadline
from opendata.rules.calendar import Closure, OfficeCalendar, Year, shipped
from opendata.rules.deadline import Mode
from opendata.rules.roc import parse_date
from opendata.settings import Settings
from opendata.wiring import make_desk

calendar = typer.Typer(no_args_is_help=True, help="辦公日曆")

DryRun = Annotated[bool, typer.Option("--dry-run", help="只顯示將有何異動，不寫入")]
_DONE = frozenset(
    {Remark.ENTERED, Remark.HALF, Remark.HALVED, Remark.OFF_ANYWAY, Remark.TAKEN_BACK}
)


@told
def due(
    timestamp: Annotated[
        str, typer.Argument(help="收案時間，例如 2026-02-10T09:00+08:00 或 115年2月10日")
    ],
    days: Annotated[int | None, typer.Option(help="日數；預設依 OPENDATA_DAYS")] = None,
    mode: Annotated[
        Mode | None, typer.Option(help="日曆日或工作日；預設依 OPENDATA_DAY_MODE")
    ] = None,
    agency: Annotated[
        str | None, typer.Option(help="機關名稱或代碼；其所在縣市的停止上班列入計算")
    ] = None,
    as_json: AsJson = False,
    data: Data = None,
) -> None:
    """算出期限，逐日說明。"""
    settings = console.settings_for(os.environ, data, None)
    terms = Terms(days=settings.days if days is None else days, mode=mode or settings.mode)
    counted = deadline.due(instant(timestamp), _known(settings, agency), terms.days, terms.mode)
    if as_json:
        Console().data(deadline.to_json(counted))
    else:
        Console().explain(counted, terms)


def _known(settings: Settings, agency: str | None) -> OfficeCalendar:
    """The calendar of the store, where one stands; else the shipped one."""
    stands = settings.table or (settings.data / "desk.sqlite").exists()
    if not stands and agency is None:
        return shipped()
    desk = make_desk(settings)
    return desk.calendar(agency_of(desk, agency))


@calendar.command("import")
@told
def import_calendar(
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False)],
    dry_run: DryRun = False,
    data: Data = None,
    stack: Stack = None,
    table: Annotated[Path | None, typer.Option(help="改寫入此精簡表，不動資料庫")] = None,
) -> None:
    """匯入行政院人事行政總處的辦公日曆表；先列出異動，同一年後匯入者取代先前者。"""
    given, out = [dgpa.read_year(file.read_bytes(), file.name) for file in files], Console()
    by_number = {year.roc_year: year for year in given}
    years = [by_number[number] for number in sorted(by_number)]
    for year in years:
        n = sum(one.roc_year == year.roc_year for one in given)
        if n > 1:
            out.say("cli.several_files", year=year.roc_year, n=n, source=year.source)
    if table:
        table.write_text(rules.write_table(years), encoding="utf-8")
        out.say("cli.calendar", years=[str(year.roc_year) for year in years])
        return
    desk = desk_of(data, stack)
    if dry_run:
        out.say("cli.dry_run")
    _tell_changes(out, desk, years)
    _tell_moves(out, office.outlook(desk, office.with_years(desk, years)))
    if not dry_run:
        task = roster.import_years(desk, years)
        out.say("cli.calendar", years=[str(year.roc_year) for year in years])
        recount(out, desk, task)


def _tell_changes(out: Console, desk: Desk, years: list[Year]) -> None:
    known = desk.office().years.years
    for year in years:
        for line in texts.changed_year(out.language, year, known.get(year.roc_year)):
            out.line(line)


def _tell_moves(out: Console, seen: Outlook) -> None:
    """The open cases whose date moves, all of them."""
    if seen.moves:
        out.say("outlook.moves", n=len(seen.moves))
    else:
        out.say("outlook.none")
    for one in seen.moves:
        out.say("outlook.move", case=one.case.id, before=one.case.due_now, after=one.to)
    if seen.settled:
        out.say("outlook.settled", n=seen.settled)
    if seen.unread:
        out.say("outlook.unread", n=seen.unread)


def recount(out: Console, desk: Desk, task: Intent) -> None:
    """Recount all that is touched; should this end in the middle, the outbox finishes it."""
    seen, moved, unread = 0, 0, list[str]()

    def further(n: int, done: int) -> None:
        nonlocal seen, moved
        if n // recompute.PAGE > seen // recompute.PAGE:
            out.note("cli.recounting", n=n, moved=done)
        seen, moved = n, done

    recompute.perform(desk, task, told=further, unread=unread.append)
    out.say("cli.recounted", n=seen, moved=moved)
    if unread:
        out.say("outlook.unread", n=len(unread))


@calendar.command("close")
@told
def close(
    dates: Annotated[
        list[str], typer.Argument(help="停止上班之日，例如 115年8月13日、1150813、2026-08-13")
    ],
    county: Annotated[list[str] | None, typer.Option(help="縣市，可重複")] = None,
    half: Annotated[bool, typer.Option("--half", help="停止上班半日")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="取消先前的登錄")] = False,
    dry_run: DryRun = False,
    data: Data = None,
    stack: Stack = None,
) -> None:
    """登錄停止上班，並重算受影響案件的期限；也可於事後登錄。"""
    counties = [rules.county_of(one) for one in county or [""]]
    days = [parse_date(one) for one in dates]
    closures = list(dict.fromkeys(Closure(day, one, half) for day in days for one in counties))
    desk, out = desk_of(data, stack), Console()
    remarks = [office.remark(desk, one, undo=undo) for one in closures]
    if dry_run:
        out.say("cli.dry_run")
    for one, remark in zip(closures, remarks, strict=True):
        out.say(f"closure.{remark}", day=one.day, county=one.county)
    if _DONE.isdisjoint(remarks):
        raise typer.Exit(2 if undo else 0)
    _tell_moves(out, office.outlook(desk, office.with_closures(desk, closures, undo=undo)))
    if dry_run:
        return
    change = roster.reopen if undo else roster.close
    task = change(desk, closures)
    if task is not None:
        recount(out, desk, task)
    raise typer.Exit(0 if _DONE.issuperset(remarks) or not undo else 1)


@calendar.command("list")
@told
def list_calendar(as_json: AsJson = False, data: Data = None, stack: Stack = None) -> None:
    """列出涵蓋年度、各年來源與版本，以及停止上班的登錄。"""
    desk, out = desk_of(data, stack), Console()
    known = office.overview(desk)
    if as_json:
        out.data(office.as_json(known))
    else:
        out.calendar(known, desk.remembered(), half_closes=desk.terms.half_closes)
