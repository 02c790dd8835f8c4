"""What `make versions` runs is there: of a list with one name that is not, pytest runs nothing."""

from tests.versions.__main__ import ROOT, SHORT


def test_what_is_run_with_other_versions_is_there():
    assert [name for name in SHORT if not (ROOT / "tests" / name).exists()] == []
