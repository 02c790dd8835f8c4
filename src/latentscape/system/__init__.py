"""What stands under everything: files, locks, processes, memory, errors, lazy imports, version."""
