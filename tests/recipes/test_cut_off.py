"""Models of several stages, or with a book, continue bit for bit wherever they were cut off."""

import numpy as np
import pytest

from latentscape.data import load_images
from latentscape.models.plan import Plan
from latentscape.parts.networks import Network
from latentscape.training import resume, train
from latentscape.training.reporter import Silent

PLAN = Plan(epochs=2, batch=50, lr=1e-3, precision="32-true")
SMALL = {"net": Network("dense", hidden=(16,))}


class CutOff(Silent):
    """Presses Ctrl-C when so many epochs of all stages are complete."""

    def __init__(self, after: int) -> None:
        self.left = after

    def epoch(self, row, best):
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt


@pytest.mark.parametrize("after", [1, 2, 3])
@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("dec", SMALL),
        ("stacked-denoising", {"hidden": (16,)}),
        ("vq-vae", {"net": Network("map", hidden=(4, 4))}),
        ("factor-vae", SMALL),
    ],
)
def test_a_run_that_was_cut_off_ends_as_if_it_had_not_been(name, options, after, tmp_path):
    images = load_images("digits", limit=150)
    whole = train(name, images, **options, plan=PLAN)
    out = tmp_path / "run"
    train(name, images, **options, plan=PLAN, out=out, reporter=CutOff(after))
    again = resume(out, images)
    assert len(again.history) == len(whole.history)
    np.testing.assert_array_equal(again.encode(images.test), whole.encode(images.test))
