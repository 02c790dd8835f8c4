"""What is said of licences and versions is so."""

import json
import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
TYPES = {"@types/node", "undici-types"}  # only the compiler reads them


def test_the_page_s_packages_are_listed_under_their_own_licences() -> None:
    """Compared with what npm recorded of each package that is not for development alone."""
    lock = json.loads((ROOT / "web/package-lock.json").read_text())
    carried = {
        place.rpartition("node_modules/")[2]: about["license"]
        for place, about in lock["packages"].items()
        if place and not about.get("dev")
    }
    rows = re.findall(r"^\| (?!package|---)(.+) \| (.+) \|$", _read("web/LICENSES.md"), re.M)
    listed = {name: license for names, license in rows for name in names.split(", ")}
    assert listed == {n: license for n, license in carried.items() if n not in TYPES}


def test_the_citation_is_of_this_version() -> None:
    project = tomllib.loads(_read("pyproject.toml"))["project"]
    cited = dict(re.findall(r"^(version|license): (.+)$", _read("CITATION.cff"), re.M))
    assert cited == {"version": project["version"], "license": project["license"]}
    assert f"{project['license']} License" in _read("LICENSE")


def test_the_house_is_drawn_as_it_is_held() -> None:
    """The floors of CONTRIBUTING.md are those of import-linter's contract."""
    contracts = tomllib.loads(_read("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    [floors] = [c["layers"] for c in contracts if c.get("containers") == ["latentscape"]]
    [drawing] = re.findall(r"```\n(cli .*?)```", _read("CONTRIBUTING.md"), re.S)
    drawn = [re.split(r"\s{4,}", line)[0].split() for line in drawing.splitlines()]
    assert drawn == [[room.strip() for room in floor.split("|")] for floor in floors]


def _read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")
