"""Columns of images are measured where there are any, and told by the same names on both sides."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from latentscape import load_images, measure, recipes
from latentscape.data.columns import Column
from latentscape.evaluation.eval_sets import EvalSet, known_columns
from latentscape.evaluation.results import Measures
from latentscape.latent.catalogue import CATALOGUE
from latentscape.latent.measure import Measure
from latentscape.reports.formatting import tables
from latentscape.runs.run import Run


@pytest.fixture(scope="module")
def strokes():
    return load_images("strokes", limit=300)


@pytest.fixture(scope="module")
def run(strokes):
    return Run("toy", recipes.ae(strokes.shape, latent=8), strokes.shape)


def knowing(run, part, rng):
    """Images of which a column tells the code's third number, and another nothing."""
    third = pa.array(run.encode(part)[:, 2].astype(float))
    columns = {"third": third, "chance": pa.array(rng.normal(size=len(part)))}
    return replace(part, columns={n: Column("number", values) for n, values in columns.items()})


def test_measure_has_a_row_for_each_column_where_there_are_any(run, strokes):
    rng = np.random.default_rng(0)
    parts = {n: knowing(run, getattr(strokes, n), rng) for n in ("train", "test")}
    found = measure(run, replace(strokes, **parts), judge=False)
    assert list(found.groups)[:4] == ["reconstruction", "likelihood", "structure", "columns"]
    rows = [row[0].strip() for row in found.rows("columns")]
    assert rows == ["column_knn", "third", "chance", "column_linear", "third", "chance"]
    third, chance = found["column_linear"].parts
    assert third.value > 0.99 and chance.value < 0.1
    bare = {n: replace(part, columns={}) for n, part in parts.items()}
    assert "columns" not in measure(run, replace(strokes, **bare), judge=False).groups


def test_categories_have_the_same_numbers_on_both_sides(run, strokes):
    def with_kinds(part, names):
        kinds = [names[i % len(names)] for i in range(len(part))]
        columns = {"k": Column("category", pa.array(kinds)), "t": Column("text", pa.array(kinds))}
        part = EvalSet(run, replace(part, columns=columns))
        return part.half(np.arange(len(part.images)))

    fitted, scored = with_kinds(strokes.train, "bac"), with_kinds(strokes.test, ["c", "new", None])
    known = known_columns(fitted, scored)
    assert set(known) == {"k"}, "texts are no columns to be told"
    assert known["k"].train[:3].tolist() == [1, 0, 2]
    assert known["k"].test[:3].tolist() == [2, 3, -1]


def test_a_report_has_a_line_for_each_column_under_that_of_all():
    each = (Measure("age", 0.5), Measure("place", reason="all train codes have the same value"))
    found = Measures("toy", "", {}, 0, {"columns": (Measure("column_knn", 0.5, parts=each),)})
    [(group, _, (whole, age, place))] = tables(found)
    assert (group, whole.entry.title) == ("columns", CATALOGUE["column_knn"].title)
    assert whole.entry.sentence and not age.entry.sentence, "it is explained once"
    assert (age.entry.title, age.value) == ("· age", "0.5")
    assert (place.value, place.reason) == ("", "all train codes have the same value")
