"""Seconds an epoch of pythae's default VAE beside ours: same network, batch, images, threads.

    python benchmarks/peer.py                  three rounds in turn
    python benchmarks/peer.py --rounds 1 --limit 5000

784-512-16-512-784, ReLU, grey cross-entropy, batch 128, Adam; pythae's own trainer with its
validation, ours likewise. Needs `pip install pythae`. An epoch's seconds are the difference of a
training of three epochs and one of one epoch, halved, so that neither pays for its start. MNIST
comes from $LATENTSCAPE_DATA or is downloaded.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from latentscape import Plan, Splits, load_images, train


def by_pythae(images: Splits, epochs: int) -> None:
    """Train with the peer's trainer."""
    from pythae.data.preprocessors import DataProcessor  # type: ignore[import-not-found]
    from pythae.models import VAE, VAEConfig  # type: ignore[import-not-found]
    from pythae.trainers import BaseTrainer, BaseTrainerConfig  # type: ignore[import-not-found]

    floats = [np.asarray(s.pixels) / np.float32(255) for s in (images.train, images.validation)]
    config = VAEConfig(input_dim=images.shape, latent_dim=16, reconstruction_loss="bce")
    with tempfile.TemporaryDirectory() as folder:
        plan = BaseTrainerConfig(
            output_dir=folder,
            num_epochs=epochs,
            learning_rate=1e-3,
            per_device_train_batch_size=128,
            per_device_eval_batch_size=128,
            no_cuda=True,
        )
        prepare = DataProcessor()
        sets = [prepare.to_dataset(prepare.process_data(x)) for x in floats]
        BaseTrainer(VAE(config), *sets, training_config=plan).train()


def by_us(images: Splits, epochs: int) -> None:
    """Train the same network with ours."""
    plan = Plan(epochs=epochs, batch=128, lr=1e-3, optimizer="adam", schedule="constant")
    with tempfile.TemporaryDirectory() as folder:
        train(
            "latentscape.reproduction.networks:peer_vae",
            images,
            out=Path(folder) / "run",
            plan=plan,
        )


def an_epoch(way: Callable[[Splits, int], None], images: Splits) -> float:
    """Seconds of one more epoch."""
    seconds = []
    for epochs in (1, 3):
        started = time.perf_counter()
        way(images, epochs)
        seconds.append(time.perf_counter() - started)
    return (seconds[1] - seconds[0]) / 2


def main() -> None:
    """Measure in turn."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--limit", type=int)
    args = parser.parse_args()
    images = load_images("mnist", limit=args.limit)
    ratios = []
    for _ in range(args.rounds):
        peer, ours = an_epoch(by_pythae, images), an_epoch(by_us, images)
        ratios.append(peer / ours)
        print(
            f"pythae {peer:.2f} s, ours {ours:.2f} s an epoch: {ratios[-1]:.2f} times", flush=True
        )
    print(f"median {np.median(ratios):.2f} times, on {torch.get_num_threads()} threads")


if __name__ == "__main__":
    main()
