"""`latentscape runs`: what is there, and in what state."""

import json
import shutil

import pytest

from latentscape.cli.main import main
from latentscape.runs.listing import find_runs, inspect_run


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "good"
    flags = ["--limit", "100", "--epochs", "2", "--hidden", "8"]
    assert main(["train", "vae", "--out", str(out), *flags]) == 0
    return out


@pytest.fixture
def folder(good, tmp_path):
    """Runs in every state, some of them deeper."""
    for name in ("deep/whole", "begun", "half", "run-10", "run-9", "truncated", "altered", "lost"):
        shutil.copytree(good, tmp_path / name)
    shutil.rmtree(tmp_path / "begun/checkpoint-0002")
    state = tmp_path / "half/checkpoint-0002/state.json"
    content = json.loads(state.read_text()) | {"finished": False, "epoch": 1}
    state.write_text(json.dumps(content))
    weights = tmp_path / "truncated/checkpoint-0002/best.safetensors"
    weights.unlink()  # it shares its bytes with last.safetensors
    last = (tmp_path / "truncated/checkpoint-0002/last.safetensors").read_bytes()
    weights.write_bytes(last[: len(last) // 2])
    weights = tmp_path / "altered/checkpoint-0002/optimizer.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x7f")
    (tmp_path / "lost/run.json").unlink()
    return tmp_path


def test_each_state_is_told(folder, capsys):
    assert main(["runs", str(folder), "--json"]) == 0
    found = {entry["path"].removeprefix(str(folder) + "/"): entry for entry in json.loads(
        capsys.readouterr().out
    )}  # fmt: skip
    states = {name: entry["status"] for name, entry in found.items()}
    assert states == {
        "altered": "complete",
        "begun": "resumable",
        "deep/whole": "complete",
        "half": "resumable",
        "lost": "damaged",
        "run-9": "complete",
        "run-10": "complete",
        "truncated": "damaged",
    }
    assert list(states)[-3:] == ["run-9", "run-10", "truncated"]
    assert (found["half"]["epoch"], found["half"]["epochs"]) == (1, 2)
    assert "best.safetensors" in found["truncated"]["problem"]


def test_check_reads_every_weight(folder, capsys):
    assert inspect_run(folder / "altered").status == "complete"
    checked = inspect_run(folder / "altered", check=True)
    assert checked.status == "damaged"
    assert "optimizer.safetensors" in checked.problem
    assert main(["runs", str(folder), "--check"]) == 0
    text = capsys.readouterr().out
    assert "resumable, epoch 1 of 2" in text
    assert "run.json" in text
    assert "--resume" in text


def test_a_run_and_an_empty_folder(good, tmp_path, capsys):
    assert find_runs(good) == [good]
    assert main(["runs", str(good)]) == 0
    assert "complete" in capsys.readouterr().out
    (tmp_path / "empty").mkdir()
    assert main(["runs", str(tmp_path / "empty")]) == 0
    assert "no runs" in capsys.readouterr().out
    assert main(["runs", str(tmp_path / "nowhere")]) == 2
    assert "no folder" in capsys.readouterr().err


def test_a_number_that_another_training_took_meanwhile_is_passed_over(tmp_path, monkeypatch):
    import latentscape.training as training

    known = training.train

    def late(*arguments, out, **options):
        if not (tmp_path / "runs/ae-2").exists():  # both others are quicker
            for name in ("ae", "ae-2"):
                (tmp_path / "runs" / name).mkdir(parents=True)
                (tmp_path / "runs" / name / "run.json").write_text("{}")
        return known(*arguments, out=out, **options)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(training, "train", late)
    assert main(["train", "ae", "--limit", "60", "--epochs", "1", "--hidden", "8"]) == 0
    assert inspect_run(tmp_path / "runs/ae-3").status == "complete"
    assert (tmp_path / "runs/ae/run.json").read_text() == "{}"
    assert main(["train", "ae", "--limit", "60", "--epochs", "1", "--out", "runs/ae-2"]) == 2


def test_of_many_that_make_one_folder_one_is_first(tmp_path, good):
    from concurrent.futures import ThreadPoolExecutor
    from threading import Barrier

    from latentscape.runs.folder import RunFolder, TakenError

    record, barrier = RunFolder(good).record, Barrier(6)

    def create(_):
        barrier.wait()
        try:
            return RunFolder.create(tmp_path / "run", record)
        except TakenError:
            return None

    with ThreadPoolExecutor(6) as pool:
        made = [folder for folder in pool.map(create, range(6)) if folder]
    assert len(made) == 1
    assert made[0].record == record
    assert [path.name for path in tmp_path.iterdir()] == ["run"]
