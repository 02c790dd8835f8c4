"""Training mode and evaluation mode are one model: what differs is noise, and nothing else.

Three ways in which it has been otherwise: a prior, a penalty or a critic passes something through a
network a second time, which a batch norm normalises and remembers; a derivative counts how images
of a batch influence each other; a stage moves what it does not train.
"""

from collections import Counter

import pytest
import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from latentscape.models.autoencoder import Autoencoder
from latentscape.parts.networks import Network
from latentscape.recipes import RECIPES
from latentscape.recipes.pretraining import Layer, between

SHAPE = (1, 12, 12)
SECOND = ("vamp-vae", "contractive-ae", "rae-gp", "acai")  # those that pass something a second time
CASES = [(name, None) for name in sorted(RECIPES)]
CASES += [(name, network) for name in SECOND for network in ("conv", "map", "resnet")]
every = pytest.mark.parametrize(("name", "network"), CASES)
images, labels = torch.rand(24, *SHAPE), torch.arange(24) % 10


def built(name: str, network: str | None) -> Autoencoder:
    torch.manual_seed(0)
    if network is None:
        return RECIPES[name](SHAPE)
    latent = 2 * Network("map", hidden=(8, 8)).cells(SHAPE)
    return RECIPES[name](SHAPE, latent=latent, net=Network(network, hidden=(8, 8)))


def networks(model: Autoencoder) -> list[nn.Module]:
    return [*model.encoder.modules(), *model.bottleneck.modules(), *model.decoder.modules()]


@every
def test_in_training_mode_each_network_is_passed_once(name, network):
    """What two networks share is passed once by each, and neither looks at the batch nor draws."""
    model = built(name, network)
    homes, calls = Counter(networks(model)), Counter()
    for module in homes:
        module.register_forward_pre_hook(lambda m, _: calls.update([m] if m.training else []))
    model(images, labels, 1000, 0.5)
    assert {calls[model.encoder], calls[model.bottleneck], calls[model.decoder]} == {1}
    assert calls <= homes
    shared = [module for module, count in homes.items() if count > 1]
    assert not any(isinstance(module, _BatchNorm | nn.Dropout) for module in shared)
    assert all(module.training for module in model.modules())


def settle(model: Autoencoder, seed: int) -> None:
    """Let whatever follows the batch be where this batch has it, and stay there."""
    counts: dict[nn.Module, int] = {}

    def count(module: nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
        if module.training:
            counts[module] = inputs[0].numel() // inputs[0].shape[1]

    norms = [module for module in networks(model) if isinstance(module, _BatchNorm)]
    for norm in norms:
        norm.momentum = 1.0
        norm.register_forward_pre_hook(count)
    torch.manual_seed(seed)
    model(images, labels, 1000, 1.0)
    for norm in norms:
        norm.running_var *= (counts[norm] - 1) / counts[norm]  # what a batch is divided by
        norm.momentum = 0.0
    for module in model.bottleneck.modules():
        if hasattr(module, "decay"):
            module.decay = 1.0


@every
def test_terms_are_the_same_in_both_modes(name, network):
    model = built(name, network)
    settle(model, seed=1)
    terms = {}
    for training in (True, False):
        model.train(training)
        torch.manual_seed(1)
        terms[training] = model(images, labels, 1000, 1.0)
    assert terms[True].keys() == terms[False].keys()
    for term in terms[True]:
        seen, kept = (terms[mode][term].value.detach() for mode in (True, False))
        torch.testing.assert_close(seen, kept, rtol=1e-3, atol=1e-3, msg=term)


def test_the_contraction_is_each_images_own_derivative():
    """Against whole Jacobians, image by image: nothing of how images move each other's codes."""
    model = RECIPES["contractive-ae"](SHAPE, latent=3)
    settle(model, seed=1)
    with torch.no_grad():
        probes = [model(images, labels)["contraction"].value for _ in range(80)]
        estimate = torch.stack(probes).mean()
    model.eval()
    jacobian = torch.func.vmap(torch.func.jacrev(lambda x: model.encode(x[None]).code[0]))(images)
    exact = jacobian.square().flatten(1).sum(1).mean()
    assert estimate.item() == pytest.approx(exact.item(), rel=0.05)


@pytest.mark.parametrize(
    ("name", "term"), [("contractive-ae", "contraction"), ("rae-gp", "gradient")]
)
def test_a_penalty_does_not_press_on_scales_that_a_batch_norm_takes_away(name, term):
    """Euler: where a figure does not change with the scale of weights, its slope is across them."""
    model = RECIPES[name](SHAPE, latent=3)
    value = model(images, labels)[term].value.mean()
    network = model.encoder if name == "contractive-ae" else model.decoder
    weight = next(layer.weight for layer in network.modules() if isinstance(layer, nn.Linear))
    (slope,) = torch.autograd.grad(value, weight)
    assert (slope * weight).sum().abs() < 1e-2 * slope.norm() * weight.norm()


def test_layers_below_the_one_that_is_trained_stay_as_they_are():
    norm = nn.BatchNorm1d(144)
    layer = between(nn.Linear(144, 3), nn.Linear(3, 144), 3, (144, 1, 1), nn.Identity())
    stage = Layer(nn.Sequential(nn.Flatten(), norm), layer).train()
    stage(images)
    assert norm.num_batches_tracked == 0
    torch.testing.assert_close(stage.lifted(images)[:3], stage.lifted(images[:3]))
