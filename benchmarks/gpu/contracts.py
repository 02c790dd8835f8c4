"""What every recipe promises, on the GPU: the contract tests, where "auto" is this device."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator

from benchmarks.gpu.sections import Row, Setting


def rows(setting: Setting) -> Iterator[Row]:
    """Run the contract tests, and name those that fail."""
    report = setting.out / "contracts.xml"
    command = [sys.executable, "-m", "pytest", "tests/contracts", f"--junitxml={report}"]
    command += ["-p", "no:cacheprovider", "-W", "default", "--tb=short"]
    if importlib.util.find_spec("xdist"):
        command += ["-n", str(max(1, min(8, (os.cpu_count() or 1) // 2)))]
    if setting.quick:
        command += ["-k", "vae and grey and terms"]
    visible = {} if setting.device == "cpu" else {"CUDA_VISIBLE_DEVICES": "0"}
    subprocess.run(command, env={**os.environ, **visible}, check=False)
    failed: dict[str, list[str]] = {}
    tests = list(ET.parse(report).getroot().iter("testcase"))
    for test in tests:
        kind, _, case = test.attrib["name"].partition("[")
        failed.setdefault(kind, [])
        if test.find("failure") is not None or test.find("error") is not None:
            failed[kind].append(case.rstrip("]"))
    for kind, cases in failed.items():
        count = sum(test.attrib["name"].partition("[")[0] == kind for test in tests)
        yield {
            "contract": kind.removeprefix("test_").replace("_", " "),
            "cases": count,
            "failed": ", ".join(cases),
            "holds": not cases,
        }
