"""The reference systems: exact sizes, published trainings, and sizes they were not made for."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from latentscape import recipes
from latentscape.data import load_images
from latentscape.models.autoencoder import Autoencoder
from latentscape.parts.networks.initial import initialise
from latentscape.recipes import RECIPES, Published
from latentscape.recipes.reference import enlarged
from latentscape.recipes.zoo import beta_of
from latentscape.runs.load import load_run
from latentscape.system.errors import LatentscapeError
from latentscape.training import train
from latentscape.training.reporter import Silent

MNIST = (1, 28, 28)


@pytest.mark.parametrize(
    ("name", "options", "published"),
    [
        ("cae7", {}, 7_368),
        ("cnn576", {}, 12_004_033),
        ("dense", {}, 158_186),
        ("dense", {"variational": True}, 158_388),
        ("shallow-cnn", {}, 65_379),
        ("shallow-cnn", {"variational": True}, 69_989),
        ("conv-denoiser", {}, 515_585),
        ("vae-elu", {}, 1_333_012),
    ],
)
def test_networks_have_exactly_the_published_parameters(name, options, published):
    model = RECIPES[name](MNIST, **options)
    assert sum(p.numel() for p in model.parameters()) == published


def kinds(module):
    containers = (nn.Sequential, nn.ModuleList)
    leaves = [m for m in module.modules() if not list(m.children())]
    return [type(m).__name__ for m in leaves if not isinstance(m, containers)]


def test_cae7_is_convolutions_and_batch_norms_only():
    model = recipes.cae7(MNIST)
    assert not [n for n, _ in model.named_parameters() if n.endswith("bias") and "conv" in n]
    learned = {type(m).__name__ for m in model.modules() if list(m.parameters(recurse=False))}
    assert learned == {"Conv2d", "ConvTranspose2d", "Transposed", "PlanarNorm"}
    assert kinds(model.encoder) == [
        *("Conv2d", "LeakyReLU", "Conv2d", "PlanarNorm", "LeakyReLU"),
        *("Conv2d", "PlanarNorm", "LeakyReLU", "Conv2d", "Tanh", "Flatten"),
    ]
    x = torch.rand(3, *MNIST)
    assert model.encode(x).code.abs().max() <= 1
    assert model.decode(model.encode(x).code).mean.min() >= 0


def test_conv_denoiser_codes_are_64_maps_of_a_quarter():
    assert recipes.conv_denoiser(MNIST).bottleneck.code == 64 * 7 * 7
    assert recipes.conv_denoiser((3, 33, 18)).bottleneck.code == 64 * 8 * 4


@pytest.mark.parametrize(
    "name", ["cae7", "cnn576", "dense", "shallow-cnn", "deep-cnn", "conv-denoiser", "vae-elu"]
)
@pytest.mark.parametrize("shape", [(3, 17, 19), (1, 8, 8), (1, 33, 50)])
def test_other_sizes_and_colours_are_met_exactly(name, shape):
    model = RECIPES[name](shape)
    x = torch.rand(2, *shape)
    code = model.encode(x).code
    assert code.shape == (2, model.bottleneck.code)
    assert model.decode(code).mean.shape == (2, *shape)


@pytest.mark.parametrize("name", ["cae7", "cnn576", "shallow-cnn", "deep-cnn", "conv-denoiser"])
def test_images_too_small_are_refused_with_a_way_out(name):
    with pytest.raises(LatentscapeError, match=f"{name} .*3×6 pixels.*--size 28"):
        RECIPES[name]((1, 3, 6))


@pytest.mark.parametrize("name", ["cnn576", "deep-cnn", "conv-denoiser"])
def test_activations_after_pooling_give_what_the_published_order_gives(name):
    layers = list(RECIPES[name](MNIST).encoder)
    pools = [i for i, layer in enumerate(layers) if isinstance(layer, nn.MaxPool2d)]
    published = list(layers)
    for i in pools:
        published[i], published[i + 1] = layers[i + 1], layers[i]
    x = torch.rand(4, *MNIST)
    assert pools
    assert torch.equal(nn.Sequential(*layers)(x), nn.Sequential(*published)(x))


def test_same_padding_equals_the_convolution_whose_transpose_it_is():
    """`same` transposed convolution is the gradient of the `same` convolution, by definition."""
    from latentscape.parts.networks.transposed import same_transpose

    for kernel in (3, 5):
        up = same_transpose(2, 3, kernel, 2, (10, 14))
        weight, small = up[0].weight, torch.rand(1, 2, 5, 7)
        before, after = (kernel - 2) // 2, kernel - 2 - (kernel - 2) // 2
        x = torch.zeros(1, 3, 10, 14, requires_grad=True)
        padded = nn.functional.pad(x, (before, after, before, after))
        nn.functional.conv2d(padded, weight, stride=2).backward(small)
        expected = x.grad + up[0].bias[None, :, None, None]
        torch.testing.assert_close(up(small), expected)


def test_rf_becomes_beta():
    rf, shape, d = 10.0, (1, 28, 28), 2
    bce, kl = torch.tensor(206.0), torch.tensor(6.0)
    zoo = rf * bce / 784 + kl / d
    assert beta_of(rf, shape, d) == 39.2
    torch.testing.assert_close(zoo * 784 / rf, bce + beta_of(rf, shape, d) * kl)
    assert beta_of(0, shape, d) == 1
    with pytest.raises(LatentscapeError, match="--rf is -1"):
        recipes.dense(MNIST, variational=True, rf=-1.0)


def test_an_enlarged_loss_takes_the_same_steps():
    plan = enlarged(RECIPES["cae7"].plan, 1.0)
    assert plan == RECIPES["cae7"].plan
    from latentscape.models.plan import Plan

    paths = []
    for by in (1.0, 392.0):
        plan = enlarged(Plan(lr=0.1, eps=1e-2, weight_decay=0.3), by)
        w = nn.Parameter(torch.tensor([2.0, -1.0]))
        adam = torch.optim.Adam([w], lr=plan.lr, eps=plan.eps, weight_decay=plan.weight_decay)
        for _ in range(5):
            adam.zero_grad()
            (by * (w - 0.3).square().sum()).backward()
            adam.step()
        paths.append(w.detach())
    torch.testing.assert_close(*paths)


def test_published_trainings_are_as_published():
    plans = {
        name: RECIPES[name].published({}).plan
        for name in ("cae7", "cnn576", "conv-denoiser", "vae-elu", "dense")
    }
    figures = {n: (p.optimizer, p.schedule, p.lr, p.batch, p.epochs) for n, p in plans.items()}
    assert figures == {
        "cae7": ("adam", "constant", 1e-5, 1024, 50),
        "cnn576": ("adam", "constant", 1e-4, 64, 10),
        "conv-denoiser": ("adam", "constant", 1e-5, 64, 25),
        "vae-elu": ("adam", "constant", 1e-3, 128, 5),
        "dense": ("adam", "constant", 1e-3, 32, 10),
    }
    sweep = RECIPES["shallow-cnn"].published({"variational": True})
    assert (sweep.plan.batch, sweep.plan.epochs) == (512, 30)
    assert sweep.arguments == {"init": "glorot", "rf": 10_000.0}
    wide = RECIPES["cnn576"].published({}).arguments
    assert wide == {"likelihood": "normal", "init": "default"}


def test_published_initial_weights():
    torch.manual_seed(0)
    cae7 = recipes.cae7(MNIST, init="dcgan")
    assert cae7.encoder[5].weight.std().item() == pytest.approx(0.02, rel=0.1)
    elu = recipes.vae_elu(MNIST, init="truncated").encoder[1]
    deviation = (2.6 / 784) ** 0.5
    assert elu.weight.abs().max() <= 2 * deviation
    assert elu.weight.std().item() == pytest.approx(0.8796 * deviation, rel=0.02)
    dense = recipes.dense(MNIST, init="glorot").encoder[1]
    assert dense.weight.abs().max() <= (6 / 884) ** 0.5
    assert not dense.bias.any()


def test_he_weights_keep_the_scale_of_a_deep_relu_network():
    torch.manual_seed(0)
    layers = [m for _ in range(12) for m in (nn.Linear(400, 400), nn.ReLU())]
    deep = nn.Sequential(*layers)
    x = torch.randn(200, 400)
    with torch.no_grad():
        assert deep(x).square().mean() < 1e-3
        initialise(deep, "he")
        assert 0.2 < deep(x).square().mean() < 5


def test_published_trains_by_one_word_and_is_recorded(tmp_path):
    images = load_images("digits", limit=120)
    out = tmp_path / "run"
    train("dense", images, variational=True, published=True, out=out, epochs=2)
    record = load_run(out).record
    assert record.plan.batch == 512
    assert record.plan.epochs == 2
    assert record.blueprint.arguments["init"] == "glorot"
    assert record.blueprint.arguments["rf"] == 10_000.0
    mine = {"variational": True, "rf": 5.0}
    run = train("dense", images, **mine, published=True, epochs=1, lr=0.01)
    assert run.history[0]["weight/rate"] == pytest.approx(784 / 10)
    assert run.history[0]["lr"] == 0.01


def test_a_recipe_without_publication_says_so():
    with pytest.raises(LatentscapeError, match="ae repeats no published training"):
        train("ae", load_images("digits", limit=60), published=True)


HALF, WHOLE = 784 / 2, 784  # a mean over pixels of squares, or of cross-entropies, times so much
RECIPES_AS_WRITTEN = {  # lr, ε, weight decay, batch, epochs, images, initial weights
    ("cae7", ()): (1e-5, 1e-8 * HALF, 1e-6 * HALF, 1024, 50, 60_000, "dcgan"),
    ("cnn576", ()): (1e-4, 1e-8 * HALF, 1e-6 * HALF, 64, 10, 60_000, "default"),
    ("dense", ()): (1e-3, 1e-7 * WHOLE, 0, 32, 10, 60_000, "glorot"),
    ("dense", (("likelihood", "normal"),)): (1e-3, 1e-7 * HALF, 0, 32, 10, 60_000, "glorot"),
    ("shallow-cnn", (("variational", True),)): (
        1e-3, 1e-7 * WHOLE / 1e4, 0, 512, 30, 60_000, "glorot"
    ),
    ("deep-cnn", (("variational", True), ("rf", 100.0))): (
        1e-3, 1e-7 * WHOLE / 100, 0, 512, 30, 60_000, "glorot"
    ),
    ("conv-denoiser", ()): (1e-5, 1e-8 * WHOLE, 0, 64, 25, 55_000, "glorot"),
    ("vae-elu", ()): (1e-3, 1e-8, 0, 128, 5, 55_000, "truncated"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "given"), RECIPES_AS_WRITTEN)
def test_a_published_training_is_the_recipe_to_the_letter(name, given):
    lr, eps, decay, batch, epochs, images, init = RECIPES_AS_WRITTEN[name, given]
    published = RECIPES[name].published(dict(given))
    plan = published.plan
    assert (plan.optimizer, plan.schedule, plan.clip, plan.patience) == ("adam", "constant", 0, 0)
    assert (plan.lr, plan.batch, plan.epochs) == (lr, batch, epochs)
    assert (plan.eps, plan.weight_decay) == pytest.approx((eps, decay))
    assert (plan.precision, plan.keep, plan.last_batch) == ("32-true", "last", "keep")
    assert plan.train_on == {60_000: "train+validation", 55_000: "train"}[images]
    assert (published.data, published.images) == ("mnist", images)
    defaults = {k: p.default for k, p in RECIPES[name].options.items()}
    assert {**defaults, **published.arguments}["init"] == init


class Listening(Silent):
    def __init__(self):
        self.notes, self.steps = [], []

    def note(self, text):
        self.notes.append(text)

    def stage(self, title, epochs, steps, done, batch):
        self.steps.append(steps)


def pretending(images, counts):
    """Digits that go by the name of MNIST, and by its numbers of images."""
    parts = {}
    for name, count in counts.items():
        part = replace(getattr(images, name), name="mnist")
        parts[name] = part.take(np.arange(count) % len(part))
    return replace(images, name="mnist", **parts)


def test_published_alone_uses_every_image_and_keeps_the_last_epoch(monkeypatch, tmp_path):
    images = pretending(
        load_images("digits", limit=120), {"train": 90, "validation": 13, "test": 5}
    )
    small = replace(RECIPES["dense"].published({}).plan, epochs=2)  # 103 images: 3 batches and 7
    monkeypatch.setattr(
        RECIPES["dense"], "publication", Published(small, {"init": "glorot"}, images=103)
    )
    seen, forward = [], Autoencoder.forward

    def watched(self, x, *rest):
        seen.extend([x] * self.training)
        return forward(self, x, *rest)

    monkeypatch.setattr(Autoencoder, "forward", watched)
    told = Listening()
    run = train("dense", images, published=True, out=tmp_path / "r", reporter=told)
    assert told.notes == []
    assert told.steps == [4]
    assert [len(x) for x in seen] == [32, 32, 32, 7] * 2
    assert {x.dtype for x in seen} == {torch.float32}
    whole = np.concatenate([images.train.pixels, images.validation.pixels])
    for epoch in (seen[:4], seen[4:]):
        rows = (torch.cat(epoch) * 255).round().byte().numpy().reshape(103, -1)
        known = whole.reshape(103, -1)
        assert sorted(map(bytes, rows)) == sorted(map(bytes, known))
    assert run.epoch == 2
    last = load_run(tmp_path / "r", weights="last").encode(images.test)
    np.testing.assert_array_equal(run.encode(images.test), last)


def test_what_is_not_as_published_is_said():
    images = load_images("digits", limit=120)
    told = Listening()
    options = {"latent": 3, "init": "he"}
    train("vae-elu", images, **options, published=True, reporter=told, epochs=1, seed=9)
    assert told.notes == [
        "as published, but that the source does not say which 5,000 images it left out; here they "
        "are validation's",
        "not as published: 120 images of 'digits' where the source has 55,000 of 'mnist'",
        "not as published: --init he where the source has truncated",
        "not as published: --latent 3 where the source has 2",
        "not as published: --epochs 1 where the source has 5",
    ]


def test_the_zoo_tried_several_sizes_and_likelihoods():
    images = pretending(load_images("digits", limit=60), {"train": 55, "validation": 5, "test": 5})
    told = Listening()
    options = {"variational": True, "latent": 4, "rf": 7.0}
    train("dense", images, **options, published=True, reporter=told, epochs=1)
    assert [note for note in told.notes if "epochs" not in note] == [
        "not as published: 60 images of 'mnist' where the source has 60,000 of 'mnist'"
    ]
