"""A played page as Markdown for the site: code, what it printed below it, and pictures."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from textwrap import indent

from handbook.cells import Prose
from handbook.playing import Picture, Played

PIXELS = 96  # of the page, an inch
FOLDED = "The code of this figure"
TITLE = re.compile(r"\A\s*# .+\n")


def woven(parts: Sequence[Played], name: str) -> tuple[str, dict[str, bytes]]:
    """Put a page together.

    Args:
        parts: what was run.
        name: the page's, which its pictures' names begin with.

    Returns:
        Markdown, and pictures and explorers by their path beside the page.
    """
    text: list[str] = []
    files: dict[str, bytes] = {}
    pages: dict[str, bytes] = {}
    for part in parts:
        if isinstance(part.part, Prose):
            text.append(part.part.text)
            continue
        cell = part.part
        title = f' title="{cell.title}"' if cell.title else ""
        fence = f"```{'console' if cell.kind == 'console' else 'python'}{title}\n{cell.code}```\n"
        text.append(f'\n??? code "{FOLDED}"\n\n{indent(fence, "    ")}' if cell.folded else fence)
        if part.text:
            text.append(f"\n``` {{ .text .printed }}\n{part.text.rstrip()}\n```\n")
        slides = []
        for title, picture in part.pictures.items():
            stem = f"figures/{name}-{len(files) // 2 + 1}"
            files |= {f"{stem}-{look}.png": png for look, png in picture.files.items()}
            slides.append((title, shown(picture, stem)))
        text.append(slides[0][1] if len(slides) == 1 else slider(slides))
        if part.page:
            pages[f"figures/{name}-explorer-{len(pages) + 1}.html"] = part.page.encode()
            text.append(framed([*pages][-1]))
        text.append("\n")
    return "".join(text), files | pages


def shown(picture: Picture, stem: str) -> str:
    """A picture in both looks, of which the style sheet shows one; each leads to itself, large."""
    words = picture.words.replace("[", "(").replace("]", ")")
    width = round(picture.width * PIXELS)
    images = [
        f"[![{words}]({file}){{ width={width} loading=lazy }}]({file})"
        f'{{ .figure .{look} style="--width: {width}" }}'
        for look, file in ((look, f"{stem}-{look}.png") for look in picture.files)
    ]
    return "\n" + "\n".join(images) + "\n"


def slider(slides: Sequence[tuple[str, str]]) -> str:
    """Pictures of which a slider shows one; without scripts they stand below each other."""
    stacked = "\n".join(
        f'<div class="slide" data-name="{escape(name)}" markdown>\n**{name}**\n{picture}\n</div>'
        for name, picture in slides
    )
    return f'\n<div class="slides" markdown>\n{stacked}\n</div>\n' if slides else ""


def framed(file: str) -> str:
    """The explorer in a frame, which is loaded when it comes into view."""
    frame = f'<iframe class="explorer" title="the explorer" loading="lazy" src="../{file}">'
    return f"\n{frame}</iframe>\n\n[The explorer by itself]({file}){{ .notebook }}\n"


def with_link(markdown: str, link: str) -> str:
    """Put a line below a page's title."""
    return TITLE.sub(lambda title: f"{title[0]}\n{link}\n", markdown, count=1)
