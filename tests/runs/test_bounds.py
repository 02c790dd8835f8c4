"""What a run holds is bounded before it is read: pipes, devices, large texts, films with holes."""

import os
import shutil
import signal
from pathlib import Path

import numpy as np
import pytest

from latentscape import recipes
from latentscape.cli.main import main
from latentscape.parts.networks import Network
from latentscape.runs.load import load_run
from latentscape.runs.rebuild import check_shapes
from latentscape.system.errors import LatentscapeError
from latentscape.system.reading import SMALL

WHOLE = Path(__file__).parents[1] / "fixtures/format-1/whole"
READERS = {
    "run/run.json": [["runs", "."], ["measure", "run"], ["explore", "run"], ["compare", "run"]],
    "run/{checkpoint}/state.json": [
        ["runs", "."],
        ["measure", "run"],
        ["train", "--resume", "run"],
    ],
    "run/{checkpoint}/best.safetensors": [["runs", "."], ["measure", "run"], ["report", "run"]],
    "run/film/0001.npy": [["runs", "."], ["measure", "run"]],
    "plan.toml": [["sweep", "plan.toml"]],
    "swept/sweep.json": [["sweep", "swept"], ["sweep", "ae", "--limit", "40", "--out", "swept"]],
    "space/space.json": [["explore", "space"], ["export", "space", "--out", "site"]],
    "codes.npy": [["measure", "codes.npy"], ["explore", "codes.npy"]],
}


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder with a run in it, where nothing may be waited for."""
    shutil.copytree(WHOLE, tmp_path / "run")
    for name in ("swept", "space"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path)

    def late(*_):
        raise AssertionError("it waits")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(60)
    yield tmp_path
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no such files")
@pytest.mark.parametrize("special", ["pipe", "zero", "large"])
@pytest.mark.parametrize("name", READERS)
def test_what_is_no_file_of_a_sensible_size_is_refused(place, name, special, capsys):
    latest = max((place / "run").glob("checkpoint-*"))
    path = place / name.format(checkpoint=latest.name)
    path.unlink(missing_ok=True)
    match special:
        case "pipe":
            os.mkfifo(path)
        case "zero":
            path.symlink_to("/dev/zero")
        case "large":
            with path.open("wb") as file:
                file.truncate(SMALL + 1)
    for line in READERS[name]:
        status = main(line)
        said = capsys.readouterr()
        if line[0] == "runs":
            assert status == 0
            continue
        assert status == 2, line
        assert said.err.startswith("latentscape: ") and said.err.count("\n") == 1


def test_a_film_with_holes_is_refused(place):
    path = max((place / "run/film").glob("*.npy"))
    count = 1 << 27
    with path.open("wb") as file:
        header = {"descr": "<f2", "fortran_order": False, "shape": (count, 2)}
        np.lib.format.write_array_header_1_0(file, header)
        file.truncate(file.tell() + 4 * count)
    with pytest.raises(LatentscapeError, match=r"film' claims 0\.5 GB and takes 0\.0"):
        load_run(place / "run")


def ae(*hidden: int):
    """An autoencoder of small images."""
    return recipes.ae((1, 4, 4), latent=2, net=Network(hidden=hidden))


def shapes(model) -> dict[str, tuple[int, ...]]:
    """As a file of weights tells them."""
    from latentscape.runs.weights import weights_of

    return {name: tuple(tensor.shape) for name, tensor in weights_of(model).items()}


def test_each_tensor_of_a_model_is_among_its_weights():
    known = shapes(ae(8, 8))
    check_shapes(ae(8, 8), known)
    for name, shape in known.items():
        others = {n: s for n, s in known.items() if n != name}
        if shape in others.values():  # every shape is there, not every tensor
            with pytest.raises(LatentscapeError, match="are not those of the model"):
                check_shapes(ae(8, 8), others)
    assert len(set(known.values())) < len(known)


def test_tensors_under_two_names_are_kept_under_one():
    model = ae(8, 8)
    model.twin = model.encoder
    known = shapes(model)
    assert len(known) == len(shapes(ae(8, 8))) < len(model.state_dict())
    check_shapes(model, known)
