import asyncio
import os
import socket

import httpx
import pytest
from starlette.applications import Starlette

from latentscape.bundle import read_bundle
from latentscape.explorer import page
from latentscape.explorer.application import application
from latentscape.explorer.server import listening
from latentscape.system.errors import LatentscapeError
from tests.bundle.samples import Sample


class Client:
    """Asks an application directly, without a socket."""

    def __init__(self, app: Starlette) -> None:
        self.transport = httpx.ASGITransport(app)

    def get(self, path: str, **options) -> httpx.Response:
        return asyncio.run(self.ask("GET", path, **options))

    def post(self, path: str) -> httpx.Response:
        return asyncio.run(self.ask("POST", path))

    async def ask(self, method: str, path: str, **options) -> httpx.Response:
        base = "http://127.0.0.1:8123"
        async with httpx.AsyncClient(transport=self.transport, base_url=base) as client:
            return await client.request(method, path, **options)


@pytest.fixture
def client(bundle, built_page):
    return Client(application(bundle, 8123))


def test_the_page_and_the_bundle_are_served(client, bundle, built_page):
    assert "page" in client.get("/").text
    assert client.get("/assets/index-1.js").headers["content-type"].startswith("text/javascript")
    assert client.get("/assets/ort-1.wasm").headers["content-type"] == "application/wasm"
    for name in bundle.files:
        answer = client.get(f"/bundle/{name}")
        assert answer.status_code == 200
        assert answer.content == (bundle.folder / name).read_bytes()


@pytest.mark.parametrize(
    "path",
    [
        "/bundle/secret.txt",
        "/bundle/../../etc/passwd",
        "/bundle/%2e%2e/space.json",
        "/assets/../single.html",
        "/single.html",
        "/bundle/",
        "//etc/passwd",
    ],
)
def test_nothing_else_is_served(client, bundle, path):
    (bundle.folder / "secret.txt").write_text("secret")
    assert client.get(path).status_code == 404


def test_only_reading_is_allowed(client):
    assert client.post("/bundle/space.json").status_code == 405


def test_parts_of_files_are_served(client, bundle):
    answer = client.get("/bundle/points.arrow", headers={"range": "bytes=5-14"})
    assert answer.status_code == 206
    assert answer.content == (bundle.folder / "points.arrow").read_bytes()[5:15]


def test_text_is_compressed_for_those_who_can(client):
    squeezed = client.get("/", headers={"accept-encoding": "gzip"})
    assert squeezed.headers["content-encoding"] == "gzip"
    plain = client.get("/", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert squeezed.text == plain.text


def test_only_files_named_by_their_content_are_kept_by_browsers(built_page, tmp_path):
    shown = read_bundle(Sample(count=60).write(tmp_path / "assets"))  # as the page's own folder
    client = Client(application(shown, 8123))
    for name in (*(f"bundle/{file}" for file in shown.files), ""):
        assert client.get(f"/{name}").headers["cache-control"] == "no-cache", name
    for name in ("index-1.js", "ort-1.wasm"):
        kept = client.get(f"/assets/{name}").headers["cache-control"]
        assert kept == "max-age=31536000, immutable"


def test_a_rebuilt_bundle_is_served_anew(client, bundle):
    client.get("/bundle/space.json")
    manifest = bundle.folder / "space.json"
    manifest.write_text("{}")
    assert client.get("/bundle/space.json").text == "{}"


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
@pytest.mark.parametrize("name", ["space.json", "points.arrow"])
def test_what_a_link_replaced_meanwhile_is_not_served(built_page, tmp_path, name):
    shown = read_bundle(Sample(count=60).write(tmp_path / "b"))
    client = Client(application(shown, 8123))
    assert client.get(f"/bundle/{name}").status_code == 200
    (shown.folder / name).rename(tmp_path / name)
    (shown.folder / name).symlink_to(tmp_path / name)
    assert client.get(f"/bundle/{name}").status_code == 404
    (shown.folder / name).unlink()
    (tmp_path / name).rename(shown.folder / name)
    shown.folder.rename(tmp_path / "elsewhere")
    shown.folder.symlink_to(tmp_path / "elsewhere")
    assert client.get(f"/bundle/{name}").status_code == 404


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_what_links_lead_to_when_it_starts_is_served(built_page, tmp_path):
    """A bundle reached by way of a link, and a page that an installer linked in its place."""
    (tmp_path / "link").symlink_to(Sample(count=60).write(tmp_path / "b"))
    (built_page / "assets").rename(tmp_path / "cache")
    (built_page / "assets").symlink_to(tmp_path / "cache")
    client = Client(application(read_bundle(tmp_path / "link"), 8123))
    assert client.get("/bundle/points.arrow").status_code == 200
    assert client.get("/assets/index-1.js").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},
        {"host": "evil.example:8123"},
        {"host": "127.0.0.1", "origin": "http://127.0.0.1:8123"},
        {"host": "127.0.0.1:8123", "origin": "http://localhost:8123"},
        {"host": "127.0.0.1:8123", "origin": ""},
        {"origin": "http://evil.example"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": "https://127.0.0.1:8123"},
        {"origin": "null"},
    ],
)
def test_foreign_hosts_and_origins_are_refused(client, headers):
    answer = client.get("/", headers=headers)
    assert answer.status_code == 403
    assert "page" not in answer.text.replace("its own page only", "")


def test_its_own_names_and_origin_are_answered(client):
    for host in ("127.0.0.1:8123", "localhost:8123"):
        assert client.get("/", headers={"host": host}).status_code == 200
    assert client.get("/", headers={"origin": "http://127.0.0.1:8123"}).status_code == 200


def test_pages_may_load_nothing_foreign(client):
    for path in ("/", "/bundle/space.json", "/no"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe-inline" not in policy
        assert "'unsafe-eval'" not in policy
        assert "http" not in policy
        assert headers["x-content-type-options"] == "nosniff"


def test_a_page_that_was_not_built_is_said(bundle, tmp_path, monkeypatch):
    monkeypatch.setattr(page, "STATIC", tmp_path)
    with pytest.raises(LatentscapeError, match="not built"):
        application(bundle, 1)


def test_a_port_that_is_taken_is_said():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(LatentscapeError, match="cannot be had"):
            listening(other.getsockname()[1])
    with pytest.raises(LatentscapeError, match="cannot be had"):
        listening(99999)


def test_answers_wait_for_no_receipt():
    """Asyncio sends at once (TCP_NODELAY) only where it knows the socket as one of TCP."""

    async def accepted() -> int:
        found = asyncio.get_running_loop().create_future()

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            connection = writer.get_extra_info("socket")
            found.set_result(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        with listening(0) as listener:
            port = listener.getsockname()[1]
            async with await asyncio.start_server(answer, sock=listener):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                return await found

    assert asyncio.run(accepted())


def test_it_listens_on_this_machine_alone():
    with listening(0) as listener:
        assert listener.getsockname()[0] == "127.0.0.1"
