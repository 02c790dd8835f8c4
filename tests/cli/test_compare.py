"""`latentscape compare` as people meet it."""

import csv

import pytest

from latentscape.cli.main import main
from latentscape.reports import embed


def test_a_sweep_stands_for_its_runs(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(embed, "DPI", 24)
    flags = ["--limit", "100", "--epochs", "1", "--hidden", "8"]
    assert main(["sweep", "vae", "--latent", "1,2", *flags, "--out", str(tmp_path / "s")]) == 0
    capsys.readouterr()
    out, table = tmp_path / "c.html", tmp_path / "c.csv"
    arguments = ["compare", str(tmp_path / "s"), "--no-judge", "--out", str(out)]
    more = ["--csv", str(table), "--nll", "3", "--baseline", str(tmp_path / "s/latent=2,seed=0")]
    assert main([*arguments, *more]) == 0
    assert capsys.readouterr().out == f"{out}\n"
    assert "2 configurations compared" in out.read_text(encoding="utf-8")
    with table.open() as file:
        rows = {(r["measure"], r["configuration"]): r for r in csv.DictReader(file)}
    assert rows["nll", "vae, latent 2"]["difference"] == ""
    one, two = (float(rows["nll", f"vae, latent {d}"]["mean"]) for d in (1, 2))
    assert float(rows["nll", "vae, latent 1"]["difference"]) == pytest.approx(one - two)
    assert main(["compare", str(tmp_path / "nowhere"), str(tmp_path / "s")]) == 2
    assert "no folder" in capsys.readouterr().err
    assert main(["compare"]) == 2
    assert "two or more" in capsys.readouterr().err
