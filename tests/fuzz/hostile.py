"""Files that somebody made to do harm: bombs, pipes, links, and models that are not theirs."""

from __future__ import annotations

import io
import json
import os
import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np
from safetensors.numpy import load, save

from tests.fuzz import crafted
from tests.fuzz.crafted import changed
from tests.fuzz.deeds import CANARY
from tests.fuzz.samples import npy

SPECIAL = b"special:"
SPECIALS = [
    SPECIAL + b"pipe",
    SPECIAL + b"folder",
    SPECIAL + b"link /dev/zero",
    SPECIAL + b"link nowhere",
    SPECIAL + b"link .",
    b"",
]
MANY = 400_000_000  # bytes that a bomb unpacks to


def put(path: Path, content: bytes) -> None:
    """Put an input in its place: a file, or something special."""
    if path.is_dir() and not path.is_symlink():
        path.rmdir()
    else:
        path.unlink(missing_ok=True)  # best and last may be two names of one file
    kind, _, rest = content.removeprefix(SPECIAL).partition(b" ")
    if not content.startswith(SPECIAL):
        path.write_bytes(content)
    elif kind == b"pipe":
        os.mkfifo(path)
    elif kind == b"folder":
        path.mkdir()
    elif kind == b"link" and b"\0" not in rest:
        path.symlink_to(os.fsdecode(rest or b"x"))
    elif kind == b"holes":
        path.write_bytes(rest)
        os.truncate(path, 2**33)
    else:
        path.write_bytes(content)


def squeezed(head: bytes, block: bytes, count: int, form: int = -15) -> bytes:
    """Deflate a head and many equal blocks, in the time that one takes."""
    packer = zlib.compressobj(9, zlib.DEFLATED, form)
    first = packer.compress(head) + packer.flush(zlib.Z_FULL_FLUSH)
    one = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    return first + one * count + packer.flush()


def npz_bomb() -> bytes:
    """An archive of an array of zeros."""
    stream, head = io.BytesIO(), io.BytesIO()
    np.lib.format.write_array_header_1_0(
        head, {"descr": "|u1", "fortran_order": False, "shape": (MANY // 10_000, 100, 100)}
    )
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("x.npy", head.getvalue())
    plain = stream.getvalue()
    packed = squeezed(head.getvalue(), bytes(1_000_000), MANY // 1_000_000)
    sizes = struct.pack("<II", len(packed), len(head.getvalue()) + MANY)
    local, middle = 30 + 5, plain.index(b"PK\1\2")
    record = bytearray(plain[middle:])
    record[20:28] = sizes
    end = record.index(b"PK\5\6")
    record[end + 16 : end + 20] = struct.pack("<I", local + len(packed))
    return plain[:18] + sizes + plain[26:local] + packed + bytes(record)


def png_bomb(side: int) -> bytes:
    """A transparent picture of side × side pixels."""
    header = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)
    body = squeezed(b"", bytes(10 * (1 + 4 * side)), side // 10, 15)

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + check

    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    )


PICTURES = [
    crafted.postscript(),
    crafted.bomb_picture(),
    *map(png_bomb, (13_000, 9_000)),
    b"%PDF-1.4\n",
]
SPARSE = (
    SPECIAL
    + b"holes "
    + npy(np.zeros((1, 2), np.float16))[:128].replace(b"(1, 2), }", b"(1073741824, 2), }")
)


def records(run: bytes) -> list[bytes]:
    """Records of runs that would import, take memory, or fetch their images."""
    hidden = [[12_000, 12_000], [4] * 999, [4] * 1001, [2**40], [0], [-1]]
    sources = ["fashion-mnist", "http://127.0.0.1:9/a.npz", f"{CANARY}.py", "\0"]
    return [
        *crafted.records(run),
        *(changed(run, "blueprint", "arguments", "net", "hidden", to=value) for value in hidden),
        *(changed(run, "data", "source", to=value) for value in sources),
        changed(run, "blueprint", "shape", to=[0, 0, 0]),
        b'{"format": 1' + b"0" * 400 + b"}",
    ]


def tensors(best: bytes) -> list[bytes]:
    """Weights of which one tensor after another is missing, or another."""
    known = load(best)
    missing = [save({k: v for k, v in known.items() if k != name}) for name in known]
    larger = [save(known | {name: np.zeros((3, 3), np.float32)}) for name in known]
    return [*crafted.tensors(best), *missing, *larger]


def sweeps(sweep: bytes) -> list[bytes]:
    """Sweeps that would import."""
    return [changed(sweep, "recipe", to=[name]) for name in (f"{CANARY}:run", "os:system", "")]


def studies(sound: list[bytes], work: Path) -> list[bytes]:
    """Studies whose lines say what Optuna never writes."""
    lines = [json.loads(line) for line in sound[0].splitlines()]
    others = [
        {"op_code": 99},
        {"trial_id": 10**9},
        {"study_id": -1},
        {"param_value_internal": 1e308},
    ]
    others += [{"distribution": "{}"}, {"directions": [2, 2]}, {"state": 17}, {"values": ["a", {}]}]
    others += [{"user_attr": [[]] * 99}, {"step": "x"}, {"datetime_start": "yesterday"}]
    spoilt = [
        [*lines[:i], line | {k: v}, *lines[i + 1 :]]
        for other in others
        for k, v in other.items()
        for i, line in enumerate(lines)
        if k in line
    ]
    made = [b"".join(json.dumps(line).encode() + b"\n" for line in study) for study in spoilt]
    return [
        *made,
        sound[0] * 2,
        b"[1]\n",
        b"null\n",
        b"{}\n",
        SPECIAL + b"link ../../outside/study.log",
    ]
