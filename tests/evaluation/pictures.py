"""The same small pictures as a folder, as tars, as Parquet files: for tests of streams."""

import io
import tarfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image


def drawn(count: int, seed: int = 0) -> dict[str, bytes]:
    """PNG files of mixed sizes, grey and in colour, by name."""
    rng = np.random.default_rng(seed)
    found = {}
    for i in range(count):
        side, deep = (16, 24, 28)[i % 3], i % 4 == 3
        shape = (side, side, 3) if deep else (side, side)
        stream = io.BytesIO()
        Image.fromarray(rng.integers(0, 256, shape, dtype=np.uint8)).save(stream, "PNG")
        found[f"{i:05d}.png"] = stream.getvalue()
    return found


def class_of(name: str) -> str:
    return str(int(name[:5]) % 3)


def as_folder(place: Path, pictures: dict[str, bytes]) -> Path:
    for name, content in pictures.items():
        (place / class_of(name)).mkdir(parents=True, exist_ok=True)
        (place / class_of(name) / name).write_bytes(content)
    return place


def as_tars(place: Path, pictures: dict[str, bytes], each: int = 40) -> Path:
    place.mkdir(parents=True)
    names = list(pictures)
    for start in range(0, len(names), each):
        with tarfile.open(place / f"{start // each:03d}.tar", "w") as tar:
            for name in names[start : start + each]:
                beside = {name: pictures[name], f"{name[:5]}.cls": class_of(name).encode()}
                for member, content in beside.items():
                    info = tarfile.TarInfo(member)
                    info.size = len(content)
                    tar.addfile(info, io.BytesIO(content))
    return place


def as_tables(place: Path, pictures: dict[str, bytes], each: int = 40, group: int = 15) -> Path:
    place.mkdir(parents=True)
    names = list(pictures)
    for start in range(0, len(names), each):
        some = names[start : start + each]
        rows = [{"bytes": pictures[name], "path": name} for name in some]
        table = pa.table({"image": rows, "label": [class_of(name) for name in some]})
        pq.write_table(table, place / f"{start // each:03d}.parquet", row_group_size=group)
    return place
