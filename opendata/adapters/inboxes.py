"""Inboxes of exported lists: a folder on this machine, or a prefix of a bucket.

A file is moved to ``done/``, or to ``refused/`` if it is no such list, under its name and the
beginning of its digest, so that none takes the place of another; rows that were not taken stand
beside it in ``….errors.csv`` with line and reason, and no word of anybody.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from opendata import texts
from opendata.adapters.feedback_files import Letter as SentLetter
from opendata.adapters.feedback_files import read_feedback
from opendata.adapters.platform_webhook import understand
from opendata.desk.incoming import Incoming
from opendata.desk.ports import Clock
from opendata.desk.pulling import Dropped, Inbox, Letter, Refused
from opendata.rules.errors import Fault, InboxAway, Invalid

DONE, REFUSED, ERRORS = "done", "refused", ".errors"
DIGITS = 12
"""Hexadecimal digits of the digest in the name of a file that was put away."""
QUIET = timedelta(minutes=1)
"""A file that was written to more recently may still be growing."""
LARGEST = 8 * 1024 * 1024
"""Bytes of a file, which is read whole; some ten thousand rows, ten years of them."""
SUFFIX = ".csv"


def inbox_at(place: str, clock: Clock) -> Inbox:
    """The inbox of a folder, or of ``s3://bucket/prefix``."""
    parts = urlsplit(place)
    if parts.scheme == "s3":
        return BucketInbox(parts.netloc, parts.path.strip("/"), clock)
    return FolderInbox(Path(place), clock)


def letters_of(raw: bytes, clock: Clock) -> tuple[list[Letter], list[Refused]]:
    """The rows of an exported list as deliveries; the same ids as if they were sent one by one.

    Raises:
        Invalid: it is no such list.
    """
    if len(raw) > LARGEST:
        raise Invalid(Fault("file", "too_large", (("most", LARGEST),)))
    letters, faults = read_feedback(raw)
    made = [
        Letter(
            one.line,
            one.webhook,
            hashlib.sha256(one.body).hexdigest(),
            partial(_understood, one, clock),
            one.answered,
        )
        for one in letters
    ]
    return made, [(row.line, row.fault) for row in faults]


def _understood(one: SentLetter, clock: Clock) -> Incoming:
    """What a row says; what is wrong with it is told by its columns."""
    try:
        return understand(json.loads(one.body), clock())
    except Invalid as wrong:
        named = (replace(f, field=one.columns.get(f.field, f.field)) for f in wrong.faults)
        raise Invalid(*named) from None


def report(refused: Sequence[Refused]) -> bytes:
    """Line and reason of the rows that were not taken; with BOM, for spreadsheets."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows(
        [("line", "column", "reason"), *((n, f.field, texts.fault("zh", f)) for n, f in refused)]
    )
    return out.getvalue().encode("utf-8-sig")


def _away(name: str, digest: str, *, read: bool) -> tuple[str, str]:
    """Where a file goes, and where the report of its rows."""
    stem = name[: -len(SUFFIX)]
    away = f"{DONE if read else REFUSED}/{stem}.{digest[:DIGITS]}"
    return f"{away}{SUFFIX}", f"{away}{ERRORS}{SUFFIX}"


class FolderInbox:
    """A folder; what lies in folders of it is not looked at."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        """``clock`` tells which posting times lie ahead; a file's age goes by the machine's."""
        self._folder, self._clock = folder, clock

    def files(self) -> Iterator[Dropped]:
        """See ``Inbox``."""
        if not self._folder.is_dir():
            return
        with _folder_answers():
            whole = list(self._whole())
        for path in whole:
            with _folder_answers(), path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            yield _FolderFile(path, digest, self._clock)

    def _whole(self) -> Iterator[Path]:
        """The oldest first, by the clock that the folder itself goes by: another machine's perhaps.

        One that was written to a moment ago may still be growing.
        """
        found = [one for one in self._folder.iterdir() if one.suffix.lower() == SUFFIX]
        written = {one: one.stat().st_mtime for one in found if one.is_file()}
        if not written:
            return
        with tempfile.NamedTemporaryFile(dir=self._folder) as probe:
            now = Path(probe.name).stat().st_mtime
        for path in sorted(written, key=lambda one: (written[one], one.name)):
            if now - written[path] >= QUIET.total_seconds():
                yield path


class _FolderFile:
    def __init__(self, path: Path, digest: str, clock: Clock) -> None:
        self.name, self.digest = path.name, digest
        self._path, self._clock = path, clock

    def letters(self) -> tuple[list[Letter], list[Refused]]:
        with _folder_answers(), self._path.open("rb") as file:
            raw = file.read(LARGEST + 1)
        return letters_of(raw, self._clock)

    def finish(self, refused: Sequence[Refused], *, read: bool) -> None:
        folder = self._path.parent
        away, errors = _away(self.name, self.digest, read=read)
        with _folder_answers():
            (folder / away).parent.mkdir(exist_ok=True)
            if refused:
                (folder / errors).write_bytes(report(refused))
            self._path.replace(folder / away)


class BucketInbox:
    """A prefix of a bucket; objects are whole when they can be seen."""

    def __init__(self, bucket: str, prefix: str, clock: Clock) -> None:
        """Nothing is asked of S3 yet."""
        import boto3  # noqa: PLC0415  # only a bucket needs it

        self._bucket, self._clock = bucket, clock
        self._prefix = f"{prefix}/" if prefix else ""
        self._s3 = boto3.client("s3")

    def files(self) -> Iterator[Dropped]:
        """See ``Inbox``."""
        found: list[Any] = []
        with _bucket_answers():
            pages = self._s3.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self._bucket, Prefix=self._prefix, Delimiter="/"):
                found += page.get("Contents", ())
        for one in sorted(found, key=lambda told: (told["LastModified"], told["Key"])):
            if str(one["Key"]).lower().endswith(SUFFIX):
                yield _Object(self._s3, self._bucket, one, self._clock)


class _Object:
    """An object in the version that was listed; one that was replaced since is not put away."""

    def __init__(self, s3: Any, bucket: str, told: Any, clock: Clock) -> None:
        self._key, self._etag = str(told["Key"]), str(told["ETag"])
        self._folder, _, self.name = self._key.rpartition("/")
        self.digest = hashlib.sha256(self._etag.encode()).hexdigest()
        self._s3, self._bucket, self._clock = s3, bucket, clock

    def letters(self) -> tuple[list[Letter], list[Refused]]:
        with _bucket_answers():
            told = self._s3.get_object(Bucket=self._bucket, Key=self._key, IfMatch=self._etag)
            raw = told["Body"].read(LARGEST + 1)
        return letters_of(raw, self._clock)

    def finish(self, refused: Sequence[Refused], *, read: bool) -> None:
        away, errors = (self._at(name) for name in _away(self.name, self.digest, read=read))
        source = {"Bucket": self._bucket, "Key": self._key}
        with _bucket_answers():
            if refused:
                self._s3.put_object(Bucket=self._bucket, Key=errors, Body=report(refused))
            self._s3.copy_object(
                Bucket=self._bucket, Key=away, CopySource=source, CopySourceIfMatch=self._etag
            )
            self._s3.delete_object(Bucket=self._bucket, Key=self._key)

    def _at(self, name: str) -> str:
        return f"{self._folder}/{name}" if self._folder else name


@contextmanager
def _folder_answers() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise InboxAway(reason=error.strerror or type(error).__name__) from error


@contextmanager
def _bucket_answers() -> Iterator[None]:
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise InboxAway(reason=type(error).__name__) from error
