"""The desk as a process beside the tests: how it is started, asked, and waited for."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager, suppress
from pathlib import Path

from opendata.adapters.feedback_files import letter

ROOT = Path(__file__).parents[2]
PATIENCE = 20.0


@contextmanager
def python(*arguments, **how):
    """A Python process beside this one; it does not outlive the test."""
    env = {**os.environ, "LC_ALL": "C.UTF-8", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, *map(str, arguments)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "env": env}
    with subprocess.Popen(command, start_new_session=True, **pipes, **how) as process:
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def serving(folder, *more, **how):
    command = ("-m", "infra.cli", "serve", "--port", "0", "--data", folder, *more)
    return python(*command, stderr=subprocess.PIPE, **how)


def ask(url, body=None):
    """Status and JSON; any other answer has no JSON."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"content-type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as told:
            return told.status, json.load(told)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, None


def opinion(n):
    """A letter to the ministry itself, posted long ago."""
    data = {
        "kind": "suggestion",
        "id": str(n),
        "posted_at": "2019-01-24T17:29:00+08:00",
        "title": f"第{n}件建議",
        "body": "請開放。",
        "dispatched_agencies": ["法務部"],
    }
    return letter(n, {"type": "feedback.posted", "data": data})


def until(asked, patience=PATIENCE):
    """What is asked for, as soon as it is there; nothing if it does not come."""
    end = time.monotonic() + patience
    while not (told := asked()) and time.monotonic() < end:
        time.sleep(0.02)
    return told
