"""What is read with pictures that a verb is given: tables, dates of cameras, broken files."""

import inspect
import re
from importlib import import_module

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image

from latentscape.cli.answers import QuestionFlags
from latentscape.cli.main import VERBS, main
from latentscape.cli.reading import ReadingFlags
from latentscape.data import load_images
from latentscape.parts.networks import Network
from latentscape.runs.load import load_run
from latentscape.training import train

RNG = np.random.default_rng(0)
TINY = {"net": Network(hidden=(4,))}


def call(*words):
    return main([str(word) for word in words])


def picture(path, shade, taken=None):
    path.parent.mkdir(parents=True, exist_ok=True)
    exif = Image.Exif()
    if taken:
        exif.get_ifd(0x8769)[36867] = taken
    pixels = RNG.integers(0, 256, (8, 8), np.uint8) // 8 + np.uint8(shade)
    Image.fromarray(pixels).save(path, exif=exif)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Dark and light pictures, one of them broken, a table about them, and a run of others."""
    place = tmp_path_factory.mktemp("reading")
    lines = ["file,shade,age", "broken.jpeg,dark,99"]
    for i in range(40):
        shade = 20 + 150 * (i % 2)
        picture(place / "first" / f"{i}.png", shade)
        picture(place / "others" / f"{i}.jpg", shade, f"2024:05:{1 + i % 28:02d} 10:00:00")
        lines.append(f"{i}.jpg,{'light' if i % 2 else 'dark'},{i}")
    (place / "about.csv").write_text("\n".join(lines))
    (place / "others" / "broken.jpeg").write_bytes(b"\xff\xd8\xff no more")
    lines = [line.replace(".jpg", ".png") for line in lines]
    (place / "own.csv").write_text("\n".join(lines))
    train("ae", load_images(place / "first"), **TINY, out=place / "run", epochs=1)
    return place


def others(place):
    return ("--data", place / "others", "--skip-bad", "--labels", f"{place / 'about.csv'}")


def test_every_verb_that_takes_pictures_takes_the_flags_of_reading_them():
    without = set()
    for verb in VERBS:
        function = getattr(import_module(f"latentscape.cli.{verb}"), verb)
        if not inspect.isfunction(function):  # train, sweep and plot make their flags
            continue
        defaults = [p.default for p in inspect.signature(function).parameters.values()]
        kinds = {type(default) for default in defaults}
        reads = any(issubclass(kind, ReadingFlags) for kind in kinds)
        if "data" in inspect.signature(function).parameters and not reads:
            without.add(verb)
        if QuestionFlags in kinds:
            assert isinstance(QuestionFlags().reading, ReadingFlags)
    assert without == set()


@pytest.mark.parametrize("verb", ["train ae", "sweep ae", "plot run scatter"])
def test_so_do_the_verbs_that_make_their_flags(place, capsys, verb):
    words = [str(place / "run") if word == "run" else word for word in verb.split()]
    assert call(*words, "--help") == 0
    said = capsys.readouterr().out
    assert all(flag in said for flag in ("--labels", "--exif", "--skip-bad"))


def test_the_table_of_codes_has_the_columns_of_both(place, capsys):
    out = place / "codes.parquet"
    assert call("encode", place / "run", *others(place), "--exif", "--out", out) == 0
    rows = {row["id"]: row for row in pq.read_table(out).to_pylist()}
    assert len(rows) == 40
    for i in range(40):
        row = rows[f"{i}.jpg"]
        assert (row["shade"], row["age"]) == ("light" if i % 2 else "dark", i)
        assert row["taken"].day == 1 + i % 28
    said = capsys.readouterr().err
    assert "40 images of 8×8 in grey" in said
    assert "from 40 .jpg;" in said
    assert "left out: 1 .jpeg (unreadable)" in said


def test_classes_of_a_table_are_those_that_verbs_go_by(place, capsys):
    labelled = (*others(place)[:-1], f"{place / 'about.csv'}:shade")
    out = place / "clusters.csv"
    assert call("cluster", place / "run", *labelled, "--k", 2, "--split", "all", "--out", out) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("accuracy ")
    rows = [line.split(",") for line in out.read_text().splitlines()[1:]]
    assert {(int(row[0].partition(".")[0]) % 2, row[3]) for row in rows} == {
        (0, "dark"),
        (1, "light"),
    }
    table = place / "odd.csv"
    assert call("odd", place / "run", *labelled, "--by", "class", "--k", 3, "--out", table) == 0
    rows = [line.split(",") for line in table.read_text().splitlines()]
    groups = [row[rows[0].index("label")] for row in rows[1:]]
    assert sorted(groups) == ["dark"] * 3 + ["light"] * 3


@pytest.mark.parametrize("flags", [[], ["--data", "first"]])
def test_a_table_that_came_later_is_asked_about_the_pictures_of_the_run(place, capsys, flags):
    given = [str(place / word) if word == "first" else word for word in flags]
    out = place / "old.csv"
    table = ("--labels", f"{place / 'own.csv'}:shade")
    assert call("select", place / "run", "age >= 37", *given, *table, "--out", out) == 0
    found = {line.split(",")[0] for line in out.read_text().splitlines()[1:]}
    assert {name.strip('"') for name in found} == {"37.png", "38.png", "39.png"}
    assert "not those that were trained on" not in capsys.readouterr().err


def test_columns_reach_measures_and_the_page_though_a_bundle_was_kept(place, capsys):
    bundle = place / "bundle"
    assert call("export", place / "run", place / "bare", "--format", "bundle") == 0
    table = ("--labels", place / "own.csv")
    assert call("export", place / "run", bundle, "--format", "bundle", *table) == 0
    named = {
        where: re.findall(r'"name": "(age|shade)"', (place / where / "space.json").read_text())
        for where in ("bare", "bundle")
    }
    assert named == {"bare": [], "bundle": ["shade", "age"]}
    capsys.readouterr()
    words = (*table, "--groups", "columns", "--json", "--no-judge")
    assert call("measure", place / "run", *words) == 0
    assert "age" in capsys.readouterr().out


def test_a_bundle_that_was_kept_is_that_of_its_columns(place):
    from latentscape.explorer.cached import cached_bundle

    run = load_run(place / "run")
    kept = []
    for labels in (None, place / "own.csv"):
        images = load_images(place / "first", labels=labels)
        kept.append(cached_bundle(run.folder, images, trust=False))
    names = [{c["name"] for c in b.space["columns"]} for b in kept]
    assert names[1] - names[0] == {"shade", "age"}


def test_one_picture_is_told_of(place, capsys):
    one = place / "others" / "3.jpg"
    for verb, out in (("encode", "one.parquet"), ("cluster", "one.csv"), ("reconstruct", "one")):
        more = ("--k", 1) if verb == "cluster" else ()
        assert call(verb, place / "run", "--data", one, "--out", place / out, *more) == 0
        said = capsys.readouterr().err.splitlines()
        assert said == [
            "3.jpg: 1 image of 8×8 in grey; from 1 .jpg; no classes; values "
            + said[0].rpartition(" values ")[2]
        ]
    out = place / "one2.parquet"
    words = ("--labels", place / "about.csv", "--exif", "--out", out)
    assert call("encode", place / "run", "--data", one, *words) == 0
    [row] = pq.read_table(out).to_pylist()
    assert (row["age"], row["taken"].day) == (3, 4)


def test_pictures_that_are_asked_about_are_read_so_too(place, capsys):
    words = ("similar", place / "run", place / "others")
    assert call(*words) == 2
    assert "or leave them out with --skip-bad" in capsys.readouterr().err
    assert call(*words, "--skip-bad", "--k", 1, "--out", place / "near.csv") == 0
    assert len((place / "near.csv").read_text().splitlines()) == 41
    assert "others: 40 images of 8×8 in grey; from 40 .jpg" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("cluster", "run", "--exif", "--out", "c.csv"), "the table of clusters has no columns"),
        (("sample", "run", "--exif", "--out", "s.png"), "what is drawn has no columns"),
        (("reconstruct", "run", "--data", "others", "--exif", "--out", "x"), "without columns"),
        (
            ("reconstruct", "run", "--data", "first", "--labels", "own.csv", "--out", "x"),
            "not cond",
        ),
        (("export", "codes.npy", "x", "--skip-bad"), "is no run with images"),
        (("measure", "codes.npy", "--exif"), "holds codes only"),
    ],
)
def test_where_a_flag_has_nothing_to_do_a_sentence_says_why(place, capsys, words, why):
    np.save(place / "codes.npy", RNG.normal(size=(20, 2)))
    files = ("run", "others", "first", "own.csv", "codes.npy")
    assert call(*(place / w if w in files else w for w in words)) == 2
    said = capsys.readouterr().err
    assert "has nothing to do here" in said
    assert why in said


def test_other_pictures_may_be_prepared_in_another_way_and_one_s_own_may_not(place, capsys):
    """Masks of 0 and 1 are nearly black to a run of bytes, unless it is said what they are."""
    masks = (RNG.random((20, 8, 8)) > 0.5).astype(np.uint8)
    np.save(place / "masks.npy", masks)
    np.save(place / "bytes.npy", 255 * masks)
    codes = {}
    for name, flags in (("masks", ()), ("masks", ("--scale", "0,1")), ("bytes", ())):
        out = place / "mask.parquet"
        words = ("--data", place / f"{name}.npy", *flags, "--out", out)
        assert call("encode", place / "run", *words) == 0
        said = capsys.readouterr().err
        assert ("values run from 0 to 1 only" in said) == (name == "masks" and not flags)
        codes[name, flags] = [[row["z_0"], row["z_1"]] for row in pq.read_table(out).to_pylist()]
    assert codes["masks", ("--scale", "0,1")] == codes["bytes", ()] != codes["masks", ()]
    assert call("encode", place / "run", "--scale", "0,1", "--out", place / "x.parquet") == 2
    assert "pictures are prepared as in training; name others with" in capsys.readouterr().err


def test_pages_and_sheets_of_others_are_read_whole_where_that_is_said(place, capsys):
    pages = [Image.fromarray(RNG.integers(0, 256, (8, 8), np.uint8)) for _ in range(3)]
    pages[0].save(place / "stack.tif", save_all=True, append_images=pages[1:])
    sheet = Image.fromarray(RNG.integers(0, 256, (16, 24), np.uint8))
    sheet.save(place / "sheet.png")
    for file, flags, count in (
        ("stack.tif", (), 1),
        ("stack.tif", ("--pages", "all"), 3),
        ("sheet.png", ("--tile", "8x8"), 6),
    ):
        out = place / f"{file}-{count}"
        words = ("--data", place / file, *flags, "--out", out)
        assert call("reconstruct", place / "run", *words) == 0
        assert len(list(out.iterdir())) == count
        said = capsys.readouterr().err
        assert ("--pages all reads them all" in said) == (count == 1)


def test_a_limit_says_of_how_many_it_left(place, capsys):
    assert call("train", "ae", "--data", place / "first", "--limit", 7, "--epochs", 1,
                "--out", place / "few") == 0  # fmt: skip
    said = capsys.readouterr().out.splitlines()[0]
    assert (
        "10 images of 8×8 in grey (7 train, 1 validation, 2 test); of 40 pictures: 40 .png" in said
    )


def test_a_conditional_model_goes_by_the_names_of_classes(place, tmp_path, capsys):
    for i in range(12):
        for name, shade in (("bird", 10), ("cat", 90), ("dog", 190)):
            picture(tmp_path / "all" / name / f"{i}.png", shade)
    images = load_images(tmp_path / "all")
    run = train("conditional-vae", images, **TINY, latent=2, out=tmp_path / "run", epochs=1)
    few = load_images(tmp_path / "all").train
    cats = few.take(np.flatnonzero(few.labels == 1))
    from dataclasses import replace

    alone = replace(cats, labels=np.zeros(len(cats), np.int64), classes=("cat",))
    np.testing.assert_array_equal(run.encode(alone), run.encode(cats))
    assert (run.encode(cats, np.zeros(len(cats), np.int64)) != run.encode(cats)).any()
    (tmp_path / "all" / "bird").rename(tmp_path / "all" / "fish")
    words = ("--data", tmp_path / "all", "--out", tmp_path / "t.parquet")
    assert call("encode", tmp_path / "run", *words) == 2
    assert "have the class 'fish', and the model is conditioned on bird" in capsys.readouterr().err
