"""What the platform tells us, as the desk understands it: already checked, typed and tidy.

How it came (a signed webhook, an imported list) stays in the adapters.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from opendata.rules.feedback import Kind


@dataclass(frozen=True, slots=True)
class Posted:
    """A citizen's opinion, posted or posted again.

    Times are aware; ``dispatched_agencies`` are the names as the platform writes them.
    """

    kind: Kind
    id: str
    timestamp: datetime
    posted_at: datetime
    title: str
    body: str
    requested_dataset: str | None = None
    requested_fields: str | None = None
    dataset_id: str | None = None
    dataset_title: str | None = None
    dispatched_agencies: tuple[str, ...] = ()
    dispatched_at: datetime | None = None
    submitter: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Commented:
    """The citizen wrote again under the same opinion."""

    kind: Kind
    id: str
    timestamp: datetime
    body: str


@dataclass(frozen=True, slots=True)
class Rated:
    """The citizen rated the answer, 1 to 5 stars, perhaps with words."""

    kind: Kind
    id: str
    timestamp: datetime
    stars: int
    body: str | None = None


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The platform took the opinion back."""

    kind: Kind
    id: str
    timestamp: datetime


Incoming = Posted | Commented | Rated | Withdrawn
