"""Conditions mean what pandas makes of them, and run nothing."""

import numpy as np
import pyarrow as pa
import pytest

from latentscape.data.expressions import Condition
from latentscape.system.errors import LatentscapeError

rng = np.random.default_rng(0)
N = 200
X, Y = rng.normal(size=(2, N)).astype(np.float32)
COUNT = rng.integers(0, 5, N)
LABEL = np.array(["cat", "dog", "it's"])[rng.integers(0, 3, N)]
ID = np.array([f"{name}/{i}.png" for i, name in enumerate(LABEL)])
TABLE = pa.table({"id": ID, "label": LABEL, "z_0": X, "my error": Y, "count": COUNT})
MEANINGS = {
    "z_0 > 0.5": X > 0.5,
    "z_0 > 0.5 and class == 'dog'": (X > 0.5) & (LABEL == "dog"),
    'label == "it\'s" or not z_0 <= 0': (LABEL == "it's") | ~(X <= 0),
    "not (label == 'cat' or label == 'dog')": LABEL == "it's",
    "-1 < z_0 < 1e0": (X > -1) & (X < 1),
    "`my error` * 2 - z_0 / 4 >= count": Y.astype(float) * 2 - X.astype(float) / 4 >= COUNT,
    "abs(z_0) > 1": abs(X) > 1,
    "count / 2 == 1.5": COUNT == 3,
    "count in [1, 3]": np.isin(COUNT, [1, 3]),
    "label not in ('cat', 'dog')": LABEL == "it's",
    "'dog/1' in id": np.char.startswith(ID, "dog/1"),
    "'z_0 and class' in id or count != 0": COUNT != 0,
    "z_0 > count + 0.5": COUNT + 0.5 < X,
}


@pytest.mark.parametrize("text", list(MEANINGS))
def test_a_condition_means_what_it_says(text):
    expected = MEANINGS[text]
    assert 0 < expected.sum() < N
    np.testing.assert_array_equal(Condition(text).holds(TABLE), expected)


def test_what_is_missing_fulfils_nothing_but_is_none():
    table = pa.table({"a": [1.0, None, float("nan")], "label": ["x", None, "y"]})
    assert Condition("a < 5").holds(table).tolist() == [True, False, False]
    assert Condition("not a < 5").holds(table).tolist() == [False, False, True]
    assert Condition("a is None").holds(table).tolist() == [False, True, True]
    assert Condition("label != None").holds(table).tolist() == [True, False, True]
    assert Condition("label != 'x'").holds(table).tolist() == [False, False, True]


def test_a_column_called_class_comes_before_the_label():
    table = pa.table({"class": ["a", "b"], "label": ["b", "a"]})
    assert Condition("class == 'a'").holds(table).tolist() == [True, False]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "a condition has"),
        ("z_0 >", "is no condition"),
        ("z_0 = 3", "is no condition"),
        ("(" * 900, "is no condition"),
        ("-" * 1999 + "1 > z_0", ""),
        ("z_0", "neither true nor false"),
        ("1 > 0", "neither true nor false"),
        ("z_1 > 0", "did you mean z_0?"),
        ("wholly_else > 0", "there is no column 'wholly_else'"),
        ("label > 3", "texts with texts in quotes"),
        ("z_0 + label > 3", "texts with texts in quotes"),
        ("z_0 and count", "does not fit"),
        ("count / 0 > 'x'", "does not fit"),
        ("z_0 is 3", "write =="),
        ("z_0 in count", "uses 'in' otherwise"),
        ("z_0 in []", "uses 'in' otherwise"),
        ("__import__('os').system('touch x')", "no condition may"),
        ("abs.__class__ == 1", "no condition may"),
        ("abs(z_0, key=1) > 1", "no condition may"),
        ("abs == 1", "no condition may"),
        ("(lambda: 1)() == 1", "no condition"),
        ("[c for c in id] == 1", "no condition"),
        ("id[0] == 1", "no condition may"),
        ("z_0 ** 9 > 1", "no condition may"),
        ("f'{z_0}' == id", "no condition"),
        ("(z_0 := 3) > 1", "no condition may"),
        ("1j > z_0", "no condition may"),
    ],
)
def test_what_is_none_is_refused_in_one_sentence(text, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(LatentscapeError) as refused:
        Condition(text).holds(TABLE)
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)
    assert list(tmp_path.iterdir()) == []
