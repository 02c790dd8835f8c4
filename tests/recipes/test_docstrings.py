"""Every recipe's docstring: an example (which the doctests run), an equation and its source."""

import inspect
import re

import pytest

from latentscape.recipes import RECIPES
from latentscape.recipes.summary import summarise


@pytest.mark.parametrize("name", sorted(RECIPES))
def test_a_stranger_finds_title_equation_paper_example_and_every_option(name):
    summary = summarise(RECIPES[name])
    assert summary.title.endswith((".", ")."))
    assert "inimises" in summary.about
    if RECIPES[name].publication is None:  # those repeat a project, not a paper
        assert summary.papers or re.search(r"\(.*\d{4}\)", summary.about, re.DOTALL)
    text = inspect.getdoc(RECIPES[name].function)
    assert ">>> " in text
    for option in RECIPES[name].options:
        assert f"\n    {option}: " in text, option
