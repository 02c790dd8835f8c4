"""`latentscape data`."""

from __future__ import annotations

from dataclasses import asdict

from latentscape.cli.output import show_json, show_table


def data(*, json: bool = False, fetch: str | None = None) -> None:
    """List the sources of images that have a name; `--data` takes these, or a path.

    A path may be a folder of pictures (its subfolders are classes), a folder of IDX files, or a
    `.npy` or `.npz` file. What is downloaded is kept in the folder that the environment variable
    LATENTSCAPE_DATA names, under the source's name; files put there by hand count by what they
    hold, however they are packed.

    Args:
        json: print JSON instead of a table.
        fetch: download this source now, for runs and sweeps that name it: they fetch nothing.
    """
    from latentscape.data import catalogue, load_images

    if fetch is not None:
        print(f"the images of {load_images(fetch).name} are here")
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
