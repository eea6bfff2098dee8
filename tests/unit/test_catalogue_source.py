"""Where an export lies: a file or an address, read to its end or not at all."""

import io
import json
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from threading import Thread

import pytest

from opendata.adapters import catalogue_source
from opendata.adapters.catalogue_files import Export
from opendata.adapters.catalogue_source import Source, name_of
from opendata.rules.errors import Invalid
from tests.catalogues import csv_of, row

RAW = csv_of([row(str(n), f"資料{n}") for n in range(50)])


@contextmanager
def serving(raw, *, promised=None, status=200):
    """Gives these bytes, and says that there are so many."""

    class Giving(BaseHTTPRequestHandler):
        def do_GET(self):  # http.server's spelling
            self.send_response(status)
            self.send_header("content-length", str(promised or len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Giving)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/export.csv?key=secret"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def read(place, **more):
    with Source(place, **more) as source:
        return list(Export(source))


def reason_of(raised):
    (fault,) = raised.value.faults
    assert fault.code == "catalogue_away"
    return dict(fault.params)["reason"]


def test_an_address_is_read_to_its_end():
    with serving(RAW) as place:
        assert len(read(place)) == 50


def test_an_address_that_gives_less_than_it_said_is_no_list():
    """Cut off between two rows, where the file itself does not tell."""
    cut = RAW[: RAW.index(b"\n40,") + 1]
    assert len(list(Export(io.BytesIO(cut)))) == 40
    with serving(cut, promised=len(RAW)) as place, pytest.raises(Invalid) as raised:
        read(place)
    assert reason_of(raised) == f"{len(RAW) - len(cut)} bytes are missing"


def test_an_address_that_says_no_is_told_by_its_status():
    with serving(b"<html>", status=503) as place, pytest.raises(Invalid) as raised:
        read(place)
    assert reason_of(raised) == "HTTP 503"


def test_an_address_that_goes_on_and_on_is_given_up(monkeypatch):
    monkeypatch.setattr(catalogue_source, "MOST", 1000)
    with serving(RAW) as place, pytest.raises(Invalid) as raised:
        read(place)
    assert reason_of(raised) == "more than 1000 bytes"


def test_an_address_that_drips_is_given_up():
    seconds = count(0.0, 400.0)
    with serving(RAW) as place, pytest.raises(Invalid) as raised:
        read(place, clock=lambda: next(seconds))
    assert reason_of(raised) == "more than 600 s"


def test_a_file_of_this_machine_may_be_of_any_size_and_take_its_time(tmp_path, monkeypatch):
    monkeypatch.setattr(catalogue_source, "MOST", 1000)
    path, seconds = tmp_path / "export.csv", count(0.0, 400.0)
    path.write_bytes(RAW)
    assert len(read(str(path), clock=lambda: next(seconds))) == 50


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(Invalid) as raised:
        read(str(tmp_path / "none.csv"))
    assert reason_of(raised) == "No such file or directory"


def test_the_query_of_an_address_is_told_nobody():
    assert name_of("https://data.gov.tw/export.csv?key=secret") == "data.gov.tw/export.csv"


LISTED = [
    {"nid": 1, "title": "甲", "agency_name": "法務部"},
    {"nid": 2, "title": "乙", "agency_name": "法務部", "quality_check_status": "金"},
    {"nid": 3, "title": "丙", "agency_name": "法務部", "quality_check_status": "銀"},
]


def test_each_object_of_json_is_read_by_its_own_keys():
    export = Export(io.BytesIO(json.dumps(LISTED).encode()))
    assert [one.listing.quality for one in export] == [None, "金", "銀"]


def test_the_digest_of_json_is_that_of_the_whole_file():
    digests = set()
    for total in (3, 4):
        raw = json.dumps({"Records": LISTED, "more": "x" * 200_000, "total": total}).encode()
        export = Export(io.BytesIO(raw))
        assert len(list(export)) == 3
        digests.add(export.digest)
    assert len(digests) == 2


def test_json_that_breaks_off_is_told_by_the_object_after_which_it_does():
    raw = json.dumps(LISTED * 20).encode()[:-40]
    with pytest.raises(Invalid) as raised:
        list(Export(io.BytesIO(raw)))
    (fault,) = raised.value.faults
    assert (fault.code, dict(fault.params)) == ("cut_off_after", {"n": 59})
