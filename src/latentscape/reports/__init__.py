"""Reports: what a model is and what its space is like, as one HTML file that needs nothing else."""

from .comparison import write_comparison
from .report import write_report

__all__ = ["write_comparison", "write_report"]
