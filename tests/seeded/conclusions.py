"""Faults that the tests of what people are told must notice: verdicts, errors, epochs, captions."""

from __future__ import annotations

from tests.seeded.fault import Fault, fault


def wrong(name: str, file: str, old: str, new: str, *tests: str) -> Fault:
    """A fault that some of the tests must notice."""
    return fault(name, "tests", file, old, new, tests)


SAMPLING = "tests/latent/test_sampling.py"
COMPARING = ("tests/reports/test_differences.py", "tests/reports/test_compare.py")

FAULTS: tuple[Fault, ...] = (
    wrong(
        "the worst epoch is kept",
        "training/stages.py",
        "or loss < lowest)",
        "or loss > lowest)",
        "tests/training/test_selection.py",
    ),
    wrong(
        "patience is one too long",
        "training/stages.py",
        "epoch - state.best_epoch >= plan.patience",
        "epoch - state.best_epoch > plan.patience",
        "tests/training",
    ),
    wrong(
        "validation draws new noise each time",
        "training/loop.py",
        "with own_randomness(processes.rank()):",
        "with own_randomness(epoch):",
        "tests/training",
    ),
    wrong(
        "weight decay is ignored",
        "training/optimizer.py",
        '"weight_decay": plan.weight_decay,',
        '"weight_decay": 0.0,',
        "tests/training/test_optimizer.py",
    ),
    wrong(
        "the cloud's verdict is swapped",
        "reports/claims.py",
        '"no" if centred and bounded else "in part" if centred or bounded else "yes",',
        '"yes" if centred and bounded else "in part" if centred or bounded else "no",',
        "tests/reports/test_claims.py",
    ),
    wrong(
        "better and worse change places",
        "reports/trends.py",
        '(found.mean > 0) != (direction == "higher")',
        '(found.mean > 0) == (direction == "higher")',
        "tests/reports/test_trends.py",
    ),
    wrong(
        "every prior is the unit normal",
        "evaluation/groups.py",
        "if scale is not None and self.run.model.prior.is_unit_normal:",
        "if scale is not None:",
        "tests/evaluation/test_measure.py",
    ),
    wrong(
        "a posterior is drawn from once",
        "evaluation/groups.py",
        "seed=self.seed + 1)",
        "seed=self.seed)",
        "tests/evaluation/test_measure.py",
    ),
    wrong(
        "a bundle's files are kept by browsers",
        "explorer/application.py",
        'lasting=path.startswith("assets/")',
        "lasting=True",
        "tests/explorer/test_server.py",
    ),
    wrong(
        "errors of differences are unpaired",
        "latent/sampling.py",
        "if a is not None and b is not None and a.pairs(b):",
        "if a is not None and b is not None and a is b:",
        SAMPLING,
        *COMPARING,
    ),
    wrong(
        "the error of a mean divides by n",
        "latent/sampling.py",
        "known.std(ddof=1)",
        "known.std(ddof=0)",
        SAMPLING,
    ),
    wrong(
        "the spread of resamples is not scaled",
        "latent/sampling.py",
        "math.sqrt(min(n, most) / n)",
        "1.0",
        SAMPLING,
        "tests/evaluation/test_errors.py",
    ),
    wrong(
        "draws of two models are paired",
        "latent/sampling.py",
        'self.kind == other.kind != "draws" and',
        "self.kind == other.kind and",
        SAMPLING,
    ),
    wrong(
        "other images are paired",
        "latent/sampling.py",
        "return np.array_equal(self.rows, other.rows)",
        "return True",
        SAMPLING,
    ),
    wrong(
        "the seeds' interval is too narrow",
        "reports/differences.py",
        "/ math.sqrt(len(both)), len(both) - 1)",
        "/ len(both), len(both) - 1)",
        *COMPARING,
    ),
    wrong(
        "the seeds of the two sides change places",
        "reports/differences.py",
        "(va**2 / (len(a) - 1) + vb**2 / (len(b) - 1))",
        "(vb**2 / (len(a) - 1) + va**2 / (len(b) - 1))",
        *COMPARING,
    ),
    wrong(
        "resamples are of models, not of images",
        "latent/sampling.py",
        "rng.integers(n, size=min(n, most))",
        "rng.integers(n, size=RESAMPLES)",
        SAMPLING,
        "tests/evaluation/test_errors.py",
    ),
    wrong(
        "seeds count as images of their own",
        "latent/sampling.py",
        "values = np.mean([s.values for s in samplings], axis=0)",
        "values = np.mean([s.values for s in samplings], axis=0) / math.sqrt(len(samplings))",
        SAMPLING,
    ),
    wrong(
        "idle directions are found and judged on the same images",
        "latent/usage.py",
        "halves[::-1], strict=True",
        "halves, strict=True",
        "tests/latent/test_usage.py",
    ),
    wrong(
        "clusters are sharpened at the whole learning rate",
        "training/stages.py",
        "training.plan.lr * stage.lr_multiplier",
        "training.plan.lr",
        "tests/training/test_fit.py",
    ),
    wrong(
        "an error at a row is of the images shown",
        "figures/rows.py",
        "reconstruction_errors(run, images)",
        "reconstruction_errors(run, chosen)",
        "tests/figures/test_rows.py",
    ),
    wrong(
        "residuals change sign",
        "figures/rows.py",
        'rows += [(run.name, tiles(output)), ("residual", signed_tiles(output - original))]',
        'rows += [(run.name, tiles(output)), ("residual", signed_tiles(original - output))]',
        "tests/figures",
    ),
    wrong(
        "every row is of the first model",
        "figures/draws.py",
        "grid = tiles(draw(run, rows_each * columns))",
        "grid = tiles(draw(runs[0], rows_each * columns))",
        "tests/figures/test_grids.py",
    ),
    wrong(
        "models' names stand at other rows",
        "figures/draws.py",
        "zip(runs, told_apart(runs), strict=True)",
        "zip(runs, told_apart(runs)[::-1], strict=True)",
        "tests/figures/test_grids.py",
    ),
    wrong(
        "a sweep's table has the columns of its emptiest row first",
        "sweeps/table.py",
        "fullest = max(rows",
        "fullest = min(rows",
        "tests/sweeps",
    ),
    wrong(
        "a sweep's table shows the last epoch",
        "sweeps/table.py",
        "row_of(state.history, state.kept(keep))",
        "row_of(state.history, state.epoch)",
        "tests/sweeps",
    ),
    wrong(
        "a search chooses by test images",
        "sweeps/trying.py",
        "measured_values(run, held_out, keys)",
        "measured_values(run, images, keys)",
        "tests/sweeps",
    ),
    wrong(
        "what mattered in a search is as sure as can be",
        "sweeps/found.py",
        "np.quantile([each[name] for each in drawn], (0.05, 0.95))",
        "(whole[name], whole[name])",
        "tests/sweeps",
    ),
    wrong(
        "a transformer's seed is ignored",
        "estimator/transformer.py",
        '"seed": seed,',
        '"seed": 0,',
        "tests/estimator",
    ),
    wrong(
        "a transformer's learning rate is ignored",
        "estimator/settings.py",
        '"batch", "lr")',
        '"batch")',
        "tests/estimator",
    ),
)

SHORT = ("better and worse change places",)
