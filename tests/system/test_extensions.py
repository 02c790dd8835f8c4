"""What an installed package adds, from outside: a picture and a sampler of its own."""

import sys

import numpy as np
import pytest

from latentscape.figures import KINDS
from latentscape.latent.samplers import GaussianSampler, SamplerEntry, entries
from latentscape.runs.run import Run
from latentscape.system.extensions import installed

MODULE = """
from matplotlib.figure import Figure
from latentscape.figures.kinds import kind
from latentscape.latent.samplers import KernelSampler, SamplerEntry

@kind(name="own-radii")
def own_radii(run, images) -> Figure:
    \"\"\"How far codes lie from the origin.\"\"\"
    figure = Figure()
    figure.subplots().hist((run.encode(images) ** 2).sum(1) ** 0.5)
    return figure

WIDE = SamplerEntry(lambda: KernelSampler(bandwidth=2.0), "Codes at random, moved far.")
GAUSSIAN = SamplerEntry(lambda: None, "of our name")
"""
ENTRIES = """
[latentscape.pictures]
own-radii = ownspace:own_radii
gone = nowhere_at_all:picture
[latentscape.samplers]
wide = ownspace:WIDE
gaussian = ownspace:GAUSSIAN
none = ownspace:MODULE_THAT_IS_NOT
"""


@pytest.fixture
def package(tmp_path, monkeypatch):
    """As pip leaves it: a module, and beside it metadata that names entry points."""
    about = tmp_path / "ownspace-1.0.dist-info"
    about.mkdir()
    (tmp_path / "ownspace.py").write_text(MODULE)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: ownspace\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(ENTRIES)
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])
    yield
    sys.modules.pop("ownspace", None)
    KINDS.pop("own-radii", None)


def test_a_picture_is_a_kind_like_any(package, capsys):
    from latentscape import recipes

    found = installed("latentscape.pictures")
    assert list(found) == ["own-radii"]
    said = capsys.readouterr().err
    assert "nowhere_at_all:picture" in said
    assert said.count("\n") == 1
    assert KINDS["own-radii"].description == "How far codes lie from the origin"
    run = Run("ae", recipes.ae((1, 6, 6), latent=2), (1, 6, 6))
    images = np.random.default_rng(0).random((40, 1, 6, 6), dtype=np.float32)
    assert len(KINDS["own-radii"].draw(run, images).axes[0].patches) == 10


def test_a_sampler_is_offered_beside_ours_and_takes_no_name_of_them(package, capsys):
    ours = {"gaussian": SamplerEntry(GaussianSampler, "ours")}
    found = entries(ours)
    assert list(found) == ["wide", "gaussian"]
    assert found["gaussian"] is ours["gaussian"]
    z = np.zeros((50, 2)) + np.eye(2)[np.arange(50) % 2]
    drawn = found["wide"].make().fit(z).sample(500, seed=0)
    assert drawn.shape == (500, 2)
    assert drawn.std() > 0.6
    assert "MODULE_THAT_IS_NOT" in capsys.readouterr().err
