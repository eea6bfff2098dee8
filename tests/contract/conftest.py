"""Both stores, each on fresh ground, and the clock that they look at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest

from opendata.adapters.dynamodb import DynamoStore
from opendata.adapters.sqlite import SqliteStore
from opendata.desk.ports import Store
from tests.moto_table import moto_table


@dataclass
class SetClock:
    """Tells the time it was set to."""

    time: datetime = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture(scope="session")
def aws() -> Iterator[Any]:
    """The client that makes the tables; one for all tests, because making one takes its time."""
    client = boto3.client(
        "dynamodb", "ap-east-2", aws_access_key_id="testing", aws_secret_access_key="testing"
    )
    yield client
    client.close()


@pytest.fixture
def table(aws: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A table on moto, made from the template's own properties."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", aws.meta.region_name)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with moto_table(aws) as name:
        yield name


@pytest.fixture
def dynamo(table: str, clock: SetClock) -> DynamoStore:
    return DynamoStore(table, now=clock)


@pytest.fixture
def sqlite(tmp_path: Path, clock: SetClock) -> Iterator[SqliteStore]:
    with SqliteStore(tmp_path / "desk.sqlite", now=clock) as store:
        yield store


@pytest.fixture(params=["sqlite", "dynamo"])
def store(request: pytest.FixtureRequest) -> Store:
    found: Store = request.getfixturevalue(request.param)
    return found
