import gzip
import struct
import tracemalloc

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from latentscape.data import load_images
from latentscape.data.idx import read_idx
from latentscape.system.errors import LatentscapeError

PIXELS = np.random.default_rng(0).integers(0, 256, (40, 5, 6), dtype=np.uint8)
LABELS = np.arange(40, dtype=np.uint8) % 4 * 2  # gaps between the values


def idx(array):
    sizes = struct.pack(f">{array.ndim}I", *array.shape)
    return bytes([0, 0, 8, array.ndim]) + sizes + array.tobytes()


def write(path, array):
    content = idx(array)
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


@pytest.fixture(params=["", ".gz"])
def end(request):
    return request.param


def test_reads_what_was_written(tmp_path, end):
    assert np.array_equal(read_idx(write(tmp_path / f"a{end}", PIXELS)), PIXELS)


def test_plain_files_are_mapped(tmp_path):
    assert isinstance(read_idx(write(tmp_path / "a", PIXELS)), np.memmap)


def test_a_folder_as_mnist_has_it(tmp_path, end):
    for stem in ("train", "t10k"):
        write(tmp_path / f"{stem}-images-idx3-ubyte{end}", PIXELS)
        write(tmp_path / f"{stem}-labels-idx1-ubyte{end}", LABELS)
    splits = load_images(tmp_path)
    assert np.array_equal(splits.test.pixels[:, 0], PIXELS)
    assert splits.classes == ("0", "2", "4", "6")
    assert np.array_equal(splits.test.labels, LABELS // 2)
    assert (len(splits.train), len(splits.validation)) == (36, 4)


def test_one_file_without_labels(tmp_path, end):
    splits = load_images(write(tmp_path / f"my-images-idx3-ubyte{end}", PIXELS))
    assert splits.train.labels is None
    assert sum(map(len, (splits.train, splits.validation, splits.test))) == 40


def test_two_files_for_one_split_are_named(tmp_path):
    for stem in ("train", "other"):
        write(tmp_path / f"{stem}-images-idx3-ubyte", PIXELS)
    with pytest.raises(LatentscapeError, match="both hold train images"):
        load_images(tmp_path)


def test_packed_and_plain_beside_each_other_are_one(tmp_path):
    for end in ("", ".gz"):
        write(tmp_path / f"train-images-idx3-ubyte{end}", PIXELS)
    assert load_images(tmp_path).shape == (1, 5, 6)


def test_labels_that_do_not_match_in_number(tmp_path, end):
    write(tmp_path / f"train-images-idx3-ubyte{end}", PIXELS)
    write(tmp_path / f"train-labels-idx1-ubyte{end}", LABELS[:39])
    with pytest.raises(LatentscapeError, match="40 images but 39 labels"):
        load_images(tmp_path)


@pytest.mark.parametrize("claim", [(2**20, 2**10, 2**10), (2**32 - 1,) * 3, (41, 5, 6)])
def test_headers_that_claim_more_than_is_there_cost_no_memory(tmp_path, claim, end):
    path = tmp_path / f"a-images-idx3-ubyte{end}"
    content = bytes([0, 0, 8, 3]) + struct.pack(">3I", *claim) + PIXELS.tobytes()
    path.write_bytes(gzip.compress(content) if end else content)
    tracemalloc.start()
    try:
        with pytest.raises(LatentscapeError, match=r"the header of '.*' claims [\d,]+ bytes"):
            load_images(path)
        assert tracemalloc.get_traced_memory()[1] < 4_000_000
    finally:
        tracemalloc.stop()


def test_files_that_hold_more_than_they_claim(tmp_path, end):
    content = idx(PIXELS) + b"x"
    path = tmp_path / f"a{end}"
    path.write_bytes(gzip.compress(content) if end else content)
    with pytest.raises(LatentscapeError, match="claims 1,200 bytes"):
        read_idx(path)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b"PK\3\4", "not an IDX file"),
        (b"\0\0\x0d\3" + bytes(12), "type 0x0d"),
        (b"\0\0\x08\3" + bytes(5), "ends within its header"),
        (b"\0\0\x08\3" + bytes(12), "holds nothing"),
    ],
)
def test_other_files_are_told_why(tmp_path, content, reason):
    path = tmp_path / "a-images-idx3-ubyte"
    path.write_bytes(content)
    with pytest.raises(LatentscapeError, match=reason) as caught:
        load_images(path)
    assert str(path) in str(caught.value)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(data=st.data(), packed=st.booleans(), outside=st.booleans())
def test_damaged_files_fail_with_a_sentence(tmp_path, data, packed, outside):
    content = bytearray(idx(PIXELS[:3]))
    if packed and outside:
        content = bytearray(gzip.compress(content))
    for _ in range(data.draw(st.integers(0, 4))):
        place = data.draw(st.integers(0, min(24, len(content) - 1)))
        content[place] = data.draw(st.integers(0, 255))
    content = content[: data.draw(st.integers(0, len(content)))]
    path = tmp_path / ("a.gz" if packed else "a")
    path.write_bytes(gzip.compress(content) if packed and not outside else content)
    try:
        assert read_idx(path).size <= 90
    except LatentscapeError as error:
        assert str(path) in str(error)


def test_a_small_packed_file_unpacks_to_no_large_memory(tmp_path, monkeypatch):
    monkeypatch.setattr("latentscape.data.source._ROOM", 1 << 20)
    path = tmp_path / "train-images-idx3-ubyte.gz"
    sizes = b"".join(n.to_bytes(4) for n in (4000, 28, 28))
    path.write_bytes(gzip.compress(b"\0\0\x08\x03" + sizes + bytes(4000 * 28 * 28)))
    with pytest.raises(LatentscapeError, match=r"claims 3,136,000 bytes, but the file holds at mo"):
        load_images(tmp_path, limit=100)
