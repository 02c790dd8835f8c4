"""A figure in two styles, laid out once: each is what matplotlib alone makes of it."""

import base64
import io

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from latentscape.figures.style import current, style
from latentscape.reports.embed import MARGIN, picture

DPI = 144


def bars(title="Of two panels"):
    """Two panels and a colour bar, which constrained layout has to find places for."""
    figure = Figure(figsize=(5, 3), layout="constrained", facecolor=current().paper)
    figure.suptitle(title, x=0.0, ha="left", color=current().ink)
    left, right = figure.subplots(1, 2)
    image = left.imshow(np.arange(12).reshape(3, 4), cmap=current().amount)
    figure.colorbar(image, ax=left, label="a long label")
    right.plot([0, 1e5], [3, 4], color=current().ink)
    right.set_ylabel("of what grows")
    return figure


def by_matplotlib(name, **given):
    with style(name):
        figure = bars(**given)
    content = io.BytesIO()
    figure.savefig(content, dpi=DPI, bbox_inches="tight", pad_inches=MARGIN)
    return np.asarray(Image.open(content).convert("RGB"), float)


def dots(uri):
    content = base64.b64decode(uri.split(",", 1)[1])
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB"), float)


@pytest.mark.parametrize("title", ["Of two panels", "A title that is wider than its figure " * 3])
def test_both_styles_are_what_matplotlib_makes_of_them(title, monkeypatch):
    monkeypatch.setattr("latentscape.reports.embed.DPI", DPI)
    drawn = picture(lambda: bars(title), "bars")
    expected = {name: by_matplotlib(name, title=title) for name in ("light", "dark")}
    height, width, _ = expected["light"].shape
    assert abs(drawn.width - width * 96 / DPI) <= 1.5
    assert abs(drawn.height - height * 96 / DPI) <= 1.5
    for name, whole in expected.items():
        found = dots(getattr(drawn, name))
        rows, columns, _ = np.minimum(found.shape, whole.shape)
        assert max(found.shape[0] - rows, found.shape[1] - columns) <= 1
        inner = whole[1 : rows - 1, 1 : columns - 1]
        shifts = [
            np.abs(found[y : rows - 2 + y, x : columns - 2 + x] - inner).mean()
            for y in range(3)
            for x in range(3)
        ]
        assert min(shifts) < 2, name
