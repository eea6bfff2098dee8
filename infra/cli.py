"""``opendata``: the command line. Reads arguments, calls one use case, prints what came of it.

Exit codes: 0 all went in, 1 some rows were refused or a check found something, 2 nothing done.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from infra import console
from infra.cli_calendar import calendar, due, recount
from infra.cli_catalogue import catalogue
from infra.cli_feedback import feedback
from infra.cli_inventory import inventory
from infra.cli_rebuild import rebuild
from infra.console import Console
from infra.manifest import slack_manifest
from infra.options import Agency, AsJson, Data, File, Stack, agency_of, desk_of, instant, told
from opendata.adapters.import_files import Content, read_import
from opendata.desk import numbers, proof, roster
from opendata.desk.context import Desk
from opendata.desk.outbox import Intent
from opendata.rules.audit import Break
from opendata.rules.errors import Fault, Invalid
from opendata.rules.people import Directory
from opendata.settings import SettingsError

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, help="資料開放意見回復")
agencies = typer.Typer(no_args_is_help=True, help="機關")
people = typer.Typer(no_args_is_help=True, help="人員與代理")
audit = typer.Typer(no_args_is_help=True, help="稽核")
slack = typer.Typer(no_args_is_help=True, help="Slack")
for name, group in (
    ("agencies", agencies),
    ("people", people),
    ("calendar", calendar),
    ("catalogue", catalogue),
    ("inventory", inventory),
    ("feedback", feedback),
    ("audit", audit),
    ("slack", slack),
):
    app.add_typer(group, name=name)

SAME = 5
"""Findings of one kind that are listed before the rest are only counted."""

Imports = Mapping[Content, Callable[[Desk, Any], Intent | None]]


@app.command()
@told
def serve(
    data: Data = None,
    port: Annotated[int, typer.Option(min=0, max=65535)] = 8000,
    demo: Annotated[bool, typer.Option(help="以自備的意見與人員示範")] = False,
    feedback: Annotated[Path | None, typer.Option(exists=True, dir_okay=False)] = None,
    keep_dates: Annotated[bool, typer.Option(help="不移動意見的日期")] = False,
    at: Annotated[
        str | None,
        typer.Option(help="示範開始的時間，例如 2026-02-06T09:00", show_default=False),
    ] = None,
    slack: Annotated[bool, typer.Option(help="以 Socket Mode 接上真正的 Slack 工作區")] = False,
) -> None:
    """在本機啟動：瀏覽器中的 Slack（或真正的 Slack）、Webhook 與排程。"""
    # The server is only needed here, and it is slow to import.
    from infra.serve import serve as run  # noqa: PLC0415

    settings = console.settings_for(os.environ, data, None)
    run(
        settings,
        port=port,
        as_demo=demo,
        feedback=feedback,
        keep_dates=keep_dates,
        in_slack=slack,
        at=instant(at) if at else None,
    )


@app.command()
@told
def send(
    file: File,
    to: Annotated[str, typer.Option(help="例如 http://127.0.0.1:8000")],
    posted_at: Annotated[str | None, typer.Option(help="缺少發表時間的列用此時間")] = None,
    data: Data = None,
) -> None:
    """將匯出的意見清冊以簽章 Webhook 逐筆送出；可重複執行。"""
    from infra import sending  # noqa: PLC0415  # only here, and it brings its own imports

    default = instant(posted_at) if posted_at else None
    secret = console.webhook_secret(console.settings_for(os.environ, data, None))
    raise typer.Exit(sending.run(file, to, secret, default, Console()))


app.command()(due)
app.command()(rebuild)


@app.command()
@told
def status(
    period: Annotated[str | None, typer.Argument(help="115Q3 或 115；未給則本季")] = None,
    as_of: Annotated[str | None, typer.Option(help="由事件重算至此時點")] = None,
    agency: Agency = None,
    as_json: AsJson = False,
    data: Data = None,
    stack: Stack = None,
) -> None:
    """7日內回復情形。"""
    desk = desk_of(data, stack)
    at = instant(as_of) if as_of else None
    counted = numbers.status(desk, period and period.upper(), at, agency_of(desk, agency))
    if as_json:
        Console().data(numbers.as_json(counted, desk.directory()))
    else:
        Console().status(counted, desk.directory())


@agencies.command("import")
@told
def import_agencies(file: File, data: Data = None, stack: Stack = None) -> None:
    """匯入機關：code,name,parent,county,channel,former_names。"""
    desk = desk_of(data, stack)
    _import(desk, file, {Content.AGENCIES: roster.import_agencies})


@people.command("import")
@told
def import_people(file: File, data: Data = None, stack: Stack = None) -> None:
    """匯入人員（slack_user_id,name,agency,roles,locale,active）或代理（for,by,from,to,form,ground）。"""
    imports: Imports = {
        Content.PEOPLE: roster.import_people,
        Content.DEPUTIES: roster.import_deputies,
    }
    _import(desk_of(data, stack), file, imports)


def _import(desk: Desk, file: Path, imports: Imports) -> None:
    """Read a file of one of these kinds, take over its good rows, and tell of the others."""
    handed = read_import(file.read_bytes(), file.name, desk.directory(), imports)
    recounts = imports[handed.content](desk, handed.taken) if handed.taken else None
    out = Console()
    for row in handed.faults:
        out.fault(row.line, row.fault)
    out.say("cli.imported", taken=len(handed.taken), refused=handed.refused)
    if recounts:
        recount(out, desk, recounts)
    raise typer.Exit((1 if handed.taken else 2) if handed.refused else 0)


@people.command("check")
@told
def check_people(
    every: Annotated[bool, typer.Option("--all", help="同類發現全部列出")] = False,
    data: Data = None,
    stack: Stack = None,
) -> None:
    """檢查名冊：哪個機關沒有承辦人、誰能核准、代理是否有效。"""
    desk = desk_of(data, stack)
    directory = desk.directory()
    found = directory.check(desk.today())
    kinds = Counter(finding.code for finding in found)
    out = Console()
    # What is rare comes first: a missing approver must not drown among missing channels.
    for code, number in sorted(kinds.items(), key=lambda kind: kind[1]):
        some = [finding for finding in found if finding.code == code]
        for finding in some if every else some[:SAME]:
            params = {name: _named(directory, value) for name, value in finding.params}
            out.say(f"finding.{code}", **params)
        if number > SAME and not every:
            out.say("cli.same", n=number - SAME)
    out.say("cli.checked", n=len(found))
    raise typer.Exit(1 if found else 0)


def _named(directory: Directory, value: object) -> object:
    """Codes of agencies and ids of people as the names that an office knows them by."""
    if isinstance(value, tuple):
        return tuple(_named(directory, one) for one in value)
    code = str(value)
    found = directory.agency(code) or directory.person(code)
    return found.name if found else value


@audit.command("verify")
@told
def verify(as_json: AsJson = False, data: Data = None, stack: Stack = None) -> None:
    """驗證每一案件的事件鏈，以及案件現況與事件是否一致。"""
    cases, broken = 0, list[Break]()
    for _, breaks in proof.proven(desk_of(data, stack)):
        cases += 1
        broken += breaks
    out = Console()
    if as_json:
        out.data(
            {
                "cases": cases,
                "breaks": [
                    {"case": one.case, "version": one.version, "reason": one.reason}
                    for one in broken
                ],
            }
        )
    else:
        for one in broken:
            out.say("cli.broken", case=one.case, version=one.version, reason=one.reason)
        out.say("cli.verified", cases=cases, broken=len(broken))
    raise typer.Exit(1 if broken else 0)


@slack.command("manifest")
@told
def manifest(
    url: Annotated[
        str | None, typer.Option(help="部署後的網址，例如 https://….amazonaws.com")
    ] = None,
    socket: Annotated[
        bool, typer.Option("--socket", help="供 serve --slack 使用，不需網址")
    ] = False,
    out: Annotated[Path | None, typer.Option(dir_okay=False, help="寫入此檔案")] = None,
) -> None:
    """輸出 Slack 應用程式的 manifest；--url 與 --socket 擇一。"""
    if (url is None) is not socket:
        raise SettingsError(Console().sentence("cli.url_or_socket"))
    made = slack_manifest(url)
    if out is None:
        Console().data(made)
    else:
        with out.open("w", encoding="utf-8") as file:
            Console(file).data(made)


@slack.command("check")
@told
def check_slack(
    only: Annotated[
        str | None,
        typer.Option(help="只檢查這些樣本，例如 modal.draft-*", show_default=False),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """將機器人所有可能的畫面逐一送 Slack 的 blocks.validate 檢查（不需權杖，不會發送）。"""
    # The samples come from the whole bot, which is slow to import.
    from infra import samples, slack_check  # noqa: PLC0415

    out = Console()
    settings = console.settings_for(os.environ, None, None)
    out.note("slack.making")
    made = slack_check.chosen(list(samples.samples()), only)
    if not made:
        raise Invalid(Fault("only", "no_sample", (("text", only),)))
    raise typer.Exit(slack_check.run(made, settings.slack_api_url, out, as_json=as_json))


def main() -> None:
    """The entry point of the ``opendata`` script: every failure is one line, whatever it is."""
    try:
        code = app(standalone_mode=False)
    except typer.TyperException as misused:
        # A group without a command has shown its help instead.
        if message := misused.format_message():
            Console().fail(message)
        code = 2
    sys.exit(code)


if __name__ == "__main__":
    main()
