"""Every payload that the bot can produce: byte for byte, complete, and fit for Slack."""

import ast
import json
import re
import sys
from collections import defaultdict
from pathlib import Path

import pytest
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot import (
    behind,
    calendar,
    card,
    catalogue,
    charts,
    commands,
    digest,
    escalation,
    explained,
    extension,
    forms,
    handing_in,
    home,
    inventory,
    lists,
    messages,
    modals,
    moved,
    numbers,
    promise,
    quarterly,
    reminders,
    scene,
    weekly,
)
from bot.ids import Button, Modal
from bot.messages import RENDER
from infra import samples, samples_answers
from infra.desk.block_rules import check_message, check_view
from opendata.desk.outbox import Message
from opendata.rules.errors import DeskError
from opendata.rules.feedback import State
from tests.unit.inspector import LONGEST_MESSAGE, length_of
from tests.unit.source import ROOT, builders

GOLDEN = ROOT / "tests" / "golden"
# No use case leads to them yet.
NOT_YET = {State.REDISPATCHED, State.SET_ASIDE}
# What comes after the answer, and is told in few states.
LATER = {Message.PROMISE_KEPT: {State.ANSWERED, State.RECEIVED, State.WITHDRAWN}}
BUILDERS = (
    *(
        behind,
        calendar,
        card,
        catalogue,
        charts,
        commands,
        digest,
        escalation,
        explained,
        extension,
    ),
    *(forms, handing_in, home, inventory, lists, messages, modals, moved, numbers, promise),
    *(quarterly, reminders, scene, weekly),
)
# What a sample of any size would show no better: a draft without words, more than a hundred groups
# of agencies.
NEVER = {
    messages: {"return blocks"},
    modals: {"groups = b.groups_of(_options(directory.agencies))"},
}


class Lines:
    """Which lines of some modules are run."""

    def __init__(self, modules):
        self.of = {module.__file__: module for module in modules}
        self.run = defaultdict(set)

    def __call__(self, frame, event, _):
        if frame.f_code.co_filename not in self.of:
            return None
        if event == "line":
            self.run[frame.f_code.co_filename].add(frame.f_lineno)
        return self

    def never(self, module):
        """The statements inside its functions that no sample has run, as they are written."""
        source = Path(module.__file__).read_text("utf-8")
        lines = source.splitlines()
        bodies = [one for one in ast.walk(ast.parse(source)) if isinstance(one, ast.FunctionDef)]
        statements = {
            one.lineno
            for body in bodies
            for one in ast.walk(body)
            if isinstance(one, ast.Return | ast.Assign | ast.AugAssign | ast.Expr | ast.Raise)
            and not isinstance(
                getattr(one.value if hasattr(one, "value") else None, "value", 0), str
            )
        }
        missed = statements - self.run[module.__file__]
        return [lines[number - 1].strip() for number in sorted(missed)]


@pytest.fixture(scope="module")
def traced():
    """The lines that are run for the usual samples of one language."""
    lines, before = Lines(BUILDERS), sys.gettrace()
    sys.settrace(lines)
    try:
        assert list(samples.of("zh", "ordinary"))
    finally:
        sys.settrace(before)
    return lines


@pytest.fixture(scope="module")
def made():
    """The goldens as they would be written now."""
    return samples.files()


@pytest.fixture(scope="module")
def payloads(made):
    return {path: json.loads(text) for path, text in made.items()}


def test_the_bot_still_produces_what_the_goldens_say(made):
    kept = {
        file.relative_to(GOLDEN).as_posix(): file.read_text("utf-8")
        for file in GOLDEN.rglob("*.json")
    }
    differing = sorted(
        path for path in made.keys() | kept.keys() if made.get(path) != kept.get(path)
    )
    told = "\n".join(differing[:40])
    assert not differing, (
        f"{len(differing)} goldens differ. If that is meant, run `make goldens`, look at the"
        f" difference, and commit it:\n{told}"
    )


def test_the_goldens_stay_small():
    assert sum(file.stat().st_size for file in GOLDEN.rglob("*.json")) < 9 * 1024 * 1024


def test_a_golden_that_is_no_longer_produced_is_removed(tmp_path, monkeypatch):
    left = tmp_path / "zh" / "gone.json"
    left.parent.mkdir()
    left.write_text("{}")
    monkeypatch.setattr(samples, "files", lambda: {"zh/here.json": "x"})
    samples.write(tmp_path)
    assert [file.name for file in left.parent.iterdir()] == ["here.json"]


# -- complete


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", RENDER)
def test_every_kind_of_message_is_there_in_every_state(made, kind, language):
    names = [path for path in made if path.startswith(f"{language}/ordinary/{kind}.")]
    states = {Path(path).name.split(".")[1] for path in names}
    assert states == LATER.get(kind, set(State) - NOT_YET)


@pytest.mark.parametrize("module", BUILDERS, ids=lambda module: module.__name__)
def test_every_line_that_builds_something_is_run_for_some_sample(traced, module):
    assert set(traced.never(module)) == NEVER.get(module, set())


def test_every_modal_that_can_be_built_is_there(made):
    names = {re.split("[.-]", Path(path).name)[1] for path in made if "/modal." in path}
    of_calendar = builders(calendar) - {"notice", "overview", "half_rule"}
    others = builders(handing_in) | of_calendar | {"item_modal", "submission"}
    built = builders(modals) | builders(forms) | others
    assert {name.removesuffix("_draft").removesuffix("_modal") for name in built} == names


def test_every_button_and_every_modal_has_its_id_in_some_sample(made):
    told = "\n".join(made.values())
    assert {one for one in Button if f'"action_id": "{one}"' not in told} == set()
    assert {one for one in Modal if f'"callback_id": "{one}"' not in told} == set()


def test_every_word_of_the_command_is_typed():
    assert samples_answers.WORDS.keys() == commands.WORDS.keys()


def test_every_error_has_its_modal(made):
    def codes(kind):
        return {kind.code}.union(*(codes(below) for below in kind.__subclasses__()))

    prefix = "zh/ordinary/modal.error-"
    told = {path.removeprefix(prefix)[:-5] for path in made if path.startswith(prefix)}
    assert told == codes(DeskError)


# -- fit for Slack


def test_slack_as_we_know_it_takes_every_sample(payloads):
    for path, one in payloads.items():
        surface, payload = one["surface"], one["payload"]
        if surface in ("modal", "home"):
            check_view(payload, surface)
            assert len(json.dumps(payload)) < 250_000, path
        else:
            assert 0 < len(payload["text"]) <= 4000, path
            assert length_of(payload["blocks"]) < LONGEST_MESSAGE, path
            if payload["blocks"]:
                check_message(payload["blocks"])


def test_slacks_own_models_take_every_sample_that_they_know(payloads):
    parsed = 0
    for one in payloads.values():
        if one["surface"] in ("modal", "home"):
            View(**one["payload"]).validate_json()
        for block in one["payload"]["blocks"]:
            if known := Block.parse(block):
                known.validate_json()
                parsed += 1
    assert parsed > 1000
