"""The office calendar in Slack: what is known, 停止上班, and why a date is what it is."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from bot.calendar import ENTRIES, HALF, UNDO
from bot.explained import HEAD, TAIL, of_case, of_date
from bot.ids import Button, Ref
from opendata import texts
from opendata.desk import office, recompute, records, roster
from opendata.desk.casefile import Sheet
from opendata.desk.context import Terms
from opendata.desk.explained import Moved, MovedBy, explained
from opendata.desk.outbox import TASKS
from opendata.desk.reading import dossier
from opendata.rules.calendar import COUNTIES, ChangeKind, Closure, shipped
from opendata.rules.deadline import Mode, due
from opendata.rules.feedback import Action
from opendata.rules.roc import TAIPEI
from tests.slack import face_of, inputs
from tests.unit.inspector import limits
from tests.unit.test_extension import extended
from tests.world import ANNA, CAROL, CORA, GONE, HELEN, OLIVE, OTTO, STRANGER, STUDY, posted, rated

CAPITAL = "臺北市"
DAY = date(2026, 11, 18)


def at(day, hour=9):
    return datetime(day.year, day.month, day.day, hour, tzinfo=TAIPEI)


def words(told):
    """Everything that a message or a modal says, line by line."""
    parts = []
    for block in told["blocks"]:
        parts += [block["text"]["text"]] if "text" in block else []
        parts += [one["text"] for one in block.get("elements", ()) if one["type"] == "mrkdwn"]
    return "\n".join(parts).split("\n")


def buttons(told):
    elements = (one for block in told["blocks"] for one in block.get("elements", ()))
    return {one["action_id"]: one.get("value") for one in elements if one.get("type") == "button"}


def enter(slack, day, county=CAPITAL, ticked=(), who=CORA):
    """The coordinator fills the modal in; what it is answered."""
    slack.press(CORA, Button.CLOSURE, "-")
    view = slack.shown()
    return slack.submit(who, view, day=day.isoformat(), county=county, entry=list(ticked))


def perform(world):
    for task in [one for one in world.waiting() if one.kind in TASKS]:
        recompute.perform(world.desk, task)


# -- what is known


@pytest.mark.parametrize("word", ["calendar", "日曆"])
def test_the_calendar_tells_its_years_their_versions_and_which_is_missing(slack, word):
    told = slack.command(OLIVE, word)
    said = words(told)
    assert told["text"] == f"辦公日曆涵蓋106至115年，版本{shipped().version}。"
    year = (
        f"115年　放假120日　版本{shipped().years[115].version}　115年中華民國政府行政機關辦公日曆表"
    )
    assert year in said
    assert "尚未匯入116年辦公日曆表：涉及該年的期限均為暫定，匯入後自動重算。" in said
    assert "尚未登錄任何停止上班。" in said
    assert "停止上班半日者，該日仍為上班日，期限不變。" in said


def test_closures_stand_newest_first_with_who_entered_them_and_are_paged(deployed, slack):
    for county in COUNTIES[:ENTRIES]:
        roster.close(deployed.desk, [Closure(date(2026, 7, 10), county)])
    roster.close(deployed.desk, [Closure(DAY, "臺東縣", half=True)], by=CORA)
    told = slack.command(OLIVE, "calendar")
    lines = [line for line in words(told) if "登錄" in line][1:]
    assert lines[0].startswith("115年11月18日（星期三）　臺東縣（半日）　法務部周窗口於")
    assert lines[1].startswith("115年7月10日（星期五）　")
    assert "命令列於" in lines[1]
    assert len(lines) == ENTRIES
    slack.press(OLIVE, Button.MORE, buttons(told)[Button.MORE])
    (_, more), *_ = slack.heard
    assert words(more).count("第16至16筆，共16筆。") == 1
    assert set(buttons(more)) == {Button.BACK}


def test_only_the_ministrys_coordinator_gets_the_button(slack):
    assert Button.CLOSURE in buttons(slack.command(CORA, "calendar"))
    for who in (OLIVE, CAROL, ANNA):
        assert buttons(slack.command(who, "calendar")) == {}


@pytest.mark.parametrize("word", ["calendar", "due", "due 115/3/2", "due S97944"])
@pytest.mark.parametrize("who", [GONE, STRANGER])
def test_a_stranger_gets_the_help_and_nothing_else(deployed, slack, word, who):
    deployed.opened()
    told = slack.command(who, word)
    assert told["text"].startswith(texts.say("zh", "error.stranger"))
    assert "blocks" not in told


def test_everybody_reads_the_calendar_in_their_own_language(slack):
    assert slack.command(OTTO, "calendar")["text"].startswith("The office calendar covers")


# -- closures


def test_the_modal_asks_for_day_and_county_and_tells_the_rule_of_half_a_day(slack):
    slack.press(CORA, Button.CLOSURE, "-")
    day, county, entry = inputs(slack.shown())
    assert day["element"]["type"] == "datepicker"
    assert [one["value"] for one in county["element"]["options"]] == list(COUNTIES)
    assert county["element"]["initial_option"]["value"] == CAPITAL
    assert [one["value"] for one in entry["element"]["options"]] == [HALF, UNDO]
    assert entry["hint"]["text"] == "停止上班半日者，該日仍為上班日，期限不變。"


@pytest.mark.parametrize("who", [OLIVE, HELEN, CAROL, ANNA, GONE, STRANGER])
def test_nobody_else_may_ask_for_it_or_send_it(deployed, slack, who):
    slack.press(who, Button.CLOSURE, "-")
    assert slack.ephemeral
    before = deployed.rows()
    answer = enter(slack, DAY, who=who)
    assert answer["view"]["title"]["text"] == texts.say("zh", "modal.error")
    assert deployed.rows() == before


def test_a_closure_tells_which_cases_move_and_then_they_do(deployed, slack):
    case = deployed.opened(posted_at=at(date(2026, 11, 11)))
    answer = enter(slack, DAY)
    assert words(answer["view"]) == [
        "登錄：115年11月18日（星期三）臺北市停止上班。",
        "期限因此變更之未結案件：1件。",
        "S97944　115年11月18日（星期三） → 115年11月19日（星期四）",
        texts.say("zh", "outlook.later"),
    ]
    perform(deployed)
    assert deployed.case(case).due.on == date(2026, 11, 19)
    again = enter(slack, DAY)
    assert words(again["view"])[0].startswith("先前已登錄：")
    back = enter(slack, DAY, ticked=[UNDO])
    assert words(back["view"])[0].startswith("取消登錄：")
    perform(deployed)
    assert deployed.case(case).due.on == DAY


@pytest.mark.parametrize(
    ("day", "ticked", "said"),
    [
        (date(2026, 11, 21), [], "該日本即放假，期限不受影響。"),
        (DAY, [HALF], "該日仍為上班日，期限不變。"),
        (DAY, [UNDO], "未曾登錄："),
    ],
)
def test_what_moves_nothing_is_said_to(deployed, slack, day, ticked, said):
    deployed.opened(posted_at=at(date(2026, 11, 11)))
    told = words(enter(slack, day, ticked=ticked)["view"])
    assert said in told[0]
    assert "未結案件之期限均無變更。" in told


def test_a_day_in_another_age_is_refused_under_its_field(deployed, slack):
    before = deployed.rows()
    answer = enter(slack, date.max)
    assert "請確認年份" in answer["errors"]["day"]
    assert deployed.rows() == before


# -- why a date is what it is


@pytest.mark.parametrize("word", ["due", "期限"])
def test_a_case_is_explained_day_by_day(deployed, slack, word):
    deployed.opened(posted_at=at(date(2026, 2, 7)))
    told = words(slack.command(OLIVE, f"{word} s97944"))
    assert told[0] == "S97944的期限是115年2月23日（星期一）"
    assert told[1] == "自收案次日起算7日，末日遇放假日順延。"
    assert told[2] == "115年2月7日（星期六）　收案（平臺發表時間），始日不計"
    assert told[11] == "115年2月16日（星期一）　順延（農曆除夕）"
    assert told[18] == "115年2月23日（星期一）　屆期（當日24時止）"
    assert f"依政府行政機關辦公日曆表（版本{shipped().version}）。" in told
    assert "平臺期限（14日）115年2月23日（星期一）。" in told


def test_the_closures_of_the_cases_own_seat_are_told(deployed, slack):
    deployed.opened("臺灣臺東地方檢察署", posted_at=at(date(2026, 11, 11)))
    enter(slack, DAY, "臺東縣")
    perform(deployed)
    slack.press(CORA, Button.WHY, str(Ref("S97944")))
    told = words(slack.shown())
    assert "115年11月18日（星期三）　第7日，末日順延（停止上班）" in told
    assert [one for one in told if "因停止上班重算，期限由115年11月18日（星期三）改為" in one]


def test_another_agencys_case_is_not_explained(deployed, slack):
    deployed.opened("臺灣臺東地方檢察署")
    assert "找不到" in slack.command(OLIVE, "due S97944")["text"]
    assert "找不到" in slack.command(OLIVE, "due S1")["text"]


def test_a_make_up_workday_on_which_it_is_due_is_named():
    told = texts.explained_days("zh", due(at(date(2025, 2, 1)), shipped()))
    assert told[-1] == "114年2月8日（星期六）　第7日，末日屆期（當日24時止）（補行上班）"


@pytest.mark.parametrize("asked", ["115/2/13", "1150213", "115年2月13日", "2026-02-13"])
def test_a_day_in_place_of_a_case_is_tried_out(slack, asked):
    told = slack.command(OLIVE, f"due {asked}")
    assert told["text"] == "如115年2月13日（星期五）收案，期限為115年2月23日（星期一）"


def test_nothing_in_place_of_a_case_is_today(deployed, slack):
    today = texts.written("zh", deployed.desk.today())
    assert slack.command(OLIVE, "due")["text"].startswith(f"如{today}收案")


def test_a_year_that_is_not_known_is_told_to_be_provisional(slack):
    told = words(slack.command(OLIVE, "due 115/12/28"))
    assert "此期限為暫定：116年辦公日曆表尚未匯入，匯入後自動重算。" in told


@pytest.mark.parametrize("asked", ["soon", "115/2/30", "S", "<!channel>", "9999-12-31"])
def test_what_is_neither_a_case_nor_a_day_is_said_to_be_so(slack, asked):
    told = slack.command(OLIVE, f"due {asked}")
    assert told["text"]
    assert "blocks" not in told
    assert "<!channel>" not in told["text"]


def test_the_longest_period_stays_within_slacks_limits(world):
    voice_of = face_of(world).voice
    counted = due(at(date(2026, 3, 2)), shipped(), 366, Mode.WORKING)
    blocks = of_date(voice_of("en"), counted, 366, Mode.WORKING)
    assert limits("answer", {"text": "x", "blocks": blocks}) == []
    told = words({"blocks": blocks})
    between = len(counted.steps) - HEAD - TAIL
    assert f"…… ({between} days in between are left out)" in told
    assert told[-3].startswith(texts.written("en", counted.due_on))


def _explained(world):
    told = dossier(world.desk, "S97944")
    why = explained(world.desk, told.case, told.events)
    return words({"blocks": of_case(face_of(world).voice("zh"), told.case, why)})


def test_an_extension_a_study_and_a_recount_are_told_in_their_order(world):
    world.published(STUDY)
    recompute.perform(world.desk, roster.close(world.desk, [Closure(STUDY.promised, CAPITAL)]))
    told = _explained(world)
    assert told[:4] == [
        "S97944的期限是115年5月4日（星期一）",
        "原期限115年3月9日（星期一），現行期限115年5月4日（星期一）。",
        "115年3月2日10:00　回復研議中，列管期限115年4月30日（星期四）",
        "115年3月2日10:00　因停止上班重算，期限由115年4月30日（星期四）改為115年5月4日（星期一）",
    ]


def test_an_extension_is_told_beside_the_original_date(world):
    world.claimed()
    sheet = Sheet.of(world.desk, world.case(), versions=world.desk.store.get(*records.VERSIONS))
    later = replace(sheet.case.due, on=date(2026, 3, 20))
    sheet.record(Action.EXTEND, None, due=later, extended=True)
    world.desk.store.commit(*sheet.writes())
    told = _explained(world)
    assert "原期限115年3月9日（星期一），現行期限115年3月20日（星期五）。" in told
    assert [one for one in told if "核准展延，期限由115年3月9日（星期一）改為" in one]


def test_a_recount_of_the_original_date_behind_an_extension_is_told(world):
    case = extended(world, world.claimed(), date(2026, 3, 16))
    recompute.perform(world.desk, roster.close(world.desk, [Closure(date(2026, 3, 9), CAPITAL)]))
    assert world.case(case).due.on == date(2026, 3, 16)
    told = _explained(world)
    assert told[1:4] == [
        "原期限115年3月10日（星期二），現行期限115年3月16日（星期一）。",
        "115年3月2日10:00　核准展延，期限由115年3月9日（星期一）改為115年3月16日（星期一）",
        "115年3月2日10:00　因停止上班重算，原期限由115年3月9日（星期一）改為115年3月10日（星期二）",
    ]


@pytest.mark.parametrize("cause", sorted(ChangeKind))
@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_moved_a_date_is_told_to_the_end_of_the_line(world, language, cause):
    before, after = date(2026, 9, 23), date(2026, 9, 30)
    moved = Moved(MovedBy.ORIGINAL, at(before), before, after, cause)
    world.opened()
    told = dossier(world.desk, "S97944")
    why = replace(explained(world.desk, told.case, told.events), moves=(moved,))
    shown = words({"blocks": of_case(face_of(world).voice(language), told.case, why)})
    assert [one for one in shown if one.endswith(texts.written(language, after))]


def test_where_both_dates_are_one_its_recount_is_told_once(world):
    world.opened()
    recompute.perform(world.desk, roster.close(world.desk, [Closure(date(2026, 3, 9), CAPITAL)]))
    assert len([one for one in _explained(world) if "重算" in one]) == 1


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ([12], "核准展延至115年3月12日（星期四），適逢放假日，順延至115年3月13日（星期五）"),
        (
            [9, 10, 11, 12],
            "核准展延至115年3月12日（星期四），原期限重算後較晚，以原期限115年3月13日（星期五）為準",
        ),
    ],
)
def test_another_date_than_was_granted_is_explained(world, days, said):
    extended(world, world.claimed(), date(2026, 3, 12))
    closures = [Closure(date(2026, 3, day), CAPITAL) for day in days]
    recompute.perform(world.desk, roster.close(world.desk, closures))
    assert said in _explained(world)


def test_a_promise_that_was_brought_forward_is_told_beside_the_date_of_the_study(world):
    world.published(replace(STUDY, promised=date(2026, 4, 4)))
    told = _explained(world)
    assert told[0] == "S97944的期限是115年4月2日（星期四）"
    assert (
        "回復所載日期為115年4月4日（星期六），適逢放假日，提前至115年4月2日（星期四）列管" in told
    )


def test_a_promise_for_a_workday_needs_no_explanation(world):
    world.published(STUDY)
    assert not [one for one in _explained(world) if "適逢放假日" in one]


def test_a_new_round_begins_a_new_reckoning(world):
    world.published()
    recompute.perform(world.desk, roster.close(world.desk, [Closure(date(2026, 3, 9), CAPITAL)]))
    world.clock.turn(days=2)

    world.receive(rated(stars=1, at=world.clock()))
    told = _explained(world)
    assert told[0] == "S97944的期限是115年3月11日（星期三）"
    assert [one for one in told if "重算" in one] == []


def test_until_the_cases_are_recounted_the_difference_is_told(world):
    world.opened()
    roster.close(world.desk, [Closure(date(2026, 3, 9), CAPITAL)])
    version = world.case().due.calendar_version
    assert texts.say("zh", "why.outdated", version=version) in _explained(world)


# -- what would be


def test_the_outlook_looks_at_as_many_cases_as_it_is_told_and_says_that_there_are_more(world):
    for number in range(3):
        world.receive(posted(str(number + 1)))
    closed = office.with_closures(world.desk, [Closure(date(2026, 3, 9), CAPITAL)])
    seen = office.outlook(world.desk, closed, limit=2)
    assert (len(seen.moves), seen.looked_at, seen.more) == (2, 2, True)
    assert len(office.outlook(world.desk, closed).moves) == 3


def test_a_case_that_only_the_platforms_date_moves_of_is_counted_apart(world):
    world.opened()
    closed = office.with_closures(world.desk, [Closure(date(2026, 3, 16), CAPITAL)])
    seen = office.outlook(world.desk, closed)
    assert (seen.moves, seen.settled) == ((), 1)


def test_half_a_day_is_told_by_the_rule_of_the_ministry(world):
    half = Closure(date(2026, 3, 9), CAPITAL, half=True)
    assert office.remark(world.desk, half) is office.Remark.HALF
    object.__setattr__(world.desk, "terms", Terms(half_closes=True))
    assert office.remark(world.desk, half) is office.Remark.ENTERED
