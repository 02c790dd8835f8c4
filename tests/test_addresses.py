"""No address is asked that the person did not name: sockets are watched, and a canary tries."""

import hashlib
import inspect
import json
import shutil
import socket
from dataclasses import fields, replace

import numpy as np
import pytest

from latentscape import load_images, sweep, train
from latentscape.cli.main import main
from latentscape.data import catalogue
from latentscape.data.catalogue import RemoteFile
from latentscape.data.preparation import Preparation
from latentscape.parts.networks import Network
from latentscape.runs.kinds import OPTIONS
from latentscape.system.errors import LatentscapeError

NAME = "fashion-mnist"


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    """A run that says it was trained on what would have to be fetched."""
    folder = tmp_path_factory.mktemp("original") / "run"
    images = load_images("digits", limit=40)
    net = Network(hidden=(8,))
    train("ae", images, out=folder, epochs=2, latent=2, net=net)
    raw = json.loads((folder / "run.json").read_text())
    raw["data"]["source"] = NAME
    raw["plan"]["epochs"] = 3
    (folder / "run.json").write_text(json.dumps(raw))
    return folder


@pytest.fixture
def asked(original, tmp_path, monkeypatch):
    """The addresses that anybody asks for, in a place without a cache."""
    shutil.copytree(original, tmp_path / "run")
    shutil.copytree(original, tmp_path / "again")
    again = json.loads((tmp_path / "again/run.json").read_text())
    again["plan"]["seed"] = 1
    (tmp_path / "again/run.json").write_text(json.dumps(again))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LATENTSCAPE_DATA", str(tmp_path / "cache"))
    addresses = []

    def refuse(*args, **more):
        addresses.append(args)
        raise OSError(101, "Network is unreachable")

    for name in ("getaddrinfo", "gethostbyname", "create_connection"):
        monkeypatch.setattr(socket, name, refuse)
    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    return addresses


@pytest.mark.parametrize(
    "line",
    [
        ["explore", "run", "--no-browser"],
        ["export", "run", "--out", "site"],
        ["export", "run", "--out", "space", "--format", "bundle"],
        ["report", "run"],
        ["report", "run", "--no-judge"],
        ["compare", "run", "again"],
        ["encode", "run", "--out", "a.parquet"],
        ["measure", "run"],
        ["cluster", "run", "--out", "a.csv"],
        ["sample", "run", "--out", "a.npy"],
        ["plot", "run", "scatter"],
        ["plot", "run", "film"],
        ["train", "--resume", "run"],
    ],
    ids="-".join,
)
def test_a_run_that_names_a_data_set_fetches_nothing(asked, line, capsys):
    assert main(line) == 2
    said = capsys.readouterr().err
    assert f"fetch them with `latentscape data --fetch {NAME}`" in said and said.count("\n") == 1
    assert asked == []


def test_a_sweep_in_a_file_fetches_nothing(asked, tmp_path, capsys):
    (tmp_path / "plan.toml").write_text(f'recipe = "ae"\ndata = "{NAME}"\n')
    place = tmp_path / "begun"
    place.mkdir()
    table = {"format": 1, "recipe": ["ae"], "data": NAME, "seeds": [0]}
    (place / "sweep.json").write_text(json.dumps(table))
    for what in ("plan.toml", "begun"):
        assert main(["sweep", what]) == 2
        assert "data --fetch" in capsys.readouterr().err
        with pytest.raises(LatentscapeError, match="data --fetch"):
            sweep(tmp_path / what, tmp_path / "out")
    assert asked == []


@pytest.mark.parametrize(
    "line",
    [
        ["train", "ae", "--data", NAME],
        ["encode", "run", "--data", NAME, "--out", "a.parquet"],
        ["report", "run", "--data", NAME],
        ["explore", "run", "--data", NAME],
        ["sweep", "ae", "--data", NAME],
        ["data", "--fetch", NAME],
    ],
    ids="-".join,
)
def test_what_the_person_names_is_asked_for(asked, line, capsys):
    assert main(line) == 2
    assert f"cannot fetch {NAME}" in capsys.readouterr().err
    assert asked


def test_what_is_here_already_is_used_without_asking(asked, tmp_path, monkeypatch, capsys):
    digits = load_images("digits", limit=60).train
    header = b"\0\0\x08\x03" + b"".join(n.to_bytes(4) for n in (60, 28, 28))
    contents = (
        header + digits.pixels.tobytes(),
        b"\0\0\x08\x01" + (60).to_bytes(4) + digits.labels.astype(np.uint8).tobytes(),
    )
    names = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte")
    files = [
        RemoteFile(name, *2 * (len(content), hashlib.sha256(content).hexdigest()))
        for name, content in zip(names, contents, strict=True)
    ]
    (tmp_path / "cache" / NAME).mkdir(parents=True)
    for name, content in zip(names, contents, strict=True):
        (tmp_path / "cache" / NAME / name).write_bytes(content)
    small = replace(next(info for info in catalogue() if info.name == NAME), files=tuple(files))
    monkeypatch.setattr("latentscape.data.opening.catalogue", lambda: (small,))
    assert main(["encode", "run", "--out", "a.parquet"]) == 0
    assert asked == []


def test_every_address_is_encrypted():
    addresses = [address for source in catalogue() for address in source.mirrors]
    assert addresses and all(address.startswith("https://") for address in addresses)


def test_a_run_says_no_more_than_how_its_images_are_cut():
    parameters = inspect.signature(load_images).parameters
    prepared = {field.name for field in fields(Preparation)}
    assert OPTIONS.keys() == parameters.keys() - (prepared - {"size"}) - {"source", "fetch", "kept"}


@pytest.mark.parametrize(
    "options", [{"fetch": True}, {"source": "mnist"}, {"size": 9.5}, {"seed": None}, {"limit": 1.5}]
)
def test_a_run_says_nothing_else(asked, tmp_path, options, capsys):
    raw = json.loads((tmp_path / "run/run.json").read_text())
    raw["data"]["options"] |= options
    (tmp_path / "run/run.json").write_text(json.dumps(raw))
    assert main(["encode", "run", "--out", "a.parquet"]) == 2
    assert "run.json' is damaged (TypeError" in capsys.readouterr().err
    assert asked == []
