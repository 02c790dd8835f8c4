"""The sources that have a name: what they are, how large, and whose."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RemoteFile:
    """A published file, packed by gzip, known to the byte, and by what it holds.

    Packing the same content again gives other bytes (another level, time or name in the header),
    which is how distributions of Linux pass it on: such a copy is as good.

    Attributes:
        name: Its file name, which ends in `.gz`.
        size: Its length in bytes.
        sha256: Its SHA-256, 64 hexadecimal digits.
        unpacked_size: The length of what it holds, in bytes.
        unpacked_sha256: The SHA-256 of what it holds.
    """

    name: str
    size: int
    sha256: str
    unpacked_size: int
    unpacked_sha256: str


@dataclass(frozen=True)
class SourceInfo:
    """What one may know of a source without loading it.

    Attributes:
        name: What `load_images` calls it.
        title: A line for people.
        shape: (C, H, W) of one image.
        train: Images to train on.
        validation: Images to choose by.
        test: Images to judge with.
        classes: The names of the classes.
        origin: "bundled", "downloaded" or "drawn".
        licence: The terms it is published under.
        citation: Whom to cite.
        files: What is downloaded, empty unless `origin` says so.
        mirrors: Addresses of folders that hold the files, tried in turn.
    """

    name: str
    title: str
    shape: tuple[int, int, int]
    train: int
    validation: int
    test: int
    classes: tuple[str, ...]
    origin: str
    licence: str
    citation: str
    files: tuple[RemoteFile, ...] = ()
    mirrors: tuple[str, ...] = ()


_TEN = tuple("0123456789")

_SOURCES = (
    SourceInfo(
        name="digits",
        title="1,797 handwritten digits of scikit-learn, enlarged smoothly to 28×28",
        shape=(1, 28, 28),
        train=1294,
        validation=144,
        test=359,
        classes=_TEN,
        origin="bundled",
        licence="CC BY 4.0",
        citation="Alpaydin and Kaynak, Optical Recognition of Handwritten Digits, UCI, 1998",
    ),
    SourceInfo(
        name="mnist",
        title="70,000 handwritten digits of 28×28, with their own test set",
        shape=(1, 28, 28),
        train=55_000,
        validation=5_000,
        test=10_000,
        classes=_TEN,
        origin="downloaded",
        licence="CC BY-SA 3.0",
        citation="LeCun, Cortes and Burges, The MNIST database of handwritten digits, 1998",
        files=(
            RemoteFile(
                "train-images-idx3-ubyte.gz",
                9_912_422,
                "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
                47_040_016,
                "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
            ),
            RemoteFile(
                "train-labels-idx1-ubyte.gz",
                28_881,
                "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
                60_008,
                "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
            ),
            RemoteFile(
                "t10k-images-idx3-ubyte.gz",
                1_648_877,
                "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
                7_840_016,
                "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            ),
            RemoteFile(
                "t10k-labels-idx1-ubyte.gz",
                4_542,
                "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
                10_008,
                "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
            ),
        ),
        mirrors=(
            "https://ossci-datasets.s3.amazonaws.com/mnist/",
            "https://storage.googleapis.com/cvdf-datasets/mnist/",
        ),
    ),
    SourceInfo(
        name="fashion-mnist",
        title="70,000 articles of clothing of 28×28, a harder stand-in for MNIST",
        shape=(1, 28, 28),
        train=55_000,
        validation=5_000,
        test=10_000,
        classes=(
            *("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"),
            *("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
        ),
        origin="downloaded",
        licence="MIT",
        citation="Xiao, Rasul and Vollgraf, Fashion-MNIST, arXiv:1708.07747",
        files=(
            RemoteFile(
                "train-images-idx3-ubyte.gz",
                26_421_880,
                "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
                47_040_016,
                "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
            ),
            RemoteFile(
                "train-labels-idx1-ubyte.gz",
                29_515,
                "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
                60_008,
                "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
            ),
            RemoteFile(
                "t10k-images-idx3-ubyte.gz",
                4_422_102,
                "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
                7_840_016,
                "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
            ),
            RemoteFile(
                "t10k-labels-idx1-ubyte.gz",
                5_148,
                "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
                10_008,
                "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
            ),
        ),
        mirrors=(
            "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
        ),
    ),
    SourceInfo(
        name="strokes",
        title="10,000 digits drawn from known factors: class, slant, thickness, scale, rotation",
        shape=(1, 28, 28),
        train=7_200,
        validation=800,
        test=2_000,
        classes=_TEN,
        origin="drawn",
        licence="Apache-2.0",
        citation="Latentscape",
    ),
    SourceInfo(
        name="dsprites",
        title="737,280 sprites by the factors of dSprites: shape, scale, orientation, x and y",
        shape=(1, 64, 64),
        train=722_280,
        validation=5_000,
        test=10_000,
        classes=("square", "ellipse", "heart"),
        origin="drawn",
        licence="Apache-2.0",
        citation="Matthey, Higgins, Hassabis and Lerchner, dSprites, 2017 (redrawn here)",
    ),
)


def catalogue() -> tuple[SourceInfo, ...]:
    """List the sources that have a name, loading nothing.

    Returns:
        The sources, the default first.

    Example:
        >>> [source.name for source in catalogue()]
        ['digits', 'mnist', 'fashion-mnist', 'strokes', 'dsprites']
    """
    return _SOURCES
