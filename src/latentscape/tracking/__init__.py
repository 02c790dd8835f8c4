"""Trackers: where the figures and pictures of a training go while it runs."""

from latentscape.tracking.protocol import Begun, Tracker
from latentscape.tracking.report import Tracking

__all__ = ["Begun", "Tracker", "Tracking"]
