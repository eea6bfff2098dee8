"""A list of national size: synced within its memory, and afterwards only what changed is written.

``OPENDATA_EXPORT_ROWS`` is how many datasets it has, of which a sixteenth is the ministry's;
``OPENDATA_EXPORT_BYTES`` how large the largest file is.
"""

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.catalogues import COLUMNS_22, EVERY, SYNC, national, synced

ROWS = int(os.environ.get("OPENDATA_EXPORT_ROWS", "3000"))
BYTES = int(os.environ.get("OPENDATA_EXPORT_BYTES", str(8 << 20)))
MEMORY = 256 * 1024
"""KiB that a sync may take, however long the list."""


@pytest.fixture
def export(tmp_path) -> Path:
    return tmp_path / "export.csv"


def test_a_second_sync_with_fifty_changes_writes_fifty_within_the_memory(export, tmp_path):
    national(export, ROWS)
    first, memory = synced(export, tmp_path / "desk")
    assert (first["rows"], first["written"]) == (ROWS, first["ours"])
    assert memory <= MEMORY
    national(export, ROWS, changed=50)
    second, memory = synced(export, tmp_path / "desk")
    assert (second["written"], second["changed"]) == (50, 50)
    assert memory <= MEMORY


def test_a_file_of_any_size_is_read_to_its_end_within_the_memory(export, tmp_path):
    national(export, ROWS)
    rows = ROWS + other_peoples(export, BYTES)
    told, memory = synced(export, tmp_path / "desk")
    assert export.stat().st_size >= BYTES
    assert (told["rows"], told["ours"]) == (rows, -(-ROWS // EVERY))
    assert memory <= MEMORY


def other_peoples(export, size):
    """Rows of other agencies, until the file has so many bytes; how many they were."""
    cells = ["別人的資料集"] * len(COLUMNS_22)
    cells[COLUMNS_22.index("提供機關")] = "文化部"
    cells[COLUMNS_22.index("資料集描述")] = "本資料集之內容、範圍與更新方式。" * 60
    with export.open("a", encoding="utf-8", newline="") as file:
        out, n = csv.writer(file), 0
        while file.tell() < size:
            for _ in range(100):
                out.writerow([str(9_000_000 + n), *cells[1:]])
                n += 1
    return n


def test_a_file_without_an_end_is_read_in_pieces(export, tmp_path):
    """One line that goes on and on: the reader gives up early, whatever is behind it."""
    with export.open("wb") as file:
        file.write("資料集識別碼,資料集名稱,提供機關\n1,".encode())
        file.truncate(1 << 30)
    done = subprocess.run(
        [sys.executable, "-c", SYNC, str(export), str(tmp_path / "desk")],
        check=False,
        capture_output=True,
        text=True,
    )
    reason, memory = done.stderr.splitlines()
    assert "資料集清單" in reason
    assert int(memory) <= MEMORY
