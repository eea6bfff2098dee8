"""Tests on real files. They run only where OPENDATA_REAL_DATA names the folder that holds them."""

import os
from pathlib import Path

import pytest

FOLDER = "OPENDATA_REAL_DATA"
collect_ignore_glob = [] if os.environ.get(FOLDER) else ["test_*.py"]


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder with calendar/, catalogue/ and feedback/."""
    return Path(os.environ[FOLDER])
