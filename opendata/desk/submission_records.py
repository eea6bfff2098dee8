"""The quarterly submissions as rows: a quarter's lie together, an agency each."""

from __future__ import annotations

from opendata.desk.ports import Key, Row
from opendata.desk.records import SUBMISSIONS
from opendata.rules.canonical import decode, encode
from opendata.rules.submissions import Submission


def partition(quarter: str) -> str:
    return f"{SUBMISSIONS}{quarter}"


def looked_key(quarter: str) -> Key:
    """That nobody need look any more whom to ask for a quarter that has passed."""
    return Key(f"{SUBMISSIONS}LOOKED", quarter)


def submission_key(quarter: str, agency: str) -> Key:
    return Key(partition(quarter), agency)


def submission_row(one: Submission) -> Row:
    return Row(submission_key(one.quarter, one.agency), encode(one), one.version)


def read_submission(row: Row) -> Submission:
    return decode(Submission, row.value)
