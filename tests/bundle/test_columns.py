"""Tables of every layout are read, or refused in one sentence; what they unpack to is bounded."""

import datetime
import decimal
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from latentscape.bundle.from_codes import read_codes
from latentscape.data.parquet import read_parquet
from latentscape.system.errors import LatentscapeError

N = 6
NUMBERS = [float(i) for i in range(N)]
CODES = {"z_0": pa.array(NUMBERS), "z_1": pa.array(NUMBERS)}
PAIRS = [[i, -i] for i in NUMBERS]
DAY = datetime.datetime(2026, 1, 1)
KINDS = {
    "int8": pa.array(range(N), pa.int8()),
    "uint64": pa.array([2**64 - 1] * N, pa.uint64()),
    "half": pa.array(np.arange(N, dtype=np.float16)),
    "double": pa.array([1e300] * N),
    "nan": pa.array([float("nan")] * N),
    "some-nan": pa.array([1.0, float("nan"), 2.0, float("nan"), 1.0, 0.0]),
    "nulls": pa.array([None, *NUMBERS[1:]]),
    "null": pa.nulls(N),
    "bool": pa.array([True, False] * 3),
    "text": pa.array(["b", "a", None, "10", "2", "nan"]),
    "large-text": pa.array(["b"] * N, pa.large_string()),
    "text-view": pa.array(["b"] * N, pa.string_view()),
    "bytes": pa.array([b"b"] * N),
    "bytes-no-text": pa.array([b"\xff\xfe"] * N),
    "fixed-bytes": pa.array([b"abc"] * N, pa.binary(3)),
    "dictionary": pa.array(["b", "a"] * 3).dictionary_encode(),
    "decimal": pa.array([decimal.Decimal("1.50")] * N),
    "date": pa.array([DAY.date()] * N),
    "time": pa.array([DAY.time()] * N),
    "timestamp": pa.array([DAY] * N),
    "zoned": pa.array([DAY] * N, pa.timestamp("us", "Europe/Berlin")),
    "duration": pa.array([datetime.timedelta(1)] * N),
    "struct": pa.array([{"a": 1}] * N),
    "map": pa.array([[("a", 1)]] * N, pa.map_(pa.string(), pa.int64())),
    "list": pa.array(PAIRS),
    "large-list": pa.array(PAIRS, pa.large_list(pa.float32())),
    "fixed-list": pa.array(PAIRS, pa.list_(pa.float32(), 2)),
    "list-of-ints": pa.array([[1, 2]] * N),
    "list-of-bools": pa.array([[True, False]] * N),
    "list-of-decimals": pa.array([[decimal.Decimal("1.5")]] * N),
    "list-of-texts": pa.array([["a"]] * N),
    "list-of-dates": pa.array([[DAY]] * N),
    "list-of-lists": pa.array([[[1.0]]] * N),
    "list-of-structs": pa.array([[{"a": 1.0}]] * N),
    "list-of-nulls": pa.array([[None]] * N, pa.list_(pa.float64())),
    "uneven-lists": pa.array([[0.0], *PAIRS[1:]]),
    "some-null-lists": pa.array([None, *PAIRS[1:]]),
    "all-null-lists": pa.array([None] * N, pa.list_(pa.float64())),
    "empty-lists": pa.array([[]] * N, pa.list_(pa.float64())),
}
LAYOUTS = {
    **{f"{kind}-codes": {"embedding": array} for kind, array in KINDS.items()},
    **{f"{kind}-z": {"z_0": array} for kind, array in KINDS.items()},
    **{f"{kind}-labels": CODES | {"label": array} for kind, array in KINDS.items()},
    **{f"{kind}-ids": CODES | {"file": array} for kind, array in KINDS.items()},
    "no-column": {},
    "labels-alone": {"label": KINDS["text"]},
    "no-row": {name: array[:0] for name, array in CODES.items()},
    "no-row-of-lists": {"embedding": KINDS["list"][:0]},
    "no-name": {"": KINDS["double"]},
    "names-that-differ-in-case": CODES | {"Label": KINDS["text"], "LABEL": KINDS["int8"]},
    "strange-names": {"\n\x1b[31m": KINDS["int8"], "日本": KINDS["half"]},
}


def said_or_read(path) -> str | None:
    """Read a table; the sentence that refuses it, else None."""
    try:
        codes, labels, classes, ids, _ = read_codes(path)
    except LatentscapeError as error:
        assert str(path) in str(error)
        return str(error)
    assert codes.dtype == np.float32 and codes.ndim == 2
    assert labels is None or (labels.shape == (len(codes),) and labels.max(initial=-1) < N)
    assert all(isinstance(name, str) for name in (*classes, *(ids or ())))
    return None


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_table_is_read_or_refused_in_a_sentence(tmp_path, layout):
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table(LAYOUTS[layout]), path)
    said_or_read(path)


@pytest.mark.parametrize("twice", ["z_0", "label", "id", "embedding"])
def test_two_columns_of_one_name_are_no_traceback(tmp_path, twice):
    arrays = [KINDS["double"], KINDS["int8"], KINDS["half"], KINDS["half"]]
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table(arrays, names=["z_0", "z_1", twice, twice]), path)
    said_or_read(path)


def test_what_is_read_is_what_was_written(tmp_path):
    path = tmp_path / "a.parquet"
    for kind in ("list", "large-list", "fixed-list"):
        pq.write_table(pa.table({"embedding": KINDS[kind]}), path)
        np.testing.assert_array_equal(read_codes(path)[0], np.array(PAIRS, np.float32))
    pq.write_table(pa.table(CODES | {"label": KINDS["some-nan"]}), path)
    codes, labels, classes, *_ = read_codes(path)
    np.testing.assert_array_equal(codes, np.stack([NUMBERS, NUMBERS], 1))
    assert (labels.tolist(), classes) == ([1, -1, 2, -1, 1, 0], ["0.0", "1.0", "2.0"])
    pq.write_table(pa.table(CODES | {"label": KINDS["text"]}), path)
    assert read_codes(path)[2] == ["2", "10", "a", "b", "nan"]
    for kind, reason in (("uneven-lists", "every code needs as many"), ("nulls", "lacks 1 number")):
        pq.write_table(pa.table({"embedding": KINDS[kind]}), path)
        assert reason in str(said_or_read(path))


MEASURED = """
import sys
from pathlib import Path
from latentscape.data.parquet import read_parquet
from latentscape.system.errors import LatentscapeError

def figure(name):
    return 1024 * int(Path("/proc/self/status").read_text().partition(name)[2].split()[0])

Path("/proc/self/clear_refs").write_text("5")
before = figure("VmHWM:")
for path in map(Path, sys.argv[1:]):
    try:
        read_parquet(path)
        print("read")
    except LatentscapeError as error:
        print(error)
print(figure("VmHWM:") - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads its memory from /proc")
def test_a_small_file_takes_no_large_memory(tmp_path):
    zeros = pa.array(np.zeros(1 << 20))
    repeated = pa.chunked_array([zeros] * 64)
    nulls = pa.chunked_array([pa.nulls(1 << 20, pa.float64())] * 64)
    long = pa.DictionaryArray.from_arrays(pa.array(np.zeros(1 << 16, np.int32)), ["x" * (1 << 16)])
    files = {}
    for name, column in (("zeros", repeated), ("nulls", nulls), ("texts", long)):
        files[name] = tmp_path / f"{name}.parquet"
        pq.write_table(pa.table({"z_0": column}), files[name], compression="zstd")
        assert files[name].stat().st_size < 1 << 20
    command = [sys.executable, "-c", MEASURED, *files.values()]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    *said, memory = done.stdout.splitlines()
    assert all("and a file of its size may to" in line for line in said), said
    assert int(memory) < 100e6


def test_what_repeats_much_and_is_not_large_is_read(tmp_path):
    path = tmp_path / "a.parquet"
    table = pa.table({"z_0": np.zeros(100_000), "label": ["a", "b"] * 50_000})
    pq.write_table(table, path, compression="zstd")
    assert read_parquet(path).equals(table)


ABORTING = Path(__file__).parents[1] / "fuzz" / "corpus" / "codes.parquet"
READ = """
import sys
from pathlib import Path
from latentscape.data.parquet import read_parquet
from latentscape.system.errors import LatentscapeError
try:
    read_parquet(Path(sys.argv[1]))
except LatentscapeError as error:
    print(error)
"""


@pytest.mark.parametrize("name", ["28db564b7f4c", "51f9ba7a10ba", "eec52b271348"])
def test_what_is_said_of_columns_and_contradicts_itself_is_a_sentence(name):
    """Of the first group of rows, and of the last; pyarrow would end the process."""
    command = [sys.executable, "-c", READ, ABORTING / name]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "level histogram size mismatch" in done.stdout


def test_texts_that_are_no_utf8_are_a_sentence(tmp_path):
    offsets, content = pa.py_buffer(np.array([0, 1, 2], np.int32)), pa.py_buffer(b"a\xff")
    text = pa.StringArray.from_buffers(2, offsets, content)
    path = tmp_path / "a.parquet"
    for column in (text, pa.StructArray.from_arrays([text], ["path"])):
        pq.write_table(pa.table({"x": column}), path)
        with pytest.raises(LatentscapeError, match=r"a\.parquet' cannot be read as Parquet"):
            read_parquet(path)


def test_spoilt_tables_are_read_or_refused_in_a_sentence(tmp_path):
    path, rng = tmp_path / "a.parquet", np.random.default_rng(0)
    pq.write_table(pa.table(CODES | {"label": KINDS["text"], "l": KINDS["list"]}), path)
    whole = path.read_bytes()
    refused = 0
    for _ in range(300):
        spoilt = bytearray(whole)
        for place in rng.integers(0, len(spoilt), rng.integers(1, 6)):
            spoilt[place] = rng.integers(256)
        path.write_bytes(spoilt)
        refused += said_or_read(path) is not None
    assert refused > 20


def test_what_is_no_file_is_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "a.parquet")
    (tmp_path / "b.parquet").mkdir()
    (tmp_path / "zero.npy").symlink_to("/dev/zero")
    os.mkfifo(tmp_path / "a.npy")
    for name in ("a.parquet", "b.parquet", "zero.npy", "a.npy", "none.parquet"):
        with pytest.raises(LatentscapeError, match=name):
            read_codes(tmp_path / name)
