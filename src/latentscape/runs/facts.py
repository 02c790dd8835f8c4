"""What is said of a run at a glance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latentscape.runs.state import row_of

if TYPE_CHECKING:
    from latentscape.runs.run import Run


def facts(run: Run) -> list[tuple[str, str]]:
    """Give name and value of what is known of a run: its recipe, images, epoch and loss.

    Args:
        run: in memory or opened.
    """
    model = run.model
    learned = sum(p.numel() for p in model.parameters())
    found = [
        ("recipe", model.blueprint.recipe if model.blueprint else "none"),
        ("images", "×".join(map(str, run.shape))),
        ("latent", str(run.codes_size)),
        ("learned numbers", f"{learned:,}"),
    ]
    if run.epoch:
        found.append(("epoch", f"{run.epoch} of {int(run.history[-1]['epoch'])}"))
    kept = row_of(run.history, run.epoch) or {}
    if "validation/loss" in kept:
        found.append(("validation loss", f"{kept['validation/loss']:.2f}"))
    return [*found, *([("folder", str(run.folder))] if run.folder else [])]
