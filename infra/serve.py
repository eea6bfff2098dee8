"""The local desk: the real handlers, and beside them a page that plays Slack, on one machine.

Paths are the template's; the page and its Web API live under ``/desk/``. Everything is kept in
one folder and written before it is acknowledged, so a process that dies loses nothing.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import threading
import time
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.responses import RedirectResponse
from starlette.routing import Mount, Route

from infra import demo, demo_roster, sending, slack_seed
from infra.aws import Worker, http_routes, slack_sender
from infra.console import Console
from infra.desk.app import create_app
from infra.desk.workspace import Workspace
from infra.keys import with_keys
from infra.manifest import SCOPES
from infra.start_over import Demo
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
ROSTER_SECONDS = 1.0
TEMPLATE = Path(__file__).parent.parent / "template.yaml"
DEMO_BEGAN = "demo-began"


def serve(
    given: Settings, *, port: int, as_demo: bool, feedback: Path | None, keep_dates: bool
) -> None:
    """Run the local desk until it is told to stop.

    Args:
        given: settings; the folder in them is the desk's.
        port: on loopback; 0 takes any.
        as_demo: with the demo's people, and feedback sent to itself.
        feedback: a real export to send in place of the demo's own.
        keep_dates: leave the export's dates as they are.

    Raises:
        SettingsError: the port is taken, the desk is no folder's but a deployment's, or the folder
            holds a real desk and a demo was asked for.
    """
    out, settings = Console(), with_keys(given)
    with _listen(port, out) as listening:
        url = f"http://{HOST}:{listening.getsockname()[1]}"
        _tell_handlers(settings, url)
        desk = wiring.desk()
        if not isinstance(desk.store, SqliteStore):
            raise SettingsError("OPENDATA_TABLE")
        seed = partial(_demo_letters, desk, settings, feedback, keep_dates=keep_dates)
        letters = seed() if as_demo else []
        demo = Demo(
            desk,
            desk.store,
            is_demo=partial(_was_demo, settings.data),
            begin=lambda: _begin(settings.data, desk.now()),
            seed=seed,
            send=partial(_send, out, settings, url),
        )
        if not as_demo and _was_demo(settings.data):
            out.say("serve.is_demo")
        app = _app(desk, desk.store, settings, url, demo if as_demo else None)
        server = uvicorn.Server(
            uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=1)
        )
        told = (out, desk, settings, url, partial(demo.play, letters))
        threading.Thread(target=_talk, args=told, daemon=True).start()
        server.run(sockets=[listening])


def _listen(port: int, out: Console) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
    except OSError:
        listening.close()
        raise SettingsError(out.sentence("serve.port", port=port)) from None
    return listening


def _tell_handlers(settings: Settings, url: str) -> None:
    """The handlers read the environment, as on Lambda; here it is this process that sets it."""
    told = {
        "OPENDATA_DATA": str(settings.data),
        "OPENDATA_TABLE": settings.table or "",
        "OPENDATA_WEBHOOK_SECRETS": settings.webhook_secrets,
        "OPENDATA_SLACK_SIGNING_SECRET": settings.slack_signing_secret,
        "OPENDATA_SLACK_BOT_TOKEN": settings.slack_bot_token,
        "OPENDATA_SLACK_API_URL": f"{url}/desk/api/",
        "POWERTOOLS_METRICS_DISABLED": "true",
    }
    os.environ.update(told)
    wiring.forget()


def _app(
    desk: Desk, store: SqliteStore, settings: Settings, url: str, demo: Demo | None
) -> Starlette:
    template = load(TEMPLATE)
    workspace = Workspace(
        settings.data / "slack.sqlite",
        team_id="T00DESK",
        people=slack_seed.people(desk.directory()),
        channels=slack_seed.channels(desk.directory()),
        bot=slack_seed.BOT,
        scopes=SCOPES,
        signing_secret=settings.slack_signing_secret,
        bot_token=settings.slack_bot_token,
        url=f"{url}/desk/",
        now=wiring.now,
    )
    routes = http_routes(template)
    worker = Worker(template, store)

    @asynccontextmanager
    async def running(_: Starlette) -> AsyncIterator[None]:
        worker.start()
        threading.Thread(target=_follow_roster, args=(desk, workspace), daemon=True).start()
        yield
        worker.stop()
        workspace.close()

    async def to_page(_: object) -> RedirectResponse:
        return RedirectResponse("/desk/")

    anew = demo.beginning_anew(workspace, worker) if demo else None
    page = create_app(workspace, slack_sender(template), start_over=anew)
    app = Starlette(
        routes=[*routes, Route("/desk", to_page), Mount("/desk", page)], lifespan=running
    )
    # As with API Gateway, a path with a slash too many is another path.
    app.router.redirect_slashes = False
    return app


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
    if not _was_demo(data):
        _begin(data, now)
    return datetime.fromisoformat((data / DEMO_BEGAN).read_text())


def _begin(data: Path, now: datetime) -> None:
    """A demo begins now. A start that is cut off leaves no half file."""
    half = data / f"{DEMO_BEGAN}.new"
    half.write_text(now.replace(microsecond=0).astimezone(TAIPEI).isoformat())
    half.replace(data / DEMO_BEGAN)


def _talk(
    out: Console,
    desk: Desk,
    settings: Settings,
    url: str,
    play: Callable[[], None],
) -> None:
    """Once the page answers: print its address, and let the demo begin."""
    _await_page(url)
    out.say("serve.folder", folder=settings.data)
    out.say("serve.stop")
    if not desk.directory().people:
        out.say("serve.import")
    out.line(f"{url}/desk/")
    play()


def _send(out: Console, settings: Settings, url: str, letters: Iterable[Letter]) -> None:
    """Send the demo's letters, as the platform would, and say what came of each."""
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
