"""Two claims that need several models: space worsens with its dimension, and a VAE mends it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from latentscape.figures.style import COLOURS, current
from latentscape.latent.catalogue import CATALOGUE
from latentscape.reports.configurations import Configuration
from latentscape.reports.differences import compared, judged
from latentscape.reports.formatting import format_figure

SIGNS = (
    ("offset", "", "centre off the origin"),
    ("size_ratio", "", "widest class over narrowest"),
    ("gap_fraction", "gaussian", "Gaussian draws in gaps"),
    ("legibility", "gaussian", "Gaussian draws that are legible"),
    ("nearest_distance", "", "distance to the nearest code"),
    ("class_change", "", "small steps that change the class"),
)
WORSE = {"nearest_distance": "lower"}
"""What a longer code makes worse although it is neither good nor bad by itself."""


@dataclass(frozen=True)
class Family:
    """Configurations that differ in the length of the code only, shortest first."""

    name: str
    members: tuple[Configuration, ...]


@dataclass(frozen=True)
class Finding:
    """How one sign compares between two configurations.

    Attributes:
        sign: what it is.
        where: between which two.
        first: its mean in the first.
        other: its mean in the other.
        mark: "better", "worse", or "" where another seed or other images might change it, or that
            is not known.
        moved: "better" or "worse" by the means alone, "" where equal.
    """

    sign: str
    where: str
    first: str
    other: str
    mark: str
    moved: str


def families(all_of_them: Sequence[Configuration]) -> list[Family]:
    """Group configurations by everything but the length of the code; only where it varies."""
    groups: dict[str, list[Configuration]] = {}
    for configuration in all_of_them:
        rest = {k: v for k, v in configuration.settings.items() if k != "latent"}
        groups.setdefault(json.dumps(rest, sort_keys=True), []).append(configuration)
    return [
        Family(without_length(members[0].name), tuple(sorted(members, key=length)))
        for members in groups.values()
        if len({length(m) for m in members}) > 1
    ]


def length(configuration: Configuration) -> int:
    """The number of its latent dimensions."""
    return configuration.first.codes_size


def without_length(name: str) -> str:
    """A configuration's name without the length of its code."""
    return ", ".join(part for part in name.split(", ") if not part.startswith("latent "))


def findings(
    first: Configuration,
    other: Configuration,
    where: str,
    signs: Sequence[tuple[str, str, str]] = SIGNS,
) -> list[Finding]:
    """How every sign differs between two configurations; those that cannot be had are left out.

    Args:
        first: what is compared with.
        other: what is compared.
        where: between which two, in words.
        signs: key, part and words of each.
    """
    made = []
    for key, part, words in signs:
        a, b = first.values(key, part), other.values(key, part)
        found = compared(first.figures(key, part), other.figures(key, part))
        if found is None:
            continue
        direction = WORSE.get(key, CATALOGUE[key].direction)
        moved = "" if not found.mean else "better"
        if found.mean and (found.mean > 0) != (direction == "higher"):
            moved = "worse"
        means = [format_figure(key, float(np.mean(list(v.values())))) for v in (a, b)]
        mark = judged(found, direction)
        made.append(Finding(words, where, means[0], means[1], mark, moved))
    return made


def dimension_findings(all_families: Sequence[Family]) -> list[Finding]:
    """The shortest code beside the longest, in each family."""
    return [
        finding
        for family in all_families
        for finding in findings(
            family.members[0],
            family.members[-1],
            f"{family.name}: {length(family.members[0])} → {length(family.members[-1])} numbers",
        )
    ]


def mending_findings(all_of_them: Sequence[Configuration]) -> list[Finding]:
    """Each plain autoencoder beside each VAE with as long a code.

    Distances between codes are left out: those of a VAE are as wide apart as its posteriors are.
    """
    named = [(c, str(c.settings["recipe"])) for c in all_of_them]
    plain = [c for c, recipe in named if recipe == "ae"]
    variational = [c for c, _ in named if c.first.has_rate]
    return [
        finding
        for a in plain
        for b in variational
        if length(a) == length(b)
        for finding in findings(
            a, b, f"{a.name} → {b.name}", [s for s in SIGNS if s[0] not in WORSE]
        )
    ]


def summary(found: Sequence[Finding]) -> str:
    """Count findings in a sentence."""
    worse, better = (sum(f.mark == mark for f in found) for mark in ("worse", "better"))
    sentence = f"Of {len(found)} comparisons {worse} are worse and {better} better beyond what "
    sentence += "another seed and other images would change; "
    means = (sum(f.moved == mark for f in found) for mark in ("worse", "better"))
    return sentence + "by means alone {} are worse and {} better.".format(*means)


def signs_by_length(all_families: Sequence[Family]) -> Figure:
    """Every sign against the length of the code, a line a family, a dot a seed."""
    with mpl.rc_context(current().settings):
        figure = Figure(figsize=(9.6, 4.9), layout="constrained")
        axes = figure.subplots(2, 3).ravel()
        for ax, (key, part, words) in zip(axes, SIGNS, strict=True):
            for i, family in enumerate(all_families):
                draw_line(ax, family, key, part, COLOURS[i % len(COLOURS)])
            ax.set_title(words)
            ax.set_xscale("log", base=2)
            lengths = sorted({length(m) for f in all_families for m in f.members})
            ax.set_xticks(lengths, [str(n) for n in lengths])
            ax.minorticks_off()
            ax.grid(axis="y")
            if not ax.lines:
                ax.text(0.5, 0.5, "cannot be had", ha="center", transform=ax.transAxes)
        for ax in axes[3:]:
            ax.set_xlabel("numbers in the code")
        marks = [
            Line2D([], [], color=COLOURS[i % len(COLOURS)], lw=3, label=family.name)
            for i, family in enumerate(all_families)
        ]
        figure.legend(handles=marks, loc="outside lower left", ncols=4)
        return figure


def draw_line(ax: Axes, family: Family, key: str, part: str, colour: str) -> None:
    """Draw one sign of one family: its means as a line, its seeds as dots.

    Args:
        ax: where.
        family: configurations that differ in one option.
        key: of the measure.
        part: of it, or "".
        colour: of the line.
    """
    known = [(length(m), list(m.values(key, part).values())) for m in family.members]
    known = [(n, values) for n, values in known if values]
    if known:
        ax.plot([n for n, _ in known], [float(np.mean(v)) for _, v in known], color=colour)
    for n, values in known:
        ax.plot([n] * len(values), values, ls="", marker="o", ms=3, color=colour, alpha=0.6)
