"""Runs as one file: what is opened is what was packed, and what else such a file may hold."""

import json
import shutil
import sys
import zipfile

import numpy as np
import pytest

from latentscape.cli.main import main
from latentscape.data import load_images
from latentscape.runs.archive import listed, unpacked
from latentscape.runs.hub import copy_checked
from latentscape.runs.load import load_run
from latentscape.runs.packing import pack
from latentscape.system.errors import LatentscapeError
from latentscape.system.removal import MARKER, TEXT
from latentscape.training import resume, train
from tests.fuzz.crafted import repacked

SMALL = {"latent": 2, "hidden": (8,), "epochs": 2, "precision": "32-true"}


@pytest.fixture(autouse=True)
def data(tmp_path, monkeypatch):
    monkeypatch.setenv("LATENTSCAPE_DATA", str(tmp_path / "data"))


@pytest.fixture(scope="module")
def images():
    return load_images("digits", limit=100)


@pytest.fixture(scope="module")
def kept(images, tmp_path_factory):
    return train("vae", images, out=tmp_path_factory.mktemp("runs") / "mine", **SMALL)


@pytest.fixture(scope="module")
def packed(kept, tmp_path_factory):
    return pack(kept.folder, tmp_path_factory.mktemp("packed") / "sent.zip")


def test_what_is_opened_is_what_was_packed(kept, packed, images):
    opened = load_run(packed)
    np.testing.assert_array_equal(opened.encode(images.test), kept.encode(images.test))
    assert (opened.name, opened.record) == ("sent", kept.record)
    assert listed(opened.folder) == listed(kept.folder)
    assert opened.history == kept.history
    before = (opened.folder / "run.json").stat().st_mtime_ns
    assert load_run(packed).folder == opened.folder
    assert (opened.folder / "run.json").stat().st_mtime_ns == before


def test_a_run_in_memory_is_packed_too(images, tmp_path):
    run = train("vae", images, **SMALL)
    opened = load_run(pack(run, tmp_path / "x.zip"))
    np.testing.assert_array_equal(opened.encode(images.test), run.encode(images.test))
    assert run.folder is None


def test_any_program_unpacks_it(packed, tmp_path, images):
    with zipfile.ZipFile(packed) as archive:
        archive.extractall(tmp_path / "by hand")
    assert len(resume(tmp_path / "by hand", images, epochs=3).history) == 3


def test_verbs_open_it(packed, kept, tmp_path, capsys):
    assert main(["pack", str(kept.folder), str(tmp_path / "again.zip")]) == 0
    assert capsys.readouterr().out == f"{tmp_path / 'again.zip'}\n"
    assert (tmp_path / "again.zip").read_bytes() == packed.read_bytes()
    assert main(["runs", str(packed)]) == 0
    assert "complete" in capsys.readouterr().out
    assert main(["encode", str(packed), "--out", str(tmp_path / "codes.parquet")]) == 0
    assert main(["train", "--resume", str(packed)]) == 2
    assert "is no directory; unpack it" in capsys.readouterr().err
    assert main(["pack", str(kept.folder), str(packed)]) == 2
    assert "is there already" in capsys.readouterr().err
    assert main(["pack", str(tmp_path), str(tmp_path / "no.zip")]) == 2
    assert "is not a run" in capsys.readouterr().err
    assert not (tmp_path / "no.zip").exists()


def refused(content, tmp_path):
    (tmp_path / "spoilt.zip").write_bytes(content)
    with pytest.raises(LatentscapeError, match="is no packed run, or damaged") as caught:
        unpacked(tmp_path / "spoilt.zip")
    left = [p for p in (tmp_path / "data").rglob("*") if p.is_file()]
    assert left == []
    return str(caught.value)


@pytest.mark.parametrize("name", ["mymodels.py", "../x.npy", "/tmp/x.npy", "film/a.npy", "film/"])
def test_it_holds_nothing_but_a_run(name, packed, tmp_path):
    content = repacked(packed.read_bytes(), {name: b"x"})
    assert f"a run has no file {name!r}" in refused(content, tmp_path)


def test_no_file_unpacks_to_more_than_it_holds(packed, tmp_path):
    zeros = {"film/0003.npy": bytes(10**7)}
    assert "compressed" in refused(
        repacked(packed.read_bytes(), zeros, zipfile.ZIP_DEFLATED), tmp_path
    )
    content = bytearray(packed.read_bytes())
    at = content.index(b"PK\x01\x02")  # the first entry of the directory at the end
    content[at + 24 : at + 28] = (10**9).to_bytes(4, "little")
    assert "larger than it is itself" in refused(bytes(content), tmp_path)


def test_every_file_is_what_the_list_says(packed, tmp_path):
    content = packed.read_bytes()
    with zipfile.ZipFile(packed) as archive:
        history = archive.read("history.csv")
    said = refused(content.replace(history, history[:-2] + b"9\n"), tmp_path)
    assert "CRC-32" in said or "history.csv" in said
    with zipfile.ZipFile(packed) as archive, zipfile.ZipFile(tmp_path / "b.zip", "w") as other:
        for name in archive.namelist():
            changed = b"{}" if name == "run.json" else archive.read(name)
            other.writestr(name, changed)
    assert "run.json is not what pack.json says" in refused(
        (tmp_path / "b.zip").read_bytes(), tmp_path
    )


@pytest.mark.parametrize("content", [b"", b"PK", b"not a zip at all" * 99])
def test_other_files_are_told(content, tmp_path):
    refused(content, tmp_path)


def test_what_was_fetched_is_held_against_its_list(kept, tmp_path):
    shutil.copytree(kept.folder, tmp_path / "fetched")
    files = listed(kept.folder)
    (tmp_path / "fetched/evil.py").write_text("raise SystemExit")

    def copied(name, **more):
        told = {"format": "latentscape-run", "files": files | more}
        (tmp_path / "fetched/pack.json").write_text(json.dumps(told))
        (tmp_path / name).mkdir()
        copy_checked(tmp_path / "fetched", tmp_path / name)
        return tmp_path / name

    assert listed(copied("sound")) == files
    assert not (tmp_path / "sound/evil.py").exists()
    for name in ("evil.py", "../x.npy"):
        with pytest.raises(LatentscapeError, match=f"a run has no file '{name}'"):
            copied(f"to-{len(name)}", **{name: "0" * 64})
    with pytest.raises(LatentscapeError, match=r"run\.json is not what pack\.json says"):
        copied("changed", **{"run.json": "0" * 64})


def test_the_hub_needs_its_package(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    assert main(["measure", "hf://me/digits@v1"]) == 2
    assert "pip install 'latentscape[hub]'" in capsys.readouterr().err
    assert main(["measure", "hf://digits"]) == 2
    assert "write hf://USER/NAME@REVISION" in capsys.readouterr().err


@pytest.mark.parametrize("verb", ["pack", "reconstruct"])
def test_what_is_refused_as_taken_has_no_dead_process_beside_it(kept, tmp_path, capsys, verb):
    """Killed after the last rename, a process leaves where it wrote, and is not called again."""
    out = tmp_path / ("sent.zip" if verb == "pack" else "pictures")
    if verb == "pack":
        out.write_bytes(b"whole")
    else:
        out.mkdir()
        (out / "0.png").write_bytes(b"whole")
    dead, others = tmp_path / ".latentscape-0123abcd", tmp_path / ".latentscape-89abcdef"
    dead.mkdir()
    (dead / MARKER).write_bytes(TEXT)
    others.mkdir()
    (others / "diary").write_text("mine")
    words = [out] if verb == "pack" else ["--data", str(tmp_path), "--out", out]
    assert main([verb, str(kept.folder), *map(str, words)]) == 2
    assert str(out) in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([others.name, out.name])
    assert (others / "diary").read_text() == "mine"


@pytest.mark.parametrize("place", ["sent.zip", "hf://somebody/run", "hf://somebody/run@main"])
def test_what_is_no_directory_is_not_trained_on(place):
    with pytest.raises(LatentscapeError, match="is no directory; unpack it, and continue that"):
        resume(place)
