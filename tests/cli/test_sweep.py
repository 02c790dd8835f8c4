"""`latentscape sweep` as people meet it."""

import csv
import json

import numpy as np
from PIL import Image

from latentscape.cli.main import main

SMALL = ["--limit", "100", "--epochs", "1", "--hidden", "8"]


def refused(capsys, *arguments: object) -> str:
    assert main([str(a) for a in arguments]) == 2
    message = capsys.readouterr().err
    assert message.startswith("latentscape: ")
    assert message.count("\n") == 1, message
    return message


def test_values_parted_by_commas_make_a_grid(tmp_path, capsys):
    out = tmp_path / "x"
    assert main(["sweep", "ae,vae", "--latent", "2,3", *SMALL, "--out", str(out)]) == 0
    text = capsys.readouterr().out
    assert "[4/4] vae,latent=3,seed=0" in text
    assert f"latentscape compare {out}" in text
    with (out / "table.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [(r["recipe"], r["latent"]) for r in rows] == [
        ("ae", "2"), ("ae", "3"), ("vae", "2"), ("vae", "3")
    ]  # fmt: skip
    assert main(["sweep", str(out)]) == 0
    assert "4 of 4 runs are complete already" in capsys.readouterr().out


def test_a_file_makes_one_too(tmp_path, capsys):
    (tmp_path / "mine.toml").write_text(
        'recipe = "ae"\nlimit = 100\nepochs = 1\nhidden = [8]\nseeds = [4]\n'
    )
    out = tmp_path / "out"
    assert main(["sweep", str(tmp_path / "mine.toml"), "--out", str(out)]) == 0
    assert (out / "seed=4/run.json").exists()


def test_pictures_are_read_as_train_reads_them(tmp_path, capsys):
    pictures, about, out = tmp_path / "p", tmp_path / "about.csv", tmp_path / "out"
    pictures.mkdir()
    rng = np.random.default_rng(0)
    for i in range(10):
        Image.fromarray(rng.integers(0, 4096, (12, 16)).astype(np.uint16)).save(
            pictures / f"{i}.png"
        )
    rows = [f"{i}.png,{'cat' if i % 2 else 'dog'}" for i in range(10)]
    about.write_text("\n".join(["file,kind", *rows]))
    how = ["--labels", f"{about}:kind", "--size", "8x6", "--fit", "pad", "--image-scale", "0,4095"]
    small = ["--latent", "2", "--epochs", "1", "--hidden", "8", "--out", str(out)]
    assert main(["sweep", "info-vae", "--data", str(pictures), *how, *small]) == 0
    said = capsys.readouterr().out
    assert "10 images of 8×6 in grey" in said
    assert "the classes are its column 'kind'" in said
    record = json.loads((out / "seed=0/run.json").read_text())
    assert record["data"]["classes"] == ["cat", "dog"]
    assert record["data"]["preparation"]["scale"] == "0,4095"
    assert main(["sweep", str(out)]) == 0
    assert "1 of 1 run is complete already" in capsys.readouterr().out


def test_help_names_the_recipe_s_options(capsys):
    assert main(["sweep", "vae", "--help"]) == 0
    text = capsys.readouterr().out
    for flag in ("--latent", "--beta", "--hidden", "--lr", "--seeds", "--limit", "--labels"):
        assert flag in text


def test_mistakes_are_one_sentence(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert "did you mean vae" in refused(capsys, "sweep", "vea")
    assert "--latnt" in refused(capsys, "sweep", "vae", "--latnt", "2")
    assert "'two'" in refused(capsys, "sweep", "vae", "--latent", "2,two")
    assert "say what to train" in refused(capsys, "sweep", "--latent", "2")
    assert "nowhere.toml" in refused(capsys, "sweep", "nowhere.toml")
    assert list(tmp_path.iterdir()) == []


def test_measures_asked_for_are_shown_and_losses_that_do_not_compare_are_told(tmp_path, capsys):
    vary = ["--beta", "1,4", "--measures", "nll,active_units", "--out", str(tmp_path / "x")]
    assert main(["sweep", "vae", "--latent", "2", *SMALL, *vary]) == 0
    said = capsys.readouterr().out
    head = next(line for line in said.splitlines() if "beta" in line and "loss" in line)
    assert head.split() == ["beta", "loss", "seconds", "nll", "active_units"]
    assert "note: loss is what each run was trained on" in said
    with (tmp_path / "x/table.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [float(row["weight/rate"]) for row in rows] == [1, 4]
    for row in rows:  # a bound from draws of one epoch's posterior is near the plain one
        bound = float(row["validation/distortion"]) + float(row["validation/rate"])
        assert 0.8 * bound < float(row["nll"]) < 1.1 * bound


def test_figures_that_cannot_be_had_say_why(tmp_path, capsys):
    flags = [*SMALL, "--seeds", "2", "--measures", "nll", "--out", str(tmp_path / "x")]
    assert main(["sweep", "ae", "--latent", "2", *flags]) == 0
    said = capsys.readouterr()
    assert "nll of seed=0 cannot be had: the model is not probabilistic" in said.err
    assert "note: loss" not in said.out


def test_a_search_says_what_mattered_and_how_to_be_sure_of_the_best(tmp_path, capsys):
    out = tmp_path / "x"
    how = ["--trials", "11", "--by", "mse", "--lr", "1e-5..1e-1:log", "--latent", "2,3"]
    assert main(["sweep", "ae", *SMALL, "--network", "dense", *how, "--out", str(out)]) == 0
    said = capsys.readouterr().out
    with (out / "table.csv").open() as file:
        rows = list(csv.DictReader(file))
    (best,) = [row for row in rows if row["best"] == "True"]
    assert float(best["validation mse"]) == min(float(row["validation mse"]) for row in rows)
    lines = said.splitlines()
    first = lines[lines.index(next(line for line in lines if line.startswith("trial "))) + 1]
    assert first.split()[:3] == [best["run"].split(",")[0][6:], best["latent"], best["lr"]]
    assert "11 trials: 11 complete" in said
    assert {line.split()[0] for line in lines if " to " in line and "%" in line} >= {"lr", "latent"}
    (again,) = [line for line in lines if line.startswith("  latentscape sweep")]
    words = again.split()[1:]
    assert words[words.index("--lr") + 1] == best["lr"]
    assert main([word.replace("1,2,3,4,5", "1") for word in words]) == 0
    assert (tmp_path / "x-best/seed=0/run.json").exists()
    assert main(["sweep", str(out)]) == 0
    assert "11 of 11 runs are complete already" in capsys.readouterr().out


def test_a_search_by_several_shows_the_front(tmp_path, capsys):
    how = ["--trials", "4", "--by", "mse,active_units", "--lr", "1e-5..1e-1:log"]
    assert "neither more nor less" in refused(capsys, "sweep", "ae", *SMALL, *how)
    how = ["--trials", "4", "--by", "mse,negative_elbo", "--lr", "1e-5..1e-1:log"]
    assert main(["sweep", "vae", *SMALL, *how, "--out", str(tmp_path / "x")]) == 0
    said = capsys.readouterr().out
    assert "the front: none is better" in said
    assert "10 trials or more would say which option mattered" in said
