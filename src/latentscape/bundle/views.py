"""Makes views of codes by the names of projections."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from latentscape.bundle.contents import TableView, View
from latentscape.latent.projections import LDA, PCA, PROJECTIONS, make_projection

TITLES = {"pca": "PCA", "lda": "LDA", "tsne": "t-SNE", "umap": "UMAP"}
DIRECTIONS = 12


def make_views(
    names: Sequence[str], codes: NDArray[np.float32], labels: NDArray[np.integer] | None
) -> list[View | TableView]:
    """Fit projections to codes, leaving out those that these codes cannot have.

    PCA gets up to twelve components, since the page's sliders move along them; LDA needs three
    classes at least to span a plane.

    Args:
        names: of projections: "pca", "lda", "tsne", "umap".
        codes: (N, d).
        labels: (N,), −1 where unlabelled; None when there are none.

    Raises:
        LatentscapeError: when a name is not known, or t-SNE or UMAP cannot be computed.
    """
    views: list[View | TableView] = []
    for name in names:
        if name == "pca" and codes.shape[1] > 1 and len(codes) > 1:
            views.append(_pca(codes))
        elif name == "lda" and labels is not None:
            views.extend(_lda(codes, labels))
        elif name not in ("pca", "lda"):
            positions = np.asarray(make_projection(name).fit_transform(codes), dtype=np.float32)
            note = PROJECTIONS[name].description
            views.append(TableView(name, TITLES.get(name, name), positions, note))
    return views


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
