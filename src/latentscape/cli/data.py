"""`latentscape data`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from cyclopts import Parameter

from latentscape.cli.output import show_json, show_table
from latentscape.cli.reading import PLAIN, ReadingFlags
from latentscape.data.preparation import Preparation
from latentscape.system.printing import print_answer


def data(
    source: str | None = None,
    *,
    how: Annotated[Preparation, Parameter(name="*")] = Preparation(),
    reading: ReadingFlags = PLAIN,
    json: bool = False,
    fetch: str | None = None,
) -> None:
    """List the sources of images that have a name, or say what is read of one; `--data` takes them.

    A path may be a folder of pictures (its subfolders are classes), a zip, tar or Parquet file of
    such, a folder of IDX files, a `.npy`, `.npz` or HDF5 file, or a zarr store. What is downloaded
    is kept in the folder that the environment variable LATENTSCAPE_DATA names, under the source's
    name; files put there by hand count by what they hold, however they are packed.

    Args:
        source: read this name or path as `train` would, and say what was read.
        how: what to do to each picture, as `train` takes it.
        reading: what is read with them.
        json: print JSON instead of a table.
        fetch: download this source now, for runs and sweeps that name it: they fetch nothing.
    """
    from latentscape.data import catalogue, load_images

    if source is not None:
        images = load_images(source, **how.to_json(), **reading.asked)
        if json:
            about = {"summary": images.summary, "notes": images.notes}
            columns = {name: column.kind for name, column in images.train.columns.items()}
            show_json(about | {"preparation": images.preparation.to_json(), "columns": columns})
        else:
            print_answer("\n".join((images.summary, *images.notes)))
        return
    if fetch is not None:
        print_answer(f"the images of {load_images(fetch).name} are here")
        return

    sources = catalogue()
    if json:
        show_json([asdict(info) for info in sources])
        return
    rows = [
        [info.name, f"{info.train:,}", f"{info.test:,}", info.origin, info.title]
        for info in sources
    ]
    show_table(["source", "train", "test", "origin", "what it is"], rows)
