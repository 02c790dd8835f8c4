"""The page behind what stands in front of it elsewhere, in a real browser."""

import pytest

from latentscape.explorer.elsewhere import Elsewhere
from tests.explorer.proxy import in_front
from tests.explorer.serving import serving

pytestmark = pytest.mark.page


def test_behind_a_forwarded_port(opener, plane_bundle):
    with serving(plane_bundle) as port, in_front(port) as forwarded:
        page = opener(f"http://localhost:{forwarded}/")
        page.point(0.4, 0.4)


def test_behind_a_proxy_with_a_name_and_a_path(opener, plane_bundle):
    """Where the page is none of a secure context, and its token is out of sight at once."""
    elsewhere = Elsewhere("hub.test")
    with serving(plane_bundle, elsewhere) as port, in_front(port, "/user/proxy/8000") as proxy:
        home = f"http://hub.test:{proxy}/user/proxy/8000/"
        refused = opener(home, ready=False, tolerant=True)
        assert "have its token" in refused.text()
        page = opener(f"{home}?token={elsewhere.token}#view=code", tolerant=True)
        page.point(0.4, 0.4)
        assert page.page.url.startswith(f"{home}#")
        page.page.reload()
        page.until(lambda: page.marks("decoder ready") > 0)
        # Chromium says of http under such a name that this header does nothing there.
        header = "The Cross-Origin-Opener-Policy header has been ignored"
        assert [text for text in page.complaints if not text.startswith(header)] == []


def test_behind_a_proxy_that_leaves_its_path_in_front(opener, plane_bundle):
    with serving(plane_bundle, Elsewhere(base="/proxy/absolute/8000")) as port:
        page = opener(f"http://127.0.0.1:{port}/proxy/absolute/8000")
        page.point(0.4, 0.4)
