"""What is opened: a run's bundle is made once, and kept as long as the run is the same."""

import shutil
import subprocess
import sys

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from latentscape import load_images, load_run, train
from latentscape.bundle import from_run as trained
from latentscape.bundle import read_bundle, write_bundle
from latentscape.bundle.options import BundleOptions
from latentscape.bundle.tables import read_arrow
from latentscape.cli.main import main
from latentscape.evaluation.judge import export
from latentscape.evaluation.judge.cache import save_judge
from latentscape.evaluation.judge.controls import Control, Controls
from latentscape.evaluation.judge.judge import Judge, calibrated
from latentscape.evaluation.judge.network import JudgeNetwork
from latentscape.evaluation.judge.place import judge_path
from latentscape.explorer import open as opened
from latentscape.explorer import showing
from latentscape.explorer.cached import FOLDER
from latentscape.explorer.open import make_bundle, opened_bundle, opened_pair
from latentscape.runs.run import Run
from latentscape.system.errors import LatentscapeError
from latentscape.system.removal import MARKER, TEXT


@pytest.fixture(autouse=True)
def own_judges(tmp_path, monkeypatch):
    """Judges that somebody has kept on this machine are not taken."""
    monkeypatch.setenv("LATENTSCAPE_DATA", str(tmp_path / "data"))


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "ae"
    train("ae", load_images("digits", limit=60), out=folder, epochs=1, latent=2, hidden=(8,))
    return folder


@pytest.fixture(scope="module")
def networks(original):
    """The run's networks, exported once: what is made again here is told by its codes."""
    run = load_run(original)
    return trained.export_networks(run)


@pytest.fixture
def run(original, networks, tmp_path, monkeypatch):
    """A copy of the run, and a count of how often its bundle was made."""
    made = []
    make = trained.bundle_run
    monkeypatch.setattr(trained, "export_networks", lambda run: networks)
    monkeypatch.setattr(
        trained, "bundle_run", lambda *args, **kwargs: made.append(1) or make(*args, **kwargs)
    )
    return shutil.copytree(original, tmp_path / "ae"), made


def codes(bundle):
    return np.array(read_arrow(bundle.folder / "points.arrow")["code"].to_pylist())


def kept(folder):
    return sorted((folder / FOLDER).iterdir())


def test_the_second_time_nothing_is_made(run):
    folder, made = run
    with opened_bundle(folder) as first:
        before = codes(first)
    with opened_bundle(str(folder)) as second:
        np.testing.assert_array_equal(codes(second), before)
    assert made == [1]
    assert kept(folder) == [second.folder]


def test_what_a_killed_process_left_beside_it_goes(run):
    folder, _ = run
    with opened_bundle(folder) as bundle:
        left = bundle.folder.parent / ".latentscape-0123abcd"
    left.mkdir()
    (left / MARKER).write_bytes(TEXT)
    with opened_bundle(folder):
        pass
    assert kept(folder) == [bundle.folder]


def test_what_is_kept_opens_without_torch(run):
    folder, _ = run
    with opened_bundle(folder):
        pass
    code = (
        "import sys\n"
        "from latentscape.explorer.open import opened_bundle\n"
        f"with opened_bundle({str(folder)!r}) as bundle: pass\n"
        "print([name for name in ('torch', 'sklearn', 'scipy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_other_weights_make_another_and_the_old_one_goes(run):
    folder, made = run
    with opened_bundle(folder) as bundle:
        before = codes(bundle)
    best = next(folder.glob("checkpoint-*/best.safetensors"))
    weights = {name: np.asarray(2 * array) for name, array in load_file(best).items()}
    best.unlink()  # another name of the last weights' file
    save_file(weights, best)
    with opened_bundle(folder) as bundle:
        assert not np.allclose(codes(bundle), before)
    assert made == [1, 1]
    assert kept(folder) == [bundle.folder]


def test_each_choice_of_images_has_its_own(run):
    folder, made = run
    other = load_images("digits", limit=30, seed=1)
    counts = []
    for images, limit in ((None, None), (None, 20), (other, None), (None, 20)):
        with opened_bundle(folder, images, options=BundleOptions(limit)) as bundle:
            counts.append(len(codes(bundle)))
    every = sum(len(part) for part in (other.train, other.validation, other.test))
    assert counts[1:] == [20, every, 20] and counts[0] > counts[2]
    assert len(made) == len(kept(folder)) == 3


def names(bundle):
    return {view["name"] for view in bundle.space["views"]}


def test_each_choice_of_views_has_its_own(run):
    folder, made = run
    for views in (("pca", "lda"), ("raw",), ("raw", "lda"), ("lda", "raw")):
        for source in (folder, load_run(folder)):
            with opened_bundle(source, options=BundleOptions(views=views)) as bundle:
                assert names(bundle) == set(views)
    assert len(kept(folder)) == 3 and len(made) == 3 + 4
    with opened_bundle(folder) as bundle:
        assert names(bundle) == {"pca", "lda"}
    assert len(made) == 7


def test_an_unknown_view_is_refused_before_anything_is_made(run, tmp_path, monkeypatch):
    folder, _ = run
    np.save(tmp_path / "codes.npy", np.eye(3))
    monkeypatch.setattr(Run, "posterior", lambda *_: pytest.fail("encoded"))
    for source in (folder, load_run(folder), tmp_path / "codes.npy"):
        refused = pytest.raises(LatentscapeError, match="no projection is called 'som'")
        with refused, opened_bundle(source, options=BundleOptions(views=("pca", "som"))):
            pytest.fail("opened")


def test_two_spaces_have_the_views_that_are_asked_for(run, tmp_path):
    folder, _ = run
    with opened_pair(folder, load_run(folder), options=BundleOptions(views=("raw",))) as pair:
        assert names(pair.first) == names(pair.second) == {"raw"}


def test_a_bundle_keeps_its_views(tmp_path):
    np.save(tmp_path / "codes.npy", np.random.default_rng(0).normal(size=(30, 4)))
    folder = make_bundle(
        tmp_path / "codes.npy", tmp_path / "b", options=BundleOptions(views=("raw", "pca"))
    )
    for views in (("raw",), ("pca", "lda")):  # the latter is what is asked for where none is
        with opened_bundle(folder, options=BundleOptions(views=views)) as bundle:
            assert names(bundle) == {"raw", "pca"}
    refused = pytest.raises(LatentscapeError, match="has no view 'tsne', 'umap'; leave out --views")
    with refused, opened_bundle(folder, options=BundleOptions(views=("pca", "tsne", "umap"))):
        pytest.fail("opened")


def test_the_command_line_asks_for_views(run, tmp_path, capsys, monkeypatch):
    folder, _ = run
    shown = []
    monkeypatch.setattr(showing, "serve", lambda bundle, **_: shown.append(names(bundle)))
    assert main(["explore", str(folder), "--views", "raw", "lda"]) == 0
    assert shown == [{"raw", "lda"}]
    asked = ["--views", "raw"]
    assert main(["export", str(folder), str(tmp_path / "b"), "--format", "bundle", *asked]) == 0
    assert names(read_bundle(tmp_path / "b")) == {"raw"}
    assert main(["export", str(folder), str(tmp_path / "s"), *asked]) == 0
    assert len(kept(folder)) == 2
    capsys.readouterr()
    assert main(["export", str(folder), str(tmp_path / "n"), "--format", "onnx", *asked]) == 2
    assert "--views is for the page" in capsys.readouterr().err
    assert not (tmp_path / "n").exists()


def test_the_command_line_asks_for_some_points(run, tmp_path, capsys):
    folder, _ = run
    for out in ("b", "c"):
        sizes = ["--format", "bundle"] + (["--limit", "20"] if out == "b" else [])
        assert main(["export", str(folder), str(tmp_path / out), *sizes]) == 0
    some, every = (read_bundle(tmp_path / out).space["points"] for out in ("b", "c"))
    assert (some["count"], some["of"]) == (20, every["count"])
    assert "of" not in every
    said = capsys.readouterr().err
    assert said.count("are shown, chosen at random") == 1
    for _ in range(2):  # a page that is kept says it each time
        with opened_bundle(folder, options=BundleOptions(20)):
            assert f"20 of {every['count']} points are shown" in capsys.readouterr().err
    asked = ["--format", "onnx", "--limit", "20"]
    assert main(["export", str(folder), str(tmp_path / "n"), *asked]) == 2
    assert "--limit is for the page" in capsys.readouterr().err
    assert main(["export", str(folder), str(tmp_path / "n"), "--limit", "0"]) == 2
    assert "--limit (limit=) is 0" in capsys.readouterr().err
    assert not (tmp_path / "n").exists()


def test_a_renamed_run_is_shown_by_its_new_name(run):
    folder, _ = run
    with opened_bundle(folder) as bundle:
        assert bundle.space["name"] == "ae on digits"
    with opened_bundle(folder.rename(folder.with_name("mine"))) as bundle:
        assert bundle.space["name"] == "mine on digits"


@pytest.mark.parametrize("file", ["points.arrow", "space.json"])
def test_a_damaged_one_is_made_again(run, file):
    folder, made = run
    with opened_bundle(folder) as bundle:
        before = codes(bundle)
    (bundle.folder / file).write_bytes(b"cut")
    with opened_bundle(folder) as bundle:
        np.testing.assert_array_equal(codes(bundle), before)
    assert made == [1, 1]


def test_where_nothing_can_be_kept_it_lasts_as_long_as_it_is_open(run, monkeypatch):
    folder, made = run
    monkeypatch.setattr(opened.os, "access", lambda path, mode: False)
    for source in (folder, load_run(folder)):
        with opened_bundle(source) as bundle:
            place = bundle.folder
            assert len(codes(bundle)) > 60
        assert not place.exists()
    assert made == [1, 1]
    assert not (folder / FOLDER).exists()


def test_what_is_no_run_is_refused(tmp_path):
    for source in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(LatentscapeError, match="not a run"), opened_bundle(source):
            pass


@pytest.fixture
def judged(judge_of_digits, monkeypatch):
    """Stands for the training of a judge of digits, and counts how often that is asked for."""
    trained = []

    def train_judge(splits):
        trained.append(splits.fingerprint)
        save_judge(judge_of_digits, judge_path(splits.fingerprint))
        return judge_of_digits

    monkeypatch.setattr(export, "train_judge", train_judge)
    return trained


@pytest.fixture(scope="module")
def judge_of_digits():
    """An untrained one, whose controls are made to hold."""
    splits = load_images("digits", limit=60)
    network = JudgeNetwork(splits.shape, 10, 1, light=True).eval()
    bank, real = splits.train, splits.validation.pixels
    scale = calibrated(network, bank.pixels, bank.labels, real)
    hold = Controls((Control("real", 1.0, least=0.5),))
    return Judge(network, scale, splits.shape, splits.classes, 0.1, hold, 0.0)


def test_a_judge_is_trained_where_it_is_asked_for_and_taken_where_it_is_kept(run, judged):
    folder, made = run
    with opened_bundle(folder) as bundle:
        assert "judge" not in bundle.space and not judged
    with opened_bundle(folder, options=BundleOptions(judge=True)) as bundle:
        assert "judge.onnx" in bundle.files and len(judged) == 1
    with opened_bundle(folder) as again:
        assert again.folder == bundle.folder
    with opened_bundle(folder, options=BundleOptions(judge=True)):
        pass
    assert made == [1, 1] and len(judged) == 1


def test_a_judge_that_is_kept_later_is_in_the_next_bundle(run, judged):
    folder, made = run
    with opened_bundle(folder) as bundle:
        assert "judge" not in bundle.space
    export.train_judge(load_run(folder).own_images())  # as `measure` and `report` do
    with opened_bundle(folder) as bundle:
        overlays = [overlay["name"] for overlay in bundle.space["overlays"]]
        assert "judge" in bundle.space and overlays == ["magnification", "reads"]
    assert made == [1, 1]


def test_where_no_judge_can_be_the_reason_is_said_and_nothing_is_written(run, tmp_path):
    folder, made = run
    refused = pytest.raises(LatentscapeError, match="a judge cannot be trained on 'digits'")
    with refused, opened_bundle(folder, options=BundleOptions(judge=True)):
        pytest.fail("opened")
    assert made == []
    np.save(tmp_path / "codes.npy", np.eye(3))
    for source, why in ((tmp_path / "codes.npy", "a table of codes"), (tmp_path / "b", "a bundle")):
        if why == "a bundle":
            write_bundle(source, np.eye(3))
        with (
            pytest.raises(LatentscapeError, match="leave"),
            opened_bundle(source, options=BundleOptions(judge=True)),
        ):
            pytest.fail(why)


def test_the_command_line_asks_for_a_judge(run, judged, tmp_path, capsys):
    folder, _ = run
    assert main(["export", str(folder), str(tmp_path / "b"), "--format", "bundle", "--judge"]) == 0
    assert (tmp_path / "b" / "judge.onnx").is_file() and len(judged) == 1
    out = str(tmp_path / "networks")
    assert main(["export", str(folder), out, "--format", "onnx", "--judge"]) == 2
    assert "--judge is for the page" in capsys.readouterr().err
    assert not (tmp_path / "networks").exists()
