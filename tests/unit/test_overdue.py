"""/opendata list overdue, and App Home of whoever promised, leads, or asks the agencies."""

from datetime import date, timedelta

import pytest

from opendata.desk import inventory, reading, reconciling, records, roster, submissions
from opendata.desk.inventory import Entry
from opendata.desk.inventory_records import Suggestion, suggestion_row
from opendata.desk.ports import Put
from opendata.desk.reconciling import Said
from opendata.rules.calendar import Closure
from opendata.rules.feedback import Kind
from opendata.rules.inventory import Item
from opendata.rules.people import Deputy, Form
from tests.world import ANNA, CAROL, CORA, HELEN, MONDAY, OLIVE, OTTO, PETRA, TurnedClock


def late(world, actor):
    found, after = [], None
    while True:
        page = reading.overdue_cases(world.desk, actor, after)
        found += [records.read_case(row).id for row in page.rows]
        after = page.next
        if after is None:
            return found


@pytest.fixture
def office(world):
    """Thirty cases that are late, and some that are not."""
    for n in range(30):
        world.opened(id_=str(n + 1))
    world.clock.set(MONDAY + timedelta(days=10))
    now = MONDAY + timedelta(days=9)
    for n in range(5):
        world.opened(id_=str(100 + n), posted_at=now, timestamp=now)
    return world


def test_only_what_is_overdue_is_listed_to_whoever_may_see_it(office):
    assert len(late(office, CORA)) == 30
    assert len(late(office, OLIVE)) == 30
    assert late(office, PETRA) == []


def test_the_words_in_both_languages_lead_to_the_list(deployed, slack):
    assert "沒有逾期案件" in slack.command(OLIVE, "list overdue")["text"]
    deployed.opened()
    assert "逾期案件" in slack.command(OLIVE, "清單 逾期")["text"]


def home_of(slack, who):
    return str(slack.home(who)["blocks"])


def test_home_shows_promises_to_whoever_made_them(deployed, slack):
    promised = {"case": "S1", "holder": OLIVE, "promised": date(2026, 2, 1)}
    item = Item("P1", "aac", "歷年廉政統計", planned=115, **promised)
    inventory.take_in(deployed.desk, [Entry(2, item)])
    told = home_of(slack, OLIVE)
    assert "我的承諾（1）" in told
    assert "已逾期" in told
    assert "我的承諾" not in home_of(slack, HELEN)


def test_home_shows_the_numbers_to_whoever_leads_and_submissions_at_the_ministry(deployed, slack):
    object.__setattr__(deployed.desk, "clock", TurnedClock(MONDAY))
    deployed.opened()
    inventory.take_in(deployed.desk, [Entry(2, Item("A1", "aac", "廉政統計", planned=115))])
    submissions.call(deployed.desk)
    assert "本季概況" in home_of(slack, CAROL)
    assert "各機關提報" not in home_of(slack, CAROL)
    assert "應提報1個機關" in home_of(slack, CORA)
    assert "本季概況" not in home_of(slack, OLIVE)
    assert "最近同步資料集" in home_of(slack, OLIVE)


def test_home_tells_a_cio_who_stands_in_and_whom_the_deputy_stands_in_for(deployed, slack):
    today = deployed.desk.today()
    ended = today - timedelta(days=9)
    roster.import_deputies(
        deployed.desk,
        [
            Deputy(CAROL, OTTO, today, today, Form.ACTING_FOR_ABSENT, "請假"),
            Deputy(CAROL, PETRA, ended, ended, Form.DELEGATED, "請假"),
        ],
    )
    assert "for the absent" in home_of(slack, OTTO)
    for who in (CAROL, ANNA):
        told = home_of(slack, who)
        assert "代：" in told
        assert "授權決行：" not in told
    assert "*紀錄驗證*" in home_of(slack, ANNA)
    assert "代：" not in home_of(slack, HELEN)


def test_home_tells_the_ministrys_coordinator_what_else_is_to_be_seen_to(deployed, slack):
    for word in ("*待確認*", "*逾期未開放*"):
        assert word not in home_of(slack, CORA)
    inventory.take_in(deployed.desk, [Entry(2, Item("A1", "aac", "廉政統計", planned=114))])
    one = Suggestion("A1", "aac", "廉政統計", "1000", "廉政統計表", 80)
    deployed.desk.store.commit(Put(suggestion_row(one)))
    roster.close(deployed.desk, [Closure(deployed.desk.today() + timedelta(days=1), "臺北市")])
    case = deployed.opened()
    reconciling.compare(deployed.desk, Kind.SUGGESTION, [Said(case, answered=True)])
    told = home_of(slack, CORA)
    assert "與平臺對帳不符（1）" in told
    for word in (
        "平臺已回復，但未經核准",
        "*待確認*",
        "*逾期未開放*",
        "今日起停止上班：",
        "*人員與代理*",
    ):
        assert word in told
    assert "今日起停止上班：無" not in told
    assert "窗口事項" not in home_of(slack, CAROL)
