"""The page of the five systems: its commands are real, and its pictures are kept and small."""

import shlex

import pytest
from PIL import Image

from benchmarks import systems as benchmark
from handbook import systems
from latentscape.cli.main import VERBS
from latentscape.figures import KINDS
from latentscape.latent.catalogue import CATALOGUE
from latentscape.recipes import RECIPES

ALL = systems.systems()
COMMANDS = [
    command
    for s in ALL
    for command in (*s.train, *(p.command for p in s.pictures), *(f.command for f in s.figures))
]


@pytest.mark.parametrize("command", dict.fromkeys(COMMANDS))
def test_commands_name_verbs_recipes_and_pictures_that_there_are(command):
    program, verb, *words = shlex.split(command)
    assert program == "latentscape"
    assert verb in VERBS
    if verb == "train":
        assert words[0] in RECIPES
    if verb == "plot":
        assert [word for word in words if word in KINDS]
    made = {word for s in ALL for line in s.train for word in line.split() if "runs/" in word}
    assert {word for word in words if word.startswith("runs/")} <= made


def test_the_page_shows_every_picture_and_figure_and_they_are_small():
    page = systems.page()
    assert len(ALL) == 5
    sizes = {path.name: path.stat().st_size for path in systems.KEPT.glob("*.webp")}
    shown = {f"{p.name}.webp" for s in ALL for p in s.pictures}
    assert set(sizes) == shown
    assert sum(sizes.values()) < 500_000
    for name in shown:
        assert f"(images/systems/{name})" in page
        with Image.open(systems.KEPT / name) as image:
            assert max(image.size) <= benchmark.WIDTH
    for s in ALL:
        for figure in s.figures:
            assert f"| {figure.what} | {figure.claimed} |" in page
            place = figure.find.split(".")
            assert "(" in figure.find or CATALOGUE[place[1]].group == place[0]


def test_figures_are_found_in_what_commands_print():
    share, mse = ALL[0].figures[2], ALL[0].figures[0]
    assert benchmark.found(share, "2 2\n93 of 128 (72.7%) named 2\n") == "72.7 %"
    printed = '{"reconstruction": {"mse": {"value": 0.01234567, "error": 0.00045}}}'
    assert benchmark.found(mse, printed) == "0.01235 ± 0.00045"
    with pytest.raises(SystemExit, match="no "):
        benchmark.found(share, "nothing")
