import base64
from collections.abc import Iterator

import httpx
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from infra.desk.files import LARGEST
from tests.unit.standin import (
    BOT,
    CIO,
    OFFICER,
    OPEN,
    OUTSIDER,
    TOKEN,
    App,
    Hand,
    Server,
    field,
    modal,
    serving,
    workspace,
)

BEARER = {"authorization": f"Bearer {TOKEN}"}
CSV = "案號,件數\n".encode()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving() as made:
        yield made


@pytest.fixture
def url(server, space) -> str:
    return server.play(space, App())


@pytest.fixture
def page(url) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=url) as made:
        yield made


@pytest.fixture
def client(url) -> WebClient:
    return WebClient(token=TOKEN, base_url=f"{url}api/")


@pytest.fixture
def view(space):
    """A modal before the officer that asks for a file."""
    return form(space)


def form(space, *, optional=False, **more):
    element = {"type": "file_input", **more}
    return space.views.open(OFFICER, modal(field("file", element, optional=optional)))


def upload(page, view, content=CSV, name="清冊.csv", **more):
    encoded = base64.b64encode(content).decode()
    asked = {"as": OFFICER, "view_id": view["id"], "block_id": "file", "name": name}
    return page.post("page/act/upload", json=asked | {"content": encoded} | more)


def chosen(*ids):
    return {"file": {"v": list(ids)}}


def refusal(call, **arguments) -> str:
    with pytest.raises(SlackApiError) as refused:
        call(**arguments)
    return refused.value.response["error"]


# -- what a person hands in ---------------------------------------------------------------------


def test_a_file_is_handed_in_and_told_in_slacks_own_shape(page, space, view):
    app = App()
    file_id = upload(page, view).json()["id"]
    hand = Hand(space, app)
    hand.submit(view, chosen(file_id))
    (told,) = hand.payload()["view"]["state"]["values"]["file"]["v"]["files"]
    expected = {
        "id": file_id,
        "name": "清冊.csv",
        "mimetype": "text/csv",
        "filetype": "csv",
        "size": len(CSV),
        "user": OFFICER,
    }
    assert told.items() >= expected.items()
    assert told["url_private"].endswith(f"{file_id}/%E6%B8%85%E5%86%8A.csv")
    assert hand.payload()["view"]["state"]["values"]["file"]["v"]["type"] == "file_input"


def test_a_field_that_may_stay_empty_tells_no_files(hand, space):
    hand.submit(form(space, optional=True))
    state = hand.payload()["view"]["state"]["values"]
    assert state == {"file": {"v": {"type": "file_input", "files": []}}}


def test_a_file_that_is_asked_for_must_be_there(hand, space, app, view):
    assert hand.submit(view, chosen()).refused == {"file": "required"}
    assert app.asked == []


def test_nobody_hands_in_what_was_chosen_for_another_modal_or_by_another(page, space, hand, view):
    other = upload(page, view).json()["id"]
    again = form(space)
    assert hand.submit(again, chosen(other, "F99", 7)).refused == {"file": "required"}
    space.views.open(CIO, modal(field("file", {"type": "file_input"})))
    answer = upload(page, again, **{"as": CIO})
    assert (answer.status_code, answer.json()) == (409, {"error": "not_found"})


def test_more_files_than_the_field_takes_are_refused_before_the_app_hears(page, space, hand, app):
    view = form(space, max_files=1)
    ids = [upload(page, view, name=name).json()["id"] for name in ("1.csv", "2.csv")]
    assert hand.submit(view, chosen(*ids)).refused == {"file": "too_many"}
    assert app.asked == []
    assert hand.submit(view, chosen(ids[0], ids[0])).refused == {}


@pytest.mark.parametrize(
    ("more", "content", "code"),
    [
        ({"name": "清冊.exe"}, CSV, "file_type_not_allowed"),
        ({"name": "清冊"}, CSV, "file_type_not_allowed"),
        ({"name": "../清冊.csv"}, CSV, "invalid_name"),
        ({"name": f"{'長' * 252}.csv"}, CSV, "invalid_name"),
        ({}, b"", "no_file_data"),
        ({}, b"0" * (LARGEST + 1), "file_upload_size_restricted"),
        ({"block_id": "text"}, CSV, "element_not_found"),
    ],
)
def test_a_file_that_the_field_does_not_take_is_refused_at_once(page, space, more, content, code):
    view = form(space, filetypes=["csv", "xlsx"])
    answer = upload(page, view, content, **more)
    assert (answer.status_code, answer.json()) == (409, {"error": code})


def test_the_largest_file_is_taken(page, view):
    assert upload(page, view, b"0" * LARGEST).status_code == 200


def test_content_that_is_no_base64_is_refused(page, view):
    asked = {"as": OFFICER, "view_id": view["id"], "block_id": "file", "name": "1.csv"}
    answer = page.post("page/act/upload", json={**asked, "content": "***"})
    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_arguments"})


def test_a_press_in_the_modal_tells_the_files_too(page, space, view):
    hand = Hand(space, App())
    file_id = upload(page, view).json()["id"]
    hand.press_view(view, "file", "v", None, chosen(file_id))
    files = hand.payload()["view"]["state"]["values"]["file"]["v"]["files"]
    assert [one["id"] for one in files] == [file_id]


# -- what the app reads -------------------------------------------------------------------------


def test_the_app_downloads_what_was_handed_in(page, client, view):
    file_id = upload(page, view).json()["id"]
    told = client.files_info(file=file_id)["file"]
    answer = httpx.get(told["url_private_download"], headers=BEARER)
    assert (answer.status_code, answer.content) == (200, CSV)
    assert answer.headers["content-type"].startswith("text/csv")


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer xoxb-no"}])
def test_who_may_not_have_a_file_is_shown_a_page_to_sign_in(page, client, view, headers):
    told = upload(page, view).json()["file"]
    answer = httpx.get(told["url_private_download"], headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "Sign in" in answer.text
    assert CSV not in answer.content


def test_without_the_scope_a_file_is_a_page_to_sign_in_too(server, tmp_path, clock):
    space = workspace(tmp_path, clock, ["chat:write"])
    with httpx.Client(base_url=server.play(space, App())) as page:
        told = upload(page, form(space)).json()["file"]
        assert "Sign in" in httpx.get(told["url_private"], headers=BEARER).text
    space.close()


def test_a_file_that_is_not_there_is_not_found(client, url):
    assert refusal(client.files_info, file="F99") == "file_not_found"
    answer = httpx.get(f"{url}files-pri/T0DESK-F99/download/x.csv", headers=BEARER)
    assert answer.status_code == 404


def test_files_outlive_a_restart_and_not_a_new_beginning(page, space, view, tmp_path, clock):
    file_id = upload(page, view).json()["id"]
    again = workspace(tmp_path, clock)
    assert again.files.content(file_id) == CSV
    again.close()
    space.empty()
    assert space.ledger.read("SELECT * FROM files") == []


# -- what the app uploads -----------------------------------------------------------------------


def test_the_real_client_uploads_a_file_into_a_channel(client, space):
    made = client.files_upload_v2(
        channel=OPEN, filename="季報.csv", title="115Q3", content=CSV, initial_comment="本季報告"
    )
    (message,) = client.conversations_history(channel=OPEN)["messages"]
    assert (message["text"], message["user"]) == ("本季報告", BOT.id)
    (file,) = message["files"]
    assert (file["id"], file["title"], file["name"]) == (made["file"]["id"], "115Q3", "季報.csv")
    assert httpx.get(file["url_private"], headers=BEARER).content == CSV


def test_several_files_are_one_message(client):
    uploads = [{"filename": f"{n}.txt", "content": "文"} for n in range(2)]
    client.files_upload_v2(channel=OPEN, file_uploads=uploads)
    (message,) = client.conversations_history(channel=OPEN)["messages"]
    assert [one["filetype"] for one in message["files"]] == ["text", "text"]


def test_a_file_without_a_channel_is_kept_and_posted_nowhere(client):
    made = client.files_upload_v2(filename="1.txt", content="文")
    assert client.files_info(file=made["file"]["id"])["file"]["size"] == 3
    assert client.conversations_history(channel=OPEN)["messages"] == []


def test_where_the_app_may_not_post_no_file_is_posted(client):
    reserved = client.files_getUploadURLExternal(filename="1.txt", length=1)
    httpx.post(reserved["upload_url"], content=b"1")
    files = [{"id": reserved["file_id"]}]
    complete = client.files_completeUploadExternal
    assert refusal(complete, files=files, channel_id="C03") == "not_in_channel"
    assert refusal(complete, files=files, channel_id="C05") == "is_archived"
    assert refusal(complete, files=files, channel_id=OUTSIDER) == "channel_not_found"
    assert refusal(client.files_info, file=reserved["file_id"]) == "file_not_found"
    assert complete(files=files, channel_id=OPEN)["ok"] is True


def test_a_place_takes_just_the_bytes_that_were_announced(client, url):
    reserved = client.files_getUploadURLExternal(filename="1.txt", length=3)
    assert httpx.post(reserved["upload_url"], content=b"12").status_code == 400
    assert httpx.post(f"{url}upload/nowhere", content=b"123").status_code == 404
    files = [{"id": reserved["file_id"]}]
    assert refusal(client.files_completeUploadExternal, files=files) == "file_not_found"
    assert httpx.post(reserved["upload_url"], content=b"123").text == "OK - 3"


def test_an_upload_is_completed_once_and_all_of_it_or_nothing(client):
    reserved = client.files_getUploadURLExternal(filename="1.txt", length=1)
    httpx.post(reserved["upload_url"], content=b"1")
    complete, files = client.files_completeUploadExternal, [{"id": reserved["file_id"]}]
    assert refusal(complete, files=[*files, {"id": "F99"}]) == "file_not_found"
    complete(files=files)
    assert refusal(complete, files=files) == "file_not_found"


def test_a_file_that_is_too_large_gets_no_place(client):
    announce = client.files_getUploadURLExternal
    assert refusal(announce, filename="1.txt", length=LARGEST + 1) == "file_upload_size_restricted"
    assert refusal(announce, filename="a/b", length=1) == "invalid_name"
