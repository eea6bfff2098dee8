"""Both stores, each on fresh ground, and the clock that they look at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from infra.template import load
from opendata.adapters.dynamodb import DynamoStore
from opendata.adapters.sqlite import SqliteStore
from opendata.desk.ports import Store

TABLE = "desk"
TEMPLATE = Path(__file__).parents[2] / "template.yaml"
DEPLOYED_ONLY = {
    "DeletionProtectionEnabled",
    "PointInTimeRecoverySpecification",
    "SSESpecification",
    "TimeToLiveSpecification",
}


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
    properties = dict(load(TEMPLATE).table_properties)
    stream = {"StreamEnabled": True, **properties.pop("StreamSpecification")}
    told = {name: value for name, value in properties.items() if name not in DEPLOYED_ONLY}
    with mock_aws():
        aws.create_table(TableName=TABLE, StreamSpecification=stream, **told)
        yield TABLE


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
