"""Faults: what goes wrong between Slack and an app, switched on by whoever sits before the page.

Each strikes with a probability or the next so many times. Where they strike stands with what they
strike: the app's calls in ``traffic``, what the app is told in ``interactions``.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum
from threading import Lock
from typing import Any

Json = dict[str, Any]

LARGEST_VALUE = 86_400.0
LARGEST_LEFT = 1000


class FaultName(StrEnum):
    """What can go wrong."""

    RATE_LIMITED = "rate_limited"
    ONE_A_SECOND = "one_a_second"
    FAILS_BEFORE = "fails_before"
    FAILS_AFTER = "fails_after"
    SLOW_API = "slow_api"
    SLOW_ACK = "slow_ack"
    LOST_DELIVERY = "lost_delivery"
    DOUBLED_DELIVERY = "doubled_delivery"
    DOUBLED_CLICK = "doubled_click"
    TOKEN_REVOKED = "token_revoked"
    ACCOUNT_INACTIVE = "account_inactive"
    REMOVED_FROM_CHANNEL = "removed_from_channel"
    HASH_CONFLICT = "hash_conflict"


# Seconds, or the HTTP status of a failure: 200 is ``internal_error`` in a sound answer, 0 a
# connection that breaks off. Faults that are not here have no value.
USUAL = {
    FaultName.RATE_LIMITED: 30.0,
    FaultName.ONE_A_SECOND: 1.0,
    FaultName.FAILS_BEFORE: 500.0,
    FaultName.FAILS_AFTER: 500.0,
    FaultName.SLOW_API: 4.0,
}


@dataclass(frozen=True, slots=True)
class Switch:
    """How a fault stands.

    Attributes:
        percent: how likely it strikes, 0 to 100; 0 with something left: surely.
        left: how often it may still strike; 0 without end, if it is on at all.
        value: seconds or an HTTP status, see ``USUAL``.
    """

    percent: int = 0
    left: int = 0
    value: float | None = None

    @property
    def on(self) -> bool:
        """Whether it may strike."""
        return self.percent > 0 or self.left > 0

    @property
    def struck(self) -> Switch:
        """How it stands after it struck once more; the last of so many switches it off."""
        if not self.left:
            return self
        return replace(self, left=self.left - 1, percent=self.percent if self.left > 1 else 0)


class Faults:
    """The faults of a workspace, all off at first; kept in memory. Safe to use from threads.

    Attributes:
        revision: goes up whenever a switch or a count changes.
    """

    def __init__(self, seed: int = 0) -> None:
        """Throw the dice from ``seed`` on, so that a run can be repeated."""
        self.revision = 0
        self._dice = random.Random(seed)  # noqa: S311 - dice, not a secret
        self._turn = Lock()
        self._struck = Counter[FaultName]()
        self._switches = self._off()

    @staticmethod
    def _off() -> dict[FaultName, Switch]:
        return {fault: Switch(value=USUAL.get(fault)) for fault in FaultName}

    def set(
        self, name: str, *, percent: int | None = None, left: int = 0, value: float | None = None
    ) -> None:
        """Switch a fault on, or off with ``percent=0``.

        Args:
            name: one of ``FaultName``.
            percent: how likely it strikes, 0 to 100; without it surely.
            left: only the next so many times; 0: for good.
            value: seconds, or an HTTP status; without it what is usual.

        Raises:
            ValueError: no such fault, or a number out of range.
        """
        fault = FaultName(name)
        likely = (0 if left else 100) if percent is None else percent
        told = USUAL.get(fault) if value is None else value
        if not (0 <= likely <= 100 and 0 <= left <= LARGEST_LEFT):
            raise ValueError(name)
        if not 0 <= (told or 0) <= LARGEST_VALUE:
            raise ValueError(name)
        with self._turn:
            self._switches[fault] = Switch(likely, left, told)
            self.revision += 1

    def clear(self) -> None:
        """Switch everything off; what was counted stays."""
        with self._turn:
            self._switches = self._off()
            self.revision += 1

    def strike(self, fault: FaultName) -> float | None:
        """The fault's value if it strikes now (0 if it has none), else None."""
        with self._turn:
            switch = self._switches[fault]
            if not switch.on or self._dice.random() * 100 >= (switch.percent or 100):
                return None
            self._switches[fault] = switch.struck
            self._struck[fault] += 1
            self.revision += 1
            return switch.value or 0.0

    def told(self) -> list[Json]:
        """Every switch, for the page."""
        with self._turn:
            return [
                {
                    "name": fault.value,
                    "on": switch.on,
                    "percent": switch.percent,
                    "left": switch.left,
                    "value": switch.value,
                }
                for fault, switch in self._switches.items()
            ]

    def counts(self) -> dict[str, int]:
        """How often each struck."""
        with self._turn:
            return {fault.value: self._struck[fault] for fault in FaultName}
