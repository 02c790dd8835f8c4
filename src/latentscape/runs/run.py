"""A trained model, in memory or on disk: arrays in, arrays out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latentscape.data import Splits
from latentscape.data.preparation import Preparation
from latentscape.models.autoencoder import Autoencoder
from latentscape.models.pixels import Inputs
from latentscape.recipes.numbers import as_count
from latentscape.runs.batchwise import Floats
from latentscape.runs.facts import facts
from latentscape.runs.fitted import FittedSamplers
from latentscape.runs.folder import RunFolder
from latentscape.runs.kept import Kept
from latentscape.runs.likelihoods import Likelihoods
from latentscape.runs.record import Record
from latentscape.system.arithmetic import exact_arithmetic
from latentscape.system.errors import LatentscapeError
from latentscape.system.randomness import own_randomness
from latentscape.system.tables import Records, html_table
from latentscape.system.tensors import Tensors

Place = str | Path


@dataclass(eq=False, repr=False)
class Run(Likelihoods):
    """A trained autoencoder with what is known of its training.

    Attributes:
        name: how to call it: the folder's name, or the recipe's.
        model: the autoencoder, in evaluation mode.
        shape: (C, H, W) of the images.
        classes: names of the classes it was trained on, () when unlabelled.
        record: what `run.json` says, for a model that a recipe built.
        history: a row of figures for each epoch; "validation/loss" is what the best is chosen by.
        best_epoch: the epoch with the lowest validation loss; 0 where that is not known.
        epoch: the epoch whose weights the model has; 0 where that is not known.
        film: codes (N, d) of the first validation images after each epoch.
        folder: where it is kept; None in memory.
        interrupted: whether Ctrl-C ended its training before its time.
        notices: sentences on what its training should be told, such as a collapsed code.
        kept: what `save` writes of a run in memory; None where no recipe built the model.
        samplers: those that were fitted to its codes, for as long as it is in memory.
    """

    name: str
    model: Autoencoder
    shape: tuple[int, int, int]
    classes: tuple[str, ...] = ()
    record: Record | None = None
    history: Records = field(default_factory=Records)
    best_epoch: int = 0
    epoch: int = 0
    film: Sequence[Floats] = field(default=(), repr=False)
    folder: Path | None = None
    interrupted: bool = False
    notices: Sequence[str] = ()
    kept: Kept | None = field(default=None, repr=False)
    samplers: FittedSamplers = field(default_factory=FittedSamplers, init=False, repr=False)

    def __post_init__(self) -> None:
        self.model.eval()
        self.history = Records(self.history)

    def __repr__(self) -> str:
        return f"<Run {self.name}: {', '.join(f'{n} {v}' for n, v in facts(self))}>"

    def _repr_html_(self) -> str:
        return html_table([], facts(self), self.name)

    @property
    def preparation(self) -> Preparation:
        """What was done to each picture that it was trained on, to be done to others."""
        if self.record is not None:
            return self.record.preparation
        C, H, W = self.shape
        return Preparation(size=f"{W}x{H}", colour="grey" if C == 1 else "rgb")

    def decoders(self) -> Mapping[int, Tensors]:
        """The kept weights that decode, by the epoch of all stages that they were kept after.

        Those of a run directory are read as they are asked for, where a damaged one is refused.
        """
        if self.folder is not None:
            return RunFolder(self.folder).decoders()
        return {} if self.kept is None else self.kept.decoders

    def own_images(self) -> Splits:
        """Load what it was trained on; where that has changed since, it is said on standard error.

        Raises:
            LatentscapeError: when it was trained in memory and does not know, or they are gone.
        """
        if self.record is None:
            raise LatentscapeError(
                f"'{self.name}' was trained in memory and does not know its images; give images="
            )
        return self.record.own_images()

    def save(self, path: Place) -> Path:
        """Write it as a run directory, which every verb opens and training continues.

        Args:
            path: the directory, which is made.

        Returns:
            The directory.

        Raises:
            LatentscapeError: when something is there already, or no recipe built the model.

        Example:
            >>> import latentscape as ls, tempfile
            >>> images = ls.load_images("digits", limit=200)
            >>> run = ls.fit(ls.recipes.vae(images.shape), images, epochs=1)
            >>> with tempfile.TemporaryDirectory() as folder:
            ...     ls.load_run(run.save(f"{folder}/mine")).codes_size
            2
        """
        kept = self.kept if self.folder is None else Kept.of(RunFolder(self.folder))
        if kept is None:
            raise LatentscapeError(
                f"'{self.name}' was built by no recipe, which its directory would need; put "
                "@latentscape.recipes.recipe() on the function that makes the model"
            )
        self.folder = kept.write(path)
        self.name, self.record, self.kept = self.folder.resolve().name, kept.record, None
        return self.folder

    def encode(self, images: Inputs, labels: NDArray[np.int64] | None = None) -> Floats:
        """Give the code of every image, the same each time.

        Args:
            images: (N, C, H, W), uint8 or float in [0, 1], or `Images`.
            labels: (N,), for a model conditioned on them; `Images` bring their own.

        Returns:
            (N, d).

        Raises:
            LatentscapeError: when the images do not fit the model.
        """
        return self.posterior(images, labels)[0]

    def posterior(
        self, images: Inputs, labels: NDArray[np.int64] | None = None
    ) -> tuple[Floats, Floats | None]:
        """Give codes (N, d) and, for a normal posterior, its deviations (N, d)."""

        def parts(x: Tensor, y: Tensor | None) -> tuple[Tensor, ...]:
            posterior = self.model.encode(x, self.model.condition(y))
            scale = getattr(posterior, "scale", None)
            return (posterior.code,) if scale is None else (posterior.code, scale)

        code, *scale = self._map(parts, images, labels)
        return code, scale[0] if scale else None

    def memberships(self, images: Inputs, labels: NDArray[np.int64] | None = None) -> Floats | None:
        """Give how surely each image is of each of the model's own clusters, by its code.

        The clusters are those that training has made: the centres of deep embedded clustering, the
        components of a mixture prior (of VaDE, q(c|x); of a VampPrior, the pseudo-images).

        Args:
            images: (N, C, H, W), uint8 or float in [0, 1], or `Images`.
            labels: (N,), for a model conditioned on them; `Images` bring their own.

        Returns:
            Probabilities (N, K), rows summing to 1; None where the model has no clusters.

        Example:
            >>> import latentscape as ls
            >>> images = ls.load_images("digits", limit=200)
            >>> run = ls.fit(ls.recipes.vade(images.shape, clusters=7), images, epochs=1)
            >>> run.memberships(images.test).shape[1]
            7
        """
        with torch.no_grad():
            clustering = self.model.clustering()
        if clustering is None:
            return None

        def probabilities(x: Tensor, y: Tensor | None) -> tuple[Tensor, ...]:
            return (clustering.memberships(self.model.encode(x, self.model.condition(y)).code),)

        return self._map(probabilities, images, labels)[0]

    def draw_posterior(
        self, images: Inputs, labels: NDArray[np.int64] | None = None, *, seed: int = 0
    ) -> Floats:
        """Draw one code of q(z|x) for every image: (N, d); where codes are points, the codes.

        Args:
            images: to encode.
            labels: theirs (N,), where the model takes them.
            seed: of the draws.
        """

        def draw(x: Tensor, y: Tensor | None) -> tuple[Tensor, ...]:
            return (self.model.encode(x, self.model.condition(y)).draw(1)[0][0],)

        with own_randomness(seed):
            return self._map(draw, images, labels)[0]

    def decode(
        self, codes: NDArray[np.floating], labels: NDArray[np.int64] | None = None
    ) -> Floats:
        """Give the image that each code stands for: the mean of p(x|z).

        Args:
            codes: (N, d).
            labels: (N,), for a model conditioned on them.

        Returns:
            (N, C, H, W) in [0, 1].

        Raises:
            LatentscapeError: when the codes are not (N, d) or not finite.
        """

        def mean(z: Tensor, y: Tensor | None) -> tuple[Tensor, ...]:
            return (self.model.decode(z, self.model.condition(y)).mean.clamp(*self.bounds),)

        return self._chunks(mean, self._decodable(codes), labels)[0]

    def decode_each(
        self, codes: NDArray[np.floating], labels: NDArray[np.int64] | None = None
    ) -> Floats:
        """Give the image that each code stands for by each decoder of an ensemble.

        Where they differ there are no images that they could have learned from.

        Args:
            codes: (N, d).
            labels: (N,), for a model conditioned on them.

        Returns:
            (k, N, C, H, W) in [0, 1], k being what `--ensemble` was in training, else 1.

        Raises:
            LatentscapeError: when the codes are not (N, d) or not finite.
        """

        def means(z: Tensor, y: Tensor | None) -> tuple[Tensor, ...]:
            each = self.model.decode_each(z, self.model.condition(y))
            return tuple(images.mean.clamp(*self.bounds) for images in each)

        return np.stack(self._chunks(means, self._decodable(codes), labels))

    def reconstruct(self, images: Inputs, labels: NDArray[np.int64] | None = None) -> Floats:
        """Encode and decode: (N, C, H, W) in [0, 1]. A denoising model cleans them."""

        def mean(x: Tensor, y: Tensor | None) -> tuple[Tensor, ...]:
            condition = self.model.condition(y)
            code = self.model.encode(x, condition).code
            return (self.model.decode(code, condition).mean.clamp(*self.bounds),)

        return self._map(mean, images, labels)[0]

    def draw(self, n: int, *, seed: int = 0) -> Floats:
        """Draw n codes from the prior: (n, d).

        Raises:
            LatentscapeError: when n is no whole number of 1 or more.
        """
        n = as_count("n", n)
        labels = torch.arange(n, device=self.device) % max(self.model.labels, 1)
        condition = self.model.condition(labels)
        with own_randomness(seed), torch.no_grad(), exact_arithmetic():
            prior = self.model.prior(self.model, condition)
            count = () if len(prior.batch_shape) else (n,)
            codes: Floats = prior.sample(torch.Size(count)).cpu().numpy()
        return codes

    def sample(self, n: int, *, seed: int = 0) -> Floats:
        """Decode n codes drawn from the prior: (n, C, H, W) in [0, 1].

        A conditional model draws its classes in turn.

        Raises:
            LatentscapeError: when n is no whole number of 1 or more.
        """
        n = as_count("n", n)
        labels = np.arange(n) % self.model.labels if self.model.labels else None
        return self.decode(self.draw(n, seed=seed), labels)
