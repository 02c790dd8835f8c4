"""Every recipe's docstring: its example runs, and it names the equation's source."""

import doctest
import inspect
import re

import pytest
import torch

from latentscape import recipes
from latentscape.recipes import RECIPES
from latentscape.recipes.summary import summarise

every = pytest.mark.parametrize("name", sorted(RECIPES))


@every
def test_the_example_runs(name):
    function = RECIPES[name].function
    names = {"torch": torch} | {n: getattr(recipes, n) for n in recipes.__all__}
    found = doctest.DocTestFinder().find(function, name, globs=names)
    examples = [test for test in found if test.examples]
    assert examples, f"{name} shows no example"
    for test in examples:
        assert doctest.DocTestRunner().run(test).failed == 0


@every
def test_a_stranger_finds_title_equation_paper_and_every_option(name):
    summary = summarise(RECIPES[name])
    assert summary.title.endswith((".", ")."))
    assert "inimises" in summary.about
    if RECIPES[name].publication is None:  # those repeat a project, not a paper
        assert summary.papers or re.search(r"\(.*\d{4}\)", summary.about, re.DOTALL)
    text = inspect.getdoc(RECIPES[name].function)
    for option in RECIPES[name].options:
        assert f"\n    {option}: " in text, option
