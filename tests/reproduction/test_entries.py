"""The catalogue of published figures, and the page that is made of it and of what is kept."""

import dataclasses
import re
import subprocess
import sys

import pytest
import torch

from handbook import published
from latentscape.models.plan import Plan
from latentscape.recipes import find_recipe
from latentscape.recipes.settings import parted
from latentscape.reproduction.catalogue import ENTRIES, GROUPS, chosen
from latentscape.reproduction.figures import FIGURES
from latentscape.reproduction.results import kept, of_entry
from latentscape.reproduction.table import WORDS
from latentscape.system.errors import LatentscapeError

ROW = re.compile(r"^\| [^|]+ \| `([^`]+)` \| (.*) \|$", re.M)


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=lambda entry: entry.name)
def test_an_entry_can_be_trained_and_its_figures_can_be_measured(entry):
    settings = {name: value for name, value in entry.train.items() if name != "recipe"}
    recipe = find_recipe(entry.train["recipe"])
    arguments, changes = parted(recipe, settings)
    dataclasses.replace(Plan(), **changes)
    recipe.build((1, 28, 28), arguments)
    if entry.mode == "plain":
        assert recipe.published(arguments).plan.precision == "32-true"
    if entry.mode != "kept":
        assert entry.figures[0].published is not None, "there is nothing to pass"
    assert entry.figures and entry.protocol and entry.paper and entry.table
    for figure in entry.figures:
        assert figure.name in FIGURES and figure.name in WORDS
    assert len({figure.name for figure in entry.figures}) == len(entry.figures)


@pytest.mark.parametrize("entry", chosen(["factors"]), ids=lambda entry: entry.name)
def test_models_of_sprites_return_images_through_three_convolutions_and_no_norms(entry):
    settings = {name: value for name, value in entry.train.items() if name != "recipe"}
    recipe = find_recipe(entry.train["recipe"])
    model = recipe.build((1, 64, 64), parted(recipe, settings)[0])
    x = torch.rand(2, 1, 64, 64, generator=torch.Generator().manual_seed(0))
    assert model.step(x).reconstruction.mean.shape == (1, *x.shape)
    maps = []
    for layer in model.encoder:
        layer.register_forward_hook(lambda layer, given, left: maps.append(left.shape))
    alone = model.encode(x[:1]).loc
    sides = [tuple(shape[1:]) for shape in maps if len(shape) == 4][::2]
    kernels = [layer.kernel_size for layer in model.encoder if isinstance(layer, torch.nn.Conv2d)]
    assert kernels == [(8, 8), (4, 4), (4, 4)]
    assert sides == [(32, 16, 16), (32, 8, 8), (64, 4, 4)]
    torch.testing.assert_close(model.encode(x).loc[:1], alone)  # a norm would mix images


def test_every_kept_result_is_of_an_entry_by_its_protocol_of_today():
    for result in kept():
        assert result.figure in of_entry(kept(), ENTRIES[result.entry]), result
        assert result.low <= result.value <= result.high
        assert re.fullmatch(r"20\d\d-\d\d-\d\d", result.date) and result.machine


def test_the_page_has_a_row_for_each_figure_and_says_of_each_what_is_kept():
    page = published.page()
    rows = {(name, cells.split(" | ")[0]): cells.split(" | ") for name, cells in ROW.findall(page)}
    assert len(rows) == sum(len(entry.figures) for entry in ENTRIES.values())
    filled = {place for place, cells in rows.items() if cells[2].strip()}
    assert len(filled) == len(kept())
    for result in kept():
        entry = ENTRIES[result.entry]
        figure = next(f for f in entry.figures if f.name == result.figure)
        words = WORDS[result.figure].replace("k-NN", f"{figure.options.get('k')}-NN")
        cells = rows[result.entry, words]
        shown = cells[2].replace("−", "-").split(" ")[0]
        assert float(shown) == pytest.approx(result.value, rel=6e-4)
        assert (cells[3], cells[5].strip()) == (str(result.seeds), result.date)
        if figure.published is not None:
            known = cells[1].replace("−", "-").split(" ")[0]
            assert float(known) == figure.published
        number = int(cells[6])
        assert f"\n{number}. {result.machine}\n" in page
    for entry in ENTRIES.values():
        assert f"`{entry.name}`: {entry.paper}, {entry.table}: {entry.protocol}." in page
    assert all(f"## {published.TITLES[group]}\n" in page for group in GROUPS)


def test_a_result_by_another_protocol_is_not_shown():
    result = next(r for r in kept() if r.entry == "dec" and r.figure == "own_clusters")
    other = dataclasses.replace(result, digest="0" * 12, value=0.999)
    text = "\n".join(published.section("clusters", [other]))
    assert "0.999" not in text
    assert "0.999" in "\n".join(
        published.section("clusters", [dataclasses.replace(result, value=0.999)])
    )


@pytest.mark.parametrize(
    "change",
    [
        {"train": {"recipe": "vae", "epochs": 3}},
        {"data": "fashion-mnist"},
        {"mode": "timed"},
    ],
)
def test_what_decides_a_figure_is_in_its_digest_and_nothing_else_is(change):
    entry = dataclasses.replace(ENTRIES["vae-2"], train={"recipe": "vae"})
    figure = entry.figures[0]
    assert dataclasses.replace(entry, **change).digest(figure) != entry.digest(figure)
    said = dataclasses.replace(entry, seeds=9, title="x", protocol="y", differs="z")
    assert said.digest(figure) == entry.digest(figure)
    finer = dataclasses.replace(figure, options={"draws": 7})
    assert entry.digest(finer) != entry.digest(figure)
    assert entry.digest(dataclasses.replace(figure, published=1.0)) == entry.digest(figure)


def test_names_of_entries_and_of_tables_are_found_each_once_and_others_are_not():
    assert chosen(["dec", "clusters"])[0].name == "dec"
    assert len(chosen(["dec", "clusters"])) == len(chosen(["clusters"]))
    assert len(chosen([])) == len(ENTRIES)
    with pytest.raises(LatentscapeError, match="did you mean vade"):
        chosen(["vaed"])


def test_the_list_is_shown_without_torch():
    code = (
        "import sys; from latentscape.cli.main import main; "
        "assert main(['reproduce', '--list']) == 0; assert 'torch' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "0.843" in done.stdout
