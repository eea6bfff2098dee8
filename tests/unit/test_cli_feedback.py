"""``opendata feedback …`` and ``opendata inventory overdue`` as an office types them."""

import csv
import os
import time

import pytest

from tests.unit.test_cli import opendata

__all__ = ["opendata"]
HEAD = ("ID", "標題", "派發機關", "發表時間", "建議原因", "回復狀態")


def listed(*rows):
    return [HEAD, *((n, "標題", "法務部", at, "請開放。", state) for n, at, state in rows)]


@pytest.fixture
def drop(tmp_path):
    def dropped(rows, folder="desk/inbox", name="a.csv"):
        path = tmp_path / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows(rows)
        then = time.time() - 300
        os.utime(path, (then, then))

    return dropped


def test_what_lies_in_the_desks_own_inbox_is_taken_and_compared(opendata, drop):
    drop(listed((1, "2026-03-02 09:00", "未回復"), (2, "昨天", "未回復")))
    told = opendata("feedback", "pull", "--data", "desk")
    assert (told.code, told.out[:2]) == (1, ["a.csv", "第3行（發表時間）：「昨天」不是時間。"])
    drop(listed((1, "2026-03-02 09:00", "已回復")))
    told = opendata("feedback", "pull", "--json", "--data", "desk").json
    assert (told["known"], told["compared"], told["differing"]) == (1, 1, 1)
    told = opendata("feedback", "differences", "--data", "desk").out
    assert told == ["S1　平臺已回復，但未經核准（本系統：待認領）", "與平臺對帳不符：1件。"]
    told = opendata("feedback", "differences", "--json", "--data", "desk").json
    assert told == [{"case": "S1", "difference": "unapproved"}]


def test_a_folder_that_was_named_and_is_not_there_is_told(opendata):
    told = opendata("feedback", "pull", "--from", "nowhere", "--data", "desk")
    assert (told.code, told.err) == (2, ["未執行：找不到資料夾「nowhere」。"])


def test_an_inbox_that_nobody_has_used_holds_nothing(opendata):
    assert opendata("feedback", "pull", "--data", "desk").code == 0


def test_a_deployment_without_an_inbox_is_told_to_name_one(opendata, monkeypatch):
    monkeypatch.setenv("OPENDATA_TABLE", "desk")
    told = opendata("feedback", "pull")
    assert (told.code, "OPENDATA_INBOX" in told.err[0]) == (2, True)


def test_what_is_overdue_is_listed_by_agency(opendata, tmp_path):
    file = tmp_path / "inventory.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(
            [
                ("盤點編號", "機關", "資料集名稱", "開放程度", "預計開放年度"),
                ("A1", "法務部", "預算書", "開放", "110"),
                ("B1", "法務部廉政署", "廉政統計", "開放", "110"),
            ]
        )
    opendata("inventory", "import", file, "--data", "desk")
    assert len(opendata("inventory", "overdue", "--json", "--data", "desk").json) == 2
    (one,) = opendata(
        "inventory", "overdue", "--agency", "法務部廉政署", "--json", "--data", "desk"
    ).json
    assert one["number"] == "B1"
