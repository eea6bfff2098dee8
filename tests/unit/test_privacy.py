import pytest
from hypothesis import given
from hypothesis import strategies as st

from opendata.rules.privacy import Finding, PersonalData, find, mask
from opendata.rules.sight import visible

# Texts in which findings are likely.
PIECES = st.sampled_from(
    [
        *("A123456789", "0912-345-678", "+886 912345678", "(02)2191-0189", "037-123456"),
        *(
            "a.b@moj.gov.tw",
            "Ａ１２３４５６７８９",
            "＠",
            "（０２）２１９１－０１８９",
            "我的電話是",
        ),
        *("3110000000", "2026-03-02", "09", "-", " ", "\u3000", "@", "Z", "8", "。", "𝟙", "é"),
    ]
)
TEXTS = st.lists(PIECES | st.text(max_size=3), max_size=8).map("".join)


def found(text):
    return [(finding.kind.value, text[finding.start : finding.end]) for finding in find(text)]


def hidden(text):
    return mask(text, lambda kind: f"〔{kind.value}〕")


@pytest.mark.parametrize(
    "number",
    [
        "A123456789",  # national ID
        "b223456789",
        "A812345678",  # resident certificate since 2021
        "A923456789",
        "AC01234567",  # resident certificate before
        "Ａ１２３４５６７８９",
        "A123 456 789",
        "A123-456-789",
    ],
)
def test_id_numbers_are_found_wherever_they_stand(number):
    assert found(f"我的身分證字號是{number}，請協助。") == [("national_id", number)]
    assert found(number) == [("national_id", number)]


@pytest.mark.parametrize(
    "number",
    [
        "0912345678",
        "0912-345-678",
        "0912 345 678",
        "0912-345678",
        "+886912345678",
        "+886-912-345-678",
        "+886 912 345 678",
        "886912345678",
        "０９１２３４５６７８",
        "０９１２－３４５－６７８",
        "0912 34 5678",
        "0912.345.678",
        "0912 - 345 - 678",
        "0912——345——678",
        "0912・345・678",
        "(+886) 912-345-678",
        "+886 (0)912-345-678",
        "𝟘𝟡𝟙𝟚𝟛𝟜𝟝𝟞𝟟𝟠",
    ],
)
def test_mobile_numbers_are_found_in_every_form(number):
    assert found(f"請撥{number}。") == [("phone", number)]


@pytest.mark.parametrize(
    "number",
    [
        "02-21910189",
        "02-2191-0189",
        "02 2191 0189",
        "(02)2191-0189",
        "(02) 21910189",
        "037-123456",
        "(089)310130",
        "+886-2-2191-0189",
        "+886 2 21910189",
        "（０２）２１９１－０１８９",
        "(02)21910189",
        "02.2191.0189",
        "02·21910189",
        "+886 (0)2 2191-0189",
        "+886221910189",
    ],
)
def test_landline_numbers_are_found_in_every_form(number):
    assert found(f"電話{number}分機12") == [("phone", number)]


@pytest.mark.parametrize(
    "address",
    [
        "wang@example.com",
        "wang.ming+od@mail.moj.gov.tw",
        "wang\u2010ming@ex\u2011ample.com",
        "ｗａｎｇ＠ｅｘａｍｐｌｅ．ｃｏｍ",
    ],
)
def test_e_mail_addresses_are_found(address):
    assert found(f"信箱{address}，謝謝") == [("email", address)]


@pytest.mark.parametrize(
    "text",
    [
        "機構代碼3110000000與0401180014",
        "機關代碼A11010000F，識別碼A41000000G-000001",
        "統一編號03735202",
        "2026-03-02、115/3/2、1150302、108-01-24 17:30",
        "依刑事訴訟法第245條第1項",
        "https://data.gov.tw/dataset/6039",
        "https://data.gov.tw/api/v2/rest/dataset?page=02&size=1000",
        "OID 2.16.886.101.20003.20006",
        "法務部字第10803501230號",
        "共53,000筆，占99.5%",
        "XA123456789 A1234567890 A323456789",
        "https://data.gov.tw/7b1c09ad-aa48-1103-a521-3f7109125566aa48-110352",
        "2026.03.02-2026.12.31、115.03.02－115.12.31、0930-1030、25.0330, 121.5654",
        "0401-180014、０４０１１８００１４",
        "user@localhost",
        "",
    ],
)
def test_codes_dates_articles_and_addresses_of_pages_stay(text):
    assert find(text) == ()
    assert hidden(text) == text


# Nothing of these is seen: controls, format characters, soft hyphens, selectors, accents alone.
UNSEEN = [
    *("\x00", "\x0b", "\r", "\x1c", "\x7f", "\x85", "\xad", "\u034f", "\u061c", "\ufe0f"),
    *("\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\u202e", "\u2060", "\u2066", "\ufeff"),
    *("\ud800", "\U000e0041"),
]
PLAIN = [("0912345678", "phone"), ("A123456789", "national_id"), ("john@example.com", "email")]


@pytest.mark.parametrize("sign", UNSEEN, ids=ascii)
@pytest.mark.parametrize(("number", "kind"), PLAIN)
def test_what_nobody_sees_hides_no_number(number, kind, sign):
    for spoilt in (f"{number[:4]}{sign}{number[4:]}", sign.join(number)):
        assert found(f"是{spoilt}。") == [(kind, spoilt)]
        assert hidden(f"是{spoilt}。") == f"是〔{kind}〕。"


@pytest.mark.parametrize("sign", UNSEEN, ids=ascii)
@pytest.mark.parametrize(("number", "kind"), PLAIN)
def test_masking_does_not_come_undone_when_foreign_text_is_made_inert(number, kind, sign):
    shown = visible(hidden(f"{number[:5]}{sign}{number[5:]}"))
    assert shown == f"〔{kind}〕"


@pytest.mark.parametrize(
    "blank", ["\t", "\n", "\xa0", "\u2003", "\u202f", "\u3000", "\u2028"], ids=ascii
)
@pytest.mark.parametrize("times", [1, 2, 40])
def test_every_blank_may_stand_between_the_groups_of_a_number(blank, times):
    for groups in (("0912", "345", "678"), ("02", "2191", "0189")):
        number = (blank * times).join(groups)
        assert found(f"電話{number}。") == [("phone", number)]


@pytest.mark.parametrize(
    "dash", "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d", ids=ascii
)
def test_every_dash_may_stand_between_the_groups_of_a_number(dash):
    for groups in (("0912", "345", "678"), ("02", "2191", "0189")):
        assert found(f"電話{dash.join(groups)}。") == [("phone", dash.join(groups))]


def test_an_unseen_sign_does_not_part_a_number_from_what_it_belongs_to():
    assert find("3110\u200b0912345678") == ()
    assert found("3110 0912345678") == [("phone", "0912345678")]


@pytest.mark.parametrize(
    "piece",
    [
        *("a", "a.", "a-", "a@", "a@b-", "-", "@", "A1", "0", "09", "0-", "02 - ", "(0)"),
        *("+886", "886 (0) ", "\u200b", " ", "資"),
    ],
)
def test_a_text_as_long_as_a_delivery_may_be_is_searched_to_its_end(piece):
    # A pattern that goes back over all it has read would take hours.
    text = piece * (262_144 // len(piece))
    assert find(f"{text}。A123456789") == (
        Finding(PersonalData.NATIONAL_ID, len(text) + 1, len(text) + 11),
    )


def test_a_name_before_an_address_may_be_of_any_length():
    assert hidden(f"{'a' * 200_000}@example.com") == "〔email〕"


def test_several_findings_stand_in_the_order_of_the_text():
    text = "王小明 0912-345-678、A123456789、wang@example.com"
    assert [kind for kind, _ in found(text)] == ["phone", "national_id", "email"]
    assert hidden(text) == "王小明 〔phone〕、〔national_id〕、〔email〕"


def test_an_address_that_begins_with_a_number_is_hidden_whole():
    assert hidden("0912345678@example.com") == "〔email〕"


def test_of_two_that_overlap_nothing_is_left_over():
    assert hidden("(02)0912 345 678。") == "〔phone〕。"


def test_a_finding_says_where_it_is():
    assert find("電話0912345678") == (Finding(PersonalData.PHONE, 2, 12),)


@given(TEXTS)
def test_findings_lie_within_the_text_in_order_and_apart(text):
    edges = [edge for finding in find(text) for edge in (finding.start, finding.end)]
    assert edges == sorted(edges)
    assert all(finding.start < finding.end for finding in find(text))
    assert all(0 <= edge <= len(text) for edge in edges)


@given(TEXTS)
def test_masking_changes_nothing_outside_the_findings(text):
    rest, end = [], 0
    for finding in find(text):
        rest.append(text[end : finding.start])
        end = finding.end
    rest.append(text[end:])
    assert mask(text, lambda _: "\0").split("\0") == "\0".join(rest).split("\0")


@given(TEXTS)
def test_a_finding_is_masked_by_the_mark_of_its_kind(text):
    marks = []
    mask(text, lambda kind: marks.append(kind) or "")
    assert marks == [finding.kind for finding in find(text)]
