"""Each model does what it was made for: trained for a moment on strokes, against its absence."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from latentscape import recipes
from latentscape.data import Splits, load_images
from latentscape.latent.clusters import cluster_accuracy
from latentscape.models.plan import Plan
from latentscape.parts.clustering import memberships
from latentscape.parts.networks import Network
from latentscape.parts.regularizers.gradients import jacobian_norm
from latentscape.parts.regularizers.mmd import discrepancy
from latentscape.parts.regularizers.total_correlation import total_correlation
from latentscape.parts.similarity import ms_ssim
from latentscape.system.errors import LatentscapeError
from latentscape.training import fit, train
from latentscape.training.reporter import Silent

SMALL = Network("dense", hidden=(128,))
PLAN = Plan(epochs=15, batch=50, lr=3e-3, precision="32-true")


@pytest.fixture(scope="module")
def images():
    return load_images("digits", limit=700)


@pytest.fixture(scope="module")
def trained(images):
    """Train a recipe on the digits, once for each set of options."""
    kept = {}

    def one(name, epochs=12, batch=50, **options):
        key = (name, epochs, batch, str(options))
        if key not in kept:
            if name not in ("stacked-denoising", "vq-vae", "residual-vq-vae", "fsq"):
                options = {"net": SMALL} | options
            kept[key] = train(name, images, plan=PLAN, epochs=epochs, batch=batch, **options)
        return kept[key]

    return one


@pytest.fixture(scope="module")
def x(images):
    return torch.from_numpy(images.train.pixels[:400]).float() / 255


def last(run, term):
    return run.history[-1][f"validation/{term}"]


def test_the_rate_falls_as_beta_rises(trained):
    rates = [last(trained("beta-vae", beta=beta), "rate") for beta in (1.0, 4.0, 16.0)]
    assert rates[0] > 1.3 * rates[1] > 1.3**2 * rates[2]


def test_the_rate_is_led_to_the_capacity(trained):
    for capacity in (4.0, 12.0):
        run = trained("capacity-vae", capacity=capacity)
        assert last(run, "rate") == pytest.approx(capacity, abs=1.5)


def test_free_bits_keep_dimensions_alive_that_would_collapse(trained, x):
    def least(run):
        with torch.no_grad():
            return run.model.step(x).rate[0].mean(0).min().item()

    assert least(trained("beta-vae", beta=16.0)) < 0.1
    assert least(trained("free-bits-vae", beta=16.0)) > 0.35


def test_dearer_dependence_makes_dimensions_less_dependent(trained, x):
    """The total correlation that a VAE leaves goes down."""

    def dependence(run):
        torch.manual_seed(0)
        with torch.no_grad():
            q = run.model.encode(x)
            return total_correlation(q.rsample(), q, len(x)).mean().item()

    plain = dependence(trained("vae", latent=6))
    assert dependence(trained("beta-tc-vae", latent=6, beta=10.0)) < plain


@pytest.mark.parametrize(
    ("name", "options"),
    [("wae-mmd", {}), ("aae", {"weight": 20.0}), ("info-vae", {"alpha": 1.0})],
)
def test_the_cloud_of_codes_comes_to_look_like_the_prior(trained, x, name, options):
    def distance(run):
        torch.manual_seed(0)
        with torch.no_grad():
            z = run.model.encode(x).draw(1)[0][0]
        return discrepancy(z, torch.randn_like(z)).mean().item()

    epochs = 24 if name == "aae" else 12
    matched = trained(name, latent=4, epochs=epochs, **options)
    assert distance(matched) < 0.25 * distance(trained("ae", latent=4))
    assert last(matched, "distortion") < 1.35 * last(trained("ae", latent=4), "distortion")


def test_regularised_codes_are_shorter_and_the_decoder_smoother(trained, x):
    plain, by_norm = trained("ae", latent=8), trained("rae-l2", latent=8, code=0.5)
    by_gradient = trained("rae-gp", latent=8, gradient=0.1)
    lengths = [np.square(run.encode(x.numpy())).sum(1).mean() for run in (plain, by_norm)]
    assert lengths[1] < 0.5 * lengths[0]

    def slope(run, z):
        torch.manual_seed(0)
        return jacobian_norm(lambda z: run.model.decode(z).mean, z).mean().item()

    codes = torch.from_numpy(by_gradient.encode(x.numpy()))
    assert slope(by_gradient, codes) < 0.7 * slope(
        by_norm, torch.from_numpy(by_norm.encode(x.numpy()))
    )


def test_structure_is_kept_where_it_counts(trained, x):
    def missing(run):
        return 1 - ms_ssim(x, torch.from_numpy(run.reconstruct(x.numpy()))).mean().item()

    plain = trained("ae", latent=8, likelihood="laplace")
    assert missing(trained("structural-ae", latent=8, weight=5.0)) < 0.8 * missing(plain)


def test_a_contractive_encoder_moves_less(trained, x):
    def slope(run):
        torch.manual_seed(0)
        return jacobian_norm(lambda i: run.model.encode(i).code, x).mean().item()

    assert slope(trained("contractive-ae", latent=8, weight=1.0)) < 0.3 * slope(
        trained("ae", latent=8)
    )


def test_a_critic_learns_less_of_mixtures_from_a_model_that_hides_them():
    images = load_images("digits", limit=300, size=8)
    hidden = Network("dense", hidden=(64,))
    plain, hiding = (
        train("acai", images, weight=weight, net=hidden, plan=PLAN, epochs=20, progress=False)
        for weight in (0.0, 2.0)
    )
    assert last(hiding, "given away") < 0.75 * last(plain, "given away")
    assert last(hiding, "critic") > 1.2 * last(plain, "critic")


def test_few_numbers_of_a_sparse_code_are_not_zero(trained, x):
    active = [
        (trained("sparse-ae", weight=weight).encode(x.numpy()) > 0).mean() for weight in (0.0, 1.0)
    ]
    assert active[1] < 0.5 * active[0]
    assert active[1] > 0


def test_a_masked_autoencoder_completes_what_a_plain_one_does_not(trained, x):
    run, plain = trained("masked-ae", patch=7, epochs=20), trained("ae", latent=32, epochs=20)
    torch.manual_seed(0)
    hidden = run.model.corruption(x)
    errors = [np.square(r.reconstruct(hidden.numpy()) - x.numpy()).mean() for r in (run, plain)]
    assert errors[0] < 0.8 * errors[1]


def test_a_coarse_level_says_roughly_what_the_image_is_and_the_finer_the_rest(trained, x):
    run = trained("ladder-vae", levels=(4, 12), width=64)
    with torch.no_grad():
        code = run.model.encode(x).code
        expected = torch.cat([code[:, :4], torch.zeros(len(x), 12)], 1)  # by the coarse level
        other = torch.cat([code[:, :4].roll(1, 0), code[:, 4:]], 1)
        errors = [
            (run.model.decode(z).mean - x).square().mean().item() for z in (code, expected, other)
        ]
    assert errors[0] < 0.8 * errors[1]
    assert errors[1] < 0.8 * (x - x.mean(0)).square().mean()
    assert errors[2] > 1.3 * errors[0]
    assert min(last(run, "rate 1"), last(run, "rate 2")) > 1


@pytest.mark.parametrize("name", ["vamp-vae", "flow-prior-vae"])
def test_a_learned_prior_finds_codes_more_probable_than_a_normal_does(trained, x, name):
    run = trained(name, latent=4)
    with torch.no_grad():
        step = run.model.step(x, samples=20)
        learned = step.prior.log_prob(step.z).mean().item()
        normal = torch.distributions.Normal(step.z.mean((0, 1)), step.z.std((0, 1)))
        fitted = normal.log_prob(step.z).sum(-1).mean().item()
    assert learned > fitted + 0.05
    assert last(run, "rate") < last(trained("vae", latent=4), "rate")


def test_pseudo_images_start_from_training_images(images):
    model = recipes.vamp_vae(images.shape, images=30)
    x = torch.from_numpy(images.train.pixels[:50]).float() / 255
    model.prepare(x)
    torch.testing.assert_close(model.prior.images, x[:30].clamp(0.02, 0.98))


def test_a_flow_posterior_gives_as_tight_a_bound(trained):
    def bound(name):
        run = trained(name, latent=4)
        return last(run, "distortion") + last(run, "rate")

    assert bound("flow-posterior-vae") < bound("vae") + 3


def test_directions_use_the_whole_sphere(trained, x):
    codes = trained("hyperspherical-vae", latent=3).encode(x.numpy())
    np.testing.assert_allclose(np.linalg.norm(codes, axis=1), 1, atol=1e-5)
    assert np.linalg.norm(codes.mean(0)) < 0.5
    octants = {tuple(row) for row in np.sign(codes).astype(int)}
    assert len(octants) == 8


@pytest.mark.parametrize(
    ("name", "options"), [("vq-vae", {"words": 16}), ("fsq", {"levels": (5, 5)})]
)
def test_most_words_of_a_book_are_used_and_say_something(trained, x, name, options):
    run = trained(name, net=Network("map", hidden=(16, 32)), epochs=6, batch=16, **options)
    with torch.no_grad():
        posterior = run.model.encode(x)
        shuffled = posterior.indices[torch.randperm(len(x))]
        other = run.model.decode(run.model.bottleneck.embed(shuffled)).mean
        own = run.model.decode(posterior.code).mean
    assert posterior.indices.unique().numel() > 0.5 * run.model.bottleneck.words
    assert (own - x).square().mean() < 0.3 * (other - x).square().mean()
    assert 0 < last(run, "words used") <= 1


def test_more_levels_of_words_leave_less_out(trained, x):
    errors = []
    for levels in (1, 2, 4):
        run = trained(
            "residual-vq-vae",
            net=Network("map", hidden=(16, 32)),
            epochs=6,
            batch=16,
            words=8,
            levels=levels,
        )
        with torch.no_grad():
            q = run.model.encode(x)
        left = [(q.before - partial).square().mean().item() for partial in q.sums]
        assert left == sorted(left, reverse=True)  # every level takes something off
        errors.append((run.model.decode(q.code).mean - x).square().mean().item())
    assert errors[1] < 0.85 * errors[0]
    assert errors[2] < 0.85 * errors[1]
    shares = [last(run, f"words used {level}") for level in range(1, 5)]
    assert all(share > 0.5 for share in shares)
    assert last(run, "words used") == pytest.approx(np.mean(shares), abs=1e-6)
    assert last(run, "rate") == pytest.approx(4 * 49 * np.log(8), rel=1e-5)


def test_one_level_of_words_is_vector_quantization(images):
    small = {"net": Network("map", hidden=(4, 4)), "words": 8}
    plan = replace(PLAN, epochs=2, batch=16)
    plain = train("vq-vae", images, plan=plan, **small)
    one = train("residual-vq-vae", images, plan=plan, levels=1, **small)
    assert one.history[-1]["train/loss"] == plain.history[-1]["train/loss"]
    assert one.history[-1].keys() == plain.history[-1].keys()
    np.testing.assert_array_equal(one.encode(images.test), plain.encode(images.test))


def test_another_label_is_another_digit_in_the_same_hand(trained, images):
    run = trained("conditional-vae", epochs=20)
    plain = images.train.pixels.reshape(len(images.train), -1) / 255
    means = np.stack([plain[images.train.labels == c].mean(0) for c in range(10)])
    z = np.random.default_rng(0).normal(size=(20, 2)).astype(np.float32) * 0.7
    for label in range(10):
        drawn = run.decode(z, np.full(20, label)).reshape(20, -1)
        nearest = np.square(drawn[:, None] - means).sum(-1).argmin(1)
        assert (nearest == label).mean() >= 0.8, label


def test_a_conditional_model_of_fewer_classes_than_the_images_have_is_refused(images):
    model = recipes.conditional_vae(images.shape, classes=7)
    with pytest.raises(LatentscapeError, match="conditioned on 7 classes"):
        fit(model, images, plan=PLAN)


@pytest.mark.parametrize("classes", [1, 10])
def test_a_conditional_model_of_images_without_labels_is_told_what_helps(images, classes):
    parts = (images.train, images.validation, images.test)
    bare = Splits(images.name, *(replace(part, labels=None, classes=()) for part in parts))
    with pytest.raises(LatentscapeError, match="have no labels; give images with labels") as told:
        fit(recipes.conditional_vae(images.shape, classes=classes), bare, epochs=1)
    assert "--classes" not in str(told.value)


def test_layers_are_trained_one_by_one_then_together(images):
    frozen = {}

    def weights(model):
        return [p.detach().clone() for p in model.encoder.parameters()]

    class Watch(Silent):
        def __init__(self, model):
            self.model = model

        def stage(self, title, epochs, steps, done, batch):
            frozen[len(frozen)] = weights(self.model)

    torch.manual_seed(0)
    model = recipes.stacked_denoising(images.shape, latent=8, hidden=(64, 32))
    run = fit(model, images, plan=PLAN, epochs=3, reporter=Watch(model))
    frozen[4] = weights(model)
    assert [row["stage"] for row in run.history] == [0.0] * 3 + [1.0] * 3 + [2.0] * 3 + [3.0] * 3
    for stage in range(3):
        changed = [
            not torch.equal(a, b) for a, b in zip(frozen[stage], frozen[stage + 1], strict=True)
        ]
        assert [changed[2 * i] for i in range(3)] == [i == stage for i in range(3)]
    assert all(not torch.equal(a, b) for a, b in zip(frozen[3], frozen[4], strict=True))


@pytest.mark.parametrize("name", ["dec", "vade", "gmvae"])
def test_clusters_are_found_without_labels(trained, images, name):
    """Three digits that differ: most images of each are put together."""
    few = Splits(
        images.name,
        *(
            part.take(np.flatnonzero(np.isin(part.labels, [0, 1, 6])))
            for part in (images.train, images.validation, images.test)
        ),
    )
    run = train(name, few, plan=PLAN, epochs=8, net=SMALL, clusters=3)
    model = run.model
    with torch.no_grad():
        code = model.encode(torch.from_numpy(few.test.pixels).float() / 255).code
        if name == "dec":
            belongs = memberships(code, model.objective.centres)
        else:
            belongs = model.prior(model, None).memberships(code)
    assert cluster_accuracy(belongs.argmax(1).numpy(), few.test.labels) > 0.8
