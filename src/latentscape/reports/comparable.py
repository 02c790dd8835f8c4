"""Can runs be compared? On which images, by which likelihood, under which bound."""

from __future__ import annotations

from collections.abc import Sequence

from latentscape.reports.configurations import Configuration
from latentscape.runs.folder import RunFolder
from latentscape.runs.places import local
from latentscape.runs.record import Record
from latentscape.runs.run import Place, Run
from latentscape.system.errors import LatentscapeError

TIGHTER = (
    "was trained on a tighter bound than negative_elbo, which finds it worse than it is; "
    "--nll 100 (nll=100) compares what it was trained for"
)


def bound_notes(run: Run, called: str) -> list[str]:
    """Say that a model was trained on a tighter bound than it is judged by without `nll`.

    Example:
        >>> from latentscape import recipes
        >>> models = [recipes.vae((1, 8, 8)), recipes.iwae((1, 8, 8))]
        >>> [bool(bound_notes(Run("", model, (1, 8, 8)), "a")) for model in models]
        [False, True]
    """
    return [f"note: '{called}' {TIGHTER}"] if run.model.objective.needs_density else []


def record_of(run: Run | Place) -> Record:
    """Give what a run says of itself, unopened.

    Raises:
        LatentscapeError: when no recipe built it, or it is no run.
    """
    if not isinstance(run, Run):
        return RunFolder(local(run)).record
    record = run.kept.record if run.kept else run.record
    if record is None:
        raise LatentscapeError(
            f"'{run.name}' was built by no recipe, so it does not say what it is"
        )
    return record


def check_same_images(records: Sequence[Record], called: Sequence[str]) -> None:
    """Refuse runs that were not trained on the same images.

    Raises:
        LatentscapeError: naming two of them.
    """
    known = {r.data.fingerprint: name for r, name in zip(records, called, strict=True)}
    if len(known) > 1:
        a, b = list(known.values())[:2]
        raise LatentscapeError(
            f"'{a}' and '{b}' were trained on different images, so that their figures do not "
            "compare; give those to compare them on with --data"
        )


def mixed_likelihoods(sides: Sequence[Configuration]) -> tuple[str, ...]:
    """The kinds of likelihood, where there are several."""
    kinds = dict.fromkeys(side.likelihood for side in sides if side.likelihood)
    return tuple(kinds) if len(kinds) > 1 else ()
