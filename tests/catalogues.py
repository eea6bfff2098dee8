"""Exports of the platform's list of datasets, made for tests, and a sync of one."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

HEADER = (
    *("資料集識別碼", "資料集名稱", "品質檢測", "資料集描述", "提供機關", "更新頻率"),
    *("提供機關聯絡人姓名", "上架日期", "詮釋資料更新時間"),
)


def row(
    id_: str,
    title: str,
    *,
    agency: str = "法務部廉政署",
    listed: str = "2025-05-06 10:00:00",
    quality: str = "金",
    updated: str = "2025-05-06 10:00:00",
) -> tuple[str, ...]:
    return (id_, title, quality, "第一行\n第二行", agency, "每月", "王小明", listed, updated)


def csv_of(
    rows: Iterable[Sequence[str]], header: Sequence[str] = HEADER, encoding: str = "utf-8-sig"
) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode(encoding)


COLUMNS_22 = (
    *("資料集識別碼", "資料集名稱", "資料提供屬性", "服務分類", "品質檢測", "檔案格式"),
    *("資料下載網址", "編碼格式", "資資料集上架方式", "資料集描述", "主要欄位說明", "提供機關"),
    *("更新頻率", "授權方式", "相關網址", "計費方式", "提供機關聯絡人姓名", "提供機關聯絡人電話"),
    *("上架日期", "詮釋資料更新時間", "備註", "資料量"),
)
EVERY = 16
"""Of so many datasets of the nation one is the ministry's."""


def national(path: Path, rows: int, changed: int = 0) -> None:
    """A list in the form of 2026, about 1,200 bytes a row; the first of ours are changed."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file)
        out.writerow(COLUMNS_22)
        for n in range(rows):
            ours, day = n % EVERY == 0, f"20{13 + n % 13:02}-{1 + n % 12:02}-{1 + n % 28:02}"
            words = "更正" if ours and n // EVERY < changed else "說明"
            out.writerow(
                (
                    *(str(100_000 + n), f"第{n}號資料集", "檔案資料", "公共資訊", "金", "CSV;JSON"),
                    *(f"https://example.gov.tw/{n}.csv;https://example.gov.tw/{n}.json", "UTF-8"),
                    *("原始資料", f"{words}，\n" + "本資料集之內容、範圍與更新方式。" * 15),
                    *("名稱;地址;電話;" * 8, "法務部廉政署" if ours else f"第{n % 600}機關"),
                    *("每月", "政府資料開放授權條款-第1版", "", "免費", "王小明", "02-23141000"),
                    *(f"{day} 00:00:00", f"{day} 16:51:14", "", "32"),
                )
            )


# The most that the process itself has held; the kernel's other figure begins with the parent's.
SYNC = """
import re, sys
from pathlib import Path
from typing import Any
from infra.cli import main
sys.argv = ["opendata", "catalogue", "sync", sys.argv[1], "--json", "--data", sys.argv[2]]
try:
    main()
finally:
    status = Path("/proc/self/status").read_text()
    print(re.search(r"VmHWM:\\s+(\\d+)", status)[1], file=sys.stderr)
"""


def synced(file: Path, data: Path) -> tuple[dict[str, Any], int]:
    """Sync a list in a process of its own: what it said, and the KiB that it held at most."""
    done = subprocess.run(
        [sys.executable, "-c", SYNC, str(file), str(data)],
        check=False,
        capture_output=True,
        text=True,
    )
    return json.loads(done.stdout), int(done.stderr.split()[-1])
