"""The explorer in JupyterLab: what is selected in the page is read in Python, and the other way."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pyarrow as pa
import pytest

from latentscape.bundle import read_bundle
from latentscape.bundle.contents import DescribedColumn
from latentscape.bundle.tables import read_arrow
from latentscape.data.columns import Column

LAB = importlib.util.find_spec("jupyterlab") and importlib.util.find_spec("ipykernel")
pytestmark = [
    pytest.mark.page,
    pytest.mark.skipif(not LAB, reason="needs JupyterLab: pip install '.[test,page,lab]'"),
]

CELLS = (
    "import latentscape as ls\nwidget = ls.explore('bundle'); widget",
    "print('selected', len(widget.selected()), sorted(widget.selection)[:3])",
    "widget.selection = [5, 7, 11]; widget.view = 'pca'; widget.pins = [2]\nwidget.colour = 'age'",
    "print('image', widget.image.shape, 'pins', widget.pins, 'view', widget.view)",
    "print('colour', widget.colour, widget.selected().age.tolist())",
)

OF_TWO = (
    "import latentscape as ls\nboth = ls.explore('bundle', beside='other'); both",
    "for space in (both.first, both.second):\n"
    "    print(len(space.selection), space.image.shape, sorted(space.selected()['id'])[:3])",
    "both.second.selection = [5, 7, 11]; both.second.pins = [2]; both.first.view = 'pca'",
    "for space in (both.first, both.second):\n"
    "    chosen = (space.selection, space.pins)\n"
    "    print(space.view, [[space.ids[row] for row in rows] for rows in chosen])",
)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.fixture(scope="module")
def noted_bundle(wide, tmp_path_factory):
    """Digits with an age each."""
    ages = {"age": DescribedColumn(Column.of(pa.array([i % 83 for i in range(1797)])))}
    return read_bundle(wide.write(tmp_path_factory.mktemp("noted") / "bundle", measured=ages))


@pytest.fixture(scope="module")
def lab(noted_bundle, plane, tmp_path_factory):
    """JupyterLab over a folder with two bundles and two notebooks, and its address."""
    import nbformat

    folder = tmp_path_factory.mktemp("lab")
    (folder / "bundle").symlink_to(noted_bundle.folder)
    plane.write(folder / "other", seed=5)
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    for name, sources in (("walk", CELLS), ("both", OF_TWO)):
        cells = [nbformat.v4.new_code_cell(source) for source in sources]
        book = nbformat.v4.new_notebook(cells=cells, metadata=kernel)
        nbformat.write(book, folder / f"{name}.ipynb")
    port = free_port()
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.port={port}", "--no-browser"]
    command += ["--allow-root", "--IdentityProvider.token=", f"--ServerApp.root_dir={folder}"]
    own = {f"JUPYTER_{name}_DIR": str(folder / name) for name in ("CONFIG", "RUNTIME", "DATA")}
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(command, env=os.environ | own, stdout=log, stderr=log)
        try:
            wait_for(f"http://127.0.0.1:{port}/api", folder / "log")
            yield f"http://127.0.0.1:{port}/lab/workspaces"
        finally:
            server.terminate()
            server.wait(20)


def wait_for(address, log) -> None:
    end = time.monotonic() + 60
    while True:
        try:
            assert json.load(urllib.request.urlopen(address))
            return
        except (urllib.error.URLError, ConnectionError):
            assert time.monotonic() < end, log.read_text()
            time.sleep(0.2)


class Notebook:
    """An open notebook: its cells are run one after another, as with Shift+Enter."""

    def __init__(self, page, address, cells=CELLS) -> None:
        self.page = page
        page.set_default_timeout(30_000)
        page.goto(address)
        page.locator(".jp-Notebook .jp-CodeCell").nth(len(cells) - 1).wait_for()
        page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").first.wait_for()
        page.locator(".jp-CodeCell .cm-content").first.click()

    def run(self, cell: int) -> str:
        """Run a cell, and give what it prints."""
        source = self.page.locator(f".jp-CodeCell >> nth={cell} >> .cm-content")
        prompt = self.page.locator(f".jp-CodeCell >> nth={cell} >> .jp-InputPrompt")
        end = time.monotonic() + 60
        while not re.search(r"\[\d+\]", prompt.inner_text()):
            assert time.monotonic() < end, prompt.inner_text()
            if "*" not in prompt.inner_text():  # not begun: what is above may just have grown
                source.click()
                self.page.keyboard.press("Shift+Enter")
            self.page.wait_for_timeout(1000)
        self.page.wait_for_timeout(300)
        return self.page.locator(f".jp-CodeCell >> nth={cell} >> .jp-OutputArea").inner_text()


def test_what_is_selected_in_the_page_is_read_in_python_and_back(browser, lab, noted_bundle):
    context = browser.new_context(viewport={"width": 1300, "height": 1100})
    notebook = Notebook(context.new_page(), f"{lab}/walk/tree/walk.ipynb")
    notebook.run(0)
    frame = notebook.page.frame_locator("iframe[title=latentscape]")
    plot = frame.locator("[data-space]")
    plot.wait_for()
    frame.get_by_role("button", name="drag a box round points").click()
    box = plot.bounding_box()
    notebook.page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.3 * box["height"])
    notebook.page.mouse.down()
    notebook.page.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 0.7 * box["height"], steps=5)
    notebook.page.mouse.up()
    said = frame.get_by_role("status").filter(has_text="selected").inner_text()
    count = int(re.match(r"[\d,]+", said)[0].replace(",", ""))
    assert count > 20
    assert f"selected {count} [" in notebook.run(1)

    notebook.run(2)
    frame.get_by_role("status").filter(has_text="3 of 1,797").wait_for()
    frame.get_by_label("view", exact=True).wait_for()
    assert frame.get_by_label("view", exact=True).input_value() == "pca"
    assert "image (1, 8, 8) pins [2] view pca" in notebook.run(3)

    colour = frame.get_by_label("colour", exact=True)
    assert colour.evaluate("menu => menu.selectedOptions[0].innerText") == "age"
    colour.select_option(label="class")
    said = notebook.run(4)
    assert "colour  [" in said  # the classes again, as was chosen in the page
    ages = [int(name.removeprefix("digit-")) % 83.0 for name in ids_of(noted_bundle, [5, 7, 11])]
    assert str(ages) in said
    context.close()


def test_two_spaces_share_a_cell_and_each_is_read_and_set_in_python(browser, lab):
    context = browser.new_context(viewport={"width": 1300, "height": 1100})
    notebook = Notebook(context.new_page(), f"{lab}/both/tree/both.ipynb", OF_TWO)
    notebook.run(0)
    frame = notebook.page.frame_locator("iframe[title=latentscape]")
    side = frame.locator("[data-side=A]")
    side.get_by_role("button", name="drag a box round points").click()
    box = side.locator("[data-space]").bounding_box()
    assert box is not None
    notebook.page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.3 * box["height"])
    notebook.page.mouse.down()
    notebook.page.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 0.7 * box["height"], steps=5)
    notebook.page.mouse.up()
    said = side.get_by_role("status").filter(has_text="selected").inner_text()
    notebook.page.wait_for_timeout(300)
    first, second = notebook.run(1).splitlines()
    assert first == second
    assert first.startswith(f"{said.split()[0].replace(',', '')} (1, 8, 8) ['digit-")

    notebook.run(2)
    side.get_by_role("status").filter(has_text="3 of 1,797").wait_for()
    side.locator("select").first.wait_for()
    notebook.page.wait_for_timeout(300)
    first, second = notebook.run(3).splitlines()
    assert first.startswith("pca [['digit-")
    chosen = [json.loads(line[line.index("[[") :].replace("'", '"')) for line in (first, second)]
    assert [len(ids) for ids in chosen[0]] == [3, 1]
    assert [sorted(ids) for ids in chosen[0]] == [sorted(ids) for ids in chosen[1]]
    context.close()


def ids_of(bundle, rows):
    names = read_arrow(bundle.folder / bundle.space["points"]["details"])["id"].to_pylist()
    return [names[row] for row in rows]
