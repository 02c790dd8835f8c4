"""CSV tables of codes read as Parquet's do."""

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from latentscape.bundle import bundle_codes, read_bundle
from latentscape.bundle.from_codes import read_codes
from latentscape.cli.main import main
from latentscape.data.csv_tables import read_csv
from latentscape.system.errors import LatentscapeError


@pytest.fixture
def table():
    z = np.random.default_rng(0).normal(size=(40, 3)).astype(np.float32)
    labels = [["10", "2", None, "ten"][i % 4] for i in range(40)]
    columns = {"id": [f"{i:03d}" for i in range(40)], "label": labels}
    return pa.table(columns | {f"z_{i}": z[:, i] for i in range(3)} | {"error": z[:, 0] ** 2})


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_the_same_codes_labels_and_ids_as_of_parquet(tmp_path, table, mark):
    pq.write_table(table, tmp_path / "a.parquet")
    pa.csv.write_csv(table, tmp_path / "a.csv", pa.csv.WriteOptions(delimiter=mark))
    codes, labels, classes, ids, _ = read_codes(tmp_path / "a.csv")
    z, y, names, known, _ = read_codes(tmp_path / "a.parquet")
    np.testing.assert_array_equal(codes, z)
    np.testing.assert_array_equal(labels, y)
    assert (classes, ids) == (names, known) == (["2", "10", "ten"], [f"{i:03d}" for i in range(40)])


def test_measure_and_export_take_it(tmp_path, table, capsys):
    table = table.set_column(1, "label", pa.array(["a", "b"] * 20))
    pa.csv.write_csv(table, tmp_path / "codes.csv")
    pq.write_table(table, tmp_path / "codes.parquet")
    said = []
    for name in ("codes.csv", "codes.parquet"):
        assert main(["measure", str(tmp_path / name), "--groups", "usage", "structure"]) == 0
        said.append(capsys.readouterr().out.replace(name, "NAME"))
    assert said[0] == said[1]
    out = tmp_path / "bundle"
    flags = [str(tmp_path / "codes.csv"), str(out), "--format", "bundle"]
    assert main(["export", *flags]) == 0
    assert read_bundle(out).space["classes"] == ["a", "b"]
    assert read_bundle(bundle_codes(tmp_path / "codes.parquet", tmp_path / "b")).space["classes"]


def test_a_mark_at_the_beginning_and_quotes_are_read(tmp_path):
    text = '\ufeffid,z_0\r\n"a, b",1\r\n"c ""d""",2\r\n'
    (tmp_path / "a.csv").write_bytes(text.encode())
    assert read_csv(tmp_path / "a.csv", ["id"]).to_pydict() == {
        "id": ["a, b", 'c "d"'],
        "z_0": [1, 2],
    }


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "cannot be read as CSV"),
        (b"z_0,z_1\n1\n", "cannot be read as CSV"),
        (b"\xff\xfez\x00_\x000\x00\n", "cannot be read as CSV"),
        (b"z_0,z_1\n1,2\n3,\n", "lacks 1 numbers"),
        (b"z_0,z_1\n1,many\n", "give numbers"),
        (b"name,note\na,b\n", "no numeric columns"),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path, content, words):
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(LatentscapeError, match=words) as refused:
        read_codes(tmp_path / "a.csv")
    assert "a.csv" in str(refused.value)
    with pytest.raises(LatentscapeError):
        read_csv(tmp_path / "none.csv")
