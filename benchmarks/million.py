"""A bundle of a million real codes: how long it takes to prepare, and what memory that holds.

    latentscape train vae --data mnist --latent 16 --out runs/vae-16
    python benchmarks/million.py runs/vae-16 bundle
    python benchmarks/explorer.py bundle --visits 3     then how the page does

The codes are those of MNIST's training images, each shifted and turned a little, in as many ways as
that takes. They have labels, ids and the run's networks, and no thumbnails.
"""

from __future__ import annotations

import argparse
import resource
import time
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

import latentscape as ls
from latentscape.bundle.export import export_decoder, export_encoder
from latentscape.bundle.views import make_views
from latentscape.bundle.writer import write_bundle
from latentscape.data import Images
from latentscape.parts.augmentations import augmentation
from latentscape.runs.run import Run


def moved_codes(run: Run, images: Images, count: int) -> NDArray[np.float32]:
    """Encode moved copies of all images, one round after another, until there are enough."""
    move = augmentation("shift+turn")
    assert move is not None
    torch.manual_seed(0)
    x = torch.from_numpy(np.asarray(images.pixels)).float() / 255
    rounds = []
    for _ in range(-(-count // len(x))):
        with torch.no_grad():
            rounds.append(
                run.encode(torch.cat([move(part) for part in torch.split(x, 1000)]).numpy())
            )
    codes: NDArray[np.float32] = np.concatenate(rounds)[:count]
    return codes


def main() -> None:
    """Encode, write, and say how long writing took."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("run", type=Path)
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--count", type=int, default=1_000_000)
    asked = parser.parse_args()
    run, images = ls.load_run(asked.run), ls.load_images("mnist").train
    codes = moved_codes(run, images, asked.count)
    labels = np.resize(np.asarray(images.labels), asked.count)
    encoder, decoder = export_encoder(run), export_decoder(run)
    started = time.perf_counter()
    write_bundle(
        asked.bundle,
        codes,
        name=f"{asked.count:,} codes of {run.name}",
        labels=labels,
        classes=images.classes,
        image=run.shape,
        encoder=encoder,
        decoder=decoder,
        views=make_views(("pca",), codes, labels),
    )
    seconds = time.perf_counter() - started
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    size = sum(path.stat().st_size for path in asked.bundle.iterdir()) / 1e6
    print(
        f"{codes.shape}: {seconds:.1f} s, {memory:,.0f} MB at the most, a bundle of {size:.0f} MB"
    )


if __name__ == "__main__":
    main()
