"""The explorer in a notebook, without a browser: what Python sees of it and may ask of it."""

import re
import sys
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pytest

import latentscape as ls
from latentscape.bundle import read_bundle
from latentscape.bundle.contents import DescribedColumn
from latentscape.data.columns import Column
from latentscape.explorer.selecting import rows_of
from latentscape.explorer.single import write_html
from latentscape.system.errors import LatentscapeError
from tests.bundle.samples import Sample


@pytest.fixture
def notebook(monkeypatch, built_page):
    """A kernel of IPython's, as far as anyone can see."""
    import IPython

    import latentscape.explorer.widget  # noqa: F401 – before what it imports is replaced

    monkeypatch.setattr(IPython, "get_ipython", lambda: SimpleNamespace(kernel=object()))


@pytest.fixture
def widget(notebook, bundle):
    return ls.explore(bundle.folder)


def test_a_terminal_is_served_and_a_notebook_gets_a_widget(bundle, monkeypatch, notebook, capsys):
    served = []
    monkeypatch.setattr("latentscape.explorer.showing.serve", lambda b, **_: served.append(b))
    assert ls.explore(bundle.folder) is not None
    assert served == []
    monkeypatch.setattr("IPython.get_ipython", lambda: SimpleNamespace())  # its terminal
    assert ls.explore(bundle.folder) is None
    monkeypatch.delitem(sys.modules, "IPython")
    monkeypatch.setitem(sys.modules, "marimo", SimpleNamespace(running_in_notebook=lambda: True))
    assert ls.explore(bundle.folder) is not None
    assert len(served) == 1


def test_a_widget_opens_with_images_selected(notebook, bundle):
    wanted = ls.explore(bundle.folder).ids[7]
    widget = ls.explore(bundle.folder, selected=[wanted])
    assert list(widget.selected()["id"]) == [wanted]


def test_images_that_cannot_be_selected_are_counted(bundle, monkeypatch, capsys):
    ids = [f"digit-{i}" for i in range(60)]
    assert rows_of(bundle, [*ids[:3], "elsewhere"]) == rows_of(bundle, ids[2::-1])
    assert "note: 1 of 4 images that were to be selected are not among" in capsys.readouterr().err
    monkeypatch.setattr("latentscape.explorer.selecting.MOST", 2)
    assert rows_of(bundle, ids) == rows_of(bundle, ids[:2])
    assert "note: the first 2 of 60 images are selected" in capsys.readouterr().err


def test_a_notebook_without_widgets_is_told_what_to_install(bundle, monkeypatch, notebook):
    monkeypatch.delitem(sys.modules, "latentscape.explorer.widget", raising=False)
    monkeypatch.setitem(sys.modules, "anywidget", None)
    with pytest.raises(LatentscapeError, match=r"needs anywidget.*pip install latentscape\[note"):
        ls.explore(bundle.folder)


def test_the_frames_page_is_the_exported_one_and_says_that_it_may_talk(widget, bundle, tmp_path):
    alone = write_html(bundle, tmp_path / "page.html").read_text()
    mark = '<meta name="latentscape-host" content="notebook" />\n'
    assert widget.page.count(mark) == 1
    assert widget.page.replace(mark, "") == alone
    assert "latentscape-host" not in alone


def test_what_is_selected_is_a_table(widget):
    sample = Sample(count=60)
    widget.selection = np.flatnonzero(widget.labels == 3)
    table = widget.selected().sort_values("row")
    numbers = [int(name.removeprefix("digit-")) for name in table["id"]]
    assert sorted(numbers) == list(np.flatnonzero(sample.labels == 3))
    assert [widget.ids[row] for row in table["row"]] == list(table["id"])
    assert set(table["label"]) == {3}
    assert set(table["class"]) == {"3"}
    np.testing.assert_array_equal(table[["z_0", "z_1"]].to_numpy(), sample.codes[numbers])
    widget.selection = []
    assert list(widget.selected().columns) == list(table.columns)
    assert len(widget.selected()) == 0


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("selection", [60], "selection has row 60; the rows are 0 to 59"),
        ("pins", [3, -1], "pins has row -1; the rows are 0 to 59"),
        ("selection", np.ones(60, bool), "takes numbers of rows"),
        ("selection", [0.5], "takes numbers of rows"),
        ("code", [1.0, 2.0, 3.0], "code takes 2 finite numbers"),
        ("code", [np.nan, 0.0], "code takes 2 finite numbers"),
        ("view", "umap", "view is one of code"),
        ("colour", "age", "colour is a column \\(typical, .*\\) or ''; not 'age'"),
    ],
)
def test_what_makes_no_sense_is_refused(widget, name, value, sentence):
    from traitlets import TraitError

    before = getattr(widget, name)
    with pytest.raises(TraitError, match=sentence):
        setattr(widget, name, value)
    assert getattr(widget, name) is before


def test_columns_are_in_the_table_and_colour_the_points(notebook, tmp_path):
    sample = Sample(count=60)
    ages = [None if i % 7 == 0 else i / 2 for i in range(60)]
    columns = {"age": DescribedColumn(Column.of(pa.array(ages))), "row": DescribedColumn(
        Column.of(pa.array(["ab"[i % 2] for i in range(60)])))}  # fmt: skip
    widget = ls.explore(sample.write(tmp_path / "bundle", measured=columns))
    widget.selection = range(60)
    for library in ("pandas", "polars"):
        table = widget.selected(library)
        ids = [int(name.removeprefix("digit-")) for name in table["id"]]
        assert [None if age != age else age for age in table["age"]] == [ages[i] for i in ids]
        assert list(table["data_row"]) == ["ab"[i % 2] for i in ids]
    widget.colour = "age"
    widget.set_state({"colour": "row"})
    assert widget.colour == "row"
    widget.colour = ""


def test_what_the_page_sends_is_seen_by_observers(widget):
    """As ipywidgets hands it over: JSON, and bytes for the image."""
    seen = {}
    widget.observe(lambda change: seen.update({change.name: change.new}))
    image = np.random.default_rng(0).random((1, 8, 8), dtype=np.float32)
    widget.set_state(
        {"selection": [4, 2], "code": [0.5, -1.0], "view": "code", "image": image.tobytes()}
    )
    assert seen["selection"] == [4, 2]
    np.testing.assert_array_equal(seen["code"], np.float32([0.5, -1]))
    np.testing.assert_array_equal(widget.image, image)
    assert repr(widget) == "<Explorer of 60 points, 2 selected>"


def test_linked_widgets_choose_together_until_they_are_unlinked(notebook, bundle, tmp_path):
    first, second = ls.explore(bundle.folder), ls.explore(bundle.folder)
    second.pins = [7]
    first.selection = [1]
    links = ls.link(first, second)
    assert second.selection == [1]
    second.selection, first.pins = [5, 6], [3]
    assert (first.selection, second.pins) == ([5, 6], [3])
    for each in links:
        each.unlink()
    first.selection = []
    assert second.selection == [5, 6]
    other = ls.explore(read_bundle(Sample(count=50).write(tmp_path / "other")).folder)
    with pytest.raises(LatentscapeError, match=r"different images \(60 and 50 points\)"):
        ls.link(first, other)


@pytest.fixture
def both(notebook, pair):
    return ls.explore(pair.first.folder, beside=pair.second.folder)


def test_two_spaces_are_one_widget_with_the_page_of_a_pair(both, pair, tmp_path, monkeypatch):
    alone = write_html(pair, tmp_path / "page.html").read_text()
    mark = '<meta name="latentscape-host" content="notebook" />\n'
    pages = [re.sub(r'data-file="pair/.*?</script>', "", page) for page in (both.page, alone)]
    assert pages[0].replace(mark, "") == pages[1]
    assert both.page.count(mark) == 1
    counts = [bundle.space["points"]["count"] for bundle in (pair.first, pair.second)]
    assert [len(space.ids) for space in (both.first, both.second)] == counts
    assert repr(both) == f"<PairExplorer of {counts[0]} and {counts[1]} points>"


def test_what_is_set_of_a_side_is_told_to_the_page_and_what_it_tells_is_not_told_back(both):
    told = []
    both.send = lambda content, buffers=None: told.append(content)
    both.second.selection = np.array([3, 1])
    both.first.view = "code"
    both.second.code = both.second.codes[5]
    code = both.second.codes[5].tolist()
    assert told == [
        {"side": "second", "shared": {"selection": [3, 1]}},
        {"side": "first", "shared": {"view": "code"}},
        {"side": "second", "shared": {"code": code}},
    ]
    told.clear()
    image = np.random.default_rng(0).random((1, 8, 8), dtype=np.float32)
    seen = []
    both.first.observe(lambda change: seen.append(change.name), ["pins", "image"])
    both._handle_custom_msg({"side": "first", "shared": {"pins": [7], "colour": ""}}, [])
    both._handle_custom_msg({"side": "first"}, [memoryview(image.tobytes())])
    assert (both.first.pins, both.second.pins) == ([7], [])
    np.testing.assert_array_equal(both.first.image, image)
    assert both.second.image is None
    assert seen == ["pins", "image"]
    assert told == []
    both._handle_custom_msg({"side": "second", "ready": True}, [])  # a page that opens later
    assert told == [{"side": "second", "shared": {"code": code, "selection": [3, 1]}}]
    assert list(both.second.selected()["id"]) == [both.second.ids[row] for row in (3, 1)]


def test_what_makes_no_sense_in_a_side_is_refused(both):
    from traitlets import TraitError

    with pytest.raises(TraitError, match=f"selection has row {len(both.second.ids)}; the rows are"):
        both.second.selection = [len(both.second.ids)]


def test_completion_shows_what_is_for_people_and_nothing_else():
    assert set(dir(ls)) == set(ls.__all__)
    assert {"fit", "plot", "measure", "explore", "link"} <= set(dir(ls))
    assert not {"blueprint", "lazily", "os"} & set(dir(ls))


def test_help_begins_with_every_name_and_a_sentence():
    told = {line.split()[0]: line for line in ls.__doc__.splitlines() if line.startswith("    ")}
    names = {name for name in ls.__all__ if not name.startswith("_")} - {"LatentscapeError"}
    assert names <= set(told)
    assert all(told[name].endswith(".") and len(told[name].split()) > 3 for name in names)
