"""Timings on this machine, printed and never asserted: ``make bench``.

Cold imports of each function, the warm time of the main use cases on the embedded store, what
Slack waits for: the ack of its requests through the Lambda handler, warm and from a cold process;
what a list of national size takes, and the numbers of few and of many cases; and what the clock's
work costs among many open cases, on the embedded store and on DynamoDB.
"""

from __future__ import annotations

import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3

import functions.slack
from bot.ids import Ref
from opendata import wiring
from opendata.adapters.dynamodb import DynamoStore
from opendata.adapters.sqlite import SqliteStore
from opendata.desk import casework, intake, numbers, reading, records, roster
from opendata.desk.context import Desk
from opendata.desk.incoming import Posted
from opendata.desk.ports import MAX_WRITES, Put
from opendata.rules.errors import DeskError
from opendata.rules.feedback import Kind
from opendata.rules.people import Person, Role, shipped_agencies
from tests.catalogues import national, synced
from tests.counting import Counting, Metered
from tests.many import WEDNESDAY, counters, fill, heads, ministry, sweep
from tests.moto_table import moto_table
from tests.slack import Workspace, listening
from tests.world import OLIVE, TurnedClock, World, lay

FUNCTIONS = (
    *("webhook", "slack", "deliver", "sweep", "remind", "watchdog", "health"),
    *("catalogue", "quarter", "pull"),
)
CASES = 500
REGION = "ap-east-2"
BEGIN = datetime(2026, 3, 2, 1, tzinfo=UTC)


def cold(module: str) -> tuple[float, int]:
    """Milliseconds and modules of an import in a fresh process, median of five."""
    script = (
        "import sys, time; t = time.perf_counter(); "
        f"import functions.{module}; "
        "print(1000 * (time.perf_counter() - t), len(sys.modules))"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", script], check=True, capture_output=True, text=True
        ).stdout.split()
        for _ in range(5)
    ]
    return statistics.median(float(ms) for ms, _ in runs), int(runs[0][1])


def warm(name: str, act: Callable[[int], object], times: int) -> None:
    """Median and 99th percentile of an act, in milliseconds."""
    taken = []
    for n in range(times):
        begun = time.perf_counter()
        act(n)
        taken.append(1000 * (time.perf_counter() - begun))
    taken.sort()
    print(
        f"{name:28} p50 {statistics.median(taken):7.2f} ms   p99 {taken[-1 - times // 100]:7.2f} ms"
    )


def acks() -> None:
    """What Slack waits for, beside a Slack on loopback that answers at once."""
    with tempfile.TemporaryDirectory() as folder, listening([]) as url:
        told = {
            "OPENDATA_DATA": folder,
            "OPENDATA_SLACK_SIGNING_SECRET": "secret",
            "OPENDATA_SLACK_BOT_TOKEN": "xoxb-bench",
            "OPENDATA_SLACK_API_URL": url,
        }
        os.environ.update(told)
        path = lay(Path(folder))
        world = World(path, TurnedClock(wiring.now()), wiring.desk())
        slack = Workspace(functions.slack.handler, "secret", url, [])
        for n in range(200):
            world.opened(id_=str(n + 1))

        def ref(n: int) -> str:
            case = world.case(f"S{n + 1}")
            return str(Ref(case.id, case.round, case.draft.hash if case.draft else ""))

        warm("ack /opendata status", lambda _: slack.command(OLIVE, "status"), 200)
        warm("ack /opendata list", lambda _: slack.command(OLIVE, "list"), 200)
        warm("ack 詳細 (opens a modal)", lambda n: slack.press(OLIVE, "details", ref(n)), 200)
        warm("ack 認領 (commits)", lambda n: slack.press(OLIVE, "claim", ref(n)), 200)
        for text in ("status", "list"):
            runs = [cold_ack(text) for _ in range(5)]
            print(f"cold process to ack of {text:5} {statistics.median(runs):7.0f} ms")


def cold_ack(text: str) -> float:
    """Milliseconds from the start of a process to its answer to its first command."""
    events: list[dict[str, Any]] = []

    def note(event: dict[str, Any], _: object) -> dict[str, Any]:
        events.append(event)
        return {"statusCode": 200, "body": ""}

    Workspace(note, "secret", "", []).command(OLIVE, text)
    script = (
        "import json, sys; from functions.slack import handler; "
        "sys.exit(handler(json.load(sys.stdin), None)['statusCode'] != 200)"
    )
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", script], check=True, input=json.dumps(events[0]).encode())
    return 1000 * (time.perf_counter() - begun)


def among(count: int, *runs: str) -> None:
    """The clock's work among so many open cases on the embedded store; one in a hundred is due."""
    with tempfile.TemporaryDirectory() as folder:
        world = ministry(Path(folder))
        fill(world, count, count // 100)
        world.close()
        for what in runs:
            script = [sys.executable, "-m", "tests.many", what, str(world.path)]
            told = json.loads(subprocess.run(script, check=True, capture_output=True).stdout)
            print(
                f"{what:5} among {count:9,} open cases  {told['seconds']:6.1f} s   "
                f"{told['read']:9,} heads read, {told['acted']:6,} acted on   "
                f"peak {told['peak']:4.0f} MiB"
            )


def counted(count: int, agencies: int) -> None:
    """The status of a quarter and of a year among so many cases of some agencies, embedded."""
    with tempfile.TemporaryDirectory() as folder:
        world = ministry(Path(folder))
        fill(world, count, 0)
        for one in counters(count, agencies):
            world.desk.store.commit(one)
        for period in ("115Q1", "115"):
            counting = Counting(world.desk.store)
            numbers.status(replace(world.desk, store=counting), period)
            warm(
                f"status {period:5} of {count:9,} ({counting.rows} rows)",
                lambda _, period=period: numbers.status(world.desk, period),
                50,
            )
        world.close()


def on_dynamodb(count: int, due: int) -> None:
    """What leaves for DynamoDB in a sweep from a cold process, and what comes back."""
    keys = {"aws_access_key_id": "bench", "aws_secret_access_key": "bench"}
    os.environ.update({name.upper(): key for name, key in keys.items()})
    os.environ["AWS_DEFAULT_REGION"] = REGION
    client = boto3.client("dynamodb", REGION, **keys)
    with tempfile.TemporaryDirectory() as folder, moto_table(client) as table:
        world = ministry(Path(folder))
        store = DynamoStore(table, now=lambda: WEDNESDAY)
        rows = [*world.desk.store.query(records.ROSTER).rows, *heads(world, count, due)]
        for start in range(0, len(rows), MAX_WRITES):
            store.commit(*(Put(row) for row in rows[start : start + MAX_WRITES]))
        metered = Metered.on(store)
        acted = sweep(Desk(store, lambda: WEDNESDAY))
        world.close()
    calls = ", ".join(f"{n:4} {name}" for name, n in sorted(metered.calls.items()))
    print(
        f"sweep on DynamoDB, {count:5,} open, {acted:4} acted on: {calls};  "
        f"{metered.items.total():5,} items, {metered.sent / 1e3:6.0f} kB out, "
        f"{metered.came / 1e3:6.0f} kB in"
    )


def national_list(rows: int) -> None:
    """Sync a list of national size in a process of its own, and once more with fifty changes."""
    with tempfile.TemporaryDirectory() as folder:
        export, data = Path(folder) / "export.csv", Path(folder) / "desk"
        for changed in (0, 50):
            national(export, rows, changed=changed)
            begun = time.perf_counter()
            told, peak = synced(export, data)
            seconds = time.perf_counter() - begun
            size = export.stat().st_size // 1_000_000
            print(
                f"sync of {rows:,} datasets, {size} MB: {told['written']:,} written"
                f"   {seconds:5.1f} s   peak {peak // 1024} MiB"
            )


def main() -> None:
    """Print everything."""
    for module in FUNCTIONS:
        ms, modules = cold(module)
        print(f"import functions.{module:18} {ms:7.0f} ms   {modules} modules")
    with tempfile.TemporaryDirectory() as folder:
        now = [BEGIN]
        desk = Desk(SqliteStore(Path(folder) / "desk.sqlite"), lambda: now[0])
        officer = Person("U1", "officer", "moj", frozenset({Role.OFFICER}))
        roster.import_people(desk, [officer])

        def posting(n: int) -> Posted:
            at = BEGIN + timedelta(hours=n % 2000)
            return Posted(Kind.SUGGESTION, str(n + 1), at, at, "title", "body", None)

        def receive(n: int) -> object:
            return intake.receive(desk, lambda: posting(n), f"msg_{n}", str(n))

        warm("receive a posting", receive, CASES)
        warm("receive it again", receive, CASES)
        warm(
            "claim refused",
            lambda n: _quietly(lambda: casework.claim(desk, f"S{n + 1}", "U2")),
            100,
        )
        warm("status of a quarter", lambda _: numbers.status(desk, "115Q1"), 200)
        warm("open cases, one page", lambda _: reading.open_cases(desk, "U1"), 200)
        warm("a case whole", lambda n: reading.dossier(desk, f"S{n + 1}"), CASES)
    acks()
    national_list(60_000)
    every = len(shipped_agencies())
    for count, agencies in ((100, 20), (10_000, 20), (1_000_000, 20), (10_000, every)):
        counted(count, agencies)
    among(100_000, "sweep", "look")
    among(1_000_000, "sweep")
    for count, due in ((100, 4), (1000, 4), (1000, 40)):
        on_dynamodb(count, due)


def _quietly(act: Callable[[], object]) -> None:
    with contextlib.suppress(DeskError):
        act()


if __name__ == "__main__":
    main()
