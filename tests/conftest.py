"""What all tests share."""

import sys

from hypothesis import settings

settings.register_profile("no deadline", deadline=None)  # machines are busy at times
settings.load_profile("no deadline")

collect_ignore = ["fixtures", "fuzz", "release", "survival", "versions"]  # programs, not tests


def pytest_runtest_setup() -> None:
    """Weights that a test or its fixtures draw are the same whatever ran before it."""
    if torch := sys.modules.get("torch"):
        torch.manual_seed(0)
