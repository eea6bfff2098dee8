"""The one tree of errors that the desk raises; every face maps all of it.

::

    DeskError
    ├── NotFound            nothing of that name: a case, a person, an agency, a draft
    ├── NotAllowed          the person may not do this
    │   ├── Stranger        not in the roster, or no longer active
    │   ├── WrongRole       another role does this
    │   ├── NotHolder       the officer of the case does this, and that is somebody else
    │   ├── OwnDraft        the drafter of record never approves or co-signs the own draft
    │   └── NobodyMay       nobody in the roster could do the next step today
    ├── OutOfTurn           the case is in a state where this cannot be done
    │   ├── LostRace        somebody else decided a moment ago
    │   ├── RoundOver       it was shown in an earlier round of the case
    │   └── TextChanged     the text is not the one that was shown
    ├── Invalid             what was given is incomplete or wrong, field by field
    ├── Delivery            a webhook that is not taken as it came
    │   ├── TooLarge        over the limit in bytes
    │   ├── BadSignature    not signed by a secret we know, or too old
    │   ├── NotJson         the body is not a JSON object
    │   └── Mismatch        the same webhook-id came before with another body
    ├── Stale               a row was changed by somebody else since it was read
    ├── CommitRefused       a commit over the limits that both stores share: a mistake of ours
    └── Unavailable         what we depend on does not answer; trying again later may help
        ├── InboxAway       the inbox cannot be read or written
        └── Rejected        it answers, and says no until somebody mends the cause

Errors carry codes and parameters, never sentences: those are in ``opendata.texts``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


class DeskError(Exception):
    """The root. ``code`` names the sentence, ``params`` fill it in."""

    code: ClassVar[str] = "desk_error"

    def __init__(self, **params: object) -> None:
        super().__init__(self.code, params)
        self.params = params

    def __str__(self) -> str:
        told = ", ".join(f"{name}={value}" for name, value in self.params.items())
        return f"{self.code}({told})"


class NotFound(DeskError):
    """Nothing of that name. Params: what, name."""

    code = "not_found"


class NotAllowed(DeskError):
    """The person may not do this. Params: action."""

    code = "not_allowed"


class Stranger(NotAllowed):
    """Not in the roster, or no longer active. Params: person."""

    code = "stranger"


class WrongRole(NotAllowed):
    """Another role does this. Params: action, roles (codes of those who may)."""

    code = "wrong_role"


class NotHolder(NotAllowed):
    """The officer of the case does this. Params: action, officer (id or None)."""

    code = "not_holder"


class OwnDraft(NotAllowed):
    """The drafter of record never approves or co-signs the own draft. Params: approvers (ids)."""

    code = "own_draft"


class NobodyMay(NotAllowed):
    """Nobody in the roster could do the next step today. Params: role, agency."""

    code = "nobody_may"


class OutOfTurn(DeskError):
    """The case is in a state where this cannot be done. Params: action, state."""

    code = "out_of_turn"


class LostRace(OutOfTurn):
    """Somebody else decided a moment ago.

    Params: case, actor, action, at (UTC); state (where the case is now), wanted (the action).
    """

    code = "lost_race"


class RoundOver(OutOfTurn):
    """It was shown in an earlier round of the case. Params: case, shown, current (rounds)."""

    code = "round_over"


class TextChanged(OutOfTurn):
    """The text is not the one that was shown. Params: case, shown, current (hashes)."""

    code = "text_changed"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: where (a field's name or JSON pointer), a code, its parameters."""

    field: str
    code: str
    params: tuple[tuple[str, object], ...] = ()


class Invalid(DeskError):
    """What was given is incomplete or wrong. ``faults`` says it field by field."""

    code = "invalid"

    def __init__(self, *faults: Fault) -> None:
        super().__init__(faults=faults)
        self.faults = faults


class Delivery(DeskError):
    """A webhook that is not taken as it came."""

    code = "delivery"


class TooLarge(Delivery):
    """Over the limit. Params: limit (bytes)."""

    code = "too_large"


class BadSignature(Delivery):
    """Not signed by a secret we know, or older than the tolerance. Params: reason (a code)."""

    code = "bad_signature"


class NotJson(Delivery):
    """The body is not a JSON object in UTF-8."""

    code = "not_json"


class Mismatch(Delivery):
    """The same webhook-id came before with another body. Params: id."""

    code = "mismatch"


class Stale(DeskError):
    """A row was changed since it was read. Params: keys (of the rows whose expectation failed)."""

    code = "stale"


class CommitRefused(DeskError):
    """A commit over the limits that both stores share. Params: reason, size."""

    code = "commit_refused"


class Unavailable(DeskError):
    """What we depend on does not answer. Params: what."""

    code = "unavailable"


class InboxAway(Unavailable):
    """The inbox cannot be read or written; what lies in it waits. Params: reason."""

    code = "inbox_away"


class Rejected(Unavailable):
    """What we depend on answers, and says no until somebody mends the cause. Params: what."""

    code = "rejected"
