"""/opendata import: the coordinator hands a file in, and sees what became of each row.

Lives here: how a file comes out of Slack. What is asked and told stands in ``modals``; what the
file is, in ``opendata.adapters.import_files``; who may, in ``opendata.rules.people``. Nothing of a
file is logged.
"""

from __future__ import annotations

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
from bot import modals
from bot.blocks import Block, cut
from bot.face import Face
from bot.ids import Modal
from opendata import texts
from opendata.adapters.import_files import Handed, read_import
from opendata.desk import roster
from opendata.rules.errors import Fault, Invalid

LARGEST = 1024 * 1024
_HOST = re.compile(r"[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+")
# Of Slack's three seconds, what fetching may take from its first sign to its last; a step of it
# that takes longer than a part of that ends by itself.
FETCH_SECONDS, STEP_SECONDS, STEP = 1.8, 1.0, 64 * 1024


def register(app: App, face: Face) -> None:
    """Tie the modal to the import."""
    app.view(Modal.IMPORT.value)(_importing(face))


def ask(face: Face, actor: str, trigger_id: str, client: WebClient) -> None:
    """Open the modal, for those who may import.

    Raises:
        Stranger, NotAllowed.
    """
    roster.for_import(face.desk, actor)
    client.views_open(trigger_id=trigger_id, view=modals.hand_in(face.voice_of(actor)))


def _importing(face: Face) -> Callable[..., None]:
    def handle_import(ack: Ack, body: dict[str, Any], view: Block, client: WebClient) -> None:
        actor = body["user"]["id"]

        def imported(asked: Face) -> Block:
            return modals.handed_in(asked.voice_of(actor), _import(asked, actor, view, client))

        try:
            told = face.answer(imported)
        except Invalid as wrong:
            # Under the field, whatever column is wrong: another file can be chosen there.
            why = texts.refusal(face.refusing(actor).language, wrong)
            ack(response_action="errors", errors={modals.FILE: cut(why, b.PLAIN)})
        else:
            ack(response_action="update", view=told)

    return handle_import


def _import(face: Face, actor: str, view: Block, client: WebClient) -> Handed:
    """Whoever may is looked at first: nothing is fetched for anybody else."""
    directory = roster.for_import(face.desk, actor)
    files = view["state"]["values"][modals.FILE][modals.FILE].get("files")
    if not files:
        raise Invalid(Fault(modals.FILE, "file_missing"))
    raw = _in_time(lambda: _fetched(files[0], client))
    name = str(files[0].get("name", ""))
    handed = read_import(raw, name, directory, most=roster.AT_ONCE)
    if handed.taken:
        roster.hand_in(face.desk, directory, handed.taken)
    return handed


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
