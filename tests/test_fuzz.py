"""Every function that reads a file is in the fuzz's tables; CI runs its short form by itself."""

import re
import threading
from pathlib import Path

from tests.fuzz.deeds import Witness
from tests.fuzz.reads import unread
from tests.fuzz.table import READERS

ROOT = Path(__file__).parents[1]


def test_whatever_reads_a_file_is_fuzzed_or_says_why_not():
    assert unread({}) == []


def test_the_witness_stops_listening_though_a_thread_is_being_judged(tmp_path):
    witness, judging, judged = Witness(tmp_path), threading.Event(), threading.Event()

    def deed(event, arguments):
        if event == "slow":
            judging.set()
            judged.wait(10)
        return ""

    witness.deed = deed
    witness.listens = True
    thread = threading.Thread(target=witness, args=("slow", ()))
    thread.start()
    judging.wait(10)
    witness.listens = False
    judged.set()
    thread.join()
    assert not witness.listens


def test_security_counts_the_readers():
    said = re.search(r"`tests/fuzz` \((\d+) readers", (ROOT / "SECURITY.md").read_text("utf-8"))
    assert said and int(said[1]) == len(READERS)
