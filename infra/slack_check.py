"""Asks Slack whether it takes what the bot can produce: each sample to ``blocks.validate``.

The method wants no token and no scope, and posts nothing. What the samples are stands in
``samples``; the checker that needs no network, in ``infra.desk.block_rules``.
"""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from http.client import HTTPException
from typing import Any
from urllib.parse import urlencode

from infra.console import Console
from infra.samples_desk import Sample
from opendata.rules.errors import Unavailable

METHOD = "blocks.validate"
PACE = 0.5
"""Seconds between two questions; Slack publishes no number."""
TRIES, WAIT, LONGEST_WAIT, TIMEOUT = 5, 5.0, 60.0, 30
MOST = 100_000
"""Characters of an argument."""
REFUSALS = frozenset({"invalid_blocks", "invalid_message", "invalid_view"})
EVERY = 20
Sleep = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What Slack says of a sample; ``errors`` as Slack words them, empty if it takes it."""

    sample: str
    errors: tuple[Mapping[str, Any], ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether Slack would show it."""
        return not self.errors


def path_of(sample: Sample) -> str:
    """A sample's name, with its language and manner."""
    return f"{sample.language}/{sample.content}/{sample.name}"


def chosen(made: Sequence[Sample], only: str | None) -> list[Sample]:
    """The samples of that name, path or pattern that have anything that Slack could look at."""
    return [
        one
        for one in made
        if one.payload["blocks"]
        and (only is None or any(fnmatchcase(name, only) for name in (one.name, path_of(one))))
    ]


def run(
    made: Sequence[Sample],
    api_url: str,
    out: Console,
    *,
    as_json: bool,
    sleep: Sleep = time.sleep,
) -> int:
    """Ask about each sample, one after the other, and tell what Slack says.

    Args:
        made: what to ask about.
        api_url: Slack's Web API, with a slash at the end.
        out: where it is told; progress goes to standard error.
        as_json: tell it as JSON, when all is asked.
        sleep: waits so many seconds.

    Returns:
        The exit code: 0 Slack takes all, 1 it refuses some, 2 it could not be asked about all.
    """
    verdicts: list[Verdict] = []
    reached = True
    try:
        for verdict in _verdicts(made, api_url, sleep):
            verdicts.append(verdict)
            if not as_json:
                _tell(verdict, out)
            if len(verdicts) % EVERY == 0:
                out.note("slack.progress", n=len(verdicts), of=len(made))
    except Unavailable as away:
        out.fail(out.sentence("slack.unreachable", url=api_url, reason=away.params["what"]))
        reached = False
    refused = sum(not one.accepted for one in verdicts)
    counts = {"accepted": len(verdicts) - refused, "refused": refused}
    counts |= {"unasked": len(made) - len(verdicts)}
    if as_json:
        out.data({**counts, "samples": [asdict(one) for one in verdicts]})
    else:
        out.say("slack.checked", **counts)
    if not reached or not made:
        return 2
    return 1 if refused else 0


def _tell(verdict: Verdict, out: Console) -> None:
    out.say("slack.accepted" if verdict.accepted else "slack.refused", sample=verdict.sample)
    for one in verdict.errors:
        parts = (one.get(part) for part in ("pointer", "code", "message", "constraint"))
        shown = (p if isinstance(p, str) else json.dumps(p, ensure_ascii=False) for p in parts if p)
        out.line(f"    {'  '.join(shown)}")


def _verdicts(made: Sequence[Sample], api_url: str, sleep: Sleep) -> Iterator[Verdict]:
    for n, sample in enumerate(made):
        if n:
            sleep(PACE)
        yield judge(sample, api_url, sleep)


def judge(sample: Sample, api_url: str, sleep: Sleep = time.sleep) -> Verdict:
    """What Slack says of one sample; while it asks us to wait, we do.

    Raises:
        Unavailable: Slack does not answer, or not as Slack; ``what`` says how.
    """
    name, told = question(sample)
    if len(told) > MOST:
        most = {"code": "too_long", "message": f"{len(told)} > {MOST}", "pointer": f"/{name}"}
        return Verdict(path_of(sample), (most,))
    for tried in range(1, TRIES + 1):
        answer = _ask(f"{api_url}{METHOD}", {name: told})
        if not isinstance(answer, float):
            return Verdict(path_of(sample), _errors(answer))
        if tried < TRIES:
            sleep(answer)
    raise Unavailable(what="HTTP 429")


def question(sample: Sample) -> tuple[str, str]:
    """The argument that a sample is asked about with, and its JSON.

    A message is its blocks alone: the method takes ``text`` for a property too many.
    """
    if sample.surface in ("modal", "home"):
        return "view", json.dumps(sample.payload, ensure_ascii=False)
    return "message", json.dumps({"blocks": sample.payload["blocks"]}, ensure_ascii=False)


def _ask(url: str, told: Mapping[str, str]) -> Mapping[str, Any] | float:
    """Slack's answer, or how long it asks us to wait."""
    try:
        request = urllib.request.Request(url, urlencode(told).encode())
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
            body = answer.read()
    except urllib.error.HTTPError as refused:
        with refused:
            if refused.code == 429:
                return _wait(refused.headers.get("retry-after"))
        raise Unavailable(what=f"HTTP {refused.code}") from None
    except (OSError, HTTPException, ValueError) as lost:
        raise Unavailable(what=str(lost)) from None
    return _answer(body)


def _wait(told: str | None) -> float:
    """Retry-After in seconds, within reason; its other form, a date, counts as none."""
    return min(float(told), LONGEST_WAIT) if told and told.isdecimal() else WAIT


def _answer(body: bytes) -> Mapping[str, Any]:
    try:
        told = json.loads(body)
    except ValueError:
        told = None
    if not isinstance(told, dict) or "ok" not in told:
        raise Unavailable(what="no JSON of Slack’s")
    return told


def _errors(answer: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """What is wrong with the sample.

    Raises:
        Unavailable: what is wrong is something else: no such method, an outage.
    """
    if answer["ok"]:
        return ()
    code = str(answer.get("error"))
    if code not in REFUSALS:
        raise Unavailable(what=code)
    errors = answer.get("errors")
    found = [one for one in errors if isinstance(one, dict)] if isinstance(errors, list) else []
    return tuple(found) or ({"code": code},)
