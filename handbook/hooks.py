"""What MkDocs calls while it builds: tutorial pages are run, reference pages are written."""

from __future__ import annotations

from pathlib import PurePosixPath

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from handbook import api, catalogues, commands, published, systems
from handbook.notebook import notebook
from handbook.playing import PageError, played
from handbook.weaving import with_link, woven

TUTORIAL = "tutorial/"


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Run a page of the tutorial, and put in what it printed and drew; elsewhere, link papers."""
    source = PurePosixPath(page.file.src_uri)
    if not page.file.src_uri.startswith(TUTORIAL) or source.stem == "index":
        return catalogues.linked(markdown)
    try:
        parts = played(page.file.src_uri, markdown)
    except PageError as error:
        raise PluginError(str(error)) from error
    text, made = woven(parts, source.stem)
    made[f"{source.stem}.ipynb"] = notebook(parts).encode()
    for name, content in made.items():
        files.append(File.generated(config, str(source.parent / name), content=content))
    return with_link(
        text, f"[This page as a notebook]({source.stem}.ipynb){{ .notebook download }}"
    )


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages of the reference."""
    pages = {"commands": commands.page(), **{name: api.page(name) for name in api.INTRODUCTIONS}}
    pages |= {
        "recipes": catalogues.recipes_page(),
        "measures": catalogues.measures_page(),
        "pictures": catalogues.pictures_page(),
    }
    files.append(File.generated(config, "systems.md", content=systems.page()))
    text = catalogues.linked(published.page())
    files.append(File.generated(config, "published.md", content=text))
    for name, content in pages.items():
        files.append(File.generated(config, f"reference/{name}.md", content=content))
    return files
