"""How the verbs that ask questions about images open what they ask of, and show the answer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from latentscape.cli.inputs import folder_for, splits_or_few, suffix_of
from latentscape.cli.output import show_table
from latentscape.system.printing import print_answer

if TYPE_CHECKING:
    from latentscape.data import Images, Splits
    from latentscape.evaluation.questions.answer import Answer
    from latentscape.runs.run import Run

Split = Literal["train", "validation", "test", "all"]
SHOWN = 20
FIRST = ("asked", "group", "id", "split", "label", "score", "reason")


def opened(
    run: Path, data: str | None, out: Path | None, sheet: Path | None, *, trust: bool
) -> tuple[Run, Splits | Images]:
    """Open a run and images, once the files that are to be written have names that fit.

    Args:
        run: a run's directory.
        data: a source; the run's own by default.
        out: where the table is to go, if anywhere.
        sheet: where the contact sheet is to go, if anywhere.
        trust: import a recipe from outside latentscape.

    Raises:
        LatentscapeError: when one has not, or what is to be read cannot be.
    """
    from latentscape.runs.run import load_run

    if out is not None:
        suffix_of(out, ".csv", ".parquet")
    if sheet is not None:
        suffix_of(sheet, ".png", ".svg", ".pdf")
    model = load_run(run, trust=trust)
    return model, splits_or_few(model, data)


def show(answer: Answer, out: Path | None, sheet: Path | None) -> None:
    """Print the first rows of an answer, and write its table and its contact sheet.

    Args:
        answer: what was found.
        out: where its table goes, if anywhere.
        sheet: where its contact sheet goes, if anywhere.
    """
    print_answer(answer.title)
    for note in answer.notes:
        print_answer(note)
    table = answer.table.slice(0, SHOWN)
    names = [name for name in FIRST if name in table.column_names]
    if len(answer):
        show_table(names, [[text(row[name]) for name in names] for row in table.to_pylist()])
    if len(answer) > SHOWN:
        print_answer(
            f"… and {len(answer) - SHOWN:,} more" + ("" if out else " (--out FILE.csv has all)")
        )
    if out is not None:
        folder_for(out)
        print_answer(f"{len(answer):,} rows are in {answer.save(out)}")
    if sheet is None:
        return
    if not len(answer):
        print_answer(f"there is no picture to draw, and {sheet} is not written")
        return
    folder_for(sheet)
    print_answer(f"the contact sheet is {answer.sheet(sheet)}")


def text(value: object) -> str:
    """A cell in words."""
    if value is None:
        return ""
    return f"{value:.4g}" if isinstance(value, float) else str(value)
