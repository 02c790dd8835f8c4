"""A `run.json` that describes another model than the weights beside it takes no memory for it."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from latentscape.parts.flows import autoregressive
from latentscape.runs.load import load_run
from latentscape.system.errors import LatentscapeError
from latentscape.training import resume

WHOLE = Path(__file__).parents[1] / "fixtures/format-1/whole"
OPENED = """
import json, re, resource, sys
from pathlib import Path
from latentscape import LatentscapeError, load_run

def figure(name):
    return 1024 * int(Path("/proc/self/status").read_text().partition(name)[2].split()[0])

load_run(sys.argv[1])
resource.setrlimit(resource.RLIMIT_AS, (figure("VmSize:") + 2**31,) * 2)
for folder in sys.argv[2:]:
    Path("/proc/self/clear_refs").write_text("5")
    before = figure("VmHWM:")
    try:
        load_run(folder)
        said = "loaded"
    except LatentscapeError as error:
        said = str(error)
    print(json.dumps([said, figure("VmHWM:") - before]))
"""
HOSTILE = {
    "wide": {"net": {"network": "dense", "hidden": [9000, 9000], "activation": "relu"}},
    "wider": {"net": {"network": "dense", "hidden": [10**6, 10**6], "activation": "relu"}},
    "deep": {"net": {"network": "dense", "hidden": [8] * 100_000, "activation": "relu"}},
    "maps": {"net": {"network": "conv", "hidden": [6000, 6000], "activation": "relu"}},
    "code": {"latent": 10**7},
    "many": {"net": {"network": "dense", "hidden": [8], "activation": "relu", "ensemble": 10**9}},
}


def changed(to: Path, **blueprint: object) -> Path:
    """Copy the run with another blueprint."""
    shutil.copytree(WHOLE, to)
    raw = json.loads((to / "run.json").read_text())
    raw["blueprint"]["arguments"] |= blueprint.pop("arguments", {})
    raw["blueprint"] |= blueprint
    (to / "run.json").write_text(json.dumps(raw))
    return to


@pytest.mark.skipif(sys.platform != "linux", reason="reads its memory from /proc")
def test_a_gigantic_model_is_refused_before_it_takes_memory(tmp_path):
    folders = [changed(tmp_path / n, arguments=change) for n, change in HOSTILE.items()]
    folders.append(changed(tmp_path / "images", shape=[3, 10_000, 10_000]))
    command = [sys.executable, "-c", OPENED, WHOLE, *folders]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    found = [json.loads(line) for line in ended.stdout.splitlines()]
    assert len(found) == len(folders)
    for folder, (said, memory) in zip(folders, found, strict=True):
        assert "run.json" in said, (folder.name, said)
        assert memory < 50e6, folder.name


def test_continuing_refuses_it_too(tmp_path):
    with pytest.raises(LatentscapeError, match="not those of the model"):
        resume(changed(tmp_path / "run", arguments={"latent": 10**7}))


def test_a_model_with_more_parts_than_its_weights_is_refused(tmp_path):
    wider = {"net": {"network": "dense", "hidden": [8, 9], "activation": "relu"}}
    with pytest.raises(LatentscapeError, match="not those of the model"):
        load_run(changed(tmp_path / "run", arguments=wider))


NET = {"network": "dense", "hidden": [8], "activation": "relu"}


@pytest.mark.parametrize(
    ("recipe", "arguments"),
    [
        ("vae", {"net": {**NET, "ensemble": 2000}}),
        ("residual-vq-vae", {"net": {**NET, "network": "map"}, "levels": 20_000}),
    ],
)
def test_numbers_that_ask_for_more_layers_than_the_weights_have_are_refused(
    tmp_path, recipe, arguments
):
    folder = changed(tmp_path / "run", recipe=recipe)
    raw = json.loads((folder / "run.json").read_text())
    raw["blueprint"]["arguments"] = arguments
    (folder / "run.json").write_text(json.dumps(raw))
    with pytest.raises(LatentscapeError, match=r"more than the [\d,]+ tensors that its weights"):
        load_run(folder)


@pytest.mark.parametrize(("code", "transforms"), [(10**9, 2), (2, 10**9), (0, 2), (2, 0)])
def test_flows_of_no_sense_are_refused(code, transforms):
    with pytest.raises(LatentscapeError, match="no flow"):
        autoregressive(code, transforms=transforms)
