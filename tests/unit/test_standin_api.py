import json
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from tests.unit.standin import (
    BOT,
    CIO,
    FOREIGN,
    FOREIGN_SECRET,
    LEFT,
    OFFICER,
    OLD,
    OPEN,
    OUTSIDER,
    SECRETIVE,
    TOKEN,
    App,
    Server,
    section,
    serving,
    workspace,
)

METADATA = {"event_type": "outbox", "event_payload": {"id": "S1#3"}}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving() as made:
        yield made


@pytest.fixture
def url(server, space) -> str:
    return server.play(space, App())


@pytest.fixture
def client(url) -> WebClient:
    return WebClient(token=TOKEN, base_url=f"{url}api/")


def refusal(call, **arguments) -> str:
    with pytest.raises(SlackApiError) as refused:
        call(**arguments)
    return refused.value.response["error"]


def texts(answer) -> list[str]:
    return [message["text"] for message in answer["messages"]]


def test_the_app_learns_who_it_is(client):
    told = client.auth_test()
    assert (told["user_id"], told["bot_id"], told["team_id"]) == (BOT.id, BOT.bot_id, "T0DESK")


def test_a_message_is_read_back_as_it_was_posted(client):
    posted = client.chat_postMessage(channel=OPEN, text="新案", blocks=[section("*新案*")])
    read = client.conversations_history(channel=OPEN)["messages"]
    assert [message["ts"] for message in read] == [posted["ts"]]
    assert read[0]["blocks"][0]["text"]["text"] == "*新案*"
    assert read[0]["blocks"][0]["block_id"]
    assert (read[0]["user"], read[0]["bot_id"]) == (BOT.id, BOT.bot_id)


def test_metadata_come_back_only_when_asked_for(client):
    client.chat_postMessage(channel=OPEN, text="新案", metadata=METADATA)
    told = client.conversations_history(channel=OPEN, include_all_metadata=True)
    assert told["messages"][0]["metadata"] == METADATA
    assert "metadata" not in client.conversations_history(channel=OPEN)["messages"][0]


def test_metadata_without_a_type_are_refused(client):
    metadata = {"event_payload": {}}
    code = refusal(client.chat_postMessage, channel=OPEN, text="新案", metadata=metadata)
    assert code == "invalid_metadata_format"


def test_a_message_to_a_person_opens_the_direct_messages(client):
    posted = client.chat_postMessage(channel=OFFICER, text="您好")
    opened = client.conversations_open(users=OFFICER)
    assert posted["channel"] == opened["channel"]["id"]
    assert opened["already_open"] is True
    assert client.conversations_info(channel=posted["channel"])["channel"]["user"] == OFFICER


def test_direct_messages_of_two_persons_are_apart(client):
    channels = {
        client.chat_postMessage(channel=one, text="您好")["channel"] for one in (OFFICER, CIO)
    }
    assert len(channels) == 2
    assert all(len(texts(client.conversations_history(channel=one))) == 1 for one in channels)


@pytest.mark.parametrize(
    ("channel", "code"),
    [
        ("C99", "channel_not_found"),
        (FOREIGN, "not_in_channel"),
        (FOREIGN_SECRET, "channel_not_found"),
        (OLD, "is_archived"),
        (LEFT, "account_inactive"),
    ],
)
def test_where_the_app_cannot_post_it_is_told_why(client, channel, code):
    assert refusal(client.chat_postMessage, channel=channel, text="新案") == code


def test_a_message_without_words_is_refused(client):
    assert (
        refusal(client.api_call, api_method="chat.postMessage", json={"channel": OPEN}) == "no_text"
    )


def test_history_is_newest_first_and_goes_on_page_by_page(client):
    for number in range(5):
        client.chat_postMessage(channel=OPEN, text=str(number))
    first = client.conversations_history(channel=OPEN, limit=2)
    cursor = first["response_metadata"]["next_cursor"]
    second = client.conversations_history(channel=OPEN, limit=3, cursor=cursor)
    assert (texts(first), texts(second)) == (["4", "3"], ["2", "1", "0"])
    assert (first["has_more"], second["has_more"]) == (True, False)


def test_the_bounds_of_history_are_outside_unless_inclusive(client):
    stamps = [client.chat_postMessage(channel=OPEN, text=str(n))["ts"] for n in range(3)]
    bounds = {"oldest": stamps[0], "latest": stamps[2]}
    assert texts(client.conversations_history(channel=OPEN, **bounds)) == ["1"]
    inclusive = client.conversations_history(channel=OPEN, inclusive=True, **bounds)
    assert texts(inclusive) == ["2", "1", "0"]


def test_a_garbled_bound_of_history_is_refused(client):
    refused = refusal(client.conversations_history, channel=OPEN, oldest="yesterday")
    assert refused == "invalid_ts_oldest"


def test_an_ephemeral_message_is_for_one_pair_of_eyes(client, space):
    client.chat_postEphemeral(channel=OPEN, user=OFFICER, text="只有您看得到")
    assert texts(client.conversations_history(channel=OPEN)) == []
    assert len(space.messages.shown_to(OFFICER, OPEN, 10)) == 1
    assert space.messages.shown_to(CIO, OPEN, 10) == []


def test_an_ephemeral_message_needs_somebody_who_is_there(client):
    code = refusal(client.chat_postEphemeral, channel=OPEN, user=OUTSIDER, text="您好")
    assert code == "user_not_in_channel"


def test_text_alone_takes_the_blocks_away_and_is_marked_as_edited(client):
    ts = client.chat_postMessage(channel=OPEN, text="舊", blocks=[section("舊")])["ts"]
    changed = client.chat_update(channel=OPEN, ts=ts, text="新")["message"]
    assert changed["text"] == "新"
    assert "blocks" not in changed
    assert changed["edited"]["user"] == BOT.id


def test_an_update_with_blocks_is_not_marked_and_keeps_the_metadata(client):
    ts = client.chat_postMessage(channel=OPEN, text="舊", metadata=METADATA)["ts"]
    client.chat_update(channel=OPEN, ts=ts, text="新", blocks=[section("新")])
    read = client.conversations_history(channel=OPEN, include_all_metadata=True)["messages"][0]
    assert read["metadata"] == METADATA
    assert "edited" not in read


def test_the_app_changes_only_what_it_wrote_and_what_is_there(client, space):
    ts = space.messages.say(OPEN, OFFICER, "大家好")["ts"]
    assert refusal(client.chat_update, channel=OPEN, ts=ts, text="新") == "cant_update_message"
    assert refusal(client.chat_delete, channel=OPEN, ts=ts) == "cant_delete_message"
    assert (
        refusal(client.chat_update, channel=OPEN, ts="1.000001", text="新") == "message_not_found"
    )


def test_in_an_archived_channel_nothing_is_changed(client, space):
    ts = space.messages.post(OLD, {"text": "舊"})["ts"]
    assert refusal(client.chat_update, channel=OLD, ts=ts, text="新") == "is_inactive"


def test_who_left_meanwhile_is_sent_nothing(client, space):
    channel = space.direct(OFFICER).id
    space.people[OFFICER] = replace(space.people[OFFICER], deleted=True)
    assert refusal(client.chat_postMessage, channel=channel, text="您好") == "account_inactive"
    assert refusal(client.chat_postMessage, channel=OFFICER, text="您好") == "account_inactive"


def test_a_deleted_message_is_gone(client):
    ts = client.chat_postMessage(channel=OPEN, text="新案")["ts"]
    client.chat_delete(channel=OPEN, ts=ts)
    assert texts(client.conversations_history(channel=OPEN)) == []


def test_what_a_person_types_is_escaped_as_slack_escapes_it(client, space):
    space.messages.say(OPEN, OFFICER, "<!channel> & <@U1>")
    read = client.conversations_history(channel=OPEN)
    assert texts(read) == ["&lt;!channel&gt; &amp; &lt;@U1&gt;"]


def test_timestamps_go_up_though_the_clock_stands_or_goes_back(client, clock):
    stamps = []
    for step in (0, 0, -3600, 5):
        clock.move(seconds=step)
        stamps.append(client.chat_postMessage(channel=OPEN, text="新案")["ts"])
    assert stamps == sorted(set(stamps))


def test_a_message_that_was_answered_ok_is_on_disk(client, tmp_path, clock):
    ts = client.chat_postMessage(channel=OFFICER, text="不會遺失")["ts"]
    after_a_crash = workspace(tmp_path, clock)
    channel = after_a_crash.direct(OFFICER).id
    assert [
        one["message"]["ts"] for one in after_a_crash.messages.shown_to(OFFICER, channel, 9)
    ] == [ts]
    after_a_crash.close()


def test_timestamps_go_up_across_a_restart(client, space, tmp_path, clock):
    before = client.chat_postMessage(channel=OPEN, text="前")["ts"]
    again = workspace(tmp_path, clock)
    assert again.messages.post(OPEN, {"text": "後"})["ts"] > before
    again.close()


def test_people_have_a_locale_and_a_zone(client):
    told = client.users_info(user=OUTSIDER, include_locale=True)["user"]
    assert (told["locale"], told["tz"], told["tz_offset"]) == ("en-US", "Asia/Taipei", 8 * 3600)
    assert (told["is_restricted"], told["deleted"]) == (True, False)
    assert refusal(client.users_info, user="U99") == "user_not_found"


def test_everybody_is_listed_and_who_left_is_marked(client):
    listed = {one["id"]: one["deleted"] for one in client.users_list()["members"]}
    assert listed == {OFFICER: False, CIO: False, OUTSIDER: False, LEFT: True, BOT.id: False}


def test_lists_come_page_by_page(client):
    first = client.users_list(limit=3)
    rest = client.users_list(limit=3, cursor=first["response_metadata"]["next_cursor"])
    assert (len(first["members"]), len(rest["members"])) == (3, 2)
    assert rest["response_metadata"]["next_cursor"] == ""


def test_the_app_sees_no_private_channel_that_it_is_not_in(client):
    listed = client.conversations_list(types="public_channel,private_channel")["channels"]
    assert {one["id"] for one in listed} == {OPEN, SECRETIVE, FOREIGN, OLD}
    assert refusal(client.conversations_info, channel=FOREIGN_SECRET) == "channel_not_found"


def test_archived_channels_are_left_out_on_request(client):
    listed = client.conversations_list(exclude_archived=True)["channels"]
    assert {one["id"] for one in listed} == {OPEN, FOREIGN}
    assert refusal(client.conversations_list, types="public_channel,mpim") == "invalid_types"


def test_how_many_are_in_a_channel_is_told_on_request(client):
    assert "num_members" not in client.conversations_info(channel=OPEN)["channel"]
    told = client.conversations_info(channel=OPEN, include_num_members=True)
    assert told["channel"]["num_members"] == 3


def test_a_cursor_that_no_answer_gave_is_refused(client):
    assert refusal(client.users_list, cursor="dXNlcjo") == "invalid_cursor"
    assert refusal(client.conversations_history, channel=OPEN, cursor="x") == "invalid_cursor"


def test_members_of_a_channel_include_the_app(client):
    assert client.conversations_members(channel=OPEN)["members"] == [OFFICER, CIO, BOT.id]
    assert client.conversations_members(channel=FOREIGN)["members"] == [OFFICER, OUTSIDER]


def test_no_direct_messages_with_who_left_or_with_itself(client):
    assert refusal(client.conversations_open, users=LEFT) == "user_disabled"
    assert refusal(client.conversations_open, users=BOT.id) == "cannot_dm_bot"


def test_a_strange_token_and_a_missing_one_are_told_apart(url):
    assert refusal(WebClient(token="xoxb-no", base_url=f"{url}api/").auth_test) == "invalid_auth"
    assert refusal(WebClient(base_url=f"{url}api/").auth_test) == "not_authed"


def test_an_unknown_method_is_named(client):
    assert refusal(client.api_call, api_method="chat.shout") == "unknown_method"


def test_a_form_is_taken_as_well_as_json(url):
    blocks = json.dumps([section("表單")])
    form = urlencode({"token": TOKEN, "channel": OPEN, "text": "表單", "blocks": blocks})
    with urlopen(Request(f"{url}api/chat.postMessage", data=form.encode())) as answer:
        told = json.load(answer)
    assert told["ok"] is True
    assert told["message"]["blocks"][0]["text"]["text"] == "表單"
