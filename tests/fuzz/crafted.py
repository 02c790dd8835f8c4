"""Files that a stranger would make: code to run, names that lead outside, bombs, odd columns."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import struct
import tarfile
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from safetensors.numpy import load, save

from tests.fuzz.deeds import CANARY, OUTSIDE

SECRET = "../outside/secret"
ZEROS = 700_000_000  # more than a reader may take


def outside(folder: Path) -> tuple[str, ...]:
    """Names of a file that no reader may open, as seen from a folder within the one it works in."""
    return SECRET, f"../{SECRET}", f"../../{SECRET}", str(folder.parent / OUTSIDE / "secret")


def changed(content: bytes, *path: str, to: object) -> bytes:
    """A JSON document with one value changed."""
    document = json.loads(content)
    holder: Any = document
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = to
    return json.dumps(document).encode()


def records(sound: bytes) -> list[bytes]:
    """Of `run.json`: recipes of a stranger, and models far larger than their weights."""
    recipes = (f"{CANARY}:run", f"{CANARY}", "os:system", f"./{CANARY}.py:run", "subprocess:run")
    found = [changed(sound, "blueprint", "recipe", to=recipe) for recipe in recipes]
    for latent in (2**15, 2**31, 10**12):
        found.append(changed(sound, "blueprint", "arguments", "latent", to=latent))
    for hidden in ([20_000, 20_000], [10**9], [4] * 100_000, [[4]] * 9):
        found.append(changed(sound, "blueprint", "arguments", "net", to={"hidden": hidden}))
    found.append(changed(sound, "blueprint", "shape", to=[1, 30_000, 30_000]))
    return found


def states(sound: bytes) -> list[bytes]:
    """Of `state.json`: files outside whose hashes would be taken."""
    names = (SECRET, f"../{SECRET}", f"../../{SECRET}")
    return [changed(sound, "sha256", to={name: "0" * 64}) for name in names]


def tensors(sound: bytes) -> list[bytes]:
    """Of weights: tensors that are missing, of other shapes, or far larger than they say."""
    known = load(sound)
    name = max(known, key=lambda n: known[n].size)
    fewer = {n: a for n, a in known.items() if n != name}
    other = fewer | {name: known[name].T.copy()}
    renamed = fewer | {"x": known[name]}
    header = json.dumps({"x": {"dtype": "F32", "shape": [10**9], "data_offsets": [0, 4 * 10**9]}})
    claim = struct.pack("<Q", len(header)) + header.encode()
    return [save(fewer), save(other), save(renamed), save({}), claim, struct.pack("<Q", 2**60)]


def manifests(sound: bytes, folder: Path) -> list[bytes]:
    """Of `space.json`: files that lie outside the bundle."""
    document = json.loads(sound)
    found = []
    for name in outside(folder):
        files = document["files"] | {name: {"bytes": 16}}
        found.append(changed(sound, "files", to=files))
        points = document["points"] | {"file": name, "details": name}
        found.append(json.dumps(document | {"files": files, "points": points}).encode())
    return found


def zips(picture: bytes, folder: Path) -> list[bytes]:
    """Archives whose members lie outside, are links, or unpack to far more."""
    found = []
    for name in (*outside(folder), "/etc/passwd.png", "..\\..\\x.png", "a/../../x.png"):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr(f"{name}.png", picture)
            archive.writestr("p/0.png", picture)
        found.append(stream.getvalue())
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for i in range(2):
            archive.writestr(f"p/{i}.png", picture + bytes(ZEROS // 2))
    return [*found, stream.getvalue(), bomb_picture()]


def packed_runs(sound: bytes, folder: Path) -> list[bytes]:
    """Packed runs with more members than a run has, listed as they are, and members that grow."""
    found = []
    extra = [f"{name}.npy" for name in outside(folder)]
    for name in (*extra, "/etc/x.npy", "film/../../x.npy", "film\\..\\x.npy", "mymodels.py"):
        found.append(repacked(sound, {name: b"x"}))
    found.append(repacked(sound, {"film/0002.npy": bytes(ZEROS // 100)}, zipfile.ZIP_DEFLATED))
    return found


def repacked(sound: bytes, more: dict[str, bytes], how: int = zipfile.ZIP_STORED) -> bytes:
    """A packed run with more members, whose list tells the truth of them."""
    with zipfile.ZipFile(io.BytesIO(sound)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()[1:]} | more
    told = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", how) as archive:
        archive.writestr("pack.json", json.dumps({"format": "latentscape-run", "files": told}))
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def tars(picture: bytes, folder: Path) -> list[bytes]:
    """The same as tar, with links and devices."""
    found = []
    kinds = (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE)
    for name in outside(folder):
        for kind in kinds:
            stream = io.BytesIO()
            with tarfile.open(fileobj=stream, mode="w") as archive:
                info = tarfile.TarInfo("p/0.png")
                info.type, info.linkname = kind, name
                archive.addfile(info)
                plain = tarfile.TarInfo(f"{name}.png")
                plain.size = len(picture)
                archive.addfile(plain, io.BytesIO(picture))
            found.append(stream.getvalue())
    return found


def bomb_picture() -> bytes:
    """A PNG of a few kilobytes that claims 30,000 by 30,000 pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        checked = kind + content
        return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))

    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes(900_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def postscript() -> bytes:
    """A picture that a program would be started for."""
    return (
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n"
        b"(canary) print\nshowpage\n%%EOF\n"
    )


def gzip_bomb(head: bytes) -> bytes:
    """A gzip file of a few hundred kilobytes that unpacks to zeros without end, nearly."""
    million = gzip.compress(bytes(1_000_000))
    return gzip.compress(head) + million * (ZEROS // 1_000_000)


def idx_bombs() -> list[bytes]:
    """IDX files that claim more than they hold, and one that holds it, in little."""
    claims = [(2**31, 28, 28), (60_000, 2**16, 2**16), (2**32 - 1, 2**32 - 1, 2**32 - 1)]
    heads = [bytes([0, 0, 8, 3]) + struct.pack(">3I", *shape) for shape in claims]
    full = bytes([0, 0, 8, 3]) + struct.pack(">3I", ZEROS // 784, 28, 28)
    return [*(gzip.compress(head) for head in heads), gzip_bomb(full)]


def parquet_bomb() -> bytes:
    """A table of one number, very often."""
    stream = io.BytesIO()
    rows = 1_000_000
    columns = {name: np.zeros(rows) for name in ("z_0", "z_1", "z_2")}
    table = pa.table(columns)
    with pq.ParquetWriter(stream, table.schema, compression="zstd") as writer:
        for _ in range(30):
            writer.write_table(table)
    return stream.getvalue()


def odd_tables() -> list[pa.Table]:
    """Columns in kinds and orders that programs write, and people did not think of."""
    n = 9
    numbers, whole = np.linspace(0, 1, n), np.arange(n)
    lists = [[float(i), 1.0] for i in range(n)]
    columns: dict[str, Any] = {
        "text": [f"t{i}" for i in range(n)],
        "null": pa.nulls(n),
        "some": [None if i % 2 else float(i) for i in range(n)],
        "nan": [float("nan") if i % 2 else 1.0 for i in range(n)],
        "date": pa.array(whole).cast(pa.int32()).cast(pa.date32()),
        "time": pa.array(whole).cast(pa.timestamp("us")),
        "decimal": pa.array(whole).cast(pa.decimal128(20, 0)),
        "bool": whole % 2 == 0,
        "bytes": [b"x"] * n,
        "texts": [["a", "b"]] * n,
        "ragged": [[0.0] * (1 + i % 2) for i in range(n)],
        "empty": [[] for _ in range(n)],
        "struct": [{"a": 1}] * n,
        "large": pa.array(lists, pa.large_list(pa.float32())),
        "fixed": pa.array(lists, pa.list_(pa.float32(), 2)),
        "half": pa.array(numbers.astype(np.float16)),
        "category": pa.array(["a", "b", "a"] * 3).dictionary_encode(),
        "__index_level_0__": whole,
        "label": whole % 3,
        "y": numbers,
        "": numbers,
        "z_0": numbers,
        "z_10": numbers,
    }
    found = [pa.table({name: values}) for name, values in columns.items()]
    found += [pa.table({name: v, "code": lists}) for name, v in columns.items()]
    found += [pa.table({"x": numbers, name: v, "z": whole}) for name, v in columns.items()]
    same = pa.table([numbers, numbers], names=["z_0", "z_0"])
    return [*found, same, pa.table({"z_0": pa.array([], pa.float32())})]


def parquet_tables() -> list[bytes]:
    """Odd tables and a bomb, as Parquet."""
    found = []
    for table in odd_tables():
        stream = io.BytesIO()
        pq.write_table(table, stream)
        found.append(stream.getvalue())
    return [*found, parquet_bomb()]


def packed_ids() -> bytes:
    """Ids of a bundle that unpack to a gigabyte."""
    ids = pa.array(["x" * 90_000_000] * 12)
    table = pa.table({"id": ids})
    stream = io.BytesIO()
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with pa.ipc.new_file(stream, table.schema, options=options) as writer:
        writer.write_table(table)
    return stream.getvalue()


def metadata_csvs() -> list[bytes]:
    """Tables of pictures that name them twice, elsewhere, not at all, or in strange ways."""
    return [
        b"file_name,x\n0.png,1\n0.png,2\n",
        b"file_name,x\n../0.png,1\n/etc/passwd,2\n",
        b"file_name,file_name\n0.png,1.png\n",
        b"x\n1\n",
        b"file_name\n0.png\n",
        b"file_name,x\n0.png," + b"9" * 400 + b"\n",
        b"file_name,when\n0.png,99999-01-01\n1.png,0001-01-01\n",
        b"file_name,x\n\x00.png,1\n0.png,\xff\n",
        *csv_tables(),
    ]


def metadata_lines() -> list[bytes]:
    """JSON lines that are no objects, nest, change their types or overflow."""
    return [
        b"[]\n",
        b'{"file_name": 0}\n',
        b'{"file_name": "0.png", "x": 1}\n{"file_name": "1.png", "x": "a"}\n',
        b'{"file_name": "0.png", "x": ' + b"[" * 500 + b"]" * 500 + b"}\n",
        b'{"file_name": "0.png", "x": 1e999, "y": 99999999999999999999}\n',
        b'{"file_name": "0.png", "file_name": "1.png"}\n',
        b'{"file_name": "0.png", "when": "9999-12-31 23:59:59"}\n',
        b'{"file_name": "\\ud800.png"}\n',
        b"",
        b"{",
    ]


def csv_tables() -> list[bytes]:
    """What spreadsheets write."""
    return [
        b"x,y,label\n0.5,1,a\n1,2,b\n",
        b"\xef\xbb\xbfz_0;z_1\n0,5;1\n",
        b"z_0,z_0\n1,2\n",
        b"z_0,z_1\n1\n1,2,3\n",
        b"z_0\n" + b"9" * 400 + b"\n",
        b"z_0\n=cmd|' /C calc'!A0\n",
        b"\x00\xff\xfe",
        b"",
        b"z_0\n" + b"1,\n" * 100_000,
        b'"' * 100_001,
        b"z_0\nnan\ninf\n-1e999\n",
    ]
