"""The bundle: a documented, versioned folder with all that the explorer's page reads.

`write_bundle` takes plain arrays and ONNX bytes, `bundle_codes` somebody else's codes, and
`bundle_run`, in `latentscape.bundle.from_run` since it needs torch, a trained run. `read_bundle`
checks a folder. `docs/bundle.md` describes the format.
"""

from typing import TYPE_CHECKING

from latentscape.system.lazy import lazily

if TYPE_CHECKING:
    from latentscape.bundle.contents import OnnxNetwork, Overlay, TableView, View
    from latentscape.bundle.from_codes import bundle_codes
    from latentscape.bundle.reader import Bundle, read_bundle
    from latentscape.bundle.writer import write_bundle

__all__ = [
    "Bundle",
    "OnnxNetwork",
    "Overlay",
    "TableView",
    "View",
    "bundle_codes",
    "read_bundle",
    "write_bundle",
]

__getattr__ = lazily(
    __name__,
    {
        "Bundle": ".reader",
        "OnnxNetwork": ".contents",
        "Overlay": ".contents",
        "TableView": ".contents",
        "View": ".contents",
        "bundle_codes": ".from_codes",
        "read_bundle": ".reader",
        "write_bundle": ".writer",
    },
)
