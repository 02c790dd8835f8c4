"""What a run knows of its pictures: how they were prepared, and which were tested on."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image

from latentscape.bundle.from_run import bundle_run
from latentscape.cli.main import main
from latentscape.data import load_images
from latentscape.parts.networks import Network
from latentscape.reports.facts import training_of
from latentscape.runs.data import Data
from latentscape.runs.load import load_run
from latentscape.system.errors import LatentscapeError
from latentscape.training import resume, train

RNG = np.random.default_rng(0)
TINY = {"net": Network(hidden=(4,))}


def put(path, pixels, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path, **options)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder of scans of 12 bits and mixed sizes, and a run of it."""
    place = tmp_path_factory.mktemp("scans")
    for i in range(20):
        scan = RNG.integers(0, 4096, (9 + i % 3, 8)).astype(np.uint16)
        put(place / "scans" / f"{i}.tif", scan)
    images = load_images(place / "scans", size="8x6", fit="pad", background="black", invert=True)
    train("ae", images, **TINY, out=place / "run", epochs=1)
    return place


@pytest.fixture
def place(made, tmp_path):
    """A copy that may be changed."""
    shutil.copytree(made, tmp_path / "p")
    record = tmp_path / "p" / "run" / "run.json"
    record.write_text(record.read_text().replace(str(made), str(tmp_path / "p")))
    return tmp_path / "p"


def test_a_run_keeps_what_was_read_and_what_was_done_to_it(place):
    data = json.loads((place / "run" / "run.json").read_text())["data"]
    assert data["preparation"] == {
        "size": "8x6",
        "fit": "pad",
        "background": "black",
        "scale": "0,4095",
        "invert": True,
        "colour": "grey",
        "pages": "first",
        "tile": "",
    }
    assert data["summary"].startswith("scans: 20 images of 8×6 in grey (14 train, 2 validation, ")
    assert any("--scale 0,4095" in note for note in data["notes"])
    run = load_run(place / "run")
    assert run.own_images().fingerprint == data["fingerprint"]
    told = dict(training_of(run))
    assert "20 images of 8×6 in grey" in told["read as"]
    assert not any(str(place) in value for value in told.values())


def test_other_pictures_are_prepared_as_its_own_were(place, capsys):
    put(place / "other" / "a.tif", np.full((12, 12), 1000, np.uint16))
    run = load_run(place / "run")
    expected = np.full((1, 1, 6, 8), 255, np.uint8)  # black that is inverted
    expected[..., 1:7] = 255 - round(1000 * 255 / 4095)
    for name in ("other", "other/a.tif"):
        out = place / name.replace("/", "-")
        assert (
            main(
                [
                    "reconstruct",
                    str(place / "run"),
                    "--data",
                    str(place / name),
                    "--out",
                    f"{out}-out",
                ]
            )
            == 0
        )
        found = np.asarray(Image.open(f"{out}-out/a.png"))
        assert np.abs(found / 255 - run.reconstruct(expected)[0, 0]).max() < 1 / 255


def test_a_bundle_tells_how_pictures_were_prepared_and_no_folder(place, tmp_path):
    run = load_run(place / "run")
    splits = run.own_images()
    bundle_run(run, {"train": splits.train, "test": splits.test}, tmp_path / "bundle")
    space = json.loads((tmp_path / "bundle" / "space.json").read_text())
    assert space["preparation"]["fit"] == "pad"
    for path in (tmp_path / "bundle").iterdir():
        assert str(place).encode() not in path.read_bytes()


def test_what_was_tested_on_stays_so_and_a_changed_folder_is_said(place, capsys):
    run = load_run(place / "run")
    before = run.own_images()
    assert capsys.readouterr().err == ""
    trained, tested = set(before.train.ids), sorted(before.test.ids)
    (place / "scans" / tested[0]).unlink()
    for i in range(6):
        put(place / "scans" / f"new{i}.tif", RNG.integers(0, 99, (9, 8)).astype(np.uint16))
    after = run.own_images()
    assert sorted(after.test.ids) == tested[1:]
    assert not trained & {*after.test.ids, *after.validation.ids}
    said = capsys.readouterr().err
    assert "are not those that were trained on (20 train for 14, 3 test for 4)" in said
    with pytest.raises(LatentscapeError, match=r"are not those that .* was trained on; restore"):
        resume(place / "run")


def test_a_run_from_before_finds_its_images(tmp_path):
    for i in range(30):
        put(tmp_path / "scans" / f"{i}.png", RNG.integers(0, 2, (140, 130)).astype(np.uint8))
    ways = {"size": "130x140", "scale": "dtype", "background": "white", "kept": {}}
    images = load_images(tmp_path / "scans", **ways)
    assert (
        images.fingerprint != load_images(tmp_path / "scans", **{**ways, "kept": None}).fingerprint
    )
    train("ae", images, **TINY, out=tmp_path / "run", epochs=1)
    path = tmp_path / "run" / "run.json"
    raw = json.loads(path.read_text())
    for key in ("preparation", "cut", "summary", "notes"):
        del raw["data"][key]
    raw["data"]["options"]["size"] = None
    path.write_text(json.dumps(raw))
    run = load_run(tmp_path / "run")
    assert run.own_images().fingerprint == raw["data"]["fingerprint"]


def test_a_moved_folder_can_be_named(place, capsys):
    (place / "scans").rename(place / "moved")
    with pytest.raises(LatentscapeError, match=r"no longer at '.*scans'; say with --data where"):
        load_run(place / "run").own_images()
    assert main(["train", "--resume", str(place / "run"), "--data", str(place / "moved")]) == 0


def test_a_moved_folder_is_known_again_by_every_verb(tmp_path, capsys):
    pictures, about = tmp_path / "a", tmp_path / "about.csv"
    for i in range(20):
        put(pictures / f"{i}.png", RNG.integers(0, 256, (6, 8), np.uint8))
    rows = [f"{i}.png,{'cat' if i % 2 else 'dog'},{i}" for i in range(20)]
    about.write_text("\n".join(["file,kind,age", *rows]))
    images = load_images(pictures, labels=f"{about}:kind")
    train("ae", images, **TINY, out=tmp_path / "run", epochs=1)
    pictures.rename(tmp_path / "b")
    (tmp_path / "b/0.png").unlink()
    capsys.readouterr()
    table = tmp_path / "t.parquet"
    flags = ["--data", str(tmp_path / "b"), "--out", str(table)]
    assert main(["encode", str(tmp_path / "run"), *flags]) == 0
    found = {row["id"]: row for row in pq.read_table(table).to_pylist()}
    tested = {name for name, row in found.items() if row["split"] == "test"}
    assert tested == {*images.test.ids} - {"0.png"}
    assert (found["3.png"]["label"], found["3.png"]["age"]) == ("cat", 3)
    said = capsys.readouterr().err
    assert "19 images of 8×6 in grey" in said
    assert "not those that were trained on" in said
    put(tmp_path / "b/unknown.png", np.zeros((6, 8), np.uint8))  # which the table does not label
    assert main(["encode", str(tmp_path / "run"), *flags]) == 0
    assert "the run's table of labels is not used here" in capsys.readouterr().err
    rows = pq.read_table(table).to_pylist()
    assert {row["id"] for row in rows if row["split"] == "test"} == tested


def test_other_pictures_are_read_by_themselves_and_that_is_said(place, capsys):
    for i in range(9):
        put(place / "others" / f"x{i}.png", RNG.integers(0, 256, (6, 8), np.uint8))
    (place / "others/y.heic").write_bytes(b"\0\0\0\x18ftypheic")
    (place / "others/z.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    capsys.readouterr()
    for verb in (["encode", str(place / "run")], ["typical", str(place / "run")]):
        flags = ["--data", str(place / "others"), "--out", str(place / "t.parquet")]
        assert main([*verb, *flags]) == 0
        assert "1 .svg left out (a drawing)" in capsys.readouterr().err


@pytest.mark.parametrize("skip_bad", [False, True])
def test_what_cannot_be_read_of_others_is_left_out_where_training_left_it_out(
    place, tmp_path, capsys, skip_bad
):
    images = load_images(place / "scans", size="8x6", fit="pad", skip_bad=skip_bad)
    train("ae", images, **TINY, out=tmp_path / "run", epochs=1)
    for i in range(6):
        put(place / "others" / f"{i}.png", np.full((6, 8), 40 * i, np.uint8))
    (place / "others" / "x.png").write_bytes(b"\x89PNG no more")
    words = ["--data", str(place / "others"), "--out", str(tmp_path / "t.parquet")]
    assert main(["encode", str(tmp_path / "run"), *words]) == (0 if skip_bad else 2)
    said = capsys.readouterr().err
    left_out = "1 unreadable picture was left out"
    refused = "take them away, or leave them out with --skip-bad"
    assert (left_out if skip_bad else refused) in said


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("preparation", {"fit": "twist"}),
        ("preparation", {"size": 64}),
        ("preparation", {"fetch": True}),
        ("preparation", {"scale": "1,nan"}),
        ("cut", {"test": "0.tif"}),
        ("cut", {"test": [1]}),
        ("notes", [3]),
    ],
)
def test_what_cannot_be_done_to_pictures_is_damage(place, key, value):
    path = place / "run" / "run.json"
    raw = json.loads(path.read_text())
    raw["data"][key] = value
    path.write_text(json.dumps(raw))
    with pytest.raises(LatentscapeError, match=r"run\.json' is damaged"):
        load_run(place / "run")


def test_pictures_of_one_name_are_two_files(place, capsys):
    put(place / "pair" / "a.png", np.zeros((8, 8), np.uint8))
    put(place / "pair" / "a.jpg", np.full((8, 8), 200, np.uint8))
    put(place / "pair" / "b.jpg", np.full((8, 8), 200, np.uint8))
    out = place / "out"
    assert (
        main(["reconstruct", str(place / "run"), "--data", str(place / "pair"), "--out", str(out)])
        == 0
    )
    assert sorted(p.name for p in out.iterdir()) == ["a.jpg.png", "a.png.png", "b.png"]


def test_a_dense_layer_out_of_proportion_is_refused(tmp_path):
    np.save(tmp_path / "large.npy", np.zeros((5, 450, 450), np.uint8))
    images = load_images(tmp_path / "large.npy")
    with pytest.raises(LatentscapeError, match="52 million numbers for images of 1×450×450, which"):
        train("ae", images, network="dense", epochs=1)
    chosen = train("ae", images, epochs=1).model
    assert chosen.blueprint.arguments["net"]["network"] == "conv"
    assert max(p.numel() for p in chosen.parameters()) < 1_000_000


def test_changes_of_images_say_what_differs_and_no_more():
    images, fewer = (load_images("digits", limit=limit) for limit in (60, 50))
    data = Data.of(images)
    assert data.changes(images) == ""
    counts = ", ".join(
        f"{len(now)} {name} for {len(then)}"
        for name, now, then in (
            ("train", fewer.train, images.train),
            ("validation", fewer.validation, images.validation),
            ("test", fewer.test, images.test),
        )
        if len(now) != len(then)
    )
    assert data.changes(fewer) == (
        f"the images of 'digits' are not those that were trained on ({counts})"
    )
    changed = replace(images, train=replace(images.train, pixels=255 - images.train.pixels))
    assert data.changes(changed) == "the images of 'digits' are not those that were trained on"
    kept = replace(data, cut={"test": ["a.png"]})
    assert kept.changes(changed).endswith("; what was tested on then is tested on now")
