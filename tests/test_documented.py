"""Nothing that people can type, train, measure or draw goes undocumented."""

import dataclasses
import re
from pathlib import Path

import pytest

from handbook import api, catalogues, commands, gaps
from latentscape.cli.main import VERBS, main
from latentscape.figures import KINDS
from latentscape.latent.catalogue import CATALOGUE
from latentscape.recipes import RECIPES, recipe


def test_everything_is_documented_and_nothing_else_is():
    assert gaps.gaps() == []


@pytest.fixture(scope="module")
def known():
    return gaps.all_commands()


@pytest.mark.parametrize("verb", [v for v in VERBS if v not in ("train", "plot", "sweep")])
def test_the_page_of_commands_has_every_flag_of_the_help(verb, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    assert main([verb, "--help"]) == 0
    flags = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", capsys.readouterr().out))
    section = commands.page().partition(f"\n## {verb}\n")[2].partition("\n## ")[0]
    described = dict(re.findall(r"^\| `(\S+?)` \|.*\| (.*) \|$", section, re.M))
    named = {f if f in described else f.removeprefix("--").upper() for f in flags - {"--help"}}
    assert all(described[flag] for flag in named)


@pytest.mark.parametrize("name", ["vae", "fsq", "cae7"])
def test_a_recipes_section_and_the_trains_have_every_flag_of_its_help(name, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    assert main(["train", name, "--help"]) == 0
    flags = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", capsys.readouterr().out)) - {"--help"}
    page = catalogues.recipes_page().partition(f"\n## {name}\n")[2].partition("\n## ")[0]
    train = commands.page().partition("\n## train\n")[2].partition("\n## ")[0]
    assert flags <= set(re.findall(r"`(--[a-z-]+)`", page + train))


def test_the_pages_have_every_recipe_measure_picture_and_name():
    recipes, measures = catalogues.recipes_page(), catalogues.measures_page()
    pictures, python = catalogues.pictures_page(), api.page("python")
    assert all(f"\n## {name}\n" in recipes for name in RECIPES)
    assert all(
        f"{{ #{key} }}" in measures and CATALOGUE[key].sentence in measures for key in CATALOGUE
    )
    assert all(f"\n## {name}\n" in pictures for name in KINDS)
    assert all(f"::: latentscape.{name}" in python for name in api.verbs())


def test_what_is_missing_is_found(known):
    vae = next(command for command in known if command.name == "train vae")
    flag = dataclasses.replace(vae.flags[0], name="--new", words="")
    bare = dataclasses.replace(vae, name="new", summary="", flags=(flag,))
    assert len(list(gaps.undocumented_commands([bare]))) == 2

    @recipe()
    def mine(shape):
        raise AssertionError

    assert len(list(gaps.undocumented_recipes({"mine": mine}, {}))) == 2
    mse = dataclasses.replace(CATALOGUE["mse"], sentence="")
    found = list(gaps.undocumented_measures({"mse": mse}, {"mse", "sharpness"}))
    assert found == [
        "`sharpness` is measured and not in latent/catalogue.toml",
        "the measure `mse` has no sentence",
    ]
    kind = dataclasses.replace(KINDS["scatter"], description="")
    assert list(gaps.undocumented_pictures({"scatter": kind}))


def test_what_is_not_there_is_found(known):
    page = (
        "Say `latentscape trian vae --latnet 2`, or `--betta`.\n```\nlatentscape train --foo\n```"
    )
    found = list(gaps.unknown_words({"page": page}, known))
    assert sorted(found) == [
        "page speaks of `--betta`, which no command takes",
        "page speaks of `--foo`, which no command takes",
        "page speaks of `--latnet`, which no command takes",
        "page speaks of `latentscape trian`, which is no command",
    ]


def test_code_gives_measures_by_keys_that_can_be_read():
    assert {"offset", "gap_fraction", "legibility"} <= gaps.measured_keys()


def test_every_test_that_security_names_is_there():
    root = Path(__file__).parents[1]
    named = re.findall(r"`(tests/[\w/.]+)`", (root / "SECURITY.md").read_text(encoding="utf-8"))
    assert len(named) > 9
    assert [name for name in named if not (root / name).exists()] == []
