"""`latentscape cluster`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from latentscape.cli.inputs import folder_for, parts_for, suffix_of
from latentscape.cli.reading import AS_TRAINED, OtherPictures
from latentscape.system.csv_files import csv_bytes
from latentscape.system.errors import LatentscapeError
from latentscape.system.files import write_atomic
from latentscape.system.printing import print_answer

if TYPE_CHECKING:
    from latentscape.data import Images
    from latentscape.runs.run import Run


def cluster(
    run: Path,
    *,
    k: int = 10,
    method: Literal["kmeans", "mixture", "hdbscan", "n2d", "own"] = "kmeans",
    data: str | None = None,
    reading: OtherPictures = AS_TRAINED,
    split: Literal["train", "validation", "test", "all"] = "test",
    out: Path,
    seed: int = 0,
    trust: bool = False,
) -> None:
    """Find groups of codes without labels, and say how well they match labels where there are any.

    Args:
        run: a run's directory.
        k: how many groups; hdbscan finds its own number, and may leave codes out as noise (-1).
        method: k-means, a mixture of Gaussians, HDBSCAN, N2D (a mixture where UMAP puts the codes,
            which needs umap-learn), or the model's own clusters, where it has
            learned some (dec, vade, a mixture prior); k does not count then.
        data: a source that `latentscape data` lists, or a path; the run's own by default.
        reading: what is read with them.
        split: which images.
        out: a CSV file with id, split, cluster and, where known, label and the cluster's class.
        seed: of starting points and samples.
        trust: import a recipe from outside latentscape, which runs its code.
    """
    from latentscape.latent.clusters import cluster_accuracy, find_clusters, match
    from latentscape.runs.load import load_run

    reading.refuse("the table of clusters has no columns for it; encode writes them", "exif")
    suffix_of(out, ".csv")
    model = load_run(run, trust=trust)
    parts = parts_for(model, data, split, reading)
    assignment: NDArray[np.integer]
    sample: int | None
    if method == "own":
        assignment, sample = own_clusters(model, [images for _, images in parts]), None
    else:
        codes = np.concatenate([model.encode(images) for _, images in parts])
        found = find_clusters(codes, k, method, seed=seed)
        assignment, sample = found.assignment, found.sample
    known = [images.labels for _, images in parts if images.labels is not None]
    labels = np.concatenate(known) if len(known) == len(parts) else None
    names = parts[0][1].classes
    stands = {} if labels is None else match(assignment, labels)
    columns = ["id", "split", "cluster", *([] if labels is None else ["label", "stands_for"])]
    rows = []
    ids = [(str(name), part) for part, images in parts for name in images.ids]
    for i, (name, part) in enumerate(ids):
        c = int(assignment[i])
        row: list[object] = [name, part, c]
        if labels is not None:
            row += [names[labels[i]], names[stands[c]] if c in stands else ""]
        rows.append(row)
    folder_for(out)
    write_atomic(out, csv_bytes(columns, rows))
    N, by = len(assignment), "the model itself" if method == "own" else method
    print_answer(f"{assignment.max() + 1} clusters of {N:,} codes by {by} are in {out}")
    if sample is not None and sample < N:
        print_answer(f"found on a seeded sample of {sample:,}; the others joined the nearest")
    if noise := int((assignment < 0).sum()):
        print_answer(f"{noise:,} codes belong to none")
    if labels is not None:
        print_answer(f"accuracy {cluster_accuracy(assignment, labels):.4f}")


def own_clusters(run: Run, parts: Sequence[Images]) -> NDArray[np.int64]:
    """The model's own cluster of each image, part after part.

    Raises:
        LatentscapeError: when it has none.
    """
    found = []
    for images in parts:
        memberships = run.memberships(images)
        if memberships is None:
            raise LatentscapeError(
                f"'{run.name}' has no clusters of its own; choose --method kmeans, or train dec "
                "or vade"
            )
        found.append(memberships.argmax(axis=1))
    return np.concatenate(found)
