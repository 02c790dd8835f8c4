"""The model card of a run on the hub, written from what was measured."""

from __future__ import annotations

from latentscape.data import Splits
from latentscape.evaluation.measure import measure
from latentscape.evaluation.results import format_measure
from latentscape.latent.catalogue import CATALOGUE
from latentscape.reports.facts import facts_of, training_of
from latentscape.runs.run import Run
from latentscape.system.printing import visible

GROUPS = ("reconstruction", "likelihood", "structure", "usage", "shape")
HEAD = """---
library_name: latentscape
tags: [autoencoder, latent-space, latentscape]
---
"""


def card_of(run: Run, images: Splits, address: str) -> str:
    """Write a model card as Markdown.

    Args:
        run: the model.
        images: those that it is measured on; by the card, its test images.
        address: where it will be, "USER/NAME".
    """
    found = measure(run, images, groups=GROUPS, judge=False)
    facts = facts_of(run)
    figures = [
        (m.key, format_measure(m), CATALOGUE[m.key].sentence) for m in found if m.value is not None
    ]
    about = [*facts.rows, *training_of(run)]
    if run.record is not None:
        about.append(("fingerprint of the images", run.record.data.fingerprint))
    return "\n".join(
        [
            HEAD,
            f"# {line(run.name)}",
            "",
            f"{line(facts.title)}",
            "",
            "![images and their reconstructions](reconstructions.png)",
            "![draws from the prior](samples.png)",
            "",
            "## How to use it",
            "",
            "```python",
            "import latentscape as ls",
            "",
            f'run = ls.load_run("hf://{address}")  # add @REVISION to pin it',
            "codes = run.encode(images)  # (N, C, H, W) bytes or floats in [0, 1]",
            "run.decode(codes), run.sample(16)",
            "```",
            "",
            "Nothing of it is executed: weights are safetensors, and the model is rebuilt by its "
            "recipe's name.",
            "",
            "## What it is",
            "",
            "| | |",
            "|---|---|",
            *(f"| {line(name)} | {line(value)} |" for name, value in about),
            "",
            f"## What was measured, on {len(images.test):,} test images",
            "",
            "Figures are means with standard errors over images where there is one.",
            "",
            "| measure | value | what it means |",
            "|---|---|---|",
            *(f"| {key} | {line(value)} | {line(sentence)} |" for key, value, sentence in figures),
            "",
            "## Limits",
            "",
            "It knows images like those that it was trained on: others it turns into these. Its "
            "likelihoods compare with others on the same pixels only.",
            "",
        ]
    )


def line(text: str) -> str:
    r"""Text for a cell of a table: on one line, no marks of Markdown or HTML.

    Example:
        >>> print(line("<b>a|b"))
        \<b\>a\|b
    """
    plain = visible(" ".join(text.split()))
    for mark in "\\`*_{}[]<>|#":
        plain = plain.replace(mark, f"\\{mark}")
    return plain
