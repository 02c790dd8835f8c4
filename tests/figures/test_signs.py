"""Names in any script are drawn where a font has them, and told where none has."""

from matplotlib import font_manager
from matplotlib.figure import Figure

from latentscape.figures.save import save
from latentscape.figures.style import FALLBACKS, families


def test_signs_that_no_font_has_are_told_in_one_sentence(tmp_path, capsys):
    figure = Figure()
    figure.text(0.5, 0.5, "cat \U000f1234 \U000f1235 \U000f1234")  # of nobody: private
    save(figure, tmp_path / "figure.png")
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "no font that is installed has" in said


def test_fonts_of_other_scripts_stand_in_where_they_are_installed(monkeypatch):
    families.cache_clear()
    monkeypatch.setattr(font_manager, "get_font_names", lambda: ["DejaVu Sans", FALLBACKS[1]])
    assert families() == ["DejaVu Sans", FALLBACKS[1]]
    families.cache_clear()
