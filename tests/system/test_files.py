import hashlib
import os
import stat
import subprocess
import sys

import pytest

from latentscape.system import exchange, files
from latentscape.system.errors import LatentscapeError
from latentscape.system.files import atomic_folder, atomic_path, make_folder, open_own, write_atomic
from latentscape.system.locks import locked
from latentscape.system.reading import sha256


def names(folder):
    return [path.name for path in folder.iterdir()]


def test_an_interrupted_write_leaves_the_old_file_and_nothing_beside(tmp_path):
    path = tmp_path / "a.json"
    write_atomic(path, b"old")
    with pytest.raises(KeyboardInterrupt), atomic_path(path) as beside:
        beside.write_bytes(b"ne")
        raise KeyboardInterrupt
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["a.json"]


def test_readers_see_the_old_file_until_the_new_one_is_whole(tmp_path):
    path = tmp_path / "a.json"
    write_atomic(path, b"old")
    with atomic_path(path) as beside:
        beside.write_bytes(b"new")
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"


def test_a_written_file_has_ordinary_permissions(tmp_path):
    (tmp_path / "plain").write_bytes(b"")
    write_atomic(tmp_path / "atomic", b"")
    modes = {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("plain", "atomic")}
    assert len(modes) == 1


@pytest.mark.parametrize("parent", ["missing", "file"])
def test_a_place_that_cannot_be_written_is_named(tmp_path, parent):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(LatentscapeError, match=r"cannot write '.*a\.json'"):
        write_atomic(tmp_path / parent / "a.json", b"new")


def test_a_full_disk_is_named_and_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "a.json"
    write_atomic(path, b"old")

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(LatentscapeError, match="no space left"):
        write_atomic(path, b"new")
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["a.json"]


def test_a_folder_comes_whole_or_not_at_all(tmp_path):
    path = tmp_path / "bundle"
    with pytest.raises(KeyboardInterrupt), atomic_folder(path) as beside:
        (beside / "half").write_bytes(b"1")
        raise KeyboardInterrupt
    assert names(tmp_path) == []
    with atomic_folder(path) as beside:
        (beside / "sub").mkdir()
        (beside / "sub" / "whole").write_bytes(b"1")
    assert (path / "sub" / "whole").read_bytes() == b"1"
    assert names(tmp_path) == ["bundle"]


KILLED = """
import os, signal, sys
from pathlib import Path
from latentscape.system.files import atomic_folder
with atomic_folder(Path(sys.argv[1])) as beside:
    (beside / "half").write_bytes(b"1")
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot tell who is alive")
def test_what_a_killed_process_left_beside_goes_and_what_a_living_one_writes_stays(tmp_path):
    path = tmp_path / "bundle"
    subprocess.run([sys.executable, "-c", KILLED, tmp_path / "other"])
    [dead] = tmp_path.iterdir()
    assert [p.name for p in dead.rglob("half")] == ["half"]
    with pytest.raises(LatentscapeError, match="not empty"), atomic_folder(path) as first:
        assert not dead.exists()
        with atomic_folder(path) as second:
            (second / "whole").write_bytes(b"1")
            assert first.exists()
    assert names(tmp_path) == ["bundle"]


def test_a_lock_empties_nothing_and_follows_no_link(tmp_path):
    diary, lock = tmp_path / "diary", tmp_path / ".lock"
    diary.write_bytes(b"mine")
    for make in (lambda: lock.symlink_to(diary), lambda: lock.write_bytes(b"theirs")):
        make()
        refused = pytest.raises(LatentscapeError, match="not a lock that latentscape made")
        with refused, locked(lock, "taken"):
            raise AssertionError
        assert diary.read_bytes() == b"mine"
        assert lock.read_bytes() in (b"mine", b"theirs")
        lock.unlink()
    refused = pytest.raises(LatentscapeError, match=r"^taken$")
    with locked(lock, "free"), refused, locked(lock, "taken"):
        raise AssertionError


@pytest.mark.parametrize("mode", ["ab", "wb", "rb+"])
def test_what_is_written_in_place_is_written_through_no_link(tmp_path, mode):
    (tmp_path / "diary").write_bytes(b"mine")
    (tmp_path / "link").symlink_to(tmp_path / "diary")
    with pytest.raises(OSError), open_own(tmp_path / "link", mode):
        raise AssertionError
    assert (tmp_path / "diary").read_bytes() == b"mine"
    with open_own(tmp_path / "diary", mode) as file:
        file.write(b"ours")


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(LatentscapeError, match=r"cannot make '.*deep' \(not a directory\)"):
        make_folder(tmp_path / "file" / "deep")
    make_folder(tmp_path / "a" / "b")
    make_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()


def test_a_folder_that_is_made_is_synced_where_it_lies(tmp_path, monkeypatch):
    synced = []
    monkeypatch.setattr(files, "sync", synced.append)
    make_folder(tmp_path / "a" / "b")
    assert set(synced) == {tmp_path, tmp_path / "a"}
    make_folder(tmp_path / "a" / "b")
    assert len(synced) == 2


def test_a_folder_that_holds_something_is_not_replaced(tmp_path):
    path = tmp_path / "bundle"
    path.mkdir()
    (path / "mine").write_bytes(b"1")
    with pytest.raises(LatentscapeError, match="not empty"), atomic_folder(path) as beside:
        (beside / "other").write_bytes(b"2")
    assert names(path) == ["mine"]


def held(folder):
    return {p.name: p.read_bytes() for p in folder.iterdir()}


def make_old(path):
    path.mkdir()
    (path / "old").write_bytes(b"1")


def is_ours(folder):
    return folder.is_dir() and set(names(folder)) <= {"old", "new"}


@pytest.mark.parametrize("at_once", [True, False])
def test_a_folder_of_ours_is_there_until_the_new_one_is_on_the_disk(tmp_path, monkeypatch, at_once):
    """Also where the system cannot swap two names."""
    path = tmp_path / "bundle"
    make_old(path)
    if not at_once:
        monkeypatch.setattr(exchange, "_at_once", lambda *_: False)
    swapped, synced = [], []
    swap = files.exchange
    monkeypatch.setattr(files, "exchange", lambda *two: (swapped.append(len(synced)), swap(*two)))
    monkeypatch.setattr(files, "sync", lambda p: synced.append((p.name, held(path))))
    with atomic_folder(path, replaces=is_ours) as beside:
        (beside / "new").write_bytes(b"2")
        assert held(path) == {"old": b"1"}
    assert held(path) == {"new": b"2"}
    assert names(tmp_path) == ["bundle"]
    assert swapped == [2]
    assert synced == [
        ("new", {"old": b"1"}),
        ("bundle", {"old": b"1"}),
        (tmp_path.name, {"new": b"2"}),
    ]


@pytest.mark.parametrize("at_once", [True, False])
def test_what_cannot_be_replaced_stays(tmp_path, monkeypatch, at_once):
    path = tmp_path / "bundle"
    make_old(path)
    if not at_once:
        monkeypatch.setattr(exchange, "_at_once", lambda *_: False)
    with pytest.raises(LatentscapeError, match="no such file"), atomic_folder(path, is_ours) as new:
        monkeypatch.setattr(files, "sync", lambda _: None)
        new.rmdir()
    assert held(path) == {"old": b"1"}

    def joined(folder):  # somebody puts a file in at the last moment
        if folder == path:
            (path / "diary").write_bytes(b"mine")
            return True
        return is_ours(folder)

    with pytest.raises(LatentscapeError, match="not empty"), atomic_folder(path, joined) as new:
        (new / "new").write_bytes(b"2")
    assert held(path) == {"old": b"1", "diary": b"mine"}
    assert names(tmp_path) == ["bundle"]


def test_sha256_is_hashlibs(tmp_path):
    content = os.urandom(3_000_000)
    (tmp_path / "a").write_bytes(content)
    assert sha256(tmp_path / "a") == hashlib.sha256(content).hexdigest()
