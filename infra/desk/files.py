"""Files: what people hand in with a form and what the app uploads, kept in the ledger.

A file is told as Slack tells it. Whether somebody may have its bytes is judged in ``file_methods``.
"""

from __future__ import annotations

import json
import mimetypes
import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from infra.desk.blocks import interactive
from infra.desk.errors import SlackError
from infra.desk.ledger import Ledger

Json = dict[str, Any]
Values = Mapping[str, Mapping[str, Any]]

LARGEST = 1024 * 1024
"""Bytes of a file; Slack takes more."""
LONGEST_NAME = 255
_KINDS = {"txt": "text", "jpeg": "jpg", "htm": "html", "": "binary"}


class Files:
    """The files of a workspace."""

    def __init__(self, ledger: Ledger, team_id: str, url: Callable[[], str]) -> None:
        """Keep them in ``ledger``; ``url`` tells where the stand-in is reached."""
        self._ledger, self._team_id, self._url = ledger, team_id, url

    def hand_in(self, person: str, view: Json, block_id: str, name: str, content: bytes) -> Json:
        """A file that a person chose for a field of a modal.

        Raises:
            SlackError: element_not_found, file_type_not_allowed, no_file_data, invalid_name,
                file_upload_size_restricted.
        """
        fields = (
            element
            for block, element in interactive(view["blocks"])
            if block["block_id"] == block_id and element["type"] == "file_input"
        )
        element = next(fields, None)
        if element is None:
            raise SlackError("element_not_found")
        wanted = [one.lower().lstrip(".") for one in element.get("filetypes", [])]
        if wanted and _extension(name) not in wanted:
            raise SlackError("file_type_not_allowed")
        _refuse_size(len(content))
        with self._ledger.writing() as at:
            made = self._made(f"F{self._ledger.number(at, 'file'):08d}", name, len(content), person)
            row = (made["id"], person, view["id"], block_id, content, json.dumps(made))
            at.execute("INSERT INTO files VALUES (?, NULL, ?, ?, ?, ?, ?)", row)
        return self._told(made)

    def of_fields(self, person: str, view: Json, values: Values) -> Values:
        """The values of a form with files in place of their ids.

        Ids of files that this person did not choose for this field count as nothing.
        """
        rows = self._ledger.read(
            "SELECT block, id, data FROM files WHERE person = ? AND view = ?", person, view["id"]
        )
        handed = {(block, file_id): json.loads(data) for block, file_id, data in rows}
        filled = {block: dict(of_block) for block, of_block in values.items()}
        for block, element in interactive(view["blocks"]):
            of_block = filled.get(block["block_id"], {})
            given = of_block.get(element["action_id"])
            if element["type"] == "file_input" and given is not None:
                ids = dict.fromkeys(map(str, given if isinstance(given, list) else []))
                found = (handed.get((block["block_id"], one)) for one in ids)
                of_block[element["action_id"]] = [self._told(one) for one in found if one]
        return filled

    def reserve(self, name: str, length: int, app: str) -> tuple[str, str]:
        """A place for a file that the app is about to upload.

        Returns:
            The file's id, and the secret last part of the address that takes its bytes.

        Raises:
            SlackError: no_file_data, file_upload_size_restricted, invalid_name.
        """
        _refuse_size(length)
        token = secrets.token_urlsafe(18)
        with self._ledger.writing() as at:
            made = self._made(f"F{self._ledger.number(at, 'file'):08d}", name, length, app)
            row = (made["id"], token, json.dumps(made))
            at.execute("INSERT INTO files VALUES (?, ?, NULL, NULL, NULL, NULL, ?)", row)
        return made["id"], token

    def receive(self, token: str, content: bytes) -> None:
        """The bytes of a file that a place was kept for.

        Raises:
            SlackError: file_not_found, size_mismatch.
        """
        rows = self._ledger.read("SELECT data FROM files WHERE token = ?", token)
        if not rows:
            raise SlackError("file_not_found")
        if json.loads(rows[0][0])["size"] != len(content):
            raise SlackError("size_mismatch")
        with self._ledger.writing() as at:
            at.execute("UPDATE files SET content = ? WHERE token = ?", (content, token))

    def complete(self, titles: Mapping[str, str | None]) -> list[Json]:
        """End the upload of these files, given by id with their titles; all of them or none.

        Raises:
            SlackError: file_not_found, also for one whose bytes never came.
        """
        with self._ledger.writing() as at:
            made = []
            for file_id, title in titles.items():
                row = at.execute(
                    """UPDATE files SET token = NULL WHERE id = ? AND token IS NOT NULL
                    AND content IS NOT NULL RETURNING data""",
                    (file_id,),
                ).fetchone()
                if row is None:
                    raise SlackError("file_not_found")
                data = json.loads(row[0])
                made.append(data | {"title": title or data["title"]})
                at.execute(
                    "UPDATE files SET data = ? WHERE id = ?", (json.dumps(made[-1]), file_id)
                )
        return [self._told(one) for one in made]

    def info(self, file_id: str) -> Json:
        """A file as ``files.info`` tells it.

        Raises:
            SlackError: file_not_found.
        """
        return self._told(json.loads(self._found(file_id)[0]))

    def content(self, file_id: str) -> bytes:
        """The bytes of a file.

        Raises:
            SlackError: file_not_found.
        """
        return bytes(self._found(file_id)[1])

    def _found(self, file_id: str) -> Sequence[Any]:
        rows = self._ledger.read(
            "SELECT data, content FROM files WHERE id = ? AND token IS NULL", file_id
        )
        if not rows:
            raise SlackError("file_not_found")
        return rows[0]

    def _made(self, file_id: str, name: str, size: int, person: str) -> Json:
        """What is kept of a file beside its bytes."""
        if not name.strip() or len(name) > LONGEST_NAME or "/" in name or not name.isprintable():
            raise SlackError("invalid_name")
        now, extension = int(self._ledger.now().timestamp()), _extension(name)
        kind = _KINDS.get(extension, extension)
        return {
            "id": file_id,
            "created": now,
            "timestamp": now,
            "name": name,
            "title": name,
            "mimetype": mimetypes.guess_type(name)[0] or "application/octet-stream",
            "filetype": kind,
            "pretty_type": kind.upper(),
            "user": person,
            "user_team": self._team_id,
            "editable": False,
            "size": size,
            "mode": "hosted",
            "is_external": False,
            "external_type": "",
            "is_public": False,
            "public_url_shared": False,
            "display_as_bot": False,
            "username": "",
        }

    def _told(self, made: Json) -> Json:
        """A file with its addresses, which may change from start to start."""
        place, name = f"{self._url()}files-pri/{self._team_id}-{made['id']}", quote(made["name"])
        return made | {
            "url_private": f"{place}/{name}",
            "url_private_download": f"{place}/download/{name}",
        }


def _extension(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""


def _refuse_size(size: int) -> None:
    if size < 1:
        raise SlackError("no_file_data")
    if size > LARGEST:
        raise SlackError("file_upload_size_restricted")
