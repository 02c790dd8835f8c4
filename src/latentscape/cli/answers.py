"""How the verbs that ask questions about images open what they ask of, and show the answer."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from cyclopts import Parameter

from latentscape.cli.inputs import folder_for, splits_or_few, suffix_of
from latentscape.cli.output import show_table
from latentscape.cli.reading import AS_TRAINED, OtherPictures
from latentscape.system.errors import LatentscapeError
from latentscape.system.names import counted
from latentscape.system.printing import print_answer

if TYPE_CHECKING:
    from latentscape.data import Images, Splits
    from latentscape.evaluation.questions.answer import Answer
    from latentscape.runs.run import Run

Split = Literal["train", "validation", "test", "all"]
SHOWN = 20
FIRST = ("asked", "group", "id", "split", "label", "score", "reason")


@Parameter(name="*")
@dataclass(frozen=True)
class QuestionFlags:
    """Which images a question is asked of, and where its answer goes: flags of every such verb.

    Attributes:
        data: a source that `latentscape data` lists, or a path; the run's own by default.
        reading: what is read with them.
        split: which images are searched.
        out: a CSV or Parquet file for the whole table.
        sheet: a PNG, SVG or PDF file for a contact sheet.
        open: then open the explorer with these images selected, until Ctrl-C.
        trust: import a recipe from outside latentscape, which runs its code.
    """

    data: str | None = None
    reading: OtherPictures = AS_TRAINED
    split: Split = "all"
    out: Path | None = None
    sheet: Path | None = None
    open: bool = False
    trust: bool = False

    def opened(self, run: Path) -> tuple[Run, Splits | Images]:
        """Open a run and images, once the files that are to be written have names that fit.

        Raises:
            LatentscapeError: when one has not, or what is to be read cannot be.
        """
        from latentscape.data import Images
        from latentscape.runs.load import load_run

        if self.out is not None:
            suffix_of(self.out, ".csv", ".parquet")
        if self.sheet is not None:
            suffix_of(self.sheet, ".png", ".svg", ".pdf")
        model = load_run(run, trust=self.trust)
        images = splits_or_few(model, self.data, self.reading)
        if self.open and isinstance(images, Images):
            raise LatentscapeError(
                f"the explorer has nothing to show of {len(images)} of '{images.name}'; leave "
                "--open out, or give more pictures"
            )
        return model, images

    def show(self, answer: Answer, run: Path, images: Splits | Images) -> None:
        """Print the first rows of an answer, write its table and its contact sheet, and open it.

        Args:
            answer: what was found.
            run: the directory of the run that was asked.
            images: that were asked about.
        """
        from latentscape.cli.explore import print_address
        from latentscape.data import Splits
        from latentscape.explorer import explore

        self.write(answer)
        theirs = self.data is not None or self.reading.asked
        if self.open and len(answer):
            explore(
                run,
                images if theirs and isinstance(images, Splits) else None,
                selected=answer.ids,
                trust=self.trust,
                ready=print_address,
            )

    def write(self, answer: Answer) -> None:
        """Print the first rows of an answer, and write its table and its contact sheet."""
        print_first(answer, more="" if self.out else " (--out FILE.csv has all)")
        if self.out is not None:
            folder_for(self.out)
            print_answer(f"{counted(len(answer), 'row', 'are')} in {answer.save(self.out)}")
        if self.sheet is None:
            return
        if not len(answer):
            print_answer(f"there is no picture to draw, and {self.sheet} is not written")
            return
        folder_for(self.sheet)
        print_answer(f"the contact sheet is {answer.sheet(self.sheet)}")


def print_first(answer: Answer, more: str) -> None:
    """Print the first rows of an answer.

    Args:
        answer: what was found.
        more: how to see the others.
    """
    print_answer(answer.title)
    for note in answer.notes:
        print_answer(note)
    table = answer.table.slice(0, SHOWN)
    names = [name for name in FIRST if name in table.column_names]
    if len(answer):
        show_table(names, [[text(row[name]) for name in names] for row in table.to_pylist()])
    if len(answer) > SHOWN:
        print_answer(f"… and {len(answer) - SHOWN:,} more{more}")


def text(value: object) -> str:
    """A cell in words."""
    if value is None:
        return ""
    return f"{value:.4g}" if isinstance(value, float) else str(value)
