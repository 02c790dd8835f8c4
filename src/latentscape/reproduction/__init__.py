"""Published figures, measured again: a catalogue of protocols, what runs them, what is kept.

What is here needs no torch until an entry is run.
"""

from latentscape.system.lazy import lazily

__getattr__ = lazily(
    __name__,
    {"ENTRIES": ".catalogue", "Entry": ".entry", "kept": ".results", "reproduce": ".running"},
)
__all__ = ["ENTRIES", "Entry", "kept", "reproduce"]
