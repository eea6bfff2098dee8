import stat

import pytest

from infra.keys import FILE, keep_keys, local_keys, with_keys
from opendata.adapters.standard_webhooks import MalformedSecretError, keys_of
from opendata.settings import Settings, SettingsError


def counted(n):
    return bytes(range(n))


def test_a_folder_without_a_desk_has_no_keys(tmp_path):
    assert local_keys(tmp_path).webhook_secrets == ""
    assert list(tmp_path.iterdir()) == []


def test_keys_are_made_at_the_first_start_and_kept(tmp_path):
    data = tmp_path / "new" / "desk"
    made = keep_keys(data, counted)
    assert keep_keys(data) == local_keys(data) == made
    assert keys_of([made.webhook_secrets]) == [counted(32)]
    assert made.slack_signing_secret == counted(16).hex()
    assert made.slack_bot_token.startswith("xoxb-")


def test_two_desks_have_different_keys(tmp_path):
    assert keep_keys(tmp_path / "a") != keep_keys(tmp_path / "b")


def test_only_their_owner_reads_them_and_nothing_else_is_left(tmp_path):
    keep_keys(tmp_path)
    (file,) = tmp_path.iterdir()
    assert file.name == FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_start_that_was_cut_off_is_made_good(tmp_path):
    (tmp_path / f"{FILE}.new").write_text('{"webhook_')
    assert keep_keys(tmp_path) == local_keys(tmp_path)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"webhook_secret": "hunter2"}', "null", "\x00"])
def test_a_file_of_something_else_is_named_and_not_quoted(tmp_path, text):
    (tmp_path / FILE).write_text(text)
    with pytest.raises(SettingsError) as told:
        local_keys(tmp_path)
    assert FILE in str(told.value)
    assert "hunter2" not in str(told.value)


def test_what_the_environment_gives_comes_first(tmp_path):
    secret = keep_keys(tmp_path / "other").webhook_secrets
    settings = with_keys(Settings(data=tmp_path, webhook_secrets=secret))
    kept = local_keys(tmp_path)
    assert settings.webhook_secrets == secret != kept.webhook_secrets
    assert settings.slack_signing_secret == kept.slack_signing_secret
    assert settings.slack_bot_token == kept.slack_bot_token


def test_a_secret_of_the_environment_that_is_none_is_found_at_the_start(tmp_path):
    with pytest.raises(MalformedSecretError, match="secret 2"):
        with_keys(Settings(data=tmp_path, webhook_secrets="whsec_AAAA hunter2"))
