"""/opendata import: the coordinator hands a file in, and sees what became of each row.

Lives here: how a file comes out of Slack. What is asked and told stands in ``handing_in``, for a
year of the calendar, which is shown before it is taken over, in ``calendar``; what the file is, in
``opendata.adapters``; who may, in ``opendata.rules.people``. Nothing of a file is
logged.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

from slack_bolt import Ack, App
from slack_sdk import WebClient

from bot import blocks as b
from bot import calendar, handing_in, modals
from bot.blocks import Block, cut
from bot.face import Face
from bot.ids import Modal
from opendata import texts
from opendata.adapters import dgpa
from opendata.adapters.import_files import read_import
from opendata.adapters.inventory_files import is_inventory, read_inventory
from opendata.desk import inventory, office, roster
from opendata.desk.reading import AROUND
from opendata.rules.calendar import Year
from opendata.rules.errors import Fault, Invalid
from opendata.rules.people import Directory

LARGEST, NAME, METADATA = 1024 * 1024, 80, 3000
_HOST = re.compile(r"[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+")
# Of Slack's three seconds, what fetching may take from its first sign to its last; a step of it
# that takes longer than a part of that ends by itself.
FETCH_SECONDS, STEP_SECONDS, STEP = 1.8, 1.0, 64 * 1024


def register(app: App, face: Face) -> None:
    """Tie the modals to the import."""
    app.view(Modal.IMPORT.value)(_importing(face))
    app.view(Modal.CALENDAR.value)(_confirming(face))


def ask(face: Face, actor: str, trigger_id: str, client: WebClient) -> None:
    """Open the modal, for those who may import.

    Raises:
        Stranger, NotAllowed.
    """
    roster.for_import(face.desk, actor)
    client.views_open(trigger_id=trigger_id, view=handing_in.hand_in(face.voice_of(actor)))


def _importing(face: Face) -> Callable[..., None]:
    def handle_import(ack: Ack, body: dict[str, Any], view: Block, client: WebClient) -> None:
        actor = body["user"]["id"]

        def handed(asked: Face) -> Block:
            return _import(asked, actor, view, client)

        try:
            told = face.answer(handed)
        except Invalid as wrong:
            # Under the field, whatever column is wrong: another file can be chosen there.
            why = texts.refusal(face.refusing(actor).language, wrong)
            ack(response_action="errors", errors={modals.FILE: cut(why, b.PLAIN)})
        else:
            ack(response_action="update", view=told)

    return handle_import


def _import(face: Face, actor: str, view: Block, client: WebClient) -> Block:
    """Whoever may is looked at first: nothing is fetched for anybody else."""
    directory = roster.for_import(face.desk, actor)
    file, raw = chosen(view), fetched(view, client)
    if is_inventory(raw):
        return _items(face, actor, raw, directory)
    handed = read_import(raw, _name(file), directory, most=roster.AT_ONCE)
    year = next((one for one in handed.taken if isinstance(one, Year)), None)
    if year is not None:
        return _preview(face, actor, year, _mark(file, raw))
    made = handing_in.handed_in(face.voice_of(actor), handed)
    entries = [one for one in handed.taken if not isinstance(one, Year)]
    if entries:
        roster.hand_in(face.desk, directory, entries, actor)
    return made


def _items(face: Face, actor: str, raw: bytes, directory: Directory) -> Block:
    """A 盤點表 of any agencies."""
    entries, unread = read_inventory(raw, directory)
    if len(entries) > handing_in.MOST_ITEMS:
        counts = (("n", len(entries)), ("most", handing_in.MOST_ITEMS))
        raise Invalid(Fault(modals.FILE, "inventory_too_long", counts))
    done = inventory.take_in(face.desk, entries, actor)
    return handing_in.items_handed_in(face.voice_of(actor), done, unread)


def chosen(view: Block) -> dict[str, Any]:
    """The file that was handed in with a modal.

    Raises:
        Invalid: ``file_missing``.
    """
    files = view["state"]["values"][modals.FILE][modals.FILE].get("files")
    if not files:
        raise Invalid(Fault(modals.FILE, "file_missing"))
    return dict(files[0])


def fetched(view: Block, client: WebClient) -> bytes:
    """The bytes of the file that was handed in with a modal.

    Raises:
        Invalid: ``file_missing``, ``file_too_large``, ``file_not_given``, ``file_away``.
    """
    file = chosen(view)
    return _in_time(lambda: _fetched(file, client))


# -- a year of the calendar -------------------------------------------------------------------


def _preview(face: Face, actor: str, year: Year, metadata: str) -> Block:
    """What the year changes and whom it moves; nothing is written."""
    desk = face.desk
    known = desk.office().years.years.get(year.roc_year)
    seen = office.outlook(desk, office.with_years(desk, [year]), AROUND)
    return calendar.year_preview(face.voice_of(actor), year, known, seen, metadata)


def _name(file: dict[str, Any]) -> str:
    return cut(str(file.get("name") or ""), NAME)


def _mark(file: dict[str, Any], raw: bytes) -> str:
    """Which file it was, for the confirmation to fetch the same once more.

    Raises:
        Invalid: ``file_not_given`` – no address of Slack's is that long.
    """
    url, digest = file["url_private_download"], hashlib.sha256(raw).hexdigest()
    mark = json.dumps([url, _name(file), digest])
    if len(mark) > METADATA:
        raise Invalid(Fault(modals.FILE, "file_not_given"))
    return mark


def _confirming(face: Face) -> Callable[..., None]:
    def handle_confirm(ack: Ack, body: dict[str, Any], view: Block, client: WebClient) -> None:
        actor, mark = body["user"]["id"], view["private_metadata"]
        told = face.answer(lambda f: _confirmed(f, actor, mark, client))
        ack(response_action="update", view=told)

    return handle_confirm


def _confirmed(face: Face, actor: str, mark: str, client: WebClient) -> Block:
    """Take over the year that was shown.

    Raises:
        Invalid: ``another_file``, and those of fetching and reading it.
    """
    roster.for_import(face.desk, actor)
    url, name, digest = json.loads(mark)
    raw = _in_time(lambda: _fetched({"url_private_download": url}, client))
    if hashlib.sha256(raw).hexdigest() != digest:
        raise Invalid(Fault(modals.FILE, "another_file"))
    year, made = dgpa.read_year(raw, name), calendar.year_imported(face.voice_of(actor))
    roster.import_years(face.desk, [year], actor)
    return made


# -- out of Slack -----------------------------------------------------------------------------


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Slack sends to its login page whoever may not read a file; and the token is for Slack."""

    def redirect_request(self, *_: object) -> None:
        return None


def _in_time(fetch: Callable[[], bytes]) -> bytes:
    """What is fetched within the time there is; a laggard is left behind.

    Raises:
        Invalid: ``file_away``, and those of ``fetch``.
    """
    fetching = ThreadPoolExecutor(1)
    try:
        return fetching.submit(fetch).result(FETCH_SECONDS)
    except TimeoutError:
        raise Invalid(Fault(modals.FILE, "file_away")) from None
    finally:
        fetching.shutdown(wait=False)


def _fetched(file: dict[str, Any], client: WebClient) -> bytes:
    """The bytes of an uploaded file.

    Raises:
        Invalid: ``file_too_large``, ``file_not_given``, ``file_away``.
    """
    url = str(file.get("url_private_download") or "")
    if not _is_slacks(url, client.base_url):
        raise Invalid(Fault(modals.FILE, "file_not_given"))
    if int(file.get("size") or 0) > LARGEST:
        raise Invalid(Fault(modals.FILE, "file_too_large"))
    asked = urllib.request.Request(url, headers={"authorization": f"Bearer {client.token}"})  # noqa: S310  # Slack's address
    try:
        with urllib.request.build_opener(_NoRedirect).open(asked, timeout=STEP_SECONDS) as told:
            is_page = told.headers.get_content_type() == "text/html"
            raw = b"" if is_page else _read(iter(lambda: told.read1(STEP), b""))
    except urllib.error.HTTPError as refused:
        refused.close()
        if refused.code == 429 or refused.code >= 500:
            raise Invalid(Fault(modals.FILE, "file_away")) from None
        raise Invalid(Fault(modals.FILE, "file_not_given")) from None
    except (OSError, HTTPException):
        raise Invalid(Fault(modals.FILE, "file_away")) from None
    if is_page:
        raise Invalid(Fault(modals.FILE, "file_not_given"))
    return raw


def _is_slacks(url: str, api_url: str) -> bool:
    """Whether the address is where Slack keeps files: nobody else is shown the token.

    A file may be a mere link to somewhere else, which its owner has chosen.
    """
    try:
        told, api = urlsplit(url), urlsplit(api_url)
    except ValueError:
        return False
    name = told.hostname or ""
    # A bare name of a host below Slack's own: no user, no port, no sign that others read otherwise.
    within = name == told.netloc and name.endswith(f".{api.hostname}") and _HOST.fullmatch(name)
    return told.scheme == api.scheme and bool(within or told.netloc == api.netloc)


def _read(steps: Iterable[bytes]) -> bytes:
    """What comes in time."""
    raw, end = b"", time.monotonic() + FETCH_SECONDS
    for step in steps:
        raw += step
        if len(raw) > LARGEST:
            raise Invalid(Fault(modals.FILE, "file_too_large"))
        if time.monotonic() > end:
            raise TimeoutError
    return raw
