"""Archives are read where they lie, whatever their members are called."""

import io
import os
import tarfile
import zipfile

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from latentscape.data import load_images
from latentscape.data.load import load_pictures
from latentscape.system.errors import LatentscapeError


def png(i):
    stream = io.BytesIO()
    Image.fromarray(np.full((8, 8), 20 * i, np.uint8)).save(stream, "PNG")
    return stream.getvalue()


def packed(path, names):
    """An archive whose i-th member shows the grey 20 i."""
    with (
        zipfile.ZipFile(path, "w") if path.suffix == ".zip" else tarfile.open(path, "w") as archive
    ):
        for i, name in enumerate(names):
            if isinstance(archive, zipfile.ZipFile):
                archive.writestr(name, png(i))
            else:
                info = tarfile.TarInfo(name)
                info.size = len(png(i))
                archive.addfile(info, io.BytesIO(png(i)))
    return path


def shown(images):
    """The grey of each picture, by its name."""
    return {
        str(name).split("/")[-1]: int(picture.mean())
        for part in (images.train, images.validation, images.test)
        for name, picture in zip(part.ids, part.pixels[:], strict=True)
    }


@pytest.mark.parametrize("kind", ["zip", "tar"])
@pytest.mark.parametrize("before", ["", "/", "/home/me/", "../", "../../a/", "a/../"])
def test_members_named_from_anywhere_are_read_within(tmp_path, kind, before):
    names = [f"{i}.png" for i in range(10)]
    path = packed(tmp_path / f"p.{kind}", [f"{before}{name}" for name in names])
    assert shown(load_images(path)) == {name: 20 * i for i, name in enumerate(names)}
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name], "nothing is unpacked"


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_two_members_in_one_place_are_refused_by_name(tmp_path, kind):
    path = packed(tmp_path / f"p.{kind}", ["0.png", "1.png", "../0.png"])
    with pytest.raises(
        LatentscapeError, match=r"'0\.png' and '\.\./0\.png', which would lie in one"
    ):
        load_images(path)


@pytest.mark.parametrize(
    "name", ["p.zip", "p.tar", "p.tgz", "p.npy", "p.npz", "p.parquet", "p.png"]
)
def test_a_pipe_is_refused_whatever_it_is_called(tmp_path, name):
    os.mkfifo(tmp_path / name)
    with pytest.raises(LatentscapeError, match="it is a pipe or a device"):
        load_images(tmp_path / name)


def test_a_parquet_file_of_several_row_groups_is_read(tmp_path):
    """As Hugging Face writes them: a dictionary for each group, plain pages where it is full."""
    rng = np.random.default_rng(0)
    pictures = rng.integers(0, 256, (30, 200, 200), dtype=np.uint8)
    rows = []
    for i, pixels in enumerate(pictures):
        stream = io.BytesIO()
        Image.fromarray(pixels).save(stream, "PNG")
        rows.append({"bytes": stream.getvalue(), "path": f"{i}.png"})
    table = pa.table({"image": rows, "label": [i % 2 for i in range(30)]})
    for group in (7, 30, 1):
        pq.write_table(table, tmp_path / "a.parquet", row_group_size=group)
        found, _ = load_pictures(tmp_path / "a.parquet", size=200)
        order = [int(name.partition(".")[0]) for name in found.ids]
        assert sorted(order) == list(range(30))
        np.testing.assert_array_equal(found.pixels[:, 0], pictures[order])
        assert found.labels.tolist() == [i % 2 for i in order]
