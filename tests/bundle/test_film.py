"""The film in a bundle: laid over the shown epoch, bounded, and of the images that are shown."""

from contextlib import contextmanager

import numpy as np
import pytest
import torch
from scipy.linalg import orthogonal_procrustes

import latentscape as ls
from latentscape.bundle import OnnxNetwork, from_run, read_bundle
from latentscape.bundle import film as films
from latentscape.bundle.film import Film, make_film, spaced
from latentscape.bundle.from_run import bundle_run
from latentscape.bundle.networks import open_network
from latentscape.bundle.options import BundleOptions
from latentscape.bundle.run_networks import export_networks
from latentscape.bundle.tables import read_arrow
from latentscape.parts.networks import Network
from latentscape.system.errors import LatentscapeError
from tests.bundle.samples import Sample


@pytest.fixture(scope="module")
def images():
    return ls.load_images("digits", limit=300)


@pytest.fixture(scope="module")
def run(images):
    model = ls.recipes.vae(images.shape, latent=3, net=Network(hidden=(16,)))
    return ls.fit(model, images, epochs=4, keep="last")


@pytest.fixture(scope="module")
def networks(run):
    """The run's networks, exported once: nothing here is asked of them but the decoders'."""
    return export_networks(run)


@contextmanager
def exported_before(networks):
    """Bundle with a run's networks that are there, and export none but kept decoders."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(from_run, "export_networks", lambda run: networks)
        yield


def of(folder):
    """The film of a bundle: codes (E, N, d) and what space.json says."""
    space = read_bundle(folder).space
    codes = np.array(read_arrow(folder / "film.arrow")["code"].to_pylist())
    return codes.reshape(len(space["film"]["epochs"]), -1, space["code"]["size"]), space["film"]


@pytest.fixture(scope="module", params=[10_000, 60], ids=["all", "some"])
def bundled(request, run, networks, images, tmp_path_factory):
    folder = tmp_path_factory.mktemp("film") / "b"
    with exported_before(networks):
        bundle_run(run, images.parts, folder, options=BundleOptions(request.param))
    return folder


def test_each_epoch_is_laid_over_the_one_that_is_shown(bundled, run, images):
    codes, film = of(bundled)
    ids = np.array(read_arrow(bundled / "details.arrow")["id"].to_pylist())[film["points"]]
    rows = [images.validation.ids.index(name) for name in ids]
    assert film["epochs"] == [1, 2, 3, 4] and film["shown"] == 4
    assert len(rows) == len(set(rows)) > 20
    target = run.encode(images.validation)[rows].astype(float)
    for epoch, moved in zip(film["epochs"], codes, strict=True):
        frame = np.float64(run.film[epoch - 1])[rows]
        turn, _ = orthogonal_procrustes(frame - frame.mean(axis=0), target - target.mean(axis=0))
        expected = (frame - frame.mean(axis=0)) @ turn + target.mean(axis=0)
        np.testing.assert_allclose(moved, expected, atol=1e-5)
    stored = np.array(read_arrow(bundled / "points.arrow")["code"].to_pylist())
    np.testing.assert_allclose(codes[-1], stored[film["points"]], atol=5e-3)


def test_the_losses_are_those_of_the_history(bundled, run):
    table = read_arrow(bundled / "history.arrow").to_pydict()
    for part, values in table.items():
        assert values == [row[f"{part}/loss"] for row in run.history]


def test_images_that_were_not_filmed_have_no_film(run, networks, images, tmp_path):
    others = {"validation": images.train.take(np.arange(len(images.validation)))}
    with exported_before(networks):
        bundle_run(run, others, tmp_path / "b")
        bundle_run(run, {"test": images.test}, tmp_path / "c")
    assert "film" not in read_bundle(tmp_path / "b").space
    assert "film" not in read_bundle(tmp_path / "c").space


def given(n=30, d=2, epochs=9):
    rng = np.random.default_rng(0)
    frames = [rng.normal(size=(n, d)) for _ in range(epochs)]
    return frames, {"losses": np.ones((epochs, 2)), "shown": 4, "codes": frames[3]}


def test_a_long_film_is_thinned_to_its_bytes(monkeypatch):
    frames, rest = given()
    monkeypatch.setattr(films, "MOST_BYTES", 3 * 4 * 60)
    film = make_film(frames, rows=np.arange(30), **rest)
    assert film.epochs.tolist() == [1, 4, 5, 9] and len(film.losses) == 9
    monkeypatch.setattr(films, "MOST_BYTES", 0)
    assert make_film(frames, rows=np.arange(30), **rest).epochs.tolist() == [1, 4, 9]
    for total, shown, most in ((300, 299, 7), (2, 1, 2), (5, 5, 100)):
        kept = spaced(total, [shown], most)
        assert len(kept) <= most + 1 and {1, shown, total} <= set(kept.tolist())


@pytest.mark.parametrize("shown", [0, 10])
def test_an_epoch_that_is_not_known_has_no_film(shown):
    frames, rest = given()
    assert make_film(frames, rows=np.arange(30), **(rest | {"shown": shown})) is None


def test_wide_codes_have_no_film():
    frames, rest = given(d=513, epochs=4)
    assert make_film(frames, rows=np.arange(30), **rest) is None


def test_what_is_no_film_of_the_bundle_is_refused(tmp_path):
    sample = Sample(2, 40)
    film = Film(np.array([1, 2]), np.zeros((2, 5, 2)), np.arange(5), 2, np.zeros((2, 2)))
    for change in (
        {"codes": np.zeros((2, 4, 2))},
        {"codes": np.full((2, 5, 2), np.nan)},
        {"shown": 3},
        {"rows": np.arange(38, 43)},
        {"losses": np.zeros((1, 2))},
    ):
        with pytest.raises(LatentscapeError, match="a film of 2 epochs of 5 images"):
            sample.write(tmp_path / "b", film=Film(**(vars(film) | change)))
    assert not (tmp_path / "b").exists()


@pytest.fixture(scope="module")
def longer(images):
    """Six epochs at a constant rate and the decoders after some of them, two, and networks."""
    torch.manual_seed(0)
    model = ls.recipes.vae(images.shape, latent=2, net=Network(hidden=(16,)))
    state = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    how = {"keep": "last", "schedule": "constant"}
    run = ls.fit(model, images, epochs=6, keep_decoders=2, **how)
    again = ls.recipes.vae(images.shape, latent=2, net=Network(hidden=(16,)))
    again.load_state_dict(state)
    return run, ls.fit(again, images, epochs=2, **how), export_networks(run)


def test_kept_decoders_decode_as_after_their_epoch(longer, images, tmp_path):
    """Another training, which ends there, is the witness; a run kept on disk gives the same."""
    run, short, networks = longer
    z = run.encode(images.validation)
    before = run.decode(z)
    assert list(run.decoders()) == [1, 2]
    np.testing.assert_allclose(short.encode(images.validation), run.film[1], atol=2e-3)
    with exported_before(networks):
        bundle_run(run, images.parts, tmp_path / "memory")
        bundle_run(ls.load_run(run.save(tmp_path / "run")), images.parts, tmp_path / "disk")
    for folder in (tmp_path / "memory", tmp_path / "disk"):
        codes, film = of(folder)
        assert [kept["epoch"] for kept in film["decoders"]] == [1, 2]
        ids = np.array(read_arrow(folder / "details.arrow")["id"].to_pylist())[film["points"]]
        rows = [images.validation.ids.index(name) for name in ids]
        network = OnnxNetwork((folder / film["decoders"][1]["file"]).read_bytes())
        decoded = open_network(network, "decoder")(codes[1].astype(np.float32))
        wanted = short.decode(short.encode(images.validation))[rows]
        np.testing.assert_allclose(decoded, wanted, atol=5e-3)
        assert np.abs(decoded - run.decode(codes[1].astype(np.float32))).max() > 0.05
    np.testing.assert_array_equal(run.decode(z), before)  # the model has its own weights again


def test_decoders_that_take_too_much_are_left_out(longer, images, tmp_path, monkeypatch):
    run, _, networks = longer
    monkeypatch.setattr(films, "MOST_DECODER_BYTES", 1.5 * len(networks.decoder.onnx))
    with exported_before(networks):
        bundle_run(run, images.parts, tmp_path / "b")
    assert [kept["epoch"] for kept in of(tmp_path / "b")[1]["decoders"]] == [1]
