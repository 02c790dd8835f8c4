"""`run.json`: what it holds, for people too, and that it leads back to the same images."""

import json
from dataclasses import replace
from pathlib import Path

import lightning_fabric
import numpy
import pytest
import torch

from latentscape.data import load_images
from latentscape.models.blueprint import Blueprint
from latentscape.models.plan import Plan
from latentscape.runs import record as record_module
from latentscape.runs.data import Data
from latentscape.runs.record import FORMAT, Record, versions
from latentscape.system.version import __version__


@pytest.fixture(scope="module")
def images():
    return load_images("digits", size=14, limit=30)


@pytest.fixture(scope="module")
def record(images):
    return Record(Blueprint("vae", images.shape, {"latent": 2}), Plan(), Data.of(images))


def test_a_record_is_read_back_as_it_was_written(record):
    noted = replace(record, data=replace(record.data, notes=("in Größe 14",)))
    content = noted.to_json()
    assert Record.parse(content, Path("run.json")) == noted
    assert "in Größe 14" in content.decode() and content.endswith(b"}\n")  # as people read it


def test_a_record_says_what_figures_depend_on(record):
    raw = json.loads(record.to_json())
    assert raw["format"] == FORMAT and raw["created"].endswith("+00:00")
    assert raw["versions"]["latentscape"] == __version__
    assert raw["versions"]["torch"] == torch.__version__
    assert raw["hardware"] == {
        "machine": raw["hardware"]["machine"],
        "processes": 1,
        "threads": torch.get_num_threads(),
        "gpu": torch.cuda.get_device_name() if torch.cuda.is_available() else None,
    }
    assert raw["data"]["options"] == {"size": 14, "limit": 30, "skip_bad": False, "seed": 0}


def test_versions_are_looked_up_once_in_a_process(monkeypatch):
    known = versions()
    packages = {"torch": torch, "numpy": numpy, "lightning-fabric": lightning_fabric}
    assert {name: known[name] for name in packages} == {
        name: package.__version__ for name, package in packages.items()
    }
    monkeypatch.setattr(record_module, "version", lambda name: pytest.fail(name))
    assert versions() == known


def test_images_are_loaded_again_and_say_what_was_asked_then(record, images):
    again = record.load()
    assert again.fingerprint == images.fingerprint == record.data.fingerprint
    assert (again.options, again.summary) == (images.options, images.summary)
    automatic = load_images("digits", limit=30)
    kept = replace(record, data=Data.of(automatic), blueprint=Blueprint("vae", automatic.shape, {}))
    assert kept.load().options == automatic.options  # no size was asked, and none is now
