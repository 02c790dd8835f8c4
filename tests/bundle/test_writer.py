import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from latentscape.bundle import Overlay, TableView, View, read_bundle, write_bundle
from latentscape.bundle.neighbours import neighbour_graph
from latentscape.bundle.networks import open_network
from latentscape.bundle.tables import read_arrow
from latentscape.system.errors import LatentscapeError
from tests.bundle.samples import Sample


@pytest.fixture(scope="module")
def sample() -> Sample:
    return Sample()


@pytest.fixture(scope="module")
def bundle(sample, tmp_path_factory):
    return read_bundle(sample.write(tmp_path_factory.mktemp("bundles") / "digits"))


def column(path: Path, name: str) -> np.ndarray:
    values = read_arrow(path)[name].combine_chunks()
    flat = values.flatten() if hasattr(values, "flatten") else values
    return flat.to_numpy(zero_copy_only=False)


def rows(bundle) -> list[int]:
    """Which row of the sample each point is, by its id."""
    ids = read_arrow(bundle.folder / "details.arrow")["id"].to_pylist()
    return [int(name.removeprefix("digit-")) for name in ids]


def test_points_keep_codes_labels_and_ids_together(bundle, sample):
    codes = column(bundle.folder / "points.arrow", "code").reshape(-1, 2)
    order = rows(bundle)
    assert sorted(order) == list(range(400))
    assert order != sorted(order)
    np.testing.assert_array_equal(codes, sample.codes[order])
    np.testing.assert_array_equal(
        column(bundle.folder / "points.arrow", "label"), sample.labels[order]
    )


def test_thumbnails_are_the_pictures_exactly(bundle, sample):
    atlas = bundle.space["atlas"]
    for i, row in enumerate(rows(bundle)):
        sheet = np.asarray(Image.open(bundle.folder / atlas["files"][i // atlas["each"]]))
        at = i % atlas["each"]
        top = at // atlas["columns"] * atlas["height"]
        left = at % atlas["columns"] * atlas["width"]
        np.testing.assert_array_equal(sheet[top : top + 8, left : left + 8], sample.pixels[row, 0])


def test_networks_do_what_python_does(bundle, sample):
    images = open_network(sample.decoder, "decoder")(sample.codes)
    np.testing.assert_allclose(images, sample.decode(sample.codes), atol=1e-5)
    codes = open_network(sample.encoder, "encoder")((sample.pixels / 255).astype(np.float32))
    np.testing.assert_allclose(codes, sample.codes, atol=1e-4)
    assert bundle.space["decoder"] == {"file": "decoder.onnx", "conditional": False}


def test_neighbours_are_the_nearest(bundle):
    codes = column(bundle.folder / "points.arrow", "code").reshape(-1, 2).astype(np.float64)
    stored = column(bundle.folder / "details.arrow", "neighbours").reshape(len(codes), -1)
    distances = np.linalg.norm(codes[:, None] - codes[None], axis=-1)
    np.fill_diagonal(distances, np.inf)
    nearest = np.sort(distances, axis=1)[:, : stored.shape[1]]
    found = np.take_along_axis(distances, stored.astype(np.int64), axis=1)
    np.testing.assert_allclose(found, nearest, rtol=1e-5)
    np.testing.assert_allclose(
        bundle.space["spacing"], np.percentile(nearest[:, -1], np.arange(101)), rtol=1e-5
    )


def test_draws_and_gaussians(bundle, sample):
    assert bundle.space["draws"]["samplers"] == [{"name": "gaussian", "count": 100}]
    table = read_arrow(bundle.folder / "gaussians.arrow")
    members = sample.codes[sample.labels == 3]
    row = table["label"].to_pylist().index(3)
    np.testing.assert_allclose(table["mean"].to_pylist()[row], members.mean(axis=0), rtol=1e-4)
    factor = np.reshape(table["factor"].to_pylist()[row], (2, 2))
    np.testing.assert_allclose(factor @ factor.T, np.cov(members.T), rtol=1e-3)


def test_linear_views_lead_back(bundle, sample):
    pca = next(view for view in bundle.space["views"] if view["name"] == "pca")
    placed = (sample.codes - pca["mean"]) @ np.array(pca["forward"])
    np.testing.assert_allclose(
        placed @ np.array(pca["inverse"]) + pca["mean"], sample.codes, atol=1e-5
    )


def test_a_table_view_follows_the_order_of_points(sample, tmp_path):
    positions = np.stack([np.arange(400.0), -np.arange(400.0)], axis=1)
    view = TableView("tsne", "t-SNE", positions)
    bundle = read_bundle(sample.write(tmp_path / "b", views=[view]))
    stored = column(bundle.folder / "view-tsne.arrow", "position").reshape(-1, 2)
    np.testing.assert_array_equal(stored, positions[rows(bundle)])


def test_an_overlay_is_kept(sample, tmp_path):
    values = np.arange(6.0).reshape(2, 3)
    overlay = Overlay("speed", "speed of change", "code", (-1, -2, 3, 4), values)
    bundle = read_bundle(sample.write(tmp_path / "b", overlays=[overlay]))
    (kept,) = bundle.space["overlays"]
    assert (kept["rows"], kept["columns"], kept["bounds"]) == (2, 3, [-1, -2, 3, 4])
    np.testing.assert_array_equal(column(bundle.folder / kept["file"], "value"), np.arange(6))


def test_a_bundle_is_replaced_and_a_stranger_is_not(sample, tmp_path):
    sample.write(tmp_path / "b")
    write_bundle(tmp_path / "b", sample.codes[:5])
    assert sorted(p.name for p in (tmp_path / "b").iterdir()) == [
        "column-0.arrow",
        "details.arrow",
        "points.arrow",
        "space.json",
    ]
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "diary.txt").write_text("mine")
    with pytest.raises(LatentscapeError, match="cannot write"):
        write_bundle(tmp_path / "c", sample.codes)
    assert (tmp_path / "c" / "diary.txt").read_text() == "mine"


@settings(max_examples=15, deadline=None)
@given(n=st.integers(1, 30), d=st.integers(1, 40), classes=st.integers(0, 25))
def test_any_size_can_be_written_and_read(tmp_path_factory, n, d, classes):
    rng = np.random.default_rng(n + d)
    labels = rng.integers(-1, classes, n) if classes else None
    folder = tmp_path_factory.mktemp("sizes") / "b"
    write_bundle(
        folder,
        rng.normal(size=(n, d)),
        labels=labels,
        classes=[str(i) for i in range(classes)],
        pixels=rng.integers(0, 255, (n, 3, 5, 9), dtype=np.uint8),
    )
    space = read_bundle(folder).space
    assert (space["points"]["count"], space["code"]["size"]) == (n, d)


def test_large_pictures_are_reduced(tmp_path):
    pixels = np.zeros((3, 3, 128, 96), np.uint8)
    pixels[:, 0] = 200
    write_bundle(tmp_path / "b", np.eye(3), pixels=pixels)
    atlas = read_bundle(tmp_path / "b").space["atlas"]
    assert (atlas["width"], atlas["height"]) == (48, 64)
    sheet = np.asarray(Image.open(tmp_path / "b" / atlas["files"][0]).convert("RGB"), np.int64)
    assert abs(sheet[20, 20] - [200, 0, 0]).max() < 12


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"codes": np.zeros((0, 2))}, "no code to show"),
        ({"codes": np.array([[0, 1], [np.nan, 0]])}, "1 of 2 codes are not finite.*row 1"),
        ({"codes": np.zeros(4)}, "one row a point"),
        ({"labels": np.zeros(7, int)}, "give one each"),
        ({"labels": np.full(3, 5), "classes": ["a"]}, "there are 1 classes"),
        ({"ids": ["a"]}, "1 ids for 3 codes"),
        ({"pixels": np.zeros((3, 2, 4, 4), np.uint8)}, "give uint8"),
        ({"pixels": np.zeros((4, 1, 4, 4), np.uint8)}, "4 pictures for 3 codes"),
        ({"draws": {"flow": np.zeros((4, 3))}}, "sampler 'flow'"),
        ({"views": [TableView("t", "T", np.zeros((2, 2)))]}, "two or three numbers"),
        (
            {"views": [View("v", "V", np.zeros(2), np.zeros((2, 1)), np.zeros((2, 2)))]},
            "view 'v' has shapes",
        ),
    ],
)
def test_what_makes_no_bundle_is_refused(tmp_path, changes, sentence):
    arguments = {"codes": np.eye(3)[:, :2]} | changes
    with pytest.raises(LatentscapeError, match=sentence):
        write_bundle(tmp_path / "b", **arguments)
    assert not (tmp_path / "b").exists()


def test_networks_that_do_not_fit_are_refused(sample, tmp_path):
    with pytest.raises(LatentscapeError, match="the decoder does not run"):
        sample.write(tmp_path / "b", decoder=Sample(3).decoder)
    with pytest.raises(LatentscapeError, match=r"the encoder gives shape \(3,\)"):
        sample.write(tmp_path / "b", encoder=Sample(3).encoder)
    with pytest.raises(LatentscapeError, match="how large"):
        write_bundle(tmp_path / "b", sample.codes, decoder=sample.decoder)


def test_damaged_bundles_are_refused(sample, tmp_path):
    folder = sample.write(tmp_path / "b")
    manifest = folder / "space.json"
    space = json.loads(manifest.read_text())

    def refused(sentence: str, **changes: object) -> None:
        manifest.write_text(json.dumps(space | changes))
        with pytest.raises(LatentscapeError, match=sentence):
            read_bundle(folder)

    refused("version 99", version=99)
    refused("not a latentscape bundle", format="else")
    refused("says 9 of 2", points=space["points"] | {"count": 9})
    refused("outside the bundle", files={"../b/points.arrow": {"bytes": 1}})
    manifest.write_text("{")
    with pytest.raises(LatentscapeError, match="damaged"):
        read_bundle(folder)
    manifest.write_text(json.dumps(space))
    points = folder / "points.arrow"
    points.write_bytes(points.read_bytes()[:-100])
    with pytest.raises(LatentscapeError, match=r"points.arrow' is damaged"):
        read_bundle(folder)
    points.unlink()
    with pytest.raises(LatentscapeError, match=r"points.arrow' is missing"):
        read_bundle(folder)
    with pytest.raises(LatentscapeError, match="no bundle"):
        read_bundle(tmp_path)


def test_two_points_are_each_others_neighbour():
    graph = neighbour_graph(np.array([[0.0, 0.0], [3.0, 4.0]], np.float32))
    assert graph.index.tolist() == [[1], [0]]
    np.testing.assert_allclose(graph.distance, [[5], [5]])


def test_a_judge_of_other_classes_is_refused(tmp_path):
    sample = Sample()
    with pytest.raises(LatentscapeError, match=r"knows the classes 0, 1, .* and the images have a"):
        sample.write(tmp_path / "b", judge=sample.judge, classes=list("abcdefghij"))
    assert not (tmp_path / "b").exists()
    space = read_bundle(sample.write(tmp_path / "b", judge=sample.judge)).space
    assert (space["judge"]["accuracy"], space["judge"]["limit"]) == (0.9, sample.judge.limit)


def test_the_decoders_of_an_ensemble_are_part_of_a_bundle(tmp_path):
    sample = Sample(count=30)
    for _ in range(2):  # the second replaces the first
        bundle = read_bundle(sample.write(tmp_path / "b", ensemble=sample.ensemble))
    about = {"file": "ensemble.onnx", "conditional": False, "decoders": 2}
    assert bundle.space["ensemble"] == about
    manifest = tmp_path / "b" / "space.json"
    for wrong, words in (({"decoders": "2"}, "ensemble.decoders"), ({"file": "x.onnx"}, "x.onnx")):
        manifest.write_text(json.dumps(bundle.space | {"ensemble": about | wrong}))
        with pytest.raises(LatentscapeError, match=words):
            read_bundle(tmp_path / "b")
    three = replace(sample.ensemble, decoders=3)
    with pytest.raises(LatentscapeError, match=r"the ensemble gives shape \(2, 8, 8\)"):
        sample.write(tmp_path / "c", ensemble=three)
