import base64
import gzip
import re

import pytest

from latentscape.explorer import write_html, write_site
from latentscape.system.errors import LatentscapeError
from tests.bundle.samples import Sample


def files(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.*")}


def test_a_site_holds_the_page_and_the_bundle(bundle, built_page, tmp_path):
    out = write_site(bundle, tmp_path / "new" / "site")
    written = files(out)
    assert written["index.html"] == (built_page / "index.html").read_bytes()
    assert written["assets/ort-1.wasm"] == b"\0asm"
    for name in bundle.files:
        assert written[f"bundle/{name}"] == (bundle.folder / name).read_bytes()
    assert "single.html" not in written


def test_a_site_is_replaced_and_other_folders_are_left_alone(bundle, built_page, tmp_path):
    out = write_site(bundle, tmp_path / "site")
    (out / "bundle" / "atlas-099.png").write_bytes(b"old")
    write_site(bundle, out)
    assert "bundle/atlas-099.png" not in files(out)
    diary = tmp_path / "mine" / "diary.txt"
    diary.parent.mkdir()
    diary.write_text("mine")
    with pytest.raises(LatentscapeError, match="cannot write"):
        write_site(bundle, diary.parent)
    assert diary.read_text() == "mine"


@pytest.mark.parametrize("write", [write_site, lambda bundle, out: Sample(count=50).write(out)])
def test_what_was_exported_before_stays_until_the_new_is_on_the_disk(
    bundle, built_page, tmp_path, monkeypatch, write
):
    out = tmp_path / "out"
    write(bundle, out)
    before = files(out)

    def full(path):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as failing:
        failing.setattr("latentscape.system.files.sync", full)
        with pytest.raises(LatentscapeError, match="no space left"):
            write(bundle, out)
    assert files(out) == before
    write(bundle, out)
    assert files(out) == before


def test_one_file_holds_everything(bundle, built_page, tmp_path):
    html = write_html(bundle, tmp_path / "new" / "space.html").read_text()
    held = dict(re.findall(r'<script type="application/gzip" data-file="(.*?)">(.*?)</', html))
    unpacked = {name: gzip.decompress(base64.b64decode(text)) for name, text in held.items()}
    expected = {f"bundle/{name}": (bundle.folder / name).read_bytes() for name in bundle.files}
    assert unpacked == expected | {"ort.wasm": b"\0asm"}
    assert html.endswith("</script></body>")
