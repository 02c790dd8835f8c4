"""Every function that reads a file is in the fuzz's tables; CI runs its short form by itself."""

from tests.fuzz.reads import unread


def test_whatever_reads_a_file_is_fuzzed_or_says_why_not():
    assert unread({}) == []
