"""Folders of pictures are decoded once: kept, continued, mapped, and made anew when they change."""

import os
import resource
import shutil
import signal
import time

import numpy as np
import pytest
from PIL import Image

from latentscape.data import load_images, load_pictures
from latentscape.data.folder import album
from latentscape.data.folder import source as pictures
from latentscape.data.folder.cache import place_of
from latentscape.data.rows import Rows
from latentscape.system.errors import LatentscapeError

COUNT = 80
RNG = np.random.default_rng(0)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of 80 colour pictures of two sizes and two classes, all of it worth keeping."""
    monkeypatch.setenv("LATENTSCAPE_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(pictures, "WORTH_KEEPING", 0)
    monkeypatch.setattr("latentscape.data.load.IN_MEMORY", 1000)
    for i in range(COUNT):
        path = tmp_path / "photos" / "ab"[i % 2] / f"{i:02}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(RNG.integers(0, 256, (9 + i % 3, 8, 3), dtype=np.uint8)).save(path)
    return tmp_path / "photos"


@pytest.fixture
def decoded(monkeypatch):
    """The files that were decoded, as a list that grows."""
    done, original = [], album.decode
    monkeypatch.setattr(
        album, "decode", lambda path, *how: done.append(path) or original(path, *how)
    )
    return done


def everything(splits):
    """All pictures by name."""
    return {
        name: image.tobytes()
        for part in (splits.train, splits.validation, splits.test)
        for name, image in zip(part.ids, part.pixels, strict=True)
    }


def in_child(work):
    """Run in a forked process and give its wait status."""
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1]
    code = 1
    try:
        work()
        code = 0
    finally:
        os._exit(code)


def test_what_is_kept_is_what_would_be_decoded_each_time(folder, decoded, monkeypatch):
    kept = load_images(folder)
    assert isinstance(kept.train.pixels, Rows)
    assert kept.shape == (3, 8, 8)
    assert len(decoded) == COUNT
    again = load_images(folder)
    assert len(decoded) == COUNT
    monkeypatch.setattr(pictures, "WORTH_KEEPING", 1 << 30)
    fresh = load_images(folder)
    assert len(decoded) == 2 * COUNT
    assert everything(fresh) == everything(kept) == everything(again)
    assert fresh.fingerprint == kept.fingerprint == again.fingerprint
    assert fresh.notes == kept.notes
    for name, pixels in everything(kept).items():
        picture = Image.open(folder / name)
        top = (picture.height - 8) // 2
        square = picture.crop((0, top, 8, top + 8))
        assert pixels == np.asarray(square).transpose(2, 0, 1).tobytes()


def test_no_more_is_decoded_than_is_asked_for(folder, decoded):
    few = load_images(folder, limit=10)
    assert len(decoded) == sum(map(len, (few.train, few.validation, few.test)))
    load_images(folder)
    assert len(decoded) == len(set(decoded)) == COUNT
    load_images(folder, size=4)
    load_images(folder, size=4)
    assert len(decoded) == 2 * COUNT
    images, _ = load_pictures(folder)
    assert len(decoded) == 2 * COUNT
    assert isinstance(images.pixels, np.memmap)


def test_a_killed_decoding_is_continued(folder, decoded, monkeypatch):
    undisturbed = everything(load_images(folder))
    shutil.rmtree(place_of(folder))
    decoded.clear()
    monkeypatch.setattr("latentscape.data.folder.workers.CHUNK", 8)
    monkeypatch.setattr("latentscape.data.folder.sheet._SETTLE", 0.0)
    original = album.decode

    def doomed(path, *how):
        if len(decoded) == 60:
            os.kill(os.getpid(), signal.SIGKILL)
        return original(path, *how)

    with monkeypatch.context() as patch:
        patch.setattr(album, "decode", doomed)
        assert os.WIFSIGNALED(in_child(lambda: load_images(folder)))
    assert everything(load_images(folder)) == undisturbed
    assert 20 <= len(decoded) < COUNT - 20  # all that was settled is not decoded again


def test_of_a_folder_that_has_changed_only_the_changes_are_decoded(folder, decoded):
    before = load_images(folder)
    load_images(folder, size=4)
    decoded.clear()
    path = folder / "a" / "00.png"
    Image.fromarray(np.zeros((9, 8, 3), np.uint8)).save(path)
    os.utime(path, (time.time() + 5,) * 2)
    (folder / "b" / "01.png").unlink()
    shutil.copy(folder / "b" / "03.png", folder / "b" / "new.png")
    after = load_images(folder)
    assert sorted(decoded) == [path, folder / "b" / "new.png"]
    assert before.fingerprint != after.fingerprint
    old, new = everything(before), everything(after)
    assert not any(new.pop("a/00.png"))
    assert new.pop("b/new.png") == old["b/03.png"]
    assert new.items() <= old.items()
    assert len(new) == COUNT - 2
    load_images(folder, size=4)
    assert len(decoded) == 4


@pytest.mark.parametrize(
    "lost", ["8x8x3.u8", "listing.json", "ends.npy", "fingerprint", "headers.i4"]
)
def test_what_is_lost_of_the_kept_pictures_is_made_again(folder, decoded, lost):
    before = everything(load_images(folder))
    (place_of(folder) / lost).unlink()
    assert everything(load_images(folder)) == before


def test_bad_pictures_are_listed_in_a_file_and_not_tried_again(folder, decoded):
    for i in range(12):
        whole = (folder / "a" / f"{2 * i:02}.png").read_bytes()
        (folder / "b" / f"bad{i:02}.png").write_bytes(whole[:-40] if i % 2 else b"")
    for _ in range(2):
        with pytest.raises(
            LatentscapeError, match=r"^12 pictures cannot be read: .*bad00.png' \(empty file\)"
        ) as caught:
            load_images(folder)
        assert f"and 2 more, all listed in '{place_of(folder) / 'bad.txt'}'" in str(caught.value)
    tried = len(decoded)
    splits = load_images(folder, skip_bad=True)
    assert len(decoded) == tried == COUNT + 6  # six have a header
    assert splits.notes[1] == "12 unreadable pictures were left out"
    assert not any("/bad" in name for name in everything(splits))
    assert len(everything(splits)) == COUNT
    for part in (splits.train, splits.test):
        for name, label in zip(part.ids, part.labels, strict=True):
            assert splits.classes[label] == name.split("/")[-2]
    lines = (place_of(folder) / "bad.txt").read_text().splitlines()
    assert sorted(line.split("\t")[2][-10:-1] for line in lines) == [
        f"bad{i:02}.png" for i in range(12)
    ]


def test_grey_pictures_take_one_plane_and_grey_colours_are_seen(folder):
    grey = folder.parent / "grey"
    for i in range(20):
        path = grey / f"{i}.png"
        grey.mkdir(exist_ok=True)
        Image.fromarray(RNG.integers(0, 256, (8, 8), dtype=np.uint8)).save(path)
    assert load_images(grey).shape == (1, 8, 8)
    assert (place_of(grey) / "8x8x1.u8").stat().st_size == 20 * 64
    Image.open(path).convert("RGB").save(path)
    os.utime(path, (time.time() + 5,) * 2)
    assert load_images(grey).shape == (1, 8, 8)
    assert (place_of(grey) / "8x8x3.u8").stat().st_size == 20 * 192


def test_a_full_disk_is_told_before_and_while_it_fills(folder, monkeypatch):
    usage = shutil.disk_usage(folder)
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=100))
        with pytest.raises(
            LatentscapeError, match=r"80 pictures of 8×8 take 0.0 GB, and .* has room for"
        ):
            load_images(folder)

    def limited():
        resource.setrlimit(resource.RLIMIT_FSIZE, (COUNT * 100, COUNT * 100))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        with pytest.raises(
            LatentscapeError, match=r"cannot keep the decoded pictures of .*file too large"
        ):
            load_images(folder)

    assert in_child(limited) == 0
    assert len(everything(load_images(folder))) == COUNT


def test_a_place_that_cannot_be_written_is_told(folder, monkeypatch):
    (folder.parent / "file").write_text("")
    monkeypatch.setenv("LATENTSCAPE_DATA", str(folder.parent / "file"))
    with pytest.raises(
        LatentscapeError, match=r"cannot keep the decoded pictures .* set LATENTSCAPE_DATA"
    ):
        load_images(folder)


def test_two_processes_decode_each_picture_once(folder, monkeypatch):
    log = folder.parent / "log"
    original = album.decode

    def slow(path, *how):
        with log.open("a") as file:
            print(path, file=file)
        time.sleep(0.003)
        return original(path, *how)

    monkeypatch.setattr(album, "decode", slow)
    first = os.fork()
    if not first:
        os._exit(in_child(lambda: load_images(folder)))
    assert in_child(lambda: load_images(folder)) == 0
    assert os.waitpid(first, 0)[1] == 0
    assert len(log.read_text().splitlines()) == COUNT
