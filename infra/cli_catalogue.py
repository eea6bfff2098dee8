"""``opendata catalogue …``: the platform's list of datasets, and the count to 170."""

from __future__ import annotations

import os
from typing import Annotated, Any

import typer

from infra import console
from infra.cli_inventory import match_now
from infra.console import Console
from infra.options import Agency, AsJson, Data, Stack, agency_of, desk_of, told
from opendata.adapters import catalogue_source
from opendata.adapters.catalogue_files import Export
from opendata.adapters.catalogue_source import Source
from opendata.desk import catalogue as desk_catalogue
from opendata.desk.context import Desk
from opendata.rules import catalogue as rules
from opendata.rules.catalogue import Target, Year
from opendata.rules.errors import Fault
from opendata.rules.roc import roc_year

catalogue = typer.Typer(no_args_is_help=True, help="資料集清單與年度目標")


@catalogue.command("sync")
@told
def sync(
    place: Annotated[
        str | None,
        typer.Argument(help="檔案或網址；未給則用 OPENDATA_CATALOGUE_URL", show_default=False),
    ] = None,
    as_json: AsJson = False,
    data: Data = None,
    stack: Stack = None,
) -> None:
    """同步平臺的資料集清單：只寫入異動，不完整的清單不採用。"""
    settings = console.settings_for(os.environ, data, stack)
    from_, desk, out = place or settings.catalogue_url, desk_of(data, stack), Console()
    faults = list[dict[str, Any]]()

    def heard(line: int, fault: Fault) -> None:
        if as_json:
            faults.append({"line": line, "field": fault.field, "code": fault.code})
        else:
            out.fault(line, fault)

    last = desk_catalogue.last_sync(desk)
    name = catalogue_source.name_of(from_)
    with Source(from_) as source:
        taken = desk_catalogue.sync(desk, lambda: Export(source), name, heard)
    match_now(desk)
    counts = {
        name: getattr(taken.sync, name)
        for name in ("rows", "ours", "written", "new", "changed", "delisted", "missing")
    }
    if as_json:
        out.data({**counts, "form": taken.sync.form, "blind": taken.blind, "faults": faults})
    else:
        out.say("cli.catalogue.synced", **counts)
        if last:
            out.say("cli.catalogue.before", at=last.at, ours=last.ours)
        else:
            out.say("cli.catalogue.first")
        if taken.sync.missing:
            out.say("cli.catalogue.missing", n=taken.sync.missing)
        if taken.blind:
            out.say("cli.catalogue.blind")
        if taken.faults:
            out.say("cli.catalogue.faults", n=taken.faults)
    raise typer.Exit(1 if taken.faults else 0)


@catalogue.command("count")
@told
def count(
    year: Annotated[int | None, typer.Option(help="民國年；未給則今年")] = None,
    agency: Agency = None,
    as_json: AsJson = False,
    data: Data = None,
    stack: Stack = None,
) -> None:
    """一年新上架、下架與淨增的資料集數，對照年度目標。"""
    desk, out = desk_of(data, stack), Console()
    wanted = roc_year(desk.today()) if year is None else year
    code = agency_of(desk, agency)
    found = desk_catalogue.year_of(desk, wanted, code)
    if as_json:
        out.data(as_contract(found))
        return
    _tell(out, desk, found)
    if code is None:
        for one, line in desk_catalogue.by_agency(desk, wanted).items():
            named = desk.directory().agency(one)
            out.say("cli.catalogue.agency", name=named.name if named else one, **_counts(line))
    if desk_catalogue.last_sync(desk) is None:
        out.say("cli.catalogue.never")


def _counts(found: Year) -> dict[str, int]:
    return {
        "listed": found.gross,
        "first_seen": found.first_seen,
        "delisted": found.delisted,
        "net": found.net,
    }


def as_contract(found: Year) -> dict[str, Any]:
    """The contract of ``catalogue count --json``; ``quarters`` are those by 上架日期."""
    quarters = dict(found.by_quarter)
    return {
        "year": found.year,
        **_counts(found),
        "published": found.published,
        "quarters": quarters,
    }


def _tell(out: Console, desk: Desk, found: Year) -> None:
    out.say("cli.catalogue.year", year=found.year, **_counts(found))
    if found.published is not None:
        out.say("cli.catalogue.published", published=found.published, year=found.year)
    if found.target is not None:
        out.say(
            "cli.catalogue.target",
            target=found.target.n,
            strategy=found.target.strategy,
            ground=found.target.ground,
            pace=f"{found.pace:g}",
            quarter=rules.quarter_reached(found.year, desk.today()),
        )
    if found.forecast is not None and found.year == roc_year(desk.today()):
        out.say("cli.catalogue.forecast", forecast=found.forecast)


@catalogue.command("target")
@told
def target(
    year: Annotated[int, typer.Argument(help="民國年")],
    n: Annotated[int, typer.Argument(help="項數")],
    strategy: Annotated[str, typer.Option(help="行動策略的版本")],
    ground: Annotated[str, typer.Option(help="依據")],
    data: Data = None,
    stack: Stack = None,
) -> None:
    """設定一年的目標項數，附行動策略版本與依據。"""
    desk_catalogue.set_target(desk_of(data, stack), year, Target(n, strategy, ground))
    Console().say("cli.catalogue.target_set", year=year, n=n)
