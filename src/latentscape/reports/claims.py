"""Four claims about why a latent space is hard to draw from, asked of one model.

The claims are those usually made of plain autoencoders: the cloud of codes is neither centred nor
bounded; some classes take far more room than others; there are gaps; neighbours decode to
different things. Each is answered by figures, by a rule that the answer names, and by a picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from latentscape.latent.arrays import spread_of
from latentscape.latent.measure import Measure
from latentscape.reports.claim_pictures import class_rooms, radii
from latentscape.reports.draws import Tile, judged_tiles
from latentscape.reports.embed import EmbeddedFigure, picture
from latentscape.reports.examination import Examined
from latentscape.reports.formatting import format_figure, format_percent
from latentscape.reports.probes import Probes, probes_of, step_pairs

Verdict = Literal["yes", "in part", "no", "cannot be told"]
OFF, UNEVEN, TURNS = 0.1, 2.0, 0.05
SHOWN = 12


@dataclass(frozen=True)
class Strip:
    """A row of decoded images below a note."""

    note: str
    tiles: Sequence[Tile]


@dataclass(frozen=True)
class Claim:
    """A claim, answered.

    Attributes:
        text: the claim.
        verdict: whether it holds for this model.
        figures: name and value of what was measured.
        reading: what the figures say.
        rule: when the claim is said to hold.
        picture: or None.
        strips: rows of decoded images.
    """

    text: str
    verdict: Verdict
    figures: tuple[tuple[str, str], ...]
    reading: str
    rule: str
    picture: EmbeddedFigure | None = None
    strips: tuple[Strip, ...] = ()


def claims_of(examined: Examined) -> list[Claim]:
    """Answer all four."""
    places = probes_of(examined)
    return [cloud(examined), rooms(examined, places), gaps(examined, places), steps(examined)]


def cloud(examined: Examined) -> Claim:
    """Is the cloud neither centred nor bounded?"""
    z = examined.codes.astype(np.float64)
    off, tail = examined.measures["offset"], examined.measures["tail"]
    width = spread_of(z) / np.sqrt(z.shape[1])
    text = "The cloud of codes is neither centred nor bounded."
    figures = (
        ("centre off the origin, in spreads", figure(off)),
        ("farthest code, over where as many normal ones end", figure(tail)),
        ("width of a number (a standard bell curve has 1)", format_figure("", float(width))),
    )
    rule = (
        f"Centred: off by at most {OFF:g} spreads. Bounded: no code is farther out than as many "
        "draws of a normal distribution as wide would be in 999 of 1,000 cases. How wide the cloud "
        "is decides neither."
    )
    if off.value is None or tail.value is None:
        return Claim(text, "cannot be told", figures, sentence(off.reason or tail.reason), rule)
    centred, bounded = off.value <= OFF, tail.value <= 1
    where = "The cloud is centred" if centred else "The middle of the cloud is beside the origin"
    ends = "no code strays from it" if bounded else "codes stray far from it"
    return Claim(
        text,
        "no" if centred and bounded else "in part" if centred or bounded else "yes",
        figures,
        f"{where}, and {ends}. A latent dimension is {width:.2g} times as wide as the standard "
        "bell curve.",
        rule,
        picture(lambda: radii(z), "distances of codes from the origin, beside those of N(0, I)"),
    )


def rooms(examined: Examined, places: Probes) -> Claim:
    """Do some classes take far more room, so that uniform draws are unbalanced?"""
    ratio = examined.measures["size_ratio"]
    text = "Some classes cover far more room than others, so uniform draws are unbalanced."
    rule = (
        f"Room: the widest class is {UNEVEN:g} times as wide as the narrowest. Draws: the most "
        f"favoured class gets {UNEVEN:g} times its share, or the least favoured less than half. "
        "A uniform draw counts for the class of the nearest code."
    )
    if places.classes is None or ratio.value is None:
        reason = ratio.reason or "there are no labels"
        return Claim(text, "cannot be told", (("ratio of class sizes", f"– ({reason})"),), "", rule)
    shares, real = places.shares(examined.images)
    favour = shares / real
    most, least = int(favour.argmax()), int(favour.argmin())
    wide = ratio.value >= UNEVEN
    uneven = bool(favour[most] >= UNEVEN or favour[least] <= 1 / UNEVEN)
    names = [examined.images.classes[c] for c in places.present]
    return Claim(
        text,
        "yes" if wide and uneven else "in part" if wide or uneven else "no",
        (
            ("widest class over narrowest", format_figure("", ratio.value)),
            (f"uniform draws that fall to '{names[most]}'", format_percent(shares[most])),
            (f"uniform draws that fall to '{names[least]}'", format_percent(shares[least])),
        ),
        f"Drawing evenly over the cloud's box gives '{names[most]}' {favour[most]:.1f} times as "
        f"often as the data has it, and '{names[least]}' {favour[least]:.2g} times.",
        rule,
        picture(
            lambda: class_rooms(names, places.present, shares, real),
            "share of uniform draws that falls to each class, beside its share of the images",
        ),
    )


def gaps(examined: Examined, places: Probes) -> Claim:
    """Are there gaps that decode to nothing legible?"""
    empty = places.codes[places.gap]
    share = float(places.gap.mean())
    strips = [Strip("real codes, decoded", judged_tiles(examined, some(examined.codes)))]
    if len(empty):
        strips.insert(0, Strip("places in gaps, decoded", judged_tiles(examined, some(empty))))
    figures = [("uniform draws that fall in gaps", format_percent(share))]
    reason = examined.no_judge or (examined.judge and examined.judge.controls.reason) or ""
    text = "There are gaps, and they decode to nothing legible."
    rule = (
        "A gap is farther from every code than 99 % of codes are from their own neighbours. It "
        "holds when gaps are legible less than half as often as real codes, and in part when the "
        "difference is beyond two standard errors."
    )
    if reason or examined.believed is None or len(empty) < 20:
        reading = f"Who reads is missing: {reason}." if reason else "There are hardly any gaps."
        verdict: Verdict = "cannot be told" if reason else "no"
        return Claim(text, verdict, tuple(figures), reading, rule, None, tuple(strips))
    inside, outside = (
        examined.believed.classify(examined.decode(z)).accepted for z in (empty, places.real)
    )
    a, b = float(inside.mean()), float(outside.mean())
    error = np.sqrt(a * (1 - a) / len(inside) + b * (1 - b) / len(outside))
    figures += [
        ("legible in gaps", format_percent(a)),
        ("legible at real codes", format_percent(b)),
    ]
    clear = b - a > 2 * error
    return Claim(
        text,
        "yes" if clear and a < b / 2 else "in part" if clear else "no",
        tuple(figures),
        f"Of {len(inside):,} places in gaps the judge finds {format_percent(a)} legible, and "
        f"{format_percent(b)} of what real codes decode to.",
        rule,
        None,
        tuple(strips),
    )


def steps(examined: Examined) -> Claim:
    """Do nearby points decode to different things?"""
    turns, moved = examined.measures["class_change"], examined.measures["smoothness"]
    text = "Nearby points can decode to different things."
    rule = (
        f"It holds when more than {format_percent(TURNS)} of steps of a tenth of the spread turn "
    )
    rule += "one class into another, by the judge's naming, and in part when any do."
    figures = (
        ("small steps that change the class", format_percent(turns.value, 1)),
        ("change of the picture (1.41 is any other picture)", figure(moved)),
    )
    if turns.value is None:
        return Claim(text, "cannot be told", figures, sentence(turns.reason), rule)
    pairs = step_pairs(examined, SHOWN // 2)
    strips = [Strip(f"{note}: before and after", tiles) for note, tiles in pairs]
    return Claim(
        text,
        "yes" if turns.value > TURNS else "in part" if turns.value > 0 else "no",
        figures,
        f"One small step in {1 / turns.value:,.0f} turns one class into another."
        if turns.value
        else "No small step of those tried turns one class into another.",
        rule,
        None,
        tuple(strips),
    )


def some(codes: NDArray[np.floating]) -> NDArray[np.floating]:
    """A few rows, evenly from first to last."""
    rows = np.linspace(0, len(codes) - 1, min(SHOWN, len(codes))).round().astype(int)
    return np.asarray(codes[rows])


def figure(measure: Measure) -> str:
    """A figure, or a dash with the reason."""
    if measure.value is None:
        return f"– ({measure.reason})"
    return format_figure(measure.key, measure.value)


def sentence(reason: str | None) -> str:
    """A reason as a sentence."""
    return f"{reason[:1].upper()}{reason[1:]}." if reason else ""
