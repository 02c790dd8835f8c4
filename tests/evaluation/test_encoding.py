"""Streams of pictures: their codes are right, and none is lost or there twice."""

import csv
import http.server
import io
import json
import shutil
import signal
import subprocess
import sys
import tarfile
import threading
import time
import types
from functools import partial
from pathlib import Path

import fsspec
import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image

from latentscape import recipes
from latentscape.cli.main import main
from latentscape.data import load_images
from latentscape.data.folder.pixels import BadPictureError
from latentscape.data.folder.tree import LeftOut
from latentscape.data.preparation import Preparation
from latentscape.data.stream.blocks import Block, Piece
from latentscape.data.stream.decoded import Decoder
from latentscape.data.stream.shards import shards_of
from latentscape.data.stream.storage import StorageError, storage_of
from latentscape.data.stream.tree import RemoteFolder
from latentscape.evaluation.encoding.encode import encode_pictures
from latentscape.evaluation.encoding.job import Job
from latentscape.evaluation.encoding.shard import encode_shard
from latentscape.parts.networks import Network
from latentscape.runs.load import load_run
from latentscape.system.errors import LatentscapeError
from latentscape.training import fit
from tests.evaluation.pictures import as_folder, as_tables, as_tars, class_of, drawn

NET = Network(network="dense", hidden=(16,))


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run of grey images of 28×28."""
    images = load_images("digits", limit=120)
    place = tmp_path_factory.mktemp("runs") / "vae"
    return fit(recipes.vae(images.shape, net=NET), images, epochs=1, out=place).folder


@pytest.fixture(scope="module")
def pictures():
    return drawn(100)


def codes(folder: Path) -> dict[str, tuple[str, list[float]]]:
    """Class, code and standard deviations of each picture, by its file's name."""
    rows = pq.read_table(folder).to_pylist()
    found = {
        Path(row["id"]).name: (row["label"], [v for n, v in row.items() if n[:2] in ("z_", "sc")])
        for row in rows
    }
    assert len(found) == len(rows)
    return found


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


FORMS = {"folder": as_folder, "tars": as_tars, "tables": as_tables}


@pytest.mark.parametrize("form", FORMS)
def test_codes_are_those_of_the_pictures(form, run, pictures, tmp_path):
    source = FORMS[form](tmp_path / "in", pictures)
    found = encode_pictures(run, source, tmp_path / "out")
    assert (found.pictures, found.failed, found.fresh) == (100, 0, 100)
    model, there = load_run(run), codes(tmp_path / "out")
    assert set(there) == set(pictures)
    for name, content in pictures.items():
        seen = Image.open(io.BytesIO(content)).convert("L")
        plain = np.asarray(seen.resize((28, 28), Image.Resampling.LANCZOS))
        mean, scale = model.posterior(plain[None, None])
        label, numbers = there[name]
        assert label == class_of(name)
        np.testing.assert_allclose(numbers, [*mean[0], *scale[0]], rtol=1e-4, atol=1e-5)


def test_linked_files_count(run, pictures, tmp_path):
    source = as_tars(tmp_path / "in", pictures)
    (tmp_path / "links").mkdir()
    (tmp_path / "links/a.tar").symlink_to(source / "001.tar")
    assert encode_pictures(run, tmp_path / "links", tmp_path / "out").pictures == 40


def test_rows_and_files_say_where_a_picture_is(run, pictures, tmp_path):
    source = as_tables(tmp_path / "in", pictures)
    encode_pictures(run, source, tmp_path / "out")
    for row in pq.read_table(tmp_path / "out").to_pylist():
        there = pq.read_table(row["file"]).slice(row["row"], 1).to_pylist()[0]["image"]
        assert there["path"] == row["id"]


def serve(folder: Path):
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("form", FORMS)
def test_other_storages_give_the_same(form, run, pictures, tmp_path, capfd):
    source = FORMS[form](tmp_path / "in", pictures)
    encode_pictures(run, source, tmp_path / "here")
    memory = storage_of(f"memory://{tmp_path.name}/in")
    memory.system.put(f"{source}/", memory.path, recursive=True)
    encode_pictures(run, memory.name, tmp_path / "memory")
    assert codes(tmp_path / "memory") == codes(tmp_path / "here")
    server = serve(tmp_path)
    try:
        address = f"http://127.0.0.1:{server.server_port}/in"
        encode_pictures(run, f"{address}/", tmp_path / "http")
        if form == "tars":
            encode_pictures(run, f"{address}/{{000..002}}.tar", tmp_path / "braces")
            assert files(tmp_path / "braces").keys() == files(tmp_path / "http").keys()
    finally:
        server.shutdown()
        server.server_close()
    assert codes(tmp_path / "http") == codes(tmp_path / "here")


def test_what_is_killed_goes_on_to_the_same_bytes(run, tmp_path):
    source = as_tars(tmp_path / "in", drawn(600), each=60)
    out = tmp_path / "codes"
    command = [sys.executable, "-m", "latentscape", "encode", str(run)]
    command += ["--data", str(source), "--out", str(out)]
    killed = 0
    for _ in range(3):
        before = len(list(out.glob("part-*")))
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
            while process.poll() is None and len(list(out.glob("part-*"))) < before + 2:
                time.sleep(0.002)
            process.send_signal(signal.SIGKILL)
        killed += process.returncode == -signal.SIGKILL
    there = {path: path.stat().st_mtime_ns for path in out.glob("part-*")}
    assert killed and 0 < len(there) < 10
    found = encode_pictures(run, source, out)
    assert (found.pictures, found.failed) == (600, 0)
    assert 0 < found.fresh <= 600 - 60 * len(there)
    assert {path: path.stat().st_mtime_ns for path in there} == there
    shutil.move(out, tmp_path / "killed")
    encode_pictures(run, source, out)
    assert files(out) == files(tmp_path / "killed")


def test_blocks_of_one_file_are_gone_on_with(run, pictures, tmp_path, monkeypatch):
    monkeypatch.setattr("latentscape.evaluation.encoding.shard.BLOCK", 30)
    for form in (as_tars, as_tables):
        place = tmp_path / form.__name__
        source, out = form(place / "in", pictures, each=100), place / "out"
        encode_pictures(run, source, out)
        parts = sorted(out.glob("part-*"))
        assert [pq.read_metadata(part).num_rows for part in parts] == [30, 30, 30, 10]
        assert pq.read_table(out)["row"].to_pylist() == list(range(100))
        whole = files(out)
        for part in parts[2:]:
            part.unlink()
        assert encode_pictures(run, source, out).fresh == 40
        assert files(out) == whole


def test_what_cannot_be_read_is_listed_by_name(run, pictures, tmp_path):
    spoilt = {**pictures, "00007.png": b"no picture", "00050.png": pictures["00050.png"][:80]}
    source = as_tars(tmp_path / "in", spoilt)
    (source / "003.tar").write_bytes(b"damaged" * 500)
    (source / "004.parquet").write_bytes(b"PAR1 damaged PAR1")
    found = encode_pictures(run, source, tmp_path / "out")
    assert (found.pictures, found.failed) == (100, 4)
    assert set(codes(tmp_path / "out")) == set(pictures) - {"00007.png", "00050.png"}
    with (tmp_path / "out/_failures.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [(Path(row["file"]).name, row["row"], row["id"]) for row in rows] == [
        ("000.tar", "7", "00007.png"),
        ("001.tar", "10", "00050.png"),
        ("003.tar", "0", ""),
        ("004.parquet", "0", ""),
    ]
    assert all(row["reason"] for row in rows) and len(found.failures) == 4
    said = json.loads((tmp_path / "out/_encoding.json").read_text())
    assert (said["complete"], said["pictures"], said["failed"]) == (True, 100, 4)


def test_other_codes_are_not_mixed(run, pictures, tmp_path):
    source, out = as_tars(tmp_path / "in", pictures), tmp_path / "out"
    encode_pictures(run, source, out)
    whole = files(out)
    images = load_images("digits", limit=120)
    other = fit(recipes.vae(images.shape, net=NET), images, epochs=1, seed=5, out=tmp_path / "b")
    with pytest.raises(LatentscapeError, match="another model"):
        encode_pictures(other.folder, source, out)
    as_tars(tmp_path / "more", drawn(100, seed=1))
    shutil.copy(tmp_path / "more/001.tar", source / "001.tar")
    with pytest.raises(LatentscapeError, match=r"001.tar' has changed"):
        encode_pictures(run, source, out)
    (source / "001.tar").unlink()
    (source / "002.tar").unlink()
    with pytest.raises(LatentscapeError, match="fewer files"):
        encode_pictures(run, source, out)
    assert files(out) == whole


def test_a_run_that_is_trained_on_meanwhile_is_refused(run, pictures, tmp_path):
    source = as_tars(tmp_path / "in", pictures)
    (shard, *_) = shards_of(str(source), LeftOut())
    how = load_run(run).preparation
    (tmp_path / "out").mkdir()
    with pytest.raises(LatentscapeError, match="has been trained on since"):
        encode_shard(Job(str(run), str(source), tmp_path / "out", "0" * 64, how), shard, 1)
    assert not list((tmp_path / "out").iterdir())


def test_pictures_of_a_folder_that_change_are_noticed(run, pictures, tmp_path):
    source, out = as_folder(tmp_path / "in", pictures), tmp_path / "out"
    encode_pictures(run, source, out)
    (source / "0/00000.png").write_bytes(pictures["00001.png"])
    with pytest.raises(LatentscapeError, match="has changed"):
        encode_pictures(run, source, out)


def test_other_peoples_folders_stay(run, pictures, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out/diary.txt").write_text("mine")
    with pytest.raises(LatentscapeError, match="something else"):
        encode_pictures(run, as_tars(tmp_path / "in", pictures), tmp_path / "out")
    assert (tmp_path / "out/diary.txt").read_text() == "mine"
    assert set(files(tmp_path / "out")) <= {"diary.txt", "_lock"}


def test_no_more_than_a_few_batches_are_in_memory():
    opened = []
    content = drawn(1)["00000.png"]

    def open_one(name):
        opened.append(name)
        return io.BytesIO(content)

    names = [f"{i}.png" for i in range(4000)]
    piece = Piece(names, [""] * 4000, open_one)
    how = Preparation(size="8x8", scale="dtype", background="white", colour="grey")
    decoder = Decoder(how, (1, 8, 8), 64, threads=1)
    batches = decoder.batches(Block(0, 0, True, lambda: iter([piece])))
    most = 0
    for done, batch in enumerate(batches, 1):
        assert len(batch.rows) <= 64
        most = max(most, len(opened) - 64 * done)
    assert decoder.seen == len(opened) == 4000
    assert most <= 64 + 4 * 32


def test_shards_are_those_of_any_order_that_the_storage_has(pictures, tmp_path, monkeypatch):
    monkeypatch.setattr("latentscape.data.stream.shards.BLOCK", 30)
    source = as_folder(tmp_path / "in", pictures)
    first = list(shards_of(str(source), LeftOut()))
    assert [len(shard.names) for shard in first] == [30, 30, 30, 10]
    assert sorted(n for shard in first for n in shard.names) == sorted(
        f"{class_of(name)}/{name}" for name in pictures
    )
    assert [shard.first for shard in first] == [0, 30, 60, 90]


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--data", "in", "--out", "c.csv"], "does not end in .parquet"),
        (["--out", "c"], "say with --data where they are"),
        (["--data", "in", "--out", "c", "--projections", "pca"], "--projections is for one table"),
        (["--data", "in", "--out", "c", "--skip-bad"], "how other pictures are read"),
        (["--data", "in", "--out", "c", "--split", "test"], "--split is for one table"),
        (["--data", "in", "--out", "c.parquet", "--on", "ray"], "name a folder with --out"),
        (["--data", "in", "--out", "c", "--cpus-per-worker", "2"], "say --on ray, too"),
        (["--data", "in", "--out", "c", "--on", "dask"], "--on is 'dask'"),
        (["--data", "nowhere", "--out", "c"], "nothing is at"),
        (["--data", "nowhere://x", "--out", "c"], "leads to no storage"),
        (["--data", "empty", "--out", "c"], "there is no picture"),
        (["--data", "in/*.jar", "--out", "c"], "nothing is at"),
    ],
)
def test_what_cannot_be_streamed_is_a_sentence(flags, words, run, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    as_tars(tmp_path / "in", drawn(4))
    (tmp_path / "empty").mkdir()
    assert main(["encode", str(run), *flags]) == 2
    said = capsys.readouterr().err
    assert words in said and said.count("\n") == 1


def test_a_model_that_is_told_classes_is_refused(pictures, tmp_path):
    images = load_images("digits", limit=120)
    model = recipes.conditional_vae(images.shape, classes=10, net=NET)
    kept = fit(model, images, epochs=1, out=tmp_path / "c")
    with pytest.raises(LatentscapeError, match="told each picture's class"):
        encode_pictures(kept.folder, as_tars(tmp_path / "in", pictures), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_command_says_what_came_of_it(run, tmp_path, capsys):
    source = as_tars(tmp_path / "in", {**drawn(20), "00003.png": b"x"})
    line = ["encode", str(run), "--data", str(source), "--out", str(tmp_path / "out")]
    for said in ("20 pictures looked at, 1 not read", "20 were there before"):
        assert main(line) == 0
        found = capsys.readouterr()
        assert said in found.out and "not read: 00003.png" in found.err


@pytest.mark.parametrize("form", ["folder", "tars"])
def test_a_storage_that_fails_for_a_while_costs_nothing(form, run, pictures, tmp_path, monkeypatch):
    source = FORMS[form](tmp_path / "in", pictures)
    memory = storage_of(f"memory://{tmp_path.name}/in")
    memory.system.put(f"{source}/", memory.path, recursive=True)

    def fails(*args, **more):
        raise TimeoutError("no answer")

    with monkeypatch.context() as patched:
        patched.setattr(type(memory.system), "cat_file", fails)
        patched.setattr(type(memory.system), "get_file", fails)
        with pytest.raises(LatentscapeError, match="no answer"):
            encode_pictures(run, memory.name, tmp_path / "out")
    found = encode_pictures(run, memory.name, tmp_path / "out")
    assert (found.pictures, found.failed) == (100, 0)


def test_what_is_no_picture_is_counted(run, pictures, tmp_path, capsys):
    shards = tmp_path / "shards"
    shards.mkdir()
    (shards / "more").mkdir()
    (shards / "README.md").write_text("x")
    picture = pictures["00000.png"]
    (shards / "loose.png").write_bytes(picture)
    with tarfile.open(shards / "0.tar", "w") as tar:
        for name, content in (("a.png", picture), ("a.cls", b"3"), ("a.json", b"{}")):
            about = tarfile.TarInfo(name)
            about.size = len(content)
            tar.addfile(about, io.BytesIO(content))
    first = encode_pictures(run, shards, tmp_path / "codes")
    again = encode_pictures(run, shards, tmp_path / "codes")

    assert first.pictures == again.pictures == 1 and again.fresh == 0
    expected = {
        (".json", "no picture"): 1,
        (".md", "beside files of pictures"): 1,
        (".png", "beside files of pictures"): 1,
        ("", "a folder beside files of pictures"): 1,
    }
    assert first.left_out.counts == again.left_out.counts == expected
    assert main(["encode", str(run), "--data", str(shards), "--out", str(tmp_path / "other")]) == 0
    said = capsys.readouterr().err
    assert "left out: " in said and "1 .json (no picture)" in said
    assert "1 .png left out (beside files of pictures): move pictures to a folder" in said


def test_workshops_of_killed_processes_go(run, tmp_path):
    source, out = as_folder(tmp_path / "p", drawn(3)), tmp_path / "codes"
    killed = (
        "import os, sys; from pathlib import Path\n"
        "from latentscape.system.removal import workshop\n"
        "with workshop(Path(sys.argv[1])): os._exit(9)\n"
    )
    out.mkdir()
    subprocess.run([sys.executable, "-c", killed, str(out)], check=False)
    assert [p.name[:13] for p in out.iterdir()] == [".latentscape-"]
    encode_pictures(run, source, out)
    assert not list(out.glob(".latentscape-*"))


def test_a_picture_that_goes_meanwhile_is_listed_and_a_storage_that_fails_is_not_it():
    system = fsspec.filesystem("memory")
    system.pipe_file("/going/a.png", b"")
    tree = RemoteFolder(storage_of("memory://going"))
    assert tree.open("a.png").read() == b""
    with pytest.raises(BadPictureError, match="no such file any more"):
        tree.open("b.png")

    def refused(path: str) -> dict[str, int]:
        raise PermissionError(13, "Permission denied")

    tree.storage = tree.storage._replace(system=types.SimpleNamespace(info=refused, isfile=refused))
    tree.storage.system.protocol, tree.storage.system.unstrip_protocol = "memory", str
    for ask in (tree.open, tree.find):
        with pytest.raises(StorageError, match="Permission denied"):
            ask("a.png")
