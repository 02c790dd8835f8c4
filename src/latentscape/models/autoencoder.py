"""The autoencoder: one composition of parts for every named model.

*Corruption → encoder → bottleneck → decoder → likelihood*, an objective, and regularizers.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from latentscape.models.blueprint import Blueprint
from latentscape.parts.bottlenecks import Bottleneck
from latentscape.parts.clustering import Clustered
from latentscape.parts.distributions import Latent, Pixels
from latentscape.parts.likelihoods import Likelihood
from latentscape.parts.networks.ensemble import DecoderEnsemble
from latentscape.parts.objectives import Objective
from latentscape.parts.pairing import check_pairing
from latentscape.parts.priors import Prior
from latentscape.parts.regularizers import Regularizer
from latentscape.parts.second_pass import LentModel, evaluation_mode, first_pass
from latentscape.parts.step import Prepared, Step, Term
from latentscape.system.errors import LatentscapeError
from latentscape.system.tables import html_table


class Stage(nn.Module, ABC):
    """Whatever is trained as one: it gives terms, and its parameters by group.

    Attributes:
        lr_multiplier: what the plan's learning rate is multiplied by in this stage.
    """

    lr_multiplier: float = 1.0

    @abstractmethod
    def forward(
        self, x: Tensor, labels: Tensor | None = None, size: int = 1, progress: float = 1.0
    ) -> dict[str, Term]:
        """Give every term of the loss by name, for one batch of images in [0, 1].

        Args:
            x: images (B, C, H, W).
            labels: theirs (B,), where the model takes them.
            size: how many images the training set has.
            progress: of training, in [0, 1].
        """

    @abstractmethod
    def groups(self) -> dict[str, list[nn.Parameter]]:
        """Give the parameters by the group that terms name."""

    @abstractmethod
    def prepare(self, x: Tensor, labels: Tensor | None = None) -> None:
        """Let parts set their initial values from training images, before the first epoch."""


class Autoencoder(Stage):
    """A model made of parts; named models are functions that choose them.

    Args:
        encoder: (B, C + labels, H, W) -> (B, bottleneck.features).
        bottleneck: features -> q(z|x).
        decoder: (N, d + labels) -> (N, likelihood.channels(C), H, W).
        likelihood: the decoder's output -> p(x|z).
        prior: p(z).
        objective: how distortion and rate become the bound.
        regularizers: terms added to it.
        corruption: what is done to an image before the encoder sees it in training.
        labels: how many classes condition both sides; 0 for none. They enter as one-hot planes
            beside the image and numbers beside the code.
        pretraining: stages, sharing layers with this one, that are trained before it.

    Attributes:
        blueprint: what rebuilds it, where a recipe built it.
        as_built: `touches` of it when a recipe had just built it.

    Raises:
        LatentscapeError: when two parts make no sense together: an objective or a regularizer
            that needs what the posterior does not have, a prior on another space than the codes.
    """

    blueprint: Blueprint | None = None
    as_built: int = -1

    def __init__(
        self,
        encoder: nn.Module,
        bottleneck: Bottleneck,
        decoder: nn.Module,
        likelihood: Likelihood,
        *,
        prior: Prior,
        objective: Objective,
        regularizers: Iterable[Regularizer] = (),
        corruption: nn.Module | None = None,
        labels: int = 0,
        pretraining: Iterable[Stage] = (),
    ) -> None:
        super().__init__()
        regularizers = tuple(regularizers)
        check_pairing(bottleneck, objective, prior, regularizers, labels)
        self.encoder, self.bottleneck = encoder, bottleneck
        self.decoder, self.likelihood = decoder, likelihood
        self.prior, self.objective = prior, objective
        self.regularizers = nn.ModuleList(regularizers)
        self.corruption = nn.Identity() if corruption is None else corruption
        self.labels = labels
        self.pretraining = tuple(pretraining)  # a tuple: shared layers are registered once
        # What convolutions are fastest in.
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # no stub has it

    def condition(self, labels: Tensor | None) -> Tensor | None:
        """One-hot labels, (B,) -> (B, labels); None where the model takes none.

        Raises:
            LatentscapeError: when the model is conditioned and there are no labels.
        """
        if not self.labels:
            return None
        if labels is None:
            raise LatentscapeError(
                f"this model is conditioned on {self.labels} classes; give it images with labels"
            )
        return F.one_hot(labels.long(), self.labels).float()

    def encode(self, x: Tensor, condition: Tensor | None = None) -> Latent:
        """Give q(z|x) of images (B, C, H, W) in [0, 1]; nothing random happens here."""
        if condition is not None:
            planes = condition[:, :, None, None].expand(-1, -1, *x.shape[2:])
            x = torch.cat([x, planes], 1)
        posterior: Latent = self.bottleneck(self.encoder(x).float())
        return posterior

    def decode(self, z: Tensor, condition: Tensor | None = None) -> Pixels:
        """Give p(x|z) of codes (…, B, d): batch (…, B), event (C, H, W)."""
        return self._decoded(self.decoder, z, condition)

    def decode_each(self, z: Tensor, condition: Tensor | None = None) -> tuple[Pixels, ...]:
        """Give p(x|z) by each decoder of an ensemble; the same as `decode` where there is one."""
        decoder = self.decoder
        members = decoder.members if isinstance(decoder, DecoderEnsemble) else (decoder,)
        return tuple(self._decoded(member, z, condition) for member in members)

    def _decoded(self, decoder: nn.Module, z: Tensor, condition: Tensor | None) -> Pixels:
        batch = z.shape[:-1]
        if condition is not None:
            z = torch.cat([z, condition.expand(*batch, -1)], -1)
        output = decoder(z.flatten(0, -2)).float()
        images: Pixels = self.likelihood(output.unflatten(0, batch))
        return images

    def clustering(self) -> Clustered | None:
        """What sorts its codes into clusters of its own; None where nothing does."""
        device = next(self.parameters()).device
        any_class = self.condition(torch.zeros(1, dtype=torch.long, device=device))
        for part in (self.objective, self.prior(self, any_class)):
            if isinstance(part, Clustered):
                return part
        return None

    def step(
        self,
        x: Tensor,
        labels: Tensor | None = None,
        *,
        samples: int = 1,
        size: int = 1,
        progress: float = 1.0,
    ) -> Step:
        """Corrupt, encode, draw and decode: what objective and regularizers work from.

        Args:
            x: images, (B, C, H, W) in [0, 1].
            labels: (B,), for models that are conditioned on them.
            samples: K, how many codes to draw for each image.
            size: how many images the training set has.
            progress: of training, from 0 to 1.
        """
        condition = self.condition(labels)
        corrupted = self.corruption(x)
        with first_pass(self) as seen:
            posterior = self.encode(corrupted, condition)
            z, log_q = posterior.draw(samples)
            reconstruction = self.decode(z, condition)
        lent = LentModel(self, seen)
        return Step(
            model=lent,
            x=x,
            corrupted=corrupted,
            condition=condition,
            posterior=posterior,
            prior=self.prior(lent, condition),
            z=z,
            log_q=log_q,
            reconstruction=reconstruction,
            size=size,
            progress=progress,
        )

    def forward(
        self, x: Tensor, labels: Tensor | None = None, size: int = 1, progress: float = 1.0
    ) -> dict[str, Term]:
        """Give every term of the loss by name, for one batch of images in [0, 1]."""
        step = self.step(x, labels, samples=self.objective.samples, size=size, progress=progress)
        terms: dict[str, Term] = self.objective(step)
        for regularizer in self.regularizers:
            terms |= regularizer(step)
        return terms

    @torch.no_grad()
    def prepare(self, x: Tensor, labels: Tensor | None = None) -> None:
        """Let parts set their initial values from training images (N, C, H, W) in [0, 1]."""
        with evaluation_mode(self):
            networks, others = (self.encoder, self.decoder), (self.bottleneck, self.prior)
            for part in (*networks, *others, self.objective, *self.regularizers):
                if isinstance(part, Prepared):
                    part.prepare(self, x, self.condition(labels))

    def _repr_html_(self) -> str:
        """The parts in the order in which an image meets them, and how much each learns."""
        met = ("corruption", "encoder", "bottleneck", "decoder", "likelihood", "prior", "objective")
        parts = [(name, getattr(self, name)) for name in met]
        parts += [("regularizer", part) for part in self.regularizers]
        rows = [
            (name, type(part).__name__, f"{sum(p.numel() for p in part.parameters()):,}")
            for name, part in parts
            if name != "corruption" or not isinstance(part, nn.Identity)
        ]
        total = sum(p.numel() for p in self.parameters())
        rows.append(("all", type(self).__name__, f"{total:,}"))
        columns = ("part", "kind", "learned numbers")
        return html_table(columns, rows, f"{self.bottleneck.code} latent dimensions")

    def groups(self) -> dict[str, list[nn.Parameter]]:
        """Give the parameters by the group that terms name: inference, generative, any critic."""
        members: list[tuple[str, nn.Module]] = [
            ("inference", self.encoder),
            ("inference", self.bottleneck),
            ("inference", self.objective),
            ("generative", self.decoder),
            ("generative", self.likelihood),
            ("generative", self.prior),
        ]
        members += [(r.group, r) for r in self.regularizers if isinstance(r, Regularizer)]
        return collect(members)


def collect(members: Iterable[tuple[str, nn.Module]]) -> dict[str, list[nn.Parameter]]:
    """Gather parameters by group; one shared by several modules counts where it comes first."""
    groups: dict[str, list[nn.Parameter]] = {}
    seen: set[nn.Parameter] = set()
    for name, module in members:
        new = [p for p in module.parameters() if p not in seen]
        seen.update(new)
        if new:
            groups.setdefault(name, []).extend(new)
    return groups
