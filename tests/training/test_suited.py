"""A suggested plan is suited to the number of images; what somebody gave stays."""

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning

from latentscape import LatentTransformer, fit, load_images, recipes, train
from latentscape.models.plan import Plan, suited
from latentscape.training.reporter import Silent

SUGGESTED = Plan(epochs=20, batch=128)


@pytest.mark.parametrize("images", [2, 50, 320, 1437, 5000, 60_000, 3_000_000])
def test_steps_stay_within_bounds(images):
    plan = suited(SUGGESTED, images, 784)
    steps = plan.epochs * max(images // plan.batch, 1)
    assert steps >= 1000 or plan.epochs == 200
    assert steps <= 50_000 or plan.epochs == 1
    assert 16 <= plan.batch <= 128
    assert plan.batch == 16 or images // plan.batch >= 8
    assert plan.lr / plan.batch == pytest.approx(SUGGESTED.lr / SUGGESTED.batch)


def test_a_set_of_the_size_that_plans_are_made_for_keeps_them():
    assert suited(SUGGESTED, 60_000, 784) == SUGGESTED
    assert suited(Plan(epochs=40, batch=128), 60_000, 784) == Plan(epochs=40, batch=128)


@pytest.mark.parametrize("side", [28, 64, 128, 256, 512])
def test_a_batch_of_large_images_holds_no_more_than_memory_does(side):
    values = 3 * side**2
    plan = suited(SUGGESTED, 1_000_000, values)
    assert plan.batch == 16 or plan.batch * values <= 1 << 22
    assert plan.batch == 128 or 2 * plan.batch * values > 1 << 22
    assert suited(SUGGESTED, 1_000_000, values, ["batch"]).batch == 128


def test_what_is_given_stays():
    plan = suited(SUGGESTED, 320, 784, ["epochs", "batch"])
    assert plan == SUGGESTED
    assert suited(SUGGESTED, 320, 784, ["batch"]).batch == 128
    assert suited(SUGGESTED, 320, 784, ["epochs"]).epochs == 20
    assert suited(SUGGESTED, 320, 784, ["lr"]).lr == SUGGESTED.lr


def test_what_begins_as_principal_components_goes_on_gently():
    images = load_images("digits", limit=60)
    rates = [
        train("ae", images, network="conv", hidden=(4, 8), epochs=1, **given).kept.record.plan.lr
        for given in ({}, {"pca": True}, {"pca": True, "lr": 0.003})
    ]
    assert rates == [0.0005, 0.000125, 0.003]


def test_tables_go_on_gently_too_unless_a_rate_is_given():
    rows = np.random.default_rng(0).normal(size=(40, 5))
    rates = []
    for given in ({}, {"pca": False}, {"lr": 0.003}):
        model = LatentTransformer("ae", epochs=1, batch=128, **given)
        with pytest.warns(ConvergenceWarning):
            rates.append(model.fit(rows).run_.kept.record.plan.lr)
    assert rates[0] == rates[1] / 4
    assert rates[2] == 0.003


class Notes(Silent):
    """A reporter that keeps what it is told, and stops the training before it begins."""

    def __init__(self):
        self.told = []

    def note(self, text):
        self.told.append(text)

    def stage(self, title, epochs, steps, done, batch):
        self.began = epochs, steps, batch
        raise StopIteration


@pytest.mark.parametrize("start", ["fit", "train"])
@pytest.mark.parametrize(
    ("given", "began", "told"),
    [
        ({}, (100, 10, 16), 1),
        ({"epochs": 3}, (3, 10, 16), 1),
        ({"epochs": 3, "batch": 80}, (3, 2, 80), 0),
        ({"plan": Plan(epochs=2, batch=160)}, (2, 1, 160), 0),
    ],
)
def test_both_ways_to_train_suit_it_and_say_so(start, given, began, told):
    images, notes = load_images("digits", limit=160), Notes()
    assert len(images.train) == 160
    with pytest.raises(StopIteration):
        if start == "fit":
            fit(recipes.vae(images.shape), images, reporter=notes, **given)
        else:
            train("vae", images, network="dense", reporter=notes, **given)
    assert notes.began == began
    assert len(notes.told) == told
    for text in notes.told:
        assert text.startswith("160 images are trained on ")
        assert ("epochs" in text) == ("epochs" not in given)
        flags = "--batch and --lr" if given else "--epochs, --batch and --lr"
        assert text.endswith(f"; {flags} would say otherwise")
