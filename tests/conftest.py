"""What all tests share."""

import signal
import sys

from hypothesis import settings

settings.register_profile("no deadline", deadline=None)  # machines are busy at times
settings.load_profile("no deadline")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell starts what is in the background so
    signal.signal(signal.SIGINT, signal.default_int_handler)  # and what tests stop would inherit it

collect_ignore = ["fixtures", "fuzz", "release", "survival", "versions"]  # programs, not tests


def pytest_runtest_setup() -> None:
    """Weights that a test or its fixtures draw are the same whatever ran before it."""
    if torch := sys.modules.get("torch"):
        torch.manual_seed(0)
