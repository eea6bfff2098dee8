"""How Slack refuses an app, and how it tells a person that the app did not do its part.

Both speak in Slack's own codes, which the desk's tree of errors does not know.
"""

from __future__ import annotations

from typing import Any


class SlackError(Exception):
    """A call that Slack answers with ``ok: false``.

    Attributes:
        code: Slack's name of the error, e.g. ``channel_not_found``.
        details: what the answer carries besides, e.g. ``response_metadata``.
    """

    def __init__(self, code: str, **details: Any) -> None:
        super().__init__(code)
        self.code = code
        self.details = details

    @classmethod
    def of_arguments(cls, *messages: str, code: str = "invalid_arguments") -> SlackError:
        """A refusal with what is wrong in each place, worded as Slack words it."""
        told = [f"[ERROR] {message}" for message in messages]
        return cls(code, response_metadata={"messages": told})


class RateLimited(SlackError):
    """A call that comes too soon; Slack answers it with HTTP 429.

    Attributes:
        seconds: how long to wait.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__("ratelimited")
        self.seconds = seconds


class Trouble(Exception):
    """Slack and the app did not come together; the person only learns that it failed.

    Attributes:
        code: ``operation_timeout`` (no answer in three seconds), ``dispatch_failed`` (none at all,
            or not 200), ``bad_answer`` (one that Slack does not take), ``unknown_command``.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
