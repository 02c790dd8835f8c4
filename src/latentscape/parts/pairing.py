"""Which parts go together; a pairing that makes no sense fails when the model is built."""

from __future__ import annotations

from collections.abc import Iterable

from latentscape.parts.bottlenecks import Bottleneck
from latentscape.parts.objectives import Objective
from latentscape.parts.priors import Prior
from latentscape.parts.regularizers import Regularizer
from latentscape.system.errors import LatentscapeError


def check_pairing(
    bottleneck: Bottleneck,
    objective: Objective,
    prior: Prior,
    regularizers: Iterable[Regularizer],
    labels: int,
) -> None:
    """Refuse parts that do not fit the bottleneck.

    Args:
        bottleneck: gives the posterior that all others work on.
        objective: may need its rate or its density.
        prior: must be over its codes.
        regularizers: may need a posterior of their kind.
        labels: how many classes condition the model; 0 for none.

    Raises:
        LatentscapeError: naming the two that do not go together.
    """
    check_rate(objective, bottleneck)
    check_prior(prior, bottleneck, labels)
    for regularizer in regularizers:
        check_posterior(regularizer, bottleneck)


def check_rate(objective: Objective, bottleneck: Bottleneck) -> None:
    """Refuse an objective that needs what the bottleneck's posterior does not have.

    Raises:
        LatentscapeError: when the posterior lacks it.
    """
    lacks = [
        what
        for what, needed, had in (
            ("rate", objective.needs_rate, bottleneck.has_rate),
            ("density", objective.needs_density, bottleneck.has_density),
        )
        if needed and not had
    ]
    if lacks:
        raise LatentscapeError(
            f"{type(objective).__name__} needs a posterior with a {lacks[0]}, which "
            f"{type(bottleneck).__name__} does not have; use Reconstruction, or another bottleneck"
        )


def check_prior(prior: Prior, bottleneck: Bottleneck, labels: int) -> None:
    """Refuse a prior over other codes than the bottleneck gives, or one that takes no labels.

    Args:
        prior: p(z).
        bottleneck: what gives the codes.
        labels: how many classes the model is conditioned on; 0 for none.

    Raises:
        LatentscapeError: when it does not fit.
    """
    if labels and not prior.takes_labels:
        raise LatentscapeError(
            f"{type(prior).__name__} serves no model conditioned on labels; leave out the labels, "
            "or choose StandardNormal"
        )
    if prior.space != bottleneck.space:
        raise LatentscapeError(
            f"{type(prior).__name__} is a prior on the space '{prior.space}', and the codes of "
            f"{type(bottleneck).__name__} live on '{bottleneck.space}'; choose both on one space"
        )


def check_posterior(regularizer: Regularizer, bottleneck: Bottleneck) -> None:
    """Refuse a regularizer that works on another kind of posterior.

    Raises:
        LatentscapeError: when it does.
    """
    if not issubclass(bottleneck.gives, regularizer.needs):
        raise LatentscapeError(
            f"{type(regularizer).__name__} works on a {regularizer.needs.__name__}, and "
            f"{type(bottleneck).__name__} gives a {bottleneck.gives.__name__}; choose others"
        )
