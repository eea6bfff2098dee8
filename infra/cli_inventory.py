"""``opendata inventory …``: the 資料盤點表 in and out, and what of it is overdue."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from infra.console import Console
from infra.options import Agency, AsJson, Data, File, Stack, agency_of, desk_of, told
from opendata.adapters import ods
from opendata.adapters.inventory_files import csv_of, read_inventory, table_of
from opendata.desk import inventory as desk_inventory
from opendata.desk import outbox, submissions, tasks
from opendata.desk.context import Desk
from opendata.desk.outbox import Message
from opendata.rules.canonical import encode
from opendata.rules.inventory import Item, standing

inventory = typer.Typer(no_args_is_help=True, help="資料盤點表")
SOME = 100


@inventory.command("import")
@told
def import_inventory(
    file: File, as_json: AsJson = False, data: Data = None, stack: Stack = None
) -> None:
    """匯入資料盤點表（CSV或ODS）；預計開放年度或開放程度有異動者須填異動理由。"""
    desk, out = desk_of(data, stack), Console()
    entries, unread = read_inventory(file.read_bytes(), desk.directory())
    done = desk_inventory.take_in(desk, entries)
    refused = [*((one.line, one.fault) for one in unread), *done.refused]
    refused.sort(key=lambda one: one[0])
    lines = len({line for line, _ in refused})
    match_now(desk)
    if as_json:
        faults = [{"line": n, "field": one.field, "code": one.code} for n, one in refused]
        counts = {"new": done.new, "changed": done.changed, "same": done.same, "refused": lines}
        out.data({**counts, "faults": faults})
    else:
        for line, fault in refused:
            out.fault(line, fault)
        counts = {"new": done.new, "changed": done.changed, "same": done.same, "refused": lines}
        out.say("cli.inventory.imported", **counts)
    taken = done.new + done.changed + done.same
    raise typer.Exit(0 if not refused else 1 if taken else 2)


def match_now(desk: Desk) -> None:
    """Look for datasets here and at once: where nobody serves, nobody else would."""
    for task in outbox.waiting(desk, SOME):
        if task.kind is Message.MATCH:
            tasks.perform(desk, task)


@inventory.command("list")
@told
def list_inventory(
    agency: Agency = None,
    as_json: AsJson = False,
    data: Data = None,
    stack: Stack = None,
) -> None:
    """列出盤點項目。"""
    desk, out = desk_of(data, stack), Console()
    _tell(out, desk, list(_chosen(desk, agency)), as_json=as_json)


def _chosen(desk: Desk, agency: str | None) -> Any:
    code = agency_of(desk, agency)
    return desk_inventory.items_of(desk, code) if code else desk_inventory.every(desk)


def _tell(out: Console, desk: Desk, items: list[Item], *, as_json: bool) -> None:
    if as_json:
        out.data([{**encode(one), "standing": standing(one, desk.today())} for one in items])
        return
    for one in items:
        agency = desk.directory().agency(one.agency)
        out.say(
            "cli.inventory.line",
            number=one.number,
            agency=agency.name if agency else one.agency,
            title=one.title,
            planned=one.planned or "—",
            standing=standing(one, desk.today()),
        )
    out.say("cli.inventory.count", n=len(items))


@inventory.command("overdue")
@told
def overdue(
    agency: Agency = None, as_json: AsJson = False, data: Data = None, stack: Stack = None
) -> None:
    """列出逾期未開放的項目：預計開放年度已過，平臺上仍無資料集。"""
    desk, out, found, after = desk_of(data, stack), Console(), list[Item](), None
    code = agency_of(desk, agency)
    while True:
        page = desk_inventory.overdue(desk, after, SOME)
        found += (one for one in page.items if code in (None, one.agency))
        after = page.next
        if after is None:
            break
    _tell(out, desk, found, as_json=as_json)


@inventory.command("quarterly")
@told
def quarterly(
    quarter: Annotated[str | None, typer.Argument(help="115Q3；未給則本季")] = None,
    as_json: AsJson = False,
    data: Data = None,
    stack: Stack = None,
) -> None:
    """各機關本季提報情形。"""
    desk, out = desk_of(data, stack), Console()
    found = submissions.standing(desk, quarter and quarter.upper())
    if as_json:
        out.data([{**encode(one), "late": one.late(desk.today())} for one in found])
        return
    for one in found:
        agency = desk.directory().agency(one.agency)
        owes = "quarterly.owes_late" if one.late(desk.today()) else "quarterly.owes"
        out.say(
            "cli.quarterly.line",
            agency=agency.name if agency else one.agency,
            answer=one.answer or out.sentence(owes),
            at=one.last.at if one.last else out.sentence("quarterly.due", due=one.due),
        )
    if not found:
        out.say("quarterly.none")


@inventory.command("export")
@told
def export(
    file: Annotated[Path, typer.Argument(dir_okay=False, help="副檔名 .csv 或 .ods")],
    data: Data = None,
    stack: Stack = None,
) -> None:
    """匯出盤點表；可原樣再匯入。"""
    desk = desk_of(data, stack)
    table = table_of(desk_inventory.every(desk), desk.directory())
    file.write_bytes(ods.written(table) if file.suffix == ".ods" else csv_of(table))
    Console().say("cli.inventory.exported", n=len(table) - 1, file=file.name)
