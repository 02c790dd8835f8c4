"""The command line: one file a verb, and every mistake answered in one sentence."""
