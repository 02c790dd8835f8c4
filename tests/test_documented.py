"""Nothing that people can type, train, measure or draw goes undocumented."""

import ast
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


@pytest.fixture(scope="module")
def reference():
    """The pages of commands and of recipes."""
    return commands.page(), catalogues.recipes_page()


@pytest.mark.parametrize("verb", [v for v in VERBS if v not in ("train", "plot", "sweep")])
def test_the_page_of_commands_has_every_flag_of_the_help(verb, reference, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    assert main([verb, "--help"]) == 0
    flags = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", capsys.readouterr().out))
    section = reference[0].partition(f"\n## {verb}\n")[2].partition("\n## ")[0]
    described = dict(re.findall(r"^\| `(\S+?)` \|.*\| (.*) \|$", section, re.M))
    named = {f if f in described else f.removeprefix("--").upper() for f in flags - {"--help"}}
    assert all(described[flag] for flag in named)


@pytest.mark.parametrize("name", ["vae", "fsq", "cae7"])
def test_a_recipes_section_and_the_trains_have_every_flag_of_its_help(
    name, reference, capsys, monkeypatch
):
    monkeypatch.setenv("COLUMNS", "200")
    assert main(["train", name, "--help"]) == 0
    flags = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", capsys.readouterr().out)) - {"--help"}
    page = reference[1].partition(f"\n## {name}\n")[2].partition("\n## ")[0]
    train = reference[0].partition("\n## train\n")[2].partition("\n## ")[0]
    assert flags <= set(re.findall(r"`(--[a-z-]+)`", page + train))


def test_the_pages_have_every_recipe_measure_picture_and_name(reference):
    recipes, measures = reference[1], catalogues.measures_page()
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


SOURCE = Path(__file__).parents[1] / "src" / "latentscape"
FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef


def public_functions(node, inside=False):
    """Every public function and method below a node, and whether it is a method."""
    for child in ast.iter_child_nodes(node):
        if getattr(child, "name", "_").startswith("_"):
            continue
        if isinstance(child, ast.ClassDef):
            yield from public_functions(child, True)
        elif isinstance(child, FUNCTIONS):
            yield child, inside


def own_raises(node):
    """The `raise LatentscapeError(…)` of a function, without those of functions inside it."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Raise) and "LatentscapeError(" in ast.unparse(child):
            yield child
        elif not isinstance(child, FUNCTIONS | ast.Lambda | ast.ClassDef):
            yield from own_raises(child)


def parameters(function, method):
    """How many parameters a caller meets."""
    a = function.args
    count = len([*a.posonlyargs, *a.args, *a.kwonlyargs]) + bool(a.vararg) + bool(a.kwarg)
    static = any(ast.unparse(d) == "staticmethod" for d in function.decorator_list)
    return count - (method and not static)


def untold(sources):
    """Where a docstring lacks `Args:` or `Raises:`, of sources by name.

    A method needs no `Args:` where another class says them for all methods of its name, as a
    protocol does.
    """
    found = [
        (f"{name}: {function.name}", function, method, ast.get_docstring(function) or "")
        for name, text in sources.items()
        for function, method in public_functions(ast.parse(text))
    ]
    told = {function.name for _, function, method, words in found if method and "Args:" in words}
    for place, function, method, words in found:
        known = "Args:" in words or (method and function.name in told)
        if parameters(function, method) >= 3 and not known:
            yield f"{place} says nothing of its arguments"
        if any(own_raises(function)) and "Raises:" not in words:
            yield f"{place} does not say what it raises"


def test_public_functions_say_what_they_take_and_what_they_raise():
    files = sorted(SOURCE.rglob("*.py"))
    assert len(files) > 200
    texts = {path.relative_to(SOURCE).as_posix(): path.read_text("utf-8") for path in files}
    assert list(untold(texts)) == []


def test_a_function_that_says_nothing_is_found():
    silent = '''
class A:
    def draw(self, n, seed):
        """Draw."""
    def show(self, n, seed, label):
        """Show."""
        raise LatentscapeError("no")
def make(a, b, *more):
    """Make."""
    def inner():
        raise LatentscapeError("inner")
def _own(a, b, c):
    raise LatentscapeError("private")
'''
    found = ["a: show says nothing of its arguments", "a: show does not say what it raises"]
    assert list(untold({"a": silent})) == [*found, "a: make says nothing of its arguments"]
    told = (
        'class P:\n    def show(self, a, b, c):\n        """Show.\n\n        Args:\n        """\n'
    )
    assert "a: show says nothing of its arguments" not in untold({"a": silent, "b": told})
