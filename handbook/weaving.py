"""A played page as Markdown for the site: code, what it printed below it, and pictures."""

from __future__ import annotations

import re
from collections.abc import Sequence
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
        Markdown, and the pictures by their path beside the page.
    """
    text: list[str] = []
    files: dict[str, bytes] = {}
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
        if part.picture:
            stem = f"figures/{name}-{len(files) // 2 + 1}"
            files |= {f"{stem}-{look}.png": png for look, png in part.picture.files.items()}
            text.append(shown(part.picture, stem))
        text.append("\n")
    return "".join(text), files


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


def with_link(markdown: str, link: str) -> str:
    """Put a line below a page's title."""
    return TITLE.sub(lambda title: f"{title[0]}\n{link}\n", markdown, count=1)
