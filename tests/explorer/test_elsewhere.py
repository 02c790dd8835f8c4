"""The explorer behind forwarded ports and proxies: real ones, and a client as browsers are."""

import httpx
import pytest

import latentscape as ls
from latentscape.explorer.elsewhere import Elsewhere, host_name_in
from latentscape.system.errors import LatentscapeError
from tests.explorer.proxy import in_front
from tests.explorer.serving import serving

HUB = "hub.example.org"


def test_a_forwarded_port_needs_nothing(bundle, built_page):
    with serving(bundle) as port, in_front(port) as forwarded:
        assert forwarded != port
        for name in ("127.0.0.1", "localhost", "LOCALHOST", "[::1]"):
            host = {"Host": f"{name}:{forwarded}"}
            address = f"http://127.0.0.1:{forwarded}/bundle/space.json"
            assert httpx.get(address, headers=host).json()["points"]["count"] == 60, name
            own = host | {"Origin": f"http://{name.lower()}:{forwarded}"}
            assert httpx.get(address, headers=own).status_code == 200, name
            for foreign in (f"http://localhost:{port}", f"https://{name}:{forwarded}", "null"):
                refused = httpx.get(address, headers=host | {"Origin": foreign})
                assert refused.status_code == 403, foreign


def test_a_name_from_elsewhere_is_told_the_way(bundle, built_page):
    with serving(bundle) as port:
        refused = httpx.get(f"http://127.0.0.1:{port}/", headers={"Host": f"{HUB}:443"})
    assert refused.status_code == 403
    assert f"start it with --host-name {HUB}." in refused.text


@pytest.fixture
def hub(bundle, built_page):
    """A proxy under another name, which takes its path off, as jupyter-server-proxy does."""
    elsewhere = Elsewhere(host_name=HUB)
    path = "/user/eva/proxy/8000"
    with (
        serving(bundle, elsewhere) as port,
        in_front(port, path) as proxy,
        Client(f"http://127.0.0.1:{proxy}{path}/") as client,
    ):
        yield client, elsewhere.token


class Client(httpx.Client):
    """Follows redirects and keeps cookies as a browser does, under the hub's name."""

    def __init__(self, address: str) -> None:
        super().__init__(base_url=address, headers={"Host": HUB}, follow_redirects=True)


def test_another_name_is_answered_to_those_who_have_the_token(hub):
    client, token = hub
    for path in ("", "?token=", f"?token={token[:-1]}", f"?token={token}x", "?token=%ff", "?token"):
        refused = client.get(path)
        assert refused.status_code == 403, path
        assert "token" in refused.text
    page = client.get(f"?token={token}")
    assert "page" in page.text
    assert str(page.url).endswith("/user/eva/proxy/8000/"), "the token is out of sight"
    kept = page.history[0].headers["set-cookie"]
    assert {"HttpOnly", "SameSite=lax"} <= set(kept.split("; "))
    assert "Path" not in kept, "browsers keep it for the proxy's path, which is not known here"
    assert client.get("bundle/space.json").json()["points"]["count"] == 60
    for cookie in (kept[:20], kept.partition("=")[0] + "=", f"latentscape-1={token}", "token=é"):
        assert client.get("", headers={"Cookie": cookie.encode()}).status_code == 403, cookie
    for scheme, status in (("https", 200), ("http", 200), ("ftp", 403)):
        headers = {"Origin": f"{scheme}://{HUB}"}
        assert client.get("bundle/space.json", headers=headers).status_code == status
    evil = {"Origin": "http://evil.example"}
    assert client.get("bundle/space.json", headers=evil).status_code == 403


def test_the_token_opens_no_other_name_and_the_next_start_has_another(hub):
    client, token = hub
    assert client.get(f"?token={token}", headers={"Host": "evil.example"}).status_code == 403
    assert Elsewhere(HUB).token != token
    assert len(token) >= 32
    assert token not in repr(Elsewhere(HUB, token=token))


def test_a_path_that_a_proxy_leaves_in_front_is_known(bundle, built_page):
    base = "/proxy/absolute/8000"
    with (
        serving(bundle, Elsewhere(base=base)) as port,
        in_front(port) as proxy,
        httpx.Client(base_url=f"http://localhost:{proxy}", follow_redirects=True) as client,
    ):
        assert str(client.get(base).url) == f"http://localhost:{proxy}{base}/"
        assert client.get(f"{base}/bundle/space.json").json()["points"]["count"] == 60
        assert client.get("/bundle/space.json").status_code == 200
        missing = client.get("/proxy/absolute/9/")
    assert missing.status_code == 404
    assert "--base /proxy/absolute/9." in missing.text


def test_what_is_no_name_or_path_is_refused(bundle):
    for name in ("http://hub.example.org", "hub.example.org:8000", "hub/x", "", "a b", "*"):
        with pytest.raises(LatentscapeError, match="give the name alone"):
            ls.explore(bundle.folder, host_name=name)
    for base in ("proxy/8000", "/", "//evil.example", "/a b", "/a?b", "/a#b"):
        with pytest.raises(LatentscapeError, match="give the path"):
            ls.explore(bundle.folder, base=base)
    assert host_name_in("Hub.Example.org:8443") == HUB
    assert Elsewhere(HUB.upper(), "/a/b/").address.startswith(f"{HUB.upper()}/a/b/?token=")
