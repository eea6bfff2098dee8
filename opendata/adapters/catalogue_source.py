"""Where an export lies: a file, or an address; read as a stream."""

from __future__ import annotations

import errno
import http.client
import io
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from opendata.rules.errors import Fault, Invalid

SECONDS = 60
"""Without a byte; the platform makes its export while it is asked for."""
WHOLE, MOST = 600.0, 1 << 30
"""Seconds and bytes of an address; a function has fifteen minutes, the list of today 70 MB."""


def name_of(place: str) -> str:
    """What an export is called: the file's name, or host and path; a query may hold a key."""
    if not _is_address(place):
        return Path(place).name
    parts = urlsplit(place)
    return f"{parts.hostname or ''}{parts.path}"


def _is_address(place: str) -> bool:
    return urlsplit(place).scheme in ("http", "https")


class Source(io.RawIOBase):
    """The bytes of a path or an address; opened when they are first asked for.

    Reading raises Invalid: ``catalogue_away`` – there is no such file, or the address gives none,
    now or in the middle, or less than it said, or goes on for ever.
    """

    def __init__(self, place: str, clock: Callable[[], float] = time.monotonic) -> None:
        """``clock`` gives seconds."""
        self._place, self._clock, self._begun = place, clock, clock()
        self._opened: Any = None
        self._read = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """The next bytes; see the class for what it raises."""
        try:
            if self._opened is None:
                self._opened = self._open()
            told = self._opened.read(len(buffer))
            self._bear(len(told))
        except (OSError, http.client.HTTPException, ValueError) as error:
            told_of = (("text", name_of(self._place)), ("reason", _why(error)))
            raise Invalid(Fault("file", "catalogue_away", told_of)) from error
        buffer[: len(told)] = told
        return len(told)

    def _bear(self, n: int) -> None:
        """Raises OSError: an address gave less than it said, or gives too much, or too slowly."""
        self._read += n
        if not _is_address(self._place):
            return
        if n == 0 and self._opened.length:
            raise OSError(errno.EPIPE, f"{self._opened.length} bytes are missing")
        if self._read > MOST:
            raise OSError(errno.EFBIG, f"more than {MOST} bytes")
        if self._clock() - self._begun > WHOLE:
            raise OSError(errno.ETIME, f"more than {WHOLE:.0f} s")

    def close(self) -> None:
        """Close what was opened."""
        if self._opened is not None:
            self._opened.close()
        super().close()

    def _open(self) -> Any:
        if not _is_address(self._place):
            return Path(self._place).open("rb")
        asked = urllib.request.Request(self._place, headers={"User-Agent": "opendata-desk"})  # noqa: S310  # http and https only
        return urllib.request.urlopen(asked, timeout=SECONDS)  # noqa: S310


def _why(error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        error.close()
        return f"HTTP {error.code}"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return type(error).__name__
