import csv
import io
import json
from datetime import UTC, datetime

import pytest

from opendata.adapters.feedback_files import letter, read_feedback
from opendata.adapters.platform_webhook import load, understand
from opendata.rules.errors import Invalid
from opendata.rules.roc import TAIPEI

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
SUGGESTIONS = (
    "ID",
    "標題",
    "建議資料集名稱",
    "建議開放的欄位",
    "建議原因",
    "派發機關",
    "建議者(原始已遮罩)",
    "發表時間",
    "回應HTML",
)
SUGGESTION = (
    "9100001",
    "請開放統計",
    "案件統計",
    "年度、件數",
    "想做研究。\r\n謝謝。",
    "法務部; 內政部；司法院",
    "y****8",
    "2019-01-24 17:29",
    "<p>舊回復</p>",
)
COMMENTS = ("nid", "dataset_title", "agency", "cid", "title", "body", "reply_body")
COMMENT = ("9700001", "月報", "法務部矯正署", "9200001", "打不開", "檔案是空的", "")


def table(columns, *rows, encoding="utf-8", newline="\r\n"):
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator=newline).writerows([columns, *rows])
    return out.getvalue().encode(encoding)


def only(raw, posted_at=None):
    (one,), faults = read_feedback(raw, posted_at)
    assert faults == ()
    return one


def data(raw, posted_at=None):
    return json.loads(only(raw, posted_at).body)["data"]


def told(faults):
    return [(one.line, one.fault.field, one.fault.code) for one in faults]


def changed(column, value):
    return tuple(
        value if name == column else cell
        for name, cell in zip(SUGGESTIONS, SUGGESTION, strict=True)
    )


def test_a_suggestion_becomes_what_the_webhook_wants():
    read = understand(load(only(table(SUGGESTIONS, SUGGESTION)).body), NOW)
    assert read.posted_at == read.timestamp == datetime(2019, 1, 24, 17, 29, tzinfo=TAIPEI)
    assert read.dispatched_agencies == ("法務部", "內政部", "司法院")
    assert read.body == "想做研究。\n謝謝。"
    assert read.url == "https://data.gov.tw/suggests/9100001"
    assert (read.requested_dataset, read.requested_fields) == ("案件統計", "年度、件數")
    assert read.submitter == "y****8"


def test_a_comment_becomes_what_the_webhook_wants():
    read = understand(load(only(table(COMMENTS, COMMENT), NOW).body), NOW)
    assert (read.kind, read.id, read.dataset_id) == ("comment", "9200001", "9700001")
    assert (read.title, read.body, read.dataset_title) == ("打不開", "檔案是空的", "月報")
    assert read.dispatched_agencies == ("法務部矯正署",)
    assert read.url == "https://data.gov.tw/dataset/9700001"
    assert read.posted_at == NOW


def test_the_platforms_own_list_of_suggestions_is_known():
    columns = ("ID", "開放建議標題", "瀏覽次數", "建議者", "發表日期", "實際派發機關", "回復狀態")
    row = ("9100002", "請開放統計", "12", "K****e", "2024/11/6", "法務部", "未回復")
    read = data(table(columns, row))
    assert read["posted_at"] == "2024-11-06T00:00:00+08:00"
    assert (read["title"], read["body"]) == ("請開放統計", "請開放統計")
    assert (read["submitter"], read["dispatched_agencies"]) == ("K****e", ["法務部"])


def test_the_platforms_own_list_of_comments_is_known():
    columns = ("ID", "發表時間", "標題", "資料集名稱", "回復狀態")
    read = data(table(columns, ("9200002", "2024-11-06 14:42", "打不開", "月報", "未回復")))
    assert (read["kind"], read["id"], read["dataset_title"]) == ("comment", "9200002", "月報")
    assert read["url"] is None


def test_any_other_list_is_refused_as_a_whole():
    with pytest.raises(Invalid) as refused:
        read_feedback(table(("ID", "標題"), ("1", "x")))
    assert [fault.code for fault in refused.value.faults] == ["unknown_header"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp950"])
def test_the_encoding_changes_nothing(encoding):
    raw = table(SUGGESTIONS, SUGGESTION, encoding=encoding)
    assert only(raw).body == only(table(SUGGESTIONS, SUGGESTION)).body


def test_the_same_row_is_the_same_letter_at_every_reading():
    raw = table(SUGGESTIONS, SUGGESTION)
    assert read_feedback(raw) == read_feedback(raw)
    assert only(raw).webhook == letter(99, json.loads(only(raw).body)).webhook


def test_another_text_is_another_letter():
    other = changed("標題", "請開放另一份統計")
    first, second = read_feedback(table(SUGGESTIONS, SUGGESTION, other))[0]
    assert first.webhook != second.webhook


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2019-01-24 17:29", "2019-01-24T17:29:00+08:00"),
        ("2019-01-24 17:29:05", "2019-01-24T17:29:05+08:00"),
        ("2019/1/4 7:09", "2019-01-04T07:09:00+08:00"),
        ("2019/01/24 17:29:05", "2019-01-24T17:29:05+08:00"),
        ("2019-01-24", "2019-01-24T00:00:00+08:00"),
    ],
)
def test_times_of_an_export_are_local(text, iso):
    assert data(table(SUGGESTIONS, changed("發表時間", text)))["posted_at"] == iso


def test_a_given_time_fills_only_what_is_missing():
    rows = (SUGGESTION, changed("發表時間", ""), changed("發表時間", "昨天"))
    letters, faults = read_feedback(table(SUGGESTIONS, *rows), NOW)
    dates = [json.loads(one.body)["data"]["posted_at"] for one in letters]
    assert dates == ["2019-01-24T17:29:00+08:00", NOW.isoformat()]
    assert [code for _, _, code in told(faults)] == ["not_a_time"]


def test_a_row_without_a_time_is_reported_and_the_others_go_in():
    short = SUGGESTION[:3]
    rows = (changed("發表時間", ""), SUGGESTION, short)
    letters, faults = read_feedback(table(SUGGESTIONS, *rows))
    assert [one.line for one in letters] == [4]
    assert told(faults) == [(2, "發表時間", "no_posted_at"), (6, "", "cells")]


@pytest.mark.parametrize(
    ("column", "field", "instead"),
    [("建議原因", "body", "案件統計"), ("標題", "title", "想做研究。\r\n謝謝。")],
)
def test_no_opinion_is_lost_for_a_blank_cell(column, field, instead):
    assert data(table(SUGGESTIONS, changed(column, " ")))[field] == instead


def test_a_longer_title_than_the_platform_takes_is_cut():
    assert data(table(SUGGESTIONS, changed("標題", "長" * 300)))["title"] == "長" * 255


def test_replies_in_the_list_are_left_alone():
    assert "舊回復" not in only(table(SUGGESTIONS, SUGGESTION)).body.decode()
