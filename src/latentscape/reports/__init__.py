"""Reports: what a model is and what its space is like, as one HTML file that needs nothing else."""

from latentscape.reports.comparison import compare, write_comparison
from latentscape.reports.run_report import report, write_report

__all__ = ["compare", "report", "write_comparison", "write_report"]
