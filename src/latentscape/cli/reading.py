"""What is read with pictures, beside the pictures: flags of every verb that reads some."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from cyclopts import Parameter

from latentscape.data.preparation import Fit, Pages
from latentscape.system.errors import LatentscapeError


@Parameter(name="*")
@dataclass(frozen=True)
class ReadingFlags:
    """What is read with pictures.

    Attributes:
        labels: a table of what else is known of each image: FILE, or FILE:COLUMN for the column of
            classes (.csv, .tsv, .jsonl or .parquet); by default metadata.csv, .jsonl or .parquet
            in a folder of pictures.
        exif: have the date and the camera of each picture as columns, taken and camera, from its
            file.
        skip_bad: leave out pictures that cannot be read.
    """

    labels: str | None = None
    exif: bool = False
    skip_bad: bool = False

    @property
    def asked(self) -> dict[str, Any]:
        """Those that were given, as arguments of `load_images`.

        Example:
            >>> ReadingFlags(exif=True).asked
            {'exif': True}
        """
        return {name: value for name, value in asdict(self).items() if value}

    def refuse(self, why: str, *names: str) -> None:
        """Refuse flags that a verb can do nothing with.

        Args:
            why: it can not, as the rest of a sentence.
            names: which; all by default.

        Raises:
            LatentscapeError: when one of them was given.
        """
        for name in sorted(self.asked.keys() & set(names or asdict(self))):
            raise LatentscapeError(f"--{name.replace('_', '-')} has nothing to do here: {why}")


@Parameter(name="*")
@dataclass(frozen=True)
class OtherPictures(ReadingFlags):
    """What is read with pictures that a run is asked about, and what is done to them.

    Attributes:
        labels: a table of what else is known of each image: FILE, or FILE:COLUMN for the column of
            classes (.csv, .tsv, .jsonl or .parquet); by default what training read, or
            metadata.csv, .jsonl or .parquet in a folder of pictures.
        exif: have the date and the camera of each picture as columns, taken and camera, from its
            file.
        skip_bad: leave out pictures that cannot be read.
        scale: of --data, which values become black and white, LOW,HIGH or as `train` takes it; by
            default as in training, and so with the next four.
        fit: of --data, how other shapes come to the run's: crop, pad or stretch.
        background: of --data, what transparent parts and padding become.
        pages: of --data, read the first page or frame of each file, or all.
        tile: of --data, each picture is a sheet of pictures of this size, such as 20x20.
    """

    scale: str | None = None
    fit: Fit | None = None
    background: str | None = None
    pages: Pages | None = None
    tile: str | None = None

    def as_in_training(self) -> None:
        """Refuse to prepare a run's own pictures in another way.

        Raises:
            LatentscapeError: when it is asked for.
        """
        why = "a run's own pictures are prepared as in training; name others with --data"
        self.refuse(why, "scale", "fit", "background", "pages", "tile")


AS_TRAINED = OtherPictures()
PLAIN = ReadingFlags()
