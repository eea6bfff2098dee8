"""What citizens write in the journeys in which dates matter, as the platform exports it."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Page

COLUMNS = ("ID", "標題", "派發機關", "發表時間", "建議原因", "建議資料集名稱", "建議者")
BODY = "現在只有年報，看不出變化。希望能按月更新，CSV即可，謝謝。"
Row = tuple[str, str, str]


def exported(folder: Path, *rows: Row) -> Path:
    """An export of suggestions to the ministry: number, title, when it was posted."""
    file = folder / f"suggestions-{rows[0][0] if rows else 'none'}.csv"
    with file.open("w", encoding="utf-8", newline="") as told:
        table = csv.writer(told)
        table.writerow(COLUMNS)
        for number, title, posted in rows:
            table.writerow((number, title, "法務部", posted, BODY, title, "n***a"))
    return file


def demo(folder: Path, at: str, *rows: Row) -> list[str]:
    """Options of a demo that begins at a time, with these letters on their own dates."""
    file = exported(folder, *rows)
    return ["--at", at, "--feedback", str(file), "--keep-dates"]


def send(page: Page, folder: Path, *rows: Row) -> None:
    """The platform sends letters, on the turned day."""
    base, file = page.url.split("/desk/")[0], exported(folder, *rows)
    command = [sys.executable, "-m", "infra.cli", "send", str(file), "--to", base]
    subprocess.run([*command, "--data", str(folder / "desk")], check=True, capture_output=True)
