"""Date and camera of pictures, written by Pillow as cameras write them."""

from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

import latentscape as ls
from latentscape.data import load_images
from latentscape.runs.record import Record

MAKE, MODEL, INNER, ORIGINAL, DIGITIZED = 271, 272, 0x8769, 36867, 36868


def taken_by(make=None, model=None, original=None, digitized=None):
    exif = Image.Exif()
    for tag, value in ((MAKE, make), (MODEL, model)):
        if value is not None:
            exif[tag] = value
    inner = {ORIGINAL: original, DIGITIZED: digitized}
    exif.get_ifd(INNER).update({tag: v for tag, v in inner.items() if v is not None})
    return exif


SHOTS = {
    "0.jpg": (taken_by("Canon", "Canon EOS 5D", "2024:05:01 10:30:00"), "Canon EOS 5D", 1),
    "1.jpg": (
        taken_by("NIKON", "Z 6", "0000:00:00 00:00:00", "2024:05:02 11:00:00"),
        "NIKON Z 6",
        2,
    ),
    "2.png": (taken_by(None, "Pixel 8\0junk", "2024:05:03 12:00:00"), "Pixel 8", 3),
    "3.jpg": (taken_by("Canon", None, "yesterday"), "Canon", None),
    "4.webp": (taken_by("\x1b[31m", "A\nB", None), "[31m AB", None),
}


@pytest.fixture
def folder(tmp_path):
    top = tmp_path / "photos"
    top.mkdir()
    rng = np.random.default_rng(0)
    for i in range(12):
        picture = Image.fromarray(rng.integers(0, 256, (8, 8, 3), np.uint8))
        name = next((n for n in SHOTS if n.startswith(f"{i}.")), f"{i}.jpg")
        how = {"exif": SHOTS[name][0]} if name in SHOTS else {}
        picture.save(top / name, **how)
    return top


def known(splits):
    """What each file is said to be taken by, and when."""
    found = {}
    for part in splits.parts.values():
        camera, taken = (part.columns[n].values.to_pylist() for n in ("camera", "taken"))
        found |= dict(zip(part.ids, zip(camera, taken, strict=True), strict=True))
    return found


def wanted():
    moments = {1: datetime(2024, 5, 1, 10, 30, tzinfo=UTC), 2: datetime(2024, 5, 2, 11, tzinfo=UTC)}
    moments |= {3: datetime(2024, 5, 3, 12, tzinfo=UTC), None: None}
    return {name: (camera, moments[day]) for name, (_, camera, day) in SHOTS.items()}


def test_date_and_camera_are_columns_on_request_and_missing_stays_missing(folder):
    assert load_images(folder).train.columns == {}
    splits = load_images(folder, exif=True)
    others = {f"{i}.jpg": (None, None) for i in range(5, 12)}
    assert known(splits) == wanted() | others
    kinds = {name: column.kind for name, column in splits.train.columns.items()}
    assert kinds == {"taken": "date", "camera": "category"}
    assert "EXIF tells taken (date) of 3 and camera (category) of 5 of 12 images" in splits.notes


def test_pictures_in_archives_tables_and_pages_tell_it_too(folder, tmp_path):
    import shutil

    packed = shutil.make_archive(str(tmp_path / "photos"), "zip", folder)
    assert known(load_images(packed, exif=True)).items() >= wanted().items()
    rows = [{"bytes": f.read_bytes(), "path": f.name} for f in sorted(folder.iterdir())]
    pq.write_table(pa.table({"image": rows}), tmp_path / "t.parquet")
    assert known(load_images(tmp_path / "t.parquet", exif=True)).items() >= wanted().items()
    divided = known(load_images(folder, exif=True, tile="4x4"))
    assert {divided[f"0.jpg#0.{tile}"] for tile in range(4)} == {wanted()["0.jpg"]}


def test_where_there_is_none_it_is_said_and_no_column_made(folder, tmp_path):
    for name in SHOTS:
        (folder / name).unlink()
    splits = load_images(folder, exif=True)
    assert splits.train.columns == {}
    assert "EXIF tells nothing of 7 images" in splits.notes
    np.save(tmp_path / "a.npy", np.zeros((9, 4, 4), np.uint8))
    assert (
        "these images are no files, and have no EXIF"
        in load_images(tmp_path / "a.npy", exif=True).notes
    )


def test_a_damaged_file_tells_nothing_and_a_table_goes_before_exif(folder):
    (folder / "5.jpg").write_bytes(b"\xff\xd8\xff no picture")
    found = known(load_images(folder, exif=True, skip_bad=True))
    assert found == wanted() | {f"{i}.jpg": (None, None) for i in range(6, 12)}
    (folder / "metadata.csv").write_text("file_name,camera\n0.jpg,mine\n1.jpg,mine\n")
    found = known(load_images(folder, exif=True, skip_bad=True))
    assert found["0.jpg"] == ("mine", wanted()["0.jpg"][1])


def test_a_run_reads_them_again(folder, tmp_path):
    images = load_images(folder, exif=True)
    ls.train("ae", images, latent=2, network="dense", hidden=(8,), epochs=1, out=tmp_path / "run")
    record = Record.read(tmp_path / "run/run.json")
    assert record.data.columns == {"taken": "date", "camera": "category"}
    assert known(record.load()) == known(images)
