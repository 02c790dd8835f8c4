"""Turns torch modules into ONNX networks."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from onnx import ModelProto
from onnx.utils import Extractor
from onnxscript.optimizer import optimize
from torch import Tensor, nn

from latentscape.bundle.contents import OnnxNetwork
from latentscape.system.randomness import own_randomness

FOLDED = 2**26  # numbers in a tensor


@dataclass(frozen=True)
class Exported:
    """A module to be exported: of one array, and of labels where it is conditional.

    Attributes:
        module: on the processor.
        example: two of what it takes.
        takes: what that is called.
        gives: what it gives, an array.
    """

    module: nn.Module
    example: Tensor
    takes: str
    gives: str


def export_modules(
    each: Sequence[Exported], *, conditional: bool = False, folded: int = FOLDED
) -> list[OnnxNetwork]:
    """Export modules at once: what torch looks up for an export takes longer than the rest of it.

    Args:
        each: the modules.
        conditional: whether each takes its array and `label` (B,) int64.
        folded: tensors of up to so many numbers are made now where they follow from others alone.

    Raises:
        RuntimeError: when torch cannot export one of them.
    """
    together = Extractor(_exported(each, conditional=conditional))
    networks = []
    for n, one in enumerate(each):
        names = {f"{one.takes}_{n}": one.takes, f"given_{n}": one.gives}
        takes = [f"{one.takes}_{n}"]
        if conditional:
            names[f"label_{n}"] = "label"
            takes.append(f"label_{n}")
        model = together.extract_model(takes, [f"given_{n}"])
        _rename(model, names)
        # What is made of weights alone is computed now, however large, not at every decoding.
        proto = optimize(model, input_size_limit=folded, output_size_limit=folded)
        networks.append(OnnxNetwork(proto.SerializeToString(), conditional))
    return networks


class _Together(nn.Module):
    """Arrays, and labels where the modules are conditional, to what each of these gives."""

    def __init__(self, each: Sequence[Exported]) -> None:
        super().__init__()
        self.each = nn.ModuleList(one.module for one in each)

    def forward(self, given: list[list[Tensor]]) -> list[Tensor]:
        return [module(*own) for module, own in zip(self.each, given, strict=True)]


def _exported(each: Sequence[Exported], *, conditional: bool) -> ModelProto:
    """Modules as torch exports them: of `TAKES_0`, `label_0`, … to `given_0`, ….

    Labels are each module's own: arrays that shared them would share the size of their batches, and
    a module then take it from another one's array.
    """
    given, names = [], []
    for n, one in enumerate(each):
        array = one.example.clone()  # one that two share is one input
        given.append([array, torch.tensor([0, 1])] if conditional else [array])
        names += [f"{one.takes}_{n}", f"label_{n}"] if conditional else [f"{one.takes}_{n}"]
    shapes = [[{0: torch.export.Dim.DYNAMIC} for _ in own] for own in given]
    with _quiet(), torch.no_grad(), own_randomness():
        program = torch.onnx.export(
            _Together(each).eval(),
            (given,),
            input_names=names,
            output_names=[f"given_{n}" for n in range(len(each))],
            dynamic_shapes=(shapes,),
            dynamo=True,
            verbose=False,
        )
    if program is None:
        raise RuntimeError("torch exported nothing")
    return program.model_proto


def _rename(model: ModelProto, names: Mapping[str, str]) -> None:
    """Give inputs and outputs, and what computes and uses them, other names."""
    for value in (*model.graph.input, *model.graph.output):
        value.name = names.get(value.name, value.name)
    for node in model.graph.node:
        for used in (node.input, node.output):
            used[:] = [names.get(name, name) for name in used]


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the exporter from speaking of what does not concern the user.

    It uses parts of torch that torch is leaving behind, and misses torchvision, which is not used.
    """
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)
