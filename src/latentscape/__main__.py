"""`python -m latentscape`, for torchrun and for where scripts are not on the path."""

from latentscape.cli.main import run

run()
