import ast
import re
from collections import Counter
from dataclasses import fields
from datetime import UTC, date, datetime

import pytest
from source import calls, handed_on, literals, modules, pairs_in

from bot import charts
from bot.calendar import HALF, UNDO
from bot.ids import Button, Modal
from bot.undelivered import OTHER, REASONS
from functions.answers import STATUS
from opendata import texts
from opendata.desk.decisions import ReturnReason
from opendata.desk.desktop import Shelf
from opendata.desk.digests import Section
from opendata.desk.office import Remark
from opendata.rules.audit import Flaw
from opendata.rules.behind import Measure
from opendata.rules.calendar import CLOSURE, DAY_OFF, MAKE_UP, ChangeKind
from opendata.rules.deadline import Mode, StepKind
from opendata.rules.errors import Fault, Invalid, LostRace
from opendata.rules.feedback import OPEN, Action, Kind, Outside, State
from opendata.rules.inventory import Openness, Priority, Readiness, Standing
from opendata.rules.people import Agency, Capacity, Deputy, Directory, Form, Person, Role
from opendata.rules.privacy import PersonalData
from opendata.rules.reconciling import Difference
from opendata.rules.reply import Closing, Doubt, Reason, Reply, ReplyType
from opendata.rules.roc import TAIPEI
from opendata.rules.submissions import Answer
from opendata.texts import LANGUAGES, en, zh

ZH, EN = LANGUAGES["zh"], LANGUAGES["en"]
WORDS = (
    *(State, Action, Role, Kind, ReplyType, Reason, Closing, ReturnReason),
    *(Capacity, Outside, PersonalData, Doubt, Flaw, ChangeKind),
    *(Openness, Priority, Readiness, Standing, Answer, Shelf, Form, Difference),
)
FOREIGN = (
    *("回覆", "台", "你", "駁回", "用戶", "數據", "信息", "鏈接"),
    *("默認", "文檔", "超時", "延期", "補班", "轉單", "！"),
)
HAN = "\u4e00-\u9fff"
EARLY_IN_UTC = datetime(2026, 2, 22, 22, 5, tzinfo=UTC)


def placeholders(sentence):
    return set(re.findall(r"{(\w+)}", sentence))


def confirmed():
    """The buttons that ask before they take effect."""
    asked = {name for call in calls("confirm") for name in attributes(call, "Button")}
    return {Button[name] for name in asked}


def attributes(call, owner):
    """X for every argument ``owner.X`` of a call."""
    return [one.attr for one in call.node.args if getattr(one, "value", None) and is_of(one, owner)]


def is_of(node, owner):
    return getattr(node.value, "id", "") == owner


def spoken_by_name():
    """The codes that are put together at run time, from the names that they are put together of."""
    families = {
        "button": set(Button) - {Button.TYPE},
        "modal": set(Modal),
        "why": set(StepKind),
        "case.term": set(Mode),
        "day": {DAY_OFF, CLOSURE, MAKE_UP},
        "change": {part.name for part in fields(Reply)},
        "approval": {"reason", "statute", "item"},
        "details": {"requested_dataset", "requested_fields"},
        "news": {
            Action.AMEND,
            Action.COSIGN,
            Action.COMMENT,
            Action.RATE,
            Action.NEW_ROUND,
            Action.RETRACT,
            Action.RELEASE,
        },
        "closure": set(Remark),
        "behind": set(Measure),
        "chart": set(charts._SERIES),
        "closure.option": {HALF, UNDO},
        "digest": set(Section),
        "step": {*OPEN, "unassigned", "drafted", "cosign", "nobody_may"},
        "cause": {*OPEN, "unassigned", "drafted", "cosign", "nobody_may"},
        "proposal": {*OPEN, "unassigned", "drafted", "cosign", "nobody_may"},
        "notice": set(Kind),
        "masked": set(PersonalData),
        "finding": {code.partition(".")[2] for code in ZH if code.startswith("finding.")},
        "fault": {code for _, code, _ in faults()},
        "error": {kind.code for kind in STATUS if kind is not Invalid},
    }
    codes = {f"{family}.{name}" for family, names in families.items() for name in names}
    reasons = {*REASONS.values(), OTHER}
    codes |= {f"undelivered.{one}{part}" for one in reasons for part in ("", ".do")}
    codes |= {f"confirm.{which}.{part}" for which in confirmed() for part in ("title", "text")}
    return codes | {f"{kind.__name__}.{member.value}" for kind in WORDS for member in kind}


def spoken_literally():
    """The codes of ours that stand in the source in full."""
    found = set().union(*(literals(tree) for tree in modules().values()))
    families = {code.split(".")[0] for code in ZH if "." in code}
    like_a_code = re.compile(rf"(?:{'|'.join(sorted(families))})(?:\.(?!sqlite)[a-z0-9_]+)+")
    return {text for text in found if like_a_code.fullmatch(text) or text in ZH}


def faults():
    """Where each Fault is made, its code, and the names of its params."""
    worded = [
        (call.where, code, call.keywords)
        for call in calls("_wrong")
        for code in literals(call.node.args[0])
    ]
    made = []
    for call in calls("Fault"):
        code, given = call.node.args[1], call.node.args[2:]
        if getattr(code, "attr", "") == "code":
            continue  # a fault that is told again with more about it
        params = pairs_in(call.tree, given[0]) if given else set()
        codes = set(handed_on(call, code.id)) if isinstance(code, ast.Name) else literals(code)
        codes = codes or listed(call) - {one for _, one, _ in worded}
        made += [(call.where, one, params) for one in codes]
    return worded + made


def listed(call):
    """The codes of a Fault that takes its code from a table: those that its module lists."""
    _, _, codes = ast.get_docstring(call.tree).partition("Codes of faults:")
    return set(re.findall(r"``(\w+)``", codes)) or {call.where}


def sayings():
    """Calls that say a sentence whose code stands there, and every code that it can be."""
    for call in calls("say", "sentence"):
        codes = {code for one in call.node.args[:2] for code in literals(one)} & set(ZH)
        if codes and not call.open_ended:
            yield call, codes


# -- both languages


def test_both_languages_have_the_same_codes_in_the_same_order():
    assert list(EN) == list(ZH)


def test_both_languages_fill_in_the_same_parameters():
    assert {code: placeholders(told) for code, told in EN.items()} == {
        code: placeholders(told) for code, told in ZH.items()
    }


@pytest.mark.parametrize("mark", ["*", "\n", "`", "•"])
def test_both_languages_have_the_same_marks_and_line_breaks(mark):
    assert [code for code in ZH if ZH[code].count(mark) != EN[code].count(mark)] == []


@pytest.mark.parametrize("table", [EN, ZH], ids=["en", "zh"])
def test_bold_words_stand_where_slack_shows_them_bold(table):
    """Between characters that are no letters; what is filled in may begin or end with one."""
    bold = re.compile(r"(?<![\w}])\*[^*\n]+\*(?![\w{])")
    assert [code for code, told in table.items() if "*" in bold.sub("", told)] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", WORDS)
def test_every_member_of_an_enum_that_is_told_has_its_word(kind, language):
    words = [texts.name_of(language, member) for member in kind]
    assert all(words)
    assert len(set(words)) == len(words)


def test_no_sentence_is_empty_or_has_blanks_around_it():
    parts = {"why.note", "status.rate"}  # what is appended to a sentence begins with its blank
    told = [(code, text) for table in (ZH, EN) for code, text in table.items()]
    assert [code for code, text in told if not text.strip()] == []
    assert {code for code, text in told if text != text.strip()} <= parts


@pytest.mark.parametrize("language", [zh, en], ids=LANGUAGES)
def test_a_code_stands_in_one_topic_only(language):
    codes = Counter(code for topic in language._TOPICS for code in topic.SENTENCES)
    assert [code for code, times in codes.items() if times > 1] == []


@pytest.mark.parametrize("table", [ZH, EN], ids=LANGUAGES)
def test_titles_and_buttons_fit_where_slack_puts_them(table):
    most = {"modal.": 24, "button.": 24, "placeholder.": 150, "day.": 75, "field.": 150}
    titles = {f"confirm.{one}.title": 100 for one in confirmed()}
    words = {f"{kind.__name__}.": 75 for kind in (ReplyType, Reason, Closing, ReturnReason)}
    for start, limit in {**most, **titles, **words}.items():
        assert [code for code in table if code.startswith(start) and len(table[code]) > limit] == []


# -- nothing is missing, and nothing is said by nobody


def test_every_sentence_that_is_said_exists():
    assert (spoken_literally() | spoken_by_name()) - set(ZH) == set()


def test_every_sentence_that_exists_is_said():
    assert set(ZH) - spoken_literally() - spoken_by_name() == set()


def test_every_sentence_is_said_with_the_parameters_it_needs():
    lacking = {
        (call.where, code): placeholders(ZH[code]) - call.keywords
        for call, codes in sayings()
        for code in codes
    }
    assert {where: names for where, names in lacking.items() if names} == {}


def test_every_fault_that_is_raised_has_a_sentence_that_its_params_fill_in():
    assert {code for _, code, _ in faults()} - {
        code.partition(".")[2] for code in ZH if code.startswith("fault.")
    } == set()
    lacking = {
        (where, code): placeholders(ZH[f"fault.{code}"]) - params - {"field"}
        for where, code, params in faults()
    }
    assert {where: names for where, names in lacking.items() if names} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_that_a_check_of_the_roster_finds_has_a_sentence(language):
    today = date(2026, 3, 2)

    def person(id_, agency, *roles, active=True):
        return Person(id_, id_, agency, frozenset(roles), active=active)

    def deputy(for_, by, day=today):
        return Deputy(for_, by, day, day, Form.DELEGATED, "令")

    broken = Directory(
        agencies=(
            Agency("moj", "法務部"),
            Agency("top", "法務部"),
            Agency("lost", "走失署", "nowhere"),
            Agency("a", "甲", "b"),
            Agency("b", "乙", "a"),
        ),
        people=(
            person("both", "top", Role.CIO, Role.OFFICER),
            person("gone", "moj", Role.CIO, active=False),
            person("una", "unknown", Role.OFFICER),
        ),
        deputies=(
            deputy("nobody", "una"),
            deputy("una", "gone"),
            deputy("gone", "nobody"),
            deputy("both", "una", date(2026, 1, 1)),
            deputy("both", "nobody", date(2026, 1, 1)),
        ),
    )
    found = broken.check(today)
    told = {
        one.code: texts.say(language, f"finding.{one.code}", **dict(one.params)) for one in found
    }
    assert set(told) == {one.removeprefix("finding.") for one in ZH if one.startswith("finding.")}
    assert set(told) == codes_of_findings()


def codes_of_findings():
    """Every code of a finding in the source of the checks, where only params stand beside them."""
    checks = [
        one
        for one in modules()["opendata/rules/people.py"].body
        if getattr(one, "name", "").startswith(("_check_", "_wrong_with"))
    ]
    params = {"agencies", "agency", "parent", "person", "name", "for", "by"}
    return set().union(*(literals(one) for one in checks)) - params


# -- how values are written


def test_dates_and_times_are_written_in_the_roc_calendar():
    assert texts.say("zh", "case.closed_at", at=date(2026, 2, 23)) == (
        "*回復日期* 115年2月23日（星期一）"
    )
    assert texts.say("zh", "details.posted", at=EARLY_IN_UTC, submitter="y****8") == (
        "發表時間：115年2月23日06:05｜建議者：y****8"
    )


def test_dates_and_times_are_written_out_in_english():
    assert texts.say("en", "case.closed_at", at=date(2026, 2, 23)) == (
        "*Answered* Monday, 23 February 2026"
    )
    assert texts.say("en", "details.posted", at=EARLY_IN_UTC, submitter="y****8") == (
        "Posted: 23 February 2026, 06:05 | By: y****8"
    )


def test_codes_are_written_as_words_and_several_as_a_list():
    roles = (Role.OFFICER, Role.COORDINATOR)
    told = {language: texts.written(language, roles) for language in LANGUAGES}
    assert told == {"zh": "承辦人、資訊處窗口", "en": "officer, coordinator"}


@pytest.mark.parametrize(
    ("workdays", "zh", "en"),
    [
        (3, "還有3個工作日", "workdays left: 3"),
        (0, "今日屆期", "due today"),
        (-2, "逾期2個工作日", "workdays overdue: 2"),
    ],
)
def test_time_left_and_time_over_are_told_in_workdays(workdays, zh, en):
    assert (texts.days_left("zh", workdays), texts.days_left("en", workdays)) == (zh, en)


def test_who_lost_a_race_hears_who_was_first_and_when():
    lost = LostRace(case="S1", actor="張資訊長", action=Action.APPROVE, at=EARLY_IN_UTC)
    assert texts.refusal("zh", lost) == "本案已由張資訊長於115年2月23日06:05核准，不需再處理。"
    assert texts.refusal("en", lost) == (
        "張資訊長 was a moment earlier: approval, 23 February 2026, 06:05."
        " There is nothing more to do."
    )


def test_a_fault_may_name_its_field():
    lacking = Invalid(Fault("code", "column_missing"), Fault("name", "column_missing"))
    assert texts.refusal("zh", lacking) == "缺少「code」欄。 缺少「name」欄。"


def test_times_are_those_of_taipei_whatever_the_offset():
    at = datetime(2026, 2, 23, 6, 5, tzinfo=TAIPEI)
    assert texts.written("zh", at) == texts.written("zh", EARLY_IN_UTC)


def test_what_stands_in_place_of_personal_data_is_chinese_for_everybody():
    assert [texts.masked(kind) for kind in PersonalData] == [
        "〔身分證號已遮〕",
        "〔電郵已遮〕",
        "〔電話已遮〕",
    ]


# -- how we write


@pytest.mark.parametrize("word", FOREIGN)
def test_chinese_is_written_as_a_taiwanese_office_writes(word):
    assert [code for code, told in ZH.items() if word in told] == []


def test_no_half_width_sign_stands_between_chinese_characters():
    between = re.compile(rf"[{HAN}}}」）][,.;:?!()][{HAN}{{「（]")
    assert [code for code, told in ZH.items() if between.search(told)] == []


def test_no_blank_stands_between_chinese_characters_and_numbers():
    numbers = ("n", "days", "round", "year", "percent", "stars")
    apart = re.compile(rf"[{HAN}] (?:\d|{{(?:{'|'.join(numbers)})}})|(?:\d|}}) [{HAN}]")
    assert [code for code, told in ZH.items() if apart.search(told)] == []


def test_english_has_no_full_width_signs_and_chinese_only_where_it_names_what_is_chinese():
    assert [
        code for code, told in EN.items() if re.search("[，。：；！？｜／（）「」　]", told)
    ] == []
    assert {code for code, told in EN.items() if re.search(f"[{HAN}]", told)} == {
        "field.statute.hint",
        "publish.fields",
        "help.text",
        "fault.not_a_date",
        "fault.unknown_header",
        "fault.not_a_form",
        "finding.deputy_for_inactive",
    }
