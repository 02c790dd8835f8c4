"""Points coloured by a column: each value has its colour, and what has none is counted."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest
from matplotlib.colors import to_hex

from latentscape import load_images, plot
from latentscape.data.columns import Column
from latentscape.figures.colouring import date_ticks
from latentscape.figures.style import STYLES, class_look
from latentscape.models.autoencoder import Autoencoder
from latentscape.runs.run import Run
from latentscape.system.errors import LatentscapeError


@pytest.fixture(scope="module")
def run():
    from latentscape import recipes

    model = recipes.ae((1, 28, 28))
    assert isinstance(model, Autoencoder)
    return Run("toy", model, (1, 28, 28))


@pytest.fixture(scope="module")
def images():
    images = load_images("digits", limit=120).train
    n = len(images)
    numbers = np.linspace(0, 1, n)
    numbers[7] = 1e6  # an odd one leaves the others' colours apart
    kinds = [None if i % 10 == 9 else f"k{min(i % 40, 24):02}" for i in range(n)]
    columns = {
        "n": Column.of(pa.array([None, None, *numbers[2:]])),
        "k": Column("category", pa.array(kinds)),
        "t": Column.of(pa.array([f"note {i}" for i in range(n)])),
        "when": Column.of(pa.array([datetime(2024, 1, 1 + i % 28) for i in range(n)])),
    }
    return replace(images, columns=columns)


def drawn(figure):
    return [c for c in figure.axes[0].collections if len(c.get_offsets())]


@pytest.mark.parametrize("style", STYLES)
def test_numbers_have_the_colour_that_the_scale_says(run, images, style):
    figure = plot(run, "scatter", images, colour="n", style=style)
    rings, spots = drawn(figure)
    assert len(rings.get_offsets()) == 2
    values, places = images.columns["n"].numbers(), run.encode(images)
    assert len(spots.get_offsets()) == len(images) - 2
    for place, value in zip(spots.get_offsets(), spots.get_array(), strict=True):
        at = np.abs(places - place).sum(axis=1).argmin()
        assert value == values[at]
    assert spots.norm.vmax < 1000, "one odd value does not take the scale"
    bar = figure.axes[1]
    assert bar.get_ylabel() == "n, 2 without"


def test_categories_past_twenty_and_missing_ones_are_said(run, images):
    figure = plot(run, "scatter", images, colour="k")
    texts = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    labels, names = images.columns["k"].categories()
    assert len(texts) == 22
    assert texts[-2:] == [f"{len(names) - 20} rarer ones", f"no value ({(labels < 0).sum()})"]
    assert names[-1] in texts, "the most frequent is among those with a colour of their own"
    rings, *spots = drawn(figure)
    own = [names.index(text) for text in texts[:-2]]
    assert len(rings.get_offsets()) == (~np.isin(labels, own)).sum()
    assert [len(s.get_offsets()) for s in spots] == [(labels == c).sum() for c in own]
    assert to_hex(spots[1].get_facecolor()[0]) == class_look(1)[0]


def test_dates_are_read_as_dates(run, images):
    bar = plot(run, "scatter", images, colour="when").axes[1]
    assert bar.get_ylabel() == "when, 2024-Jan"
    for tick in bar.get_yticks():
        assert datetime.fromtimestamp(tick, UTC).hour == 0
    low, high = datetime(2020, 3, 1, tzinfo=UTC), datetime(2024, 3, 1, tzinfo=UTC)
    _, texts, _ = date_ticks(low.timestamp(), high.timestamp())
    assert {"2021", "2022", "2023", "2024"} <= set(texts)


@pytest.mark.parametrize(
    ("colour", "said"), [("t", "texts that hardly repeat"), ("m", "no column 'm'")]
)
def test_what_cannot_colour_is_refused(run, images, colour, said):
    with pytest.raises(LatentscapeError, match=said):
        plot(run, "scatter", images, colour=colour)
    with pytest.raises(LatentscapeError, match="--labels"):
        plot(run, "scatter", replace(images, columns={}), colour=colour)
