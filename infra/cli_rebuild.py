"""``opendata rebuild``: recompute everything from the events, compare, and put right."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from infra.console import Console
from infra.options import AsJson, Data, Stack, desk_of, told
from opendata.desk.rebuild import UNREADABLE
from opendata.desk.rebuild import rebuild as recomputed

EVERY = 500
_SPOILED = {
    "head": "cli.rebuild.head",
    "index": "cli.rebuild.index",
    UNREADABLE: "cli.rebuild.unreadable",
}


@told
def rebuild(
    check: Annotated[bool, typer.Option("--check", help="只比對，不修改")] = False,
    as_json: AsJson = False,
    data: Data = None,
    stack: Stack = None,
) -> None:
    """由事件重算案件現況、索引與所有計數，與資料庫比對；未給 --check 則一併更正。"""
    out = Console()

    def further(n: int) -> None:
        if n % EVERY == 0:
            out.note("cli.rebuild.progress", n=n)

    found = recomputed(desk_of(data, stack), check=check, told=further)
    differences = found.differences
    if as_json:
        out.data({"cases": found.cases, "differences": [asdict(one) for one in differences]})
    else:
        for one in found.heads:
            out.say(_SPOILED[one.what], of=one.of)
        for one in found.counters:
            shown = {"stored": one.stored, "recounted": one.recounted}
            out.say("cli.rebuild.differs", of=one.of, what=one.what, **shown)
        left = check or not differences or found.unreadable
        code = "cli.rebuild.checked" if left else "cli.rebuild.mended"
        out.say(code, cases=found.cases, n=len(differences))
    raise typer.Exit(1 if found.unreadable or (check and differences) else 0)
