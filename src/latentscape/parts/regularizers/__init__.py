"""Regularizers: terms that only add to the objective."""

from .base import Regularizer

__all__ = ["Regularizer"]
