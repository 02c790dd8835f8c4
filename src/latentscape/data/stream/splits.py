"""A source that is streamed, as three splits: training goes through all of it, the rest is held.

What is tested and validated on is in memory, and so is a sample of what is trained on, which stands
for it wherever no training is.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from latentscape.data.catalogue import catalogue
from latentscape.data.examples import title_of
from latentscape.data.folder.layout import walk
from latentscape.data.folder.tree import LeftOut
from latentscape.data.images import Images, Splits
from latentscape.data.preparation import Preparation
from latentscape.data.splits import GoneError, TooFewImagesError
from latentscape.data.stream.deciding import decided_preparation
from latentscape.data.stream.held_out import HeldOut, HeldPicture
from latentscape.data.stream.shards import Shard, holds_shards, shards_of
from latentscape.data.stream.storage import is_pattern, storage_of
from latentscape.data.stream.stream import Stream
from latentscape.data.stream.survey import CLASSES, Survey
from latentscape.data.stream.tree import tree_at
from latentscape.data.summary import missed
from latentscape.system.errors import LatentscapeError
from latentscape.system.names import counted, natural_key

HERE = {"file", "local", "memory"}
"""Storages of this machine."""


def is_streamed(source: str | Path) -> bool:
    """Whether a source is gone through where it lies, rather than decoded once and kept.

    That is an address, what stands for several files, and a folder of tar, zip or Parquet files.

    Args:
        source: as `load_images` takes it.

    Example:
        >>> [is_streamed(source) for source in ("s3://bucket/photos", "web/{00..99}.tar", "mnist")]
        [True, True, False]
    """
    text = str(source)
    if "://" in text:
        return True
    if text in {info.name for info in catalogue()}:
        return False
    if not os.path.exists(text):  # noqa: PTH110 (Path.exists raises for what is no name at all)
        return is_pattern(text)
    return Path(text).is_dir() and holds_shards(Path(text))


def refuse_in_stream(how: Preparation, **asked: object) -> None:
    """Refuse what takes all pictures of a source at once, or another number of them.

    Args:
        how: to prepare each picture.
        asked: what else is asked of the source, by the option's name; nothing where it is false.

    Raises:
        LatentscapeError: when there is anything.
    """
    for name, value in (asked | {"pages": how.pages == "all", "tile": how.tile}).items():
        if value:
            raise LatentscapeError(
                f"--{name} does not go with pictures that are streamed, one of each file and all "
                "of them; leave it out, or name a folder or a file of pictures on this machine"
            )


def stream_images(
    source: str,
    how: Preparation,
    *,
    seed: int,
    fetch: bool,
    kept: Mapping[str, Sequence[str]] | None,
) -> Splits:
    """Go over a source once, and give what is held out of it, and the stream of all else.

    Args:
        source: a path, an address or what stands for several.
        how: to prepare each picture.
        seed: chooses what is held out.
        fetch: whether it may lie elsewhere.
        kept: names of validation and test pictures as they were once.

    Raises:
        LatentscapeError: when it cannot be read, is divided already, or has too few pictures.
    """
    check_allowed(source, fetch=fetch)
    left_out = LeftOut()
    shards = list(shards_of(source, left_out))
    refuse_divided(shards[0])
    done, shape, notes = decided_preparation(source, shards, how)
    held_out = HeldOut(int(np.prod(shape)), seed, kept or {})
    survey = Survey(shards, done, shape, held_out, left_out=left_out)
    survey.run()
    readable = survey.count - len(survey.bad)
    if readable < 3:
        raise TooFewImagesError(
            f"'{source}' holds {counted(readable, 'image')}; training, validation and test "
            "need at least one each"
        )
    found = held_out.parts(readable)
    empty = [part for part, pictures in found.items() if not pictures]
    if empty:
        raise GoneError(
            f"none of the {empty[0]} pictures of '{source}' is there any more; restore them, or "
            "name other images with --data"
        )
    classes, said = classes_of(survey)
    parts = {part: images_of(pictures, classes, source) for part, pictures in found.items()}
    out = [picture.position for part in ("validation", "test") for picture in found[part]]
    out += [position for position, _, _ in survey.bad]
    without = np.unique(np.array(out, np.int64))
    stream = Stream(shards, survey.stretches, without, done, shape, classes)
    for bad in survey.bad:
        stream.unreadable.add(*bad)
    return Splits(
        name=source,
        train=parts["train"],
        validation=parts["validation"],
        test=parts["test"],
        notes=(*notes, *said, *missed(left_out.counts), *sample_note(stream, parts["train"])),
        options={"size": None, "seed": seed},
        summary=summary_of(source, stream, parts, len(shards)),
        preparation=done,
        cut={part: parts[part].ids for part in ("validation", "test")},
        stream=stream,
    )


def check_allowed(source: str, *, fetch: bool) -> None:
    """Refuse to go elsewhere for what nobody named just now.

    Args:
        source: a path or an address.
        fetch: whether it may lie elsewhere.

    Raises:
        LatentscapeError: when it lies elsewhere and may not.
    """
    storages = set(re.findall(r"([^:/]+)(?=://|::)", source))
    if not fetch and not storages <= HERE:
        raise LatentscapeError(
            f"the images are at '{source}', and nothing is fetched that you did not name in this "
            "command; name them with --data"
        )


def refuse_divided(shard: Shard) -> None:
    """Refuse a folder that is divided into splits: what is held out of a stream goes by names.

    Args:
        shard: the first of a source.

    Raises:
        LatentscapeError: when it is of such a folder.
    """
    if shard.kind != "folder":
        return
    split = next(iter(walk(tree_at(storage_of(shard.place)), shard.place, LeftOut()))).split
    if split != "all":
        raise LatentscapeError(
            f"'{shard.place}' is divided into splits, and a stream is divided by the names of its "
            f"pictures; name the folder of one of them, such as {shard.place.rstrip('/')}/train"
        )


def classes_of(survey: Survey) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of the classes, where every picture has one, and what to say where it has not.

    Args:
        survey: of the source.
    """
    if not survey.classes:
        return (), ()
    if len(survey.classes) > CLASSES:
        return (), (f"labels are not used: there are more than {CLASSES:,} different ones",)
    if survey.unlabelled:
        without = counted(survey.unlabelled, "picture", "have")
        return (), (f"labels are not used: {without} none",)
    return tuple(sorted(survey.classes, key=natural_key)), ()


def images_of(pictures: Sequence[HeldPicture], classes: tuple[str, ...], source: str) -> Images:
    """Pictures in memory as a set of images.

    Args:
        pictures: at least one.
        classes: the names of all classes.
        source: what to call where they are from.
    """
    numbers = {name: i for i, name in enumerate(classes)}
    labels = np.array([numbers[p.label] for p in pictures], np.int64) if classes else None
    return Images(
        pixels=np.stack([picture.pixels for picture in pictures]),
        labels=labels,
        classes=classes,
        ids=tuple(picture.name for picture in pictures),
        name=source,
    )


def sample_note(stream: Stream, sample: Images) -> tuple[str, ...]:
    """Say what stands for the training pictures where it is not all of them.

    Args:
        stream: what is trained on.
        sample: what is in memory of it.
    """
    if len(sample) == len(stream):
        return ()
    return (
        f"training goes through {len(stream):,} pictures; {len(sample):,} of them stand for all "
        "wherever training images are measured or drawn",
    )


def summary_of(source: str, stream: Stream, parts: Mapping[str, Images], shards: int) -> str:
    """Say in one sentence what was found.

    Args:
        source: where.
        stream: what is trained on.
        parts: what is in memory.
        shards: how many there are.
    """
    C, H, W = stream.shape
    held = {part: len(parts[part]) for part in ("validation", "test")}
    counts = {"train": len(stream), **held}
    classes = f"; {counted(len(stream.classes), 'class')}" if stream.classes else ""
    return (
        f"{title_of(source)}: {sum(counts.values()):,} images of {W}×{H} in "
        f"{'grey' if C == 1 else 'colour'}, streamed from {counted(shards, 'part')} "
        f"({', '.join(f'{n:,} {part}' for part, n in counts.items())}){classes}"
    )
