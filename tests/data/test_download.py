import gzip
import hashlib
import re
import threading
import tracemalloc
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from latentscape.data import catalogue
from latentscape.data.catalogue import RemoteFile, SourceInfo
from latentscape.data.download import data_folder, fetch
from latentscape.system.errors import LatentscapeError

CONTENT = np.random.default_rng(0).bytes(300_000)
UNPACKED = b"what it holds " * 9
FILE = RemoteFile(
    "a.gz",
    len(CONTENT),
    hashlib.sha256(CONTENT).hexdigest(),
    len(UNPACKED),
    hashlib.sha256(UNPACKED).hexdigest(),
)


class Handler(BaseHTTPRequestHandler):
    """Misbehaves as the first folder of the path says; notes every request."""

    def do_GET(self):
        kind = self.path.split("/")[1]
        self.server.asked.append((kind, self.headers.get("Range")))
        getattr(self, kind)()

    def answer(self, body, status=200, length=None, start=0):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        if status == 206:
            self.send_header("Content-Range", f"bytes {start}-{len(CONTENT) - 1}/{len(CONTENT)}")
        self.end_headers()
        self.wfile.write(body)

    def ranged(self, most):
        """At most so many bytes, from where the client asks."""
        match = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range") or "")
        start = int(match[1]) if match else 0
        body = CONTENT[start:]
        self.answer(body[:most], 206 if match else 200, len(body), start)

    def good(self):
        self.ranged(len(CONTENT))

    def cut(self):
        self.ranged(120_000)

    def cut_without_ranges(self):
        self.answer(CONTENT[:120_000], length=len(CONTENT))

    def without_ranges(self):
        self.answer(CONTENT)

    def other_range(self):
        self.answer(CONTENT, 206, start=7)

    def wrong(self):
        self.answer(CONTENT[::-1])

    def short(self):
        self.answer(CONTENT[:1000])

    def endless(self):
        self.send_response(200)
        self.end_headers()
        try:
            while True:
                self.wfile.write(CONTENT)
        except OSError:
            self.server.stopped.set()

    def missing(self):
        self.answer(b"gone", 404)

    def silent(self):
        self.server.stopped.wait(20)

    def log_message(self, *args):
        pass


@pytest.fixture
def server():
    class Server(ThreadingHTTPServer):
        def handle_error(self, request, client_address):
            pass  # clients that hang up are part of the test

    with Server(("127.0.0.1", 0), Handler) as server:
        server.asked, server.stopped = [], threading.Event()
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.stopped.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def source(server):
    def make(*kinds):
        mirrors = tuple(f"http://127.0.0.1:{server.server_port}/{kind}/" for kind in kinds)
        return replace(catalogue()[1], name="toy", files=(FILE,), mirrors=mirrors)

    return make


def assert_whole(files):
    [file] = files
    folder = file.parent
    assert file == folder / "a.gz"
    assert (folder / "a.gz").read_bytes() == CONTENT
    assert {p.name for p in folder.iterdir()} <= {"a.gz", "a.gz.lock"}


@pytest.mark.parametrize(
    "kinds",
    [
        ("good",),
        ("cut",),
        ("wrong", "good"),
        ("short", "good"),
        ("endless", "good"),
        ("missing", "good"),
        ("cut_without_ranges", "good"),
        ("cut_without_ranges", "without_ranges"),
        ("cut_without_ranges", "other_range", "good"),
    ],
)
def test_the_published_file_arrives_in_the_end(source, tmp_path, kinds):
    assert_whole(fetch(source(*kinds), tmp_path / "deep" / "toy"))


def test_a_cut_download_goes_on_where_it_ended(source, server, tmp_path):
    fetch(source("cut"), tmp_path)
    (_, first), *later = server.asked
    starts = [0, *(int(wanted.removeprefix("bytes=").removesuffix("-")) for _, wanted in later)]
    assert first is None
    assert len(starts) == 3
    assert (np.diff(starts) > 100_000).all()


def test_a_later_run_goes_on_where_the_last_one_ended(source, server, tmp_path):
    with pytest.raises(LatentscapeError):
        fetch(source("cut_without_ranges"), tmp_path)
    assert not (tmp_path / "a.gz").exists()
    there = (tmp_path / "a.gz.part").stat().st_size
    assert there > 100_000
    server.asked.clear()
    assert_whole(fetch(source("missing", "good"), tmp_path))
    assert server.asked == [("missing", f"bytes={there}-"), ("good", f"bytes={there}-")]


@pytest.mark.parametrize("rest", [b"", CONTENT, b"rubbish" * 9, CONTENT + b"x"])
def test_whatever_was_left_beside_does_no_harm(source, tmp_path, rest):
    (tmp_path / "a.gz.part").write_bytes(rest)
    assert_whole(fetch(source("good"), tmp_path))


@pytest.mark.parametrize("there", [b"", CONTENT[::-1], CONTENT[:-1]])
def test_a_damaged_file_is_fetched_anew(source, tmp_path, there):
    (tmp_path / "a.gz").write_bytes(there)
    assert_whole(fetch(source("good"), tmp_path))


def test_a_file_that_is_there_needs_no_network(source, server, tmp_path):
    (tmp_path / "a.gz").write_bytes(CONTENT)
    fetch(source("good"), tmp_path)
    assert server.asked == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.gz", gzip.compress(UNPACKED, 1, mtime=0)),
        ("a.gz", gzip.compress(UNPACKED[:20], mtime=0) + gzip.compress(UNPACKED[20:], mtime=0)),
        ("a", UNPACKED),
    ],
)
def test_what_a_file_holds_counts_and_not_how_it_is_packed(source, server, tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    assert fetch(source("good"), tmp_path) == (tmp_path / name,)
    assert server.asked == []


@pytest.mark.parametrize("other", [UNPACKED + b"x", UNPACKED[:-1], UNPACKED[::-1]])
def test_other_content_is_replaced_packed_and_passed_by_unpacked(source, tmp_path, other):
    (tmp_path / "a.gz").write_bytes(gzip.compress(other, mtime=0))
    assert_whole(fetch(source("good"), tmp_path))
    (tmp_path / "a").write_bytes(other)
    assert fetch(source("good"), tmp_path) == (tmp_path / "a.gz",)


def test_a_bomb_is_not_unpacked(source, tmp_path):
    (tmp_path / "a.gz").write_bytes(gzip.compress(bytes(1 << 26), mtime=0))
    tracemalloc.start()
    assert_whole(fetch(source("good"), tmp_path))
    assert tracemalloc.get_traced_memory()[1] < 1 << 23
    tracemalloc.stop()


def test_files_that_are_good_are_not_asked_for(source, tmp_path):
    toy = source("missing")
    toy = replace(toy, files=(FILE, replace(FILE, name="b.gz")))
    (tmp_path / "a.gz").write_bytes(gzip.compress(UNPACKED, mtime=0))
    with pytest.raises(LatentscapeError, match=r"put b\.gz from "):
        fetch(toy, tmp_path)


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("wrong", "not the published file"),
        ("endless", "not the published file"),
        ("missing", "the server answered 404"),
        ("cut_without_ranges", "the connection broke off"),
        ("silent", "the server does not answer"),
    ],
)
def test_what_cannot_be_had_is_explained_and_never_placed(source, tmp_path, kind, reason):
    toy = source(kind)
    with pytest.raises(LatentscapeError) as caught:
        fetch(toy, tmp_path, timeout=0.3)
    message = str(caught.value)
    assert reason in message
    assert f"put a.gz from {toy.mirrors[0]} into '{tmp_path}' by hand" in message
    assert not (tmp_path / "a.gz").exists()


def test_without_a_network_one_sentence_says_what_to_do(source, tmp_path):
    toy = replace(source("good"), mirrors=("http://127.0.0.1:9/", "http://nowhere.invalid/"))
    with pytest.raises(LatentscapeError, match=r"no connection\); put a.gz from .* by hand"):
        fetch(toy, tmp_path)


def test_a_place_that_cannot_be_written_is_explained(source, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(LatentscapeError, match="cannot fetch toy"):
        fetch(source("good"), tmp_path / "file" / "toy")


def test_two_at_once_fetch_it_once(source, server, tmp_path):
    found, toy = [], source("good")
    threads = [
        threading.Thread(target=lambda: found.append(fetch(toy, tmp_path))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(server.asked) == 1
    assert_whole(found[-1])


def test_the_environment_names_the_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("LATENTSCAPE_DATA", str(tmp_path))
    assert data_folder() == tmp_path
    monkeypatch.delenv("LATENTSCAPE_DATA")
    assert data_folder().name == "latentscape"


@pytest.mark.parametrize("info", catalogue(), ids=lambda info: info.name)
def test_the_catalogue_is_complete(info: SourceInfo):
    assert bool(info.files) == bool(info.mirrors) == (info.origin == "downloaded")
    digests = [(file.sha256, file.unpacked_sha256) for file in info.files]
    assert all(re.fullmatch("[0-9a-f]{64}", digest) for pair in digests for digest in pair)
    assert all(mirror.endswith("/") for mirror in info.mirrors)
