"""The guide to a real workspace: its files and commands work as they stand there."""

import re
from pathlib import Path

import pytest

from infra import cli
from opendata.adapters.feedback_files import read_feedback
from opendata.desk.roster import AT_ONCE
from opendata.rules.people import Role
from opendata.settings import Settings
from opendata.texts import LANGUAGES
from opendata.wiring import make_desk

GUIDE = (Path(__file__).parents[2] / "docs" / "slack-setup.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"```csv (\S+)\n(.*?)```", GUIDE, re.DOTALL))
COMMANDS = re.findall(r"^opendata (.+)$", GUIDE, re.MULTILINE)


@pytest.fixture
def office(tmp_path, monkeypatch):
    """A folder that holds the guide's files, and nothing of a desk."""
    monkeypatch.chdir(tmp_path)
    for name in ("OPENDATA_DATA", "OPENDATA_TABLE"):
        monkeypatch.delenv(name, raising=False)
    for name, told in FILES.items():
        Path(name).write_text(told, encoding="utf-8")
    return tmp_path


def typed(monkeypatch, command):
    """The exit code of a command of the guide."""
    monkeypatch.setattr("sys.argv", ["opendata", *command.split()])
    with pytest.raises(SystemExit) as left:
        cli.main()
    return left.value.code or 0


def test_the_files_of_the_guide_are_imported_as_they_stand(office, monkeypatch):
    imports = [command for command in COMMANDS if " import " in command]
    assert len(imports) == 3
    assert [typed(monkeypatch, command) for command in imports] == [0, 0, 0]
    directory = make_desk(Settings()).directory()
    assert directory.channel("aac") == "C0234567890"
    (officer,) = directory.holders(Role.OFFICER, "aac")
    assert (officer.name, len(directory.people), len(directory.deputies)) == ("林怡君", 4, 1)


def test_the_opinion_of_the_guide_goes_to_an_agency_that_has_an_officer():
    (letter,), faults = read_feedback(FILES["opinions.csv"].encode())
    assert faults == ()
    assert "法務部廉政署" in letter.body.decode()


@pytest.mark.usefixtures("office")
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_of_the_guide_is_understood(monkeypatch, capsys, command):
    monkeypatch.setenv("COLUMNS", "200")
    assert typed(monkeypatch, f"{command} --help") == 0
    told = capsys.readouterr().out
    for option in re.findall(r"--\w+", command):
        assert option in told


@pytest.mark.parametrize("quoted", re.findall(r"「(.+?)」", GUIDE))
def test_what_the_guide_says_that_the_desk_says_is_what_it_says(quoted):
    assert any(quoted.rstrip("…") in sentence for sentence in LANGUAGES["zh"].values())


def test_the_guide_names_what_one_import_from_slack_takes():
    assert f"一次最多 {AT_ONCE} 筆" in GUIDE
    assert f"at most {AT_ONCE} rows" in GUIDE
