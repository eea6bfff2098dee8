"""The ids of our buttons and modals in Slack; builders and listeners share them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum


class Button(StrEnum):
    """action_id of each button."""

    CLAIM = "claim"
    ASSIGN = "assign"
    DRAFT = "draft"
    PREVIEW = "preview"
    RELEASE = "release"
    REASSIGN = "reassign"
    RECALL = "recall"
    COSIGN = "cosign"
    PASS = "pass"
    RETURN = "return"
    APPROVE = "approve"
    REVOKE = "revoke"
    REVISE = "revise"
    PUBLISH = "publish"
    PLATFORM = "platform"
    DETAILS = "details"
    REVEAL = "reveal"
    WHY = "why"
    AGAIN = "again"
    MORE = "more"
    TYPE = "type"


class Modal(StrEnum):
    """callback_id of each modal that is submitted."""

    DRAFT = "draft"
    PREVIEW = "preview"
    RETURN = "return"
    REVOKE = "revoke"
    PUBLISH = "publish"
    ASSIGN = "assign"
    REASSIGN = "reassign"
    REVEAL = "reveal"
    IMPORT = "import"


@dataclass(frozen=True, slots=True)
class Ref:
    """What a button is about: the case, its round, and the hash of the text that was shown."""

    case: str
    round: int = 1
    hash: str = ""

    def __str__(self) -> str:
        return json.dumps([self.case, self.round, self.hash])

    @classmethod
    def read(cls, value: str) -> Ref:
        """What ``str`` wrote."""
        case, round_, shown = json.loads(value)
        return cls(case, round_, shown)
