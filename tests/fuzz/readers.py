"""Everything that reads a file which somebody else may have made."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import numpy as np
from PIL import Image

from latentscape.bundle import read_bundle
from latentscape.bundle.contents import OnnxNetwork
from latentscape.bundle.from_codes import read_codes
from latentscape.bundle.networks import check_network
from latentscape.bundle.onnx_folder import _is_networks
from latentscape.bundle.pairing import write_pair
from latentscape.bundle.thumbs import load_thumbs
from latentscape.bundle.writer import write_bundle
from latentscape.data import load_images
from latentscape.data.folder import source
from latentscape.data.folder.cache import place_of
from latentscape.evaluation.judge.cache import load_judge
from latentscape.evaluation.judge.kept_network import keep_network, kept_network
from latentscape.explorer.site import _is_site
from latentscape.reproduction.catalogue import ENTRIES
from latentscape.reproduction.results import read_results
from latentscape.reproduction.table import rows as published_rows
from latentscape.runs.archive import write_archive
from latentscape.runs.folder import RunFolder
from latentscape.runs.listing import find_runs, inspect_run
from latentscape.runs.load import load_run
from latentscape.sweeps.found import search_rows
from latentscape.sweeps.text import parse_sweep, read_sweep, read_toml
from latentscape.tracking.known import known_runs
from latentscape.training import train
from tests.fuzz import crafted, samples
from tests.fuzz.hostile import SPECIAL, put
from tests.fuzz.mutate import spoilt, spoilt_json
from tests.fuzz.samples import IMAGES

Mutator = Callable[[bytes, list[bytes], random.Random], bytes]


def none(sound: list[bytes], work: Path) -> list[bytes]:
    """No more than what is put in the place of any file."""
    return []


@dataclass(frozen=True)
class Reader:
    """Something that reads.

    Attributes:
        prepare: makes what lies beside the file in a folder, and gives sound files.
        read: puts a file into the folder and reads it.
        mutate: spoils a file.
        hostile: gives files that were made to do harm, from the sound ones.
    """

    prepare: Callable[[Path], list[bytes]]
    read: Callable[[Path, bytes], object]
    mutate: Mutator = spoilt
    hostile: Callable[[list[bytes], Path], list[bytes]] = none


def loaded(name: str, wrap: Callable[[bytes], bytes] = bytes) -> Callable[[Path, bytes], object]:
    """A function that reads a file of this name as images."""

    def read(folder: Path, content: bytes) -> object:
        put(folder / name, content if content.startswith(SPECIAL) else wrap(content))
        return load_images(folder / name).fingerprint

    return read


def of_zarr(file: str, version: int, **packing: Any) -> Reader:
    """Reads a zarr store with one spoilt file."""

    def prepare(folder: Path) -> list[bytes]:
        samples.make_zarr(folder / "a.zarr", version, **packing)
        return [(folder / "a.zarr" / file).read_bytes()]

    def read(folder: Path, content: bytes) -> object:
        put(folder / "a.zarr" / file, content)
        return load_images(folder / "a.zarr").fingerprint

    return Reader(prepare, read, spoilt_json if "/" not in file.partition("/")[2] else spoilt)


def make_pictures(folder: Path) -> None:
    """Put four small pictures into a folder."""
    (folder / "p").mkdir(exist_ok=True)
    for i in range(4):
        Image.fromarray(IMAGES[i]).save(folder / f"p/{i}.png")


def pictures(folder: Path) -> list[bytes]:
    """Sound pictures, beside four others."""
    make_pictures(folder)
    return samples.pictures()


def picture(folder: Path, content: bytes) -> object:
    """Read a folder with one spoilt picture."""
    put(folder / "p/spoilt.png", content)
    return load_images(folder / "p", size=4).fingerprint


def described(name: str) -> Callable[[Path, bytes], object]:
    """A function that reads a folder of pictures with a spoilt table of this name beside them."""

    def read(folder: Path, content: bytes) -> object:
        put(folder / "p" / name, content)
        images = load_images(folder / "p", size=4)
        return images.fingerprint, [len(column) for column in images.test.columns.values()]

    return read


def tables(*sound: bytes) -> Callable[[Path], list[bytes]]:
    """Sound tables, beside four pictures."""

    def prepare(folder: Path) -> list[bytes]:
        make_pictures(folder)
        return list(sound)

    return prepare


def thumbnail(folder: Path, content: bytes) -> object:
    """Read a spoilt picture as a thumbnail."""
    put(folder / "p/spoilt.png", content)
    return load_thumbs(folder / "p", ["0", "spoilt", "../0.png"], 3)


def kept(file: str) -> Reader:
    """Reads a folder of pictures, of which one kept file is spoilt."""

    def load(folder: Path) -> object:
        with patch.object(source, "WORTH_KEEPING", 0):  # few are worth it too
            return load_images(folder / "p", size=4).fingerprint

    def prepare(folder: Path) -> list[bytes]:
        make_pictures(folder)
        load(folder)
        return [(place_of(folder / "p") / file).read_bytes()]

    def read(folder: Path, content: bytes) -> object:
        put(place_of(folder / "p") / file, content)
        return load(folder)

    return Reader(prepare, read, spoilt_json if file.endswith(".json") else spoilt)


@cache
def trained() -> dict[str, bytes]:
    """The files of a run of a tiny model."""
    from latentscape.parts.networks import Network

    images = load_images("digits", limit=20)
    with TemporaryDirectory() as name:
        run = Path(name) / "run"
        options = {"net": Network(hidden=(4,))}
        train("vae", images, **options, out=run, epochs=1, precision="32-true")
        folder = RunFolder(run)
        folder.save_decoder(1, folder.tensors("last"))
        files = (path for path in run.rglob("*") if path.is_file())
        return {path.relative_to(name).as_posix(): path.read_bytes() for path in files}


def make_run(folder: Path) -> None:
    """Put that run into a folder."""
    for name, content in trained().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def open_run(folder: Path) -> object:
    """Everything that is read of a run."""
    inspect_run(folder / "run", check=True)
    find_runs(folder)
    run = load_run(folder / "run")
    named = run.record.data.source if run.record else ""
    if named != "digits" and not os.path.exists(named):  # noqa: PTH110 (images may lie anywhere; Path raises for "\0")
        run.own_images()
    dict(run.decoders())
    return run.codes_size


def of_run(
    file: str,
    made: Callable[[bytes], list[bytes]],
    make: Callable[[Path], None] = make_run,
) -> Reader:
    """Reads a run with one spoilt file; sound ones come first, so that others read it whole."""

    def prepare(folder: Path) -> list[bytes]:
        make(folder)
        return [(folder / "run" / file).read_bytes()]

    def read(folder: Path, content: bytes) -> object:
        put(folder / "run" / file, content)
        return open_run(folder)

    mutate = spoilt_json if file.endswith(".json") else spoilt
    return Reader(prepare, read, mutate, lambda sound, work: made(sound[0]))


def packed_run(folder: Path) -> list[bytes]:
    """A packed run."""
    make_run(folder)
    write_archive(folder / "run", folder / "sound.zip")
    return [(folder / "sound.zip").read_bytes()]


def unpacked_run(folder: Path, content: bytes) -> object:
    """Open a packed run."""
    put(folder / "packed.zip", content)
    return load_run(folder / "packed.zip").codes_size


def make_larger(folder: Path) -> None:
    """A run whose record describes a far larger model than its weights fill."""
    make_run(folder)
    record = folder / "run/run.json"
    place = ("blueprint", "arguments", "net", "hidden")
    record.write_bytes(crafted.changed(record.read_bytes(), *place, to=[12_000, 12_000]))


def of_bundle(file: str, made: Callable[[bytes, Path], list[bytes]]) -> Reader:
    """Reads a bundle with one spoilt file, whose size the manifest knows."""

    def prepare(folder: Path) -> list[bytes]:
        codes = np.random.default_rng(0).standard_normal((12, 2), dtype=np.float32)
        write_bundle(folder / "bundle", codes, name="x", pixels=IMAGES[:12, None])
        content = (folder / "bundle" / file).read_bytes()
        (folder.parent / "outside" / file).write_bytes(content)
        return [content]

    def read(folder: Path, content: bytes) -> object:
        manifest, path = folder / "bundle/space.json", folder / "bundle" / file
        put(path, content)
        if file != manifest.name and path.is_file():
            space = json.loads(manifest.read_text())
            space["files"][file]["bytes"] = path.stat().st_size
            manifest.write_text(json.dumps(space))
        bundle = read_bundle(folder / "bundle")
        return [(bundle.folder / name).read_bytes() for name in bundle.files]  # as exports do

    mutate = spoilt_json if file.endswith(".json") else spoilt
    return Reader(prepare, read, mutate, lambda sound, work: made(sound[0], work))


def of_pair(file: str, made: Callable[[bytes, Path], list[bytes]]) -> Reader:
    """Sets a bundle with one spoilt file beside itself."""
    spoilt_bundle = of_bundle(file, made)

    def read(folder: Path, content: bytes) -> object:
        spoilt_bundle.read(folder, content)
        bundle = read_bundle(folder / "bundle")
        (folder / "pair").mkdir(exist_ok=True)
        return write_pair(bundle, bundle, folder / "pair")

    return replace(spoilt_bundle, read=read)


def codes_file(suffix: str) -> Callable[[Path, bytes], object]:
    """A function that reads codes of another program."""

    def read(folder: Path, content: bytes) -> object:
        put(folder / f"codes{suffix}", content)
        return read_codes(folder / f"codes{suffix}")

    return read


def checked_network(folder: Path, content: bytes) -> object:
    """Open and run a network."""
    return check_network(OnnxNetwork(content), "encoder", 2, (1, 3, 4))


def judge_network(folder: Path, content: bytes) -> object:
    """Read the network kept beside a judge; a spoilt one is none."""
    put(folder / "judge.safetensors", b"")
    put(folder / "judge.network.safetensors", content)
    return kept_network(folder / "judge.safetensors")


def judge(folder: Path, content: bytes) -> object:
    """Read a judge; a spoilt one is none."""
    put(folder / "judge.safetensors", content)
    return load_judge(folder / "judge.safetensors")


def weights(folder: Path) -> list[bytes]:
    """A safetensors file."""
    make_run(folder)
    return [next((folder / "run").glob("*/best.safetensors")).read_bytes()]


def judge_networks(folder: Path) -> list[bytes]:
    """What is kept beside a judge."""
    put(folder / "judge.safetensors", b"")
    keep_network(OnnxNetwork(b"a network"), folder / "judge.safetensors")
    return [(folder / "judge.network.safetensors").read_bytes()]


def toml(folder: Path, content: bytes) -> object:
    """Read a sweep that a person wrote down."""
    put(folder / "sweep.toml", content)
    return read_toml(folder / "sweep.toml")


def sweep(folder: Path, content: bytes) -> object:
    """Read a sweep's own file."""
    put(folder / "sweep.json", content)
    return read_sweep(folder)


def study(folder: Path, content: bytes) -> object:
    """Read what a search has seen."""
    put(folder / "study.log", content)
    return search_rows(parse_sweep(samples.SEARCH), folder)


def results(folder: Path, content: bytes) -> object:
    """Read by who puts what was measured beside published figures."""
    put(folder / "results.json", content)
    return published_rows(ENTRIES.values(), read_results(folder / "results.json"))


def trackers(folder: Path, content: bytes) -> object:
    """Read by which trackers find a run again."""
    put(folder / "trackers.json", content)
    return known_runs(folder)


def site(folder: Path) -> list[bytes]:
    """An exported site that somebody put a file into."""
    codes = np.zeros((3, 2), np.float32)
    (folder / "site").mkdir()
    write_bundle(folder / "site/bundle", codes, name="x")
    (folder / "site/precious").write_text("x")
    (folder / "site/assets").mkdir()
    return [b'{"format": "latentscape-site", "page": ["index.html", "assets/a.js"]}']


def replaced_site(folder: Path, content: bytes) -> object:
    """Make room for a new site."""
    put(folder / "site/site.json", content)
    try:
        _is_site(folder / "site")
    finally:
        if not (folder / "site/precious").exists():
            raise AssertionError("a file that is not ours is gone")
    return None


def networks(folder: Path) -> list[bytes]:
    """Exported networks that somebody put a file beside."""
    (folder / "onnx").mkdir()
    (folder / "onnx/precious").write_text("x")
    return [b'{"format": "latentscape-networks", "pixels": "float32 in [0, 1]"}']


def replaced_networks(folder: Path, content: bytes) -> object:
    """Make room for new networks."""
    put(folder / "onnx/networks.json", content)
    _is_networks(folder / "onnx")
    assert (folder / "onnx/precious").exists(), "a file that is not ours is gone"
    return None


def given(*files: bytes) -> Callable[[Path], list[bytes]]:
    """Files that need nothing beside them."""
    return lambda folder: list(files)


def made(*files: bytes) -> Callable[[list[bytes], Path], list[bytes]]:
    """Hostile files that need no sound ones."""
    return lambda sound, work: list(files)
