"""The report of a run: whole, by itself, escaped, and honest about what it cannot say."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
import torch

from latentscape.data import Splits
from latentscape.evaluation.eval_sets import eval_sets
from latentscape.evaluation.groups import ModelMeasures
from latentscape.evaluation.judge.controls import Control, Controls
from latentscape.evaluation.results import Measures
from latentscape.latent.catalogue import CATALOGUE
from latentscape.latent.samplers.gaussian import GaussianSampler
from latentscape.reports import run_report as module
from latentscape.reports import write_report
from latentscape.reports.draws import judged_tiles
from latentscape.reports.examination import Examined
from latentscape.runs.load import load_run
from latentscape.runs.run import Run

VOID = {"meta", "img", "source", "br", "link"}


class Balanced(HTMLParser):
    """Checks that every element is closed, and gathers text, addresses and elements."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text, self.addresses, self.elements, self.handlers = "", [], [], []
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.elements.append(tag)
        self.addresses += [v for k, v in attrs if k in ("src", "srcset", "href")]
        self.handlers += [k for k, _ in attrs if k.startswith("on")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


@pytest.fixture
def without_pictures(monkeypatch):
    """Leave out the pictures that say nothing of what is tested, but those that are named."""
    draw = module.pictures_of
    monkeypatch.setattr(module, "pictures_of", lambda e, *named: draw(e, *named or [()]))
    monkeypatch.setattr(module, "kind_picture", lambda examined, name: None)


@pytest.fixture(scope="module")
def page(folder, splits, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "deep" / "r.html"
    assert write_report(load_run(folder / "vae-2-0"), path, splits, judge=False) == path
    return Balanced(path.read_text(encoding="utf-8"))


def test_a_run_that_was_kept_says_that_its_code_has_collapsed(
    folder, splits, tmp_path, without_pictures
):
    run = load_run(folder / "vae-2-0")
    with torch.no_grad():
        for weights in run.model.encoder.parameters():
            weights.zero_()
    write_report(run, tmp_path / "r.html", splits, judge=False)
    text = Balanced((tmp_path / "r.html").read_text(encoding="utf-8")).text
    assert "the code has collapsed: none of its 2 numbers differs" in text
    assert "gaps: the codes lie on a line or in a point" in text


def test_everything_is_in_the_file(page):
    outside = [a for a in page.addresses if not a.startswith(("data:image/webp;base64,", "#"))]
    assert outside == []
    assert not {"script", "link", "iframe"} & set(page.elements)


def test_every_measure_and_section_is_there(page):
    for heading in ("The model", "Training", "Pictures", "Gaps", "Measures"):
        assert heading in page.text
    groups = {entry.group for entry in CATALOGUE.values()} - {"disentanglement", "columns"}
    for entry in CATALOGUE.values():
        if entry.group in groups:
            assert entry.title in page.text
            assert entry.formula in page.text


def test_what_lies_between_images_stands_beside_what_samplers_draw(page):
    between = page.text.split("Half way between the codes of two images", 1)[1]
    assert re.match(r".{0,120}?in gaps\s*\d+", between, re.S), "a share, even without a judge"


def test_all_four_claims_are_answered(page):
    for words in ("neither centred nor bounded", "far more room", "gaps", "Nearby points"):
        assert words in page.text
    assert "no judge was asked for" in page.text
    assert "cannot be told" in page.text


def test_each_picture_is_there_for_light_and_for_dark(page):
    assert page.elements.count("source") == page.elements.count("picture") >= 8


def test_markup_in_names_shows_as_text(folder, splits, without_pictures, tmp_path):
    evil = (
        '</script><script>alert("1")</script>&amp;"><img src=x onerror=alert(2)>'
        "' onmouseover='alert(3)\u2028<!--</style></title>javascript:alert(4)//{{ 7 * 7 }}"
    )

    def renamed(part):
        classes = tuple(f"{evil}{c}" for c in part.classes)
        return replace(part, classes=classes, name=evil, ids=[f"{evil}{i}" for i in part.ids])

    parts = {n: renamed(getattr(splits, n)) for n in ("train", "validation", "test")}
    run = load_run(folder / "ae-3-0")
    run.name = evil
    run.notices = (evil,)
    data = replace(run.record.data, source=evil, classes=(evil,), counts={evil: 1})
    versions = dict.fromkeys(run.record.versions, evil)
    run.record = replace(run.record, data=data, created=evil, versions=versions)
    run.model.blueprint = replace(run.model.blueprint, arguments={evil: evil})
    out = write_report(run, tmp_path / "r.html", Splits(name=evil, **parts), judge=False)
    text = out.read_text(encoding="utf-8")
    page = Balanced(text)
    assert "<script" not in text
    assert "<img" not in text.replace('<img src="data:image/webp;base64,', "")
    assert page.handlers == []
    assert page.text.count(evil) >= 6


def test_a_report_of_the_same_run_is_the_same_bytes(folder, splits, without_pictures, tmp_path):
    pages = [
        write_report(load_run(folder / "vae-3-0"), tmp_path / name, splits, judge=False)
        for name in ("one.html", "two.html")
    ]
    assert pages[0].read_bytes() == pages[1].read_bytes()


def test_a_judge_whose_controls_fail_is_not_believed(
    folder, splits, poor_judge, without_pictures, tmp_path, monkeypatch
):
    monkeypatch.setattr(module, "find_judge", lambda splits: (poor_judge, ""))
    out = write_report(load_run(folder / "vae-2-1"), tmp_path / "r.html", splits)
    text = Balanced(out.read_text(encoding="utf-8")).text
    assert "may not be believed" in text
    assert "takes it for" not in text
    assert not re.search(r"(legible|like a real one|variety of classes)\s*\d", text)
    assert "the judge's controls do not hold" in text
    assert "✕" not in re.sub(r"✕ marks", "", text)


def test_what_a_judge_accepts_of_each_deciding_kind_is_said(
    folder, splits, poor_judge, without_pictures, tmp_path, monkeypatch
):
    tried = (
        Control("softened", 0.974, least=0.9),
        Control("smooth noise", 0.012, most=0.05),
        Control("inverted", 0.5),
    )
    good = replace(poor_judge, accuracy=0.9876, controls=Controls(tried))
    monkeypatch.setattr(module, "find_judge", lambda splits: (good, ""))
    out = write_report(load_run(folder / "vae-2-1"), tmp_path / "r.html", splits)
    text = Balanced(out.read_text(encoding="utf-8")).text
    assert "names 98.8 % of test images" in text
    assert "it accepts, by kind, softened 97 %, smooth noise 1 %." in text


def test_without_labels_it_says_so(folder, splits, without_pictures, tmp_path):
    bare = {
        n: replace(getattr(splits, n), labels=None, classes=())
        for n in ("train", "validation", "test")
    }
    out = write_report(load_run(folder / "ae-2-0"), tmp_path / "r.html", Splits("bare", **bare))
    text = Balanced(out.read_text(encoding="utf-8")).text
    assert "there are no labels" in text
    assert "class-gaussian" not in text


def test_training_images_are_encoded_and_samplers_fitted_once(
    folder, splits, tmp_path, monkeypatch
):
    encoded, fitted = [], []
    posterior, fit = Run.posterior, GaussianSampler.fit

    def watched_posterior(self, images, *rest):
        encoded.append(len(images))
        return posterior(self, images, *rest)

    def watched_fit(self, codes, *rest):
        fitted.append(len(codes))
        return fit(self, codes, *rest)

    monkeypatch.setattr(Run, "posterior", watched_posterior)
    monkeypatch.setattr(GaussianSampler, "fit", watched_fit)
    write_report(load_run(folder / "vae-2-0"), tmp_path / "r.html", splits, judge=False)
    assert len(splits.train) not in (len(splits.validation), len(splits.test))
    assert encoded.count(len(splits.train)) == 1
    assert fitted.count(len(splits.train)) == 1


def test_images_carry_the_words_of_a_judge_that_may_be_believed_only(folder, splits, poor_judge):
    run = load_run(folder / "vae-2-1")
    good = replace(poor_judge, controls=Controls((Control("real", 1.0, least=0.93),)))
    for judge, known in ((poor_judge, False), (good, True)):
        made = ModelMeasures(run, eval_sets(run, splits, 0), judge, "", 0, 0, None)
        examined = Examined(run, splits, judge, "", Measures("", "", {}, 0, {}), made)
        tiles = judged_tiles(examined, examined.codes[:3])
        assert [bool(tile.label) for tile in tiles] == [known] * 3
        assert [tile.accepted is not None for tile in tiles] == [known] * 3
        assert (examined.believed is judge) == known
