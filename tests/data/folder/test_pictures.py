import io
import struct
import subprocess
import sys
import zlib

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from latentscape.data import load_images
from latentscape.data.folder import album
from latentscape.data.folder.decode import _TAKES, Frame, decode, examine, read_header
from latentscape.data.folder.pixels import BadPictureError
from latentscape.data.preparation import Preparation
from latentscape.system.errors import LatentscapeError

AS_IT_IS = Preparation()
EQUAL = "all pictures are equal; look at the files"
GREY = np.random.default_rng(0).integers(0, 256, (6, 9), dtype=np.uint8)
COLOUR = np.random.default_rng(1).integers(0, 256, (6, 9, 3), dtype=np.uint8)

TAKEN = """
import sys
from pathlib import Path
from latentscape.data.folder.decode import decode, examine
from latentscape.data.preparation import Preparation

def peak():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith("VmHWM"))

path, most = Path(sys.argv[1]), 0
for work in (examine, lambda path: decode(path, Preparation(scale="0,255"))):
    Path("/proc/self/clear_refs").write_text("5")
    before = peak()
    work(path)
    most = max(most, peak() - before)
print(most)
"""


def save(path, array, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(array).save(path, **options)
    return path


def fill(folder, n, array=GREY):
    for i in range(n):
        save(folder / f"{i:03}.png", array)


def test_a_flat_folder_has_no_labels(tmp_path):
    fill(tmp_path, 10)
    (tmp_path / "notes.txt").write_text("not a picture")
    save(tmp_path / ".hidden.png", GREY)
    splits = load_images(tmp_path)
    assert splits.train.labels is None
    ids = [i for s in (splits.train, splits.validation, splits.test) for i in s.ids]
    assert sorted(ids) == [f"{i:03}.png" for i in range(10)]
    assert np.array_equal(splits.train.pixels[0, 0], GREY)
    assert splits.notes == (EQUAL,)


def test_subfolders_are_classes_in_natural_order(tmp_path):
    for value in (10, 2, 1):
        fill(tmp_path / str(value) / "deeper", 10, np.full((4, 4), value, np.uint8))
    (tmp_path / "empty").mkdir()
    splits = load_images(tmp_path)
    assert splits.classes == ("1", "2", "10")
    for images in (splits.train, splits.validation, splits.test):
        assert np.array_equal(images.pixels[:, 0, 0, 0], np.array([1, 2, 10])[images.labels])


@pytest.mark.parametrize("labelled", [True, False])
def test_a_layout_of_splits_is_kept(tmp_path, labelled):
    for split, n in (("train", 8), ("val", 3), ("test", 4)):
        for kind in ("cat", "dog") if labelled else ("",):
            fill(tmp_path / split / kind, n)
    splits = load_images(tmp_path)
    counts = [len(s) for s in (splits.train, splits.validation, splits.test)]
    assert counts == [n * (1 + labelled) for n in (8, 3, 4)]
    assert splits.classes == (("cat", "dog") if labelled else ())
    assert all("test" in i for i in splits.test.ids)


def test_a_train_folder_alone_is_no_class(tmp_path):
    fill(tmp_path / "train" / "cat", 5)
    fill(tmp_path / "train" / "dog", 5)
    assert load_images(tmp_path).classes == ("cat", "dog")


def test_pictures_beside_subfolders_are_refused(tmp_path):
    fill(tmp_path, 3)
    fill(tmp_path / "cat", 3)
    with pytest.raises(LatentscapeError, match=r"both itself .* and in subfolders"):
        load_images(tmp_path)


def test_a_folder_without_pictures_is_named(tmp_path):
    with pytest.raises(LatentscapeError, match=f"no picture in '{tmp_path}'"):
        load_images(tmp_path)


def test_mixed_sizes_become_one_and_say_so(tmp_path):
    fill(tmp_path / "a", 4, np.zeros((40, 20), np.uint8))
    fill(tmp_path / "b", 4, np.zeros((30, 90, 3), np.uint8))
    splits = load_images(tmp_path)
    assert splits.shape == (1, 20, 20)
    assert "2 sizes were cut to their central square and brought to 20×20" in splits.notes[0]


def test_size_cuts_the_central_square(tmp_path):
    wide = np.zeros((8, 24), np.uint8)
    wide[:, 8:16] = 255
    fill(tmp_path, 5, wide)
    splits = load_images(tmp_path, size=4)
    assert (splits.train.pixels == 255).all()
    assert splits.train.shape == (1, 4, 4)
    assert "central square" in splits.notes[0]


def test_grey_only_if_all_are(tmp_path):
    fill(tmp_path / "a", 5, np.stack([GREY] * 3, -1))
    assert load_images(tmp_path).shape == (1, 6, 9)
    fill(tmp_path / "b", 5, COLOUR)
    assert load_images(tmp_path).shape == (3, 6, 9)


def test_limit_decodes_no_more_than_it_needs(tmp_path, monkeypatch):
    fill(tmp_path, 70)
    decoded = []
    original = album.decode
    monkeypatch.setattr(album, "decode", lambda *a: decoded.append(a) or original(*a))
    splits = load_images(tmp_path, limit=10)
    sizes = [len(s) for s in (splits.train, splits.validation, splits.test)]
    assert sizes == [10, 1, 3]
    assert len(decoded) == 14


def test_a_split_without_a_readable_picture_is_named(tmp_path):
    fill(tmp_path / "train", 8)
    (tmp_path / "test").mkdir()
    (tmp_path / "test" / "a.png").write_bytes(b"rubbish")
    with pytest.raises(LatentscapeError, match="no test image of"):
        load_images(tmp_path, skip_bad=True)


def test_all_bad_pictures_are_named_at_once(tmp_path):
    fill(tmp_path, 50)
    for i in range(12):
        (tmp_path / f"bad{i:02}.jpg").write_bytes(b"" if i % 2 else b"rubbish")
    with pytest.raises(LatentscapeError) as caught:
        load_images(tmp_path)
    message = str(caught.value)
    assert message.startswith("12 pictures cannot be read: ")
    assert "bad00.jpg' (not a picture), " in message
    assert "bad09.jpg' (empty file) and 2 more;" in message
    splits = load_images(tmp_path, skip_bad=True)
    assert splits.notes == ("12 unreadable pictures were left out", EQUAL)
    everything = [*splits.train.ids, *splits.validation.ids, *splits.test.ids]
    assert sorted(everything) == [f"{i:03}.png" for i in range(50)]


def test_nothing_but_bad_pictures_is_an_error_even_when_skipping(tmp_path):
    for i in range(5):
        (tmp_path / f"{i}.png").write_bytes(b"rubbish")
    with pytest.raises(LatentscapeError, match="5 pictures cannot be read"):
        load_images(tmp_path, skip_bad=True)


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".tif", ".pgm", ".gif", ".webp"])
def test_lossless_formats_give_their_bytes(tmp_path, suffix):
    options = {"lossless": True} if suffix == ".webp" else {}
    assert np.array_equal(decode(save(tmp_path / f"a{suffix}", GREY, **options), AS_IT_IS)[0], GREY)


def test_sixteen_bits_keep_their_high_byte(tmp_path):
    path = save(tmp_path / "a.png", GREY.astype(np.uint16) * 257)
    assert np.array_equal(decode(path, AS_IT_IS)[0], GREY)
    path = save(tmp_path / "a.tif", GREY.astype(np.int32) * 257)
    assert np.array_equal(decode(path, AS_IT_IS)[0], GREY)


def test_floating_point_pictures_lie_between_0_and_1(tmp_path):
    path = save(tmp_path / "a.tif", GREY.astype(np.float32) / 255)
    assert np.array_equal(decode(path, AS_IT_IS)[0], GREY)
    with pytest.raises(BadPictureError, match="out of range"):
        decode(save(tmp_path / "b.tif", GREY.astype(np.float32)), AS_IT_IS)


def test_palettes_and_bitmaps(tmp_path):
    image = Image.fromarray(COLOUR).quantize(32)
    image.save(tmp_path / "a.png")
    expected = np.asarray(image.convert("RGB")).transpose(2, 0, 1)
    assert np.array_equal(decode(tmp_path / "a.png", AS_IT_IS), expected)
    Image.fromarray(GREY > 127).save(tmp_path / "b.png")
    assert np.array_equal(decode(tmp_path / "b.png", AS_IT_IS)[0], (GREY > 127) * 255)


def test_transparency_is_laid_on_white(tmp_path):
    clear = np.zeros((4, 4, 4), np.uint8)
    clear[:2, :, 3] = 255
    half = decode(save(tmp_path / "a.png", clear), AS_IT_IS)
    assert half.tolist() == [[[0] * 4] * 2 + [[255] * 4] * 2]
    palette = Image.fromarray(np.zeros((4, 4), np.uint8), "P")
    palette.putpalette([0, 0, 0] * 256)
    palette.save(tmp_path / "b.png", transparency=bytes([0]))
    assert (decode(tmp_path / "b.png", AS_IT_IS) == 255).all()


def test_cmyk(tmp_path):
    Image.new("CMYK", (8, 8), (0, 255, 255, 0)).save(tmp_path / "a.jpg")
    red, green, blue = decode(tmp_path / "a.jpg", AS_IT_IS)
    assert red.min() > 200
    assert max(green.max(), blue.max()) < 60


def test_the_first_frame_of_an_animation(tmp_path):
    frames = [Image.new("L", (5, 5), level) for level in (200, 10)]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    assert (decode(tmp_path / "a.gif", AS_IT_IS) == 200).all()


@pytest.mark.parametrize("turn", range(1, 9))
def test_exif_turns(tmp_path, turn):
    exif = Image.Exif()
    exif[0x0112] = turn
    path = save(tmp_path / "a.png", GREY, exif=exif)
    turns = [
        *(GREY, GREY[:, ::-1], GREY[::-1, ::-1], GREY[::-1]),
        *(GREY.T, np.rot90(GREY, -1), GREY[::-1, ::-1].T, np.rot90(GREY)),
    ]
    assert np.array_equal(decode(path, AS_IT_IS)[0], turns[turn - 1])
    assert read_header(path)[1::-1] == turns[turn - 1].shape


def test_a_draft_of_a_large_jpeg_looks_the_same(tmp_path):
    ramp = np.tile(np.linspace(0, 255, 1600).astype(np.uint8), (1200, 1))
    path = save(tmp_path / "a.jpg", ramp, quality=95)
    square = Image.open(path).crop((200, 0, 1400, 1200))
    expected = np.asarray(square.resize((32, 32), Image.Resampling.LANCZOS))
    assert np.abs(decode(path, Preparation(size="32"))[0].astype(int) - expected).max() <= 3


def test_a_decompression_bomb_is_a_bad_picture(tmp_path):
    def chunk(kind, content):
        body = kind + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", 10_000, 10_000, 8, 0, 0, 0, 0)
    content = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(9))) + chunk(b"IEND", b"")
    fill(tmp_path, 5)
    (tmp_path / "bomb.png").write_bytes(b"\x89PNG\r\n\x1a\n" + content)
    with pytest.raises(LatentscapeError, match=r"bomb.png' \(claims too many pixels\)"):
        load_images(tmp_path)


def test_postscript_is_never_started(tmp_path):
    fill(tmp_path, 5)
    (tmp_path / "a.png").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n")
    with pytest.raises(LatentscapeError, match=r"a.png' \(not a picture\)"):
        load_images(tmp_path)


def test_more_pictures_than_memory_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("latentscape.data.folder.album.LARGEST", 1000)
    fill(tmp_path, 20)
    with pytest.raises(LatentscapeError, match="give a smaller size or a limit"):
        load_images(tmp_path)
    assert len(load_images(tmp_path, limit=3).train) == 3


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(data=st.data(), kind=st.sampled_from(["PNG", "JPEG", "GIF", "BMP", "TIFF", "PPM"]))
@pytest.mark.filterwarnings("ignore")
def test_damaged_pictures_are_bad_pictures(tmp_path, data, kind):
    buffer = io.BytesIO()
    Image.fromarray(COLOUR).save(buffer, kind)
    content = bytearray(buffer.getvalue())
    for _ in range(data.draw(st.integers(0, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "a.png"
    path.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    try:
        assert decode(path, Preparation(size="4")).shape[1:] == (4, 4)
    except BadPictureError as error:
        assert str(error)


@pytest.mark.parametrize(
    ("mode", "side", "fits"),
    [("RGBA", 4700, False), ("RGB", 5300, False), ("RGB", 4200, True), ("L", 9000, True)],
)
def test_a_small_file_claims_as_many_pixels_as_it_can_account_for(tmp_path, mode, side, fits):
    path = tmp_path / "a.png"
    Image.new(mode, (side, side)).save(path)
    if fits:
        assert examine(path).high <= 255
        return
    with pytest.raises(
        BadPictureError, match=f"too many pixels for a file of {path.stat().st_size:,}"
    ):
        examine(path)
    path.write_bytes(path.read_bytes() + bytes(400_000))  # as many bytes as a drawing takes
    assert read_header(path).width == side


@pytest.mark.parametrize("work", [read_header, examine, lambda f, p: decode(f, Preparation(), p)])
def test_each_page_is_held_to_the_bounds(tmp_path, monkeypatch, work):
    def pages(name, *sizes):
        first, *others = [Image.new("RGBA", (side, side)) for side in sizes]
        deflate = {"save_all": True, "compression": "tiff_deflate"}
        first.save(tmp_path / name, append_images=others, **deflate)
        return tmp_path / name

    late = pages("late.tif", 8, 4700)
    work(late, Frame(page=0))
    with pytest.raises(
        BadPictureError, match=f"too many pixels for a file of {late.stat().st_size:,}"
    ):
        work(late, Frame(page=1))
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    three = pages("three.tif", 8, 20, 40)
    work(three, Frame(page=1))
    with pytest.raises(BadPictureError, match=r"claims too many pixels$"):
        work(three, Frame(page=2))


@pytest.mark.skipif(sys.platform != "linux", reason="reads its memory from /proc")
@pytest.mark.parametrize("mode", ["1", "L", "I;16", "P", "RGB", "RGBA", "LA", "F", "CMYK"])
def test_decoding_takes_the_memory_that_is_counted_with(tmp_path, mode):
    path = tmp_path / f"a.{'png' if mode in ('P', 'RGBA', 'LA') else 'tif'}"
    Image.new(mode, (2000, 2000)).save(path)
    done = subprocess.run(
        [sys.executable, "-c", TAKEN, path], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < 4_000_000 * _TAKES.get(mode, 20) + 8_000_000


def test_what_a_transparent_picture_makes_of_white_paper_is_said_of_all_its_rows(tmp_path):
    rng = np.random.default_rng(0)
    pixels = rng.integers(150, 256, (600, 3, 4), dtype=np.uint8)
    pixels[590, 1] = (255, 90, 200, 180)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    ink = (255 - pixels[..., :3].astype(float)).max(-1) * pixels[..., 3] / 255
    assert ink[590, 1] == ink.max()
    assert examine(tmp_path / "a.png").on_white == pytest.approx(ink.max())
