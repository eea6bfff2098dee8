import pytest
from hypothesis import given
from hypothesis import strategies as st

from opendata.rules.privacy import Finding, PersonalData, find, mask

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
    ],
)
def test_landline_numbers_are_found_in_every_form(number):
    assert found(f"電話{number}分機12") == [("phone", number)]


@pytest.mark.parametrize(
    "address",
    ["wang@example.com", "wang.ming+od@mail.moj.gov.tw", "ｗａｎｇ＠ｅｘａｍｐｌｅ．ｃｏｍ"],
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
        "user@localhost",
        "",
    ],
)
def test_codes_dates_articles_and_addresses_of_pages_stay(text):
    assert find(text) == ()
    assert hidden(text) == text


def test_several_findings_stand_in_the_order_of_the_text():
    text = "王小明 0912-345-678、A123456789、wang@example.com"
    assert [kind for kind, _ in found(text)] == ["phone", "national_id", "email"]
    assert hidden(text) == "王小明 〔phone〕、〔national_id〕、〔email〕"


def test_an_address_that_begins_with_a_number_is_hidden_whole():
    assert hidden("0912345678@example.com") == "〔email〕"


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
