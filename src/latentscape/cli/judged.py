"""What a judge says of drawn images, in words for people."""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from ..data import Splits
from ..errors import LatentscapeError
from ..evaluation.judge import Verdict
from ..evaluation.judge_training import train_judge

LISTED = 64


def judged(images: Splits, drawn: NDArray[np.float32]) -> tuple[Verdict | None, str]:
    """What a judge of these images says of drawn ones, or why there is none."""
    try:
        judge = train_judge(images)
    except LatentscapeError as error:
        return None, str(error)
    if not judge.controls.hold:
        return judge.classify(drawn), str(judge.controls.reason)
    print(f"the judge is right on {judge.accuracy:.1%} of test images; it accepts:")
    print(f"  {judge.controls}")
    return judge.classify(drawn), ""


def captions(
    verdict: Verdict | None, classes: tuple[str, ...], n: int, *, withheld: bool
) -> tuple[list[str], list[bool]]:
    """A word for each image, and whether it is legible (always so where that is withheld)."""
    if verdict is None:
        return [""] * n, [True] * n
    names = [classes[c] for c in verdict.labels]
    if withheld:
        return names, [True] * n
    words = [w if ok else "–" for w, ok in zip(names, verdict.accepted, strict=True)]
    return words, verdict.accepted.tolist()


def tell(verdict: Verdict | None, classes: tuple[str, ...], reason: str) -> None:
    """Print the judged classes: of each image where there are few, else how often each came."""
    if verdict is None:
        print(f"not judged: {reason}")
        return
    words, good = captions(verdict, classes, len(verdict.labels), withheld=bool(reason))
    if len(words) <= LISTED:
        print("judged: " + " ".join(words))
    counts = Counter(word for word, fine in zip(words, good, strict=True) if fine)
    shares = ", ".join(f"{name} {counts[name]}" for name in classes if counts[name])
    print(f"by class: {shares or 'none legible'}")
    if reason:
        print(f"legibility is not reported: {reason}")
    else:
        print(f"legible: {verdict.accepted.mean():.3f} of {len(words):,}")
