"""`latentscape report` as people meet it."""

from latentscape.cli.main import main
from latentscape.reports import embed, run_report


def test_a_report_lies_beside_its_run(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(embed, "DPI", 24)
    monkeypatch.setattr(run_report, "pictures_of", lambda *_: ([], []))
    run = tmp_path / "ae"
    flags = ["--limit", "100", "--epochs", "1", "--hidden", "8"]
    assert main(["train", "ae", "--out", str(run), *flags]) == 0
    assert main(["report", str(run), "--no-judge"]) == 0
    assert capsys.readouterr().out.endswith(f"{run / 'report.html'}\n")
    assert (run / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    (tmp_path / "file").write_text("")
    out = tmp_path / "file" / "r.html"
    assert main(["report", str(run), "--no-judge", "--out", str(out)]) == 2
    assert "choose another" in capsys.readouterr().err
    assert main(["report", str(tmp_path / "nowhere")]) == 2
    assert "not a run" in capsys.readouterr().err
