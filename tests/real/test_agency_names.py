import csv
import re

import pytest

from opendata.rules.people import Directory, shipped_agencies

FILES = {
    "datagovtw_viewdownload_2018-07-20_full.csv": "提供機關名稱",
    "tw-odc_2026-03-23_moj_plus500.csv": "提供機關",
}
# A rule apart from the tree itself: the ministry's names, the prosecutors' offices, and the one
# reform school that is listed by its own name.
OURS = re.compile(r"法務部.*|(臺灣|福建|最高).*檢察(分)?署|誠正中學")


@pytest.fixture(scope="module")
def names(real_data):
    found = set()
    for name, column in FILES.items():
        with (real_data / "catalogue" / name).open(encoding="utf-8-sig", newline="") as file:
            found |= {row[column] for row in csv.DictReader(file)}
    return found


def test_every_name_of_the_ministry_is_known_and_no_other(names):
    tree = Directory(shipped_agencies())
    known = {name for name in names if tree.resolve(name)}
    assert known == {name for name in names if OURS.fullmatch(name.strip())}
    assert len(known) == 77


def test_an_agency_that_was_renamed_is_one_agency(names):
    tree = Directory(shipped_agencies())
    both = ("法務部矯正署泰源技能訓練所", "法務部矯正署泰源監獄")
    assert names.issuperset(both)
    assert {tree.resolve(name).code for name in both} == {"aoc-prison-taiyuan"}
