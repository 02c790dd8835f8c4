"""What a judge says of drawn images, in words for people."""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from latentscape.data import Splits
from latentscape.evaluation.judge.judge import Verdict
from latentscape.evaluation.judge.training import find_judge
from latentscape.system.printing import print_answer

LISTED = 64
UNASKED = "no judge was asked for"


def judged(images: Splits, drawn: NDArray[np.float32]) -> tuple[Verdict | None, str]:
    """What a judge of these images says of drawn ones, or why none says anything."""
    judge, reason = find_judge(images)
    if judge is None:
        return None, reason
    if judge.controls.reason:
        return None, judge.controls.reason
    print_answer(f"the judge is right on {judge.accuracy:.1%} of test images; it accepts:")
    print_answer(f"  {judge.controls}")
    return judge.classify(drawn), ""


def captions(
    verdict: Verdict | None, classes: tuple[str, ...], n: int
) -> tuple[list[str], list[bool]]:
    """A word for each image, and whether it is legible (none and always so without a verdict).

    Args:
        verdict: the judge's; None where nobody judged.
        classes: their names.
        n: how many images there are.
    """
    if verdict is None:
        return [""] * n, [True] * n
    names = [classes[c] for c in verdict.labels]
    words = [w if ok else "–" for w, ok in zip(names, verdict.accepted, strict=True)]
    return words, verdict.accepted.tolist()


def print_verdicts(verdict: Verdict | None, classes: tuple[str, ...], reason: str) -> None:
    """Print the judged classes: of each image where there are few, else how often each came.

    Args:
        verdict: the judge's; None where nobody judged.
        classes: their names.
        reason: why nobody judged.
    """
    if verdict is None:
        print_answer(f"not judged: {reason}")
        return
    words, good = captions(verdict, classes, len(verdict.labels))
    if len(words) <= LISTED:
        print_answer("judged: " + " ".join(words))
    counts = Counter(word for word, fine in zip(words, good, strict=True) if fine)
    shares = ", ".join(f"{name} {counts[name]}" for name in classes if counts[name])
    print_answer(f"by class: {shares or 'none legible'}")
    print_answer(f"legible: {verdict.accepted.mean():.3f} of {len(words):,}")
