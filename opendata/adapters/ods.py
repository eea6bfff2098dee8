"""OpenDocument spreadsheets as tables of text, and back: the first sheet, values as they are shown.

Read as a stream, within bounds: a small file may unpack to anything, and name cells by the million.

Codes of faults: ``not_ods``, ``too_large``.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import IO
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from opendata.rules.errors import Fault, Invalid

LARGEST = 64 * 1024 * 1024
"""Bytes of content.xml, unpacked."""
COLUMNS, ROWS = 256, 100_000
MAGIC = b"PK\x03\x04"
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, ET.ParseError, OSError, EOFError),
    # Without content.xml or of an unknown encoding, of one that cannot be read, or encrypted.
    *(LookupError, ValueError, RuntimeError),
)
_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"


def rows(raw: bytes) -> Iterator[list[str]]:
    """The rows of the first sheet; blank cells at a row's end are left out.

    Raises:
        Invalid: it is no spreadsheet, or too large.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            content = packed.open("content.xml")
            yield from _rows(_Bounded(content))
    except _BROKEN:
        raise Invalid(Fault("file", "not_ods")) from None


class _Bounded:
    """A stream that ends with an error before it gives too much, or an entity."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._left = LARGEST

    def read(self, size: int = -1) -> bytes:
        told: bytes = self._file.read(size)
        self._left -= len(told)
        # An office writes neither; with them a few bytes could stand for millions.
        if self._left < 0 or b"<!ENTITY" in told or b"<!DOCTYPE" in told:
            raise Invalid(Fault("file", "too_large", (("most", LARGEST // 1024 // 1024),)))
        return told


def _rows(file: _Bounded) -> Iterator[list[str]]:
    seen = 0
    for event, node in ET.iterparse(file, events=("end",)):  # noqa: S314  # bounded, without entities
        if node.tag == f"{_TABLE}table-row":
            cells = _cells(node)
            times = _repeated(node, "rows") if cells else 1
            for _ in range(min(times, ROWS)):
                seen += 1
                if seen > ROWS:
                    raise Invalid(Fault("file", "too_large", (("most", ROWS),)))
                yield cells
            node.clear()
        elif node.tag == f"{_TABLE}table" and event == "end":
            return


def _cells(row: ET.Element) -> list[str]:
    cells: list[str] = []
    for node in row:
        if node.tag in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            text = "\n".join("".join(part.itertext()) for part in node.findall(f"{_TEXT}p"))
            cells += [text] * min(_repeated(node, "columns"), COLUMNS - len(cells))
    while cells and not cells[-1].strip():
        cells.pop()
    return cells


def _repeated(node: ET.Element, what: str) -> int:
    told = node.get(f"{_TABLE}number-{what}-repeated", "1")
    return int(told) if told.isdecimal() and len(told) < 8 else 1


# -- writing ------------------------------------------------------------------------------------

_MANIFEST = f"""<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
 manifest:version="1.3"><manifest:file-entry manifest:full-path="/"
 manifest:media-type="{_TYPE}"/><manifest:file-entry manifest:full-path="content.xml"
 manifest:media-type="text/xml"/></manifest:manifest>"""
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.3">
<office:body><office:spreadsheet><table:table table:name="1">"""
_FOOT = "</table:table></office:spreadsheet></office:body></office:document-content>"


def written(table: Iterable[Sequence[str]]) -> bytes:
    """A spreadsheet of one sheet, every cell a text."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(zipfile.ZipInfo("mimetype"), _TYPE)
        packed.writestr("META-INF/manifest.xml", _MANIFEST)
        packed.writestr("content.xml", f"{_HEAD}{''.join(map(_row, table))}{_FOOT}")
    return out.getvalue()


def _row(cells: Sequence[str]) -> str:
    return f"<table:table-row>{''.join(map(_cell, cells))}</table:table-row>"


def _cell(text: str) -> str:
    told = "".join(f"<text:p>{escape(part)}</text:p>" for part in text.split("\n"))
    return f'<table:table-cell office:value-type="string">{told}</table:table-cell>'
