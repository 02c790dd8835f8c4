"""Questions about images with planted answers."""

from dataclasses import replace

import numpy as np
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from PIL import Image
from scipy.spatial.distance import cdist

import latentscape as ls
from latentscape.data import Images, Splits
from latentscape.system.errors import LatentscapeError

CLASSES = ("left", "right", "middle")


def bars(n, seed):
    """Bright bars at three places, a class each, of uneven brightness."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % 3
    pixels = rng.integers(0, 40, (n, 1, 8, 12)).astype(np.uint8)
    for i, c in enumerate(labels):
        pixels[i, :, :, 4 * c : 4 * c + 4] += rng.integers(120, 200, dtype=np.uint8)
    return Images(pixels, labels, CLASSES, [f"{seed}/{i}.png" for i in range(n)], "bars")


@pytest.fixture(scope="module")
def splits():
    return Splits("bars", bars(90, 0), bars(12, 1), bars(30, 2))


@pytest.fixture(scope="module")
def run(splits):
    return ls.train("ae", splits, latent=4, network="dense", epochs=20, seed=0)


def planted(images, **changes):
    pixels, labels = images.pixels.copy(), images.labels.copy()
    for row, value in changes.pop("pixels", {}).items():
        pixels[row] = value
    for row, value in changes.pop("labels", {}).items():
        labels[row] = value
    return replace(images, pixels=pixels, labels=labels)


def test_the_nearest_are_those_of_brute_force(run, splits):
    asked = splits.test.take(np.array([4, 9]))
    found = ls.similar(run, asked, splits, split="train", k=5)
    away = cdist(run.encode(asked), run.encode(splits.train))
    order = np.argsort(away, axis=1)[:, :5]
    assert found.rows.reshape(2, 5).tolist() == order.tolist()
    np.testing.assert_allclose(found.table["score"], np.sort(away, axis=1)[:, :5].ravel(), 1e-4)
    assert found.table["id"].to_pylist() == [splits.train.ids[i] for i in order.ravel()]
    assert found.table["asked"].to_pylist() == [asked.ids[0]] * 5 + [asked.ids[1]] * 5
    np.testing.assert_array_equal(found.pixels(), splits.train.pixels[order.ravel()])


def test_an_image_is_not_like_itself_and_its_copy_is(run, splits):
    own = ls.similar(run, "2/7.png", splits, k=4).table["id"].to_pylist()
    assert "2/7.png" not in own
    copied = replace(splits, train=planted(splits.train, pixels={50: splits.test.pixels[7]}))
    found = ls.similar(run, "2/7.png", copied, k=4).table
    assert (found["id"][0].as_py(), found["score"][0].as_py()) == ("0/50.png", 0)


def test_a_file_is_prepared_as_the_run_s_own(run, splits, tmp_path):
    large = Image.fromarray(splits.train.pixels[17, 0]).resize((120, 120))
    large.convert("RGB").save(tmp_path / "mine.png")
    found = ls.similar(run, [tmp_path / "mine.png", "0/3.png"], splits, k=3)
    middle = large.crop((0, 20, 120, 100)).resize((12, 8), Image.Resampling.LANCZOS)
    np.testing.assert_array_equal(found.asked[0, 0], middle)
    away = cdist(run.encode(np.asarray(middle)[None, None]), found.pool.codes)[0]
    assert found.rows[:3].tolist() == away.argsort()[:3].tolist()
    assert found.table["asked"][0].as_py() == str(tmp_path / "mine.png")
    with pytest.raises(LatentscapeError, match="neither a file nor the id"):
        ls.similar(run, "0/3.jpg", splits)
    with pytest.raises(LatentscapeError, match="give 1 to 131"):
        ls.similar(run, "0/3.png", splits, k=132)


def test_a_leak_comes_first_and_a_copy_of_another_label_is_said(run, splits):
    train = planted(splits.train, pixels={5: splits.train.pixels[4], 60: splits.train.pixels[30]})
    noisy = splits.train.pixels[80].astype(int) + np.arange(12) % 3
    leaked = planted(splits.test, pixels={2: noisy.astype(np.uint8)})
    found = ls.duplicates(run, replace(splits, train=train, test=leaked), tolerance=0.02)
    rows = found.table.to_pylist()
    assert [(row["group"], row["id"], row["split"]) for row in rows] == [
        (1, "0/80.png", "train"),
        (1, "2/2.png", "test"),
        (2, "0/4.png", "train"),
        (2, "0/5.png", "train"),
        (3, "0/30.png", "train"),
        (3, "0/60.png", "train"),
    ]
    assert "nearly 2/2.png" in rows[0]["reason"]
    assert "a leak: in train and test" in rows[1]["reason"]
    assert rows[2]["reason"] == "the same pixels as 0/5.png; labelled right and middle"
    assert rows[4]["reason"] == "the same pixels as 0/60.png"
    assert found.title.startswith("3 groups of duplicates among 132 images, 1 of them across")
    assert ls.duplicates(run, splits, tolerance=0).rows.tolist() == []


def test_a_wrong_label_is_the_oddest_of_its_class(run, splits):
    wrong = planted(splits.train, labels={31: 0})  # a bar at the right, called left
    found = ls.odd(run, wrong, by="class", k=1).table.to_pylist()
    assert [row["label"] for row in found] == list(CLASSES)
    assert found[0]["id"] == "0/31.png"
    assert "distance to the mean of 'left'" in found[0]["reason"]
    assert found[0]["reason"].endswith("; 10 of its 10 nearest are 'right'")
    assert ls.odd(run, wrong, k=1).table["id"].to_pylist() == ["0/31.png"]


def test_what_the_model_never_saw_is_odd_by_its_error(run, splits):
    checks = np.indices((8, 12)).sum(axis=0) % 2 * 255
    strange = planted(splits.test, pixels={13: checks})
    plain = replace(strange, labels=None, classes=())
    for some in (strange, plain):
        first = ls.odd(run, some).table.to_pylist()[0]
        error = np.mean((run.reconstruct(some)[13] - checks / 255) ** 2)
        assert first["id"] == "2/13.png"
        assert first["error"] == pytest.approx(error, rel=1e-4)
        assert "error" in first["reason"] or "nearest" in first["reason"]
    assert "label" not in ls.odd(run, plain).table.column_names
    with pytest.raises(LatentscapeError, match="no classes"):
        ls.odd(run, plain, by="class")


def test_few_of_a_class_are_not_judged(run, splits):
    few = splits.train.take(np.array([0, 3, 6, 9, 12, 1, 4]))
    found = ls.odd(run, few, by="class")
    assert set(found.table["label"].to_pylist()) == {"left"}
    assert found.notes == ("classes with fewer than 4 images are left out: right",)


def test_the_typical_are_nearest_to_the_middle_of_their_class(run, splits):
    found = ls.typical(run, splits, split="train", k=2)
    z, labels = run.encode(splits.train), splits.train.labels
    for c in range(3):
        away = np.linalg.norm(z - z[labels == c].mean(0), axis=1)
        own = np.flatnonzero(labels == c)
        expected = own[np.argsort(away[own])[:2]]
        assert found.rows[2 * c : 2 * c + 2].tolist() == expected.tolist()
        scores = found.table["score"].to_numpy()[2 * c : 2 * c + 2]
        np.testing.assert_allclose(scores, away[expected], rtol=1e-4)
    assert ls.odd(run, splits.train, k=5).rows.tolist() not in found.rows.tolist()
    assert [found.names[group] for group in found.groups] == [c for c in CLASSES for _ in "ab"]
    for group, reason in zip(found.groups, found.table["reason"].to_pylist(), strict=True):
        assert reason.endswith(f"of the median distance to the mean of '{found.names[group]}'")
    plain = ls.typical(run, replace(splits.train, labels=None, classes=()), k=3)
    assert plain.table["reason"][0].as_py().endswith("to the mean of all") and plain.groups is None


def test_a_selection_is_of_the_table_that_encode_writes(run, splits):
    found = ls.select(run, "class != 'left' and error > 0.001 and split == 'test'", splits)
    errors = ((run.reconstruct(splits.test) - splits.test.pixels / 255) ** 2).mean((1, 2, 3))
    expected = np.flatnonzero((errors > 0.001) & (splits.test.labels != 0))
    expected = expected[np.argsort(-errors[expected], kind="stable")]
    assert found.table["id"].to_pylist() == [f"2/{i}.png" for i in expected]
    assert {"z_3", "class_distance", "origin_distance"} <= set(found.table.column_names)
    np.testing.assert_array_equal(found.pixels(), splits.test.pixels[expected])
    none = ls.select(run, "label == 'up'", splits)
    assert (len(none), none.table.num_rows) == (0, 0)
    with pytest.raises(LatentscapeError, match="did you mean error"):
        ls.select(run, "eror > 1", splits)


def test_answers_are_written_and_drawn(run, splits, tmp_path):
    found = ls.odd(run, splits, by="class", k=8)
    found.save(tmp_path / "new" / "a.csv")
    found.save(tmp_path / "a.parquet")
    assert pq.read_table(tmp_path / "a.parquet").equals(found.table)
    assert pyarrow.csv.read_csv(tmp_path / "new" / "a.csv").num_rows == len(found) == 24
    with Image.open(found.sheet(tmp_path / "a.png")) as sheet:
        wide = sheet.size[0]
    with Image.open(found.sheet(tmp_path / "b.png", most=6)) as sheet:
        assert sheet.size[0] < wide
    with pytest.raises(LatentscapeError, match="does not end in"):
        found.save(tmp_path / "a.txt")
    with pytest.raises(LatentscapeError, match="no picture"):
        ls.select(run, "label == 'up'", splits).sheet(tmp_path / "c.png")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.parquet", "a.png", "b.png", "new"]


def test_a_sheet_has_the_pictures_of_the_answer(run, splits, monkeypatch, tmp_path):
    drawn = []
    monkeypatch.setattr(
        "latentscape.evaluation.questions.answer.contact_sheet",
        lambda rows, title, note: drawn.append((rows, note)) or real(rows, title, note),
    )
    from latentscape.figures.contact_sheet import contact_sheet as real

    found = ls.similar(run, ["0/3.png", "0/4.png"], splits, k=12)
    found.sheet(tmp_path / "a.png", most=6)
    (first, second), note = drawn[0]
    np.testing.assert_array_equal(first.pictures[0], splits.train.pixels[3])
    np.testing.assert_array_equal(second.pictures[0], splits.train.pixels[4])
    np.testing.assert_array_equal(second.pictures[1:], found.pixels()[12:15])
    assert (second.name, second.words[0], note) == ("0/4.png", "asked", "6 of 24")


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda run, s: ls.odd(run, s, k=0), "k is 0"),
        (lambda run, s: ls.typical(run, s, k=0), "k is 0"),
        (lambda run, s: ls.odd(run, s, split="tst"), "there is no split 'tst'"),
        (lambda run, s: ls.duplicates(run, s, tolerance=2), "tolerance of 0 to 1"),
        (lambda run, s: ls.similar(run, [], s), "no picture is asked about"),
        (lambda run, s: ls.typical(run), "does not know its images"),
    ],
)
def test_mistakes_are_answered_in_a_sentence(run, splits, call, words):
    with pytest.raises(LatentscapeError, match=words):
        call(replace(run, record=None), splits)
