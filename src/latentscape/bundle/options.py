"""What a bundle is to show, as far as somebody chooses."""

from __future__ import annotations

from dataclasses import dataclass

from latentscape.bundle.contents import VIEWS
from latentscape.system.errors import LatentscapeError
from latentscape.system.printing import print_aside

MOST_POINTS = 1_000_000
MOST_NUMBERS = 16_000_000
MOST_PICTURES = 70_000
MOST_PICTURE_BYTES = 1_000_000_000


@dataclass(frozen=True)
class BundleOptions:
    """What a bundle is to show.

    Attributes:
        limit: show this many points at most, chosen at random; by default as many as the page shows
            with ease: a million, 16 million numbers of their codes, and, of more than 70,000
            images, a gigabyte.
        views: projections to look along, beside the code's own numbers: pca, lda, tsne, umap (an
            optional extra) or raw.
        judge: train what says which class an image reads as, where none of these images is kept;
            measure and report keep one, too.
    """

    limit: int | None = None
    views: tuple[str, ...] = VIEWS
    judge: bool = False

    def shown(self, count: int, size: int, picture: int = 0) -> int:
        """How many of some points are shown; where that is not all of them, it is said.

        Args:
            count: of the points that there are.
            size: how many numbers a code has.
            picture: bytes of each one's picture; 0 where there is none.

        Raises:
            LatentscapeError: when the limit is below 1.

        Example:
            >>> BundleOptions().shown(70_000, 2), BundleOptions(limit=100).shown(70_000, 2)
            (70000, 100)
        """
        if self.limit is not None and self.limit < 1:
            raise LatentscapeError(f"--limit (limit=) is {self.limit}; show 1 point or more")
        shown = min(count, _most(size, picture) if self.limit is None else self.limit)
        say_if_some(shown, count)
        return shown


def _most(size: int, picture: int) -> int:
    """How many points the page shows with ease."""
    pictures = MOST_PICTURE_BYTES // picture if picture else MOST_POINTS
    return max(1, min(MOST_POINTS, MOST_NUMBERS // size, max(MOST_PICTURES, pictures)))


def say_if_some(shown: int, count: int) -> None:
    """Say that these are not all points, where they are not.

    Args:
        shown: how many are shown.
        count: of how many.
    """
    if shown < count:
        print_aside(
            f"note: {shown:,} of {count:,} points are shown, chosen at random; "
            "--limit (limit=) says how many"
        )


AS_MADE = BundleOptions()
