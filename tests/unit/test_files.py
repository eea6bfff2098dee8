import csv
import io
from datetime import date
from importlib import resources

import pytest

from opendata.adapters.dgpa import read_year
from opendata.adapters.import_files import Content, content_of
from opendata.adapters.roster_files import (
    AGENCY_COLUMNS,
    DEPUTY_COLUMNS,
    PEOPLE_COLUMNS,
    read_agencies,
    read_deputies,
    read_people,
)
from opendata.adapters.tables import decode_text, read_table
from opendata.rules.calendar import shipped
from opendata.rules.errors import Invalid
from opendata.rules.people import Agency, Directory, Form, Role, shipped_agencies

MOJ = Agency("moj", "法務部", county="臺北市")
AAC = Agency("aac", "法務部廉政署", "moj")
TREE = Directory((MOJ, AAC))
WEEKDAYS = "一二三四五六日"


def table(columns, *rows):
    out = io.StringIO(newline="")
    csv.writer(out).writerows([columns, *rows])
    return out.getvalue().encode()


def calendar_file(change=lambda rows: rows, encoding="utf-8-sig", newline="\r\n"):
    """A year as DGPA writes it, made of the shipped table; ``change`` edits its rows."""
    rows = [
        [f"{day.date:%Y%m%d}", WEEKDAYS[day.date.weekday()], "2" if day.off else "0", day.name]
        for day in shipped().years[114].days()
    ]
    lines = [["西元日期", "星期", "是否放假", "備註"], *change(rows)]
    return newline.join([*(",".join(line) for line in lines), ""]).encode(encoding)


def codes(refused):
    return [fault.code for fault in refused.value.faults]


def told(faults):
    return [(one.line, one.fault.field, one.fault.code) for one in faults]


# -- tables


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp950"])
def test_the_encoding_is_found_file_by_file(encoding):
    raw = "機關,備註\r\n法務部,臺灣碁峰\r\n".encode(encoding)
    (row,) = read_table(raw, ("機關",)).rows
    assert row.cells == {"機關": "法務部", "備註": "臺灣碁峰"}


def test_what_is_neither_utf8_nor_cp950_is_refused():
    with pytest.raises(Invalid) as refused:
        decode_text(b"\xff\xff\xff")
    assert codes(refused) == ["encoding"]


def test_a_mark_of_utf8_is_a_promise():
    with pytest.raises(Invalid):
        decode_text(b"\xef\xbb\xbf" + "機關".encode("cp950"))


def test_lines_are_counted_where_a_record_begins():
    raw = b'a,b\r\n1,"x\r\ny"\r\n\r\n3,4\r\n5\r\n6,7,8\r\n'
    read = read_table(raw, ("a", "b"))
    assert [(row.line, row.cells["b"]) for row in read.rows] == [(2, "x\r\ny"), (5, "4")]
    assert told(read.faults) == [(6, "", "cells"), (7, "", "cells")]
    assert dict(read.faults[0].fault.params) == {"expected": 2, "found": 1}


@pytest.mark.parametrize("raw", [b"", b"\r\n\r\n", b"\xef\xbb\xbf"])
def test_a_file_without_a_header_is_refused(raw):
    with pytest.raises(Invalid) as refused:
        read_table(raw, ("a",))
    assert codes(refused) == ["empty"]


def test_missing_and_doubled_columns_are_named():
    with pytest.raises(Invalid) as refused:
        read_table(b"a,a,c\n1,2,3\n", ("a", "b", "c"))
    assert [(fault.field, fault.code) for fault in refused.value.faults] == [
        ("b", "column_missing"),
        ("a", "column_twice"),
    ]


def test_columns_nobody_asked_for_do_no_harm():
    assert read_table(b" a ,x,x\n1,2,3\n", ("a",)).rows[0].cells["a"] == "1"


def test_a_quotation_mark_that_never_closes_is_reported_with_its_line():
    with pytest.raises(Invalid) as refused:
        read_table(b'a,b\n1,2\n"3,4\n5,6\n', ("a",))
    (fault,) = refused.value.faults
    assert (fault.code, dict(fault.params)) == ("not_csv", {"line": 3})


# -- the office calendar


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "cp950"])
@pytest.mark.parametrize("newline", ["\r\n", "\n"])
def test_a_calendar_is_read_in_every_encoding(encoding, newline):
    source = shipped().years[114].source
    raw = calendar_file(encoding=encoding, newline=newline)
    assert read_year(raw, source) == shipped().years[114]


@pytest.mark.parametrize("word", ["", "調整上班", "補行上班", "放假"])
def test_only_the_column_decides_whether_a_day_is_off(word):
    make_up = 31 + 8 - 1

    def rename(rows):
        rows[make_up][3] = word
        return rows

    assert date(2025, 2, 8) not in read_year(calendar_file(rename), "x").off


def test_a_revised_year_takes_the_place_of_the_first():
    def before_the_new_law(rows):
        for row in rows:
            if row[0] in ("20250929", "20251024", "20251225"):
                row[2:] = ["0", ""]
        return rows

    first = shipped().with_year(read_year(calendar_file(before_the_new_law), "114"))
    revised = first.with_year(read_year(calendar_file(), "114 修正版"))
    assert first.is_workday(date(2025, 12, 25))
    assert not revised.is_workday(date(2025, 12, 25))
    assert len(revised.years[114].off) - len(first.years[114].off) == 3


def test_a_calendar_with_a_wrong_line_is_refused_with_that_line():
    def spoil(rows):
        rows[0][2], rows[1][1], rows[2][0] = "1", "日", "2025013"
        rows[3].append("x")
        return rows

    with pytest.raises(Invalid) as refused:
        read_year(calendar_file(spoil), "x")
    assert [(dict(one.params)["line"], one.code) for one in refused.value.faults] == [
        (2, "not_a_kind_of_day"),
        (3, "wrong_weekday"),
        (4, "not_a_date"),
        (5, "cells"),
    ]


def test_a_calendar_with_a_gap_is_refused():
    with pytest.raises(Invalid) as refused:
        read_year(calendar_file(lambda rows: rows[:100] + rows[101:]), "x")
    assert codes(refused) == ["missing"]


def test_a_calendar_cut_off_in_the_middle_is_refused():
    with pytest.raises(Invalid) as refused:
        read_year(calendar_file(lambda rows: rows[:200]), "x")
    assert "missing" in codes(refused)


def test_a_header_without_days_never_replaces_a_year():
    with pytest.raises(Invalid) as refused:
        read_year(calendar_file(lambda _: []), "x")
    assert codes(refused) == ["no_days"]


def test_some_other_file_is_not_taken_for_a_calendar():
    with pytest.raises(Invalid) as refused:
        read_year(table(PEOPLE_COLUMNS), "x")
    assert set(codes(refused)) == {"column_missing"}


# -- agencies


def test_the_shipped_agencies_are_a_file_that_can_be_imported():
    raw = resources.files("opendata.rules").joinpath("agencies.csv").read_bytes()
    assert read_agencies(raw) == (shipped_agencies(), ())


def test_an_agency_is_read_with_its_channel_and_former_names():
    raw = table(
        AGENCY_COLUMNS,
        ("moj", " 法務部 ", "", "台北市", "", ""),
        ("aac", "法務部廉政署", "moj", "", "C012", "肅貪署; 政風司 ;"),
    )
    assert read_agencies(raw) == (
        (
            MOJ,
            Agency("aac", "法務部廉政署", "moj", "", "C012", ("肅貪署", "政風司")),
        ),
        (),
    )


def test_bad_agencies_are_reported_and_the_good_ones_go_in():
    raw = table(
        AGENCY_COLUMNS,
        ("moj", "法務部", "", "", "", ""),
        ("AAC#1", "法務部廉政署", "moj", "", "", ""),
        ("aea", "", "moj", "", "", ""),
        ("top", "另一部", "", "", "", ""),
        ("lost", "走失署", "nowhere", "", "", ""),
        ("below-lost", "走失分署", "lost", "", "", ""),
        ("a", "甲", "b", "", "", ""),
        ("b", "乙", "a", "", "", ""),
        ("self", "自己", "self", "", "", ""),
        ("moj", "法務部二", "", "", "", ""),
        ("aac", "法務部廉政署"),
        ("aac", "法務部廉政署", "moj", "", "", ""),
    )
    agencies, faults = read_agencies(raw)
    assert [agency.code for agency in agencies] == ["moj", "aac"]
    assert told(faults) == [
        (3, "code", "not_a_code"),
        (4, "name", "required"),
        (5, "parent", "second_root"),
        (6, "parent", "unknown_parent"),
        (7, "parent", "unknown_parent"),
        (8, "parent", "own_ancestor"),
        (9, "parent", "own_ancestor"),
        (10, "parent", "own_ancestor"),
        (11, "", "twice"),
        (12, "", "cells"),
    ]


def test_a_part_of_the_tree_is_read_onto_what_is_known():
    raw = table(AGENCY_COLUMNS, ("aac", "法務部廉政署", "moj", "臺北市", "C9", ""))
    (changed,), faults = read_agencies(raw, known=(MOJ, AAC))
    assert (changed.channel, faults) == ("C9", ())
    (), faults = read_agencies(raw)
    assert told(faults) == [(2, "parent", "unknown_parent")]


# -- people


def test_a_person_is_read_with_chinese_roles_and_an_agency_by_name():
    raw = table(
        PEOPLE_COLUMNS,
        ("U1", "王小明", "法務部　廉政署", "承辦人;單位主管", "", ""),
        ("U2", "Carol", "moj", "cio；LEGAL、委員", "en", "否"),
        ("U3", "無職", "moj", "", "zh-TW", "1"),
    )
    people, faults = read_people(raw, TREE)
    assert faults == ()
    assert [(one.agency, set(one.roles), one.locale, one.active) for one in people] == [
        ("aac", {Role.OFFICER, Role.SECTION_HEAD}, "zh", True),
        ("moj", {Role.CIO, Role.LEGAL, Role.MEMBER}, "en", False),
        ("moj", set(), "zh", True),
    ]


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("承辦人", "officer"),
        ("單位主管", "section_head"),
        ("法制", "legal"),
        ("資訊長", "cio"),
        ("窗口", "coordinator"),
        ("委員", "member"),
        ("稽核", "auditor"),
    ],
)
def test_every_role_has_a_chinese_name(name, role):
    rows = [("U1", "a", "moj", name, "", ""), ("U2", "b", "moj", role, "", "")]
    (chinese, english), _ = read_people(table(PEOPLE_COLUMNS, *rows), TREE)
    assert chinese.roles == english.roles == {Role(role)}


def test_bad_people_are_reported_and_the_good_ones_go_in():
    raw = table(
        PEOPLE_COLUMNS,
        ("U1", "甲", "內政部", "officer", "", ""),
        ("U2", "乙", "moj", "officer;長官", "", ""),
        ("U3", "丙", "moj", "officer", "fr", ""),
        ("U4", "丁", "moj", "officer", "", "maybe"),
        ("", "戊", "moj", "officer", "", ""),
        ("U6", "己", "moj", "officer", "", ""),
        ("U6", "庚", "moj", "cio", "", ""),
    )
    people, faults = read_people(raw, TREE)
    assert [(one.id, one.name) for one in people] == [("U6", "己")]
    assert told(faults) == [
        (2, "agency", "unknown_agency"),
        (3, "roles", "not_a_role"),
        (4, "locale", "not_a_locale"),
        (5, "active", "not_yes_or_no"),
        (6, "slack_user_id", "required"),
        (8, "", "twice"),
    ]


# -- deputies


@pytest.mark.parametrize(
    ("word", "form"),
    [
        ("代", Form.ACTING_FOR_ABSENT),
        ("代行", Form.ACTING_FOR_ABSENT),
        ("代理", Form.ACTING),
        ("授權決行", Form.DELEGATED),
        ("delegated", Form.DELEGATED),
    ],
)
def test_a_deputy_is_read_with_roc_and_iso_dates(word, form):
    raw = table(DEPUTY_COLUMNS, ("U1", "U2", "115年2月23日", "2026-02-27", word, "出國"))
    (deputy,), faults = read_deputies(raw)
    assert faults == ()
    assert (deputy.for_, deputy.by, deputy.form, deputy.ground) == ("U1", "U2", form, "出國")
    assert (deputy.start, deputy.end) == (date(2026, 2, 23), date(2026, 2, 27))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp950"])
@pytest.mark.parametrize("before", ["", "\r\n"])
@pytest.mark.parametrize(
    "header",
    [
        "for,by,from,to,form,ground",
        '"for","by","from","to","form","ground"',
        " for ,ground,by\t,備註",
    ],
)
def test_deputies_are_known_by_their_header_however_it_is_written(header, before, encoding):
    raw = f"{before}{header}\r\nU1,U2,115/2/23,115/2/27,代,公出\r\n".encode(encoding)
    assert content_of(raw) is Content.DEPUTIES


def test_people_are_no_deputies():
    raw = table(PEOPLE_COLUMNS, ("for", "by", "moj", "officer", "", ""))
    assert content_of(raw) is Content.PEOPLE


def test_bad_deputies_are_reported_and_the_good_ones_go_in():
    raw = table(
        DEPUTY_COLUMNS,
        ("U1", "U2", "115/2/23", "115/2/22", "代", "公出"),
        ("U1", "U2", "下週", "115/2/22", "代", "公出"),
        ("U1", "U1", "115/2/23", "115/2/23", "代", "公出"),
        ("U1", "U2", "115/2/23", "115/2/23", "幫忙", "公出"),
        ("U1", "U2", "115/2/23", "115/2/23", "代", ""),
        ("U1", "U2", "115/2/23", "115/2/23", "代", "公出"),
        ("U1", "U2", "1150223", "115/2/27", "代", "公出"),
    )
    deputies, faults = read_deputies(raw)
    assert len(deputies) == 1
    assert told(faults) == [
        (2, "to", "ends_before_start"),
        (3, "from", "not_a_date"),
        (4, "by", "own_deputy"),
        (5, "form", "not_a_form"),
        (6, "ground", "required"),
        (8, "", "twice"),
    ]
