"""Shows the examples of docstrings as code: griffe knows `Examples:`, and we write `Example:`."""

from __future__ import annotations

import re
from typing import Any

from griffe import Extension, Object

HEADING = re.compile(r"^(\s*)Example:$", re.M)


class Examples(Extension):
    """Reads `Example:` as the section of examples; as it stands, its `>>>` would be quotations."""

    def on_object(self, *, obj: Object, **kwargs: Any) -> None:
        """Rename the section of one function, class or module."""
        if obj.docstring:
            obj.docstring.value = HEADING.sub(r"\1Examples:", obj.docstring.value)
