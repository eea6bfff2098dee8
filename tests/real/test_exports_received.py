"""Real exports, sent letter by letter to the real webhook handler over a store."""

import base64
import json
from collections import Counter
from datetime import UTC, datetime

import pytest

from functions.webhook import handler
from opendata import wiring
from opendata.adapters.feedback_files import read_feedback
from opendata.adapters.standard_webhooks import sign
from opendata.desk import reading
from tests.conftest import WEBHOOK_SECRET
from tests.world import MINISTRY

SUGGESTIONS, COMMENTS = "moj_suggestions_2013-2019.csv", "comments_2022_sample.csv"
POSTED_AT = datetime(2022, 11, 17, 4, 0, tzinfo=UTC)


@pytest.fixture
def letters(real_data):
    def read(name, posted_at=None):
        return read_feedback((real_data / "feedback" / name).read_bytes(), posted_at)

    return read


@pytest.fixture
def received(deployed):
    """Send letters; how often each status was answered."""

    def send(letters):
        answers = Counter()
        for letter in letters:
            event = {
                "headers": sign(WEBHOOK_SECRET, letter.webhook, wiring.now(), letter.body),
                "body": base64.b64encode(letter.body).decode(),
                "isBase64Encoded": True,
            }
            answers[handler(event, None)["statusCode"]] += 1
        return answers

    return send


def agencies(world):
    """The cases of each agency, and whether they are still to be assigned."""
    cases = map(world.case, world.cases())
    return Counter((case.agency, case.unassigned) for case in cases)


def test_the_suggestions_name_142_agencies_of_which_20_are_ours(letters, deployed):
    taken, faults = letters(SUGGESTIONS, POSTED_AT)
    names = [json.loads(one.body)["data"]["dispatched_agencies"] for one in taken]
    ours = [deployed.desk.directory().resolve(name) for several in names for name in several]
    assert faults == ()
    assert (len(ours), sum(agency is not None for agency in ours)) == (142, 20)


def test_the_dated_suggestions_become_exactly_16_cases_of_the_ministry(letters, received, deployed):
    taken, faults = letters(SUGGESTIONS)
    assert {row.fault.code for row in faults} == {"no_posted_at"}
    assert len({row.line for row in faults}) == 4
    assert received(taken) == {202: 16}
    assert agencies(deployed) == {(MINISTRY, False): 16}
    assert received(taken) == {200: 16}
    assert sum(agencies(deployed).values()) == 16
    assert deployed.faults() == []


def test_with_a_time_for_the_others_they_become_20(letters, received, deployed):
    received(letters(SUGGESTIONS)[0])
    assert received(letters(SUGGESTIONS, POSTED_AT)[0]) == {202: 4, 200: 16}
    assert agencies(deployed) == {(MINISTRY, False): 20}


def test_the_comments_of_other_ministries_become_51_cases_with_the_coordinator(
    letters, received, deployed
):
    taken, _ = letters(COMMENTS, POSTED_AT)
    assert received(taken) == {202: 51, 200: 9}
    assert agencies(deployed) == {(MINISTRY, True): 51}
    assert received(taken) == {200: 60}
    assert len(deployed.cases()) == 51


def test_every_word_of_a_letter_is_kept(letters, received, deployed):
    taken, _ = letters(COMMENTS, POSTED_AT)
    received(taken)
    for one in taken:
        data = json.loads(one.body)["data"]
        opinion = reading.dossier(deployed.desk, f"C{data['id']}").opinion
        assert "".join(opinion.body.split()) == "".join(data["body"].split())
        assert opinion.dataset_id == data["dataset_id"]
