"""What an installed package adds, from outside: a picture, a sampler, measures, a likelihood."""

import csv
import json
import re
import sys
import tomllib
from contextlib import contextmanager
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

import latentscape as ls
from latentscape.cli.main import main
from latentscape.cli.train import offer
from latentscape.evaluation.measure import measure_codes
from latentscape.figures import KINDS
from latentscape.latent.catalogue import CATALOGUE, GROUPS
from latentscape.latent.own_measures import OWN, own_measure
from latentscape.latent.samplers import SAMPLERS, KernelSampler
from latentscape.parts import LIKELIHOODS
from latentscape.recipes import RECIPES
from latentscape.runs.run import Run
from latentscape.system import extensions
from latentscape.system.errors import LatentscapeError
from latentscape.system.extensions import installed, installed_names

MODULE = """
import numpy as np
from matplotlib.figure import Figure
from latentscape.figures.kinds import kind
from latentscape.latent.measure import Measure
from latentscape.latent.own_measures import own_measure
from latentscape.latent.samplers import KernelSampler, SamplerEntry
from latentscape.parts import Laplace

@kind(name="own-radii")
def own_radii(run, images) -> Figure:
    \"\"\"How far codes lie from the origin.\"\"\"
    figure = Figure()
    figure.subplots().hist((run.encode(images) ** 2).sum(1) ** 0.5)
    return figure

WIDE = SamplerEntry(lambda: KernelSampler(bandwidth=2.0), "Codes at random, moved far.")
GAUSSIAN = SamplerEntry(lambda: None, "of our name")

@own_measure(title="Spread", direction="lower", sentence="How far codes lie from their mean.")
def spread(codes):
    return Measure.mean("any", np.square(codes - codes.mean(0)).sum(1))

@own_measure(title="Darkness", sentence="How dark decoded means are.")
def darkness(run, images):
    return Measure("any", 1 - float(run.reconstruct(images).mean()))

@own_measure(title="Broken", sentence="It fails.")
def broken(codes, labels):
    raise IndexError("no such class")

class Sharp(Laplace):
    def __init__(self):
        super().__init__(0.01)
"""
ENTRIES = """
[latentscape.pictures]
own-radii = ownspace:own_radii
gone = nowhere_at_all:picture
[latentscape.samplers]
wide = ownspace:WIDE
gaussian = ownspace:GAUSSIAN
none = ownspace:MODULE_THAT_IS_NOT
odd = ownspace:MODULE_NAME
[latentscape.measures]
spread = ownspace:spread
darkness = ownspace:darkness
broken = ownspace:broken
unmarked = ownspace:Sharp
[latentscape.likelihoods]
sharp = ownspace:Sharp
normal = ownspace:Sharp
nothing = ownspace:dict
"""
ROOT = Path(__file__).parents[2]
FLAGS = ["--limit", "60", "--epochs", "1", "--network", "dense", "--hidden", "8"]


@contextmanager
def as_installed(folder, monkeypatch, name, module, entries):
    """As pip leaves it: a module, and beside it metadata that names entry points."""
    place = folder / "installed"
    about = place / f"{name}-1.0.dist-info"
    about.mkdir(parents=True)
    (place / f"{name}.py").write_text(module, encoding="utf-8")
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(entries)
    monkeypatch.setattr(sys, "path", [*sys.path, str(place)])
    forget()
    yield
    forget()
    sys.modules.pop(name, None)


@pytest.fixture
def package(tmp_path, monkeypatch):
    module = f"{MODULE}\nMODULE_NAME = 'ownspace'\ndict = dict\n"
    with as_installed(tmp_path, monkeypatch, "ownspace", module, ENTRIES):
        yield
    KINDS.pop("own-radii", None)


def forget() -> None:
    """What was installed is looked at once in a process."""
    for names in (SAMPLERS, OWN, CATALOGUE, GROUPS, LIKELIHOODS):
        vars(names).pop("_theirs", None)
    installed_names.cache_clear()
    offer(RECIPES["ae"], "ae")


@pytest.fixture
def run():
    return Run("ae", ls.recipes.ae((1, 6, 6), latent=2), (1, 6, 6))


PIXELS = np.random.default_rng(0).random((40, 1, 6, 6), dtype=np.float32)


def test_a_picture_is_a_kind_like_any(package, run, capsys):
    found = installed("latentscape.pictures")
    assert list(found) == ["own-radii"]
    said = capsys.readouterr().err
    assert "nowhere_at_all:picture" in said
    assert said.count("\n") == 1
    assert KINDS["own-radii"].description == "How far codes lie from the origin"
    assert len(KINDS["own-radii"].draw(run, PIXELS).axes[0].patches) == 10


def test_a_sampler_is_offered_beside_ours_and_takes_no_name_of_them(package, capsys):
    ours = SAMPLERS["gaussian"]
    assert capsys.readouterr().err == "", "ours are had without importing anybody's"
    assert list(SAMPLERS)[-1] == "wide"
    assert SAMPLERS["gaussian"] is ours
    assert isinstance(SAMPLERS["wide"].make(), KernelSampler)
    z = np.zeros((50, 2)) + np.eye(2)[np.arange(50) % 2]
    drawn = SAMPLERS["wide"].make().fit(z).sample(500, seed=0)
    assert drawn.shape == (500, 2)
    assert drawn.std() > 0.6
    said = capsys.readouterr().err.splitlines()
    assert "MODULE_THAT_IS_NOT" in said[0]
    assert "'odd', an installed latentscape.samplers entry, is no SamplerEntry" in said[1]
    assert len(said) == 2


def test_a_measure_stands_with_ours_under_the_name_that_it_is_installed_under(package, run, capsys):
    bytes_ = np.rint(PIXELS * 255).astype(np.uint8)
    images = ls.Images(bytes_, None, (), tuple(map(str, range(40))), "noise")
    found = ls.measure(run, images, groups=["structure", "own"])
    assert list(found.groups) == ["structure", "own"]
    codes = run.encode(images)
    each = np.square(codes - codes.mean(0)).sum(1)
    assert found["spread"].value == pytest.approx(each.mean(), rel=1e-5)
    assert found["spread"].error == pytest.approx(each.std(ddof=1) / 40**0.5, rel=1e-3)
    assert found["darkness"].value == pytest.approx(1 - run.reconstruct(images).mean(), rel=1e-5)
    assert found["broken"].reason == "there are no labels"
    assert "no_error" in found.to_json()["own"]["darkness"]
    frame = found.to_frame().loc["spread"]
    assert (frame["group"], frame["better"]) == ("own", "lower")
    assert "How far codes lie from their mean." in found._repr_html_()
    assert "'unmarked', an installed latentscape.measures entry" in capsys.readouterr().err


def test_of_codes_alone_what_needs_a_model_says_so_and_what_fails_costs_itself_alone(package):
    z = np.random.default_rng(0).normal(size=(60, 3))
    found = measure_codes(z, np.arange(60) % 2)
    assert found["spread"].value == pytest.approx(z.var(0).sum())
    assert found["darkness"].reason == "there is no model"
    assert found["broken"].reason == "it failed (IndexError: no such class)"
    assert found["active_units"].value == 3


def test_installed_names_are_looked_up_once_however_many_recipes_ask(package, monkeypatch):
    asked, look_up = [], extensions.entry_points

    def counted(group):
        asked.append(group)
        return look_up(group=group)

    monkeypatch.setattr(extensions, "entry_points", counted)
    installed_names.cache_clear()
    for name in ("ae", "vae", "ae"):
        assert "sharp" in get_args(RECIPES[name].kinds["likelihood"])
    assert asked == ["latentscape.likelihoods"]


def test_nothing_is_installed_where_no_package_is():
    assert "own" not in GROUPS
    assert "own" not in measure_codes(np.eye(8)).groups


def test_commands_print_compare_and_collect_own_measures(package, tmp_path, capsys):
    sweep = tmp_path / "sweep"
    more = ["--measures", "spread", "--out", str(sweep), *FLAGS]
    assert main(["sweep", "ae", "--latent", "1,2", *more]) == 0
    with (sweep / "table.csv").open() as file:
        spreads = [float(row["spread"]) for row in csv.DictReader(file)]
    assert len(set(spreads)) == 2
    runs = sorted(str(path.parent) for path in sweep.rglob("run.json"))
    capsys.readouterr()
    assert main(["measure", runs[0], "--groups", "own", "--json"]) == 0
    own = json.loads(capsys.readouterr().out)["own"]
    assert own["spread"]["value"] == pytest.approx(spreads[0])
    assert main(["measure", runs[0], "--groups", "own"]) == 0
    assert "own: What installed packages measure." in capsys.readouterr().out
    assert main(["report", runs[0], "--out", str(tmp_path / "report.html")]) == 0
    assert "How far codes lie from their mean." in (tmp_path / "report.html").read_text()


@pytest.mark.parametrize("function", [lambda: None, lambda z: None, lambda codes, *rest: None])
def test_a_measure_of_something_else_is_refused_where_it_is_written(function):
    with pytest.raises(TypeError, match="a measure takes any of codes, labels, images, run"):
        own_measure(title="Odd", sentence="It is odd.")(function)


def test_a_likelihood_is_an_option_like_ours(package, tmp_path, capsys):
    out = tmp_path / "run"
    assert main(["train", "ae", "--likelihood", "sharp", "--out", str(out), *FLAGS]) == 0
    again = ls.load_run(out)
    assert type(again.model.likelihood).__name__ == "Sharp"
    assert again.model.likelihood.log_scale.exp().item() == pytest.approx(0.01)
    assert again.record.blueprint.arguments["likelihood"] == "sharp"
    capsys.readouterr()
    assert main(["train", "ae", "--help"]) == 0
    assert "sharp" in capsys.readouterr().out
    vary = ["--likelihood", "sharp,normal", "--out", str(tmp_path / "sweep"), *FLAGS]
    assert main(["sweep", "ae", *vary]) == 0
    assert type(LIKELIHOODS["normal"]()).__name__ == "Normal"


def test_a_likelihood_that_is_none_or_not_installed_is_said(package, tmp_path):
    with pytest.raises(LatentscapeError, match="'nothing' of an installed package makes a dict"):
        ls.recipes.ae((1, 6, 6), likelihood="nothing")
    with pytest.raises(LatentscapeError, match="no likelihood is called 'shrap'; did you mean"):
        ls.recipes.ae((1, 6, 6), likelihood="shrap")
    assert main(["train", "ae", "--likelihood", "shrap", *FLAGS, "--out", str(tmp_path / "x")]) == 2


def test_a_run_names_the_likelihood_that_is_no_longer_installed(package, tmp_path, monkeypatch):
    out = tmp_path / "run"
    assert main(["train", "ae", "--likelihood", "sharp", "--out", str(out), *FLAGS]) == 0
    monkeypatch.setattr(sys, "path", [p for p in sys.path if not p.endswith("installed")])
    forget()
    with pytest.raises(LatentscapeError, match=r"'sharp'.*one of your own needs its package"):
        ls.load_run(out)


def test_the_package_in_the_documentation_works(tmp_path, monkeypatch, capsys):
    page = (ROOT / "docs/own.md").read_text(encoding="utf-8")
    [module] = re.findall(r'```python title="my_space.py"\n(.*?)```', page, re.S)
    [project] = re.findall(r'```toml title="pyproject.toml"\n(.*?)```', page, re.S)
    points = tomllib.loads(project)["project"]["entry-points"]
    entries = [
        line
        for group, names in points.items()
        for line in (f"[{group}]", *(f"{name} = {place}" for name, place in names.items()))
    ]
    with as_installed(tmp_path, monkeypatch, "my_space", module, "\n".join(entries)):
        out = tmp_path / "run"
        assert main(["train", "ae", "--likelihood", "sharp", "--out", str(out), *FLAGS]) == 0
        assert main(["measure", str(out), "--groups", "own"]) == 0
        assert "How far codes lie from their mean." in capsys.readouterr().out
        assert "radii" in installed("latentscape.pictures")
        picture = str(tmp_path / "radii.png")
        assert main(["plot", str(out), "radii", "--out", picture]) == 0
        assert SAMPLERS["wide"].make().fit(np.eye(3)).sample(4, seed=0).shape == (4, 3)
        assert capsys.readouterr().err == ""
    KINDS.pop("radii")
