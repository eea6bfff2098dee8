"""``opendata calendar`` and ``opendata due`` as an office types them."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from infra.clock import FILE
from opendata.desk import reading, recompute
from opendata.desk.outbox import TASKS
from opendata.rules.calendar import COUNTIES, shipped
from tests.office_calendar import calendar_file, with_day
from tests.unit.test_cli import desk, opendata
from tests.world import MONDAY, World

__all__ = ["opendata"]

DUE, NEXT = "115年3月9日（星期一）", "115年3月10日（星期二）"


@pytest.fixture
def ministry(tmp_path):
    """A desk with one case in progress and one answered, both due on the same Monday."""
    world = World.make(tmp_path / "ministry")
    world.claimed()
    world.published(id_="2")
    world.close()
    return tmp_path / "ministry"


@pytest.fixture
def typed(opendata, ministry):
    """A command about that ministry."""
    return lambda *words: opendata(*words, "--data", ministry)


def due_on(ministry, case="S97944"):
    return reading.dossier(desk(ministry), case).case.due.original


def written(tmp_path, raw, name="115.csv"):
    path = tmp_path / name
    path.write_bytes(raw)
    return path


def rows(ministry):
    return World(ministry / "desk.sqlite", None, None).rows()


def weekends_only(rows):
    return [(*row[:2], "2" if row[1] in "六日" else "0", "") for row in rows]


# -- a demo's folder


def test_a_command_in_a_demos_folder_goes_by_the_clock_that_was_turned_there(typed, ministry):
    ahead = MONDAY - datetime.now(UTC)
    (ministry / FILE).write_text(str(int(ahead.total_seconds())))
    assert typed("calendar", "close", "115年3月9日", "--county", "臺北市").code == 0
    event = reading.history(desk(ministry), "S97944")[-1]
    assert event.facts["cause"] == "closed"
    assert abs(event.at - MONDAY) < timedelta(hours=1)
    assert typed("status", "--json").json["period"] == "115Q1"


# -- years


def test_an_import_lists_what_changes_and_which_cases_move_and_then_they_have_moved(
    typed, ministry, tmp_path
):
    file = written(tmp_path, calendar_file(with_day("20260309", "2", "選舉投票日")))
    told = typed("calendar", "import", file)
    assert told.code == 0
    assert told.out == [
        "115年：與現有內容相差1日。",
        f"{DUE}　改為放假（選舉投票日）",
        "期限因此變更之未結案件：1件。",
        f"S97944　{DUE} → {NEXT}",
        "已匯入辦公日曆：115年。",
        "重算完成：檢視2件，重算2件（含已結案件）。",
    ]
    assert due_on(ministry) == due_on(ministry, "S2") == date(2026, 3, 10)


def test_a_dry_run_shows_the_same_and_writes_nothing(typed, ministry, tmp_path):
    file = written(tmp_path, calendar_file(with_day("20260309", "2")))
    before = rows(ministry)
    told = typed("calendar", "import", file, "--dry-run")
    assert (told.code, told.out[0]) == (0, "試算結果，未寫入任何資料：")
    assert f"S97944　{DUE} → {NEXT}" in told.out
    assert rows(ministry) == before


def test_a_day_that_becomes_a_workday_is_told_with_the_name_that_it_had(typed, tmp_path):
    file = written(tmp_path, calendar_file(with_day("20260219", "0", "補行上班日")))
    assert "115年2月19日（星期四）　改為上班（春節）" in typed("calendar", "import", file).out


def test_the_same_year_again_is_said_to_be_the_same(typed, tmp_path):
    told = typed("calendar", "import", written(tmp_path, calendar_file()))
    assert told.out[:2] == ["115年：與現有內容相同。", "未結案件之期限均無變更。"]


def test_days_off_under_other_names_are_said_to_be_the_same(typed, tmp_path):
    file = written(tmp_path, calendar_file(with_day("20260219", "2", "")))
    assert typed("calendar", "import", file).out[0] == ("115年：放假日與現有內容相同，僅名稱不同。")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp950"])
def test_a_file_may_be_in_any_encoding_that_dgpa_uses(typed, tmp_path, encoding):
    file = written(tmp_path, calendar_file(year=114, encoding=encoding))
    assert typed("calendar", "import", file).out[0] == "114年：與現有內容相同。"


@pytest.mark.parametrize("name", ["補行上班", "補行上班日", "補班日", ""])
def test_a_make_up_workday_is_one_whatever_it_is_called(typed, tmp_path, name):
    file = written(tmp_path, calendar_file(with_day("20250208", "0", name), year=114))
    assert typed("calendar", "import", file).out[0] == "114年：與現有內容相同。"


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "檔案沒有內容"),
        (calendar_file(lambda rows: []), "沒有任何日期"),
        (calendar_file(lambda rows: rows[:40] + rows[42:]), "缺少2日"),
        (calendar_file(lambda rows: [(*row[:2], "1", "") for row in rows]), "不是放假註記"),
        (calendar_file(weekends_only), "少於8日"),
        (calendar_file(with_day("20261010", "0")), "應不是我國的辦公日曆表"),
    ],
)
def test_a_file_that_cannot_be_right_is_refused_and_the_good_data_stays(
    typed, ministry, tmp_path, raw, why
):
    before = rows(ministry)
    told = typed("calendar", "import", written(tmp_path, raw))
    assert (told.code, told.out, len(told.err)) == (2, [], 1)
    assert why in told.err[0]
    assert rows(ministry) == before


def test_of_several_files_one_that_is_wrong_keeps_out_all(typed, ministry, tmp_path):
    good = written(tmp_path, calendar_file(with_day("20260309", "2")))
    bad = written(tmp_path, calendar_file(lambda rows: rows[1:], year=114), "114.csv")
    before = rows(ministry)
    assert typed("calendar", "import", good, bad).code == 2
    assert rows(ministry) == before


# -- closures


@pytest.mark.parametrize("day", ["2026-03-09", "115年3月9日", "1150309", "115/3/9"])
@pytest.mark.parametrize("county", ["臺北市", "台北市"])
def test_a_closure_moves_the_cases_it_touches_at_once(typed, ministry, day, county):
    told = typed("calendar", "close", day, "--county", county)
    assert told.code == 0
    assert told.out == [
        f"登錄：{DUE}臺北市停止上班。",
        "期限因此變更之未結案件：1件。",
        f"S97944　{DUE} → {NEXT}",
        "重算完成：檢視2件，重算2件（含已結案件）。",
    ]
    assert due_on(ministry) == due_on(ministry, "S2") == date(2026, 3, 10)


def test_several_days_and_counties_are_entered_together(typed, ministry):
    typed("calendar", "close", "115/3/9", "115/3/10", "--county", "臺北市", "--county", "臺東縣")
    closures = desk(ministry).office().closures
    assert len(closures) == 4
    assert due_on(ministry) == date(2026, 3, 11)


def test_a_closure_is_tried_out_without_writing(typed, ministry):
    before = rows(ministry)
    told = typed("calendar", "close", "115/3/9", "--county", "臺北市", "--dry-run")
    assert f"S97944　{DUE} → {NEXT}" in told.out
    assert rows(ministry) == before


def test_a_closure_that_was_entered_wrongly_is_taken_back(typed, ministry):
    typed("calendar", "close", "115/3/9", "--county", "臺北市", "--half")
    typed("calendar", "close", "115/3/9", "--county", "臺北市")
    told = typed("calendar", "close", "115/3/9", "--county", "臺北市", "--undo")
    assert (told.code, told.out[0]) == (0, f"取消登錄：{DUE}臺北市停止上班。")
    assert due_on(ministry) == date(2026, 3, 9)
    assert desk(ministry).office().closures == ()
    again = typed("calendar", "close", "115/3/9", "--county", "臺北市", "--undo")
    assert (again.code, again.out) == (2, [f"未曾登錄：{DUE}臺北市停止上班，未變動。"])


def test_half_a_day_and_a_day_off_are_said_to_move_nothing(typed, ministry):
    half = typed("calendar", "close", "115/3/9", "--county", "臺北市", "--half")
    assert half.out[0].endswith("該日仍為上班日，期限不變。")
    sunday = typed("calendar", "close", "115/3/8", "--county", "臺北市")
    assert sunday.out[0].endswith("該日本即放假，期限不受影響。")
    assert due_on(ministry) == date(2026, 3, 9)


def test_half_a_day_in_place_of_a_whole_one_is_said_to_bring_the_dates_back(typed, ministry):
    typed("calendar", "close", "115/3/9", "--county", "臺北市")
    told = typed("calendar", "close", "115/3/9", "--county", "臺北市", "--half")
    assert told.out[0].endswith("由全日改為半日。該日改計為上班日，原因該日順延的期限隨之恢復。")
    assert f"S97944　{NEXT} → {DUE}" in told.out
    assert due_on(ministry) == date(2026, 3, 9)


def test_what_was_entered_before_changes_nothing(typed, ministry):
    typed("calendar", "close", "115/3/9", "--county", "臺北市")
    before = rows(ministry)
    told = typed("calendar", "close", "115/3/9", "--county", "臺北市")
    assert (told.code, told.out) == (0, [f"先前已登錄：{DUE}臺北市停止上班，未變動。"])
    assert rows(ministry) == before


@pytest.mark.parametrize("county", [[], ["--county", "臺北"], ["--county", "東京都"]])
def test_an_unknown_county_or_none_is_told_which_there_are(typed, ministry, county):
    before = rows(ministry)
    told = typed("calendar", "close", "115/3/9", *county)
    assert (told.code, told.out, len(told.err)) == (2, [], 1)
    assert all(name in told.err[0] for name in COUNTIES)
    assert rows(ministry) == before


@pytest.mark.parametrize("day", ["yesterday", "115/2/30", "0/1/1"])
def test_what_is_no_day_is_refused_in_one_line(typed, ministry, day):
    told = typed("calendar", "close", day, "--county", "臺北市")
    assert (told.code, told.out, len(told.err)) == (2, [], 1)


@pytest.mark.parametrize("day", ["9999-12-31", "215/3/9", "101/12/31"])
@pytest.mark.parametrize("more", [[], ["--dry-run"]])
def test_a_closure_in_another_age_is_refused_in_one_line_and_nothing_is_entered(
    typed, ministry, day, more
):
    before = rows(ministry)
    told = typed("calendar", "close", "115/3/9", day, "--county", "臺北市", *more)
    assert (told.code, told.out, len(told.err)) == (2, [], 1)
    assert "請確認年份" in told.err[0]
    assert rows(ministry) == before


def test_should_the_command_end_in_the_middle_the_outbox_finishes_it(typed, ministry, monkeypatch):
    def killed(*_, **__):
        raise OSError("killed")

    monkeypatch.setattr("opendata.desk.recompute.perform", killed)
    assert typed("calendar", "close", "115/3/9", "--county", "臺北市").code == 2
    assert due_on(ministry) == date(2026, 3, 9)
    monkeypatch.undo()
    world = World(ministry / "desk.sqlite", None, desk(ministry))
    (task,) = (one for one in world.waiting() if one.kind in TASKS)

    recompute.perform(world.desk, task)
    assert due_on(ministry) == date(2026, 3, 10)


def test_an_agency_file_that_moves_a_seat_recounts_the_cases_at_once(typed, ministry, tmp_path):
    typed("calendar", "close", "115/3/9", "--county", "臺東縣")
    file = tmp_path / "agencies.csv"
    header = "code,name,parent,county,channel,former_names"
    file.write_text(f"{header}\naac,法務部廉政署,moj,臺東縣,,\n", encoding="utf-8")
    told = typed("agencies", "import", file)
    assert (told.code, told.out[-1]) == (0, "重算完成：檢視2件，重算2件（含已結案件）。")
    assert due_on(ministry) == due_on(ministry, "S2") == date(2026, 3, 10)


# -- list


def test_the_list_tells_years_closures_and_what_is_missing(typed, ministry):
    typed("calendar", "close", "115/3/9", "--county", "臺東縣", "--half")
    told = typed("calendar", "list")
    assert told.out[0] == f"辦公日曆涵蓋106至115年，版本{shipped().version}。"
    year = shipped().years[114]
    assert f"114年　放假118日　版本{year.version}　{year.source}" in told.out
    assert any(line.startswith(f"{DUE}　臺東縣（半日）　命令列於") for line in told.out)


def test_the_list_is_data_too(typed):
    typed("calendar", "close", "115/3/9", "--county", "臺東縣")
    told = typed("calendar", "list", "--json").json
    assert set(told) == {"version", "years", "missing", "closures"}
    assert [one["year"] for one in told["years"]] == list(range(106, 116))
    assert set(told["years"][0]) == {"year", "version", "source", "days_off"}
    (closure,) = told["closures"]
    assert (closure["date"], closure["county"], closure["half"], closure["by"]) == (
        "2026-03-09", "臺東縣", False, None,
    )  # fmt: skip
    assert 116 in told["missing"]


def test_an_empty_desk_lists_what_is_shipped(opendata):
    assert "尚未登錄任何停止上班。" in opendata("calendar", "list").out


# -- due


def test_a_due_date_is_told_day_by_day_in_words(opendata):
    told = opendata("due", "115年5月29日", "--days", "2", "--mode", "working")
    assert told.out == [
        "期限：115年6月2日（星期二）",
        "自收案次日起算2個工作日，末日遇放假日順延。",
        "115年5月29日（星期五）　收案（平臺發表時間），始日不計",
        "115年5月30日（星期六）　不計",
        "115年5月31日（星期日）　不計",
        "115年6月1日（星期一）　第1日",
        "115年6月2日（星期二）　第2日，末日屆期（當日24時止）",
        f"依政府行政機關辦公日曆表（版本{shipped().version}）。",
    ]


def test_the_closures_of_an_agencys_seat_count_when_it_is_named(typed):
    typed("calendar", "close", "115/3/9", "--county", "臺東縣")
    assert typed("due", "115/3/2").out[0] == f"期限：{DUE}"
    for agency in ("臺灣臺東地方檢察署", "dpo-taitung"):
        told = typed("due", "115/3/2", "--agency", agency)
        assert told.out[0] == f"期限：{NEXT}"
        assert f"{DUE}　第7日，末日順延（停止上班）" in told.out
    assert typed("due", "115/3/2", "--agency", "國防部").code == 2


def test_the_json_of_due_is_the_contract_with_closures_too(typed):
    typed("calendar", "close", "115/3/9", "--county", "臺北市")
    told = json.loads("\n".join(typed("due", "2026-03-02T09:00+08:00", "--json").out))
    assert told["due_at"] == "2026-03-10T23:59:59+08:00"
    assert told["steps"][-2] == {"date": "2026-03-09", "kind": "rolled", "note": "closure"}


SEVEN_WORKDAYS, FOURTEEN = "115年3月11日（星期三）", "115年3月16日（星期一）"


@pytest.mark.parametrize(
    ("setting", "value", "due", "term"),
    [
        ("OPENDATA_DAY_MODE", "working", SEVEN_WORKDAYS, "7個工作日"),
        ("OPENDATA_DAYS", "14", FOURTEEN, "14日"),
    ],
)
def test_a_due_date_is_counted_as_the_ministry_has_set(
    opendata, monkeypatch, setting, value, due, term
):
    monkeypatch.setenv(setting, value)
    told = opendata("due", "115/3/2")
    assert told.out[:2] == [f"期限：{due}", f"自收案次日起算{term}，末日遇放假日順延。"]


def test_what_is_typed_goes_before_what_is_set(opendata, monkeypatch):
    monkeypatch.setenv("OPENDATA_DAY_MODE", "working")
    monkeypatch.setenv("OPENDATA_DAYS", "14")
    told = opendata("due", "115/3/2", "--days", "7", "--mode", "calendar")
    assert told.out[0] == f"期限：{DUE}"
    assert opendata("due", "115/3/2", "--days", "0").code == 2
