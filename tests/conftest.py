"""What tests of every folder are given: a fresh ministry."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A ministry on a fresh store, on a Monday at ten in Taipei."""
    made = World.make(tmp_path)
    yield made
    made.close()
