"""What `measure` gives: groups of figures, and what must be known to read them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any, Literal, overload

from latentscape.evaluation.judge.controls import Controls
from latentscape.latent.catalogue import CATALOGUE
from latentscape.latent.measure import JSON, Measure
from latentscape.system.printing import visible
from latentscape.system.tables import Library, frame_of, html_table

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

FEW = "too few codes or too few of a class to resample, or features too wide"
FRAME = ("measure", "group", "value", "error", "sample", "floor", "better", "reason")
COLUMNS = ("measure", "value", "better", "what it means")
ARROWS = {"higher": "higher", "lower": "lower", "neither": ""}


@dataclass(frozen=True)
class JudgeNote:
    """Who judged legibility.

    Attributes:
        accuracy: share of test images that it names right.
        controls: what it accepts of images whose legibility is known.
    """

    accuracy: float
    controls: Controls


@dataclass(frozen=True, repr=False)
class Measures:
    """Figures by group and key.

    Attributes:
        name: of the model, or of the file of codes.
        images: the name of the images.
        counts: how many codes were "fitted" (structure, samplers) and how many "scored".
        seed: of every sample and draw.
        groups: the figures of each group, in the catalogue's order.
        likelihood: "density", "mass" or "cross-entropy"; only figures of one kind compare. None
            where there is no likelihood.
        judge: who judged; None where nobody did.
        notes: sentences on what should be known besides.

    Example:
        >>> found = Measures("codes", "", {}, 0, {"structure": (Measure("ami", 0.5),)})
        >>> found["ami"].value
        0.5
    """

    name: str
    images: str
    counts: Mapping[str, int]
    seed: int
    groups: Mapping[str, tuple[Measure, ...]]
    likelihood: str | None = None
    judge: JudgeNote | None = None
    notes: tuple[str, ...] = field(default=())

    def __getitem__(self, key: str) -> Measure:
        """The figure of that key.

        Raises:
            KeyError: when it was not measured.
        """
        for measure in self:
            if measure.key == key:
                return measure
        raise KeyError(key)

    def __iter__(self) -> Iterator[Measure]:
        """Every figure, group after group."""
        return (measure for group in self.groups.values() for measure in group)

    def to_json(self) -> dict[str, Any]:
        """Plain data: each group as an object of figures by key, beside what they rest on."""
        about: dict[str, Any] = {
            "model": self.name,
            "images": self.images,
            "counts": dict(self.counts),
            "seed": self.seed,
            "notes": list(self.notes),
        }
        if self.likelihood:
            about["likelihood_is"] = self.likelihood
        if self.judge:
            controls = [asdict(c) | {"holds": c.holds} for c in self.judge.controls.each]
            about["judge"] = {"accuracy": self.judge.accuracy, "controls": controls}
        figures = {
            group: {measure.key: plain(measure) for measure in measures}
            for group, measures in self.groups.items()
        }
        return about | figures

    def rows(self, group: str) -> list[tuple[str, str, str, str]]:
        """A group for people: key, value with its sample, which way is better, one sentence.

        Of columns each has a row of its own.
        """
        found = []
        for m in self.groups[group]:
            entry = CATALOGUE[m.key]
            found.append((m.key, format_measure(m), ARROWS[entry.direction], entry.sentence))
            parts = m.parts if group == "columns" else ()
            found += [(f"  {visible(part.key)}", format_measure(part), "", "") for part in parts]
        return found

    def __str__(self) -> str:
        lines = []
        for group in self.groups:
            lines += [group, *(f"  {key:22} {value}" for key, value, *_ in self.rows(group))]
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"<Measures of {self.name}>\n{self}"

    def _repr_html_(self) -> str:
        """A table for each group; what a measure means shows when the pointer is over its row."""
        tables = [
            html_table(COLUMNS[:3], [row[:3] for row in rows], group, {r[0]: r[3] for r in rows})
            for group, rows in ((group, self.rows(group)) for group in self.groups)
        ]
        return "".join([*tables, *(f"<p>{escape(visible(note))}</p>" for note in self.notes)])

    @overload
    def to_frame(self, library: Literal["pandas"] = ...) -> pd.DataFrame: ...
    @overload
    def to_frame(self, library: Literal["polars"]) -> pl.DataFrame: ...
    def to_frame(self, library: Library = "pandas") -> pd.DataFrame | pl.DataFrame:
        """Give the figures as a DataFrame of pandas or polars, one a row.

        Returns:
            by measure (pandas' index; with polars the first column): its group, value, standard
            error (`error`), `sample`, `floor`, which way is `better` and, where there is no value,
            the `reason`.

        Raises:
            LatentscapeError: when that library is not installed, or is another one.
        """
        rows = [
            {
                "measure": m.key,
                "group": group,
                "value": m.value,
                "error": m.error,
                "sample": m.sample,
                "floor": m.floor,
                "better": CATALOGUE[m.key].direction,
                "reason": m.reason or None,
            }
            for group, measures in self.groups.items()
            for m in measures
        ]
        columns = {name: [row[name] for row in rows] for name in FRAME}
        if library == "pandas":
            return frame_of(columns, "pandas").set_index("measure")
        return frame_of(columns, library)

    def to_latex(self) -> str:
        """Give the figures as a LaTeX table (booktabs), one a row, with standard errors."""
        lines = [
            *(r"\begin{tabular}{lr}", r"\toprule", r"measure & value \\"),
            *(line for group in self.groups for line in self._latex(group)),
            *(r"\bottomrule", r"\end{tabular}"),
        ]
        return "\n".join(lines) + "\n"

    def _latex(self, group: str) -> list[str]:
        """The lines of one group."""
        lines = [r"\midrule", rf"\multicolumn{{2}}{{l}}{{\emph{{{group}}}}} \\"]
        for m in self.groups[group]:
            value = "--" if m.value is None else f"{m.value:.4g}"
            error = "" if m.error is None else rf" \pm {m.error:.2g}"
            name = m.key.replace("_", r"\_")
            lines.append(rf"{name} & {value if m.value is None else f'${value}{error}$'} \\")
        return lines


def plain(measure: Measure) -> JSON:
    """A figure as plain data; one without a standard error says why."""
    known = measure.to_json()
    if measure.value is not None and measure.error is None:
        known["no_error"] = CATALOGUE[measure.key].no_error or FEW
    return known


def format_measure(measure: Measure) -> str:
    """A figure in words: its value, standard error, sample and floor, or why there is none.

    Example:
        >>> format_measure(Measure("ami", 0.51234))
        '0.5123'
        >>> format_measure(Measure("ami", 0.5, sample=2000))
        '0.5 (of 2,000)'
        >>> import numpy as np
        >>> format_measure(Measure.mean("mse", np.array([0.1, 0.3])))
        '0.2 ± 0.1'
        >>> format_measure(Measure("recall", 0.65, sample=2000, floor=0.69))
        '0.65 (of 2,000; real images 0.69)'
        >>> format_measure(Measure("ami", reason="there are no labels"))
        'none: there are no labels'
    """
    if measure.value is None:
        return f"none: {measure.reason}"
    beside = [] if measure.sample is None else [f"of {measure.sample:,}"]
    beside += [] if measure.floor is None else [f"real images {measure.floor:.3g}"]
    error = "" if measure.error is None else f" ± {measure.error:.2g}"
    return f"{measure.value:.4g}{error}" + (f" ({'; '.join(beside)})" if beside else "")
