"""Sound files of every format, to be spoilt."""

from __future__ import annotations

import io
import struct
import tarfile
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import onnx
import pyarrow as pa
import pyarrow.parquet as pq
from onnx import TensorProto, helper
from PIL import Image

from latentscape.sweeps import parse_sweep
from latentscape.sweeps.journal import FILE, opened, quiet
from latentscape.sweeps.space import distributions


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


def hdf5_files() -> list[bytes]:
    """HDF5 files, of groups and packings."""
    import h5py

    found = []
    packings: list[dict[str, Any]] = [{}, {"chunks": (5, 3, 4)}]
    packings += [{"chunks": (5, 3, 4), "compression": "gzip", "shuffle": True, "fletcher32": True}]
    packings += [{"chunks": (5, 3, 4), "compression": "lzf"}]
    for packing in packings:
        for version in ("earliest", "latest"):
            stream = io.BytesIO()
            with h5py.File(stream, "w", libver=version) as file:
                file.create_dataset("train/images", data=IMAGES, **packing)
                file["train/labels"] = np.array([b"a", b"bc"] * 10)
                file["other"] = np.arange(20.0)
            found.append(stream.getvalue())
    for packing in ({}, {"chunks": (7,)}):
        stream = io.BytesIO()
        with h5py.File(stream, "w") as file:
            file["images"] = IMAGES
            kind = h5py.string_dtype()
            file.create_dataset("labels", data=["a", "bcd"] * 10, dtype=kind, **packing)
        found.append(stream.getvalue())
    return found


BLOSC = {"name": "blosc", "configuration": {"cname": "lz4", "clevel": 5, "typesize": 1}}


def make_zarr(folder: Path, version: int, **packing: Any) -> None:
    """A zarr store of images and labels."""
    import zarr

    group = zarr.open_group(str(folder), mode="w", zarr_format=version)
    group.create_array("images", data=IMAGES, chunks=(20, 3, 4), **packing)
    group.create_array("labels", data=np.arange(20) % 3, chunks=(20,))


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


TABLE = (
    b"file_name,age,place,taken,remark\n0.png,31,sea,2024-05-01,one\n1.png,,land,2024-05-02,two\n"
    b"2.png,4.5,sea,,three\n3.png,6,sea,2024-05-04,\n"
)
LINES = (
    b'{"file_name": "0.png", "label": "a", "n": 1, "box": [1, 2]}\n'
    b'{"file_name": "1.png", "label": "b", "n": null, "when": "2024-05-01T10:00:00"}\n'
    b'{"file_name": "2.png", "label": "a"}\n{"file_name": "3.png", "label": "b", "n": 2.5}\n'
)


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


def picture() -> bytes:
    """A small picture."""
    stream = io.BytesIO()
    Image.fromarray(IMAGES[0]).save(stream, "PNG")
    return stream.getvalue()


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


TOML = b'recipe = "vae"\ndata = "digits"\nseeds = 3\nepochs = 10\nlatent = [2, 4, 8]\n'
TOML += b'hidden = [[400], [256, 128]]\nbeta = [0.5, 1]\nlikelihood = "normal"\n'
SWEEP = {"format": 1, "recipe": ["vae"], "data": "digits", "size": None, "limit": 9}
SEARCH = {"recipe": "vae", "limit": 9, "latent": [2, 3], "lr": "1e-4..1e-2:log", "trials": 3}
SWEEP |= {"seeds": [0, 1], "latent": [2, 3], "hidden": [[4], [5, 6]], "beta": [1.0]}


def journal() -> bytes:
    """A search's study: a trial that is complete, one that was stopped early, and one to come."""
    sweep = parse_sweep(SEARCH)
    with TemporaryDirectory() as folder, quiet() as optuna:
        study, _ = opened(Path(folder), sweep.search)
        space = distributions(sweep, optuna)
        for values, state in ((1.5, None), (None, optuna.trial.TrialState.PRUNED)):
            trial = study.ask(space)
            trial.report(2.5, 1)
            study.tell(trial, values, state=state)
        study.enqueue_trial({"latent": 2})
        return (Path(folder) / FILE).read_bytes()
