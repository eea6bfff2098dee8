"""The local desk: the real handlers on one machine, and a page that plays Slack, or Slack itself.

Paths are the template's; the page and its Web API live under ``/desk/``. Everything is kept in
one folder and written before it is acknowledged, so a process that dies loses nothing.
"""

from __future__ import annotations

import contextlib
import os
import socket
import sqlite3
import threading
import time
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, closing, contextmanager, nullcontext
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from functions import slack
from infra import demo_catalogue, demo_run, socket_mode
from infra.aws import Invocations, Worker, http_routes, slack_sender
from infra.clock import FILE as CLOCK
from infra.clock import TurnableClock
from infra.console import Console
from infra.desk.workspace import Workspace
from infra.dial import Dial
from infra.keys import with_keys
from infra.played_slack import TEAM_ID, follow_roster, page, workspace
from infra.start_over import Demo
from infra.template import load
from infra.turning import FARTHEST, Turner
from opendata import wiring
from opendata.adapters.feedback_files import Letter
from opendata.adapters.sqlite import SqliteStore
from opendata.desk.context import Desk
from opendata.rules.roc import TAIPEI, local_date
from opendata.settings import Settings, SettingsError

HOST = "127.0.0.1"
TEMPLATE = Path(__file__).parent.parent / "template.yaml"
LOCK = "serving"
EARLIEST = datetime(2013, 1, 1, tzinfo=TAIPEI)
"""The platform has nothing older, and the office calendar begins later."""


def serve(
    given: Settings,
    *,
    port: int,
    as_demo: bool,
    feedback: Path | None,
    keep_dates: bool,
    in_slack: bool = False,
    at: datetime | None = None,
) -> None:
    """Run the local desk until it is told to stop.

    Args:
        given: settings; the folder in them is the desk's.
        port: on loopback; 0 takes any.
        as_demo: with the demo's people, and feedback sent to itself.
        feedback: a real export to send in place of the demo's own.
        keep_dates: leave the export's dates as they are.
        in_slack: in a real workspace over Socket Mode, without the page that plays one.
        at: when a demo begins, in place of now; one that has begun goes on where it is.

    Raises:
        SettingsError: the port or the folder is taken, the desk is no folder's but a deployment's,
            the folder holds a real desk and a demo was asked for, or the other way round; no demo
            begins at such a time; Slack does not take the tokens.
    """
    out = Console()
    if at:
        _refuse_time(at, out, as_demo=as_demo)
    settings = with_keys(given)
    with _alone(settings.data, out), _listen(port, out) as listening:
        url = f"http://{HOST}:{listening.getsockname()[1]}"
        installed = _installed(given, out, as_demo=as_demo) if in_slack else None
        is_demo = as_demo or demo_run.is_demo(settings.data)
        if is_demo:
            settings = replace(settings, catalogue_url=str(settings.data / demo_catalogue.FILE))
        if not settings.inbox:
            Path(settings.inbox_place).mkdir(exist_ok=True)
        _tell_handlers(settings, url, installed)
        turnable = TurnableClock(settings.data / CLOCK, wiring.now)
        if is_demo:
            wiring.use(turnable)
        desk = wiring.desk()
        if not isinstance(desk.store, SqliteStore):
            raise SettingsError("OPENDATA_TABLE")
        demo = Demo(
            desk,
            desk.store,
            is_demo=partial(demo_run.is_demo, settings.data),
            begin=lambda: demo_run.begin(settings.data, turnable.begin(at)),
            seed=partial(demo_run.letters, desk, settings, feedback, keep_dates=keep_dates),
            send=partial(demo_run.send, out, settings, url),
        )
        letters = _begun(demo, settings, out, at) if as_demo else []
        if is_demo and not as_demo:
            out.say("serve.is_demo")
        if turnable.ahead:
            out.say("serve.clock", time=desk.now())
        played = None if installed else workspace(desk, settings, url)
        turning = (demo if as_demo else None, turnable if is_demo else None)
        app = _app(desk, desk.store, played, *turning)
        server = uvicorn.Server(
            uvicorn.Config(
                app, ws="none", log_level="warning", access_log=False, timeout_graceful_shutdown=1
            )
        )
        told = (out, desk, settings, url, partial(demo.play, letters), installed)
        threading.Thread(target=_talk, args=told, daemon=True).start()
        joined = socket_mode.joined(slack.app(), given, out) if installed else nullcontext()
        with joined:
            server.run(sockets=[listening])


@contextmanager
def _alone(data: Path, out: Console) -> Iterator[None]:
    """Hold the folder: two desks in it would each send, and each seem to be the only one.

    The lock is SQLite's: every system has it, and it ends with the process, however that ends.
    """
    with closing(sqlite3.connect(data / LOCK, timeout=0, isolation_level=None)) as held:
        try:
            held.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            raise SettingsError(out.sentence("serve.taken", folder=data)) from None
        yield


def _refuse_time(at: datetime, out: Console, *, as_demo: bool) -> None:
    """A demo may begin on the platform's first day and as late as one may turn its clock to."""
    if not as_demo:
        raise SettingsError(out.sentence("serve.at_demo"))
    latest = wiring.now() + FARTHEST
    if not EARLIEST <= at <= latest:
        told = {"first": local_date(EARLIEST), "last": local_date(latest)}
        raise SettingsError(out.sentence("serve.at_range", **told))


def _begun(demo: Demo, settings: Settings, out: Console, at: datetime | None) -> Sequence[Letter]:
    """The letters of a demo that begins, or that goes on."""
    if demo.is_demo():
        if at:
            out.say("serve.at_begun")
    else:
        demo_run.refuse_office(demo.desk, settings.data)
        demo.begin()
    return demo.seed()


def _installed(given: Settings, out: Console, *, as_demo: bool) -> socket_mode.Installed:
    if as_demo or demo_run.is_demo(given.data):
        raise SettingsError(out.sentence("workspace.no_demo"))
    return socket_mode.installed(given, out)


def _listen(port: int, out: Console) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
    except OSError:
        listening.close()
        raise SettingsError(out.sentence("serve.port", port=port)) from None
    return listening


def _tell_handlers(settings: Settings, url: str, installed: socket_mode.Installed | None) -> None:
    """The handlers read the environment, as on Lambda; here it is this process that sets it."""
    told = {
        "OPENDATA_DATA": str(settings.data),
        "OPENDATA_TABLE": settings.table or "",
        "OPENDATA_WEBHOOK_SECRETS": settings.webhook_secrets,
        "OPENDATA_SLACK_SIGNING_SECRET": settings.slack_signing_secret,
        "OPENDATA_SLACK_BOT_TOKEN": settings.slack_bot_token,
        "OPENDATA_SLACK_API_URL": settings.slack_api_url if installed else f"{url}/desk/api/",
        "OPENDATA_CATALOGUE_URL": settings.catalogue_url,
        "OPENDATA_SLACK_TEAM_ID": installed.team_id if installed else TEAM_ID,
        "POWERTOOLS_METRICS_DISABLED": "true",
    }
    os.environ.update(told)
    wiring.forget()


def _app(
    desk: Desk,
    store: SqliteStore,
    played: Workspace | None,
    demo: Demo | None,
    turnable: TurnableClock | None,
) -> Starlette:
    template, invocations = load(TEMPLATE), Invocations()
    worker = Worker(template, store, desk.now, invocations)
    turner = Turner(turnable, worker, invocations) if turnable else None

    @asynccontextmanager
    async def running(_: Starlette) -> AsyncIterator[None]:
        worker.start()
        if played:
            threading.Thread(target=follow_roster, args=(desk, played), daemon=True).start()
        yield
        with turner.resting() if turner else nullcontext():
            worker.stop()
        if played:
            played.close()

    anew = demo.beginning_anew(played, worker, turner) if demo and played and turner else None
    dial = Dial(desk, turner) if turner else None
    pages = page(played, slack_sender(template, invocations), anew, dial) if played else []
    app = Starlette(routes=[*http_routes(template, invocations), *pages], lifespan=running)
    # As with API Gateway, a path with a slash too many is another path.
    app.router.redirect_slashes = False
    return app


def _talk(
    out: Console,
    desk: Desk,
    settings: Settings,
    url: str,
    play: Callable[[], None],
    installed: socket_mode.Installed | None,
) -> None:
    """Once the desk answers: print where it is, and let the demo begin."""
    _await_page(url)
    if installed:
        out.say("workspace.joined", team=installed.team, bot=installed.bot)
    out.say("serve.folder", folder=settings.data)
    out.say("serve.inbox", folder=settings.inbox_place)
    out.say("serve.stop")
    if not desk.directory().people:
        out.say("serve.import")
    out.line(url if installed else f"{url}/desk/")
    play()


def _await_page(url: str) -> None:
    """Return when the desk answers."""
    while True:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/healthz", timeout=5):
            return
        time.sleep(0.05)
