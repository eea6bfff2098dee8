"""The local desk: the real handlers on one machine, and a page that plays Slack, or Slack itself.

Paths are the template's; the page and its Web API live under ``/desk/``. Everything is kept in
one folder and written before it is acknowledged, so a process that dies loses nothing.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import sqlite3
import threading
import time
import urllib.request
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager, nullcontext
from datetime import date, datetime, timedelta
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.responses import RedirectResponse
from starlette.routing import BaseRoute, Mount, Route

from functions import slack
from infra import demo, demo_roster, sending, slack_seed, socket_mode
from infra.aws import Worker, http_routes, slack_sender
from infra.console import Console
from infra.desk.app import create_app
from infra.desk.interactions import Send
from infra.desk.workspace import Workspace
from infra.keys import with_keys
from infra.template import load
from opendata import wiring
from opendata.adapters.feedback_files import Letter, read_feedback
from opendata.adapters.sqlite import SqliteStore
from opendata.desk.context import Desk
from opendata.desk.intake import shown_title
from opendata.rules.errors import DeskError
from opendata.rules.roc import TAIPEI, local_date
from opendata.settings import Settings, SettingsError

HOST = "127.0.0.1"
TEAM_ID = "T00DESK"
ROSTER_SECONDS = 1.0
TEMPLATE = Path(__file__).parent.parent / "template.yaml"
DEMO_BEGAN = "demo-began"
LOCK = "serving"


def serve(
    given: Settings,
    *,
    port: int,
    as_demo: bool,
    feedback: Path | None,
    keep_dates: bool,
    in_slack: bool = False,
) -> None:
    """Run the local desk until it is told to stop.

    Args:
        given: settings; the folder in them is the desk's.
        port: on loopback; 0 takes any.
        as_demo: with the demo's people, and feedback sent to itself.
        feedback: a real export to send in place of the demo's own.
        keep_dates: leave the export's dates as they are.
        in_slack: in a real workspace over Socket Mode, without the page that plays one.

    Raises:
        SettingsError: the port or the folder is taken, the desk is no folder's but a deployment's,
            the folder holds a real desk and a demo was asked for, or the other way round; Slack
            does not take the tokens.
    """
    out, settings = Console(), with_keys(given)
    with _alone(settings.data, out), _listen(port, out) as listening:
        url = f"http://{HOST}:{listening.getsockname()[1]}"
        installed = _installed(given, out, as_demo=as_demo) if in_slack else None
        _tell_handlers(settings, url, installed)
        desk = wiring.desk()
        if not isinstance(desk.store, SqliteStore):
            raise SettingsError("OPENDATA_TABLE")
        letters = _demo_letters(desk, settings, feedback, keep_dates=keep_dates) if as_demo else []
        if not as_demo and _was_demo(settings.data):
            out.say("serve.is_demo")
        app = _app(desk, desk.store, settings, with_page=not installed)
        server = uvicorn.Server(
            uvicorn.Config(
                app, ws="none", log_level="warning", access_log=False, timeout_graceful_shutdown=1
            )
        )
        told = (out, desk, settings, url, letters, installed)
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


def _installed(given: Settings, out: Console, *, as_demo: bool) -> socket_mode.Installed:
    if as_demo or _was_demo(given.data):
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
        "OPENDATA_SLACK_TEAM_ID": installed.team_id if installed else TEAM_ID,
        "POWERTOOLS_METRICS_DISABLED": "true",
    }
    os.environ.update(told)
    wiring.forget()


def _app(desk: Desk, store: SqliteStore, settings: Settings, *, with_page: bool) -> Starlette:
    template = load(TEMPLATE)
    worker = Worker(template, store)
    workspace = _workspace(desk, settings) if with_page else None

    @asynccontextmanager
    async def running(_: Starlette) -> AsyncIterator[None]:
        worker.start()
        if workspace:
            threading.Thread(target=_follow_roster, args=(desk, workspace), daemon=True).start()
        yield
        worker.stop()
        if workspace:
            workspace.close()

    page = _page(workspace, slack_sender(template)) if workspace else []
    app = Starlette(routes=[*http_routes(template), *page], lifespan=running)
    # As with API Gateway, a path with a slash too many is another path.
    app.router.redirect_slashes = False
    return app


def _page(workspace: Workspace, send: Send) -> list[BaseRoute]:
    async def to_page(_: object) -> RedirectResponse:
        return RedirectResponse("/desk/")

    return [Route("/desk", to_page), Mount("/desk", create_app(workspace, send))]


def _workspace(desk: Desk, settings: Settings) -> Workspace:
    return Workspace(
        settings.data / "slack.sqlite",
        team_id=TEAM_ID,
        people=slack_seed.people(desk.directory()),
        channels=slack_seed.channels(desk.directory()),
        bot=slack_seed.BOT,
        signing_secret=settings.slack_signing_secret,
        bot_token=settings.slack_bot_token,
        now=wiring.now,
    )


def _follow_roster(desk: Desk, workspace: Workspace) -> None:
    """Let the page know people and channels that are imported while it is open."""
    known = desk.directory()
    while True:
        time.sleep(ROSTER_SECONDS)
        with contextlib.suppress(DeskError):
            if (directory := desk.directory()) is not known:
                known = directory
                workspace.people = {one.id: one for one in slack_seed.people(known)}
                workspace.channels = {one.id: one for one in slack_seed.channels(known)}


# -- the demo ---------------------------------------------------------------------------------


def _demo_letters(
    desk: Desk, settings: Settings, feedback: Path | None, *, keep_dates: bool
) -> list[Letter]:
    """Seed an empty desk, and say what is to be sent to it; the same letters at every start.

    Raises:
        SettingsError: the folder holds a real roster, or cases that no demo brought.
    """
    if not (_was_demo(settings.data) or demo_roster.is_untouched(desk)):
        raise SettingsError(Console().sentence("serve.not_demo", folder=settings.data))
    began = _began(settings.data, desk.now())
    demo_roster.seed(desk, local_date(began))
    if feedback is None:
        return demo.letters(began)
    taken, faults = read_feedback(feedback.read_bytes(), began - timedelta(days=1))
    for row in faults:
        Console().fault(row.line, row.fault)
    return list(taken) if keep_dates else demo.shift(taken, began)


def _was_demo(data: Path) -> bool:
    """Whether a demo began in this folder; its people and channels are invented then."""
    return (data / DEMO_BEGAN).exists()


def _began(data: Path, now: datetime) -> datetime:
    """When this demo began: its letters are dated from there, at every start alike."""
    file = data / DEMO_BEGAN
    if not file.exists():
        # A start that is cut off leaves no half file.
        half = data / f"{DEMO_BEGAN}.new"
        half.write_text(now.replace(microsecond=0).astimezone(TAIPEI).isoformat())
        half.replace(file)
    return datetime.fromisoformat(file.read_text())


def _talk(
    out: Console,
    desk: Desk,
    settings: Settings,
    url: str,
    letters: Iterable[Letter],
    installed: socket_mode.Installed | None,
) -> None:
    """Once the desk answers: print where it is, and send the demo's letters."""
    _await_page(url)
    if installed:
        out.say("workspace.joined", team=installed.team, bot=installed.bot)
    out.say("serve.folder", folder=settings.data)
    out.say("serve.stop")
    if not desk.directory().people:
        out.say("serve.import")
    out.line(url if installed else f"{url}/desk/")
    secret, known = settings.webhook_secrets.split()[0], 0
    for letter in letters:
        answer = sending.post(letter, url, secret)
        if answer.status == sending.TAKEN:
            _arrived(out, letter, answer.body["cases"])
        elif not answer.arrived:
            out.say("send.refused", line=letter.line, reason=sending.reason(answer))
        known += answer.status == sending.KNOWN
    if known:
        out.say("serve.known", n=known)


def _arrived(out: Console, letter: Letter, cases: Iterable[dict[str, str]]) -> None:
    """A case a line: its number, its due date, its title."""
    title = shown_title(json.loads(letter.body)["data"]["title"])
    for case in cases:
        due = date.fromisoformat(case["due_at"][:10])
        out.say("serve.arrived", case=case["id"], due=due, title=title)


def _await_page(url: str) -> None:
    """Return when the desk answers."""
    while True:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/healthz", timeout=5):
            return
        time.sleep(0.05)
