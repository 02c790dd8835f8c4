"""Builds the documentation in `docs/`: runs its pages' code, writes the reference from the code.

MkDocs calls `hooks.py`. A page of the tutorial is read by `cells.py`, run by `playing.py` and
becomes Markdown (`weaving.py`) and a notebook (`notebook.py`). `commands.py`, `catalogues.py` and
`api.py` write the reference; `gaps.py` finds what nobody has documented.
"""
