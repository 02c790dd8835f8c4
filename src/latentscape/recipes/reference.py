"""Four published autoencoders for MNIST, layer by layer; the zoo's three are in `zoo`.

Each trains with our own plan, or with `--published` as it was where it came from: images,
optimizer, batch, epochs, initial weights and weighting, in single precision to the last epoch, no
image left out of any. Sources that average a loss over an image's pixels
are met exactly: a loss `by` times larger takes the same Adam steps where its constants are, too.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from latentscape import parts
from latentscape.models.plan import Plan
from latentscape.parts.names import InitName, LikelihoodName, Shape
from latentscape.recipes.compose import compose
from latentscape.recipes.publication import Published
from latentscape.recipes.registry import recipe

if TYPE_CHECKING:
    from latentscape.models.autoencoder import Autoencoder

ADAM = Plan(
    optimizer="adam",
    schedule="constant",
    precision="32-true",
    keep="last",
    train_on="train+validation",
    last_batch="keep",
)
FEWER = replace(ADAM, train_on="train")  # 55,000 of MNIST's 60,000
WHICH = "the source does not say which 5,000 images it left out; here they are validation's"


def enlarged(plan: Plan, by: float) -> Plan:
    """Give the plan whose steps on a loss `by` times larger are those of this plan."""
    return replace(plan, eps=plan.eps * by, weight_decay=plan.weight_decay * by)


PIXELS = 28 * 28
CAE7 = enlarged(replace(ADAM, lr=1e-5, weight_decay=1e-6, batch=1024, epochs=50), PIXELS / 2)
CNN576 = enlarged(replace(ADAM, lr=1e-4, weight_decay=1e-6, batch=64, epochs=10), PIXELS / 2)
DENOISER = enlarged(replace(FEWER, lr=1e-5, batch=64, epochs=25), PIXELS)
VAE_ELU = replace(FEWER, lr=1e-3, batch=128, epochs=5)


@recipe(plan=Plan(lr=3e-2, epochs=40), published=Published(CAE7, {"init": "dcgan"}))
def cae7(shape: Shape, latent: int = 7, *, init: InitName = "default") -> Autoencoder:
    """All-convolutional autoencoder with a 7-dimensional code, 7,368 parameters.

    Minimises ‖x − x̂‖²/2. As small as a useful autoencoder gets; its codes lie in [−1, 1], so
    seven sliders reach all of them.

    Args:
        shape: the images' (C, H, W).
        latent: the number of latent dimensions.
        init: what weights start from; "dcgan" as published.

    Example:
        >>> sum(p.numel() for p in cae7((1, 28, 28)).parameters())
        7368
    """
    from torch import nn

    return compose(
        shape,
        parts.Point(latent),
        likelihood=parts.Normal(activation=nn.Identity()),
        net=parts.Cae7(),
        init=init,
    )


@recipe(
    plan=Plan(lr=1e-3, epochs=16),
    published=Published(
        CNN576,
        {"likelihood": "normal", "init": "default"},
        notes=(
            "the source does not say what follows its convolutions and its last layer; here ReLU "
            "and the logistic function",
        ),
    ),
)
def cnn576(
    shape: Shape,
    latent: int = 576,
    *,
    likelihood: LikelihoodName = "bernoulli",
    init: InitName = "he",
) -> Autoencoder:
    """Convolutional autoencoder with a 576-dimensional code, 12,004,033 parameters.

    Minimises −log p(x|z). Keeps nearly everything of an image; its codes are to be compared with
    the raw pixels, which are hardly more.

    Args:
        shape: the images' (C, H, W).
        latent: the number of latent dimensions.
        likelihood: how an image is compared with its reconstruction; "normal" as published.
        init: what weights start from; "default" as published.

    Example:
        >>> sum(p.numel() for p in cnn576((1, 28, 28)).parameters())
        12004033
    """
    net = parts.Cnn576()
    return compose(shape, parts.Point(latent), likelihood=likelihood, net=net, init=init)


@recipe(
    plan=Plan(lr=4e-3, batch=64, epochs=4),
    published=Published(DENOISER, images=55_000, notes=(WHICH,)),
)
def conv_denoiser(shape: Shape, *, noise: float = 0.5, init: InitName = "glorot") -> Autoencoder:
    """Convolutional denoising autoencoder whose code is 64 small maps, 515,585 parameters.

    Minimises −log p(x|z) at z = encoder(clip(x + noise·ε)) (Vincent et al., JMLR 11, 2010). Made
    to clean pictures; the code, larger than the image, is not meant to be looked at.

    Args:
        shape: the images' (C, H, W).
        noise: the noise's standard deviation, in units of the pixels' range [0, 1].
        init: what weights start from; "glorot" as published.

    Example:
        >>> conv_denoiser((1, 28, 28)).bottleneck.code  # 64 × 7 × 7
        3136
    """
    return compose(
        shape,
        parts.Point(parts.ConvDenoiser.code(shape)),
        corruption=parts.GaussianNoise(noise),
        net=parts.ConvDenoiser(),
        init=init,
    )


@recipe(
    plan=Plan(lr=2e-3, epochs=15),
    published=Published(
        VAE_ELU, {"dropout": 0.1, "init": "truncated"}, images=55_000, notes=(WHICH,)
    ),
)
def vae_elu(
    shape: Shape,
    latent: int = 2,
    *,
    beta: float = 1.0,
    warmup: float = 0.0,
    dropout: float = 0.0,
    init: InitName = "default",
) -> Autoencoder:
    """Variational autoencoder of ELU and tanh layers, 1,333,012 parameters.

    Minimises E_q[−log p(x|z)] + β·KL(q(z|x)‖N(0, I)) (arXiv:1312.6114). A dense VAE whose 2-D
    space is drawn as a manifold of digits.

    Args:
        shape: the images' (C, H, W).
        latent: the number of latent dimensions.
        beta: the weight of the rate.
        warmup: the share of training in which β rises from 0.
        dropout: the share of hidden units left out in training; 0.1 as published.
        init: what weights start from; "truncated" as published.

    Example:
        >>> sum(p.numel() for p in vae_elu((1, 28, 28)).parameters())
        1333012
    """
    bottleneck = parts.Gaussian(latent, "softplus")
    objective = parts.Elbo(parts.Beta(parts.warmed(beta, warmup)))
    return compose(shape, bottleneck, objective=objective, net=parts.EluTanh(dropout), init=init)
