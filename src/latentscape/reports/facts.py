"""What a model is, from what its run wrote down."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from latentscape.data.examples import title_of
from latentscape.recipes import find_recipe
from latentscape.recipes.summary import Description, describe, parts_of
from latentscape.runs.run import Run

MEASURES = {
    "density": "a density on grey pixels",
    "mass": "a probability mass",
    "cross-entropy": "a cross-entropy on grey pixels, no likelihood",
}


@dataclass(frozen=True)
class Facts(Description):
    """What a model is: what its recipe says, and what its run wrote down.

    Attributes:
        rows: name and value of everything else.
    """

    rows: tuple[tuple[str, str], ...]


def facts_of(run: Run) -> Facts:
    """Say what a model is, what of, and how it was trained."""
    blueprint = run.model.blueprint
    description = (
        Description(run.name, "", ())
        if blueprint is None
        else describe(find_recipe(blueprint.recipe))
    )
    rows = [("parts", " · ".join(parts_of(run.model))), ("code", code_of(run))]
    if run.model.bottleneck.has_rate:
        rows.append(("likelihood", MEASURES[run.model.likelihood.measure]))
    if clusters := clusters_of(run):
        rows.append(("clusters", f"{clusters} of its own"))
    count = sum(p.numel() for p in run.model.parameters())
    rows.append(("learned numbers", f"{count:,}"))
    if blueprint is not None:
        rows.insert(0, ("recipe", blueprint.recipe))
        rows.append(("options", options_of(blueprint.arguments)))
    return Facts(description.title or run.name, description.about, description.papers, tuple(rows))


def code_of(run: Run) -> str:
    """How large the code is beside the image."""
    C, H, W = run.shape
    numbers = "1 number" if run.codes_size == 1 else f"{run.codes_size} numbers"
    return f"{numbers} for {H} × {W} pixels" + (f" of {C} channels" if C > 1 else "")


def clusters_of(run: Run) -> int:
    """How many clusters of its own it sorts codes into; 0 for most."""
    with torch.no_grad():
        clustering = run.model.clustering()
        if clustering is None:
            return 0
        return clustering.memberships(torch.zeros(1, run.codes_size, device=run.device)).shape[-1]


def options_of(arguments: object) -> str:
    """Arguments in one line, records in brackets."""
    if isinstance(arguments, dict):
        return ", ".join(
            f"{name} ({options_of(value)})"
            if isinstance(value, dict)
            else f"{name} {format_value(value)}"
            for name, value in arguments.items()
        )
    return format_value(arguments)


def format_value(value: object) -> str:
    """Write a value."""
    if isinstance(value, list):
        return "×".join(map(format_value, value)) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value)


def training_of(run: Run) -> list[tuple[str, str]]:
    """How training went: name and value."""
    rows = []
    if run.record is not None:
        data, plan = run.record.data, run.record.plan
        counts = ", ".join(f"{n:,} {name}" for name, n in data.counts.items())
        all_of_them = "; trained on train and validation" if plan.train_on != "train" else ""
        rows += [("images", f"{title_of(data.source)}: {counts}{all_of_them}")]
        rows += [("read as", "; ".join((data.summary.partition(": ")[2], *data.notes)))]
        rows += [("classes", ", ".join(data.classes))]
        if run.record.start is not None:
            start = run.record.start
            rows.append(("began with", f"the weights of {start.name}, epoch {start.epoch}"))
        if plan.augment != "none":
            rows.append(("augmented by", plan.augment.replace("+", ", ")))
        if plan.ema:
            rows.append(("averaged", f"weights over steps, decay {plan.ema:g}"))
        how = f"{plan.optimizer}, {plan.schedule} to {plan.lr:g}, batch {plan.batch}"
        rows.append(("optimizer", f"{how}, seed {plan.seed}"))
    if run.history:
        rows.append(("epochs", epochs_of(run)))
        rows.append(("time", duration(sum(row.get("seconds", 0) for row in run.history))))
    if run.record is not None:
        made = run.record.versions
        rows.append(("begun", run.record.created.replace("T", " ").removesuffix("+00:00") + " UTC"))
        rows.append(
            (
                "made with",
                ", ".join(f"{n} {made[n]}" for n in ("latentscape", "torch") if n in made),
            )
        )
    return [(name, value) for name, value in rows if value]


def epochs_of(run: Run) -> str:
    """How many epochs were made and which one's weights are kept."""
    last = run.history[-1]
    other = run.epoch not in (0, last["epoch"])
    kept = f"; the weights kept are those of epoch {run.epoch}" if other else ""
    planned = f" of {run.record.plan.epochs}" if run.record else ""
    return f"{last['epoch']:.0f}{planned}{kept}"


def duration(seconds: float) -> str:
    """Write a time.

    Example:
        >>> duration(4.21), duration(84.0), duration(4000.0)
        ('4.2 s', '1 min 24 s', '1 h 6 min')
    """
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"
