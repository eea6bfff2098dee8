from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opendata.rules.errors import NotFound
from opendata.rules.people import (
    Agency,
    Capacity,
    Deputy,
    Directory,
    Finding,
    Form,
    Person,
    Role,
    name_key,
    shipped_agencies,
)

TREE = (
    Agency("moj", "法務部", county="臺北市", channel="C0"),
    Agency("hpo", "臺灣高等檢察署", "moj", "臺北市", "C1", ("臺灣高等法院檢察署",)),
    Agency("dpo", "臺灣臺北地方檢察署", "hpo", "", "C2", ("臺灣臺北地方法院檢察署",)),
    Agency("aac", "法務部廉政署", "moj", "臺北市", "C3"),
)
TODAY = date(2026, 2, 23)


def person(id_, agency, *roles, active=True):
    return Person(id_, id_.title(), agency, frozenset(roles), active=active)


OFFICER = person("olive", "dpo", Role.OFFICER)
HEAD = person("helen", "dpo", Role.SECTION_HEAD)
CIO = person("carol", "moj", Role.CIO)
HIGH_CIO = person("harry", "hpo", Role.CIO)
DEPUTY = person("derek", "moj")
COORDINATOR = person("cora", "moj", Role.COORDINATOR)


def directory(*people, deputies=(), agencies=TREE):
    return Directory(agencies, people, tuple(deputies))


def deputises(form=Form.ACTING_FOR_ABSENT, *, for_="carol", by="derek", start=TODAY, end=TODAY):
    return Deputy(for_, by, start, end, form, "公出")


def able(roster, agency="dpo", on=TODAY):
    return [(one.person.id, one.capacity) for one in roster.approvers(agency, on)]


# -- names and the tree


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("法務部", "moj"),
        ("　法務部 ", "moj"),
        ("台灣台北地方檢察署", "dpo"),
        ("臺灣臺北地方法院檢察署", "dpo"),
        ("法務部　廉政署", "aac"),
        ("法務部\n廉政署", "aac"),
    ],
)
def test_a_name_is_known_in_all_its_spellings_and_by_its_former_ones(name, code):
    assert directory().resolve(name).code == code


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "法務",
        "法務部廉政",
        "法務部廉政署北部地區調查組",
        "廉政署",
        "臺北市政府法務局",
        "臺灣高等法院",
    ],
)
def test_a_name_is_never_guessed(name):
    assert directory().resolve(name) is None


def test_a_name_that_two_agencies_share_is_nobodys():
    twins = (*TREE, Agency("aac-2", "法務部廉政署", "moj"))
    assert directory(agencies=twins).resolve("法務部廉政署") is None


def test_a_present_name_wins_over_a_former_one_of_another():
    split = (*TREE, Agency("old", "臺灣高等法院檢察署", "moj"))
    assert directory(agencies=split).resolve("臺灣高等法院檢察署").code == "old"


def test_the_line_leads_from_the_agency_to_the_ministry():
    assert [one.code for one in directory().ancestors("dpo")] == ["dpo", "hpo", "moj"]
    assert directory().ancestors("nobody") == ()
    assert directory().root.code == "moj"


def test_a_loop_in_the_tree_ends():
    loop = (Agency("a", "甲", "b"), Agency("b", "乙", "a"))
    assert [one.code for one in directory(agencies=loop).ancestors("a")] == ["a", "b"]


def test_an_empty_tree_has_no_root():
    with pytest.raises(NotFound):
        _ = directory(agencies=()).root


def test_an_agency_without_a_seat_has_that_of_the_one_above():
    assert directory().seat("dpo") == "臺北市"
    assert directory().seat("nobody") == ""


# -- roles


def test_an_officer_works_in_exactly_the_own_agency():
    roster = directory(OFFICER, HEAD, person("otto", "moj", Role.OFFICER, Role.SECTION_HEAD))
    assert roster.roles_in(OFFICER, "dpo") == {Role.OFFICER}
    assert roster.roles_in(OFFICER, "hpo") == frozenset()
    assert roster.roles_in(roster.person("otto"), "dpo") == frozenset()
    assert roster.reviewers("dpo") == (HEAD,)
    assert roster.reviewers("moj") == (roster.person("otto"),)


@pytest.mark.parametrize("role", [Role.LEGAL, Role.CIO, Role.COORDINATOR, Role.AUDITOR])
def test_the_offices_above_count_in_all_agencies_below(role):
    above = person("anna", "hpo", role)
    roster = directory(above)
    assert roster.roles_in(above, "hpo") == roster.roles_in(above, "dpo") == {role}
    assert roster.roles_in(above, "moj") == roster.roles_in(above, "aac") == frozenset()


def test_a_member_of_the_advisory_group_has_no_role_in_cases():
    member = person("mina", "moj", Role.MEMBER)
    assert directory(member).roles_in(member, "moj") == frozenset()


def test_a_stranger_has_no_role_and_covers_nothing():
    roster = directory(OFFICER)
    assert roster.roles_in(COORDINATOR, "moj") == frozenset()
    assert not roster.covers(COORDINATOR, "moj")
    assert roster.person("cora") is None


def test_the_roster_decides_not_what_is_claimed():
    claimed = person("olive", "moj", Role.CIO, Role.COORDINATOR)
    roster = directory(OFFICER)
    assert roster.roles_in(claimed, "dpo") == {Role.OFFICER}
    assert not roster.covers(claimed, "moj")


def test_who_left_has_no_role_left():
    gone = person("gwen", "moj", Role.CIO, Role.COORDINATOR, active=False)
    roster = directory(gone)
    assert roster.roles_in(gone, "moj") == frozenset()
    assert not roster.covers(gone, "dpo")
    assert roster.holders(Role.CIO, "moj") == ()
    assert able(roster) == []


def test_the_nearest_holders_are_those_of_the_agency_or_next_above():
    legal = person("lena", "moj", Role.LEGAL)
    roster = directory(legal, person("leo", "hpo", Role.LEGAL, active=False))
    assert roster.nearest_holders(Role.LEGAL, "dpo") == (legal,)
    assert roster.nearest_holders(Role.AUDITOR, "dpo") == ()


# -- approvers


def test_an_empty_roster_means_nobody_may_never_anybody():
    assert able(directory()) == []
    assert able(directory(CIO), agency="nobody") == []


def test_the_cio_of_the_nearest_agency_approves():
    assert able(directory(CIO, HIGH_CIO)) == [("harry", Capacity.CIO)]
    assert able(directory(CIO, HIGH_CIO), agency="aac") == [("carol", Capacity.CIO)]
    assert able(directory(CIO)) == [("carol", Capacity.CIO)]


@pytest.mark.parametrize(
    ("form", "capacity"),
    [
        (Form.ACTING_FOR_ABSENT, Capacity.DEPUTY_ABSENT),
        (Form.ACTING, Capacity.ACTING),
        (Form.DELEGATED, Capacity.DELEGATED),
    ],
)
def test_a_deputy_approves_in_the_capacity_of_the_form(form, capacity):
    roster = directory(CIO, DEPUTY, deputies=[deputises(form)])
    assert able(roster) == [("carol", Capacity.CIO), ("derek", capacity)]
    assert roster.approvers("dpo", TODAY)[1].for_ == CIO


@pytest.mark.parametrize(
    ("on", "may"),
    [
        (date(2026, 2, 19), False),
        (date(2026, 2, 20), True),
        (date(2026, 2, 23), True),
        (date(2026, 2, 24), False),
    ],
)
def test_both_days_of_a_deputys_term_are_included(on, may):
    term = deputises(start=date(2026, 2, 20), end=date(2026, 2, 23))
    roster = directory(CIO, DEPUTY, deputies=[term])
    assert (("derek", Capacity.DEPUTY_ABSENT) in able(roster, on=on)) is may


def test_a_deputy_who_left_may_not():
    gone = person("derek", "moj", active=False)
    assert able(directory(CIO, gone, deputies=[deputises()])) == [("carol", Capacity.CIO)]


@pytest.mark.parametrize("form", [Form.ACTING_FOR_ABSENT, Form.DELEGATED])
def test_the_power_given_by_a_cio_ends_when_the_cio_leaves(form):
    gone = person("carol", "moj", Role.CIO, active=False)
    assert able(directory(gone, DEPUTY, deputies=[deputises(form)])) == []


def test_a_vacant_post_has_an_acting_approver():
    gone = person("carol", "moj", Role.CIO, active=False)
    roster = directory(gone, DEPUTY, deputies=[deputises(Form.ACTING)])
    assert able(roster) == [("derek", Capacity.ACTING)]


def test_an_acting_approver_of_the_agency_comes_before_the_cio_above():
    gone = person("harry", "hpo", Role.CIO, active=False)
    acting = deputises(Form.ACTING, for_="harry")
    assert able(directory(CIO, gone, DEPUTY, deputies=[acting])) == [("derek", Capacity.ACTING)]
    assert able(directory(CIO, gone, DEPUTY)) == [("carol", Capacity.CIO)]


@pytest.mark.parametrize("form", Form)
def test_nobody_becomes_an_approver_by_deputising_for_someone_who_is_no_cio(form):
    former = person("carol", "moj", Role.OFFICER)
    assert able(directory(former, DEPUTY, deputies=[deputises(form)])) == []


def test_a_deputy_of_the_cio_above_does_not_approve_where_a_nearer_cio_is():
    roster = directory(CIO, HIGH_CIO, DEPUTY, deputies=[deputises()])
    assert able(roster) == [("harry", Capacity.CIO)]


def test_a_cio_who_deputises_for_another_still_approves_as_cio():
    second = person("derek", "moj", Role.CIO)
    roster = directory(CIO, second, deputies=[deputises()])
    assert able(roster) == [("carol", Capacity.CIO), ("derek", Capacity.CIO)]


PEOPLE = st.builds(
    Person,
    id=st.sampled_from("abcd"),
    name=st.just("x"),
    agency=st.sampled_from(["moj", "hpo", "dpo", "aac", "gone"]),
    roles=st.frozensets(st.sampled_from(Role)),
    active=st.booleans(),
)
DAYS = st.dates(date(2026, 2, 1), date(2026, 2, 28))
DEPUTIES = st.builds(
    Deputy,
    for_=st.sampled_from("abcde"),
    by=st.sampled_from("abcde"),
    start=DAYS,
    end=DAYS,
    form=st.sampled_from(Form),
)


@given(
    st.lists(PEOPLE, max_size=4, unique_by=lambda one: one.id),
    st.lists(DEPUTIES, max_size=3),
    st.sampled_from([agency.code for agency in TREE]),
    DAYS,
)
def test_every_approver_is_active_and_is_a_cio_above_or_stands_in_for_one(
    people, deputies, code, on
):
    roster = directory(*people, deputies=deputies)
    line = {agency.code for agency in roster.ancestors(code)}
    for approver in roster.approvers(code, on):
        post = approver.for_ or approver.person
        assert approver.person.active
        assert Role.CIO in post.roles
        assert post.agency in line
        assert post.active or approver.capacity is Capacity.ACTING
        assert (approver.for_ is None) == (approver.capacity is Capacity.CIO)
        assert approver.for_ is None or any(
            (one.for_, one.by) == (post.id, approver.person.id) and one.valid_on(on)
            for one in deputies
        )


@given(st.lists(PEOPLE, max_size=4), st.lists(DEPUTIES, max_size=3), DAYS)
def test_a_check_never_fails_whatever_was_imported(people, deputies, on):
    assert isinstance(directory(*people, deputies=deputies).check(on), tuple)


# -- people check


def findings(roster):
    return {(one.code, *(value for _, value in one.params)) for one in roster.check(TODAY)}


def test_a_full_roster_gives_no_finding():
    officers = [person(f"o-{agency.code}", agency.code, Role.OFFICER) for agency in TREE]
    roster = directory(CIO, DEPUTY, COORDINATOR, *officers, deputies=[deputises()])
    assert roster.check(TODAY) == ()


def test_an_empty_roster_is_told_what_it_lacks():
    found = directory(agencies=(Agency("moj", "法務部"),)).check(TODAY)
    assert found == (
        Finding("no_coordinator"),
        Finding("no_officer", (("agency", "moj"),)),
        Finding("no_approver", (("agency", "moj"),)),
        Finding("no_channel", (("agency", "moj"),)),
    )


def test_an_approver_who_is_the_only_officer_is_found():
    both = person("bo", "aac", Role.CIO, Role.OFFICER)
    assert ("approver_is_only_officer", "aac", "bo") in findings(directory(both))
    relieved = directory(both, person("olaf", "aac", Role.OFFICER))
    assert ("approver_is_only_officer", "aac", "bo") not in findings(relieved)


def test_a_coordinator_below_the_ministry_is_not_enough():
    assert ("no_coordinator",) in findings(directory(person("cora", "hpo", Role.COORDINATOR)))


def test_people_of_an_unknown_agency_are_found():
    assert ("unknown_agency", "una", "gone") in findings(directory(person("una", "gone")))


def test_deputies_that_cannot_work_are_found():
    gone = person("gwen", "moj", Role.CIO, active=False)
    roster = directory(
        CIO,
        DEPUTY,
        OFFICER,
        gone,
        deputies=[
            deputises(end=date(2026, 2, 22), start=date(2026, 2, 20)),
            deputises(for_="nobody"),
            deputises(for_="olive"),
            deputises(for_="gwen"),
            deputises(
                Form.ACTING, for_="gwen", by="nobody", start=date(2026, 3, 1), end=date(2026, 3, 2)
            ),
            deputises(by="gwen"),
        ],
    )
    assert findings(roster) >= {
        ("deputy_expired", "carol", "derek"),
        ("deputy_for_unknown", "nobody", "derek"),
        ("deputy_for_no_cio", "olive", "derek"),
        ("deputy_for_inactive", "gwen", "derek"),
        ("deputy_unknown", "gwen", "nobody"),
        ("deputy_inactive", "carol", "gwen"),
    }
    assert ("deputy_for_inactive", "gwen", "nobody") not in findings(roster)


def test_deputies_whose_terms_overlap_are_found():
    other = person("dora", "moj")
    terms = [
        deputises(start=date(2026, 2, 20), end=date(2026, 2, 23)),
        deputises(by="dora", start=date(2026, 2, 23), end=date(2026, 2, 25)),
        deputises(start=date(2026, 2, 26), end=date(2026, 2, 27)),
    ]
    found = findings(directory(CIO, DEPUTY, other, deputies=terms))
    assert {one for one in found if one[0] == "deputies_overlap"} == {
        ("deputies_overlap", "carol", ("derek", "dora"))
    }


def test_faults_of_the_tree_are_found():
    broken = (
        *TREE,
        Agency("moj-2", "法務二部"),
        Agency("lost", "走失署", "nowhere"),
        Agency("a", "甲", "b"),
        Agency("b", "乙", "a"),
        Agency("aac-2", "法務部　廉政署", "moj"),
    )
    assert findings(directory(agencies=broken)) >= {
        ("not_one_root", ("moj", "moj-2")),
        ("unknown_parent", "lost", "nowhere"),
        ("agency_loop", "a", "a"),
        ("name_twice", "aac", "法務部廉政署"),
    }


# -- the shipped tree


def test_the_shipped_tree_is_sound():
    tree = Directory(shipped_agencies())
    assert tree.root.name == "法務部"
    of_the_tree = {"not_one_root", "unknown_parent", "agency_loop", "name_twice"}
    assert [one for one in tree.check(TODAY) if one.code in of_the_tree] == []
    assert all(tree.ancestors(agency.code)[-1] == tree.root for agency in tree.agencies)
    assert all(tree.seat(agency.code) for agency in tree.agencies)


def test_the_shipped_tree_has_every_prosecutors_office_prison_and_branch():
    codes = [agency.code for agency in shipped_agencies()]
    counts = {
        kind: sum(code.startswith(f"{kind}-") for code in codes)
        for kind in ("moj", "dpo", "hpo", "aoc", "aea")
    }
    assert counts == {"moj": 11, "dpo": 22, "hpo": 6, "aoc": 51, "aea": 13}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("臺灣高等法院臺中分院檢察署", "hpo-taichung"),
        ("法務部矯正署泰源技能訓練所", "aoc-prison-taiyuan"),
        ("法務部矯正署桃園少年輔育院", "aoc-school-dunpin"),
        ("台灣臺北地方法院檢察署", "dpo-taipei"),
        ("法務部司法官訓練所", "aj"),
    ],
)
def test_former_names_of_the_shipped_tree_are_known(name, code):
    assert Directory(shipped_agencies()).resolve(name).code == code


def test_no_shipped_name_is_written_with_the_short_tai():
    names = [
        name for one in shipped_agencies() for name in (one.name, *one.former_names, one.county)
    ]
    assert [name for name in names if "台" in name or name != name.strip()] == []
    assert name_key("台 北") == "臺北"
