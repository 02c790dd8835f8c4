"""Which files are pictures: by their endings, and by how they begin."""

from functools import cache

from PIL import Image

SUFFIXES = frozenset(
    {".png", ".apng", ".jpg", ".jpeg", ".jpe", ".jfif", ".gif", ".bmp", ".dib", ".tif", ".tiff"}
    | {".webp", ".avif", ".jp2", ".j2k", ".jpf", ".jpx", ".pgm", ".ppm", ".pbm", ".pnm", ".pfm"}
    | {".tga", ".ico", ".dds", ".qoi", ".mpo"}
)
"""Endings of the files that count as pictures, in lower case."""

HEIC = frozenset({".heic", ".heif", ".hif"})
"""Endings of those that count where pillow-heif is installed."""

_FORMATS = (
    *("PNG", "JPEG", "MPO", "GIF", "BMP", "DIB", "TIFF", "WEBP", "PPM"),
    *("AVIF", "JPEG2000", "ICO", "DDS", "QOI"),
)
_MAGIC = (
    *(b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*", b"DDS "),
    *(b"\0\0\0\x0cjP  \r\n\x87\n", b"\xff\x4f\xff\x51", b"qoif"),
)
_HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")


def is_picture(head: bytes) -> bool:
    """Whether a file begins like a picture of a format that is read, whatever its name.

    Args:
        head: Its first bytes, 16 or more.
    """
    if head[4:12] in (b"ftypavif", b"ftypavis") or (head[:4] == b"RIFF" and head[8:12] == b"WEBP"):
        return True
    return head.startswith(_MAGIC)


def is_heic(head: bytes) -> bool:
    """Whether a file begins like a HEIC picture."""
    return head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS and b"avif" not in head[12:]


@cache
def can_read_heic() -> bool:
    """Whether pillow-heif is installed, which then reads HEIC through Pillow."""
    try:
        from pillow_heif import register_heif_opener
    except ImportError:
        return False
    register_heif_opener()
    return True


@cache
def formats(suffix: str) -> tuple[str, ...]:
    """The formats that are tried for a file of this ending, of those that Pillow has here."""
    Image.init()
    weak = ("TGA",) if suffix == ".tga" else ()  # nearly any bytes begin like one
    heic = ("HEIF",) if can_read_heic() else ()
    return tuple(name for name in (*_FORMATS, *weak, *heic) if name in Image.OPEN)
