"""What several verbs open: a run with images that fit it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from latentscape.cli.reading import AS_TRAINED, OtherPictures
from latentscape.data.preparation import Preparation
from latentscape.system.errors import LatentscapeError
from latentscape.system.files import make_folder
from latentscape.system.printing import print_aside

if TYPE_CHECKING:
    from latentscape.data import Images, Splits
    from latentscape.runs.record import Record
    from latentscape.runs.run import Run

Part = Literal["train", "validation", "test"]
PARTS: tuple[Part, ...] = get_args(Part)


def images_for(run: Run, data: str | None, reading: OtherPictures = AS_TRAINED) -> Splits:
    """Load a source, prepared as the run's own images were, or what the run was trained on.

    Args:
        run: whose images they are, or which is asked about others.
        data: a source; None for what the run was trained on.
        reading: what is read with them.

    Raises:
        LatentscapeError: when there is no such source, or it does not fit the run.
    """
    from latentscape.data import load_images

    if run.record is not None:
        images = images_at(data, run.record, reading)
    elif data is None:
        images = run.own_images()
    else:
        images = print_reading(load_images(data, **{**run.preparation.to_json(), **reading.asked}))
    if images.shape != run.shape:
        found, wanted = ("×".join(map(str, shape)) for shape in (images.shape, run.shape))
        raise LatentscapeError(
            f"the images of '{images.name}' are {found} (channels × height × width), and "
            f"'{run.name}' was trained on {wanted}; choose images like those"
        )
    return images


def images_at(data: str | None, record: Record, reading: OtherPictures = AS_TRAINED) -> Splits:
    """Load a run's images, or what is named in their place, prepared alike, and say what it is.

    Where it holds pictures that the run was tested on, it is what the run was trained on, moved or
    grown: read with the same table, and what was tested on then is tested on now. Pictures that
    cannot be read are left out where training left them out.

    Args:
        data: a source; None for what the run was trained on, of which only changes are said.
        record: of the run.
        reading: what is read with them, besides what training read.

    Raises:
        LatentscapeError: when there is no such source, or it cannot be read.
    """
    from latentscape.data import load_images
    from latentscape.data.splits import GoneError

    known, how, asked = record.data, record.preparation.to_json(), reading.asked
    if data is None:
        reading.as_in_training()
        return record.own_images(**asked)
    readings = [{**known.options, **asked}, {**known.options, "labels": None, **asked}]
    for options in readings if known.cut else []:
        try:
            images = load_images(data, **{**options, **how, **asked}, kept=known.cut)
        except GoneError:
            break
        except LatentscapeError as error:
            if asked.get("labels") or not options.get("labels"):
                raise
            print_aside(f"note: the run's table of labels is not used here: {error}")
        else:
            changes = known.changes(images, relabelled="labels" in asked)
            return print_reading(replace(images, notes=(*images.notes, *filter(None, (changes,)))))
    skip_bad = bool(known.options.get("skip_bad"))
    return print_reading(load_images(data, **{"skip_bad": skip_bad, **how, **asked}))


def print_reading(images: Splits) -> Splits:
    """Print what was read, beside the answer, and hand it on."""
    for line in (images.summary, *images.notes):
        print_aside(line)
    return images


def images_after(
    start: Run, data: str | None, how: Preparation, asked: Mapping[str, Any]
) -> Splits:
    """Load images for a training that begins from a run, prepared as its own were.

    What the run was tested on is tested on now, if it is there; else the splits are cut anew.

    Args:
        start: the run, opened from its directory.
        data: a source; None for what the run was trained on.
        how: what is said of the preparation; where it is as by default, the run's goes.
        asked: other arguments of `load_images`; the run's go where one is empty and `data` None.

    Raises:
        LatentscapeError: when there is no such source, or it cannot be read.
    """
    from latentscape.data import load_images
    from latentscape.data.splits import GoneError

    if start.record is None:
        raise LatentscapeError(f"'{start.name}' does not know its images; name some with --data")
    known = start.record.data
    usual = Preparation().to_json()
    changed = {name: value for name, value in how.to_json().items() if value != usual[name]}
    options = {**(known.options if data is None else {}), **{n: v for n, v in asked.items() if v}}
    load = partial(
        load_images,
        data or known.source,
        **{**options, **start.preparation.to_json(), **changed},
        fetch=data is not None,
    )
    try:
        return load(kept=known.cut or None)
    except GoneError:
        return load()


def images_like(
    runs: Sequence[Path], data: str | None, reading: OtherPictures = AS_TRAINED
) -> Splits | None:
    """Load a source, prepared as the images of the first run were.

    Args:
        runs: directories of runs; where the first is none (a table of codes), images stay as
            they are.
        data: a source.
        reading: what is read with it, or anew with the first run's own images.

    Returns:
        The images; None where nothing is named, for the run's own as they were read in training.

    Raises:
        LatentscapeError: when there is no such source, or it cannot be read.
    """
    from latentscape.data import load_images
    from latentscape.runs.folder import RunFolder
    from latentscape.runs.places import local

    if data is None and not reading.asked:
        return None
    place = local(runs[0]) if runs else Path()
    if runs and place.is_dir():
        return images_at(data, RunFolder(place).record, reading)
    if data is None:
        reading.refuse(f"'{place}' is no run with images; name some with --data")
    return print_reading(load_images(data or "", **reading.asked))


def few_images(run: Run, data: str, reading: OtherPictures = AS_TRAINED) -> Images:
    """Load all images of a source in one set, prepared as the run's own were, and say what it is.

    Args:
        run: that is asked about them.
        data: a source; one picture is enough.
        reading: what is read with them.

    Raises:
        LatentscapeError: when there is no such source, or it cannot be read.
    """
    from latentscape.data import load_pictures

    steps = {f.name for f in fields(Preparation)}
    how = replace(run.preparation, **{n: v for n, v in reading.asked.items() if n in steps})
    asked = {n: v for n, v in reading.asked.items() if n not in steps}
    images, lines = load_pictures(data, how=how, **asked)
    for line in lines:
        print_aside(line)
    return images


def splits_or_few(
    run: Run, data: str | None, reading: OtherPictures = AS_TRAINED
) -> Splits | Images:
    """As `images_for`; of one or two pictures, which cannot be split, all in one set.

    Args:
        run: whose images they are.
        data: a source or a path; None for what the run was trained on.
        reading: what is read with them.
    """
    from latentscape.data.splits import TooFewImagesError

    try:
        return images_for(run, data, reading)
    except TooFewImagesError:
        return few_images(run, data or "", reading)


def parts_for(
    run: Run, data: str | None, split: str, reading: OtherPictures = AS_TRAINED
) -> list[tuple[str, Images]]:
    """One split of a source by name, or all of them; of one or two pictures, all as "test".

    Args:
        run: whose images they are.
        data: a source or a path; None for what the run was trained on.
        split: a split's name, or "all".
        reading: what is read with them.

    Raises:
        LatentscapeError: as `images_for`.
    """
    from latentscape.data import Images

    images = splits_or_few(run, data, reading)
    if isinstance(images, Images):
        return [("test", images)]
    splits = {name: getattr(images, name) for name in PARTS}
    return [(name, part) for name, part in splits.items() if split in (name, "all")]


def folder_for(out: Path) -> None:
    """Make the folder that a file goes to.

    Raises:
        LatentscapeError: when it cannot be made, or a folder has the file's name.
    """
    make_folder(out.parent)
    if out.is_dir():
        raise LatentscapeError(f"'{out}' is a folder; name a file with --out")


def suffix_of(out: Path, *suffixes: str) -> str:
    """The suffix of a file, which says its format.

    Raises:
        LatentscapeError: when it is none of those.
    """
    if out.suffix.lower() not in suffixes:
        raise LatentscapeError(f"'{out}' does not end in {' or '.join(suffixes)}; name it so")
    return out.suffix.lower()
