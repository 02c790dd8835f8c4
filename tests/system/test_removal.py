"""Nothing of anybody else's is removed: not by name alone, not through a link."""

import os
import re
from contextlib import contextmanager
from pathlib import Path

import pytest

from latentscape.system import removal
from latentscape.system.removal import (
    MARKER,
    TEXT,
    remove_file,
    remove_folder,
    remove_workshops,
    workshop,
)

SOURCES = Path(removal.__file__).parents[1]
DELETES = re.compile(
    r"\brmtree\(|\.unlink\(|\.rmdir\(|os\.(remove|unlink|rmdir|removedirs|truncate)\(|shutil\.move\("
)
ALLOWED = {"removal.py", "files.py"}  # files.py removes an empty folder, which it then replaces


def test_one_file_alone_deletes():
    found = {p.name for p in SOURCES.rglob("*.py") if DELETES.search(p.read_text("utf-8"))}
    assert found == ALLOWED
    files = (SOURCES / "system/files.py").read_text("utf-8")
    assert DELETES.findall(files) == [""] and "path.rmdir()" in files


def foreign(place: Path) -> None:
    """A folder that looks like a workshop, and is not."""
    place.mkdir()
    (place / "diary").write_text("mine")


def test_only_a_marked_workshop_of_a_dead_process_goes(tmp_path):
    ours = tmp_path / ".latentscape-00000001"
    foreign(ours)
    (ours / MARKER).write_bytes(TEXT)
    unmarked = tmp_path / ".latentscape-00000002"
    foreign(unmarked)
    other_text = tmp_path / ".latentscape-00000003"
    foreign(other_text)
    (other_text / MARKER).write_bytes(TEXT[:-1] + b"!")
    linked_marker = tmp_path / ".latentscape-00000004"
    foreign(linked_marker)
    (linked_marker / MARKER).symlink_to(tmp_path / "marker")
    (tmp_path / "marker").write_bytes(TEXT)
    other_name = tmp_path / ".latentscape-0000000Z"
    foreign(other_name)
    (other_name / MARKER).write_bytes(TEXT)
    elsewhere = tmp_path / "elsewhere"
    foreign(elsewhere)
    (elsewhere / MARKER).write_bytes(TEXT)
    link = tmp_path / ".latentscape-00000005"
    link.symlink_to(elsewhere)
    (tmp_path / ".latentscape-00000006").mkdir()  # killed before it was marked
    with workshop(tmp_path) as living:
        remove_workshops(tmp_path)
        assert (living / MARKER).read_bytes() == TEXT
    kept = {unmarked, other_text, linked_marker, tmp_path / "marker", other_name, elsewhere, link}
    assert set(tmp_path.iterdir()) == kept
    assert all((p / "diary").read_text() == "mine" for p in kept if p.is_dir())


@pytest.mark.parametrize("size", [0, 1, len(TEXT) - 1])
def test_a_workshop_whose_marker_was_cut_short_goes_where_nothing_else_is_in_it(tmp_path, size):
    ours, others = tmp_path / ".latentscape-00000001", tmp_path / ".latentscape-00000002"
    ours.mkdir()
    foreign(others)
    for place in (ours, others):
        (place / MARKER).write_bytes(TEXT[:size])
    remove_workshops(tmp_path)
    assert not ours.exists()
    assert {path.name for path in others.iterdir()} == {MARKER, "diary"}


def test_a_workshop_stays_marked_as_long_as_it_holds_anything(tmp_path, monkeypatch):
    place = tmp_path / ".latentscape-00000001"
    foreign(place)
    (place / MARKER).write_bytes(TEXT)

    def refused(path):
        raise OSError(path)

    with monkeypatch.context() as failing:
        failing.setattr(Path, "unlink", refused)
        remove_workshops(tmp_path)
    assert {path.name for path in place.iterdir()} == {MARKER, "diary"}
    remove_workshops(tmp_path)
    assert not place.exists()


def test_what_is_linked_from_a_workshop_stays(tmp_path):
    (tmp_path / "diary").write_text("mine")
    ours = tmp_path / ".latentscape-00000001"
    ours.mkdir()
    (ours / MARKER).write_bytes(TEXT)
    (ours / "link").symlink_to(tmp_path)
    remove_workshops(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["diary"]


@pytest.mark.parametrize("strange", ["other", "link", "dangling", "folder/other", "pipe"])
def test_a_folder_with_anything_else_in_it_stays_whole(tmp_path, strange):
    folder = tmp_path / "bundle"
    (folder / "folder").mkdir(parents=True)
    names = re.compile(r"list|link|dangling|pipe|a\d|folder/b")
    for name in ("list", "a1", "folder/b"):
        (folder / name).write_text(name)
    match strange:
        case "link":
            (folder / "link").symlink_to(folder / "list")
        case "dangling":
            (folder / "dangling").symlink_to("nowhere")
        case "pipe":
            os.mkfifo(folder / "pipe")
        case _:
            (folder / strange).write_text("mine")
    before = sorted(folder.rglob("*"))
    assert not remove_folder(folder, names, "list")
    assert sorted(folder.rglob("*")) == before
    (folder / strange).unlink()
    linked = tmp_path / "linked"
    linked.symlink_to(folder)
    assert not remove_folder(linked, names, "list")
    assert remove_folder(folder, names, "list")
    assert list(tmp_path.iterdir()) == [linked]


def test_what_proves_a_folder_ours_goes_last(tmp_path, monkeypatch):
    for name in ("a", "list", "z"):
        (tmp_path / name).write_text("")
    gone = []
    monkeypatch.setattr(Path, "unlink", lambda self: gone.append(self.name))
    assert not remove_folder(tmp_path, re.compile(r"\w+"), "list")
    assert gone == ["a", "z", "list"]


def test_a_file_goes_and_a_link_stays(tmp_path):
    (tmp_path / "a.part").write_text("")
    (tmp_path / "b.part").symlink_to(tmp_path / "a.part")
    remove_file(tmp_path / "b.part")
    assert len(list(tmp_path.iterdir())) == 2
    remove_file(tmp_path / "a.part")
    remove_file(tmp_path / "a.part")
    assert [p.name for p in tmp_path.iterdir()] == ["b.part"]


@pytest.mark.parametrize("done", ["made", "held"])
def test_a_workshop_that_is_taken_for_a_dead_process_s_is_made_again(tmp_path, monkeypatch, done):
    held, times = removal._held, []

    @contextmanager
    def robbed(place, **asked):
        times.append(place)
        if (first := len(times) == 1) and done == "made":
            place.rmdir()
        with held(place, **asked) as alone:
            if first:
                place.rmdir()
            yield alone

    monkeypatch.setattr(removal, "_held", robbed)
    with removal.workshop(tmp_path) as place:
        assert place == times[1] != times[0]
        assert [path.name for path in tmp_path.iterdir()] == [place.name]
    assert not list(tmp_path.iterdir())
