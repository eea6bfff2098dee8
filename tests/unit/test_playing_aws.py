"""The thread that plays the table's stream, on a store that comes and goes."""

import logging
import sqlite3
from contextlib import closing
from logging.handlers import QueueHandler
from queue import SimpleQueue

import pytest

from infra import aws
from infra.template import StreamMapping, Template
from opendata.adapters.sqlite import SqliteStore
from opendata.desk.ports import Key, Put, Row
from opendata.rules.errors import Unavailable

PATIENCE = 10
INTENT = Key("CASE#S1", "OUT#00001#0")
HEARD = SimpleQueue()


def hear(event, _context):
    """The handler that the template of these tests names."""
    HEARD.put([record["dynamodb"]["Keys"]["sk"]["S"] for record in event["Records"]])


TEMPLATE = Template((), (), StreamMapping(f"{__name__}.hear", "OUT#", 10), {})


@pytest.fixture
def path(tmp_path):
    return tmp_path / "desk.sqlite"


@pytest.fixture
def store(path):
    with SqliteStore(path) as made:
        yield made


@pytest.fixture
def logged():
    """What the stand-in for AWS logs, as it comes."""
    queue = SimpleQueue()
    handler = QueueHandler(queue)
    aws.log.addHandler(handler)
    yield queue
    aws.log.removeHandler(handler)


@pytest.fixture
def hasty(monkeypatch):
    monkeypatch.setattr(aws, "POLL_SECONDS", 0.01)
    monkeypatch.setattr(aws, "RETRY_SECONDS", 0.2)


def rename(path, before, after):
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"ALTER TABLE {before} RENAME TO {after}")


@pytest.mark.usefixtures("hasty")
def test_the_stream_goes_on_after_the_store_was_away(path, store, logged):
    worker = aws.Worker(TEMPLATE, store)
    worker.start()
    rename(path, "rows", "elsewhere")
    record = logged.get(timeout=PATIENCE)
    assert (record.levelno, record.getMessage()) == (
        logging.WARNING,
        "stream not read: unavailable",
    )
    rename(path, "elsewhere", "rows")
    store.commit(Put(Row(INTENT, {})))
    assert HEARD.get(timeout=PATIENCE) == [INTENT.sk]
    worker.stop()


@pytest.mark.usefixtures("hasty")
def test_what_was_written_since_the_worker_was_made_is_heard_and_nothing_else(store):
    store.commit(Put(Row(Key("CASE#S1", "OUT#00000#0"), {})))
    worker = aws.Worker(TEMPLATE, store)
    store.commit(Put(Row(INTENT, {})), Put(Row(Key("CASE#S1", "HEAD"), {})))
    worker.start()
    assert HEARD.get(timeout=PATIENCE) == [INTENT.sk]
    worker.stop()


def test_a_worker_on_a_store_that_is_away_is_refused_before_it_starts(path, store):
    store.close()
    with pytest.raises(Unavailable):
        aws.Worker(TEMPLATE, store)
