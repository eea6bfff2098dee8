import json
import re

import pytest
from source import calls

from functions.answers import RETRY_AFTER, STATUS, refused
from opendata import texts
from opendata.rules import errors
from opendata.rules.errors import DeskError, Fault, Invalid
from opendata.texts import LANGUAGES


def tree_below(kind):
    """The class and everything derived from it, as the product derives it."""
    return [kind, *(one for sub in kind.__subclasses__() for one in tree_below(sub))]


TREE = tree_below(DeskError)
BRANCH = re.compile(r"^    (?P<indent>(?:│   |    )*)[├└]── (?P<name>\w+)  ", re.MULTILINE)


def documented(kind):
    """The params that a class's docstring names: words before commas, without the asides."""
    _, _, told = kind.__doc__.partition("Params:")
    words = re.sub(r"\([^)]*\)", "", told).split(".")[0]
    return {word.strip() for word in re.split("[,;]", words) if word.strip()}


def drawn():
    """Each class with its base, as the docstring of the module draws them."""
    line, found = [DeskError.__name__], {}
    for branch in BRANCH.finditer(errors.__doc__):
        depth = len(branch["indent"]) // 4 + 1
        line[depth:] = [branch["name"]]
        found[branch["name"]] = line[depth - 1]
    return found


def an_error(kind):
    if kind is Invalid:
        return Invalid(Fault("/data/id", "required"))
    return kind(**dict.fromkeys(documented(kind), "—"))


def placeholders(sentence):
    return set(re.findall(r"{(\w+)}", sentence))


def test_the_tree_in_the_docstring_is_the_tree():
    assert drawn() == {one.__name__: one.__base__.__name__ for one in TREE[1:]}


def test_every_error_of_the_product_stands_in_the_one_module():
    assert {one.__module__ for one in TREE} == {errors.__name__}


def test_every_error_has_the_code_of_its_name():
    in_words = {one: re.sub(r"(?<!^)(?=[A-Z])", "_", one.__name__).lower() for one in TREE}
    assert {one: one.code for one in TREE} == in_words


def test_every_error_has_exactly_one_http_status():
    assert set(STATUS) == set(TREE)


@pytest.mark.parametrize("kind", TREE)
def test_every_error_is_answered_with_its_status_and_a_sentence(kind):
    response = refused(an_error(kind))
    body = json.loads(response["body"])
    assert response["statusCode"] == STATUS[kind] >= 400
    assert ("retry-after" in response["headers"]) == (STATUS[kind] == 503)
    assert body.get("error", kind.code) == kind.code
    assert body["errors"] if kind is Invalid else body["message"]


def test_who_should_come_again_is_told_when():
    assert refused(errors.Unavailable(what="store"))["headers"]["retry-after"] == str(RETRY_AFTER)


def test_what_is_wrong_is_answered_place_by_place():
    wrong = Invalid(Fault("/data/id", "required"), Fault("/data/body", "required"))
    assert json.loads(refused(wrong)["body"]) == {
        "errors": [
            {"pointer": "/data/id", "message": "此欄必填。"},
            {"pointer": "/data/body", "message": "此欄必填。"},
        ]
    }


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", [one for one in TREE if one is not Invalid])
def test_every_error_has_a_sentence_that_its_documented_params_fill_in(kind, language):
    sentence = LANGUAGES[language][f"error.{kind.code}"]
    assert placeholders(sentence) <= documented(kind)
    assert texts.refusal(language, an_error(kind))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_invalid_is_told_by_its_faults_and_has_no_sentence_of_its_own(language):
    wrong = Invalid(Fault("text", "required"), Fault("promised", "not_in_future"))
    assert texts.refusal(language, wrong) == " ".join(
        LANGUAGES[language][f"fault.{code}"] for code in ("required", "not_in_future")
    )
    assert f"error.{Invalid.code}" not in LANGUAGES[language]


def test_every_error_is_raised_with_the_params_that_its_docstring_names():
    kinds = {one.__name__: one for one in TREE if one is not Invalid}
    raised = {call.where: call for call in calls(*kinds)}
    assert {
        where: call.keywords
        for where, call in raised.items()
        if call.keywords != documented(kinds[call.name])
    } == {}


def test_an_error_says_in_a_log_what_it_is_and_about_what():
    assert str(errors.NotFound(what="case", name="S1")) == "not_found(what=case, name=S1)"
