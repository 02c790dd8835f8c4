"""Which columns of somebody's table are codes, label and id: by what is said, else by names."""

from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from latentscape.bundle.from_codes import read_codes
from latentscape.bundle.roles import Roles
from latentscape.cli.main import main
from latentscape.system.errors import LatentscapeError

N = 12
RNG = np.random.default_rng(0)
X, Y, Z = RNG.normal(size=(3, N))
KINDS = ["a", "b", "c"] * (N // 3)
LISTS = np.stack([X, Y], axis=1).tolist()


@pytest.fixture(params=[".csv", ".parquet"])
def written(request, tmp_path):
    def write(columns):
        path = tmp_path / f"t{request.param}"
        if request.param == ".parquet":
            pq.write_table(pa.table(columns), path)
        else:
            rows = zip(*(["" if v is None else str(v) for v in c] for c in columns.values()))  # noqa: B905
            path.write_text("\n".join(map(",".join, [tuple(columns), *rows])))
        return path

    return write


@pytest.mark.parametrize(
    ("columns", "codes", "classes", "ids"),
    [
        ({"x": X, "y": Y, "label": KINDS}, [X, Y], ["a", "b", "c"], None),
        ({"x": X, "y": Y}, [X, Y], [], None),
        ({"X": X, "Y": Y, "Z": Z, "cluster": range(N)}, [X, Y, Z], [], None),
        ({"x": X, "y": Y, "age": range(N), "score": Z}, [X, Y], [], None),
        ({"pc1": X, "pc2": Y, "y": KINDS, "age": Z}, [X, Y], ["a", "b", "c"], None),
        ({"z_0": X, "z_1": Y, "age": Z, "name": KINDS}, [X, Y], [], KINDS),
        ({"Unnamed: 0": range(N), "z_0": X, "z_1": Y}, [X, Y], [], list(map(str, range(N)))),
    ],
)
def test_names_tell_where_they_do(written, columns, codes, classes, ids):
    found, labels, names, called, _ = read_codes(written(columns))
    np.testing.assert_allclose(found, np.stack(codes, axis=1), rtol=1e-6)
    assert (names, called) == (classes, ids)
    assert (labels is None) == (not classes)


def test_which_columns_are_read_and_which_are_not_is_said(written, capsys):
    many = {f"c{i}": X for i in range(12)}
    read_codes(written({**many, "age": Z, "who": KINDS, "label": KINDS}), Roles(id="who"))
    said = capsys.readouterr()
    assert said.err.partition(": ")[2] == (
        "the code is c0 … c11 (12); the class is label; names are who; further columns: age\n"
    )
    assert said.out == ""


def test_what_is_said_is_read(written):
    path = written({"a": X, "b": Y, "y": Z, "who": KINDS, "kind": [1, -1, None] * (N // 3)})
    codes, labels, classes, ids, _ = read_codes(path, Roles(("b", "y"), "kind", "who"))
    np.testing.assert_allclose(codes, np.stack([Y, Z], axis=1), rtol=1e-6)
    assert (labels.tolist(), ids) == ([0, -1, -1] * (N // 3), KINDS)
    assert [float(name) for name in classes] == [1]  # −1 and nothing are no classes


@pytest.mark.parametrize(
    ("columns", "said", "message"),
    [
        (
            {"a": X, "b": Y},
            Roles(),
            r"\(it has a, b\); name them with --codes, such as --codes a b",
        ),
        ({"p1": X, "p2": Y, "q1": X, "q2": Y}, Roles(), "nothing says which columns"),
        ({"z_0": X, "z_1": KINDS}, Roles(), "give numbers"),
        ({"z_0": X, "z_1": Y}, Roles(label="kind"), "no column 'kind'"),
        ({"z_0": X, "z_1": Y}, Roles(codes=("z_0", "z_2")), "no column 'z_2'"),
    ],
)
def test_what_is_not_clear_is_asked(written, columns, said, message):
    with pytest.raises(LatentscapeError, match=message):
        read_codes(written(columns), said)


def test_lists_of_every_kind_are_codes_and_lists_of_texts_are_none(tmp_path):
    path = tmp_path / "t.parquet"
    for kind in (pa.list_(pa.float32()), pa.large_list(pa.float64()), pa.list_(pa.float32(), 2)):
        pq.write_table(pa.table({"tags": [["u"]] * N, "emb": pa.array(LISTS, kind)}), path)
        np.testing.assert_allclose(read_codes(path)[0], LISTS, rtol=1e-6)
    pq.write_table(pa.table({"one": LISTS, "other": LISTS}), path)
    with pytest.raises(LatentscapeError, match="--codes one"):
        read_codes(path)
    pq.write_table(pa.table({"d0": [Decimal("1.25")] * N, "d1": X}), path)
    assert read_codes(path)[0][0, 0] == 1.25


def test_the_command_line_takes_them(tmp_path, capsys):
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"a": X, "b": Y, "kind": KINDS}), path)
    assert main(["measure", str(path), "--groups", "usage"]) == 2
    assert "--codes a b" in capsys.readouterr().err
    flags = ["--codes", "a", "b", "--label", "kind"]
    assert main(["measure", str(path), *flags, "--groups", "structure"]) == 0
    said = capsys.readouterr()
    assert "knn5_accuracy" in said.out
    assert said.err == "'t.parquet': the code is a, b; the class is kind\n"
    out = tmp_path / "bundle"
    assert main(["export", str(path), str(out), "--format", "bundle", *flags]) == 0
    assert '"classes"' in (out / "space.json").read_text()
