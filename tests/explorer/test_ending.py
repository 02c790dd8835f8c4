"""Ctrl-C ends the explorer, whatever those who look at it do."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from latentscape.explorer.server import GRACE
from tests.bundle.samples import Sample

LARGE = 40_000_000
EXPLORE = """
import signal, sys
from pathlib import Path
from latentscape.cli.main import run
from latentscape.explorer import page, server
signal.signal(signal.SIGINT, signal.default_int_handler)  # shells ignore it in the background
server.GRACE = float(sys.argv.pop())
page.STATIC = Path(sys.argv.pop())
run()
"""

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals are others there")


@pytest.fixture
def folder(tmp_path) -> Path:
    """A bundle with a file that fits no buffer of the system."""
    made = Sample(count=30).write(tmp_path / "b")
    space = json.loads((made / "space.json").read_text())
    space["files"]["large.bin"] = {"bytes": LARGE}
    (made / "large.bin").write_bytes(bytes(LARGE))
    (made / "space.json").write_text(json.dumps(space))
    return made


@contextmanager
def exploring(
    folder: Path, static: Path, grace: float = GRACE
) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """`latentscape explore` in a process of its own, and its port."""
    words = ["explore", folder, "--no-browser", static, str(grace)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", EXPLORE, *words], **pipes) as server:
        try:
            port = None
            while port is None:
                port = re.search(r"127\.0\.0\.1:(\d+)", server.stdout.readline())
            yield server, int(port[1])
        finally:
            server.kill()


@contextmanager
def downloading(port: int) -> Iterator[socket.socket]:
    """A client that has begun to read the large file."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
        host = b"Host: 127.0.0.1:%d\r\n" % port
        client.sendall(b"GET /bundle/large.bin HTTP/1.1\r\n" + host + b"\r\n")
        assert client.recv(15) == b"HTTP/1.1 200 OK"
        yield client


def test_it_ends_while_downloads_are_left_unread(folder, built_page):
    with exploring(folder, built_page) as (server, port):
        with downloading(port), downloading(port):
            server.send_signal(signal.SIGINT)
            _, errors = server.communicate(timeout=15)
        assert server.returncode == 130
        assert errors == ""


def test_it_ends_at_once_without_a_word_when_nobody_looks(folder, built_page):
    for _ in range(3):
        with exploring(folder, built_page) as (server, _):
            server.send_signal(signal.SIGINT)  # as soon as the address is said
            _, errors = server.communicate(timeout=5)
        assert (server.returncode, errors) == (130, "")


def test_what_is_read_still_arrives(folder, built_page):
    with (
        exploring(folder, built_page, 60.0) as (server, port),
        downloading(port) as client,
    ):
        server.send_signal(signal.SIGINT)
        rest = b"".join(iter(lambda: client.recv(1 << 20), b""))
        assert rest.endswith(bytes(LARGE))
        assert server.wait(timeout=15) == 130
