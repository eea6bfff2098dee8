"""``opendata feedback …``: exported lists out of an inbox, and how they differ from the cases."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from infra import console
from infra.console import Console
from infra.options import AsJson, Data, Stack, desk_of, told
from opendata import wiring
from opendata.desk import pulling, reconciling
from opendata.rules.errors import Fault, Invalid

feedback = typer.Typer(no_args_is_help=True, help="意見清冊")


@feedback.callback()
def _group() -> None:
    """意見清冊"""


@feedback.command("pull")
@told
def pull(
    place: Annotated[
        str | None,
        typer.Option(
            "--from",
            help="資料夾或 s3://bucket/prefix；未給則用 OPENDATA_INBOX，或資料夾內的 inbox",
            show_default=False,
        ),
    ] = None,
    as_json: AsJson = False,
    data: Data = None,
    stack: Stack = None,
) -> None:
    """收取放在收件匣的平臺匯出清冊，與Webhook同樣立案；可重複執行。"""
    from_ = place or console.settings_for(os.environ, data, stack).inbox_place
    if not from_:
        raise Invalid(Fault("from", "no_inbox"))
    if place and "://" not in place and not Path(place).is_dir():
        raise Invalid(Fault("from", "no_such_folder", (("text", place),)))
    desk, out = desk_of(data, stack), Console()
    done = pulling.pull(desk, wiring.inbox(from_, desk.clock))
    counts = {
        "files": done.files,
        "opened": done.opened,
        "known": done.known,
        "answered": done.answered,
        "refused": len({(name, line) for name, (line, _) in done.refused}),
        "compared": done.compared,
        "differing": done.differing,
    }
    if as_json:
        faults = [
            {"file": name, "line": line, "field": fault.field, "code": fault.code}
            for name, (line, fault) in done.refused
        ]
        out.data({**counts, "faults": faults})
    else:
        for name, (line, fault) in done.refused:
            out.line(name)
            out.fault(line, fault)
        out.say("cli.pulled", **counts)
        if done.differing:
            out.say("cli.differing", n=done.differing)
    taken = done.opened + done.known + done.answered
    raise typer.Exit(0 if not done.refused else 1 if taken else 2)


@feedback.command("differences")
@told
def list_differences(as_json: AsJson = False, data: Data = None, stack: Stack = None) -> None:
    """與平臺對帳：平臺清冊與本系統是否回復不一致的案件。"""
    desk, out = desk_of(data, stack), Console()
    found = reconciling.differences(desk)
    if as_json:
        out.data([{"case": one.case.id, "difference": one.how} for one in found])
        return
    for one in found:
        out.say("cli.difference", case=one.case.id, how=one.how, state=one.case.state)
    out.say("cli.differences", n=len(found))
