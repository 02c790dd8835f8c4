"""What all tests share."""

from hypothesis import settings

settings.register_profile("no deadline", deadline=None)  # machines are busy at times
settings.load_profile("no deadline")

collect_ignore = ["fixtures", "fuzz", "survival"]  # programs, not tests
