"""What the ministry's own people do at the command line while the desk runs."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

CATALOGUE = "demo-catalogue.csv"


def opendata(folder: Path, *words: str, code: int = 0) -> str:
    """A command on the desk's folder; what it says."""
    command = [sys.executable, "-m", "infra.cli", *words, "--data", str(folder / "desk")]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def listed(folder: Path, *datasets: tuple[str, str, str]) -> None:
    """The platform lists further datasets: number, title, agency; the desk reads its list."""
    file = folder / "desk" / CATALOGUE
    with file.open(encoding="utf-8-sig", newline="") as told:
        rows = list(csv.reader(told))
    newest = dict(zip(rows[0], rows[-1], strict=True))
    for number, title, agency in datasets:
        told_of = {"資料集識別碼": number, "資料集名稱": title, "提供機關": agency}
        rows.append(list({**newest, **told_of}.values()))
    longer = folder / "export.csv"
    with longer.open("w", encoding="utf-8-sig", newline="") as out:
        csv.writer(out).writerows(rows)
    opendata(folder, "catalogue", "sync", str(longer))


def inventory(folder: Path, rows: Iterable[Sequence[str]], code: int = 0) -> str:
    """The coordinator imports a 盤點表; what the command says."""
    file = folder / "inventory.csv"
    head = ("盤點編號", "機關", "資料集名稱", "開放程度", "預計開放年度")
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        csv.writer(out).writerows([head, *rows])
    return opendata(folder, "inventory", "import", str(file), code=code)
