"""Thumbnails come through the one door for pictures: bounded, of known formats, in sentences."""

import io
import subprocess
import sys
import warnings
import zlib

import numpy as np
import pytest
from PIL import Image

from latentscape.bundle.thumbs import load_thumbs
from latentscape.data.folder.formats import SUFFIXES
from latentscape.system.errors import LatentscapeError

EPS = b"""%!PS-Adobe-3.0 EPSF-3.0
%%BoundingBox: 0 0 10 10
%%EndComments
showpage
%%EOF
"""
FORMATS = {"png": "PNG", "jpg": "JPEG", "gif": "GIF", "bmp": "BMP", "tif": "TIFF", "webp": "WEBP"}
MEASURED = """
import sys
from pathlib import Path
from latentscape.bundle.thumbs import load_thumbs
import PIL.PngImagePlugin

def figure(name):
    return 1024 * int(Path("/proc/self/status").read_text().partition(name)[2].split()[0])

Path("/proc/self/clear_refs").write_text("5")
before = figure("VmHWM:")
print(load_thumbs(Path(sys.argv[1]), None, int(sys.argv[2])).shape, file=sys.stderr)
print(figure("VmHWM:") - before)
"""


def test_no_program_is_started_for_a_picture(tmp_path, monkeypatch):
    song, programs, folder = tmp_path / "song", tmp_path / "programs", tmp_path / "pictures"
    programs.mkdir()
    folder.mkdir()
    canary = programs / "gs"  # what Pillow starts for EPS
    canary.write_text(f"#!/bin/sh\ntouch {song}\n")
    canary.chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    for suffix in sorted(SUFFIXES):
        (folder / f"a{suffix}").write_bytes(EPS)
    with pytest.raises(LatentscapeError, match=r"cannot be read as a picture \(not a picture\)"):
        load_thumbs(folder, None, len(SUFFIXES))
    assert not song.exists()
    with Image.open(folder / "a.png") as picture, pytest.raises(Exception):  # noqa: B017
        picture.load()
    assert song.exists(), "the canary sings where any format is opened"


def grey_png(side: int) -> bytes:
    """A PNG of zeros, which is small."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        whole = kind + content
        return len(content).to_bytes(4) + whole + zlib.crc32(whole).to_bytes(4)

    pack = zlib.compressobj(9)
    rows = b"".join(pack.compress(b"\0" * (side + 1)) for _ in range(side)) + pack.flush()
    header = side.to_bytes(4) * 2 + b"\x08\0\0\0\0"
    parts = (chunk(b"IHDR", header), chunk(b"IDAT", rows), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.mark.skipif(sys.platform != "linux", reason="reads its memory from /proc")
def test_many_large_pictures_take_the_memory_of_one(tmp_path):
    content = grey_png(4000)
    for i in range(12):
        (tmp_path / f"{i}.png").write_bytes(content)
    command = [sys.executable, "-c", MEASURED, tmp_path, "12"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "(12, 1, 64, 64)" in done.stderr
    assert int(done.stdout) < 6 * 4000 * 4000  # all twelve would take 192 MB as they are


def test_a_picture_of_too_many_pixels_is_refused_unread(tmp_path):
    (tmp_path / "a.png").write_bytes(grey_png(9500))
    too_many = pytest.raises(LatentscapeError, match=r"a\.png' cannot be read .*too many pixels")
    with warnings.catch_warnings(action="ignore"), too_many:  # as they are outside of tests
        load_thumbs(tmp_path, None, 1)


@pytest.mark.parametrize("suffix", FORMATS)
def test_spoilt_pictures_are_read_or_refused_in_a_sentence(tmp_path, suffix):
    rng = np.random.default_rng(0)
    content = io.BytesIO()
    noise = rng.integers(0, 256, (9, 12, 3), np.uint8)
    Image.fromarray(noise).save(content, FORMATS[suffix])
    path = tmp_path / f"a.{suffix}"
    refused = 0
    for _ in range(120):
        spoilt = bytearray(content.getvalue())
        for place in rng.integers(0, len(spoilt), rng.integers(1, 12)):
            spoilt[place] = rng.integers(256)
        path.write_bytes(spoilt[: rng.integers(1, len(spoilt) + 1)])
        try:
            pixels = load_thumbs(tmp_path, None, 1)
        except LatentscapeError as error:
            assert f"{path}' cannot be read as a picture" in str(error)
            refused += 1
        else:
            assert pixels.ndim == 4 and max(pixels.shape[2:]) <= 64
    assert refused > 20


def test_what_only_bears_a_pictures_name_is_passed_over(tmp_path):
    Image.new("L", (3, 2), 7).save(tmp_path / "a.PNG")
    (tmp_path / "folder.png").mkdir()
    assert load_thumbs(tmp_path, None, 1).tolist() == [[[[7] * 3] * 2]]


def test_grey_and_coloured_pictures_stand_together(tmp_path):
    Image.new("L", (4, 4), 9).save(tmp_path / "a.png")
    Image.new("RGB", (2, 2), (1, 2, 3)).save(tmp_path / "b.png")
    pixels = load_thumbs(tmp_path, None, 2)
    assert pixels.shape == (2, 3, 4, 4)
    assert pixels[:, :, 0, 0].tolist() == [[9, 9, 9], [1, 2, 3]]
