"""In a notebook everything shows itself: read back as HTML, pictures and tables."""

import base64
import dataclasses
import io
import re
import sys
import xml.etree.ElementTree as ElementTree

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import latentscape as ls
from latentscape.data.contact import sheet
from latentscape.data.table import Table
from latentscape.evaluation.results import Measures
from latentscape.latent.measure import Measure
from latentscape.system.errors import LatentscapeError
from latentscape.system.tables import Records


@pytest.fixture(scope="module")
def images():
    return ls.load_images("digits", limit=60)


@pytest.fixture(scope="module")
def run(images):
    return ls.fit(ls.recipes.vae(images.shape, latent=3), images, epochs=2)


MEASURES = Measures(
    "codes",
    "",
    {},
    0,
    {
        "reconstruction": (Measure.mean("mse", np.array([0.1, 0.3])),),
        "structure": (Measure("ami", reason="<no labels>"),),
    },
    notes=("a <b> & c",),
)


def cells(html: str) -> list[list[str]]:
    """The rows of the tables within some HTML."""
    root = ElementTree.fromstring(f"<all>{re.sub('<img[^>]*>', '', html)}</all>")
    return [["".join(cell.itertext()) for cell in row] for row in root.iter("tr")]


def test_a_run_says_what_it_is(run):
    learned = sum(p.numel() for p in run.model.parameters())
    shown = dict(cells(run._repr_html_()))
    assert shown["recipe"] == "vae"
    assert (shown["images"], shown["latent"]) == ("1×28×28", "3")
    assert shown["learned numbers"] == f"{learned:,}"
    assert shown["epoch"] == f"{run.best_epoch} of 2"
    kept = run.history[run.epoch - 1]["validation/loss"]
    assert shown["validation loss"] == f"{kept:.2f}"
    assert repr(run).startswith("<Run vae: recipe vae, images 1×28×28, latent 3")
    assert "tensor" not in repr(run)


def test_a_models_parts_and_their_numbers_add_up(run):
    rows = cells(run.model._repr_html_())[1:]
    numbers = {name: int(count.replace(",", "")) for name, _, count in rows}
    total = numbers.pop("all")
    assert sum(numbers.values()) == total == sum(p.numel() for p in run.model.parameters())
    assert {"encoder", "bottleneck", "decoder", "prior"} <= set(numbers)


def test_the_history_is_a_table(run):
    frame = run.history.to_frame()
    assert list(frame["epoch"]) == [1, 2]
    assert frame["train/rate"][1] == run.history[1]["train/rate"]
    head, *rows = cells(run.history._repr_html_())
    assert head == list(frame.columns)
    assert [row[head.index("epoch")] for row in rows] == ["1", "2"]


def test_a_long_table_shows_its_ends_and_what_a_row_lacks_is_missing():
    rows = Records({"n": n} | ({"odd": 1} if n % 2 else {}) for n in range(100))
    shown = [row[0] for row in cells(rows._repr_html_())[1:]]
    assert shown == [*map(str, range(15)), "", *map(str, range(85, 100))]
    assert rows.to_frame()["odd"].isna().sum() == 50


def test_images_are_a_contact_sheet_and_counts(images):
    html = images.train._repr_html_()
    found = re.search(r"data:image/png;base64,([^\"]+)", html)[1]
    picture = np.asarray(Image.open(io.BytesIO(base64.b64decode(found))))
    assert picture.shape == (2 * 28, 12 * 28)
    np.testing.assert_array_equal(picture[:28, :28], images.train.pixels[0, 0])
    np.testing.assert_array_equal(picture[-28:, -28:], images.train.pixels[-1, 0])
    names, counts = cells(html)
    assert names == list(images.classes)
    assert [int(n) for n in counts] == np.bincount(images.train.labels, minlength=10).tolist()
    assert images._repr_html_().count("<img") == 3
    assert repr(images.train) == "<Images of digits: 60 of 1×28×28, 10 classes>"
    assert re.fullmatch(r"<Splits of digits: 60 train, \d+ validation, \d+ test>", repr(images))
    assert len(repr(Table.of(np.zeros((5, 3), np.float32), "toy"))) < 80


def test_a_sheet_holds_each_image_where_it_belongs():
    pixels = np.random.default_rng(0).integers(0, 256, (14, 3, 2, 5), np.uint8)
    made = sheet(pixels)
    assert made.shape == (3, 4, 60)
    for n, image in enumerate(pixels):
        row, column = divmod(n, 12)
        there = made[:, 2 * row : 2 * row + 2, 5 * column : 5 * column + 5]
        np.testing.assert_array_equal(there, image)
    assert not made[:, 2:, 10:].any()


def test_names_of_strangers_are_text_in_a_notebook(images):
    from dataclasses import replace

    odd = replace(images.train, classes=("<script>alert(1)</script>", *images.classes[1:]))
    assert "<script" not in odd._repr_html_()
    assert "<script" not in Records([{"<script>": "<script>\x1b"}])._repr_html_()


def test_measures_are_a_table_with_what_they_mean(run):
    html = MEASURES._repr_html_()
    assert cells(html)[1::2] == [
        ["mse", "0.2 ± 0.1", "lower"],
        ["ami", "none: <no labels>", "higher"],
    ]
    assert html.count('title="') == 2
    assert "a &lt;b&gt; &amp; c" in html
    assert repr(MEASURES) == f"<Measures of codes>\n{MEASURES}"


def test_measures_are_a_frame():
    frame = MEASURES.to_frame()
    assert frame.loc["mse", ["group", "better"]].tolist() == ["reconstruction", "lower"]
    assert frame.loc["mse", ["value", "error"]].tolist() == pytest.approx([0.2, 0.1])
    assert pd.isna(frame.loc["ami", "value"])
    assert frame.loc["ami", "reason"] == "<no labels>"


def test_frames_are_polars_too_with_the_same_cells(run):
    polars = pytest.importorskip("polars")
    frame = MEASURES.to_frame("polars")
    assert isinstance(frame, polars.DataFrame)
    wanted = MEASURES.to_frame().reset_index()
    assert frame.columns == list(wanted.columns)
    for name in frame.columns:
        for found, other in zip(frame[name].to_list(), wanted[name], strict=True):
            assert found == other or (found is None and pd.isna(other))
    history = run.history.to_frame("polars")
    assert history["train/rate"].to_list() == [row["train/rate"] for row in run.history]
    mixed = Records([{"a": 1}, {"a": 0.5, "b": "x"}]).to_frame("polars")
    assert mixed.to_dict(as_series=False) == {"a": [1.0, 0.5], "b": [None, "x"]}
    with pytest.raises(LatentscapeError, match="of pandas or polars, not of 'arrow'"):
        MEASURES.to_frame("arrow")


def test_a_library_that_is_not_there_is_a_sentence(monkeypatch):
    for name in ("polars", "pandas"):
        monkeypatch.setitem(sys.modules, name, None)
        with pytest.raises(LatentscapeError, match=f"install it with pip install {name}"):
            MEASURES.to_frame(name)


def test_a_plan_is_a_table_of_what_it_says_and_of_what_is_usual():
    plan = ls.Plan(epochs=7, lr=0.1234567, augment="shift+flip")
    html = plan._repr_html_()
    head, *rows = cells(html)
    assert head == ["plan", "value", "in place of"]
    assert [row[0] for row in rows] == [f.name for f in dataclasses.fields(plan)]
    shown = {name: (value, usual) for name, value, usual in rows}
    assert shown["epochs"] == ("7", "20")
    assert shown["lr"] == ("0.1235", "0.004")
    assert shown["augment"] == ("shift+flip", "none")
    assert shown["seed"] == ("0", "")
    assert html.count('title="') == len(rows)
    assert 'title="passes over the training images."' in html


def test_measures_are_latex():
    assert MEASURES.to_latex() == (
        "\\begin{tabular}{lr}\n\\toprule\nmeasure & value \\\\\n"
        "\\midrule\n\\multicolumn{2}{l}{\\emph{reconstruction}} \\\\\nmse & $0.2 \\pm 0.1$ \\\\\n"
        "\\midrule\n\\multicolumn{2}{l}{\\emph{structure}} \\\\\nami & -- \\\\\n"
        "\\bottomrule\n\\end{tabular}\n"
    )


def test_a_picture_is_shown_once_with_and_without_pyplot(run):
    """As IPython asks: the type's own printer where pyplot has set one, else the object's."""
    from IPython.core.formatters import PNGFormatter
    from matplotlib.figure import Figure

    figure = ls.plot(run, "loss")
    formatter = PNGFormatter()
    picture = Image.open(io.BytesIO(formatter(figure)))
    assert picture.width > picture.height > 100
    formatter.for_type(Figure, lambda _: "pyplot's")
    assert formatter(figure) == "pyplot's"
    pyplot = sys.modules.get("matplotlib.pyplot")
    assert pyplot is None or pyplot.get_fignums() == []
