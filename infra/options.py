"""What the commands share: their options, the desk that is meant, and one line where one fails."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, time
from functools import wraps
from pathlib import Path
from typing import Annotated, ParamSpec, TypeVar

import typer

from infra import console
from infra.clock import FILE as CLOCK
from infra.clock import TurnableClock
from infra.console import Console
from opendata.adapters.standard_webhooks import MalformedSecretError
from opendata.desk.context import Desk
from opendata.rules.errors import DeskError, Fault, Invalid
from opendata.rules.roc import BEFORE_YEAR_1, TAIPEI, parse_date
from opendata.settings import SettingsError
from opendata.wiring import make_desk, now

P = ParamSpec("P")
R = TypeVar("R")
Data = Annotated[
    Path | None,
    typer.Option(help="資料夾；未給則用 $OPENDATA_DATA，再則 ./.opendata", show_default=False),
]
Stack = Annotated[str | None, typer.Option(help="AWS 部署的 stack 名稱", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="以 JSON 輸出")]
Agency = Annotated[str | None, typer.Option(help="機關名稱、舊名或代碼")]
File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)]


def told(command: Callable[P, R]) -> Callable[P, R]:
    """A command that says in one line why it failed."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except DeskError as error:
            Console().refuse(error)
        except BrokenPipeError:
            raise  # whoever reads along has heard enough; typer ends quietly
        except (SettingsError, MalformedSecretError, OSError) as error:
            Console().fail(str(error))
        raise typer.Exit(2)

    return run


def desk_of(data: Path | None, stack: str | None) -> Desk:
    """The desk that a command means; a demo's goes by the clock that was turned in its folder."""
    settings = console.settings_for(os.environ, data, stack)
    clock = now if settings.table else TurnableClock(settings.data / CLOCK, now)
    return make_desk(settings, clock)


def agency_of(desk: Desk, name: str | None) -> str | None:
    """The code of an agency by its code, its name or a former one; None: none was named.

    Raises:
        Invalid: ``unknown_agency``.
    """
    if name is None:
        return None
    directory = desk.directory()
    found = directory.agency(name) or directory.resolve(name)
    if found is None:
        raise Invalid(Fault("agency", "unknown_agency"))
    return found.code


def instant(text: str) -> datetime:
    """An instant in ISO 8601, Taipei's if it does not say where; or the beginning of a ROC date.

    Raises:
        Invalid: ``not_an_instant``.
    """
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        try:
            at = datetime.combine(parse_date(text), time())
        except Invalid:
            raise Invalid(Fault("timestamp", "not_an_instant", (("text", text),))) from None
    if at.year <= BEFORE_YEAR_1:
        raise Invalid(Fault("timestamp", "not_an_instant", (("text", text),)))
    return at if at.tzinfo else at.replace(tzinfo=TAIPEI)
