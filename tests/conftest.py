"""What all tests share."""

collect_ignore = ["fuzz", "survival"]  # programs, which tests start in processes of their own
