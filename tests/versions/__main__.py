"""Install the lowest and the highest allowed versions of everything, and test with them.

    python -m tests.versions
    python -m tests.versions --pythons 3.11 /opt/python3.12/bin/python --torch 2.13.0+cpu

A Python is a version, which uv finds or brings, or the path of one. In each, twice: wheels of what
pyproject.toml names (the lowest versions that it allows, then the highest), latentscape's own, and
a short form of the tests, which uses each. An environment is removed before the next is made.
What cannot be had here is said and fails nothing; a failing test does. Needs uv.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import get_args

from tests.versions.environments import ROOT, Environment, Resolution, UnavailableError, build_wheel

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
SHORT = (
    "bundle/test_columns.py",
    "bundle/test_from_run.py",
    "cli/test_main.py",
    "cli/test_runs.py",
    "data/test_download.py",
    "data/test_hdf5.py",
    "data/test_metadata.py",
    "data/test_zarr_stores.py",
    "data/folder/test_pictures.py",
    "estimator",
    "explorer/test_exports.py",
    "explorer/test_notebook.py",
    "explorer/test_open.py",
    "explorer/test_server.py",
    "figures/test_scatter.py",
    "latent/test_all_neighbours.py",
    "latent/test_projections.py",
    "latent/test_structure.py",
    "parts/test_flows.py",
    "reports/test_report.py",
    "runs/test_old_runs.py",
    "runs/test_pack.py",
    "sweeps/test_search.py",
    "system/test_files.py",
    "test_shows_itself.py",
    "training/test_processes.py",
    "training/test_progress.py",
    "training/test_steps.py",
)


def main() -> int:
    """Try every Python and say what came of it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pythons", nargs="+", default=PYTHONS)
    parser.add_argument("--torch", default="", help="the one version to take, such as 2.13.0+cpu")
    parser.add_argument("--verbose", action="store_true", help="say which versions were installed")
    asked = parser.parse_args()
    failed = False
    with tempfile.TemporaryDirectory() as name:
        wheel = build_wheel(Path(name))
        for python in asked.pythons:
            for resolution in get_args(Resolution):
                with tempfile.TemporaryDirectory() as folder:
                    environment = Environment(Path(folder), resolution)
                    failed |= tried(environment, python, wheel, asked.torch, asked.verbose)
    return int(failed)


def tried(environment: Environment, python: str, wheel: Path, torch: str, verbose: bool) -> bool:
    """Test in an environment, say what came of it, and give whether a test failed."""
    begin = f"{python}, {environment.resolution}"
    try:
        version = environment.make(python)
        begin = f"Python {version}, {environment.resolution}"
        environment.install(wheel, torch)
    except UnavailableError as error:
        print(f"{begin}: cannot be had here: {error}", flush=True)
        return False
    if verbose:
        print(f"{begin}: {', '.join(environment.installed(direct()))}", flush=True)
    command = [str(environment.python), "-m", "pytest", "-p", "no:cacheprovider"]
    if environment.resolution == "lowest-direct":  # old libraries warn of newer ones beneath them
        command += ["-W", "default::DeprecationWarning"]
    done = subprocess.run(
        [*command, *(f"tests/{each}" for each in SHORT)],
        cwd=ROOT,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    lines = (done.stdout.strip() or done.stderr.strip()).splitlines()
    for line in lines:
        if line.startswith(("FAILED", "ERROR")):
            print(f"  {line}")
    print(f"{begin}: {lines[-1].strip('= ')}", flush=True)
    return done.returncode != 0


def direct() -> set[str]:
    """The names of what pyproject.toml depends on."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {re.split(r"[<>=!~\[; ]", asked)[0] for asked in project["dependencies"]}


if __name__ == "__main__":
    sys.exit(main())
