"""A table on moto, made from the template's own properties. One thread only: its writes race."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from moto import mock_aws

from infra.template import load

NAME = "desk"
TEMPLATE = Path(__file__).parents[1] / "template.yaml"
_DEPLOYED_ONLY = {
    "DeletionProtectionEnabled",
    "PointInTimeRecoverySpecification",
    "SSESpecification",
    "TimeToLiveSpecification",
}


@contextmanager
def moto_table(client: Any) -> Iterator[str]:
    """Its name; it is there, and AWS is played, as long as the block runs."""
    properties = dict(load(TEMPLATE).table_properties)
    stream = {"StreamEnabled": True, **properties.pop("StreamSpecification")}
    told = {name: value for name, value in properties.items() if name not in _DEPLOYED_ONLY}
    with mock_aws():
        client.create_table(TableName=NAME, StreamSpecification=stream, **told)
        yield NAME
