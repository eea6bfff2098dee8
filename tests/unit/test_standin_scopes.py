import pytest

from infra.desk import web_api
from infra.desk.method_table import SIGNATURES
from tests.unit.standin import (
    OFFICER,
    OPEN,
    SCOPES,
    SECRETIVE,
    TOKEN,
    App,
    Hand,
    modal,
    workspace,
)


@pytest.fixture
def having(tmp_path, clock):
    """A workspace whose app was given these scopes and no others."""
    made = []

    def have(*scopes):
        made.append(workspace(tmp_path, clock, scopes))
        return made[-1]

    yield have
    for space in made:
        space.close()


def call(space, name, **arguments):
    return web_api.call(space, name, arguments, TOKEN)


def test_every_method_has_its_row_in_the_table():
    assert SIGNATURES.keys() == web_api.METHODS.keys()


@pytest.mark.parametrize("name", sorted(SIGNATURES))
def test_a_method_is_refused_without_its_scope(having, name):
    signature = SIGNATURES[name]
    told = call(having("commands"), name)
    if signature.scopes:
        assert told == {
            "ok": False,
            "error": "missing_scope",
            "needed": ",".join(signature.scopes),
            "provided": "commands",
        }
    else:
        assert told.get("error") != "missing_scope"


@pytest.mark.parametrize(
    ("channel", "family"), [(OPEN, "channels"), (SECRETIVE, "groups"), ("dm", "im")]
)
@pytest.mark.parametrize(
    ("name", "what"),
    [("history", "history"), ("info", "read"), ("members", "read")],
)
def test_each_kind_of_conversation_asks_for_its_own_scope(having, name, what, channel, family):
    needed = f"{family}:{what}"
    without = having(*(scope for scope in SCOPES if scope != needed))
    channel = without.direct(OFFICER).id if channel == "dm" else channel
    told = call(without, f"conversations.{name}", channel=channel)
    assert (told["error"], told["needed"]) == ("missing_scope", needed)
    only = having(needed)
    assert call(only, f"conversations.{name}", channel=channel)["ok"] is True


def test_every_kind_that_is_to_be_listed_asks_for_its_scope(having):
    space = having("channels:read", "im:read")
    listed = call(space, "conversations.list", types="public_channel,im")
    assert listed["ok"] is True
    told = call(space, "conversations.list", types="public_channel,private_channel")
    assert (told["error"], told["needed"]) == ("missing_scope", "groups:read")


def test_a_command_needs_the_scope_for_commands(having):
    app = App()
    assert Hand(having("chat:write"), app).type("/opendata").trouble == "unknown_command"
    assert app.asked == []


def test_views_need_no_scope(having):
    space = having("commands")
    told = call(space, "views.open", trigger_id=space.triggers.issue(OFFICER), view=modal())
    assert told["ok"] is True
