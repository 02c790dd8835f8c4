"""TIFFs that lack strips or tiles, which would be read as black."""

import io
import struct

import numpy as np
import pytest
from PIL import Image, TiffImagePlugin

from latentscape.data.folder.decode import Frame, decode, read_header
from latentscape.data.folder.pixels import BadPictureError
from latentscape.data.preparation import Preparation

HOW = Preparation(scale="dtype")
PIXELS = np.random.default_rng(0).integers(0, 256, (40, 30), np.uint8)


def tiff(*, rows=8, height=40, strips=None):
    """A grey TIFF in strips."""
    data = [PIXELS[start : start + rows].tobytes() for start in range(0, 40, rows)][:strips]
    return written(height, {278: rows}, data, 273, 279)


def tiled(*, tiles=None):
    """A grey TIFF in tiles of 16 by 16."""
    padded = np.pad(PIXELS, ((0, 8), (0, 2)))
    corners = [(top, left) for top in (0, 16, 32) for left in (0, 16)]
    data = [padded[top : top + 16, left : left + 16].tobytes() for top, left in corners]
    return written(40, {322: 16, 323: 16}, data[:tiles], 324, 325)


def written(height, tags, data, places, sizes):
    """A TIFF written by hand, as the specification (TIFF 6.0) has it."""
    tags = {256: 30, 257: height, 258: 8, 259: 1, 262: 1, 277: 1, **tags}
    count = len(data)
    start = 8 + 2 + 12 * (len(tags) + 2) + 4
    place = start + 8 * count
    offsets = [place + sum(map(len, data[:i])) for i in range(count)]
    lists = struct.pack(f"<{count}I", *offsets) + struct.pack(f"<{count}I", *map(len, data))
    entries = [struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items()]
    for tag, at, value in (
        (places, start, offsets[0]),
        (sizes, start + 4 * count, len(data[0])),
    ):
        entries.append(struct.pack("<HHII", tag, 4, count, at if count > 1 else value))
    entries.sort(key=lambda entry: struct.unpack_from("<H", entry))
    head = b"II*\0" + struct.pack("<IH", 8, len(entries)) + b"".join(entries) + b"\0" * 4
    return io.BytesIO(head + lists + b"".join(data))


@pytest.mark.parametrize("rows", [8, 7, 40, 4000])
def test_one_that_has_them_all_is_read(rows):
    np.testing.assert_array_equal(decode(tiff(rows=rows), HOW)[0], PIXELS)


@pytest.mark.parametrize(
    ("said", "lacks"),
    [
        ({"strips": 2}, "lacks 3 of 5 strips"),
        ({"height": 4000}, "lacks 495 of 500 strips"),
        ({"height": 41}, "lacks 1 of 6 strips"),
    ],
)
def test_one_that_lacks_some_is_bad_and_says_how_many(said, lacks):
    for read in (lambda file: decode(file, HOW), read_header):
        with pytest.raises(BadPictureError, match=lacks):
            read(tiff(**said))


def test_tiles_are_counted_too():
    np.testing.assert_array_equal(decode(tiled(), HOW)[0], PIXELS)
    with pytest.raises(BadPictureError, match="lacks 1 of 6 tiles"):
        decode(tiled(tiles=5), HOW)


@pytest.mark.parametrize("compression", ["tiff_lzw", "tiff_deflate", "jpeg", "packbits", None])
@pytest.mark.parametrize("strip", [None, 256])
def test_what_pillow_writes_is_read(monkeypatch, compression, strip):
    if strip:
        monkeypatch.setattr(TiffImagePlugin, "STRIP_SIZE", strip)
    stream = io.BytesIO()
    pages = [Image.fromarray(PIXELS), Image.fromarray(255 - PIXELS)]
    pages[0].save(stream, "TIFF", compression=compression, save_all=True, append_images=pages[1:])
    for page, pixels in enumerate((PIXELS, 255 - PIXELS)):
        found = decode(stream, HOW, Frame(page=page))[0]
        assert np.abs(found.astype(int) - pixels).mean() < (20 if compression == "jpeg" else 0.5)
