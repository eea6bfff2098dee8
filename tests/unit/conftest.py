"""What the tests of the stand-in for Slack are given: a workspace, an app in it, and a hand."""

from collections.abc import Iterator

import pytest

from infra.desk.workspace import Workspace
from tests.unit.standin import App, Clock, Hand, workspace


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def space(tmp_path, clock) -> Iterator[Workspace]:
    made = workspace(tmp_path, clock)
    yield made
    made.close()


@pytest.fixture
def app() -> App:
    return App()


@pytest.fixture
def hand(space, app) -> Hand:
    return Hand(space, app)
