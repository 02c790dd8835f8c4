"""Which network a training takes where none is named: said, kept, and never decided again."""

import json

import numpy as np
import pytest
import torch

import latentscape as ls
from latentscape.cli.main import main
from latentscape.parts.bottlenecks import Point
from latentscape.parts.networks import Network
from latentscape.parts.networks.principal import PrincipalEncoder
from latentscape.parts.networks.sizes import halvings
from latentscape.parts.networks.suited import FEW, Suited, suited_network
from latentscape.recipes import RECIPES
from latentscape.recipes.compose import compose
from latentscape.recipes.registry import recipe
from latentscape.runs.rebuild import rebuilt
from latentscape.runs.record import Record
from latentscape.system.errors import LatentscapeError
from latentscape.training import resume, train
from latentscape.training.reporter import Silent

TAKING = sorted(n for n, r in RECIPES.items() if "net" in r.options)


class Notes(Silent):
    def __init__(self):
        self.told = []

    def note(self, text):
        self.told.append(text)


def net_of(model):
    return model.blueprint.arguments["net"]


@pytest.mark.parametrize("images", [None, FEW, 55_000])
@pytest.mark.parametrize("shape", [(1, 28, 28), (1, 32, 32)])
def test_digits_get_dense_layers_alone(shape, images):
    assert Network().settled(shape, images) == Network("dense", (256, 256, 128), pca=False)


@pytest.mark.parametrize("shape", [(1, 1, 50), (3, 1, 900), (1, 8, 8), (3, 9, 9), (1, 4, 900)])
def test_tables_and_tiny_images_get_dense_layers_that_begin_as_principal_components(shape):
    assert Network().settled(shape) == Network("dense", (256, 256, 128), pca=True)


@pytest.mark.parametrize(
    "shape", [(3, 16, 16), (3, 64, 64), (1, 64, 48), (3, 500, 20), (1, 999, 999)]
)
def test_all_others_get_convolutions_that_leave_a_small_map(shape):
    chosen = Network().settled(shape)
    sizes = halvings(*shape[1:], len(chosen.hidden))
    assert (chosen.network, chosen.pca) == ("conv", True)
    assert len(chosen.hidden) >= 2
    assert max(sizes[-1]) <= 16
    weights = sum(p.numel() for p in chosen.encoder(shape, 64).parameters())
    assert weights < 5e6


def test_few_images_of_pixels_that_many_would_teach_get_them_too():
    assert suited_network((1, 28, 28), FEW - 1) == Suited("conv", pca=True)
    assert suited_network((1, 28, 28), FEW) == Suited("dense")


def test_widths_that_are_given_are_of_dense_layers_unless_a_network_is_named():
    assert Network(hidden=(8, 4)).settled((3, 64, 64)) == Network("dense", (8, 4), pca=False)
    conv = Network("conv", hidden=(8, 4))
    assert conv.settled((1, 28, 28)) == Network("conv", (8, 4), pca=False)


@pytest.mark.parametrize("network", ["auto", "conv"])
@pytest.mark.parametrize("typed", [(), ("--pca",), ("--no-pca",)])
def test_whether_it_begins_as_principal_components_is_as_said(tmp_path, network, typed):
    pixels = np.random.default_rng(0).integers(0, 256, (30, 16, 16, 3), dtype=np.uint8)
    np.save(tmp_path / "a.npy", pixels)
    data, out = str(tmp_path / "a.npy"), str(tmp_path / "run")
    options = ["--network", network, *typed, "--epochs", "1", "--out", out]
    assert main(["train", "ae", "--data", data, *options]) == 0
    begins = typed == ("--pca",) or (typed == () and network == "auto")
    model = ls.load_run(out).model
    assert isinstance(model.encoder, PrincipalEncoder) == begins
    assert net_of(model)["pca"] == begins


@pytest.mark.parametrize("name", TAKING)
def test_no_recipe_leaves_it_open_in_what_rebuilds_it(name):
    for shape in ((1, 28, 28), (3, 32, 32)):
        model = RECIPES[name](shape)
        net = net_of(model)
        assert net["network"] in ("dense", "conv", "map") and net["hidden"]
        if RECIPES[name].options["net"].default == Network():
            assert net["network"] == ("dense" if shape[0] == 1 else "conv")
            assert net["pca"] == (shape[0] == 3 and model.bottleneck.means_first)


def test_it_is_said_kept_and_not_decided_again(tmp_path, monkeypatch):
    images, notes = ls.load_images("digits", limit=50), Notes()
    out = tmp_path / "run"
    run = train("ae", images, epochs=1, reporter=notes, out=out)
    said = (
        "the network is conv (32-64) and begins as principal components, as suits 50 grey images "
        "of 28×28; --network would say otherwise"
    )
    assert sum(text.startswith(said) for text in notes.told) == 1
    raw = json.loads((out / "run.json").read_text())
    assert raw["blueprint"]["arguments"]["net"]["network"] == "conv"
    monkeypatch.setattr("latentscape.parts.networks.suited_network", lambda *_: Suited("dense"))
    assert net_of(rebuilt(Record.read(out / "run.json"))) == net_of(run.model)
    resumed = resume(out, images, epochs=2)
    again = train("ae", images, start=run, epochs=1)
    assert net_of(resumed.model) == net_of(again.model) == net_of(run.model)


def test_codes_that_are_no_coordinates_get_the_network_alone_and_chance_is_as_ever():
    told = []
    for net in (Network(), Network("conv")):
        torch.manual_seed(3)
        model = RECIPES["hyperspherical-vae"]((3, 16, 16), net=net)
        told.append((net_of(model), model.state_dict()))
    assert told[0][0] == told[1][0]
    assert all(torch.equal(tensor, told[1][1][name]) for name, tensor in told[0][1].items())
    with pytest.raises(LatentscapeError, match="leave out --pca"):
        RECIPES["hyperspherical-vae"]((3, 16, 16), net=Network(pca=True))


def test_what_is_named_goes_without_a_word():
    images, notes = ls.load_images("digits", limit=50), Notes()
    run = train("ae", images, network="dense", epochs=1, reporter=notes)
    assert net_of(run.model)["network"] == "dense"
    assert not [text for text in notes.told if "network" in text]


@pytest.mark.filterwarnings("ignore:1 epoch of")
def test_the_command_line_python_and_the_estimator_choose_alike(tmp_path, capsys):
    pixels = np.random.default_rng(0).integers(0, 256, (30, 16, 16, 3), dtype=np.uint8)
    np.save(tmp_path / "a.npy", pixels)
    typed = ["--data", str(tmp_path / "a.npy"), "--epochs", "1", "--out", str(tmp_path / "run")]
    assert main(["train", "vae", "--network", "auto", *typed]) == 0
    assert "begins as principal components, as suits 22 colour images of 16×16" in (
        capsys.readouterr().out
    )
    assert net_of(ls.load_run(tmp_path / "run").model)["network"] == "conv"
    estimator = ls.LatentTransformer("vae", epochs=1).fit(pixels)
    assert net_of(estimator.run_.model)["network"] == "conv"
    few = ls.LatentTransformer("vae", epochs=1).fit(pixels[..., 0])
    assert net_of(few.run_.model)["network"] == "conv"


def test_what_a_function_of_ones_own_composes_without_naming_one_stays_dense():
    """Its run.json does not tell the network: another would not take its weights."""

    @recipe()
    def mine(shape):
        return compose(shape, Point(2))

    kinds = {type(m).__name__ for m in mine((3, 32, 32)).encoder.modules()}
    assert "Conv2d" not in kinds
