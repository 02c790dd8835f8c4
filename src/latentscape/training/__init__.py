"""Training: a plan, one loop over anything that gives terms, and runs that survive a cut."""

from latentscape.training.fitting import fit, resume, train
from latentscape.training.loop import Trainable

__all__ = ["Trainable", "fit", "resume", "train"]
