"""The store on AWS: one DynamoDB table behind the store port, through PynamoDB.

Keys, and where a row stands in the four sparse indexes (timer, owner, agency, open):

====================== =============================== ========================================
pk                     sk                              what it is → its places
====================== =============================== ========================================
CASE#<case>            HEAD                            the case as it stands
                                                       → agency AG#<agency> : open#<due>#<case>
                                                       → agency AG#<agency> : closed#<day>#<case>
                                                       → open OPEN : <due>#<case> (open cases)
                                                       → owner OWN#<officer> : <due>#<case> (same)
                                                       → timer WAKE : <wakes_at>#<case> (same)
CASE#<case>            EVENT#<00001>                   the hash chain, by version of the case
CASE#<case>            DRAFT#<0001>                    a draft
CASE#<case>            NOTE#<00001>                    the words of an event: reason, comment
CASE#<case>            TEXT#<0001>                     the citizen's words, by edition
CASE#<case>            SAID#<00001>                    what the citizen added, by event
CASE#<case>            IN#<webhook-id>                 mark: the delivery was applied here
CASE#<case>            OUT#<00001>#<n>                 an intent of the outbox, by event
                                                       → timer T : <not_before>#<intent>
CASE#<case>            SENT#<kind>#<occasion>#<to>     what delivery knows: channel, ts, lease
PARKED#<cause>         OUT#<00001>#<n>                 an intent to tell of it
                                                       → timer T : <not_before>#<notice>
PARKED#<cause>         SENT#<kind>#<occasion>#<to>     what delivery knows of telling
DIGEST#<to>            OUT#<20260223><0|1>#0           an intent to send a digest: person or
                                                       channel, day, morning or afternoon
                                                       → timer T : <not_before>#<intent>
DIGEST#<to>            OUT#<00001>#<20260223>          an intent to tell of moved dates: the change
                                                       of the calendar, and the day
                                                       → timer T : <not_before>#<intent>
DIGEST#<to>            SENT#<kind>#<occasion>#<to>     what delivery knows of it
FEEDBACK#<kind>#<id>   HEAD                            the numbers of an opinion's cases
FEEDBACK#<kind>#<id>   HELD#<instant>#<webhook-id>     an event that came before its posting
WEBHOOK#<webhook-id>   ANSWER                          body hash and answer; expires in 90 days
STATUS                 <115Q3>#<agency>                counters of a quarter
STATUS                 <115Q>#TARGET                   the target of a year: new datasets
STATUS                 PARKED#<cause>                  why messages are parked, how many: the
                                                       cause is Slack's code @ where
STATUS                 WATCH#<what>                    when it was done last: sweep, heartbeat,
                                                       catalogue, since when it is refused,
                                                       reconciled.<kind>
ITEM#<number>          ITEM                            an item of the inventory
                                                       → agency INV#<agency> : <number>
                                                       → open INV : <115>#<agency>#<number>
                                                       → owner PROMISE#<officer> : <115>#<number>
ITEM#<number>          HIST#<00001>                    what was done to it, by version
INVENTORY              COUNT#<agency>                  what an agency's items count for
INVENTORY              SUGGESTED#<agency>#<item>#<id>  a dataset to be confirmed
INVENTORY              OUT#<seconds>#0                 the task to look for datasets
                                                       → timer T : <not_before>#<task>
CASE#<case>            OUT#<seconds>#0                 the task to tell of a kept promise
                                                       → timer T : <not_before>#<intent>
SUB#LOOKED             <115Q3>                         that nobody need look whom to ask for it
SUB#<115Q3>            <agency>                        what an agency answers in a quarter
SUB#<115Q3>#<agency>   OUT#<00001>#<n>                 an intent to ask it, or remind it
                                                       → timer T : <not_before>#<call>
SUB#<115Q3>#<agency>   SENT#<kind>#<occasion>#<to>     what delivery knows of it
WEEKLY                 WEEK#<202610>                   a week that was asked for
WEEKLY                 OUT#<202610>#0                  an intent to tell its numbers
                                                       → timer T : <not_before>#<weekly>
WEEKLY                 SENT#<kind>#<occasion>#<to>     what delivery knows of it
INBOX#<digest>         NOTICE                          what was not taken of a dropped file
INBOX#<digest>         OUT#<00001>#0                   an intent to tell of it
                                                       → timer T : <not_before>#<not_taken>
INBOX#<digest>         SENT#<kind>#<occasion>#<to>     what delivery knows of it
ROSTER                 VERSION                         counts the changes of the roster
ROSTER                 AGENCY#<agency>                 an agency
ROSTER                 PERSON#<slack id>               a person
ROSTER                 DEPUTY#<for>#<by>#<from>        a deputy
CALENDAR               VERSION                         counts the changes of the calendar
CALENDAR               YEAR#<115>                      the days off of a year
CALENDAR               CLOSED#<day>#<county>           停止上班 of a county, half a day or a whole
CALENDAR               SHIPPED                         versions of the years that came along
CALENDAR               CHANGE#<00001>                  what was entered, by version; who, when
CALENDAR               OUT#<00001>#0                   the task to recount the cases after it
                                                       → timer T : <not_before>#<task>
CATALOGUE              DATASET#<id>                    a dataset of the ministry
                                                       → agency DS#<agency> : <listed>#<id>
CATALOGUE              OUT#<seconds>#0                 an intent to tell that a list is refused
                                                       → timer T : <not_before>#<notice>
CATALOGUE              SENT#<kind>#<occasion>#<to>     what delivery knows of it
====================== =============================== ========================================

Instants are in UTC, so that they sort as texts; <due> is the date that the holder works towards,
<day> the one that a closed case is judged by.

Attributes: pk, sk, version, data (the value as JSON text), ttl (epoch seconds), for each index
``<index>_pk`` and ``<index>_sk``, and counters as numbers named ``n_<counter>``. The indexes
project ALL: only heads and intents stand in them, about 1 KB each and without a citizen's
words, so a copy costs one write unit more and saves the second call that every list would need.
The timer is one partition for the outbox and one for cases: each takes 1,000 writes a second, a
ministry makes some a minute.

Request paths neither scan nor filter; ``every``, for proof and repair, does both. The builders of
keys stand in ``opendata.desk.records``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from random import SystemRandom
from typing import Any
from uuid import uuid4

from pynamodb.connection import Connection
from pynamodb.exceptions import PynamoDBException, TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path

from opendata.adapters.items import (
    Item,
    added,
    described,
    expected,
    item_of,
    key_in,
    key_of,
    row_of,
    start_in,
)
from opendata.adapters.rows import cut, distinct, refuse_unfit, utc_now
from opendata.desk.ports import Add, Check, Clock, Delete, Index, Key, Page, Put, Row, Write
from opendata.rules.errors import Stale, Unavailable

ATTEMPTS = 5
"""How often a commit is tried that only met another one, or was throttled."""

FIRST_WAIT = 0.05
"""Seconds before the second try, at most; each later wait may be twice as long."""

# A Slack request has 3 s in all: what has not answered by then is of no use to anybody.
CONNECT_SECONDS, READ_SECONDS, SDK_RETRIES = 1, 2, 2

_FAILED = "ConditionalCheckFailed"
_PASSING = {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}
_JITTER = SystemRandom().random


class DynamoStore:
    """The store port on one table. Nothing is connected before the first call.

    Args:
        table_name: the table, as ``template.yaml`` describes it.
        region: where it is; None: as the environment says.
        endpoint: another address than AWS's own.
        now: tells which rows have expired; DynamoDB itself removes them within days.
        sleep: waits so many seconds between two tries.
        jitter: a number from 0 to 1: the part of the longest wait to take.
    """

    def __init__(
        self,
        table_name: str,
        *,
        region: str | None = None,
        endpoint: str | None = None,
        now: Clock = utc_now,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = _JITTER,
    ) -> None:
        self._table = table_name
        self._connection = Connection(
            region=region,
            host=endpoint,
            connect_timeout_seconds=CONNECT_SECONDS,
            read_timeout_seconds=READ_SECONDS,
            max_retry_attempts=SDK_RETRIES,
        )
        self._connection.add_meta_table(described(table_name))
        self._now = now
        self._sleep = sleep
        self._jitter = jitter

    def get(self, *keys: Key) -> Mapping[Key, Row]:
        """See ``Store.get``; one call, unless DynamoDB hands back keys that it did not read."""
        wanted: Sequence[Item] = [key_of(key) for key in distinct(keys)]
        found: list[Item] = []
        for attempt in range(ATTEMPTS):
            if not wanted:
                break
            self._wait(attempt)
            with _answering():
                told = self._connection.batch_get_item(
                    self._table,
                    wanted,  # type: ignore[arg-type]  # annotated as str, taken as attributes
                    consistent_read=True,
                )
            found += told["Responses"][self._table]
            wanted = told["UnprocessedKeys"].get(self._table, {}).get("Keys", [])
        if wanted:
            raise Unavailable(what="dynamodb")
        return {row.key: row for row in self._live(found)}

    def query(self, pk: str, prefix: str = "", *, after: str | None = None, limit: int = 0) -> Page:
        """See ``Store.query``."""
        rows = self._read(
            pk,
            Path("sk").startswith(prefix) if prefix else None,
            start=key_of(Key(pk, after)) if after else None,
            limit=limit,
        )
        return cut(rows, limit, lambda row: row.key.sk)

    def find(
        self,
        index: Index,
        partition: str,
        *,
        prefix: str = "",
        upto: str | None = None,
        after: str | None = None,
        limit: int = 0,
    ) -> Page:
        """See ``Store.find``."""
        order = Path(f"{index}_sk")
        condition: Condition | None = None
        if prefix:
            condition = order.startswith(prefix)
        elif upto is not None:
            condition = order <= upto
        rows = self._read(
            partition,
            condition,
            start=start_in(index, partition, after) if after else None,
            limit=limit,
            index=index,
        )
        return cut(rows, limit, lambda row: key_in(index, row))

    def every(self, prefix: str, sk: str) -> Iterator[Row]:
        """See ``Store.every``."""
        wanted = (Path("sk") == sk) & Path("pk").startswith(prefix)
        start: Item | None = None
        while True:
            with _answering():
                told = self._connection.scan(
                    self._table,
                    filter_condition=wanted,
                    exclusive_start_key=start,  # type: ignore[arg-type]  # as batch_get_item
                    consistent_read=True,
                )
            yield from self._live(told["Items"])
            start = told.get("LastEvaluatedKey")
            if not start:
                return

    def commit(self, *writes: Write) -> None:
        """See ``Store.commit``; one call, tried again where it only met another commit.

        After Unavailable the writes may have been done or not: the answer was lost.
        """
        refuse_unfit(writes)
        # PynamoDB sends them in this order, and so the reasons of a refusal come back.
        groups = [
            [write for write in writes if isinstance(write, kind)]
            for kind in (Check, Delete, Put, Add)
        ]
        sent = [write.key for group in groups for write in group]
        checks, deletes, puts, adds = (
            [self._operation(write) for write in group] for group in groups
        )
        token = uuid4().hex
        for attempt in range(ATTEMPTS):
            self._wait(attempt)
            try:
                self._connection.transact_write_items(
                    checks, deletes, puts, adds, client_request_token=token
                )
            except TransactWriteError as error:
                _refuse(error, sent, last=attempt + 1 == ATTEMPTS)
            else:
                return

    def _read(
        self,
        pk: str,
        condition: Condition | None,
        *,
        start: Item | None,
        limit: int,
        index: Index | None = None,
    ) -> list[Row]:
        """Live rows by key condition, one more than ``limit``; all of them if it is 0."""
        wanted = limit + 1 if limit else 0
        rows: list[Row] = []
        while True:
            with _answering():
                told = self._connection.query(
                    self._table,
                    pk,
                    range_key_condition=condition,
                    consistent_read=index is None,
                    exclusive_start_key=start,
                    index_name=index,
                    limit=wanted - len(rows) if wanted else None,
                )
            rows += self._live(told["Items"])
            start = told.get("LastEvaluatedKey")
            if not start or (wanted and len(rows) == wanted):
                return rows

    def _operation(self, write: Write) -> dict[str, Any]:
        asked = self._connection.get_operation_kwargs
        match write:
            case Put(row, expect):
                return asked(
                    self._table,
                    *row.key,
                    key="Item",
                    attributes=item_of(row),
                    condition=expected(expect, self._seconds()),
                )
            case Delete(key, expect) | Check(key, expect):
                return asked(self._table, *key, condition=expected(expect, self._seconds()))
            case Add(key, amounts):
                return asked(self._table, *key, actions=added(amounts))

    def _live(self, items: Sequence[Item]) -> list[Row]:
        now = self._seconds()
        return [row_of(item) for item in items if int(item.get("ttl", {"N": now})["N"]) >= now]

    def _seconds(self) -> int:
        return int(self._now().timestamp())

    def _wait(self, attempt: int) -> None:
        """Before every try but the first, wait longer, and not as long as the others wait."""
        if attempt:
            self._sleep(FIRST_WAIT * 2 ** (attempt - 1) * self._jitter())


@contextmanager
def _answering() -> Iterator[None]:
    """Turn every failure of a read (no table, no rights, no network) into Unavailable."""
    try:
        yield
    except PynamoDBException as error:
        raise Unavailable(what="dynamodb") from error


def _refuse(error: TransactWriteError, sent: Sequence[Key], *, last: bool) -> None:
    """Say why a transaction failed, unless it may be tried again.

    Args:
        error: what PynamoDB raised.
        sent: keys of the writes as they were sent.
        last: whether there is no further try.

    Raises:
        Stale: with the keys whose condition did not hold.
        Unavailable: for every other reason, when it is final.
    """
    codes = [reason.code if reason else None for reason in error.cancellation_reasons]
    stale = [key for key, code in zip(sent, codes, strict=False) if code == _FAILED]
    if stale:
        raise Stale(keys=tuple(stale)) from error
    if last or _PASSING.isdisjoint(codes):
        raise Unavailable(what="dynamodb") from error
