"""Batches gone through in parts, and networks that keep less: the same gradients, exact resume."""

import math

import numpy as np
import pytest
import torch
from lightning_fabric import Fabric
from safetensors.torch import load_file

from latentscape import recipes
from latentscape.cli.main import main
from latentscape.data import load_images
from latentscape.models.plan import Plan
from latentscape.parts.networks import Network
from latentscape.runs.folder import RunFolder
from latentscape.system.errors import LatentscapeError
from latentscape.training import fit, resume
from latentscape.training.checkpointing import checkpointed, is_checkpointed
from latentscape.training.loop import Pass
from latentscape.training.reporter import Silent
from latentscape.training.steps import Steps

SMALL = {"batch": 32, "precision": "32-true", "device": "cpu", "lr": 1e-3}


@pytest.fixture(scope="module")
def images():
    return load_images("digits", limit=128)


@pytest.fixture
def in_double(monkeypatch):
    """All arithmetic, where models take single precision on purpose."""
    monkeypatch.setattr(torch.Tensor, "float", torch.Tensor.double)
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


class Cut(Silent):
    """Stops a training by force within its second epoch."""

    def __init__(self):
        self.steps = 0

    def step(self):
        self.steps += 1
        if self.steps == 6:
            raise RuntimeError("power cut")


def gradients(model, x, labels=None, **changes):
    """What one step's gradients are, by parameter."""
    torch.manual_seed(1)
    fabric, network = Fabric(accelerator="cpu", devices=1, precision="64-true"), Pass(model)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.0)
    network, optimizer = fabric.setup(network, optimizer)
    model.train()
    steps = Steps(network, optimizer, model.groups(), Plan(**changes), len(x), fabric)
    means, _ = steps.gradients(x, labels, 0.5)
    return {n: p.grad.clone() for n, p in model.named_parameters() if p.grad is not None}, means


def model_of(recipe, net, shape=(1, 12, 12)):
    torch.manual_seed(0)
    return getattr(recipes, recipe)(shape, net=net).double()


# Without a batch norm, whose statistics are of a part; conv has one too, unless it is left out.
@pytest.mark.parametrize("recipe", ["ae", "rae_l2", "contractive_ae"])
@pytest.mark.parametrize("parts", [2, 3, 8])
def test_parts_give_the_gradient_of_the_whole_batch(recipe, parts, in_double):
    """Of models that draw nothing and compare no images; 3 parts are not of one size."""
    x = torch.rand(32, 1, 12, 12, dtype=torch.float64)
    net = Network("resnet", hidden=(4, 8))
    whole, means = gradients(model_of(recipe, net), x)
    model, seen = model_of(recipe, net), []
    model.register_forward_pre_hook(lambda module, given: seen.append(len(given[0])))
    found, found_means = gradients(model, x, accumulate=parts)
    assert len(seen) == parts and sum(seen) == 32 and max(seen) - min(seen) <= 1
    assert whole.keys() == found.keys() and len(whole) >= 4
    assert any(grad.abs().max() > 1e-3 for grad in whole.values())
    for name in whole:
        torch.testing.assert_close(found[name], whole[name], rtol=1e-9, atol=1e-12)
    for name in means:
        torch.testing.assert_close(found_means[name], means[name], rtol=1e-9, atol=1e-12)


def test_training_in_parts_is_training_in_whole_batches(images):
    runs = {}
    for parts in (1, 4):
        model = recipes.ae(images.shape, net=Network("resnet", hidden=(4, 8)), latent=2)
        run = fit(model, images, epochs=3, seed=3, accumulate=parts, progress=False, **SMALL)
        runs[parts] = run
    one, four = (run.encode(images.test) for run in runs.values())
    assert np.abs(one).max() > 0.01
    np.testing.assert_allclose(four, one, rtol=1e-2, atol=1e-3)
    for first, second in zip(runs[1].history, runs[4].history, strict=True):
        assert math.isclose(first["train/loss"], second["train/loss"], rel_tol=1e-4)
        assert first["lr"] == second["lr"]


@pytest.mark.parametrize("how", [{"accumulate": 3}, {"gradient_checkpointing": True}], ids=str)
def test_resume_is_exact(how, images, tmp_path):
    plan = {"epochs": 4, "seed": 1, **how, **SMALL}

    def model():
        return recipes.vae(images.shape, net=Network("dense", hidden=(16,)))

    fit(model(), images, out=tmp_path / "whole", progress=False, **plan)
    with pytest.raises(RuntimeError, match="power cut"):
        fit(model(), images, out=tmp_path / "cut", reporter=Cut(), **plan)
    assert RunFolder(tmp_path / "cut").state().total == 1
    resume(tmp_path / "cut", images, progress=False)
    for name in ("last", "best", "optimizer"):
        whole, cut = (
            load_file(RunFolder(tmp_path / run).latest() / f"{name}.safetensors")
            for run in ("whole", "cut")
        )
        assert all(torch.equal(whole[key], cut[key]) for key in whole), name


NETS = {
    "conv": Network("conv", hidden=(8, 12)),
    "resnet": Network("resnet", hidden=(4, 8)),
    "dense": Network("dense", hidden=(20, 10)),
    "components": Network("conv", hidden=(8, 12), pca=True),
}


@pytest.mark.parametrize("net", NETS)
@pytest.mark.parametrize(
    "recipe", ["vae", "iwae", "factor_vae", "vq_vae", "rae_gp", "contractive_ae", "wae_mmd"]
)
def test_what_is_worked_out_again_gives_the_same_gradients(recipe, net, in_double):
    if recipe == "vq_vae" and net != "conv":
        net = "conv"  # it has a network of its own
    x = torch.rand(16, 1, 12, 12, dtype=torch.float64)
    found = []
    for keeping in (False, True):
        torch.manual_seed(0)
        options = {} if recipe == "vq_vae" else {"net": NETS[net]}
        model = getattr(recipes, recipe)((1, 12, 12), **options).double()
        torch.manual_seed(2)
        model.prepare(x)
        if keeping:
            with checkpointed(model):
                assert any(map(is_checkpointed, model.modules()))
                grads, _ = gradients(model, x)
            assert not any(map(is_checkpointed, model.modules()))
        else:
            grads, _ = gradients(model, x)
        found.append((grads, dict(model.named_buffers())))
    (plain, before), (kept, after) = found
    assert plain.keys() == kept.keys()
    for name in plain:
        torch.testing.assert_close(kept[name], plain[name], rtol=1e-9, atol=1e-12)
    for name in before:  # running statistics see each batch once
        torch.testing.assert_close(after[name], before[name], rtol=1e-9, atol=1e-12)


class Held:
    """Counts the bytes that autograd keeps for the gradient, each storage once, weights aside."""

    def __init__(self, model):
        self.storages = {}
        self.weights = {p.untyped_storage().data_ptr() for p in model.parameters()}

    def pack(self, tensor):
        self.storages[tensor.untyped_storage().data_ptr()] = tensor.untyped_storage().nbytes()
        return tensor

    @property
    def total(self):
        return sum(n for at, n in self.storages.items() if at not in self.weights)


def test_less_is_held():
    x = torch.rand(4, 3, 64, 64)
    held = {}
    for keeping in (False, True):
        torch.manual_seed(0)
        model = recipes.ae((3, 64, 64), net=Network("resnet", hidden=(8, 16))).train()
        count = Held(model)
        with torch.autograd.graph.saved_tensors_hooks(count.pack, lambda tensor: tensor):
            if keeping:
                with checkpointed(model):
                    terms = model(x)
            else:
                terms = model(x)
        held[keeping] = count.total
        del terms
    assert held[True] < 0.5 * held[False]


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--accumulate", "0"], "--accumulate is 0; give a whole number of 1 or more"),
        (["--accumulate", "20"], "in each of 20 parts"),
    ],
)
def test_parts_that_cannot_be_are_a_sentence(flags, words, tmp_path, capsys):
    line = ["train", "vae", "--limit", "100", "--batch", "32", "--out", str(tmp_path / "x")]
    assert main([*line, *flags]) == 2
    assert words in capsys.readouterr().err
    assert not (tmp_path / "x").exists()


def test_flags_reach_the_run(tmp_path):
    line = ["train", "ae", "--limit", "100", "--epochs", "1", "--out", str(tmp_path / "x")]
    assert main([*line, "--batch", "20", "--accumulate", "2", "--gradient-checkpointing"]) == 0
    plan = RunFolder(tmp_path / "x").record.plan
    assert (plan.accumulate, plan.gradient_checkpointing) == (2, True)


def test_a_plan_takes_no_number_for_yes():
    with pytest.raises(LatentscapeError, match="--gradient-checkpointing is 1; give true or false"):
        Plan(gradient_checkpointing=1)
