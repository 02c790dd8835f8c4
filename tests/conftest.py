"""What all tests share."""

import gc
import signal
import sys
from collections.abc import Callable
from functools import cache

import pytest
from hypothesis import settings

settings.register_profile("no deadline", deadline=None)  # machines are busy at times
settings.load_profile("no deadline")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell starts what is in the background so
    signal.signal(signal.SIGINT, signal.default_int_handler)  # and what tests stop would inherit it

collect_ignore = ["fixtures", "fuzz", "release", "survival", "versions"]  # programs, not tests


def pytest_collection_finish() -> None:
    """Thousands of tests live until the end: no collection of garbage looks through them again."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 10)


def pytest_runtest_setup() -> None:
    """Weights that a test or its fixtures draw are the same whatever ran before it."""
    if "torch" in sys.modules:
        from latentscape.system.randomness import seed_generators

        seed_generators(0)
    if operators := sys.modules.get("torch.onnx._internal.exporter._registration"):
        keep(operators.ONNXRegistry, "from_torchlib", staticmethod)
    if exported := sys.modules.get("torch.export.exported_program"):
        keep(exported, "_collect_all_valid_cia_ops")


def keep(place: object, name: str, kind: Callable[..., object] = lambda made: made) -> None:
    """Have torch list its operators once in a process, which is half of every export.

    It has no setting for that, so users wait for it at each; `test_from_run.py` exports both ways.
    """
    if not hasattr(getattr(place, name), "cache_info"):
        setattr(place, name, kind(cache(getattr(place, name))))


@pytest.fixture
def one_thread():
    """As many as work on Ray has by default: other bits come of more."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def cluster():
    """A machine of Ray that begins what is done and does nothing, and two that work."""
    import ray
    from ray.cluster_utils import Cluster

    head = {"num_cpus": 0, "node_ip_address": "127.0.0.1", "include_dashboard": False}
    made = Cluster(initialize_head=True, head_node_args=head)
    made.workers = [made.add_node(num_cpus=1, node_ip_address="127.0.0.1") for _ in range(2)]
    yield made
    ray.shutdown()
    made.shutdown()
