"""The demo's list of datasets, invented: what the ministry has on the platform in the demo."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

from opendata.adapters.catalogue_files import Export
from opendata.desk import catalogue
from opendata.desk.context import Desk
from opendata.rules.roc import roc_year

FILE = "demo-catalogue.csv"
_COLUMNS = (
    *("資料集識別碼", "資料集名稱", "品質檢測", "檔案格式", "資料下載網址", "資料集描述"),
    *("提供機關", "更新頻率", "上架日期", "詮釋資料更新時間"),
)
_AGENCIES = ("法務部廉政署", "法務部矯正署", "法務部", "臺灣高等檢察署", "法務部行政執行署")
_SUBJECTS = (
    *("廉政宣導場次", "收容人數統計", "檢察機關案件收結情形", "行政執行拍賣公告", "預算書"),
    *("性別統計指標", "更生保護業務統計", "法律扶助宣導活動", "機關通訊錄", "採購公告"),
    *("申訴案件統計", "教誨志工名冊統計"),
)
_QUALITIES, _FREQUENCIES = ("金", "白金", "銀", "無(未做品檢)"), ("每月", "每季", "每年")
_EVERY = 13
_FIRST_ID = 910_001


def write(folder: Path, today: date) -> Path:
    """The list as of a day: about ten years of datasets, the newest of yesterday."""
    path, begin = folder / FILE, today - timedelta(days=10 * 365)
    listed = [begin + timedelta(days=n) for n in range(0, 10 * 365, _EVERY)]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file)
        out.writerow(_COLUMNS)
        for n, day in enumerate(listed):
            out.writerow(_row(n, day))
    return path


def seed(desk: Desk, folder: Path, today: date) -> None:
    """Take it in; the same list again changes nothing."""
    path = write(folder, today)
    with path.open("rb") as file:
        catalogue.sync(desk, lambda: Export(file), path.name, lambda _line, _fault: None)


def _row(n: int, day: date) -> tuple[str, ...]:
    agency, subject = _AGENCIES[n % len(_AGENCIES)], _SUBJECTS[n % len(_SUBJECTS)]
    title = f"{roc_year(day)}年{subject}（{agency.removeprefix('法務部') or agency}）"
    return (
        *(str(_FIRST_ID + n), title, _QUALITIES[n % len(_QUALITIES)], "CSV"),
        *(f"https://example.gov.tw/{_FIRST_ID + n}.csv", f"{title}，示範用資料。"),
        *(agency, _FREQUENCIES[n % len(_FREQUENCIES)], f"{day} 09:00:00", f"{day} 09:00:00"),
    )
