"""Everything that reads a file which somebody else may have made, with sound files to spoil."""

from __future__ import annotations

import gzip
import io
import json
import os
import random
import struct
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import crafted
import numpy as np
import onnx
import pyarrow as pa
import pyarrow.parquet as pq
from mutate import spoilt, spoilt_json
from onnx import TensorProto, helper
from PIL import Image

from latentscape.bundle import read_bundle
from latentscape.bundle.contents import Network
from latentscape.bundle.from_codes import read_codes
from latentscape.bundle.networks import check_network
from latentscape.bundle.thumbs import load_thumbs
from latentscape.bundle.writer import write_bundle
from latentscape.data import load_images
from latentscape.data.folder import source
from latentscape.evaluation.judge.cache import load_judge
from latentscape.runs.folder import RunFolder
from latentscape.runs.listing import inspect_run
from latentscape.runs.run import load_run
from latentscape.sweeps.text import read_sweep, read_toml
from latentscape.training import train

PIPE, ENDLESS = b"a pipe that nobody writes to", b"a link to /dev/zero"
SPECIAL = (PIPE, ENDLESS)
Mutator = Callable[[bytes, list[bytes], random.Random], bytes]


@dataclass(frozen=True)
class Reader:
    """Something that reads.

    Attributes:
        prepare: makes what lies beside the file in a folder, and gives sound files.
        read: puts a file into the folder and reads it.
        mutate: spoils a file.
        crafted: files that a stranger would make.
    """

    prepare: Callable[[Path], list[bytes]]
    read: Callable[[Path, bytes], object]
    mutate: Mutator = spoilt
    crafted: Callable[[Path], list[bytes]] = lambda folder: []

    def hostile(self, folder: Path) -> list[bytes]:
        """Files that a stranger would make, and what is no file."""
        return [*self.crafted(folder), *SPECIAL]


def put(path: Path, content: bytes) -> Path:
    """Put a file in its place, or what is no file."""
    if path.is_symlink() or path.exists():
        path.unlink()  # also since best and last may be two names of one file
    if content == PIPE:
        os.mkfifo(path)
    elif content == ENDLESS:
        path.symlink_to("/dev/zero")
    else:
        path.write_bytes(content)
    return path


def wrapped(wrap: Callable[[bytes], bytes], content: bytes) -> bytes:
    """Pack what is a file's content."""
    return content if content in SPECIAL else wrap(content)


def idx(shape: tuple[int, ...]) -> bytes:
    """An IDX file."""
    head = bytes([0, 0, 8, len(shape)]) + struct.pack(f">{len(shape)}I", *shape)
    return head + bytes(i % 251 for i in range(int(np.prod(shape))))


def npy(array: np.ndarray) -> bytes:
    """A `.npy` file."""
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def npz(arrays: dict[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A `.npz` file of `.npy` files."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", packing) as archive:
        for name, content in arrays.items():
            archive.writestr(f"{name}.npy", content)
    return stream.getvalue()


IMAGES = np.arange(20 * 3 * 4, dtype=np.uint8).reshape(20, 3, 4)
ARRAYS = [
    npy(IMAGES),
    npy(IMAGES.astype(np.float32) / 255),
    npy(IMAGES[:, None].repeat(3, 1)),
    npy(np.asfortranarray(IMAGES > 9)),
    npy(IMAGES.astype(">i8")),
    npy(np.array(["a", "b"])),
]
LABELS = npy(np.arange(20) % 3)


def pictures() -> list[bytes]:
    """Pictures in every format and several modes."""
    found = []
    grey = Image.fromarray(IMAGES.reshape(16, 15))
    modes = {
        "PNG": ("L", "P", "RGBA", "1", "I;16"),
        "JPEG": ("L", "CMYK"),
        "GIF": ("P",),
        "BMP": ("RGB",),
        "TIFF": ("L", "F"),
        "WEBP": ("RGB",),
        "PPM": ("RGB",),
        "AVIF": ("RGB",),
        "JPEG2000": ("RGB",),
        "ICO": ("RGBA",),
        "DDS": ("RGB",),
    }
    for kind, each in modes.items():
        for mode in each:
            stream = io.BytesIO()
            deep = Image.fromarray(IMAGES.reshape(16, 15).astype(np.uint16) * 257)
            (deep if mode == "I;16" else grey.convert(mode)).save(stream, kind)
            found.append(stream.getvalue())
    return found


def loaded(name: str, wrap: Callable[[bytes], bytes] = bytes) -> Callable[[Path, bytes], object]:
    """A function that reads a file of this name as images."""

    def read(folder: Path, content: bytes) -> object:
        return load_images(put(folder / name, wrapped(wrap, content))).fingerprint

    return read


def picture(folder: Path, content: bytes) -> object:
    """Read a folder with one spoilt picture."""
    for i in range(4):
        if not (folder / f"p/{i}.png").exists():
            (folder / "p").mkdir(exist_ok=True)
            Image.fromarray(IMAGES[i]).save(folder / f"p/{i}.png")
    put(folder / "p/spoilt.png", content)
    return load_images(folder / "p", size=4).fingerprint


def thumbs(folder: Path, content: bytes) -> object:
    """Read a spoilt picture as the thumbnail of a code."""
    (folder / "t").mkdir(exist_ok=True)
    put(folder / "t/0.png", content)
    return load_thumbs(folder / "t", ["0"], 1)


def png() -> bytes:
    """A small picture."""
    stream = io.BytesIO()
    Image.fromarray(IMAGES[0]).save(stream, "PNG")
    return stream.getvalue()


def kept_listing(folder: Path) -> list[bytes]:
    """The list of pictures that reading a folder leaves in the cache."""
    source.WORTH_KEEPING = 1
    picture(folder, png())
    return [next((folder / "data/pictures").glob("*/listing.json")).read_bytes()]


def cached_listing(folder: Path, content: bytes) -> object:
    """Read a folder whose list in the cache is spoilt."""
    put(next((folder / "data/pictures").glob("*/listing.json")), content)
    return load_images(folder / "p", size=4).fingerprint


def packed(kind: str) -> bytes:
    """An archive of four small pictures."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(stream, "w")
        if kind == "zip"
        else tarfile.open(fileobj=stream, mode=f"w:{kind}") as archive
    ):
        for i in range(4):
            picture = io.BytesIO()
            Image.fromarray(IMAGES[i]).save(picture, "PNG")
            content = picture.getvalue()
            if isinstance(archive, zipfile.ZipFile):
                archive.writestr(f"p/{i}.png", content)
            else:
                info = tarfile.TarInfo(f"p/{i}.png")
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
    return stream.getvalue()


def picture_table() -> bytes:
    """A Parquet table of four small pictures."""
    rows = []
    for i in range(4):
        picture = io.BytesIO()
        Image.fromarray(IMAGES[i]).save(picture, "PNG")
        rows.append({"bytes": picture.getvalue(), "path": f"{i}.png"})
    stream = io.BytesIO()
    pq.write_table(pa.table({"image": rows, "label": [0, 1, 0, 1]}), stream)
    return stream.getvalue()


def make_run(folder: Path) -> None:
    """A run of a tiny model."""
    if not (folder / "run").exists():
        from latentscape.parts.networks import Network

        images = load_images("digits", limit=20)
        options = {"net": Network(hidden=(4,))}
        train("vae", images, options=options, out=folder / "run", epochs=1, precision="32-true")


def of_run(file: str) -> Reader:
    """Reads a run with one spoilt file; sound ones come first, so that others read it whole."""

    def prepare(folder: Path) -> list[bytes]:
        make_run(folder)
        return [(folder / "run" / file).read_bytes()]

    def read(folder: Path, content: bytes) -> object:
        put(folder / "run" / file, content)
        inspect_run(folder / "run", check=True)
        run = load_run(folder / "run")
        return run.codes_size, RunFolder(folder / "run").film()

    def hostile(folder: Path) -> list[bytes]:
        sound = prepare(folder)[0]
        kinds = {"run.json": crafted.records, "state.json": crafted.states}
        return kinds.get(Path(file).name, crafted.tensors if "tensors" in file else none)(sound)

    return Reader(prepare, read, spoilt_json if file.endswith(".json") else spoilt, hostile)


def none(sound: bytes) -> list[bytes]:
    """Nothing crafted."""
    return []


def of_bundle(file: str) -> Reader:
    """Reads a bundle with one spoilt file, whose size the manifest knows."""

    def prepare(folder: Path) -> list[bytes]:
        codes = np.random.default_rng(0).standard_normal((9, 2), dtype=np.float32)
        write_bundle(folder / "bundle", codes, name="x", pixels=IMAGES[:9, None])
        return [(folder / "bundle" / file).read_bytes()]

    def read(folder: Path, content: bytes) -> object:
        manifest = folder / "bundle/space.json"
        put(folder / "bundle" / file, content)
        if file != manifest.name:
            space = json.loads(manifest.read_text())
            space["files"][file]["bytes"] = len(content)
            manifest.write_text(json.dumps(space))
        return read_bundle(folder / "bundle").files

    def hostile(folder: Path) -> list[bytes]:
        return crafted.manifests(prepare(folder)[0], folder) if file == "space.json" else []

    return Reader(prepare, read, spoilt_json if file.endswith(".json") else spoilt, hostile)


def codes_file(suffix: str) -> Callable[[Path, bytes], object]:
    """A function that reads codes of another program."""

    def read(folder: Path, content: bytes) -> object:
        return read_codes(put(folder / f"codes{suffix}", content))

    return read


def parquets(folder: Path) -> list[bytes]:
    """Tables of codes."""
    codes = np.random.default_rng(0).standard_normal((9, 2), dtype=np.float32)
    columns = {"z_0": codes[:, 0], "z_1": codes[:, 1], "label": list("abcabcabc")}
    lists = {"code": codes.tolist(), "id": [str(i) for i in range(9)], "y": [1, 2, 10] * 3}
    found = []
    for table in (columns, lists):
        for packing in ("none", "snappy"):
            stream = io.BytesIO()
            pq.write_table(pa.table(table), stream, compression=packing)
            found.append(stream.getvalue())
    return found


def network(folder: Path) -> list[bytes]:
    """A network that maps 1×3×4 images to codes of two numbers."""
    weight = np.ones((12, 2), np.float32)
    graph = helper.make_graph(
        [
            helper.make_node("Flatten", ["images"], ["flat"]),
            helper.make_node("MatMul", ["flat", "weight"], ["code"]),
        ],
        "encoder",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["batch", 1, 3, 4])],
        [helper.make_tensor_value_info("code", TensorProto.FLOAT, ["batch", 2])],
        [helper.make_tensor("weight", TensorProto.FLOAT, weight.shape, weight.ravel())],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 9
    return [onnx.ModelProto.SerializeToString(model)]


def checked_network(folder: Path, content: bytes) -> object:
    """Open and run a network."""
    return check_network(Network(content), "encoder", 2, (1, 3, 4))


def judge(folder: Path, content: bytes) -> object:
    """Read a judge; a spoilt one is none."""
    return load_judge(put(folder / "judge.safetensors", content))


def weights(folder: Path) -> list[bytes]:
    """A safetensors file."""
    make_run(folder)
    return [next((folder / "run").glob("*/best.safetensors")).read_bytes()]


TOML = b'recipe = "vae"\ndata = "digits"\nseeds = 3\nepochs = 10\nlatent = [2, 4, 8]\n'
TOML += b'hidden = [[400], [256, 128]]\nbeta = [0.5, 1]\nlikelihood = "normal"\n'
SWEEP = {"format": 1, "recipe": ["vae"], "data": "digits", "size": None, "limit": 9}
SWEEP |= {"seeds": [0, 1], "latent": [2, 3], "hidden": [[4], [5, 6]], "beta": [1.0]}


def toml(folder: Path, content: bytes) -> object:
    """Read a sweep that a person wrote down."""
    return read_toml(put(folder / "sweep.toml", content))


def sweep(folder: Path, content: bytes) -> object:
    """Read a sweep's own file."""
    put(folder / "sweep.json", content)
    return read_sweep(folder)


def given(*files: bytes) -> Callable[[Path], list[bytes]]:
    """Files that need nothing beside them."""
    return lambda folder: list(files)


def these(*files: bytes) -> Callable[[Path], list[bytes]]:
    """Crafted files that need nothing beside them."""
    return lambda folder: list(files)


READERS = {
    "idx": Reader(given(idx((20, 3, 4)), idx((20, 3, 4, 1))), loaded("a-images-idx3-ubyte")),
    "idx.gz": Reader(
        given(idx((20, 3, 4)), idx((20, 3, 4, 1))), loaded("a-images-idx3-ubyte.gz", gzip.compress)
    ),
    "gz": Reader(
        given(gzip.compress(idx((20, 3, 4)))),
        loaded("b-images-idx3-ubyte.gz"),
        crafted=lambda folder: crafted.idx_bombs(),
    ),
    "npy": Reader(given(*ARRAYS), loaded("a.npy")),
    "npz": Reader(
        given(
            npz({"images": ARRAYS[0], "labels": LABELS}),
            npz({"x_train": ARRAYS[1], "y_train": LABELS, "x_test": ARRAYS[1]}),
            npz({"x": ARRAYS[3]}, zipfile.ZIP_STORED),
            npz({"x": ARRAYS[2]}, zipfile.ZIP_BZIP2),
        ),
        loaded("a.npz"),
        crafted=lambda folder: crafted.npz_bomb(),
    ),
    "npy in npz": Reader(
        given(*ARRAYS), loaded("b.npz", lambda content: npz({"x": content, "y": LABELS}))
    ),
    "labels in npz": Reader(
        given(LABELS, *ARRAYS), loaded("c.npz", lambda content: npz({"x": ARRAYS[0], "y": content}))
    ),
    "picture": Reader(
        given(*pictures()), picture, crafted=these(crafted.postscript(), crafted.bomb_picture())
    ),
    "thumbs": Reader(
        given(*pictures()), thumbs, crafted=these(crafted.postscript(), crafted.bomb_picture())
    ),
    "listing": Reader(kept_listing, cached_listing, spoilt_json),
    "pictures.zip": Reader(
        given(packed("zip")), loaded("p.zip"), crafted=lambda folder: crafted.zips(png(), folder)
    ),
    "pictures.tar": Reader(
        given(packed("")), loaded("p.tar"), crafted=lambda folder: crafted.tars(png(), folder)
    ),
    "pictures.tgz": Reader(given(packed("gz")), loaded("p.tgz")),
    "pictures.parquet": Reader(
        given(picture_table()),
        loaded("p.parquet"),
        crafted=lambda folder: crafted.parquet_tables(),
    ),
    "run.json": of_run("run.json"),
    "state.json": of_run("checkpoint-0001/state.json"),
    "best.safetensors": of_run("checkpoint-0001/best.safetensors"),
    "film": of_run("film/0001.npy"),
    "space.json": of_bundle("space.json"),
    "points.arrow": of_bundle("points.arrow"),
    "codes.npy": Reader(
        given(npy(np.ones((9, 2), np.float32)), npy(np.ones((9, 2), np.int64)), *ARRAYS[:1]),
        codes_file(".npy"),
    ),
    "codes.parquet": Reader(
        parquets, codes_file(".parquet"), crafted=lambda folder: crafted.parquet_tables()
    ),
    "codes.csv": Reader(
        given(b"z_0,z_1,label\n0.5,1.5,a\n2,3,b\n"),
        codes_file(".csv"),
        crafted=lambda folder: crafted.csv_tables(),
    ),
    "onnx": Reader(network, checked_network),
    "judge": Reader(weights, judge, crafted=lambda folder: crafted.tensors(weights(folder)[0])),
    "sweep.toml": Reader(given(TOML), toml),
    "sweep.json": Reader(given(json.dumps(SWEEP).encode()), sweep, spoilt_json),
}
