"""Pages of the tutorial as they are shown: a slider, the explorer, and a notebook to change."""

import json

import pytest

from handbook.playing import played
from handbook.weaving import woven

PAGE = """# A page

Prose.

```python
import latentscape as ls

images = ls.load_images("digits", limit=40)
run = ls.train("ae", images, latent=2, network="dense", hidden=(8,), epochs=1)
```

```python
{name: ls.plot(run, name, images) for name in ("scatter", "reconstructions")}
```

```python
ls.plot(run, "scatter", images)
```

```python
ls.explore(run, images, limit=20)
```

```console
$ latentscape data
```

**1.** Why?

??? tip "Answer"

    Because of this:

    it is so.

**In short.** Done.
"""


@pytest.fixture(scope="module")
def parts():
    return played("tutorial/a.md", PAGE)


def test_figures_by_name_are_a_slider_and_one_is_a_picture(parts):
    text, files = woven(parts, "a")
    assert text.count('<div class="slides" markdown>') == 1
    assert [line for line in text.splitlines() if "data-name" in line] == [
        '<div class="slide" data-name="scatter" markdown>',
        '<div class="slide" data-name="reconstructions" markdown>',
    ]
    pictures = [name for name in files if name.endswith(".png")]
    assert pictures == [
        f"figures/a-{n}-{look}.png" for n in (1, 2, 3) for look in ("light", "dark")
    ]
    assert all(f"]({name})" in text for name in pictures)
    assert files["figures/a-1-light.png"] == files["figures/a-3-light.png"]
    assert files["figures/a-1-light.png"] != files["figures/a-2-light.png"]


def test_the_explorer_is_a_page_of_its_own_in_a_frame(parts):
    text, files = woven(parts, "a")
    page = files["figures/a-explorer-1.html"].decode()
    assert 'src="../figures/a-explorer-1.html"></iframe>' in text
    assert 'data-file="bundle/space.json"' in page
    assert "latentscape-host" not in page.partition("<script")[0], "nobody is there to talk to"


def test_the_notebook_installs_what_it_needs_and_finds_its_command(parts):
    pytest.importorskip("nbformat")
    from handbook.notebook import notebook

    cells = json.loads(notebook(parts))["cells"]
    sources = ["".join(cell["source"]) for cell in cells]
    assert sources[0].startswith("# A page")
    first = sources[1]
    assert "%pip install --quiet 'latentscape[notebook]'" in first
    assert first.index("find_spec") < first.index("%pip")
    assert "!{sys.executable} -m latentscape data" in sources
    assert "import sys" in first.splitlines()
    assert "*Answer*\n\nBecause of this:\n\nit is so.\n" in sources[-1]
    assert sources[-1].endswith("**In short.** Done.")
    drawn = next(cell for cell in cells if "for name in" in "".join(cell["source"]))
    assert [out["output_type"] for out in drawn["outputs"]] == ["display_data"] * 2
