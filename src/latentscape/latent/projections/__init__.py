"""Pictures of codes in two or three dimensions, by name in `PROJECTIONS`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from latentscape.latent.projections.lda import LDA
from latentscape.latent.projections.linear import PCA, LinearMap, Raw
from latentscape.latent.projections.map import InvertibleProjection
from latentscape.latent.projections.neighbour import TSNE, UMAP
from latentscape.latent.projections.protocol import Projection
from latentscape.system.errors import LatentscapeError

__all__ = [
    "LDA",
    "PCA",
    "PROJECTIONS",
    "TSNE",
    "UMAP",
    "InvertibleProjection",
    "LinearMap",
    "Projection",
    "ProjectionEntry",
    "Raw",
    "make_projection",
]


@dataclass(frozen=True)
class ProjectionEntry:
    """A projection that can be made by name.

    Attributes:
        make: Called with the number of dimensions.
        description: One sentence.
        labelled: Whether fitting needs labels.
    """

    make: Callable[[int], Projection]
    description: str
    labelled: bool = False


PROJECTIONS: Mapping[str, ProjectionEntry] = MappingProxyType(
    {
        "raw": ProjectionEntry(
            Raw, "The latent dimensions that vary most, as they are: nothing is distorted."
        ),
        "pca": ProjectionEntry(
            PCA, "The directions along which the codes vary most, found without labels."
        ),
        "lda": ProjectionEntry(
            LDA,
            "The directions that set labelled classes farthest apart: flattering, so score it on "
            "codes that it was not fitted to.",
            labelled=True,
        ),
        "tsne": ProjectionEntry(
            TSNE,
            "Keeps near neighbours together; distances between groups mean nothing.",
        ),
        "umap": ProjectionEntry(
            UMAP, "Keeps near neighbours together and can place new codes (an optional extra)."
        ),
    }
)


def make_projection(name: str, components: int = 2) -> Projection:
    """Make an unfitted projection by name.

    Raises:
        LatentscapeError: No projection has that name, or `components` is not 1 or more.
    """
    if name not in PROJECTIONS:
        raise LatentscapeError(
            f"no projection is called {name!r}; choose one of {list(PROJECTIONS)}"
        )
    if components < 1:
        raise LatentscapeError(f"a picture of {components} dimensions; ask for 2 or 3")
    return PROJECTIONS[name].make(components)
