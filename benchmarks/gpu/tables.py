"""Results as Markdown: a table for every section."""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks.gpu.sections import Result, Row


def markdown(results: Mapping[str, Result], titles: Mapping[str, str]) -> str:
    """Write every section that there is, with what became of it."""
    parts = ["# GPU check"]
    for name, result in results.items():
        verdict = "" if result.status == "complete" else f" **{result.status}** {result.error}"
        parts.append(f"## {titles[name]}\n\n{result.seconds:g} s.{verdict}")
        if result.rows:
            parts.append(table(result.rows))
    return "\n\n".join(parts) + "\n"


def table(rows: list[Row]) -> str:
    """Write rows as a table; a column for every key.

    Example:
        >>> print(table([{"system": "vae", "seconds": 0.012345}, {"system": "ae"}]))
        | system | seconds |
        | --- | --- |
        | vae | 0.01234 |
        | ae |  |
    """
    columns = list(dict.fromkeys(key for row in rows for key in row))
    lines = [columns, ["---"] * len(columns)]
    lines += [[cell(row.get(column, "")) for column in columns] for row in rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def cell(value: object) -> str:
    """Write one value.

    Example:
        >>> cell(123456.7), cell(0.00001234), cell(True), cell(12)
        ('123,457', '1.234e-05', 'yes', '12')
    """
    if isinstance(value, bool):
        return "yes" if value else "**no**"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:.4g}"
    return str(value).replace("|", "/")
