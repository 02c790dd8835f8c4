"""The server over a real socket, asked for what it must not give."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from html.parser import HTMLParser

import pytest

from latentscape.bundle import read_bundle
from latentscape.explorer import write_html
from latentscape.system.errors import LatentscapeError
from tests.bundle.samples import Sample
from tests.explorer.serving import serving

SECRET = b"a file of mine beside the bundle"


@pytest.fixture
def folder(tmp_path):
    """A bundle between files that are not its own."""
    made = Sample(count=30).write(tmp_path / "b")
    (tmp_path / "secret.txt").write_bytes(SECRET)
    (made / "secret.txt").write_bytes(SECRET)
    return made


@pytest.fixture
def port(folder, built_page):
    """Where the bundle is served as `latentscape explore` does."""
    with serving(read_bundle(folder)) as port:
        yield port


def asked(
    port: int, target: bytes, *headers: bytes, host: bytes | None = None
) -> tuple[int, bytes]:
    """Send bytes as they are, which no client of good manners would; status and all else."""
    own = b"Host: " + (host or b"127.0.0.1:%d" % port)
    lines = [b"GET " + target + b" HTTP/1.1", own, b"Connection: close", *headers, b"", b""]
    with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
        client.sendall(b"\r\n".join(lines))
        answer = b"".join(iter(lambda: client.recv(65536), b""))
    return int(answer.split(b" ", 2)[1]), answer


UP = [
    b"..",
    b"%2e%2e",
    b"%2E.",
    b"%252e%252e",
    b"%c0%ae%c0%ae",  # overlong UTF-8 of the same
    b"%e0%80%ae%e0%80%ae",
    b"\xc0\xae\xc0\xae",
    b"..%00",
    b"..;",
    b"%uff0e%uff0e",
]
SLASHES = [b"/", b"%2f", b"%252f", b"\\", b"%5c", b"%c0%af", b"//"]
ABSOLUTE = [b"/etc/passwd", b"//etc/passwd", b"/%2fetc/passwd", b"/bundle//etc/passwd"]
ABSOLUTE += [b"/bundle/%2fetc%2fpasswd", b"/C:/Windows/win.ini", b"file:///etc/passwd"]
ABSOLUTE += [b"/bundle/space.json%00.png", b"/bundle/secret.txt", b"/bundle/./secret.txt"]


def test_no_way_of_writing_a_path_leads_out_of_the_bundle(port, folder):
    assert asked(port, b"/bundle/space.json")[0] == 200
    targets = [b"/bundle/" + up + slash + b"secret.txt" for up in UP for slash in SLASHES]
    for target in targets + ABSOLUTE:
        status, answer = asked(port, target)
        assert status in (400, 404), target
        assert SECRET not in answer and b"root:" not in answer, target


@pytest.mark.parametrize(
    "host",
    [
        b"evil.example",
        b"evil.example:%d",
        b"127.0.0.1.evil.example:%d",
        b"localhost.evil.example",
        b"evil.localhost:%d",
        b"127.0.0.2:%d",
        b"127.1:%d",
        b"[::]:%d",
        b"[::ffff:127.0.0.1]:%d",
        b"::1",
        b"127.0.0.1:",
        b"127.0.0.1:x",
        b"localhost.:%d",
        b"LOCALHOST.evil:%d",
        b"evil@127.0.0.1:%d",
        b"127.0.0.1:%d@evil",
        b"127.0.0.1:%d, evil.example",
        b"0.0.0.0:%d",
        b"2130706433:%d",
    ],
)
def test_a_name_that_only_leads_here_is_refused(port, host):
    named = host % port if b"%d" in host else host
    assert asked(port, b"/bundle/space.json", host=named)[0] in (400, 403)


def test_a_second_host_and_an_address_in_the_request_line_give_no_other_name(port):
    evil = b"Host: evil.example"
    assert asked(port, b"/", evil)[0] == 400
    assert asked(port, b"http://evil.example/bundle/space.json")[0] in (400, 403, 404)
    assert asked(port, b"/", b"X-Forwarded-Host: evil.example", host=b"evil.example")[0] == 403


def test_ranges_that_make_no_sense_are_refused_and_no_range_sends_more_than_the_file(port, folder):
    content = (folder / "points.arrow").read_bytes()
    size = len(content)
    for wanted in (b"bytes=9-5", b"bytes=%d-" % size, b"bytes=99999999999999999999-", b"x=0-5"):
        assert asked(port, b"/bundle/points.arrow", b"Range: " + wanted)[0] in (400, 416), wanted
    many = b",".join(b"%d-%d" % (i, i + 1) for i in range(0, 4000, 3))
    same = b",".join([b"0-"] * 1000)
    odd = [b"bytes=" + many, b"bytes=" + same, b"bytes=", b"bytes=-", b"bytes=,,,,", b"bytes=a-b"]
    odd += [b"bytes=-99999999999999999999", b"bytes=0-99999999999999999999", b"bytes=0-,0-,0-"]
    odd += [b"bytes=" + b"0-0," * 2000, b"bytes=" + b"-" * 5000, b"\xff\xfe"]
    for wanted in odd:
        status, answer = asked(port, b"/bundle/points.arrow", b"Range: " + wanted)
        assert status in (200, 206, 400, 416), wanted
        assert len(answer) < size + 20_000, wanted
    assert asked(port, b"/bundle/points.arrow", b"Range: bytes=5-14")[1].endswith(content[5:15])


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
@pytest.mark.parametrize("name", ["points.arrow", "atlas-000.png", "space.json"])
def test_a_bundle_with_a_link_to_elsewhere_is_refused(folder, tmp_path, name):
    (folder / name).rename(tmp_path / name)
    (folder / name).symlink_to(tmp_path / name)
    with pytest.raises(LatentscapeError, match=rf"{re.escape(name)}' is a link"):
        read_bundle(folder)


def test_a_file_s_name_cannot_add_markup_to_the_page(folder, built_page, tmp_path):
    evil = '"><img src=x onerror=alert(1)>.png'
    space = json.loads((folder / "space.json").read_text())
    (folder / evil).write_bytes(b"x")
    space["files"][evil] = {"bytes": 1}
    (folder / "space.json").write_text(json.dumps(space))
    page = write_html(read_bundle(folder), tmp_path / "x.html").read_text(encoding="utf-8")
    names: list[str | None] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag, attrs):
            names.extend(value for key, value in attrs if key == "data-file")

    Reader().feed(page)
    assert names == [*(f"bundle/{name}" for name in read_bundle(folder).files), "ort.wasm"]


CROWDED = """
import resource, sys
from pathlib import Path
from latentscape.bundle import read_bundle
from latentscape.explorer import page, serve
resource.setrlimit(resource.RLIMIT_NOFILE, (20, 40))
page.STATIC = Path(sys.argv[1])
serve(read_bundle(sys.argv[2]), browser=False, ready=lambda address: print(address, flush=True))
"""


@pytest.mark.skipif(os.name == "nt", reason="has no such limit")
def test_more_connections_than_the_system_allows_wait_and_are_told_once(folder, built_page):
    command = [sys.executable, "-c", CROWDED, built_page, folder]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes) as server:
        port = int(server.stdout.readline().strip().rstrip("/").rpartition(":")[2])
        crowd = [socket.create_connection(("127.0.0.1", port), timeout=20) for _ in range(60)]
        first = server.stderr.readline()
        for connection in crowd:
            connection.close()
        statuses = []
        while 200 not in statuses and len(statuses) < 50:
            statuses.append(asked(port, b"/bundle/space.json")[0])
            time.sleep(0.1)
        server.terminate()
        rest = server.stderr.read()
    assert first.startswith("latentscape: more connections are open")
    assert rest == ""
    assert statuses[-1] == 200
    assert set(statuses) <= {200, 503}
