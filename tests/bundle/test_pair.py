"""Two bundles side by side: which images are the same, and what is written of both."""

import json
import shutil

import numpy as np
import pyarrow as pa
import pytest
from sklearn.neighbors import NearestNeighbors

from latentscape.bundle import read_bundle
from latentscape.bundle.pairing import write_pair
from latentscape.bundle.tables import read_arrow, write_arrow
from latentscape.bundle.twins import twins_of
from latentscape.data import load_images
from latentscape.data.columns import Column
from latentscape.explorer.open import opened_pair
from latentscape.latent.stitching import stitch
from latentscape.models.plan import Plan
from latentscape.parts.networks import Network
from latentscape.system.errors import LatentscapeError
from latentscape.training import train
from tests.bundle.samples import Sample

COUNT, KEPT = 400, 300


class Some(Sample):
    """The first of the digits."""

    def __init__(self, d: int) -> None:
        super().__init__(d, COUNT)
        self.pixels, self.labels = self.pixels[:KEPT], self.labels[:KEPT]
        self.codes = self.codes[:KEPT]


@pytest.fixture(scope="module")
def bundles(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bundles")
    plane, wide = Sample(2, COUNT), Some(5)
    return (
        read_bundle(plane.write(folder / "a")),
        read_bundle(wide.write(folder / "b", seed=4)),
        (plane, wide),
    )


@pytest.fixture(scope="module")
def pair(bundles, tmp_path_factory):
    plane, wide = bundles[2]
    decoders = (lambda z, _: plane.decode(z)), (lambda z, _: wide.decode(z))
    return write_pair(*bundles[:2], tmp_path_factory.mktemp("pair"), decoders)


def ids(bundle):
    names = read_arrow(bundle.folder / "details.arrow")["id"].to_pylist()
    return np.array([int(name.removeprefix("digit-")) for name in names])


def test_twins_are_the_same_image(pair):
    links = read_arrow(pair.folder / "links.arrow")
    first, second = (links[name].to_numpy() for name in ("first", "second"))
    assert len(first) == KEPT
    np.testing.assert_array_equal(ids(pair.first)[first], ids(pair.second)[second])
    assert set(ids(pair.first)[first]) == set(range(KEPT))


def test_what_is_shared_is_what_scikit_learn_finds(pair, bundles):
    near = [
        NearestNeighbors(n_neighbors=10).fit(sample.codes[:KEPT]).kneighbors()[1]
        for sample in bundles[2]
    ]
    shares = np.array([len(set(a) & set(b)) / 10 for a, b in zip(*near, strict=True)])
    about = json.loads((pair.folder / "pair.json").read_text())
    assert about["shared"] == pytest.approx(shares.mean())
    assert about["chance"] == pytest.approx(10 / (KEPT - 1))
    for bundle, file in ((pair.first, "shared-first"), (pair.second, "shared-second")):
        values = read_arrow(pair.folder / f"{file}.arrow")["value"].to_numpy()
        expected = np.append(shares, np.full(COUNT - KEPT, np.nan))[ids(bundle)]
        np.testing.assert_allclose(values, expected, atol=1e-6)
    assert [column["missing"] for column in about["columns"]] == [COUNT - KEPT, 0]


def test_the_maps_lead_where_they_say(pair, bundles):
    plane, wide = bundles[2]
    about = json.loads((pair.folder / "pair.json").read_text())
    there, back = about["maps"]
    matrix = np.array(read_arrow(pair.folder / back["file"])["matrix"].to_pylist())
    led = wide.codes @ matrix + back["offset"]
    np.testing.assert_allclose(led, plane.codes[:KEPT], atol=1e-5)
    assert (back["r2"], back["error"]) == pytest.approx((1, 0), abs=1e-9)
    assert there["r2"] < 0.9
    matrix = np.array(read_arrow(pair.folder / there["file"])["matrix"].to_pylist())
    moved = plane.codes[:KEPT] @ matrix + there["offset"]
    everywhere = np.square(wide.decode(moved) - wide.decode(wide.codes)).mean()
    assert there["error"] == pytest.approx(everywhere, rel=0.35)  # of those held out alone
    images = wide.decode(wide.codes)
    apart = np.square(images[:, None] - images).mean((2, 3, 4)).sum() / (KEPT * (KEPT - 1))
    assert there["apart"] == pytest.approx(apart, rel=0.35)
    assert there["error"] < there["apart"] / 2


def test_ids_that_mean_other_images_link_nothing(bundles, tmp_path):
    plane = bundles[2][0]
    other = read_bundle(plane.write(tmp_path / "b", pixels=plane.pixels[::-1]))
    with pytest.raises(LatentscapeError, match="number different images alike"):
        twins_of(bundles[0], other)


def test_the_same_images_of_another_size_are_the_same(bundles, tmp_path):
    plane = bundles[2][0]
    large = plane.pixels.repeat(4, axis=2).repeat(4, axis=3)
    other = read_bundle(plane.write(tmp_path / "b", pixels=large, encoder=None, decoder=None))
    assert len(twins_of(bundles[0], other)[0]) == COUNT


def test_an_id_that_is_there_twice_links_nothing(bundles, tmp_path):
    names = [f"digit-{max(i, 5)}" for i in range(COUNT)]
    other = read_bundle(bundles[2][0].write(tmp_path / "b", ids=names))
    first, _ = twins_of(bundles[0], other)
    assert set(ids(bundles[0])[first]) == set(range(6, COUNT))


def test_two_that_show_other_images_are_refused(bundles, tmp_path):
    other = bundles[2][0].write(tmp_path / "b", ids=[f"other-{i}" for i in range(COUNT)])
    with (
        pytest.raises(LatentscapeError, match=r"show 0 images that are the same, of 400 and 400"),
        opened_pair(bundles[0].folder, other),
    ):
        pass


def test_a_column_of_that_name_stays(bundles, tmp_path):

    plane = bundles[2][0]
    columns = {"shared neighbours": Column.of(pa.array(range(COUNT)))}
    other = read_bundle(plane.write(tmp_path / "b", columns=columns))
    (tmp_path / "pair").mkdir()
    pair = write_pair(bundles[0], other, tmp_path / "pair")
    about = json.loads((pair.folder / "pair.json").read_text())
    names = [column["name"] for column in about["columns"]]
    assert names == ["shared neighbours", "shared neighbours of two spaces"]


def test_nothing_is_left_of_what_was_made_for_it(bundles):
    with opened_pair(bundles[0].folder, bundles[1].folder) as pair:
        assert (pair.folder / "pair.json").exists()
    assert not pair.folder.exists()


@pytest.mark.parametrize("codec", ["zstd", "lz4"])
def test_a_strangers_table_that_would_unpack_is_refused(bundles, tmp_path, codec):
    folder = bundles[2][0].write(tmp_path / "b")
    path = folder / "details.arrow"
    ids = pa.array(["x" * 1000] * COUNT)
    for column in (ids, ids.dictionary_encode()):
        options = pa.ipc.IpcWriteOptions(compression=codec)
        table = pa.table({"id": column})
        with (
            pa.OSFile(str(path), "wb") as sink,
            pa.ipc.new_file(sink, table.schema, options=options) as writer,
        ):
            writer.write_table(table)
        space = json.loads((folder / "space.json").read_text())
        space["files"]["details.arrow"]["bytes"] = path.stat().st_size
        (folder / "space.json").write_text(json.dumps(space))
        with pytest.raises(LatentscapeError, match=r"details.arrow' is damaged .*compressed"):
            twins_of(bundles[0], read_bundle(folder))


def test_no_network_of_a_bundle_is_run(bundles, tmp_path):
    """Whoever made it may have made it to do harm; a browser has it in a sandbox."""
    folders = [bundle.folder for bundle in bundles[:2]]
    for number, folder in enumerate(folders):
        shutil.copytree(folder, tmp_path / str(number))
        (tmp_path / str(number) / "decoder.onnx").write_bytes(b"x" * size_of(folder))
    with opened_pair(tmp_path / "0", tmp_path / "1") as pair:
        about = json.loads((pair.folder / "pair.json").read_text())
    assert all("r2" in each and "error" not in each for each in about["maps"])


def size_of(folder):
    return (folder / "decoder.onnx").stat().st_size


def test_what_the_maps_lead_to_is_decoded_by_the_runs(tmp_path):
    images = load_images("digits", limit=120, size=8)
    net = Network(hidden=(4,))
    plan = Plan(epochs=1, precision="32-true")
    runs = [train("ae", images, latent=2, net=net, out=tmp_path / "a", plan=plan)]
    runs.append(train("conditional-vae", images, latent=3, net=net, out=tmp_path / "b", plan=plan))
    with opened_pair(runs[0], tmp_path / "b") as pair:
        about = json.loads((pair.folder / "pair.json").read_text())
        links = read_arrow(pair.folder / "links.arrow")
        rows = [links[name].to_numpy() for name in ("first", "second")]
        points = [read_arrow(b.folder / "points.arrow") for b in (pair.first, pair.second)]
    codes = [np.array(p["code"].to_pylist())[own] for p, own in zip(points, rows, strict=True)]
    labels = points[1]["label"].to_numpy()[rows[1]].astype(np.int64)
    found = stitch(*codes)
    held = found.held_out[:256]
    led, own = (runs[1].decode(z, labels[held]) for z in (found(codes[0][held]), codes[1][held]))
    assert about["maps"][0]["error"] == pytest.approx(np.square(led - own).mean(), rel=1e-3)
    assert about["maps"][1]["decoded"] == len(held)


@pytest.mark.parametrize(
    ("part", "value", "why"),
    [
        ("columns", 0, "ZeroDivisionError|by zero"),
        ("each", 0, "ZeroDivisionError"),
        ("width", 500, "the thumbnail of point .* is not in its file"),
        ("height", 500, "the thumbnail of point .* is not in its file"),
        ("height", -1, "the thumbnail of point .* is not in its file"),
        ("files", [], "IndexError"),
        ("files", ["details.arrow"], "not a picture"),
        ("each", "many", "TypeError"),
    ],
)
def test_an_atlas_that_makes_no_sense_is_said(bundles, tmp_path, part, value, why):
    folder = bundles[2][0].write(tmp_path / "b")
    space = json.loads((folder / "space.json").read_text())
    space["atlas"][part] = value
    (folder / "space.json").write_text(json.dumps(space))
    with pytest.raises(LatentscapeError, match=f"is damaged .*({why})"):
        twins_of(bundles[0], read_bundle(folder))


def test_ids_that_are_few_texts_many_times_are_refused(bundles, tmp_path):
    folder = bundles[2][0].write(tmp_path / "b")
    ids = pa.array(["x" * 1000] * COUNT).dictionary_encode()
    write_arrow(folder / "details.arrow", {"id": ids})
    space = json.loads((folder / "space.json").read_text())
    space["files"]["details.arrow"]["bytes"] = (folder / "details.arrow").stat().st_size
    (folder / "space.json").write_text(json.dumps(space))
    with pytest.raises(LatentscapeError, match="no ids that are texts"):
        twins_of(bundles[0], read_bundle(folder))


def test_a_footer_that_points_to_packed_batches_is_not_followed(tmp_path):
    """What is looked at is what is read: first plain batches, then packed ones that it lists."""
    table = pa.table({"id": ["a", "b"]})
    packed = pa.table({"id": ["x" * 10_000] * 2})
    write_arrow(tmp_path / "plain", {"id": table["id"].combine_chunks()})
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with (
        pa.OSFile(str(tmp_path / "packed"), "wb") as sink,
        pa.ipc.new_file(sink, packed.schema, options=options) as writer,
    ):
        writer.write_table(packed)
    plain, other = ((tmp_path / name).read_bytes() for name in ("plain", "packed"))
    (tmp_path / "both").write_bytes(plain + other)
    assert read_arrow(tmp_path / "both").equals(table)
