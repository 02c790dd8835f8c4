"""What is read with pictures, beside the pictures: flags of every verb that reads some."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from cyclopts import Parameter

from latentscape.system.errors import LatentscapeError


@Parameter(name="*")
@dataclass(frozen=True)
class ReadingFlags:
    """What is read with pictures. A run's own pictures are read as in training, but for these.

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
        for name in self.asked.keys() & set(names or asdict(self)):
            raise LatentscapeError(f"--{name.replace('_', '-')} has nothing to do here: {why}")


AS_TRAINED = ReadingFlags()
