"""`latentscape measure DIR` and `latentscape measure codes.npy`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
from cyclopts import Parameter
from numpy.typing import NDArray

from latentscape.bundle.roles import BY_NAME, Roles
from latentscape.cli.inputs import images_for
from latentscape.cli.output import show_json, show_progress, show_table
from latentscape.cli.reading import AS_TRAINED, OtherPictures
from latentscape.system.errors import LatentscapeError
from latentscape.system.printing import print_answer, print_aside

if TYPE_CHECKING:
    from latentscape.evaluation.results import Measures

FILES = (".npy", ".parquet", ".csv")


def measure(
    source: Path,
    *,
    data: str | None = None,
    reading: OtherPictures = AS_TRAINED,
    table: Annotated[Roles, Parameter(name="*")] = BY_NAME,
    groups: list[str] | None = None,
    nll: int = 0,
    no_judge: bool = False,
    seed: int = 0,
    json: bool = False,
    trust: bool = False,
) -> None:
    """Measure a latent space: a run's, or that of codes any program made.

    Groups: reconstruction, likelihood, structure, usage, shape, encoding, decoding,
    disentanglement. What is learned for measuring is learned from train images and scored on test
    images.

    Args:
        source: a run's directory, or codes: a .npy file (N, d), a .parquet or a .csv table.
        data: images to measure with, as `train` takes them; the run's own by default.
        reading: what is read with them; of codes, --labels is a .npy file of N whole numbers.
        table: which columns of a table of codes are what.
        groups: only these groups.
        nll: draws an image for the importance-weighted likelihood; 0 leaves it out.
        no_judge: leave out what needs a judge, which is trained once for a set of images.
        seed: of every sample and draw.
        json: print JSON instead of a table.
        trust: import a recipe from outside latentscape, which runs its code.

    Raises:
        LatentscapeError: when an option does not fit the source: labels for a run, or what only a
            run can take for codes.
    """
    from latentscape.data import known_factors
    from latentscape.evaluation.measure import chosen_groups
    from latentscape.evaluation.measure import measure as measured
    from latentscape.runs.load import load_run

    wanted = chosen_groups(groups or (), ())
    if source.suffix in FILES and not source.is_dir():
        for flag, given in (("--data", data), ("--nll", nll or None)):
            if given is not None:
                raise LatentscapeError(f"{flag} needs a model, and '{source}' holds codes only")
        reading.refuse(f"'{source}' holds codes only", "exif", "skip_bad")
        labels = Path(reading.labels) if reading.labels else None
        found = of_codes(source, labels, table, wanted, seed)
    else:
        if table != BY_NAME:
            raise LatentscapeError("--codes, --label and --id name columns of a table of codes")
        run = load_run(source, trust=trust)
        images = images_for(run, data, reading)
        factors = known_factors(images.test, int(images.options["seed"] or 0))
        found = measured(
            run,
            images,
            groups=wanted,
            seed=seed,
            samples=nll,
            judge=not no_judge,
            factors=factors,
            progress=show_progress,
        )
    if json:
        show_json(found.to_json())
    else:
        show(found)


def of_codes(
    source: Path, labels: Path | None, table: Roles, groups: tuple[str, ...], seed: int
) -> Measures:
    """Measure the codes in a file.

    Args:
        source: the file.
        labels: a file of labels, or None.
        table: which of its columns are what.
        groups: of measures, by name.
        seed: of what is random.

    Raises:
        LatentscapeError: when codes and labels do not fit each other.
    """
    from latentscape.bundle.from_codes import read_codes
    from latentscape.evaluation.measure import measure_codes

    notes: list[str] = []
    codes, own, *_ = read_codes(source, table, notes.append)
    y = own if labels is None else read_labels(labels)
    if y is not None and len(y) == len(codes) and (y < 0).any():
        lack = int((y < 0).sum())
        raise LatentscapeError(f"{lack} of {len(y)} codes have no label; leave those rows out")
    found = measure_codes(codes, y, groups=groups, name=source.name, seed=seed)
    for note in notes:
        print_aside(note)
    return found


def read_labels(path: Path) -> NDArray[np.int64]:
    """Read whole numbers (N,).

    Raises:
        LatentscapeError: when the file cannot be read or holds something else.
    """
    from latentscape.data.npy import read_npy

    array = read_npy(path)
    if not np.issubdtype(array.dtype, np.integer):
        raise LatentscapeError(f"'{path}' does not hold whole numbers; give one for each code")
    return array.astype(np.int64)


def show(found: Measures) -> None:
    """Print a table for each group, and what the figures rest on."""
    from latentscape.evaluation.results import COLUMNS
    from latentscape.latent.catalogue import GROUPS

    counts = ", ".join(f"{count:,} {what}" for what, count in found.counts.items())
    print_answer(f"{found.name}" + (f" on {found.images}" if found.images else "") + f": {counts}")
    for note in found.notes:
        print_answer(note)
    for group in found.groups:
        print_answer(f"\n{group}: {GROUPS[group]}")
        show_table(COLUMNS, found.rows(group))
        if group == "likelihood" and found.likelihood:
            print_answer(f"these are nats of a {found.likelihood}; compare them with such only")
        for place, *values in by_sampler(found, group):
            print_answer(f"  {place}: {', '.join(values)}")
        if group == "decoding" and found.judge:
            print_answer(
                f"the judge is right on {found.judge.accuracy:.1%} of test images; it accepts:"
            )
            print_answer(f"  {found.judge.controls}")
            if not found.judge.controls.hold:
                print_answer("its controls do not hold, so that all that rests on it is withheld")


def by_sampler(found: Measures, group: str) -> list[list[str]]:
    """What each sampler and the grid have instead of the first sampler's figure."""
    if group not in ("shape", "decoding"):
        return []
    keys = ("gap_fraction",) if group == "shape" else ("legibility", "diversity", "round_trip")
    places: dict[str, list[str]] = {}
    for measure in found.groups[group]:
        for part in measure.parts if measure.key in keys else ():
            if part.value is not None:
                places.setdefault(part.key, []).append(f"{measure.key} {part.value:.3g}")
    return [[place, *values] for place, values in places.items()]
