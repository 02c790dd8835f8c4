"""Folders full of other people's files and links: every verb that writes leaves them as they are.

What a stranger may send, and what people keep beside their runs: a repository, dotfiles, files
whose names look like ours, and links from where we write to where they live.
"""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latentscape import load_images, train
from latentscape.bundle import write_bundle
from latentscape.cli.main import main
from latentscape.explorer import write_site
from latentscape.explorer.open import opened_bundle
from latentscape.parts.networks import Network
from latentscape.sweeps import parse_sweep, run_sweep
from latentscape.system.files import make_folder
from latentscape.training.reporter import Silent

OLD = ("0123456789ab-ffffffffffff", "aaaaaaaaaaaa-aaaaaaaaaaaa")
DIARY = "mine, and nobody's business"
FOREIGN = (
    ".bashrc",
    ".env",
    ".git/HEAD",
    ".git/objects/ab/cd",
    ".ssh/id_ed25519",
    ".history.0123abcd.csv",  # as an earlier version named its temporaries
    ".checkpoint-0002.0123abcd/last.safetensors",
    ".latentscape-0123abcd/thesis.tex",
    ".latentscape-89abcdef/latentscape-writes-here",
    "0123456789ab-0123456789ab/space.json",
    "0123456789ab-ba9876543210/points.arrow",
    "checkpoint-0001/holiday.jpg",
    "checkpoint-0000/state.json",
    "film/diary.txt",
    "explorer/diary.txt",
    "explorer/0123456789ab-0123456789ab/diary.txt",
    "explorer/0123456789ab-ba9876543210/space.json",
    "bundle/diary.txt",
    "assets/logo.png",
)
HOME = (*FOREIGN, "thesis/chapter.tex", "0003.npy", "last.safetensors", "empty/.keep")


def furnish(folder: Path, names: tuple[str, ...]) -> None:
    """Put other people's files into a folder."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"{DIARY}: {name}")


def look(paths: list[Path]) -> dict[str, object]:
    """What is there: bytes, or where a link leads."""
    return {
        str(p): str(p.readlink()) if p.is_symlink() else p.is_dir() or p.read_bytes() for p in paths
    }


def everything(folder: Path) -> list[Path]:
    """All below a folder, links not followed."""
    return [Path(top) / n for top, dirs, files in os.walk(folder) for n in (*dirs, *files)]


@pytest.fixture(scope="module")
def images():
    return load_images("digits", limit=40)


class Interrupting(Silent):
    """Presses Ctrl-C after the second epoch."""

    def epoch(self, row, best):
        if row["epoch"] == 2:
            raise KeyboardInterrupt


@pytest.fixture(scope="module")
def original(images, tmp_path_factory):
    """A run with an epoch to come, a bundle, a site and a sweep."""
    place = tmp_path_factory.mktemp("original")
    options = {"latent": 2, "net": Network(hidden=(8,))}
    out = place / "run"
    train("ae", images, out=out, epochs=3, **options, reporter=Interrupting())
    make_folder(out / "explorer")
    for name in OLD:
        write_bundle(out / "explorer" / name, np.ones((3, 2)))
    sweep = parse_sweep({"recipe": "ae", "limit": 40, "epochs": 1, "hidden": [8]})
    run_sweep(sweep, place / "sweep", images=images)
    return place


def beside(run: Path) -> None:
    """Other people's files in a run."""
    furnish(run, FOREIGN)


def film_is_link(run: Path) -> None:
    """A film that leads to the folder with everything."""
    shutil.rmtree(run / "film")
    (run / "film").symlink_to("../..")


def links_to_home(run: Path) -> None:
    """Links to the folder with everything."""
    shutil.rmtree(run / "explorer")
    for name in ("explorer", "checkpoint-0001", ".latentscape-00000001"):
        (run / name).symlink_to("../..")


def links_within(run: Path) -> None:
    """Links in a run from where bundles are kept, one by one."""
    (run / "explorer/0123456789ab-0123456789ab").symlink_to("../../../thesis")
    (run / "explorer/0123456789ab-ba9876543210").symlink_to("../../../explorer")
    (run / "film/0007.npy").symlink_to("../../../0001.npy")


def lock_is_link(run: Path) -> None:
    """A lock that leads to somebody's file."""
    (run / ".lock").unlink(missing_ok=True)
    (run / ".lock").symlink_to("../../.bashrc")


def lock_is_file(run: Path) -> None:
    """A lock that is somebody's file."""
    (run / ".lock").write_text(DIARY)


WRITING = [
    ["train", "--resume", "run"],
    ["explore", "run", "--no-browser", "--limit", "20"],
]
READING = [
    ["plot", "run", "scatter"],
    ["encode", "run", "--out", "codes.parquet"],
    ["cluster", "run", "--k", "3", "--out", "groups.csv"],
    ["reconstruct", "run", "--data", "digits", "--out", "rebuilt"],
    ["measure", "run", "--groups", "reconstruction"],
    ["report", "run", "--no-judge"],
    ["compare", "run", "again", "--no-judge"],
    ["runs", "."],
]
SPOILT = {
    beside: (WRITING + READING, []),
    links_within: (WRITING, []),
    links_to_home: (WRITING, []),
    film_is_link: (WRITING, ["train", "explore"]),
    lock_is_link: (WRITING[:1], ["train"]),
    lock_is_file: (WRITING[:1], ["train"]),
}
"""How a run is spoilt, what is tried on it, and the verbs that then refuse to go on."""


def small_bundle(run, images, folder, **more):
    """Write a few codes without exporting networks, which takes long."""
    make_folder(Path(folder).parent)
    return write_bundle(folder, run.encode(images["train"])[:20])


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A folder full of other people's files, in which we work."""
    furnish(tmp_path, HOME)
    furnish(tmp_path / "cache", (*FOREIGN, "pictures/diary.txt", "judges/diary.txt"))
    monkeypatch.setenv("LATENTSCAPE_DATA", str(tmp_path / "cache"))
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setattr("latentscape.explorer.showing.serve", lambda *args, **more: None)
    monkeypatch.setattr("latentscape.bundle.from_run.bundle_run", small_bundle)
    monkeypatch.setattr("latentscape.data.folder.source.WORTH_KEEPING", 0)
    static = tmp_path / "static"
    furnish(static, ("index.html", "assets/index-1.js"))
    monkeypatch.setattr("latentscape.explorer.page.STATIC", static)
    return tmp_path


def check(home: Path, theirs: list[Path], lines: list[list[str]], capsys) -> list[str]:
    """Run commands, after each of which all that was there is there; give those that refused."""
    before, refused = look(theirs), []
    for line in lines:
        status = main(line)
        said = capsys.readouterr().err
        assert status in (0, 2), (line, said)
        if status:
            assert said.startswith("latentscape: ") and said.count("\n") == 1, said
            refused.append(line[0])
        assert look(theirs) == before, line
        new = set(everything(home)) - set(theirs)
        assert not [path for path in new if path.name.startswith(".latentscape")], line
        assert {p.relative_to(home).parts[0] for p in new} <= {"work", "run", "cache"}, line
    return refused


@pytest.mark.parametrize("spoil", SPOILT)
def test_what_works_on_a_run_leaves_the_rest_as_it_is(home, original, spoil, capsys):
    run = home / "work/run"
    for name in ("run", "again"):
        shutil.copytree(original / "run", home / "work" / name)
    other = home / "work/again/run.json"
    other.write_text(other.read_text().replace('"seed": 0', '"seed": 1'))
    ours = everything(run)
    spoil(run)
    theirs = [p for p in everything(home) if p not in ours or p.is_symlink()]
    lines, refused = SPOILT[spoil]
    assert check(home, theirs, lines, capsys) == refused
    if spoil is beside:
        assert (run / "checkpoint-0003").exists() and not (run / "checkpoint-0002").exists()
        kept = {p.name for p in (run / "explorer").iterdir() if (p / "points.arrow").exists()}
        assert len(kept) == 1 and not kept & set(OLD)


SWEEP = ["sweep", "ae", "--limit", "40", "--epochs", "1", "--hidden", "8"]
TO_A_FOLDER = [
    ["train", "ae", "--limit", "40", "--epochs", "1", "--hidden", "8"],
    ["reconstruct", "../run", "--data", "digits"],
    ["export", "../run", "--format", "bundle"],
    ["export", "../run", "--format", "site"],
]


def test_what_is_written_to_a_folder_replaces_nothing_but_our_own(home, original, capsys):
    shutil.copytree(original / "run", home / "run")
    with opened_bundle(home / "run") as bundle:
        spaces = [write_site(bundle, home / "work" / name) for name in ("site", "mine")]
        spaces += [shutil.copytree(bundle.folder, home / "work" / n) for n in ("space", "yours")]
    furnish(home / "work/mine", ("assets/logo.png", "bundle/diary.txt"))
    furnish(home / "work/yours", ("diary.txt",))
    (home / "work/linked").symlink_to("../empty")
    (home / "work/bare").symlink_to("../nothing")
    (home / "nothing").mkdir()
    outs = ["../thesis", "..", "mine", "yours", "linked", "bare"]
    theirs = [p for p in everything(home) if not {"site", "space", "run"} & {*p.parts}]
    lines = [[*line, "--out", out] for line in TO_A_FOLDER for out in outs]
    assert check(home, theirs, lines, capsys) == [line[0] for line in lines]
    lines = [[*TO_A_FOLDER[2], "--out", "space"], [*TO_A_FOLDER[3], "--out", "site"]]
    assert check(home, theirs, lines, capsys) == []  # what is ours is replaced


def test_a_sweep_beside_a_repository_leaves_it(home, original, capsys):
    place = home / "work/sweep"
    hidden = tuple(name for name in FOREIGN if name.startswith("."))
    furnish(place, hidden)
    run = shutil.copytree(original / "run", home / "run")
    theirs = everything(home)
    line = [*SWEEP, "--out", "sweep"]
    assert check(home, theirs, [line, line, ["sweep", "sweep"]], capsys) == []
    assert (place / "table.csv").exists()
    shutil.rmtree(place / "seed=0")
    (place / "seed=0").symlink_to(run)  # to a run of somebody's, with an epoch to come
    assert check(home, [*theirs, place / "seed=0"], [line], capsys) == ["sweep"]


def test_decoded_pictures_are_kept_where_nothing_else_is(home, capsys):
    folder = home / "work/pictures"
    folder.mkdir()
    for i in range(12):
        Image.fromarray(np.full((4, 4), i, np.uint8)).save(folder / f"{i}.png")
    train_on = [*TO_A_FOLDER[0], "--data", "pictures"]
    lines = [[*train_on, "--out", "first"]]
    assert check(home, everything(home), lines, capsys) == []
    [place] = (p for p in (home / "cache/pictures").iterdir() if p.name.startswith("pictures-"))
    Image.new("L", (4, 4)).save(folder / "more.png")  # what was kept is made anew
    assert (
        check(
            home,
            [p for p in everything(home) if place not in p.parents and p != place],
            [[*train_on, "--out", "second"]],
            capsys,
        )
        == []
    )
    Image.new("L", (4, 4)).save(folder / "most.png")
    furnish(place, ("diary.txt",))
    assert check(home, everything(home), [[*train_on, "--out", "third"]], capsys) == ["train"]
