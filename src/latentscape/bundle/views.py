"""Makes views of codes by the names of projections, the one that keeps most neighbours first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from latentscape.bundle.contents import TableView, View
from latentscape.latent.arrays import subset
from latentscape.latent.kept_neighbours import kept_neighbours
from latentscape.latent.projections import LDA, PCA, PROJECTIONS, make_projection
from latentscape.system.printing import print_aside

TITLES = {"pca": "PCA", "lda": "LDA", "tsne": "t-SNE", "umap": "UMAP"}
DIRECTIONS = 12
COMPARED = 70_000
"""Codes among which neighbours are looked for, at most."""
MINUTES = 20_000
"""Of more codes t-SNE takes minutes."""


def check_views(names: Sequence[str]) -> None:
    """Refuse names of no projection, before anything that takes long.

    Args:
        names: of projections, as for `make_views`.

    Raises:
        LatentscapeError: when a name is not known.
    """
    for name in names:
        make_projection(name)


def make_views(
    names: Sequence[str], codes: NDArray[np.float32], labels: NDArray[np.integer] | None
) -> list[View | TableView]:
    """Fit projections to codes, leaving out those that these codes cannot have.

    PCA gets up to twelve components, since the page's sliders move along them; LDA needs three
    classes at least to span a plane. First comes the view whose first two axes keep most of the ten
    nearest neighbours (`kept_neighbours`), and of equal ones that which is named first.

    Args:
        names: of projections: "pca", "lda", "tsne", "umap", "raw".
        codes: (N, d).
        labels: (N,), −1 where unlabelled; None when there are none.

    Raises:
        LatentscapeError: when a name is not known, or t-SNE or UMAP cannot be computed.
    """
    views: list[View | TableView] = []
    for name in dict.fromkeys(names):
        if name == "raw" and codes.shape[1] == 1:
            continue  # that is the code itself
        if name == "pca" and codes.shape[1] > 1 and len(codes) > 1:
            views.append(_pca(codes))
        elif name == "lda" and labels is not None:
            views.extend(_lda(codes, labels))
        elif name not in ("pca", "lda"):
            if name == "tsne" and len(codes) > MINUTES:
                print_aside(f"note: t-SNE places {len(codes):,} codes, which takes minutes")
            positions = np.asarray(make_projection(name).fit_transform(codes), dtype=np.float32)
            note = PROJECTIONS[name].description
            views.append(TableView(name, TITLES.get(name, name), positions, note))
    return _best_first(views, codes) if len(views) > 1 else views


def _best_first(
    views: Sequence[View | TableView], codes: NDArray[np.float32]
) -> list[View | TableView]:
    """Order views by how many neighbours by code are neighbours in their first two axes."""
    rows = subset(len(codes), COMPARED, seed=0)
    some = codes[rows]

    def kept(view: View | TableView) -> float:
        if isinstance(view, TableView):
            return kept_neighbours(some, view.positions[rows, :2])
        return kept_neighbours(some, (some - view.mean) @ view.forward[:, :2])

    return sorted(views, key=kept, reverse=True)


def _pca(codes: NDArray[np.float32]) -> View:
    """Fit principal components."""
    pca = PCA(min(DIRECTIONS, codes.shape[1])).fit(codes)
    shown = pca.explained[:2].sum()
    note = f"the directions along which codes vary most; two of them hold {shown:.0%} of it"
    return View("pca", "PCA", pca.linear.mean, pca.linear.components, pca.linear.lift, note)


def _lda(codes: NDArray[np.float32], labels: NDArray[np.integer]) -> list[View]:
    """Fit discriminants of the labelled codes, where there are two at least."""
    labelled = labels >= 0
    most = min(3, len(np.unique(labels[labelled])) - 1, codes.shape[1])
    if most < 2:
        return []
    lda = LDA(most).fit(codes[labelled], labels[labelled])
    note = "the directions that set the classes farthest apart"
    return [View("lda", "LDA", lda.linear.mean, lda.linear.components, lda.linear.lift, note)]
