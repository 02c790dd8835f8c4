"""Stages: the model and whatever is trained before it, epoch by epoch from where a run stands."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from latentscape.data import Examples, SplitsOf
from latentscape.models.autoencoder import Autoencoder, Stage
from latentscape.models.pixels import unit
from latentscape.models.plan import DecidedPlan
from latentscape.parts.augmentations import augmentation
from latentscape.runs.data import Data
from latentscape.runs.kept import Kept
from latentscape.runs.origin import Origin
from latentscape.runs.record import Record
from latentscape.runs.run import Run
from latentscape.runs.state import row_of
from latentscape.runs.weights import load_weights, weights_of, whole
from latentscape.system import processes
from latentscape.system.arithmetic import exact_arithmetic
from latentscape.system.randomness import own_randomness, seed_generators
from latentscape.system.tables import Records
from latentscape.training.averaging import swap_averages
from latentscape.training.checkpointing import checkpointed
from latentscape.training.hardware import make_fabric
from latentscape.training.keepers import Codes, DiskKeeper, Keeper
from latentscape.training.loop import Pass, loss_of, train_epoch, validate, with_losses
from latentscape.training.notices import notices
from latentscape.training.on_device import batches_on
from latentscape.training.optimizer import make_optimizer, optimizer_tensors, restore_optimizer
from latentscape.training.reporter import Reporter, StopTraining
from latentscape.training.sharing import ignore_in_ddp, sync_batchnorm
from latentscape.training.steps import kind_of_steps
from latentscape.training.training_set import training_batches

if TYPE_CHECKING:
    from lightning_fabric import Fabric

FILM = 300
FIRST_LOOK = 5000


@dataclass(frozen=True)
class Training:
    """What all stages of one training share.

    Attributes:
        model: what is trained in the end.
        images: to train on, and to choose the best epoch by.
        plan: how.
        keeper: completes epochs, and knows where the run stands.
        reporter: told what happens.
        fabric: device, precision and processes.
        start: the run whose weights the model begins with; None where they were drawn.
    """

    model: Autoencoder
    images: SplitsOf[Examples]
    plan: DecidedPlan
    keeper: Keeper
    reporter: Reporter
    fabric: Fabric
    start: Origin | None = None


def trained(
    model: Autoencoder,
    images: SplitsOf[Examples],
    plan: DecidedPlan,
    keeper: Keeper,
    reporter: Reporter,
    start: Origin | None = None,
) -> Run:
    """Train every stage from where the keeper stands, and give the run.

    Args:
        model: what is trained, in place.
        images: to train on, and to choose the best epoch by.
        plan: how.
        keeper: completes epochs, and knows where the run stands.
        reporter: told what happens.
        start: the run whose weights the model begins with; None where they were drawn.
    """
    interrupted = False
    folder = keeper.folder if isinstance(keeper, DiskKeeper) else None
    place = folder.path if folder else Path()
    fabric = make_fabric(plan, shared=True)
    whole(model).to(fabric.device)  # layers that earlier stages do not train are looked at, too
    training = Training(model, images, plan, keeper, reporter, fabric, start)
    with processes.together(), keeper.locked():
        if keeper.state.total or (start and folder):
            load_weights(keeper.last()[0], model, place)
        reporter.begin(model, images, plan, folder.path if folder else None)
        try:
            with own_randomness(), exact_arithmetic():
                train_stages(training)
        except (KeyboardInterrupt, StopTraining):
            if not keeper.state.total:
                raise
            interrupted = True
        finally:
            reporter.close()
    load_weights(keeper.best() if plan.keep == "best" else keeper.last()[0], model, place)
    run = Run(
        name=folder.path.resolve().name if folder else named(model),
        model=model,
        shape=images.shape,
        classes=images.classes,
        record=folder.record if folder else None,
        history=Records(keeper.state.history),
        best_epoch=keeper.state.best_epoch,
        epoch=keeper.state.kept(plan.keep),
        film=keeper.film(),
        folder=folder.path if folder else None,
        interrupted=interrupted,
        kept=None if folder else kept_of(training),
    )
    kept = row_of(run.history, run.epoch)
    run.notices = () if kept is None else notices(run, images.validation, images.train, kept)
    if images.stream is not None and images.stream.unreadable.positions:
        run.notices = (images.stream.unreadable.sentence, *run.notices)
    reporter.end(run)
    return run


def kept_of(training: Training) -> Kept | None:
    """Give what a run in memory can be saved as; None where no recipe built the model."""
    blueprint, keeper = training.model.blueprint, training.keeper
    if blueprint is None:
        return None
    record = Record(blueprint, training.plan, Data.of(training.images), start=training.start)
    last, optimizer = keeper.last()
    return Kept(
        record, keeper.state, last, keeper.best(), optimizer, keeper.film(), keeper.decoders()
    )


def train_stages(training: Training) -> None:
    """Train the stages that come before the model, then the model."""
    model, keeper = training.model, training.keeper
    stages = (*model.pretraining, model)
    for stage in range(keeper.state.stage, len(stages)):
        last = stage == len(stages) - 1
        title = named(model) if last else f"{named(model)}, layer {stage + 1}"
        keeping = checkpointed if training.plan.gradient_checkpointing else nullcontext
        with keeping(stages[stage]):
            train_stage(training, stages[stage], title=title, last=last)
        if not last:
            keeper.state = replace(keeper.state, stage=stage + 1, epoch=0)


def train_stage(training: Training, stage: Stage, *, title: str, last: bool) -> None:
    """Train one stage epoch by epoch, completing each with the keeper.

    Of the model itself the best epoch is found by the loss on validation images; the stages before
    it run to their end.

    Args:
        training: what all stages share.
        stage: the model, or a layer of it.
        title: what to call it.
        last: whether it is the model itself.
    """
    images, fabric = training.images, training.fabric
    plan = replace(training.plan, lr=training.plan.lr * stage.lr_multiplier)
    keeper, reporter = training.keeper, training.reporter
    state = keeper.state
    if state.finished:
        return
    groups = stage.groups()
    optimizer = make_optimizer(groups, plan)
    one_pass = Pass(stage, augmentation(plan.augment))
    ignore_in_ddp(one_pass, groups)
    network, wrapped = fabric.setup(one_pass, optimizer)
    device, share = fabric.device, (processes.rank(), processes.world_size())
    train_set = training_batches(images, plan, device, share)
    held_out = batches_on(device, images.validation.pixels, images.validation.labels, 1024, share)
    taking = kind_of_steps(network, fabric)
    steps = taking(network, wrapped, groups, plan, train_set.size, fabric)
    if state.epoch:
        restore_optimizer(optimizer, keeper.last()[1])
    elif training.start is not None:
        figures, weights = validate(network, held_out, train_set.size, 0)
        loss = loss_of(figures, "validation", weights)
        reporter.note(
            f"with the weights of '{training.start.name}' the validation loss is {loss:.2f}"
        )
    else:
        seed_generators(epoch_seed(plan.seed, state.stage, 0))
        first, their_labels = train_set.some(FIRST_LOOK, plan.seed)
        stage.prepare(unit(first), their_labels)
    reporter.stage(title, plan.epochs, len(train_set), state.epoch, train_set.batch)
    for epoch in range(state.epoch + 1, plan.epochs + 1):
        seed_generators(epoch_seed(plan.seed, state.stage, epoch, processes.rank()))
        swap_averages(optimizer)  # where there are some: back to the weights of training
        row = train_epoch(steps, train_set, plan, epoch, on_step=reporter.step)
        sync_batchnorm(stage)
        swap_averages(optimizer)
        figures, weights = validate(network, held_out, train_set.size, epoch)
        row = with_losses({"stage": float(state.stage)} | row | figures, weights)
        loss, best = row["validation/loss"], row_of(state.history, state.best_epoch)
        lowest = None if best is None else loss_of(best, "validation", weights)
        better = last and (lowest is None or loss < lowest)
        if better:
            state = replace(state, best=loss, best_epoch=epoch)
        stopped = bool(plan.patience) and last and epoch - state.best_epoch >= plan.patience
        state = replace(
            state,
            epoch=epoch,
            total=state.total + 1,
            finished=last and (stopped or epoch == plan.epochs),
            history=[*state.history, row],
        )
        tensors = weights_of(training.model), optimizer_tensors(optimizer)
        keeps = last and epoch in plan.decoder_epochs()
        keeper.save(state, *tensors, film_codes(training.model, images), decoder=keeps)
        reporter.epoch(row, better)
        if state.finished:
            return


def film_codes(model: Autoencoder, images: SplitsOf[Examples]) -> Codes:
    """Encode the images whose way through the space is filmed."""
    some = images.validation.take(np.arange(min(FILM, len(images.validation))))
    codes = Run(named(model), model, images.shape).encode(some)
    model.train()
    return codes


def epoch_seed(seed: int, stage: int, epoch: int, process: int = 0) -> int:
    """Mix numbers into a seed that no others are likely to share.

    Args:
        seed: the plan's.
        stage: its number.
        epoch: its number.
        process: its number.
    """
    return int(np.random.SeedSequence((seed, stage, epoch, process)).generate_state(1)[0])


def named(model: Autoencoder) -> str:
    """What to call a model that has no folder."""
    return model.blueprint.recipe if model.blueprint else "model"
