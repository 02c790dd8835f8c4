"""Images in: named sources, files and folders become `Images`, split and ready to train on."""

from latentscape.data.catalogue import SourceInfo, catalogue
from latentscape.data.examples import Examples, SplitsOf
from latentscape.data.factors import known_factors
from latentscape.data.images import Images, Splits
from latentscape.data.load import load_images, load_pictures
from latentscape.data.strokes import draw_strokes, strokes_factors

__all__ = [
    "Examples",
    "Images",
    "SourceInfo",
    "Splits",
    "SplitsOf",
    "catalogue",
    "draw_strokes",
    "known_factors",
    "load_images",
    "load_pictures",
    "strokes_factors",
]
