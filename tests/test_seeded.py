"""Seeded faults can be seeded: what each replaces is there once, and a harness must notice it."""

import pytest

from tests.seeded.__main__ import FAULTS, SHORT
from tests.seeded.fault import ROOT
from tests.seeded.harnesses import HARNESSES, NARROW


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_what_a_fault_replaces_is_there_once(fault):
    assert fault.harness in HARNESSES
    assert fault.narrow or fault.harness not in NARROW
    for edit in fault.edits:
        text = (ROOT / "src/latentscape" / edit.file).read_text(encoding="utf-8")
        assert text.count(edit.old) == 1 and edit.old != edit.new


def test_names_are_unique_and_the_short_form_is_of_them():
    names = [fault.name for fault in FAULTS]
    assert len(set(names)) == len(names)
    assert set(SHORT) < set(names)
