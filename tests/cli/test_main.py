"""The command line as people meet it: what it answers, and how it refuses."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latentscape.cli.main import VERBS, main
from latentscape.data import load_images
from latentscape.runs.load import load_run

HEAVY = ["torch", "torch._dynamo", "lightning_fabric", "sklearn", "scipy", "pandas", "matplotlib"]
SMALL = ["--limit", "100", "--epochs", "1", "--precision", "32-true"]


def call(*arguments: object) -> int:
    return main([str(a) for a in arguments])


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("runs") / "vae"
    assert call("train", "vae", "--out", out, *SMALL, "--hidden", "8") == 0
    return out


def refused(capsys, *arguments: object) -> str:
    """The one sentence that a refused command leaves on standard error."""
    assert call(*arguments) == 2
    message = capsys.readouterr().err
    assert message.startswith("latentscape: ")
    assert message.count("\n") == 1, message
    assert "Traceback" not in message
    return message


def heavy_after(*lines: list[str]) -> dict[str, list[str]]:
    """What each command line, one after another in one process, has imported that takes long."""
    code = (
        "import contextlib, io, json, sys\n"
        "from latentscape.cli.main import main\n"
        "found = {}\n"
        f"for line in {lines!r}:\n"
        "    with contextlib.redirect_stdout(io.StringIO()):\n"
        "        assert main(line) == 0\n"
        f"    found[' '.join(line)] = [n for n in {HEAVY!r} if n in sys.modules]\n"
        "print(json.dumps(found))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_help_waits_for_nothing_heavy():
    lines = [["--help"], *([verb, "--help"] for verb in VERBS), ["sweep", "vae", "--help"]]
    lines += [["train", "vae", "--help"], ["train", "vq-vae", "--help"]]
    assert set(map(tuple, heavy_after(*lines).values())) == {()}


@pytest.mark.skipif(sys.platform == "win32", reason="has no such signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_after_the_command_is_over_shows_no_traceback(number):
    code = (
        "import atexit, os, sys\n"
        "from latentscape.cli.main import run\n"
        "sys.argv = ['latentscape', '--version']\n"
        f"atexit.register(os.kill, os.getpid(), {int(number)})\n"
        "run()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == -number
    assert done.stderr == ""


def test_help_lists_every_verb(capsys):
    assert call("--help") == 0
    text = capsys.readouterr().out
    for verb in VERBS:
        assert verb in text


@pytest.mark.parametrize("verb", list(VERBS))
def test_every_verb_has_help(verb, capsys):
    assert call(verb, "--help") == 0
    assert "latentscape" in capsys.readouterr().out


def test_a_recipe_s_help_has_the_flags_of_its_signature(capsys):
    assert call("train", "vae", "--help") == 0
    text = capsys.readouterr().out
    for flag in ("--latent", "--beta", "--network", "--hidden", "--epochs", "--lr", "--data"):
        assert flag in text


def test_training_takes_flags_of_recipe_network_and_plan(tmp_path):
    out = tmp_path / "run"
    flags = ["--latent", "3", "--network", "conv", "--hidden", "4", "8", "--beta", "2.5"]
    assert call("train", "vae", "--out", out, *SMALL, "--seed", "7", *flags) == 0
    record = json.loads((out / "run.json").read_text())
    arguments = record["blueprint"]["arguments"]
    assert (arguments["latent"], arguments["beta"]) == (3, 2.5)
    assert arguments["net"]["network"] == "conv"
    assert arguments["net"]["hidden"] == [4, 8]
    assert (record["plan"]["seed"], record["plan"]["epochs"]) == (7, 1)
    assert record["data"]["options"]["limit"] == 100
    assert load_run(out).codes_size == 3


def test_published_takes_the_published_training_but_for_what_is_given(tmp_path, capsys):
    out = tmp_path / "run"
    given = ("--data", "digits", "--limit", "60", "--epochs", "1")
    assert call("train", "cae7", "--published", *given, "--out", out) == 0
    said = [line for line in capsys.readouterr().out.splitlines() if "as published" in line]
    assert said == [
        "note: not as published: 67 images of 'digits' where the source has 60,000 of 'mnist'",
        "note: not as published: --epochs 1 where the source has 50",
    ]
    plan = json.loads((out / "run.json").read_text())["plan"]
    assert (plan["lr"], plan["batch"], plan["epochs"]) == (1e-5, 1024, 1)
    assert "repeats no published training" in refused(
        capsys, "train", "ae", "--published", "--limit", "60", "--out", tmp_path / "other"
    )


def test_published_alone_asks_for_the_images_that_the_source_had(tmp_path, monkeypatch):
    asked = []

    def without_network(source, **_):
        asked.append(source)
        return load_images("digits", limit=60)

    monkeypatch.setattr("latentscape.data.load_images", without_network)
    for given in (("--published",), ("--published", "--data", "digits"), ()):
        call("train", "vae-elu", *given, "--epochs", "1", "--out", tmp_path / str(len(asked)))
    assert asked == ["mnist", "digits", "digits"]


def test_resume_continues_and_does_not_repeat(run, capsys):
    assert call("train", "--resume", run) == 0
    assert "epoch 1/1" not in capsys.readouterr().out


def test_a_recipe_from_outside_gets_flags_and_must_be_trusted(tmp_path, monkeypatch, capsys):
    (tmp_path / "outside.py").write_text(
        "from latentscape.parts.bottlenecks import Point\n"
        "from latentscape.parts.objectives import Reconstruction\n"
        "from latentscape.recipes.compose import compose\n"
        "def mine(shape, width: int = 3):\n"
        "    return compose(shape, Point(width), objective=Reconstruction())\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    out = tmp_path / "run"
    assert call("train", "outside:mine", "--width", "5", "--out", out, *SMALL) == 0
    again = tmp_path / "again"
    assert call("train", "outside:mine", "--width", "2", "--out", again, *SMALL) == 0
    assert "--trust" in refused(capsys, "plot", out, "samples")
    assert call("plot", out, "samples", "--trust", "--out", tmp_path / "s.png") == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["tran"], "did you mean train?"),
        (["train", "vea"], "did you mean vae?"),
        (["train"], "say which recipe"),
        (["train", "vae", "--latent", "0"], "a code of 0 dimensions"),
        (["train", "vae", "--latent", "two"], "latentscape train vae --help"),
        (["train", "vae", "--latent", "99999999999999"], "not enough memory"),
        (["train", "vae", "--size", "1000000"], "GB of memory; give a smaller size"),
        (["train", "vae", "--beta", "-1"], "--beta of 0 or more"),
        (["train", "vae", "--lr", "-1"], "--lr is -1.0"),
        (["train", "vae", "--lr", "nan"], "--lr is nan"),
        (["train", "vae", "--epochs", "0"], "--epochs is 0"),
        (["train", "vae", "--colour", "red"], "--colour"),
        (["train", "vae", "--network", "dens"], "--network"),
        (["train", "vae", "--data", "mnits"], "did you mean mnist?"),
        (["train", "vae", "--data", "/nowhere/at/all"], "/nowhere/at/all"),
        (["train", "os:getcwd2"], "cannot be imported"),
        (["train", "./mine.py:model"], "there is no file"),
        (["train", "--resume", "/nowhere"], "not a run"),
        (
            ["train", "vae", "--resume", "a b"],
            "continue it with `latentscape train --resume 'a b'`",
        ),
        (["plot", "/nowhere", "manifold"], "not a run"),
        (["plot"], "say what to draw"),
        (["reconstruct", "/nowhere", "--data", "digits", "--out", "x"], "not a run"),
    ],
)
def test_mistakes_are_answered_in_one_sentence(arguments, words, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    if arguments == ["plot"]:
        assert call("plot") == 0
        assert "latentscape plot DIR" in capsys.readouterr().out
    else:
        assert words in refused(capsys, *arguments)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_taken_is_left_alone(run, capsys):
    before = (run / "run.json").read_bytes()
    assert "is taken" in refused(capsys, "train", "ae", "--out", run, *SMALL)
    assert (run / "run.json").read_bytes() == before


def test_plot_draws_a_file(run, tmp_path, capsys):
    assert call("plot", run, "manifold", "--steps", "4", "--out", tmp_path / "m.png") == 0
    with Image.open(tmp_path / "m.png") as picture:
        assert picture.size[0] > 100
    assert call("plot", "--list") == 0
    assert "manifold" in capsys.readouterr().out
    assert "did you mean manifold?" in refused(capsys, "plot", run, "manifodl")


def test_reconstruct_writes_a_picture_for_each_picture(run, tmp_path):
    folder = tmp_path / "mine" / "deep"
    folder.mkdir(parents=True)
    rng = np.random.default_rng(0)
    for name in ("a", "b"):
        Image.fromarray(rng.integers(0, 255, (40, 30, 3), dtype=np.uint8)).save(
            folder / f"{name}.jpg"
        )
    out = tmp_path / "out"
    assert call("reconstruct", run, "--data", tmp_path / "mine", "--out", out) == 0
    pictures = sorted(p.relative_to(out).as_posix() for p in out.rglob("*.png"))
    assert pictures == ["deep/a.png", "deep/b.png"]
    with Image.open(out / "deep/a.png") as picture:
        assert np.asarray(picture).shape == (28, 28)


def test_reconstruct_lists_what_it_cannot_read(run, tmp_path, capsys):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/bad.png").write_bytes(b"not a picture")
    message = refused(
        capsys, "reconstruct", run, "--data", tmp_path / "mine", "--out", tmp_path / "out"
    )
    assert "bad.png" in message
    assert not (tmp_path / "out").exists()


def test_recipes_and_data_are_listed_for_people_and_programs(capsys):
    assert call("recipes", "--json") == 0
    listed = json.loads(capsys.readouterr().out)
    assert {"ae", "vae", "denoising"} <= {entry["name"] for entry in listed}
    assert "1312.6114" in next(e for e in listed if e["name"] == "vae")["papers"]
    assert call("recipes") == 0
    assert "autoencoder" in capsys.readouterr().out
    assert call("data", "--json") == 0
    assert "digits" in {entry["name"] for entry in json.loads(capsys.readouterr().out)}


def test_the_demo_trains_draws_and_explains(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("latentscape.models.plan.LEAST_STEPS", 40)
    assert call("demo", "--out", tmp_path / "demo", "--limit", "150") == 0
    text = capsys.readouterr().out
    assert "neighbours that agree" in text
    assert "what differs" in text
    drawn = {p.name for p in (tmp_path / "demo/pictures").iterdir()}
    assert {"side-by-side.png", "ae-manifold.png", "vae-scatter.png"} <= drawn
    assert call("demo", "--out", tmp_path / "demo", "--limit", "150") == 0
    assert "epoch" not in capsys.readouterr().out.replace("epochs", "")
