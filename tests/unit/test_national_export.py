"""A list of national size: synced within its memory, and afterwards only what changed is written.

``OPENDATA_EXPORT_ROWS`` is how many datasets it has, of which a sixteenth is the ministry's.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.catalogues import national

ROWS = int(os.environ.get("OPENDATA_EXPORT_ROWS", "3000"))
MEMORY = 256 * 1024
"""KiB that a sync may take, however long the list."""
# The most that the process itself has held; the kernel's other figure begins with the parent's.
SYNC = """
import re, sys
from pathlib import Path
from infra.cli import main
sys.argv = ["opendata", "catalogue", "sync", sys.argv[1], "--json", "--data", sys.argv[2]]
try:
    main()
finally:
    status = Path("/proc/self/status").read_text()
    print(re.search(r"VmHWM:\\s+(\\d+)", status)[1], file=sys.stderr)
"""


def synced(file, data):
    done = subprocess.run(
        [sys.executable, "-c", SYNC, str(file), str(data)],
        check=False,
        capture_output=True,
        text=True,
    )
    return json.loads(done.stdout), int(done.stderr.split()[-1])


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
