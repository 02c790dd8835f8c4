"""`latentscape cluster`."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Literal

import numpy as np

from ..files import write_atomic
from .opened import folder_for, images_for, parts_of, suffix_of


def cluster(
    run: Path,
    *,
    k: int = 10,
    method: Literal["kmeans", "mixture", "hdbscan"] = "kmeans",
    data: str | None = None,
    split: Literal["train", "validation", "test", "all"] = "test",
    out: Path,
    seed: int = 0,
    trust: bool = False,
) -> None:
    """Find groups of codes without labels, and say how well they match labels where there are any.

    Args:
        run: a run's directory.
        k: how many groups; hdbscan finds its own number, and may leave codes out as noise (-1).
        method: k-means, a mixture of Gaussians, or HDBSCAN.
        data: a source that `latentscape data` lists, or a path; the run's own by default.
        split: which images.
        out: a CSV file with id, split, cluster and, where known, label and the cluster's class.
        seed: of starting points and samples.
        trust: import a recipe from outside latentscape, which runs its code.
    """
    from ..latent.clusters import cluster_accuracy, find_clusters, match
    from ..run import load_run

    suffix_of(out, ".csv")
    model = load_run(run, trust=trust)
    parts = list(parts_of(images_for(model, data), split))
    codes = np.concatenate([model.encode(images) for _, images in parts])
    found = find_clusters(codes, k, method, seed=seed)
    known = [images.labels for _, images in parts if images.labels is not None]
    labels = np.concatenate(known) if len(known) == len(parts) else None
    names = parts[0][1].classes
    stands = {} if labels is None else match(found.assignment, labels)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(
        ["id", "split", "cluster", *([] if labels is None else ["label", "stands_for"])]
    )
    ids = [(str(name), part) for part, images in parts for name in images.ids]
    for i, (name, part) in enumerate(ids):
        c = int(found.assignment[i])
        row = [name, part, c]
        if labels is not None:
            row += [names[labels[i]], names[stands[c]] if c in stands else ""]
        writer.writerow(row)
    folder_for(out)
    write_atomic(out, text.getvalue().encode())
    print(f"{found.count} clusters of {len(codes):,} codes by {method} are in {out}")
    if found.sample < len(codes):
        print(f"found on a seeded sample of {found.sample:,}; the others joined the nearest")
    if noise := int((found.assignment < 0).sum()):
        print(f"{noise:,} codes belong to none")
    if labels is not None:
        print(f"accuracy {cluster_accuracy(found.assignment, labels):.4f}")
