"""The groups of measures of one model, each made when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from latentscape.data import Images
from latentscape.evaluation.baselines import measure_baselines
from latentscape.evaluation.decoding import DRAWS, measure_decoding
from latentscape.evaluation.elbo import measure_likelihood
from latentscape.evaluation.eval_sets import EvalSets, known_columns
from latentscape.evaluation.judge.judge import Judge
from latentscape.evaluation.judge.training import find_judge
from latentscape.evaluation.reconstruction import measure_reconstruction
from latentscape.evaluation.run_samplers import QUICK, led_by_prior, run_sampler
from latentscape.latent.arrays import as_codes, subset
from latentscape.latent.catalogue import in_group
from latentscape.latent.column_measures import column_measures
from latentscape.latent.disentanglement import dci, mig, sap
from latentscape.latent.factor_votes import factor_vae
from latentscape.latent.groups import measure_shape, measure_structure, measure_usage
from latentscape.latent.measure import Measure
from latentscape.latent.moves import move_sensitivities
from latentscape.latent.own_measures import measure_own
from latentscape.latent.samplers import Sampler
from latentscape.latent.samplers.places import drawn_places
from latentscape.latent.yardstick import yardstick_of
from latentscape.models.pixels import at_once
from latentscape.runs.run import Run

Floats = NDArray[np.floating]
COMPARED = 10_000  # codes that are drawn from the posterior and compared with the prior


@dataclass(eq=False)
class ModelMeasures:
    """Makes groups of measures.

    Attributes:
        run: the model.
        sets: what it is measured on.
        asked: the judge, or whether one is to be trained.
        no_judge: why none is to be trained.
        samples: K of the importance-weighted likelihood; 0 leaves it out.
        seed: of every sample and draw.
        factors: what the images were made from, by name.
    """

    run: Run
    sets: EvalSets
    asked: Judge | bool
    no_judge: str
    samples: int
    seed: int
    factors: Mapping[str, Floats] | None

    def group(self, name: str) -> tuple[Measure, ...]:
        """Measure a group of the catalogue."""
        makers: dict[str, Callable[[], tuple[Measure, ...]]] = {
            "reconstruction": self._reconstruction,
            "likelihood": self._likelihood,
            "structure": self._structure,
            "columns": self._columns,
            "usage": self._usage,
            "shape": self._shape,
            "encoding": self._encoding,
            "decoding": self._decoding,
            "disentanglement": self._disentanglement,
            "own": self._own,
        }
        return makers[name]()

    @property
    def judge(self) -> Judge | None:
        """Who judges; None where nobody can."""
        return self._judging[0]

    @cached_property
    def _judging(self) -> tuple[Judge | None, str]:
        """The judge, or why there is none."""
        if isinstance(self.asked, Judge):
            return self.asked, ""
        if not self.asked:
            return None, self.no_judge
        if self.sets.splits is None:
            return None, "a judge learns from splits, and one set of images was given"
        return find_judge(self.sets.splits)

    @cached_property
    def samplers(self) -> dict[str, Sampler]:
        """Every sampler that needs no training; first the one that is meant for this model."""
        fitted = self.sets.fitted
        names = [n for n in QUICK if n != "class-gaussian" or fitted.labels is not None]
        if not led_by_prior(self.run):
            names.remove("prior")
            names.append("prior")
        codes, labels = fitted.codes, fitted.labels
        return {name: run_sampler(self.run, name, codes, labels, self.seed) for name in names}

    def _reconstruction(self) -> tuple[Measure, ...]:
        whole, splits = self.sets.whole, self.sets.splits
        mse, *others = measure_reconstruction(self.run, whole.images, whole.codes)
        train = None if splits is None else splits.train
        d = whole.codes.shape[1]
        return (mse, *measure_baselines(train, whole.images, d, seed=self.seed), *others)

    def _likelihood(self) -> tuple[Measure, ...]:
        return measure_likelihood(self.run, self.sets.whole.images, self.samples, seed=self.seed)

    def _structure(self) -> tuple[Measure, ...]:
        a, b = self.sets.fitted, self.sets.scored
        return measure_structure(
            a.picked,
            a.labels,
            b.picked,
            b.labels,
            pixels=b.pixels,
            clusters=b.clusters,
            seed=self.seed,
        )

    def _columns(self) -> tuple[Measure, ...]:
        a, b = self.sets.fitted, self.sets.scored
        return column_measures(
            as_codes(a.picked), as_codes(b.picked), known_columns(a, b), seed=self.seed
        )

    def _usage(self) -> tuple[Measure, ...]:
        mean, scale = self.sets.whole.posterior
        if scale is not None and self.run.model.prior.is_unit_normal:
            return measure_usage(mean, scale, seed=self.seed)
        if not self.run.model.bottleneck.has_density:
            return measure_usage(mean, seed=self.seed)
        again = self.run.draw_posterior(self._drawn_images, seed=self.seed + 1)
        return measure_usage(mean, draws=(self._posterior_draws, again), seed=self.seed)

    def _shape(self) -> tuple[Measure, ...]:
        whole = self.sets.whole
        return measure_shape(
            whole.codes,
            whole.labels,
            draws=drawn_places(self.samplers, whole.codes, DRAWS, self.seed),
            prior=self.run.draw(COMPARED, seed=self.seed),
            posterior=self._posterior_draws,
            seed=self.seed,
        )

    @cached_property
    def _drawn_images(self) -> Images:
        """A seeded sample of the images, whose posteriors are drawn from."""
        images = self.sets.whole.images
        return images.take(subset(len(images), COMPARED, self.seed))

    @cached_property
    def _posterior_draws(self) -> Floats:
        """One draw of q(z|x) (M, d) for each of them."""
        return self.run.draw_posterior(self._drawn_images, seed=self.seed)

    def _encoding(self) -> tuple[Measure, ...]:
        whole, run = self.sets.whole, self.run
        labels = run.condition_of(whole.images)
        return move_sensitivities(
            whole.images.pixels,
            whole.codes,
            lambda x, rows: run.encode(x, None if labels is None else labels[rows]),
            yardstick_of(whole.codes, self._posterior_draws),
            at_once=at_once(run.shape),
            seed=self.seed,
        )

    def _decoding(self) -> tuple[Measure, ...]:
        whole = self.sets.whole
        judge, reason = self._judging
        return measure_decoding(
            self.run,
            whole.codes,
            self.samplers,
            whole.images,
            judge,
            posterior=self._posterior_draws,
            no_judge=reason,
            draws=DRAWS,
            seed=self.seed,
        )

    def _own(self) -> tuple[Measure, ...]:
        whole = self.sets.whole
        known = {"codes": whole.codes, "labels": whole.labels}
        return measure_own(known | {"images": whole.images, "run": self.run})

    def _disentanglement(self) -> tuple[Measure, ...]:
        if not self.factors:
            reason = "the factors that images were made from are not known"
            return tuple(Measure(e.key, reason=reason) for e in in_group("disentanglement"))
        z = self.sets.whole.codes
        columns = np.stack([np.asarray(f, np.float64) for f in self.factors.values()], axis=1)
        discrete = [bool((column % 1 == 0).all()) for column in columns.T]
        return (
            mig(z, columns, discrete, seed=self.seed),
            sap(z, columns, discrete, seed=self.seed),
            factor_vae(z, columns, discrete, seed=self.seed),
            *dci(z, columns, discrete, seed=self.seed),
        )
