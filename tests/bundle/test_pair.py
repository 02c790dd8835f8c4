"""Two bundles side by side: which images are the same, and what is written of both."""

import json

import numpy as np
import pyarrow as pa
import pytest
from sklearn.neighbors import NearestNeighbors

from latentscape.bundle import read_bundle
from latentscape.bundle.open import opened_pair
from latentscape.bundle.pairing import write_pair
from latentscape.bundle.tables import read_arrow
from latentscape.bundle.twins import twins_of
from latentscape.data.columns import Column
from latentscape.system.errors import LatentscapeError
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
    return write_pair(*bundles[:2], tmp_path_factory.mktemp("pair"))


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


def test_decoders_of_bundles_that_are_given_are_not_run(bundles, monkeypatch):
    def never(*args, **kwargs):
        raise AssertionError("a stranger's network ran")

    monkeypatch.setattr("latentscape.bundle.pairing.run_network", never)
    with opened_pair(bundles[0].folder, bundles[1].folder) as pair:
        about = json.loads((pair.folder / "pair.json").read_text())
    assert all("r2" in each and "error" not in each for each in about["maps"])
