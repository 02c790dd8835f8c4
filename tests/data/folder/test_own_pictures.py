"""Folders as people have them: what counts as a picture, a class, a split, and what is said."""

import io
import json
import os
import tarfile
import zipfile

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from latentscape.data import load_images, load_pictures
from latentscape.data.folder import source as pictures
from latentscape.data.folder.cache import place_of
from latentscape.data.folder.formats import can_read_heic
from latentscape.system.errors import LatentscapeError

RNG = np.random.default_rng(0)


def noise(*shape, top=256, kind=np.uint8):
    return RNG.integers(0, top, shape).astype(kind)


def put(path, pixels, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path, **options)
    return path


def fill(folder, count=8, shape=(8, 8, 3)):
    for i in range(count):
        put(folder / f"{i}.png", noise(*shape))


def ids(splits):
    return sorted(i for s in (splits.train, splits.validation, splits.test) for i in s.ids)


def every(splits):
    """All pixels."""
    parts = (splits.train, splits.validation, splits.test)
    return np.concatenate([np.asarray(part.pixels) for part in parts])


def test_a_class_may_be_called_like_a_split(tmp_path):
    for name in ("bus", "car", "train"):
        fill(tmp_path / name)
    splits = load_images(tmp_path)
    assert splits.classes == ("bus", "car", "train")
    assert len(every(splits)) == 24
    assert "'train' is read as a class" in splits.notes[0]


@pytest.mark.parametrize(
    ("folders", "sentence"),
    [
        (("train", "training"), "both 'train' and 'training', which name the same split"),
        (("Training", "Validation", "bicycles"), "which name splits, beside 'bicycles'"),
    ],
)
def test_folders_that_may_be_splits_or_classes_are_asked_about(tmp_path, folders, sentence):
    for name in folders:
        fill(tmp_path / name)
    with pytest.raises(LatentscapeError, match=sentence):
        load_images(tmp_path)


def test_folders_without_pictures_do_not_decide(tmp_path):
    fill(tmp_path / "train")
    fill(tmp_path / "test", 3)
    (tmp_path / "annotations").mkdir()
    (tmp_path / "annotations" / "a.json").write_text("{}")
    splits = load_images(tmp_path)
    assert (len(splits.test), splits.classes) == (3, ())


def test_what_programs_leave_beside_pictures_is_neither_picture_nor_class(tmp_path):
    fill(tmp_path / "a")
    for scrap in ("a/.thumbnails", "a/@eaDir", ".ipynb_checkpoints", "@eaDir", "__MACOSX"):
        fill(tmp_path / scrap)
    splits = load_images(tmp_path)
    assert ids(splits) == sorted(f"a/{i}.png" for i in range(8))
    assert splits.classes == ("a",)


def test_names_that_look_alike_are_one_class(tmp_path):
    fill(tmp_path / "caf\u00e9")
    fill(tmp_path / "cafe\u0301", 5)
    fill(tmp_path / "bar")
    splits = load_images(tmp_path)
    assert splits.classes == ("bar", "caf\u00e9")
    assert (
        sum(int((s.labels == 1).sum()) for s in (splits.train, splits.validation, splits.test))
        == 13
    )


def test_files_count_by_content_and_the_rest_is_counted(tmp_path):
    fill(tmp_path)
    (tmp_path / "photo").write_bytes((tmp_path / "0.png").read_bytes())
    (tmp_path / "scan.xyz").write_bytes((tmp_path / "0.png").read_bytes())
    (tmp_path / "notes").write_text("no picture at all")
    (tmp_path / "logo.svg").write_text("<svg/>")
    (tmp_path / "raw.CR2").write_bytes(b"II*\0")
    (tmp_path / "gone.png").symlink_to(tmp_path / "nowhere.png")
    splits = load_images(tmp_path)
    assert {"photo", "scan.xyz"} < set(ids(splits))
    assert len(ids(splits)) == 10
    for said in (
        "8 .png",
        "1 .svg (a drawing)",
        "1 .png (a broken link)",
        "without ending (no pic",
    ):
        assert said in splits.summary
    assert "1 .svg left out (a drawing): export them as PNG to read them" in splits.notes
    assert any("a camera's raw file" in note for note in splits.notes)


def test_a_folder_that_may_not_be_listed_is_said(tmp_path, monkeypatch):
    fill(tmp_path / "a")
    fill(tmp_path / "a" / "locked")
    scan = os.scandir

    def guarded(place):
        if str(place).endswith("locked"):
            raise PermissionError(13, "Permission denied")
        return scan(place)

    monkeypatch.setattr("os.scandir", guarded)
    splits = load_images(tmp_path)
    assert len(ids(splits)) == 8
    assert any("an unreadable folder" in note for note in splits.notes)


@pytest.mark.skipif(can_read_heic(), reason="pillow-heif is here")
def test_heic_beside_others_is_never_lost_without_a_word(tmp_path):
    fill(tmp_path)
    for i in range(3):
        (tmp_path / f"IMG_{i}.HEIC").write_bytes(b"\0\0\0\x18ftypheic" + bytes(50))
    splits = load_images(tmp_path)
    assert "3 .heic left out (a HEIC picture): install pillow-heif" in splits.notes[0]
    alone = tmp_path / "phone"
    alone.mkdir()
    (tmp_path / "IMG_0.HEIC").rename(alone / "IMG_0.HEIC")
    with pytest.raises(LatentscapeError, match=r"no picture in .*but 1 \.heic .*pip install"):
        load_images(alone)


def test_one_line_of_truth(tmp_path):
    for i in range(19):
        put(tmp_path / "cat" / f"{i}.jpg", noise(20, 30, 3))
    put(tmp_path / "dog" / "a.png", noise(20, 30, 3))
    splits = load_images(tmp_path, size=20)
    assert splits.summary.startswith(f"{tmp_path.name}: 20 images of 20×20 in colour (14 train, 2 ")
    for said in ("from 19 .jpg, 1 .png", "2 classes (cat 19, dog 1)", "33% of each cut away"):
        assert said in splits.summary
    assert "class 'cat' holds 95% of the images" in splits.notes
    assert any("33% of each picture is cut away" in note for note in splits.notes)
    assert str(tmp_path.parent) not in splits.summary


@pytest.mark.parametrize(
    ("kind", "top", "scale"),
    [(np.uint16, 4096, "0,4095"), (np.uint16, 65536, "dtype"), (np.float32, 256, "0,255")],
)
def test_deep_pictures_use_the_whole_range_of_grey(tmp_path, kind, top, scale):
    for i in range(8):
        pixels = noise(8, 8, top=top)
        pixels = RNG.integers(0, top, (8, 8)).astype(kind)
        pixels[0, :2] = 0, top - 1
        put(tmp_path / f"{i}.tif", pixels)
    splits = load_images(tmp_path)
    assert splits.preparation.scale == scale
    expected = np.rint(pixels.astype(float) * 255 / (top - 1))
    found = {
        name: p
        for s in (splits.train, splits.validation, splits.test)
        for name, p in zip(s.ids, s.pixels, strict=True)
    }
    assert np.abs(found["7.tif"][0] - expected).max() <= 1
    again = load_images(tmp_path, scale="0,100000")
    assert every(again).max() <= np.ceil(255 * top / 100000)


def test_masks_of_zeros_and_ones_are_black_and_white(tmp_path):
    for i in range(6):
        put(tmp_path / f"{i}.png", noise(8, 8, top=2))
    splits = load_images(tmp_path)
    assert set(np.unique(every(splits))) == {0, 255}
    assert "(--scale 0,1)" in splits.notes[0]
    plain = load_images(tmp_path, scale="dtype")
    assert every(plain).max() == 1
    assert any("values run from 0 to 1 only" in note for note in plain.notes)


def test_white_icons_on_transparent_are_not_lost(tmp_path):
    for i in range(6):
        icon = np.full((8, 8, 4), 255, np.uint8)
        icon[: i + 1, :, 3] = 0
        put(tmp_path / f"{i}.png", icon)
    splits = load_images(tmp_path)
    assert (splits.preparation.background, every(splits).min()) == ("black", 0)
    assert any("laid on black" in note for note in splits.notes)
    white = load_images(tmp_path, background="white")
    assert any("all pictures are of the one value 255" in note for note in white.notes)
    red = load_images(tmp_path, background="#ff0000")
    assert np.array_equal(np.unique(every(red)[:, 1]), [0, 255])
    assert (every(red)[:, 0] == 255).all()


def test_fits(tmp_path):
    wide = np.zeros((10, 30, 3), np.uint8)
    wide[:, 10:20] = 200
    for i in range(5):
        put(tmp_path / f"{i}.png", wide)
    crop, pad, stretch = (
        load_images(tmp_path, size="10", fit=fit, background="#0000ff")
        for fit in ("crop", "pad", "stretch")
    )
    assert (every(crop) == 200).all()
    assert (every(pad)[:, :, :3] == np.array([0, 0, 255])[:, None, None]).all()
    assert every(pad)[:, :, 4, 4:6].min() >= 200  # Lanczos overshoots
    assert every(stretch).min() == 0
    assert every(stretch)[:, :, :, 5].min() >= 200
    tall = load_images(tmp_path, size="6x12", fit="crop")
    assert tall.shape == (1, 12, 6)
    edge = load_images(tmp_path, size=10, fit="pad", background="edge")
    assert every(edge)[0, 0, 0, 0] == 50  # 20 of the 80 pixels of the border are 200


def test_large_pictures_of_one_size_get_the_automatic_size(tmp_path):
    fill(tmp_path, 5, (150, 200))
    splits = load_images(tmp_path)
    assert splits.shape == (1, 64, 64)
    assert (
        "pictures of 200×150 were cut to their central square and brought to 64×64"
        in splits.notes[0]
    )
    assert load_images(tmp_path, size="200x150").shape == (1, 150, 200)


@pytest.mark.parametrize(
    "ending", ["avif", "jp2", "jfif", "tga", "ico", "apng", "dds", "pnm", "qoi"]
)
def test_what_pillow_reads_is_read(tmp_path, ending):
    kinds = {"jfif": "JPEG", "apng": "PNG", "jp2": "JPEG2000", "pnm": "PPM"}
    smooth = np.tile(np.linspace(0, 255, 16).astype(np.uint8), (16, 1))
    colour = np.stack([smooth, smooth.T, 255 - smooth], -1)
    if kinds.get(ending, ending.upper()) not in Image.SAVE:
        Image.init()
    if kinds.get(ending, ending.upper()) not in Image.SAVE:
        pytest.skip(f"this Pillow writes no {ending}")
    for i in range(4):
        put(tmp_path / f"{i}.{ending}", colour, format=kinds.get(ending, ending.upper()))
    found = every(load_images(tmp_path))
    assert np.abs(found[0].transpose(1, 2, 0).astype(int) - colour).mean() < 6


def test_pages_and_tiles(tmp_path):
    pages = [noise(6, 6) for _ in range(5)]
    first, *rest = (Image.fromarray(page) for page in pages)
    (tmp_path / "stack").mkdir()
    first.save(tmp_path / "stack" / "a.tif", save_all=True, append_images=rest)
    fill(tmp_path / "stack", 4, (6, 6))
    one = load_images(tmp_path / "stack")
    assert "1 of 5 files have more than one page" in one.notes[0]
    splits = load_images(tmp_path / "stack", pages="all")
    assert sorted(i for i in ids(splits) if "tif" in i) == [f"a.tif#{i}" for i in range(5)]
    found = dict(zip(splits.train.ids, splits.train.pixels[:, 0], strict=True))
    assert all(
        np.array_equal(found[f"a.tif#{i}"], p) for i, p in enumerate(pages) if f"a.tif#{i}" in found
    )

    sheet = noise(20, 33, 3)
    put(tmp_path / "sheets" / "s.png", sheet)
    tiles = load_images(tmp_path / "sheets", tile="8x10")
    assert len(ids(tiles)) == 8
    found = dict(zip(tiles.train.ids, tiles.train.pixels, strict=True))
    for name, tile in found.items():
        row, column = divmod(int(name.rpartition(".")[2]), 4)
        part = sheet[10 * row : 10 * row + 10, 8 * column : 8 * column + 8]
        assert np.array_equal(tile.transpose(1, 2, 0), part)
    with pytest.raises(LatentscapeError, match="smaller than a tile"):
        load_images(tmp_path / "sheets", tile="80x80")


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tar.gz"])
def test_archives_are_read_as_the_folders_they_hold(tmp_path, name):
    for kind in ("cat", "dog"):
        fill(tmp_path / "photos" / kind)
    plain = load_images(tmp_path / "photos")
    if name.endswith("zip"):
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            for path in sorted((tmp_path / "photos").rglob("*.png")):
                archive.write(path, path.relative_to(tmp_path))
            archive.writestr("__MACOSX/photos/cat/._0.png", b"x")
    else:
        with tarfile.open(tmp_path / name, "w:gz" if name.endswith("gz") else "w") as archive:
            archive.add(tmp_path / "photos", "photos")
    packed = load_images(tmp_path / name)
    assert (packed.classes, ids(packed)) == (("cat", "dog"), ids(plain))
    assert packed.fingerprint == plain.fingerprint


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tar.gz", "a.parquet"])
def test_damaged_archives_are_told(tmp_path, name):
    (tmp_path / name).write_bytes(b"rubbish" * 50)
    with pytest.raises(LatentscapeError, match=f"{name}.*cannot be read|cannot read .*{name}"):
        load_images(tmp_path / name)


def test_a_parquet_table_as_hugging_face_writes_it(tmp_path):
    colours = [np.full((4, 4, 3), (i, 2 * i, 0), np.uint8) for i in range(12)]
    rows = []
    for i, pixels in enumerate(colours):
        stream = io.BytesIO()
        Image.fromarray(pixels).save(stream, "PNG")
        rows.append({"bytes": stream.getvalue(), "path": f"{i}.png"})
    about = {"info": {"features": {"label": {"names": ["cat", "dog"], "_type": "ClassLabel"}}}}
    table = pa.table({"image": pa.array(rows), "label": pa.array([i % 2 for i in range(12)])})
    table = table.replace_schema_metadata({"huggingface": json.dumps(about)})
    pq.write_table(table, tmp_path / "a.parquet")
    splits = load_images(tmp_path / "a.parquet")
    assert splits.classes == ("cat", "dog")
    assert ids(splits) == sorted(f"{i}.png" for i in range(12))
    for name, label, pixels in zip(
        splits.train.ids, splits.train.labels, splits.train.pixels, strict=True
    ):
        i = int(name.removesuffix(".png"))
        assert (label, pixels[0, 0, 0], pixels[1, 0, 0]) == (i % 2, i, 2 * i)
    pq.write_table(pa.table({"x": [1.0]}), tmp_path / "b.parquet")
    with pytest.raises(LatentscapeError, match="no column of pictures"):
        load_images(tmp_path / "b.parquet")


def test_one_picture_is_a_set_for_a_model_that_is_trained(tmp_path):
    path = put(tmp_path / "cat.png", noise(9, 9))
    images, _ = load_pictures(path)
    assert list(images.ids) == ["cat.png"]
    (tmp_path / "b.svg").write_text("<svg/>")
    with pytest.raises(LatentscapeError, match=r"b.svg' is a drawing; export"):
        load_images(tmp_path / "b.svg")


def test_test_pictures_stay_test_pictures(tmp_path):
    for kind in ("a", "b"):
        fill(tmp_path / kind, 15)
    before = load_images(tmp_path)
    trained = set(before.train.ids)
    for i in range(3):
        (tmp_path / "a" / f"{2 * i}.png").unlink()
        put(tmp_path / "b" / f"new{i}.png", noise(8, 8, 3))
        put(tmp_path / "c" / f"new{i}.png", noise(8, 8, 3))
    after = load_images(tmp_path, kept=before.cut)
    there = set(ids(after))
    assert set(after.test.ids) == set(before.test.ids) & there
    assert set(after.validation.ids) == set(before.validation.ids) & there
    assert trained & there <= set(after.train.ids)
    assert {i for i in there if "new" in i} <= set(after.train.ids)
    anew = load_images(tmp_path)  # without what was kept, by names: few move
    assert len(set(anew.test.ids) & set(before.test.ids)) >= len(before.test) - 3


@pytest.mark.parametrize("limit", [None, 7])
def test_the_same_files_give_the_same_splits_with_what_was_kept(tmp_path, limit):
    fill(tmp_path, 20)
    before = load_images(tmp_path, limit=limit)
    assert load_images(tmp_path, limit=limit, kept=before.cut).fingerprint == before.fingerprint


def test_when_all_test_pictures_are_gone_it_is_said(tmp_path):
    fill(tmp_path, 10)
    cut = load_images(tmp_path).cut
    for name in cut["test"]:
        (tmp_path / name).unlink()
    with pytest.raises(LatentscapeError, match="none of the 2 test pictures"):
        load_images(tmp_path, kept=cut)


def test_validation_is_cut_from_what_can_be_read(tmp_path):
    fill(tmp_path, 30)
    whole = load_images(tmp_path)
    for name in (*whole.validation.ids, *whole.test.ids):
        (tmp_path / name).write_bytes(b"rubbish")
    bad = len(whole.validation) + len(whole.test)
    splits = load_images(tmp_path, skip_bad=True)
    assert [len(splits.validation), len(splits.test)] == [2, 4]  # of the 21 that can be read
    assert len(ids(splits)) == 30 - bad
    assert f"{bad} unreadable pictures were left out" in splits.notes
    fill(tmp_path, 30)
    (tmp_path / whole.test.ids[0]).write_bytes(b"rubbish")
    assert "1 unreadable picture was left out" in load_images(tmp_path, skip_bad=True).notes


def test_other_preparations_are_kept_beside_each_other(tmp_path, monkeypatch):
    monkeypatch.setenv("LATENTSCAPE_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(pictures, "WORTH_KEEPING", 0)
    folder = tmp_path / "photos"
    fill(folder, 6, (8, 12, 3))
    ways = [{}, {"fit": "pad"}, {"fit": "stretch"}, {"invert": True}, {"colour": "grey"}]
    found = [every(load_images(folder, size=8, **way)) for way in ways]
    again = [every(load_images(folder, size=8, **way)) for way in ways]
    assert all(np.array_equal(a, b) for a, b in zip(found, again, strict=True))
    assert np.array_equal(found[3], 255 - found[0])
    assert found[4].shape[1] == 1
    assert len({a.tobytes() for a in found}) == len(ways)
    assert len(list(place_of(folder).glob("*.u8"))) == len(ways)
