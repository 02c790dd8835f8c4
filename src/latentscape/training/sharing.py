"""One training in several processes: each takes its share of every batch.

DDP (arXiv:2006.15704) averages gradients, so what is summed over images is, up to rounding, as in
one process that takes whole batches. What a process computes of its own share is not: a batch norm
normalises over the share, and estimates between images (MMD, total correlation) compare images of
one share only. Running statistics of batch norms are averaged after each epoch; a codebook
follows the whole batch.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.parallel import DistributedDataParallel

from latentscape.data import Examples, SplitsOf
from latentscape.models.plan import Plan
from latentscape.system import processes
from latentscape.system.errors import LatentscapeError
from latentscape.training.steps import Groups


def check_shares(plan: Plan, images: SplitsOf[Examples]) -> None:
    """Refuse a training that cannot be shared among the processes there are.

    Raises:
        LatentscapeError: when a batch cannot be divided, a share would be one image, or there are
            fewer validation images or GPUs than processes.
    """
    n, here = processes.world_size(), processes.local_world_size()
    if plan.batch % n:
        raise LatentscapeError(
            f"--batch {plan.batch} cannot be shared by {n} processes; give a multiple of {n}"
        )
    size = images.counts["train"] + (plan.train_on != "train") * len(images.validation)
    share = min(plan.batch, size) // n // plan.accumulate
    rest = size % min(plan.batch, size) // n // plan.accumulate
    if rest == 1 and plan.last_batch == "keep":
        raise LatentscapeError(
            f"the last batch of an epoch would be one image a process ({size:,} images, --batch "
            f"{plan.batch}), and networks that normalise over a batch need 2; give another --batch "
            "or --last-batch drop"
        )
    if share < 2:
        whose = f" for each of {n} processes" if n > 1 else ""
        whose += f" in each of {plan.accumulate} parts" if plan.accumulate > 1 else ""
        raise LatentscapeError(
            f"a batch would be {share} image{whose} (--batch {plan.batch}, {size} to "
            "train on), and networks that normalise over a batch need 2; give more images, "
            f"{'a smaller --accumulate' if plan.accumulate > 1 else 'or a larger --batch'}"
        )
    if len(images.validation) < n:
        raise LatentscapeError(
            f"{len(images.validation)} validation images cannot be shared by {n} processes; start "
            "fewer"
        )
    if plan.device == "cuda" and here > torch.cuda.device_count():
        raise LatentscapeError(
            f"{here} processes share {torch.cuda.device_count()} GPUs; start one for each GPU, or "
            "give --device cpu"
        )


def ignore_in_ddp(network: nn.Module, groups: Groups) -> None:
    """Tell DDP which parameters it is to wait for: those in groups, and no buffers."""
    trained = {parameter for group in groups.values() for parameter in group}
    others = [name for name, parameter in network.named_parameters() if parameter not in trained]
    others += [name for name, _ in network.named_buffers()]
    DistributedDataParallel._set_params_and_buffers_to_ignore_for_model(  # type: ignore[no-untyped-call]
        network, others
    )


@torch.no_grad()
def sync_batchnorm(network: nn.Module) -> None:
    """Give all processes the mean of their batch norms' running statistics."""
    for module in network.modules():
        if isinstance(module, _BatchNorm):
            for statistic in (module.running_mean, module.running_var):
                if statistic is not None and processes.world_size() > 1:
                    processes.all_reduce_sum(statistic).div_(processes.world_size())
