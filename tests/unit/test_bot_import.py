"""Files that the coordinator hands in: who may, how they come out of Slack, what is told."""

import csv
import io
import logging
from dataclasses import replace
from datetime import date, datetime
from threading import Event

import pytest

from bot import handing_in, imports, modals
from opendata import texts, wiring
from opendata.adapters import ods
from opendata.adapters.import_files import Content, read_import
from opendata.adapters.roster_files import AGENCY_COLUMNS, DEPUTY_COLUMNS, PEOPLE_COLUMNS
from opendata.desk import inventory, recompute, roster
from opendata.desk.outbox import TASKS
from opendata.rules.calendar import shipped
from opendata.rules.errors import Invalid, NotAllowed, Stale, Stranger
from opendata.rules.people import Directory, Person, Role, shipped_agencies
from opendata.rules.roc import TAIPEI
from tests.office_calendar import calendar_file, with_day
from tests.slack import Reply, inputs
from tests.world import (
    ANNA,
    CAROL,
    CORA,
    ETHICS,
    GONE,
    HELEN,
    MINISTRY,
    OLIVE,
    OTTO,
    STRANGER,
    refuses,
)

CANARY = "金絲雀"
NEW = ("U0NEW", "王小明", "法務部", "承辦人", "zh", "是")
LONGEST_TEXT = 3000


def at(day):
    return datetime(day.year, day.month, day.day, 9, tzinfo=TAIPEI)


def table(columns, *rows):
    out = io.StringIO(newline="")
    csv.writer(out).writerows([columns, *rows])
    return out.getvalue().encode()


def people(n, agency=MINISTRY):
    return table(
        PEOPLE_COLUMNS, *((f"U{i:04}", f"第{i}人", agency, "officer", "", "") for i in range(n))
    )


@pytest.fixture
def upload(deployed, slack, replies):
    """Hand a file in: the coordinator's modal, filled in and submitted; what it is answered."""

    def handed(raw, who=CORA, **more):
        replies.setdefault("files/F1", lambda _: Reply(raw))
        url = f"{wiring.settings().slack_api_url}files/F1"
        file = {"id": "F1", "name": "名冊.csv", "size": len(raw), "url_private_download": url}
        slack.command(CORA, "import")
        return slack.submit(who, slack.shown(), file=[{**file, **more}])

    return handed


def error(answer):
    """What stands under the field of the file."""
    assert answer["response_action"] == "errors"
    assert list(answer["errors"]) == [modals.FILE]
    return answer["errors"][modals.FILE]


def outcome(answer):
    """The lines of the modal that tells what became of the file."""
    assert answer["response_action"] == "update"
    view = answer["view"]
    assert "submit" not in view
    told = [block["text"]["text"] for block in view["blocks"] if "text" in block]
    assert all(len(one) <= LONGEST_TEXT for one in told)
    return [line for one in told for line in one.split("\n")]


def directory(deployed):
    return deployed.desk.directory()


# -- the modal, and for whom


@pytest.mark.parametrize("word", ["import", "匯入", "IMPORT"])
def test_the_coordinator_is_asked_for_a_file_whose_columns_are_named(slack, word):
    assert slack.command(CORA, word) == {}
    view = slack.shown()
    (field,) = inputs(view)
    assert (view["callback_id"], field["block_id"]) == ("import", "file")
    assert field["element"] == {
        "type": "file_input",
        "action_id": "file",
        "filetypes": ["csv", "ods"],
        "max_files": 1,
    }
    for columns in (PEOPLE_COLUMNS, DEPUTY_COLUMNS, AGENCY_COLUMNS):
        assert ",".join(columns) in field["hint"]["text"]


@pytest.mark.parametrize("who", [OLIVE, HELEN, CAROL, ANNA, GONE, STRANGER])
def test_nobody_else_gets_the_modal_and_everybody_hears_why(slack, who):
    told = slack.command(who, "import")
    assert told["response_type"] == "ephemeral"
    assert told["text"]
    assert slack.heard == []


@pytest.mark.parametrize("who", [OLIVE, CAROL, STRANGER])
def test_a_file_of_anybody_else_is_not_even_fetched(deployed, slack, upload, who):
    before = deployed.rows()
    told = upload(table(PEOPLE_COLUMNS, NEW), who)
    assert told["response_action"] == "update"
    assert texts.say("zh", "modal.error") in str(told["view"])
    assert slack.heard == []
    assert deployed.rows() == before


def test_only_the_ministrys_own_active_coordinators_may_import():
    def person(id_, agency, *roles, active=True):
        return Person(id_, id_, agency, frozenset(roles), active=active)

    known = Directory(
        shipped_agencies(),
        (
            person("ours", MINISTRY, Role.COORDINATOR),
            person("below", ETHICS, Role.COORDINATOR),
            person("left", MINISTRY, Role.COORDINATOR, active=False),
            person("other", MINISTRY, *set(Role) - {Role.COORDINATOR}),
        ),
    )
    assert [one.id for one in known.people if known.may_import(one.id)] == ["ours"]
    assert not known.may_import("unknown")
    assert not replace(known, people=()).may_import("ours")


def test_who_may_not_is_told_from_who_is_unknown(world):
    refuses(NotAllowed, world, lambda: roster.for_import(world.desk, CAROL))
    refuses(Stranger, world, lambda: roster.for_import(world.desk, STRANGER))
    refuses(Stranger, world, lambda: roster.for_import(world.desk, GONE))


# -- what goes in


def test_good_rows_go_in_and_bad_ones_are_told_by_line(deployed, upload):
    bad = ("U0BAD", "李大華", "內政部", "officer", "", "")
    told = outcome(upload(table(PEOPLE_COLUMNS, NEW, bad)))
    assert told == ["人員：匯入1筆，未匯入1筆。", "第3行（agency）：沒有這個機關。"]
    assert directory(deployed).person("U0NEW").roles == {Role.OFFICER}
    assert directory(deployed).person("U0BAD") is None
    assert directory(deployed).person(OLIVE)


def test_a_file_of_bad_rows_changes_nothing(deployed, upload):
    before = deployed.rows()
    told = outcome(upload(people(2, "內政部")))
    assert told[0] == "人員：匯入0筆，未匯入2筆。"
    assert deployed.rows() == before


def test_deputies_and_agencies_are_known_by_their_headers(deployed, slack, upload, replies):
    deputy = (CAROL, OTTO, "115/3/9", "115/3/13", "代", "公假")
    assert outcome(upload(table(DEPUTY_COLUMNS, deputy)))[0] == "代理：匯入1筆，未匯入0筆。"
    assert OTTO in [one.by for one in directory(deployed).deputies]
    replies.clear()
    agency = (ETHICS, "法務部廉政署", MINISTRY, "臺北市", "C0NEW", "")
    assert outcome(upload(table(AGENCY_COLUMNS, agency)))[0] == "機關：匯入1筆，未匯入0筆。"
    assert directory(deployed).channel(ETHICS) == "C0NEW"


def confirm(slack, told, who=CORA):
    return slack.submit(who, {"id": "V1", **told["view"]})


def test_a_year_of_the_calendar_is_shown_first_and_goes_in_when_it_is_confirmed(
    deployed, slack, upload
):
    case = deployed.opened(posted_at=at(date(2026, 11, 18)))
    assert deployed.case(case).due.on == date(2026, 11, 25)
    before = deployed.rows()
    told = upload(calendar_file(with_day("20261125", "2", "選舉投票日")))
    assert told["view"]["callback_id"] == "calendar"
    lines = [one["text"]["text"] for one in told["view"]["blocks"]]
    assert lines == [
        "115年：與現有內容相差1日。\n115年11月25日（星期三）　改為放假（選舉投票日）",
        "期限因此變更之未結案件：1件。",
        "S97944　115年11月25日（星期三） → 115年11月26日（星期四）",
    ]
    assert deployed.rows() == before
    assert outcome(confirm(slack, told))[0].startswith("辦公日曆表：匯入1個年度")
    assert not deployed.desk.calendar().is_workday(date(2026, 11, 25))
    (task,) = (one for one in deployed.waiting() if one.kind in TASKS)
    recompute.perform(deployed.desk, task)
    assert deployed.case(case).due.on == date(2026, 11, 26)


@pytest.mark.parametrize("who", [OLIVE, CAROL, STRANGER])
def test_nobody_else_can_confirm_a_year(deployed, slack, upload, who):
    told = upload(calendar_file())
    before = deployed.rows()
    answer = confirm(slack, told, who)
    assert texts.say("zh", "modal.error") in str(answer["view"])
    assert deployed.rows() == before


def test_what_is_confirmed_is_what_was_shown(deployed, slack, upload, replies):
    told = upload(calendar_file())
    replies["files/F1"] = lambda _: Reply(calendar_file(with_day("20260219", "0")))
    before = deployed.rows()
    answer = confirm(slack, told)
    assert texts.say("zh", "fault.another_file") in str(answer["view"])
    assert deployed.rows() == before


def test_a_year_that_cannot_be_right_is_not_even_shown(deployed, upload):
    before = deployed.rows()
    told = error(upload(calendar_file(lambda rows: rows[:40] + rows[42:])))
    assert told == "缺少2日，第一個缺少的是115年2月10日（星期二）。"
    assert deployed.rows() == before


def test_an_address_too_long_to_be_slacks_is_refused(deployed, upload, replies):
    path = f"files/{'x' * 3000}"
    replies[path] = lambda _: Reply(calendar_file())
    url = f"{wiring.settings().slack_api_url}{path}"
    told = error(upload(calendar_file(), url_private_download=url))
    assert told == texts.say("zh", "fault.file_not_given")


def test_a_calendar_with_wrong_lines_does_not_go_in_and_not_all_of_them_are_listed(
    deployed, upload
):
    def without_weekdays(rows):
        return [(day, "八", off, name) for day, _, off, name in rows]

    told = outcome(upload(calendar_file(without_weekdays)))
    assert told[0].startswith("辦公日曆表：匯入0個年度，365行有誤")
    assert len(told[1:]) == handing_in.REFUSED_ROWS
    assert deployed.desk.calendar() == shipped()


def test_more_faults_than_fit_are_counted(upload):
    answer = upload(people(handing_in.REFUSED_ROWS + 7, "甲" * 5000))
    assert len(outcome(answer)[1:]) == handing_in.REFUSED_ROWS
    assert texts.say("zh", "import.more", n=7) in str(answer["view"]["blocks"][-1])


def test_a_persons_language_is_spoken(deployed, upload):
    cora = replace(directory(deployed).person(CORA), locale="en")
    roster.import_people(deployed.desk, [cora])
    assert outcome(upload(table(PEOPLE_COLUMNS, NEW))) == ["People: 1 imported, 0 not."]


# -- at once, or not at all


INVENTORY = ("機關", "資料集名稱", "開放程度", "預計開放年度", "盤點編號")


def items(n, agency="法務部廉政署"):
    return table(INVENTORY, *((agency, f"第{i}項", "開放", "115", f"A{i}") for i in range(n)))


def test_a_list_of_the_inventory_goes_in_whatever_agencies_it_names(deployed, slack, upload):
    raw = table(
        INVENTORY,
        ("法務部廉政署", "廉政統計", "開放", "115", "A1"),
        ("法務部", "預算書", "開放", "115", "M1"),
        ("文化部", "展覽", "開放", "115", "X1"),
        ("法務部廉政署", "無年度", "開放", "", "A2"),
    )
    told = outcome(upload(raw))
    assert told[0] == "資料盤點表：新增2項、異動0項、相同0項，未匯入2列。"
    assert [line.split("行")[0] for line in told[1:]] == ["第4", "第5"]
    assert {inventory.item(deployed.desk, one).agency for one in ("A1", "M1")} == {ETHICS, MINISTRY}
    assert inventory.history(deployed.desk, "A1")[0].by == CORA
    assert outcome(upload(raw))[0].startswith("資料盤點表：新增0項、異動0項、相同2項")


def test_an_inventory_as_ods_goes_in_too(deployed, upload):
    raw = ods.written([INVENTORY, ("法務部廉政署", "廉政統計", "開放", "115", "A1")])
    assert outcome(upload(raw))[0].startswith("資料盤點表：新增1項")


def test_an_inventory_too_long_for_slack_changes_nothing_and_leads_to_the_command_line(
    deployed, upload
):
    most = handing_in.MOST_ITEMS
    assert "opendata inventory import" in error(upload(items(most + 1)))
    assert list(inventory.every(deployed.desk)) == []


def test_an_inventory_as_long_as_slack_takes_goes_in(deployed, upload):
    most = handing_in.MOST_ITEMS
    assert outcome(upload(items(most)))[0].startswith(f"資料盤點表：新增{most}項")


def test_as_many_as_one_transaction_takes_go_in(deployed, upload):
    assert outcome(upload(people(roster.AT_ONCE)))[0].startswith(f"人員：匯入{roster.AT_ONCE}筆")
    assert directory(deployed).person(f"U{roster.AT_ONCE - 1:04}")


def test_more_than_one_transaction_takes_are_left_to_the_command_line(deployed, upload):
    before = deployed.rows()
    told = error(upload(people(roster.AT_ONCE + 1)))
    assert str(roster.AT_ONCE + 1) in told
    assert "opendata people import" in told
    assert deployed.rows() == before


def test_the_shipped_tree_counts_at_the_first_import_of_agencies(deployed, monkeypatch):
    desk = wiring.make_desk(replace(wiring.settings(), data=deployed.path.parent / "empty"))
    judged = desk.directory()
    with pytest.raises(Invalid) as refused:
        roster.hand_in(desk, judged, shipped_agencies()[:1])
    assert [fault.code for fault in refused.value.faults] == ["too_many_rows"]
    assert desk.directory().version == 0
    desk.store.close()


def test_what_was_judged_by_an_older_roster_is_not_written(world):
    judged = world.desk.directory()
    roster.import_people(world.desk, [replace(judged.person(CORA), active=False)])
    new = Person("U0NEW", "王小明", MINISTRY, frozenset({Role.CIO}))
    refuses(Stale, world, lambda: roster.hand_in(world.desk, judged, [new]))


# -- out of Slack


def test_the_file_is_asked_for_with_the_bots_token(upload, replies):
    seen = []

    def reply(token):
        seen.append(token)
        return Reply(table(PEOPLE_COLUMNS, NEW))

    replies["files/F1"] = reply
    outcome(upload(b""))
    assert seen == ["xoxb-test"]


LOGIN = Reply(b"<!DOCTYPE html>", headers={"content-type": "text/html; charset=utf-8"})


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (Reply(b"", 302, {"location": "/login"}), "file_not_given"),
        (LOGIN, "file_not_given"),
        (Reply(b"", 403), "file_not_given"),
        (Reply(b"", 404), "file_not_given"),
        (Reply(b"", 429), "file_away"),
        (Reply(b"", 503), "file_away"),
        (Reply(people(40_000)), "file_too_large"),
        (Reply(b""), "empty"),
        (Reply(b"\xff\xfe\xff"), "encoding"),
        (Reply(b"a,b\n1,2\n"), "unknown_columns"),
        (Reply(b'slack_user_id,name\n"U1'), "not_csv"),
    ],
)
def test_what_is_no_file_that_can_be_read_is_told_under_the_field(
    deployed, slack, upload, replies, reply, code
):
    before = deployed.rows()
    replies["files/F1"] = lambda _: reply
    told = error(upload(b"x"))
    assert texts.say("zh", f"fault.{code}") in told
    assert {called for called, _ in slack.heard} == {"files/F1"}
    assert deployed.rows() == before


def test_a_column_that_is_missing_is_named(upload):
    assert "「roles」" in error(upload(b"slack_user_id,name,agency,locale,active\n"))


def test_a_file_that_says_it_is_too_large_is_not_fetched(slack, upload):
    told = error(upload(b"x", size=imports.LARGEST + 1))
    assert told == texts.say("zh", "fault.file_too_large")
    assert slack.heard == []


def test_a_file_that_comes_too_slowly_is_given_up(deployed, upload, replies, monkeypatch):
    monkeypatch.setattr(imports, "FETCH_SECONDS", 0.2)
    asked, given_up = Event(), Event()

    def late(_):
        asked.set()
        given_up.wait(10)
        return Reply(people(1))

    replies["files/F1"] = late
    before = deployed.rows()
    assert error(upload(people(1))) == texts.say("zh", "fault.file_away")
    assert asked.is_set()
    assert deployed.rows() == before
    given_up.set()


def test_a_file_that_never_comes_is_given_up(upload, replies):
    def hang_up(_):
        raise ConnectionAbortedError  # the server closes without an answer

    replies["files/F1"] = hang_up
    assert error(upload(people(1))) == texts.say("zh", "fault.file_away")


def test_without_a_file_the_field_says_so(slack):
    slack.command(CORA, "import")
    told = slack.submit(CORA, slack.shown())
    assert error(told) == texts.say("zh", "fault.file_missing")


@pytest.mark.parametrize("url", ["", "https://files.evil.example/F1", "file:///etc/passwd"])
def test_the_token_is_shown_to_nobody_but_slack(slack, upload, url):
    assert error(upload(b"x", url_private_download=url)) == texts.say("zh", "fault.file_not_given")
    assert slack.heard == []


@pytest.mark.parametrize(
    ("url", "is_slacks"),
    [
        ("https://files.slack.com/files-pri/T1-F1/download/a.csv", True),
        ("https://slack.com/F1", True),
        ("http://files.slack.com/F1", False),
        ("https://files.slack.com.evil.example/F1", False),
        ("https://evilslack.com/F1", False),
        ("https://evil.example/files.slack.com", False),
        ("https://files.slack.com@evil.example/F1", False),
        ("https://[", False),
    ],
)
def test_slacks_files_lie_within_slacks_own_domain(url, is_slacks):
    assert imports._is_slacks(url, "https://slack.com/api/") is is_slacks


def test_no_word_of_a_file_is_logged(upload, replies, caplog, capsys):
    caplog.set_level(logging.INFO)
    rows = ((f"U{CANARY}", CANARY, "moj", "officer", "", ""), (CANARY,) * 6)
    for raw in (table(PEOPLE_COLUMNS, *rows), table((CANARY,), (CANARY,)), CANARY.encode("utf-16")):
        replies.pop("files/F1", None)
        upload(raw, name=f"{CANARY}.csv")
    replies["files/F1"] = lambda _: Reply(CANARY.encode(), 500)
    upload(b"x")
    assert CANARY not in caplog.text + "".join(capsys.readouterr())


# -- which import a file is


@pytest.mark.parametrize(
    ("raw", "content"),
    [
        (table(PEOPLE_COLUMNS, ("for", "by", "moj", "officer", "", "")), Content.PEOPLE),
        (table(DEPUTY_COLUMNS), Content.DEPUTIES),
        (table(AGENCY_COLUMNS), Content.AGENCIES),
        (calendar_file(), Content.CALENDAR),
    ],
)
def test_a_file_is_what_its_header_says(raw, content):
    known = Directory(shipped_agencies())
    assert read_import(raw, "x", known).content is content
    with pytest.raises(Invalid) as refused:
        read_import(raw, "x", known, set(Content) - {content})
    assert [fault.code for fault in refused.value.faults] == ["unknown_columns"]
