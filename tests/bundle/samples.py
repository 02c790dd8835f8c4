"""A small bundle: digits, principal components as encoder and decoder, written as ONNX by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from scipy.special import softmax
from sklearn.datasets import load_digits

from latentscape.bundle import OnnxNetwork, write_bundle
from latentscape.bundle.contents import BundledEnsemble, BundledJudge
from latentscape.bundle.views import make_views

SHAPE = (1, 8, 8)


def linear_network(
    weight: NDArray[np.float64],
    bias: NDArray[np.float64],
    takes: str,
    gives: str,
    shape: list[int],
    image: tuple[int, int, int] = SHAPE,
) -> bytes:
    """An ONNX network: flatten, multiply, add, reshape to (batch, *shape)."""
    constants = [
        numpy_helper.from_array(weight.astype(np.float32), "weight"),
        numpy_helper.from_array(bias.astype(np.float32), "bias"),
        numpy_helper.from_array(np.array([-1, *shape]), "shape"),
    ]
    nodes = [
        helper.make_node("Flatten", [takes], ["flat"]),
        helper.make_node("Gemm", ["flat", "weight", "bias"], ["sum"]),
        helper.make_node("Reshape", ["sum", "shape"], [gives]),
    ]
    inside = list(image) if takes == "images" else [weight.shape[0]]
    graph = helper.make_graph(
        nodes,
        "linear",
        [helper.make_tensor_value_info(takes, TensorProto.FLOAT, ["batch", *inside])],
        [helper.make_tensor_value_info(gives, TensorProto.FLOAT, ["batch", *shape])],
        constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    return model.SerializeToString()


def _judging(means: NDArray[np.float64], squares: NDArray[np.float64]) -> bytes:
    """An ONNX network of the nearest mean: its class, a softmax of distances, e to their least."""
    node = helper.make_node
    arrays = {"weight": 2 * means.T, "bias": -squares}
    constants = [
        numpy_helper.from_array(array.astype(np.float32), name) for name, array in arrays.items()
    ]
    nodes = [
        node("Flatten", ["images"], ["flat"]),
        node("Gemm", ["flat", "weight", "bias"], ["crossed"]),
        node("ReduceSumSquare", ["flat"], ["own"], axes=[1]),
        node("Sub", ["crossed", "own"], ["nearness"]),
        node("Softmax", ["nearness"], ["chances"], axis=1),
        node("ArgMax", ["nearness"], ["index"], axis=1),
        node("Cast", ["index"], ["label"], to=TensorProto.FLOAT),
        node("ReduceMax", ["chances"], ["sure"], axes=[1]),
        node("ReduceMax", ["nearness"], ["most"], axes=[1]),
        node("Exp", ["most"], ["ordinary"]),
        node("Concat", ["label", "sure", "ordinary"], ["reading"], axis=1),
    ]
    graph = helper.make_graph(
        nodes,
        "judge",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["batch", *SHAPE])],
        [helper.make_tensor_value_info("reading", TensorProto.FLOAT, ["batch", 3])],
        constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    return model.SerializeToString()


class Sample:
    """Digits and their first d principal components."""

    def __init__(self, d: int = 2, count: int = 400) -> None:
        digits = load_digits()
        self.pixels = (digits.data[:count] / 16 * 255).astype(np.uint8).reshape(-1, *SHAPE)
        self.labels = digits.target[:count].astype(np.int64)
        flat = self.pixels.reshape(count, -1) / 255
        self.mean = flat.mean(axis=0)
        self.axes = np.linalg.svd(flat - self.mean, full_matrices=False)[2][:d]
        self.codes = ((flat - self.mean) @ self.axes.T).astype(np.float32)

    def decode(self, codes: NDArray[np.floating]) -> NDArray[np.float64]:
        """(N, d) to (N, 1, 8, 8), not clipped."""
        return (codes @ self.axes + self.mean).reshape(-1, *SHAPE)

    @property
    def encoder(self) -> OnnxNetwork:
        """Images to codes."""
        bias = -self.mean @ self.axes.T
        return OnnxNetwork(linear_network(self.axes.T, bias, "images", "code", [len(self.axes)]))

    @property
    def decoder(self) -> OnnxNetwork:
        """Codes to images."""
        return OnnxNetwork(linear_network(self.axes, self.mean, "code", "images", [1, 8, 8]))

    @property
    def ensemble(self) -> BundledEnsemble:
        """Codes to the images of two decoders, between which the decoder is."""
        weight = np.concatenate([(1 + s) * self.axes for s in (0.8, -0.8)], axis=1)
        network = linear_network(weight, np.tile(self.mean, 2), "code", "images", [2, 8, 8])
        return BundledEnsemble(OnnxNetwork(network), 2)

    @property
    def judge(self) -> BundledJudge:
        """Images to the nearest mean of a class, how sure that is, and how near it is."""
        network = OnnxNetwork(_judging(*self.means()))
        p = self.read(self.pixels / 255)[2]
        return BundledJudge(network, float(np.quantile(p, 0.5)), 0.9, tuple("0123456789"))

    def means(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Of the images of each class (10, 64), and their squares' sums (10,)."""
        flat = self.pixels.reshape(len(self.pixels), -1) / 255
        means = np.stack([flat[self.labels == label].mean(axis=0) for label in range(10)])
        return means, np.square(means).sum(axis=1)

    def read(self, images: NDArray[np.floating]) -> NDArray[np.float64]:
        """What the judge says: class, probability and p-value (3, N)."""
        means, _ = self.means()
        squares = np.square(images.reshape(len(images), 1, -1) - means).sum(axis=2)
        chance = softmax(-squares, axis=1)
        return np.stack([squares.argmin(axis=1), chance.max(axis=1), np.exp(-squares.min(axis=1))])

    def write(self, folder: Path, **changes: Any) -> Path:
        """Write everything that a bundle can hold."""
        rng = np.random.default_rng(0)
        spread = self.codes.std(axis=0)
        arguments: dict[str, Any] = {
            "name": "digits",
            "labels": self.labels,
            "classes": [str(i) for i in range(10)],
            "ids": [f"digit-{i}" for i in range(len(self.codes))],
            "pixels": self.pixels,
            "encoder": self.encoder,
            "decoder": self.decoder,
            "views": make_views(("pca", "lda"), self.codes, self.labels),
            "draws": {"gaussian": rng.normal(size=(100, len(spread))) * spread},
            "noise": 0.2,
        }
        return write_bundle(folder, self.codes, **(arguments | changes))
