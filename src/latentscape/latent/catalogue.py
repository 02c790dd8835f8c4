"""What every measure is: formula, range, direction, source and one sentence for a student.

The entries are in `catalogue.toml` beside this file, followed by those of installed packages;
commands, reports and documentation print from here.
"""

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType

from latentscape.latent.measure_entry import MeasureEntry
from latentscape.latent.own_measures import GROUP, OWN
from latentscape.system.extensions import Extended

GROUPS: Mapping[str, str] = Extended(
    {
        "reconstruction": "How well images come back.",
        "likelihood": "How many nats an image costs.",
        "structure": "Whether the space knows the classes, and who is beside whom.",
        "columns": "Whether the space knows what a table says of the images.",
        "usage": "Which latent dimensions are used.",
        "shape": "How the cloud of codes lies: its centre, its gaps, its fit to the prior.",
        "encoding": "How far the code goes when the image is moved a little.",
        "decoding": "What draws and steps decode to.",
        "disentanglement": "Whether each latent dimension stands for one factor of the images.",
    },
    lambda: {GROUP: "What installed packages measure."} if OWN else {},
)


CHANGES: Mapping[str, str] = MappingProxyType(
    {
        "count": "more images of the same kind, 2,000 codes or more",
        "idle": "more latent dimensions that say nothing",
        "scale": "codes, posteriors and draws are scaled together",
        "rotation": "codes, posteriors and draws are rotated together",
        "order": "images, or latent dimensions, are in another order",
        "copies": "every image appears twice",
        "names": "classes are numbered differently",
    }
)
"""What may be otherwise about the same space, by key; most measures change with none of it."""


def _read() -> dict[str, MeasureEntry]:
    """The entries in the file, in its order."""
    text = files("latentscape.latent").joinpath("catalogue.toml").read_text(encoding="utf-8")
    return {
        key: MeasureEntry(
            key=key, **{**known, "range": (float(known["range"][0]), float(known["range"][1]))}
        )
        for key, known in tomllib.loads(text).items()
    }


CATALOGUE: Mapping[str, MeasureEntry] = Extended(
    _read(), lambda: {name: measure.named(name) for name, measure in OWN.items()}
)
"""Every measure by key, in the order of print."""


def in_group(group: str) -> tuple[MeasureEntry, ...]:
    """The measures of one group, in order of print."""
    return tuple(entry for entry in CATALOGUE.values() if entry.group == group)
