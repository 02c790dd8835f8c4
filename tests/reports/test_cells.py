"""Cells of a comparison as a table: every field, and nothing a spreadsheet would run."""

import csv
import io

from latentscape.reports.cells import Cell, to_csv


def test_a_configuration_called_like_a_formula_is_text():
    nothing = dict.fromkeys(Cell.__dataclass_fields__)
    known = {"measure": "mse", "configuration": '=HYPERLINK("x")', "mean": -0.5, "paired": True}
    [row] = csv.DictReader(io.StringIO(to_csv([Cell(**nothing | known)]).decode()))
    assert {name: value for name, value in row.items() if value} == {
        "measure": "mse",
        "configuration": '\'=HYPERLINK("x")',
        "mean": "-0.5",
        "paired": "True",
    }
