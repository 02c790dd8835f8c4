"""The explorer's page in a real browser, on every host that can show it.

Debian's `chromium` is used where it is installed, else the one that Playwright brings. The page
itself must have been built (installing the package does that).
"""

from __future__ import annotations

import functools
import http.server
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from latentscape.bundle import Bundle, TableView, read_bundle
from latentscape.bundle.tables import read_arrow
from latentscape.bundle.views import make_views
from latentscape.data.columns import Column
from latentscape.explorer import write_html, write_site
from tests.bundle.samples import Sample
from tests.explorer.serving import serving
from tests.page.pages import Opened, Opener

if TYPE_CHECKING:
    from playwright.sync_api import Browser

QUIET = [
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP hub.test 127.0.0.1",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def plane() -> Sample:
    """Digits with codes of two numbers."""
    return Sample(2, 1797)


@pytest.fixture(scope="session")
def wide() -> Sample:
    """Digits with codes of sixteen numbers."""
    return Sample(16, 1797)


@pytest.fixture(scope="session")
def plane_bundle(plane, tmp_path_factory) -> Bundle:
    return read_bundle(plane.write(tmp_path_factory.mktemp("plane") / "bundle"))


@pytest.fixture(scope="session")
def wide_bundle(wide, tmp_path_factory) -> Bundle:
    views = [
        *make_views(("pca", "lda"), wide.codes, wide.labels),
        TableView("tsne", "t-SNE", wide.codes[:, 3:5]),
    ]
    return read_bundle(wide.write(tmp_path_factory.mktemp("wide") / "bundle", views=views))


N = 1797
START = datetime(2024, 2, 1, tzinfo=UTC)


def values() -> dict[str, list[Any]]:
    """A column of each kind, some of whose values are missing, in the order of the sample."""
    return {
        "weight": [None if i % 10 == 3 else -1 + 0.002 * i for i in range(N)],
        "age": [(17 * i) % 83 for i in range(N)],
        "kind": [None if i % 20 == 7 else f"kind {i % 300}" for i in range(N)],
        "maker": [["Žižka", "Ada"][i % 2] for i in range(N)],
        "day": [START + timedelta(days=i) for i in range(N)],
        "said": [f"=word, {i}" for i in range(N)],
    }


@pytest.fixture(scope="session")
def described_bundle(plane: Sample, tmp_path_factory) -> Bundle:
    """The digits with columns."""
    columns = {name: Column.of(pa.array(given)) for name, given in values().items()}
    columns["kind"] = Column("category", columns["kind"].values)
    folder = tmp_path_factory.mktemp("columns")
    return read_bundle(plane.write(folder / "b", columns=columns))


@pytest.fixture(scope="session")
def described_address(described_bundle: Bundle) -> Iterator[str]:
    with serving(described_bundle) as port:
        yield f"http://127.0.0.1:{port}/"


@pytest.fixture(scope="session")
def described(described_bundle: Bundle) -> dict[str, list[Any]]:
    """The values of the columns in the order of the bundle, and what each row is in the sample."""
    ids = read_arrow(described_bundle.folder / "details.arrow")["id"].to_pylist()
    order = [int(name.removeprefix("digit-")) for name in ids]
    ordered = {name: [given[i] for i in order] for name, given in values().items()}
    return ordered | {"order": order}


class Silent(http.server.SimpleHTTPRequestHandler):
    """Python's own server of static files, without its log."""

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def static_host(root: Path) -> Iterator[str]:
    """Serve a folder as any static host does."""
    handler = functools.partial(Silent, directory=str(root))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def on_host(host: str, bundle: Bundle, scratch: Path) -> Iterator[str]:
    """Show a bundle on one of the three hosts, and give its address."""
    if host == "served":
        with serving(bundle) as port:
            yield f"http://127.0.0.1:{port}/"
    elif host == "static":
        write_site(bundle, scratch / "some" / "where" / "site")
        with static_host(scratch) as address:
            yield f"{address}some/where/site/"
    else:
        yield write_html(bundle, scratch / "space.html").as_uri()


@pytest.fixture(scope="session", params=["served", "static", "file"])
def host(request) -> str:
    return request.param


@pytest.fixture(scope="session")
def plane_address(host, plane_bundle, tmp_path_factory) -> Iterator[str]:
    with on_host(host, plane_bundle, tmp_path_factory.mktemp("hosts")) as address:
        yield address


@pytest.fixture(scope="session")
def wide_address(host, wide_bundle, tmp_path_factory) -> Iterator[str]:
    with on_host(host, wide_bundle, tmp_path_factory.mktemp("hosts")) as address:
        yield address


@pytest.fixture
def opener(browser) -> Iterator[Opener]:
    """Opens pages, and sees at the end that none of them complained or asked a foreign host."""
    pages: list[Opened] = []

    def open_page(address: str, **options) -> Opened:
        pages.append(Opened(browser, address, **options))
        return pages[-1]

    yield open_page
    for page in pages:
        page.close()


@pytest.fixture
def plane_page(opener, plane_address) -> Opened:
    return opener(plane_address)


@pytest.fixture
def wide_page(opener, wide_address) -> Opened:
    return opener(wide_address)
