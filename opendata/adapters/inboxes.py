"""Inboxes of exported lists: a folder on this machine, or a prefix of a bucket.

A file is moved to ``done/``, or to ``refused/`` if it is no such list; rows that were not taken
stand beside it in ``….errors.csv`` with line and reason, and no word of anybody.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from opendata import texts
from opendata.adapters.feedback_files import read_feedback
from opendata.adapters.platform_webhook import understand
from opendata.desk.ports import Clock
from opendata.desk.pulling import Dropped, Inbox, Letter, Refused
from opendata.rules.errors import Fault, Invalid, Unavailable

DONE, REFUSED, ERRORS = "done", "refused", ".errors.csv"
QUIET = timedelta(minutes=1)
"""A file that was written to more recently may still be growing."""
LARGEST = 64 * 1024 * 1024
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
            lambda body=one.body: understand(json.loads(body), clock()),  # type: ignore[misc]
            one.answered,
        )
        for one in letters
    ]
    return made, [(row.line, row.fault) for row in faults]


def report(refused: Sequence[Refused]) -> bytes:
    """Line and reason of the rows that were not taken; with BOM, for spreadsheets."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows(
        [("line", "column", "reason"), *((n, f.field, texts.fault("zh", f)) for n, f in refused)]
    )
    return out.getvalue().encode("utf-8-sig")


class FolderInbox:
    """A folder; what lies in folders of it is not looked at."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        """``clock`` tells which posting times lie ahead; a file's age goes by the machine's."""
        self._folder, self._clock = folder, clock

    def files(self) -> Iterator[Dropped]:
        """See ``Inbox``."""
        if not self._folder.is_dir():
            return
        found = (one for one in self._folder.iterdir() if one.suffix.lower() == SUFFIX)
        for path in sorted(found, key=lambda one: (one.stat().st_mtime, one.name)):
            if path.is_file() and self._is_whole(path):
                yield _FolderFile(path, self._clock)

    def _is_whole(self, path: Path) -> bool:
        """By the clock that the folder itself goes by, which may be another machine's."""
        with tempfile.NamedTemporaryFile(dir=self._folder) as probe:
            now = Path(probe.name).stat().st_mtime
        return now - path.stat().st_mtime >= QUIET.total_seconds()


class _FolderFile:
    def __init__(self, path: Path, clock: Clock) -> None:
        self.name = path.name
        self._path, self._clock = path, clock

    def letters(self) -> tuple[list[Letter], list[Refused]]:
        with self._path.open("rb") as file:
            return letters_of(file.read(LARGEST + 1), self._clock)

    def finish(self, refused: Sequence[Refused], *, read: bool) -> None:
        away = self._path.parent / (DONE if read else REFUSED)
        away.mkdir(exist_ok=True)
        if refused:
            (away / f"{self.name}{ERRORS}").write_bytes(report(refused))
        self._path.replace(away / self.name)


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
        with _answering():
            pages = self._s3.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self._bucket, Prefix=self._prefix, Delimiter="/"):
                found += page.get("Contents", ())
        for one in sorted(found, key=lambda told: (told["LastModified"], told["Key"])):
            if str(one["Key"]).lower().endswith(SUFFIX):
                yield _Object(self._s3, self._bucket, str(one["Key"]), self._clock)


class _Object:
    def __init__(self, s3: Any, bucket: str, key: str, clock: Clock) -> None:
        self._prefix, _, self.name = key.rpartition("/")
        self._s3, self._bucket, self._key, self._clock = s3, bucket, key, clock

    def letters(self) -> tuple[list[Letter], list[Refused]]:
        with _answering():
            body = self._s3.get_object(Bucket=self._bucket, Key=self._key)["Body"]
            raw = body.read(LARGEST + 1)
        return letters_of(raw, self._clock)

    def finish(self, refused: Sequence[Refused], *, read: bool) -> None:
        away = "/".join(filter(None, (self._prefix, DONE if read else REFUSED, self.name)))
        with _answering():
            if refused:
                self._s3.put_object(
                    Bucket=self._bucket, Key=f"{away}{ERRORS}", Body=report(refused)
                )
            source = {"Bucket": self._bucket, "Key": self._key}
            self._s3.copy_object(Bucket=self._bucket, Key=away, CopySource=source)
            self._s3.delete_object(Bucket=self._bucket, Key=self._key)


@contextmanager
def _answering() -> Iterator[None]:
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise Unavailable(what="inbox") from error
