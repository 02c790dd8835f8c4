"""Published figures beside ours, in the terminal and in the documentation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from latentscape.reproduction.entry import Entry, Figure
from latentscape.reproduction.results import Result, of_entry

COLUMNS = ("entry", "figure", "published", "ours", "seeds", "training", "last run")
WORDS: Mapping[str, str] = {
    "mse": "MSE",
    "bce": "cross-entropy a pixel",
    "negative_elbo": "negative ELBO",
    "log_likelihood": "log-likelihood",
    "kmeans_clusters": "accuracy of k-means",
    "own_clusters": "accuracy of own clusters",
    "n2d_clusters": "accuracy of N2D's clusters",
    "n2d_clusters_of_all": "accuracy of N2D's clusters, all 70,000",
    "knn_accuracy": "k-NN",
    "logistic_accuracy": "logistic regression",
    "lda_accuracy": "linear discriminants",
    "lda_neighbours": "neighbours of one class, three discriminants",
    "drawn_named": "drawn twos named two",
    "frechet_gain": "Fréchet distance over a mixture's",
    "frechet_midpoints": "midpoints' Fréchet distance over a mixture's",
    "frechet_riemannian": "Riemannian draws' Fréchet distance over a mixture's",
    "factor_score": "FactorVAE score",
    "information_gap": "MIG",
    "disentangled": "DCI disentanglement",
    "separated": "SAP",
    "seconds_to_pass": "seconds to pass",
}
"""What figures are called."""


def rows(entries: Iterable[Entry], results: Iterable[Result]) -> list[list[str]]:
    """A row for each figure, of `COLUMNS`.

    Args:
        entries: which.
        results: what was measured; those by another protocol are left out.
    """
    known = list(results)
    return [
        row(entry, figure, found.get(figure.name))
        for entry in entries
        for found in [of_entry(known, entry)]
        for figure in entry.figures
    ]


def row(entry: Entry, figure: Figure, result: Result | None) -> list[str]:
    """One figure beside what was published.

    Args:
        entry: whose.
        figure: which.
        result: ours, where it was measured.
    """
    cells = [entry.name, called(figure), published(figure)]
    if result is None:
        return [*cells, "", "", "", ""]
    seconds = "" if result.seconds is None else duration(result.seconds)
    return [*cells, ours(result), str(result.seeds), seconds, result.date]


def called(figure: Figure) -> str:
    """What a figure is called, with how many neighbours or what else it depends on."""
    k = figure.options.get("k")
    name = WORDS[figure.name]
    return name.replace("k-NN", f"{k}-NN") if k else name


def published(figure: Figure) -> str:
    """The published value as it was written, and what ours is to reach where that is another."""
    known = "" if figure.published is None else f"{figure.published:g}".replace("-", "−")
    aim = "" if figure.aim is None else f"(aim {figure.aim:g})"
    return f"{known} {aim}".strip()


def ours(result: Result) -> str:
    """The median with its range over seeds, where that was kept; of one seed its error over images.

    Example:
        >>> one = Result("vae", "mse", "", -90.26, -90.26, -90.26, 1, 0.81, None, "", "")
        >>> ours(one)
        '−90.26 ± 0.81'
    """
    if result.low < result.high:
        return f"{number(result.value)} ({number(result.low)} to {number(result.high)})"
    error = "" if result.error is None or result.seeds > 1 else f" ± {result.error:.2g}"
    return f"{number(result.value)}{error}"


def number(value: float) -> str:
    """A figure to four digits, with a minus that is one."""
    return f"{value:.4g}".replace("-", "−")


def duration(seconds: float) -> str:
    """Seconds, or minutes where they are many.

    Example:
        >>> duration(5.27), duration(640.0)
        ('5.3 s', '11 min')
    """
    return f"{seconds:.2g} s" if seconds < 100 else f"{seconds / 60:.0f} min"


def machines(results: Sequence[Result]) -> list[str]:
    """The machines of results, each once."""
    return list(dict.fromkeys(result.machine for result in results))
