"""A film of training: where the codes of a few hundred images lie after each epoch."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image

from latentscape.data import Images
from latentscape.figures.kinds import kind
from latentscape.figures.scatter import legend, points, spots
from latentscape.figures.style import COLOURS, current
from latentscape.latent.projections import PCA
from latentscape.runs.run import Run
from latentscape.system.errors import LatentscapeError

Floats = NDArray[np.floating]
FRAMES = 120
STEP_MS, REST_MS = 60, 2500


class Film(Figure):
    """A figure whose points move: the still shows the end, `frames` the way there.

    Args:
        positions: (E, N, 2), where N points are after each of E epochs.
        title: of the figure.
        images: the N images that the points stand for; None where they are not known.
    """

    def __init__(self, positions: Floats, title: str, images: Images | None) -> None:
        low, high = positions[-1].min(axis=0), positions[-1].max(axis=0)
        margin = 0.06 * np.maximum(high - low, 1e-6)
        width, height = high - low + 2 * margin
        tall = float(np.clip(height / width, 0.35, 1.3))
        super().__init__(figsize=(5.6, round(0.8 + 4.4 * tall, 1)), layout="constrained")
        self.positions, self.filmed = positions, images
        self.ink = current().ink
        self.suptitle(title, x=0.02, ha="left")
        ax = self.add_subplot()
        ax.set(xlim=(low[0] - margin[0], high[0] + margin[0]), xticks=[], yticks=[])
        ax.set(ylim=(low[1] - margin[1], high[1] + margin[1]))
        ax.set_aspect("equal", adjustable="box")
        ax.autoscale(False)
        if images is not None:
            legend(ax, images)
        self.caption = ax.set_title("")
        self.put(len(positions))

    def put(self, epoch: float) -> None:
        """Move the points to where they are after an epoch, or on the way between two."""
        ax = self.axes[0]
        for drawn in list(ax.collections):
            drawn.remove()
        before = int(np.clip(epoch, 1, len(self.positions) - 1))
        t = epoch - before
        eased = t * t * (3 - 2 * t)
        now = (1 - eased) * self.positions[before - 1] + eased * self.positions[before]
        if self.filmed is None:
            spots(ax, now, current().neutral, "o", 10)
        else:
            points(ax, now, self.filmed, 10)
        self.caption.set_text(f"epoch {int(epoch)} of {len(self.positions)}")

    def frames(self, dpi: int = 100) -> Iterator[Image.Image]:
        """Draw the film, frame by frame, with smooth steps from epoch to epoch."""
        epochs = len(self.positions)
        between = int(np.clip(FRAMES // (epochs - 1), 1, 8))
        width, height = (round(inches * dpi) for inches in self.get_size_inches())
        for epoch in np.linspace(1, epochs, (epochs - 1) * between + 1):
            self.put(float(epoch))
            content = io.BytesIO()
            self.savefig(content, format="rgba", dpi=dpi)
            self.set_layout_engine("none")  # laid out once: nothing that moves takes room
            yield Image.frombytes("RGBA", (width, height), content.getvalue()).convert("RGB")

    def gif(self, dpi: int = 100) -> bytes:
        """Write the film as a GIF that rests at its end and begins again."""
        colours = self.palette()
        few = [f.quantize(palette=colours, dither=Image.Dither.NONE) for f in self.frames(dpi)]
        durations = [STEP_MS] * (len(few) - 1) + [REST_MS]
        content = io.BytesIO()
        few[0].save(
            content,
            "gif",
            save_all=True,
            append_images=few[1:],
            duration=durations,
            loop=0,
            disposal=1,
        )
        return content.getvalue()

    def palette(self) -> Image.Image:
        """The 256 colours of a GIF: from the paper to each colour that is drawn, in steps."""
        paper = to_rgb(self.get_facecolor())
        words = to_rgb(self.caption.get_color()), to_rgb(self.ink)
        drawn = np.array([to_rgb(colour) for colour in (*COLOURS, current().neutral)] + [*words])
        # None is nearly paper: Pillow looks colours up coarsely, and paper must stay paper.
        steps = np.array([0, *np.linspace(0.2, 1, 256 // len(drawn) - 1)])[:, None, None]
        ramps = (1 - steps) * np.array(paper) + steps * drawn
        image = Image.new("P", (1, 1))
        image.putpalette(np.rint(255 * ramps).astype(np.uint8).ravel().tolist())
        return image


@kind("film", objects=("filmed",))
def film(run: Run, *, filmed: Images | None = None) -> Figure:
    """How the codes moved while training: save it as .gif to see it move.

    Codes of more than two numbers are shown by the last epoch's two principal components.

    Args:
        run: the model.
        filmed: the first validation images of its training, for colours; by default they are
            loaded as the run says. Those of a run in memory are grey unless they are given.

    Returns:
        A `Film`; as a still it shows the last epoch.

    Raises:
        LatentscapeError: when fewer than two epochs were filmed, or the images are not those.
    """
    last = run.film[-1]
    if filmed is None and run.record is not None:
        filmed = run.own_images().validation
    if filmed is not None:
        if len(filmed) < len(last):
            raise LatentscapeError(
                f"{len(last)} images were filmed and {len(filmed)} are given; give the validation "
                f"images that '{run.name}' was trained with"
            )
        filmed = filmed.take(np.arange(len(last)))
    codes: list[Floats] = [c.astype(np.float64) for c in run.film if c.shape == last.shape]
    if last.shape[1] != 2:
        method = PCA(min(2, last.shape[1])).fit(codes[-1])
        codes = [method.transform(c) for c in codes]
    positions = np.stack(codes)
    if positions.shape[2] == 1:
        height = np.random.default_rng(0).random(positions.shape[1])
        across = np.broadcast_to(height, positions.shape[:2])
        positions = np.stack([positions[..., 0], across], axis=-1)
    return Film(positions, f"{run.name} while it was trained", filmed)
