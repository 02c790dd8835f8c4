"""What the mean code of each class is and decodes to, dimension by dimension."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from latentscape.data import Images
from latentscape.figures.kinds import kind, labels_of
from latentscape.figures.shown import ShownFigure
from latentscape.figures.style import current, format_number
from latentscape.figures.tiles import bare, label_rows, show, tiles
from latentscape.latent.paths import class_means as means_of
from latentscape.runs.run import Run

REACH = 2.0


@kind("images", "labels")
def class_means(run: Run, images: Images, *, most: int = 16) -> Figure:
    """The mean code of each class, dimension by dimension, and the image it decodes to.

    Colours tell how many standard deviations a class lies above (red) or below (blue) all codes.

    Args:
        run: the model.
        images: with labels.
        most: at most so many numbers, those that vary most, in their order in the code.
    """
    codes = run.encode(images).astype(np.float64)
    means = means_of(codes, labels_of(images))
    table = np.stack(list(means.values()))
    kept = np.sort(np.argsort(-codes.std(axis=0), kind="stable")[:most])
    spread = codes.std(axis=0)[kept]
    scores = (table[:, kept] - codes.mean(axis=0)[kept]) / np.where(spread > 0, spread, 1)
    decoded = tiles(run.decode(table))[:, None]
    _, _, H, W, _ = decoded.shape
    gap = max(1, W // 14)
    cell = 0.46
    figure = ShownFigure(
        figsize=(1.6 + (1 + 1.35 * len(kept)) * cell * W / H, len(means) * cell + 0.9),
        layout="constrained",
    )
    figure.suptitle(f"Mean codes of {run.name}, and what they decode to", x=0.0, ha="left")
    left, right = figure.subplots(1, 2, width_ratios=[1, 1.35 * len(kept)])
    show(left, decoded, gap)
    label_rows(left, [images.classes[c] for c in means], H, gap)
    bare(right)
    right.set(xlim=(-0.5, len(kept) - 0.5), ylim=(len(means) - 0.5, -0.5))
    colours = current().differences
    for (row, column), score in np.ndenumerate(scores):
        colour = colours((float(score) / REACH + 1) / 2)
        box = Rectangle((column - 0.47, row - 0.47), 0.94, 0.94, color=colour, lw=0)
        right.add_patch(box)
        right.text(
            column,
            row,
            format_number(float(table[row, kept[column]])),
            ha="center",
            va="center",
            fontsize=7.5,
            color="#ffffff" if luminance(colour) < 0.45 else "#16181c",
        )
    right.set_xticks(range(len(kept)), [str(i + 1) for i in kept])
    right.tick_params(length=0)
    right.xaxis.tick_top()
    note = "latent dimension"
    if len(kept) < run.codes_size:
        note += f" (the {len(kept)} of {run.codes_size} that vary most)"
    right.set_xlabel(note)
    right.xaxis.set_label_position("top")
    return figure


def luminance(colour: tuple[float, float, float, float]) -> float:
    """How bright a colour looks, 0 to 1."""
    red, green, blue = (c**2.2 for c in colour[:3])
    return float((0.2126 * red + 0.7152 * green + 0.0722 * blue) ** (1 / 2.2))
