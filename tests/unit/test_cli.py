"""The command line as an office types it: arguments in, lines, files and exit codes out."""

import csv
import json
import sqlite3
import sys
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from infra import cli
from infra.clock import FILE, TurnableClock
from opendata.rules.calendar import shipped, write_table
from opendata.settings import Settings
from opendata.wiring import make_desk, now
from tests.world import CAROL, MINISTRY, OLIVE, World

INSIDE = {
    "within_7": {"n", "d"},
    "within_14": {"n", "d"},
    "substantive": {"in_time", "late"},
    "days": {"median", "mean", "histogram", "working"},
    "kinds": {"comment", "suggestion"},
    "stages": set(),
    "approved_by": {"cio", "deputy", "delegated"},
    "stars": {"n", "mean", "below_3"},
}
LINE = {
    *("received", "due", "in_time", "late", "open_in_time", "open_late", "not_due", "under_study"),
    *("set_aside", "withdrawn", "extended", "transferred", "rounds", "refused"),
    *INSIDE,
}
AGENCIES = ("code", "name", "parent", "county", "channel", "former_names")
PEOPLE = ("slack_user_id", "name", "agency", "roles", "locale", "active")
DEPUTIES = ("for", "by", "from", "to", "form", "ground")


@dataclass(frozen=True)
class Told:
    """What a command left behind: exit code, lines, lines on standard error."""

    code: int
    out: list[str]
    err: list[str]

    @property
    def json(self):
        return json.loads("\n".join(self.out))


@pytest.fixture
def opendata(tmp_path, monkeypatch, capsys):
    """Type a command, in a folder where nothing stands yet."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "zh_TW.UTF-8")
    for name in ("DATA", "TABLE", "WEBHOOK_SECRETS", "DAYS", "DAY_MODE"):
        monkeypatch.delenv(f"OPENDATA_{name}", raising=False)

    def typed(*arguments):
        monkeypatch.setattr(sys, "argv", ["opendata", *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            cli.main()
        shown = capsys.readouterr()
        assert "Traceback" not in shown.err
        return Told(left.value.code or 0, shown.out.splitlines(), shown.err.splitlines())

    return typed


@pytest.fixture
def ministry(tmp_path):
    """A desk with a case answered on its first day, one open, and the folder it lies in."""
    world = World.make(tmp_path / "ministry")
    world.published()
    world.opened(id_="2")
    world.close()
    return tmp_path / "ministry"


def table(path, columns, *rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([columns, *rows])
    return path


def office_calendar(path, *workdays, year=115):
    """A year as DGPA publishes it, made of the shipped one; some days off become workdays."""
    days = shipped().years[year].days()
    rows = (
        (f"{day.date:%Y%m%d}", "一二三四五六日"[day.date.weekday()], 2 if day.off else 0, day.name)
        for day in days
    )
    changed = ((date, name, 0 if date in workdays else off, note) for date, name, off, note in rows)
    return table(path, ("西元日期", "星期", "是否放假", "備註"), *changed)


def desk(folder=".opendata"):
    return make_desk(Settings.from_env({"OPENDATA_DATA": str(folder)}))


# -- help, and what cannot be done


def test_help_names_every_command(opendata):
    told = opendata("--help")
    assert (told.code, told.err) == (0, [])
    groups = {"agencies", "people", "calendar", "audit", "slack"}
    assert {"serve", "send", "due", "status", *groups} <= set(" ".join(told.out).split())


@pytest.mark.parametrize(
    "command",
    [
        *("serve", "send", "due", "status", "agencies import", "people import", "people check"),
        *("calendar import", "calendar close", "calendar list", "audit verify", "slack manifest"),
    ],
)
def test_every_command_explains_itself(opendata, command):
    assert opendata(*command.split(), "--help").code == 0


@pytest.mark.parametrize("group", ["", "agencies", "people", "calendar", "audit", "slack"])
def test_a_group_without_a_command_shows_its_help(opendata, group):
    told = opendata(*group.split())
    assert (told.code, told.err) == (2, [])
    assert told.out


@pytest.mark.parametrize(
    "command",
    [
        "fly",
        "due",
        "due yesterday",
        "due 2026-02-10 --days 0",
        "due 2026-02-10 --days soon",
        "due 2026-02-10 --mode lunar",
        "due 9999-12-31",
        "status 115Q5",
        "status 115 --as-of tomorrow",
        "status --data file",
        "audit verify --data broken",
        "agencies import nowhere.csv",
        "people import bytes.csv",
        "people import other.csv",
        "calendar import other.csv",
        "calendar close 115/3/9",
        "calendar close 115/3/9 --county 東京都",
        "calendar close soon --county 臺北市",
        "due 2026-02-10 --agency 國防部",
        "send other.csv --to http://127.0.0.1:1",
        "send list.csv --to desk.example",
        "send list.csv --to http://127.0.0.1:1 --posted-at noon",
        "serve --port 70000",
        "slack manifest",
        "slack manifest --nope",
        "slack manifest --url desk.example",
        "slack manifest --url https://desk.example --socket",
        "serve --slack",
    ],
)
def test_every_failure_is_one_line_and_2(opendata, tmp_path, command):
    (tmp_path / "file").write_text("no folder")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "desk.sqlite").write_bytes(b"no database" * 200)
    (tmp_path / "bytes.csv").write_bytes(b"\xff\xfe\xff")
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    table(tmp_path / "list.csv", ("ID", "標題", "建議原因"), ("1", "標題", "原因"))
    told = opendata(*command.split())
    assert (told.code, told.out, len(told.err)) == (2, [], 1)
    assert told.err[0].startswith("未執行：")


def test_a_secret_that_is_none_is_named_and_never_shown(opendata, tmp_path, monkeypatch):
    monkeypatch.setenv("OPENDATA_WEBHOOK_SECRETS", "hunter2")
    list_ = table(
        tmp_path / "list.csv", ("ID", "標題", "建議原因", "發表時間"), ("1", "a", "b", "2019-01-24")
    )
    sent, served = opendata("send", list_, "--to", "http://127.0.0.1:1"), opendata("serve")
    assert sent.err == served.err == ["未執行：webhook secret 1 is not whsec_ and base64"]
    assert (sent.code, served.code) == (2, 2)


def test_the_language_is_the_terminals(opendata, monkeypatch):
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    assert opendata("fly").err[0].isascii()


# -- Slack


@pytest.mark.parametrize(("how", "socket"), [("--socket", True), ("--url https://d.tw", False)])
def test_a_manifest_is_printed_or_written_to_a_file(opendata, tmp_path, how, socket):
    printed = opendata("slack", "manifest", *how.split())
    assert printed.json["settings"]["socket_mode_enabled"] is socket
    written = opendata("slack", "manifest", *how.split(), "--out", tmp_path / "app.json")
    assert (written.code, written.out) == (0, [])
    assert json.loads((tmp_path / "app.json").read_text(encoding="utf-8")) == printed.json


# -- due


def test_a_due_date_is_explained_day_by_day_without_a_store(opendata, tmp_path):
    told = opendata("due", "2026-02-10T09:00+08:00", "--json")
    assert told.code == 0
    keys = ["received_at", "due_at", "provisional", "calendar_version", "steps"]
    assert list(told.json) == keys
    assert told.json["received_at"] == "2026-02-10T09:00:00+08:00"
    assert told.json["due_at"] == "2026-02-23T23:59:59+08:00"
    assert told.json["provisional"] is False
    kinds = ["received", *["counted"] * 6, *["rolled"] * 6, "due"]
    assert [step["kind"] for step in told.json["steps"]] == kinds
    assert told.json["steps"][7] == {"date": "2026-02-17", "kind": "rolled", "note": "春節"}
    assert list(tmp_path.iterdir()) == []


def test_a_time_without_an_offset_is_taipeis(opendata):
    assert (
        opendata("due", "2026-02-10T09:00", "--json").json
        == opendata("due", "2026-02-10T01:00Z", "--json").json
    )


def test_workdays_and_other_lengths_can_be_counted(opendata):
    told = opendata("due", "2026-02-10", "--days", 3, "--mode", "working", "--json").json
    assert told["due_at"] == "2026-02-13T23:59:59+08:00"


@pytest.mark.parametrize("timestamp", ["2016-12-28", "2016-02-01", "2126-05-01"])
def test_outside_of_the_calendar_a_due_date_is_provisional(opendata, timestamp):
    assert opendata("due", timestamp, "--json").json["provisional"] is True


def test_where_a_store_stands_its_calendar_counts(opendata, tmp_path):
    opendata("calendar", "import", office_calendar(tmp_path / "115.csv", "20260219"))
    told = opendata("due", "2026-02-10T09:00+08:00", "--json").json
    assert told["due_at"] == "2026-02-19T23:59:59+08:00"
    assert told["calendar_version"] != shipped().version


# -- the calendar


def test_of_two_files_for_a_year_the_later_counts(opendata, tmp_path):
    first = office_calendar(tmp_path / "1.csv", "20251225", year=114)
    newest = office_calendar(tmp_path / "2.csv", year=114)
    told = opendata("calendar", "import", first, newest)
    assert told.code == 0
    assert told.out[:2] == ["114年有2個檔案，採用最後一個：2.csv。", "114年：與現有內容相同。"]
    assert desk().calendar().years[114].off == shipped().years[114].off


def test_the_compact_table_is_written_and_the_store_left_alone(opendata, tmp_path):
    files = [office_calendar(tmp_path / f"{year}.csv", year=year) for year in (115, 114)]
    told = opendata("calendar", "import", *files, "--table", tmp_path / "table.csv")
    assert told.code == 0
    written = (tmp_path / "table.csv").read_text(encoding="utf-8").splitlines()
    whole = write_table(shipped().years.values()).splitlines()
    of_two = [line for line in whole if line.split(",")[0][:4] in ("2025", "2026")]
    assert [line for line in written if line in of_two] == of_two
    assert not (tmp_path / ".opendata").exists()


def test_a_calendar_with_a_gap_changes_nothing(opendata, tmp_path):
    file = office_calendar(tmp_path / "115.csv", "20260219")
    lines = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join(lines[:100] + lines[101:]), encoding="utf-8")
    told = opendata("calendar", "import", file)
    assert (told.code, len(told.err)) == (2, 1)
    assert desk().calendar() == shipped()


# -- the roster


def test_agencies_that_are_all_right_go_in(opendata, tmp_path):
    row = ("aac", "法務部廉政署", "moj", "臺北市", "C-AAC", "")
    told = opendata("agencies", "import", table(tmp_path / "a.csv", AGENCIES, row))
    assert (told.code, told.out) == (0, ["匯入1筆，未匯入0筆。"])
    assert desk().directory().channel("aac") == "C-AAC"


def test_a_bad_row_is_told_by_its_line_and_the_good_ones_go_in(opendata, tmp_path):
    rows = (
        ("aac", "法務部廉政署", "moj", "臺北市", "C-AAC", ""),
        ("lost", "走失署", "nowhere", "", "", ""),
    )
    told = opendata("agencies", "import", table(tmp_path / "a.csv", AGENCIES, *rows))
    assert told.code == 1
    assert told.out[0].startswith("第3行（parent）：")
    assert told.out[1] == "匯入1筆，未匯入1筆。"
    assert desk().directory().channel("aac") == "C-AAC"


def test_a_file_of_bad_rows_changes_nothing(opendata, tmp_path):
    bad = ("lost", "走失署", "nowhere", "", "", "")
    told = opendata("agencies", "import", table(tmp_path / "a.csv", AGENCIES, bad))
    assert (told.code, told.out[-1]) == (2, "匯入0筆，未匯入1筆。")
    assert desk().directory().agency("lost") is None


def test_people_go_in_with_chinese_words_in_the_offices_encoding(opendata, tmp_path):
    file = table(tmp_path / "p.csv", PEOPLE, ("U1", "王小明", "法務部", "承辦人;窗口", "", "是"))
    file.write_bytes(file.read_text(encoding="utf-8").encode("cp950"))
    assert opendata("people", "import", file).code == 0
    person = desk().directory().person("U1")
    assert (person.name, person.agency) == ("王小明", MINISTRY)


def test_people_who_cannot_be_are_told_by_line(opendata, tmp_path):
    rows = (("U1", "甲", "moj", "cio", "", ""), ("U2", "乙", "內政部", "cio", "", ""))
    told = opendata("people", "import", table(tmp_path / "p.csv", PEOPLE, *rows))
    assert (told.code, told.out[0]) == (1, "第3行（agency）：沒有這個機關。")
    assert desk().directory().person("U2") is None


def test_the_same_command_takes_deputies_by_their_header(opendata, tmp_path):
    good = ("U1", "U2", "115/2/23", "115年2月27日", "代", "公出")
    bad = ("U1", "U1", "115/2/23", "115/2/27", "代", "公出")
    told = opendata("people", "import", table(tmp_path / "d.csv", DEPUTIES, bad, good))
    assert (told.code, told.out[0]) == (1, "第2行（by）：不能代理自己。")
    assert [deputy.by for deputy in desk().directory().deputies] == ["U2"]


def test_a_check_names_what_is_missing_as_the_office_knows_it(opendata):
    told = opendata("people", "check", "--all")
    assert told.code == 1
    assert "法務部廉政署沒有承辦人。" in told.out
    assert told.out[-1] == f"名冊檢查完成，發現{len(told.out) - 1}項。"


def test_a_check_tells_what_is_rare_first_and_counts_what_is_common(opendata):
    told = opendata("people", "check")
    assert told.out[0] == "最上級機關沒有資訊處窗口。"
    assert len(told.out) < 30
    assert any("同類另有" in line for line in told.out)


def test_a_check_names_people(opendata, ministry):
    told = opendata("people", "check", "--data", ministry)
    assert "李副處長代理張資訊長的期間已過。" in told.out


# -- numbers


def test_the_numbers_have_exactly_the_keys_of_the_contract(opendata, ministry):
    told = opendata("status", "115Q1", "--json", "--data", ministry).json
    assert list(told) == ["period", "as_of", "agencies", "total", "datasets", "heartbeat"]
    assert (told["datasets"], told["heartbeat"]) == (None, None)
    (agency,) = told["agencies"]
    assert set(agency) == {"code", "name", *LINE}
    assert set(told["total"]) == LINE
    for name, keys in INSIDE.items():
        assert set(told["total"][name]) == keys
    assert (agency["code"], agency["name"]) == ("aac", "法務部廉政署")
    assert {name: agency[name] for name in LINE} == told["total"]
    assert told["total"]["stars"] == {"n": 0, "mean": None, "below_3": 0}


def test_an_empty_desk_counts_nought_and_knows_no_mean(opendata):
    told = opendata("status", "--json").json
    assert (told["agencies"], told["total"]["received"]) == ([], 0)
    none = {"median": None, "mean": None, "histogram": {}}
    assert told["total"]["days"] == {**none, "working": none}


def test_the_numbers_of_an_instant_are_counted_anew(opendata, ministry):
    def at(instant):
        told = opendata("status", "115q1", "--json", "--as-of", instant, "--data", ministry).json
        line = told["total"]
        return told["as_of"], line["received"], line["in_time"], line["open_late"]

    assert at("2026-03-02T09:59") == ("2026-03-02T09:59:00+08:00", 0, 0, 0)
    assert at("2026-03-09T23:59:59") == ("2026-03-09T23:59:59+08:00", 2, 1, 0)
    assert at("2026-03-09T16:00Z") == ("2026-03-10T00:00:00+08:00", 2, 1, 1)


def test_the_numbers_of_one_agency_are_told_alone(opendata, ministry):
    def of(name):
        told = opendata("status", "115Q1", "--json", "--agency", name, "--data", ministry)
        return [one["code"] for one in told.json["agencies"]], told.json["total"]["received"]

    assert of("法務部廉政署") == of("aac") == (["aac"], 2)
    assert of("臺灣高等檢察署") == ([], 0)
    unknown = opendata("status", "--agency", "交通部", "--data", ministry)
    assert (unknown.code, len(unknown.err)) == (2, 1)


def test_the_numbers_of_a_demo_are_those_of_its_own_day(opendata, tmp_path):
    (tmp_path / ".opendata").mkdir()
    TurnableClock(tmp_path / ".opendata" / FILE, now).begin(datetime(2018, 2, 5, 8, tzinfo=UTC))
    assert opendata("status", "--json").json["period"] == "107Q1"


def test_the_numbers_are_told_as_text_too(opendata, ministry):
    told = opendata("status", "115", "--as-of", "2026-03-10", "--data", ministry)
    assert told.code == 0
    assert told.out[0] == "115　統計至115年3月10日00:00"
    assert [line.split("　")[0] for line in told.out[1:]] == ["法務部廉政署", "合計"]
    assert "7日內1／2件" in told.out[2]


# -- proof


def change(folder, statement):
    with closing(sqlite3.connect(folder / "desk.sqlite")) as connection, connection:
        assert connection.execute(statement).rowcount == 1


def test_a_recount_finds_nothing_on_an_honest_desk(opendata, ministry):
    told = opendata("rebuild", "--check", "--data", ministry)
    assert (told.code, told.out) == (0, ["已重算2件，0處不符。"])
    as_json = opendata("rebuild", "--check", "--json", "--data", ministry)
    assert (as_json.code, as_json.json) == (0, {"cases": 2, "differences": []})


def test_what_differs_is_told_a_line_each_and_put_right(opendata, ministry):
    change(
        ministry,
        """UPDATE rows SET counters = json_set(counters, '$.days', 7, '$.refused', 1)
        WHERE pk = 'STATUS' AND sk = '115Q1#aac'""",
    )
    change(ministry, "UPDATE rows SET open_pk = NULL WHERE pk = 'CASE#S2' AND sk = 'HEAD'")
    change(
        ministry,
        """UPDATE rows SET data = json_set(data, '$.officer', 'U0NOBODY')
        WHERE pk = 'CASE#S97944' AND sk = 'HEAD'""",
    )
    told = opendata("rebuild", "--check", "--data", ministry)
    assert told.out == [
        "S2　索引位置與事件不符。",
        "S97944　現況與事件不符。",
        "115Q1 aac　days：儲存7，重算0",
        "115Q1 aac　refused：儲存1，重算0",
        "已重算2件，4處不符。",
    ]
    as_json = opendata("rebuild", "--check", "--json", "--data", ministry).json["differences"]
    days = {"what": "days", "of": "115Q1 aac", "stored": 7, "recounted": 0}
    assert days in as_json
    assert told.code == 1
    mended = opendata("rebuild", "--data", ministry)
    assert (mended.code, mended.out[-1]) == (0, "已重算2件，更正4處。")
    assert opendata("rebuild", "--check", "--data", ministry).code == 0


def test_what_cannot_be_read_is_told_and_no_counter_is_touched(opendata, ministry):
    change(ministry, "UPDATE rows SET data = '{}' WHERE pk = 'CASE#S2' AND sk = 'EVENT#00001'")
    told = opendata("rebuild", "--data", ministry)
    assert told.code == 1
    assert told.out[0].startswith("S2　無法讀取")
    assert "不符" in told.out[-1]


def test_a_store_as_we_left_it_is_proven(opendata, ministry):
    told = opendata("audit", "verify", "--data", ministry)
    assert (told.code, told.out) == (0, ["已驗證2件，0處不符。"])
    assert opendata("audit", "verify", "--json", "--data", ministry).json == {
        "cases": 2,
        "breaks": [],
    }


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        (f"UPDATE rows SET data = replace(data, '{OLIVE}', '{CAROL}')", "edited"),
        ("UPDATE rows SET data = json_set(data, '$.action', 'forgive')", "unreadable"),
        ("UPDATE rows SET data = '{'", "unreadable"),
        ("DELETE FROM rows", "missing"),
    ],
)
def test_a_tampered_event_is_found_and_its_case_named(opendata, ministry, statement, reason):
    change(ministry, f"{statement} WHERE pk = 'CASE#S97944' AND sk = 'EVENT#00002'")
    told = opendata("audit", "verify", "--json", "--data", ministry)
    assert (told.code, told.json["cases"]) == (1, 2)
    assert {found["case"] for found in told.json["breaks"]} == {"S97944"}
    assert reason in {found["reason"] for found in told.json["breaks"]}
    assert opendata("audit", "verify", "--data", ministry).out[0].startswith("S97944")


@pytest.mark.parametrize("state", ["received", "forgotten"])
def test_a_tampered_case_is_found_without_its_events(opendata, ministry, state):
    change(
        ministry,
        f"UPDATE rows SET data = json_set(data, '$.state', '{state}')"
        " WHERE pk = 'CASE#S97944' AND sk = 'HEAD'",
    )
    told = opendata("audit", "verify", "--data", ministry)
    assert (told.code, told.out[-1]) == (1, "已驗證2件，1處不符。")
    assert told.out[0].startswith("S97944")
