"""Images in: named sources, files and folders become `Images`."""

from latentscape.data.images import Images, Splits

__all__ = ["Images", "Splits"]
