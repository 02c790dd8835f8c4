"""Models that find the classes by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latentscape import parts
from latentscape.models.plan import Plan
from latentscape.parts.names import LikelihoodName, Shape
from latentscape.parts.networks import Network
from latentscape.recipes.compose import compose
from latentscape.recipes.registry import recipe

if TYPE_CHECKING:
    from latentscape.models.autoencoder import Autoencoder


@recipe()
def dec(
    shape: Shape,
    latent: int = 10,
    *,
    clusters: int = 10,
    likelihood: LikelihoodName = "bernoulli",
    net: Network = Network(),
) -> Autoencoder:
    """Deep embedded clustering: an autoencoder first, then codes gather around centres.

    After training as a plain autoencoder and k-means, the encoder minimises KL(p‖q), q being soft
    memberships of clusters and p the same made more decided (arXiv:1511.06335). It does so at a
    tenth of the learning rate, as published: at the whole of it clusters are soon made even at the
    cost of what they had found. The decoder goes on learning, so that codes can still be looked at.

    Args:
        shape: the images' (C, H, W).
        latent: the number of latent dimensions.
        clusters: how many clusters to find.
        likelihood: how an image is compared with its reconstruction.
        net: the networks.

    Example:
        >>> model = dec((1, 28, 28))
        >>> len(model.pretraining), model.objective.centres.shape
        (1, torch.Size([10, 10]))
    """
    from latentscape.recipes.pretraining import noiseless

    objective = parts.SelfClustering(latent, clusters)
    model = compose(shape, parts.Point(latent), objective=objective, likelihood=likelihood, net=net)
    model.pretraining = (noiseless(model),)
    model.lr_multiplier = 0.1
    return model


@recipe(plan=Plan(lr=2e-3))
def vade(
    shape: Shape,
    latent: int = 10,
    *,
    clusters: int = 10,
    likelihood: LikelihoodName = "bernoulli",
    net: Network = Network(),
) -> Autoencoder:
    """VaDE: a VAE whose prior is a mixture, one component for each cluster.

    After training as a plain autoencoder, minimises −ELBO with p(z) = Σ_c π_c N(μ_c, σ_c²), started
    from a mixture fitted to the codes (arXiv:1611.05148; its q(c|x) = p(c|z) makes the two bounds
    one). Clusters you can draw from.

    Args:
        shape: the images' (C, H, W).
        latent: the number of latent dimensions.
        clusters: how many clusters to find.
        likelihood: how an image is compared with its reconstruction.
        net: the networks.

    Example:
        >>> vade((1, 28, 28), clusters=7).prior.loc.shape
        torch.Size([7, 10])
    """
    from latentscape.recipes.pretraining import noiseless

    prior = parts.GaussianMixture(latent, clusters)
    model = compose(shape, parts.Gaussian(latent), prior=prior, likelihood=likelihood, net=net)
    model.pretraining = (noiseless(model),)
    return model


@recipe(plan=Plan(lr=2e-3))
def gmvae(
    shape: Shape,
    latent: int = 10,
    *,
    clusters: int = 10,
    context: int = 2,
    likelihood: LikelihoodName = "bernoulli",
    net: Network = Network(),
) -> Autoencoder:
    """GMVAE: clusters as in VaDE, each bent by numbers w that say how images differ within it.

    Minimises −ELBO with p(z, w) = N(w; 0, I)·Σ_c π_c N(z; μ_c(w), σ_c(w)²), of which z is
    decoded (arXiv:1611.02648; its p(c|z, w) makes the bounds one). So clusters need not be round.
    It starts as VaDE does, from a plain autoencoder, where the paper starts from nothing.

    Args:
        shape: the images' (C, H, W).
        latent: how many numbers z has.
        clusters: how many clusters to find.
        context: how many numbers w has; they come after z in a code.
        likelihood: how an image is compared with its reconstruction.
        net: the networks.

    Example:
        >>> gmvae((1, 28, 28), latent=8, context=4).encode(torch.rand(5, 1, 28, 28)).code.shape
        torch.Size([5, 12])
    """
    from latentscape.recipes.pretraining import noiseless

    prior = parts.BentMixture(latent, context, clusters)
    bottleneck = parts.Accompanied(latent, context)
    model = compose(shape, bottleneck, prior=prior, likelihood=likelihood, net=net)
    model.pretraining = (noiseless(model),)
    return model
