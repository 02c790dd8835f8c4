"""The tutorial's notebooks as they are downloaded: every cell runs, in a kernel of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from handbook.cells import parts_of
from handbook.playing import Played

pytestmark = pytest.mark.notebooks
CHAPTERS = sorted((Path(__file__).parents[1] / "docs" / "tutorial").glob("[0-9]*.md"))


@pytest.mark.filterwarnings("default")  # of the kernel's own packages
@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.stem)
def test_every_cell_runs(chapter, tmp_path):
    import nbformat
    from nbclient import NotebookClient

    from handbook.notebook import notebook

    parts = [Played(part) for part in parts_of(chapter.read_text(encoding="utf-8"))]
    book = nbformat.reads(notebook(parts), as_version=4)
    NotebookClient(book, timeout=1200, resources={"metadata": {"path": str(tmp_path)}}).execute()
    cells = [cell for cell in book.cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in cells)
    shown = [kind for cell in cells for out in cell.outputs for kind in out.get("data", ())]
    assert "image/png" in shown
    said = "".join(out.get("text", "") for cell in cells for out in cell.outputs)
    assert "latentscape: " not in said, "a command was refused, at which a cell goes on"
