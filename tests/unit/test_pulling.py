"""Pulling feedback: dropped lists become cases once, whatever comes again or dies on the way."""

import csv
import io
import os
import re
import time
from contextlib import suppress

import boto3
import pytest
from moto import mock_aws

from opendata.adapters.feedback_files import read_feedback
from opendata.adapters.inboxes import LARGEST, BucketInbox, FolderInbox, letters_of
from opendata.adapters.platform_webhook import load, understand
from opendata.desk import pulling, reconciling
from opendata.desk.outbox import Message
from opendata.desk.records import INBOX
from opendata.rules.errors import Invalid, Unavailable
from opendata.rules.reconciling import Difference
from tests.counting import Counting
from tests.slack import FakeSlack, sweep
from tests.world import CORA, FailingStore

HEAD = ("ID", "標題", "派發機關", "發表時間", "建議原因", "回復狀態")


def listed(*rows, encoding="utf-8"):
    out = io.StringIO(newline="")
    csv.writer(out).writerows([HEAD, *rows])
    return out.getvalue().encode(encoding)


def row(number, *, posted="2026-03-02 09:00", state="未回復", agency="法務部廉政署"):
    return (str(number), f"開放第{number}項", agency, posted, "請開放。", state)


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "inbox"
    made.mkdir()
    return made


@pytest.fixture
def drop(folder):
    def dropped(name, raw, minutes=5):
        path = folder / name
        path.write_bytes(raw)
        then = time.time() - 60 * minutes
        os.utime(path, (then, then))
        return path

    return dropped


@pytest.fixture
def pull(world, folder):
    return lambda desk=world.desk: pulling.pull(desk, FolderInbox(folder, world.clock))


def test_each_row_opens_its_case_and_the_file_is_put_away(world, folder, drop, pull):
    drop("a.csv", listed(row(1), row(2)))
    done = pull()
    assert (done.files, done.opened, done.known, done.refused) == (1, 2, 0, ())
    assert set(world.cases()) == {"S1", "S2"}
    (away,) = folder.rglob("*.csv")
    assert (away.parent.name, away.name.split(".")[0]) == ("done", "a")


@pytest.mark.parametrize("again", ["same", "reordered", "cp950", "longer"])
def test_a_list_that_comes_again_makes_no_second_case(world, drop, pull, again):
    drop("a.csv", listed(row(1), row(2)))
    pull()
    before = world.rows("CASE%")
    raw = {
        "same": listed(row(1), row(2)),
        "reordered": listed(row(2), row(1)),
        "cp950": listed(row(1), row(2), encoding="cp950"),
        "longer": listed(row(1), row(2), row(1)),
    }[again]
    drop("b.csv", raw)
    done = pull()
    assert (done.opened, world.rows("CASE%")) == (0, before)


def test_a_row_that_came_by_webhook_is_known(world, drop, pull):
    ((letter,), _) = read_feedback(listed(row(1)))
    told = load(letter.body)
    world.take(lambda: understand(told, world.clock()), letter.webhook, "x" * 64)
    other = row(1)
    drop("a.csv", listed((*other[:4], "請開放，謝謝。", other[5])))
    done = pull()
    assert (done.opened, done.known, world.cases()) == (0, 1, ["S1"])


def test_a_file_that_may_still_be_growing_waits(world, folder, drop, pull):
    path = drop("a.csv", listed(row(1)), minutes=0)
    assert pull().files == 0
    assert path.exists()


def test_bad_rows_stand_in_a_report_and_the_others_go_in(world, folder, drop, pull):
    drop("a.csv", listed(row(1), row(2, posted="昨天"), row("x"), ("半",)))
    done = pull()
    assert done.opened == 1
    (errors,) = (folder / "done").glob("a.*.errors.csv")
    report = errors.read_text("utf-8-sig")
    told = [line.split(",")[:2] for line in report.splitlines()]
    assert told == [["line", "column"], ["3", "發表時間"], ["4", "ID"], ["5", ""]]
    assert "開放第2項" not in report


@pytest.mark.parametrize("raw", [b"", b"a,b\n1,2\n", b"\xff\xfe\xff", b"<html></html>"])
def test_what_is_no_list_is_put_aside_and_keeps_nothing_else(world, folder, drop, pull, raw):
    drop("a.csv", raw)
    drop("b.csv", listed(row(1)), minutes=4)
    done = pull()
    assert (done.unread, done.opened) == (("a.csv",), 1)
    (away, _) = sorted((folder / "refused").glob("a.*.csv"), key=lambda one: len(one.name))
    assert away.read_bytes() == raw


def test_a_name_that_is_used_again_takes_the_place_of_no_other_file(folder, drop, pull):
    for n in range(3):
        drop("a.csv", listed(row(n), row("x")))
        pull()
    drop("a.csv", b"<html>")
    pull()
    assert len([one for one in (folder / "done").iterdir() if ".errors" not in one.name]) == 3
    assert len(list((folder / "done").glob("*.errors.csv"))) == 3
    assert len(list((folder / "refused").iterdir())) == 2


def not_taken(world):
    return [one for one in world.waiting() if one.kind is Message.NOT_TAKEN]


def test_the_coordinators_are_told_once_of_a_file_and_of_rows_that_were_not_taken(
    world, drop, pull
):
    drop("a.csv", b"<html>")
    drop("b.csv", listed(row(1), row("x"), row("y")), minutes=4)
    drop("c.csv", listed(row(2)), minutes=3)
    pull()
    drop("a.csv", b"<html>")
    pull()
    notices = [pulling.notice(world.desk, one.case.removeprefix(INBOX)) for one in not_taken(world)]
    told = {(one.name, one.read, one.n, tuple(row.line for row in one.rows)) for one in notices}
    assert told == {("a.csv", False, 1, (0,)), ("b.csv", True, 2, (3, 4))}


def test_the_coordinators_read_which_lines_were_not_taken(world, drop, pull):
    drop("b.csv", listed(row(1), row("x")))
    pull()
    slack = FakeSlack()
    sweep(world, slack)
    (told,) = [one for one in slack.to(CORA) if "收件匣" in one.words]
    assert "第3行" in told.words


def test_a_file_of_many_more_wrong_rows_than_are_told_is_told_in_one_message(world, drop, pull):
    drop("a.csv", listed(row(1), *(row("x") for _ in range(3 * pulling.TOLD))))
    pull()
    (task,) = not_taken(world)
    notice = pulling.notice(world.desk, task.case.removeprefix(INBOX))
    assert (notice.n, len(notice.rows)) == (3 * pulling.TOLD, pulling.TOLD)


def test_a_row_that_came_before_with_other_words_under_its_id_keeps_none_of_the_others(
    world, drop, pull
):
    ((letter, _), _) = read_feedback(listed(row(1), row(2)))
    told = load(letter.body)
    world.take(lambda: understand(told, world.clock()), letter.webhook, "y" * 64)
    drop("a.csv", listed(row(1), row(2)))
    done = pull()
    ((_, (line, wrong)),) = done.refused
    assert (line, wrong.code, done.opened) == (2, "mismatch", 1)


def test_a_pull_that_has_no_more_time_leaves_the_file_and_the_next_goes_on(
    world, folder, drop, pull
):
    drop("a.csv", listed(*(row(n) for n in range(1, 6))))
    drop("b.csv", listed(row(9)), minutes=4)
    asked = iter([False, False, True])
    done = pulling.pull(world.desk, FolderInbox(folder, world.clock), lambda: next(asked))
    assert (done.left, done.opened, done.files) == (True, 2, 0)
    done = pull()
    assert (done.left, done.opened, done.known, done.files) == (False, 4, 2, 2)


def test_an_inbox_that_cannot_be_written_to_is_told_and_loses_nothing(world, folder, drop, pull):
    drop("a.csv", listed(row(1)))
    (folder / "done").write_text("in the way")
    with pytest.raises(Unavailable):
        pull()
    assert (folder / "a.csv").exists()
    (folder / "done").unlink()
    assert (pull().known, world.cases()) == (1, ["S1"])


def test_a_file_that_vanishes_while_it_is_looked_at_is_told_and_no_raw_error(world, folder, drop):
    path = drop("a.csv", listed(row(1)))
    (file,) = FolderInbox(folder, world.clock).files()
    path.unlink()
    with pytest.raises(Unavailable):
        file.letters()
    with pytest.raises(Unavailable):
        file.finish([], read=True)


def test_a_file_that_is_too_large_is_refused_before_it_is_parsed(world):
    with pytest.raises(Invalid):
        letters_of(b"x" * (LARGEST + 1), world.clock)


def test_what_was_answered_before_the_desk_knew_it_opens_no_case(world, drop, pull):
    drop("a.csv", listed(row(1, state="已回復"), row(2)))
    done = pull()
    assert (done.answered, done.opened, world.cases()) == (1, 1, ["S2"])
    drop("b.csv", listed(row(2, state="已回復")))
    assert (pull().answered, world.cases()) == (0, ["S2"])


@pytest.mark.parametrize("nth", range(1, 4))
def test_a_refused_file_is_told_of_wherever_the_pull_dies(world, folder, drop, pull, nth):
    drop("a.csv", b"<html>")
    store = FailingStore(world.desk.store, nth, written=True)
    with suppress(Unavailable):
        pull(type(world.desk)(store, world.desk.clock))
    pull()
    assert len(not_taken(world)) == 1
    assert len(list((folder / "refused").iterdir())) == 2


def test_what_the_list_says_was_answered_is_compared_with_the_cases(world, drop, pull):
    drop("a.csv", listed(row(1), row(2), row(3)))
    assert (pull().compared, pull().differing) == (3, 0)
    drop("b.csv", listed(row(1, state="已回復"), row(2, state="處理中"), row(3), row("x")))
    done = pull()
    assert (done.compared, done.differing) == (2, 1)
    (one,) = reconciling.differences(world.desk)
    assert (one.case.id, one.how) == ("S1", Difference.UNAPPROVED)


def test_comparing_reads_a_hundred_rows_at_once(world, drop, folder):
    drop("a.csv", listed(*(row(n) for n in range(1, 121))))
    reads = Counting(world.desk.store)
    desk = type(world.desk)(reads, world.desk.clock)
    pulling.pull(desk, FolderInbox(folder, world.clock))
    before = len(reads.calls)
    drop("b.csv", listed(*(row(n) for n in range(1, 121))))
    assert pulling.pull(desk, FolderInbox(folder, world.clock)).compared == 120
    # A look at each delivery; two for the numbers, two for the heads, one for what was kept.
    assert reads.calls[before:] == ["get"] * (120 + 2 + 2 + 1) + ["commit"]


def test_a_pull_that_dies_anywhere_is_finished_by_the_next(world, folder, drop, pull):
    drop("a.csv", listed(*(row(n) for n in range(1, 5))))
    for nth in range(1, 14):
        for written in (False, True):
            store = FailingStore(world.desk.store, nth, written=written)
            try:
                pull(type(world.desk)(store, world.desk.clock))
            except Unavailable:
                assert (folder / "a.csv").exists()
    pull()
    assert sorted(world.cases()) == ["S1", "S2", "S3", "S4"]
    assert world.faults() == []


def test_a_folder_that_is_not_there_holds_nothing(world, tmp_path):
    assert pulling.pull(world.desk, FolderInbox(tmp_path / "none", world.clock)).files == 0


@pytest.fixture
def bucket(monkeypatch):
    for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY"):
        monkeypatch.setenv(f"AWS_{name}", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-east-2")
    with mock_aws():
        s3 = boto3.client("s3")
        where = {"LocationConstraint": "ap-east-2"}
        s3.create_bucket(Bucket="inbox", CreateBucketConfiguration=where)
        yield s3
        s3.close()


def test_a_bucket_is_an_inbox_too(world, bucket):
    bucket.put_object(Bucket="inbox", Key="lists/a.csv", Body=listed(row(1), row("x")))
    bucket.put_object(Bucket="inbox", Key="lists/b.csv", Body=b"<html>")
    bucket.put_object(Bucket="inbox", Key="lists/readme.txt", Body=b"-")
    inbox = BucketInbox("inbox", "lists", world.clock)
    done = pulling.pull(world.desk, inbox)
    assert (done.files, done.opened, done.unread) == (2, 1, ("b.csv",))
    keys = {one["Key"] for one in bucket.list_objects_v2(Bucket="inbox")["Contents"]}
    assert {re.sub(r"\.[0-9a-f]{12}\.", ".", key) for key in keys} == {
        "lists/readme.txt",
        "lists/done/a.csv",
        "lists/done/a.errors.csv",
        "lists/refused/b.csv",
        "lists/refused/b.errors.csv",
    }
    assert pulling.pull(world.desk, inbox).files == 0
    inbox._s3.close()


def test_an_object_that_was_replaced_while_it_was_read_is_looked_at_again(world, bucket):
    bucket.put_object(Bucket="inbox", Key="a.csv", Body=listed(row(1)))
    inbox = BucketInbox("inbox", "", world.clock)
    (file,) = inbox.files()
    bucket.put_object(Bucket="inbox", Key="a.csv", Body=listed(row(2)))
    with pytest.raises(Unavailable):
        file.letters()
    assert pulling.pull(world.desk, inbox).opened == 1
    assert world.cases() == ["S2"]
    inbox._s3.close()


def test_a_bucket_that_does_not_answer_leaves_everything_where_it_is(world, bucket):
    inbox = BucketInbox("elsewhere", "", world.clock)
    with pytest.raises(Unavailable):
        pulling.pull(world.desk, inbox)
    inbox._s3.close()
