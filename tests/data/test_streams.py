"""Sources that training streams: what is held out, in which order the rest comes, what is read."""

import io
import json
import shutil
import subprocess
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path

import fsspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from latentscape.data import load_images
from latentscape.data.splits import GoneError, TooFewImagesError
from latentscape.data.stream import held_out
from latentscape.data.stream.held_out import HeldPicture, Smallest, shares
from latentscape.data.stream.opened import OPEN, OpenShards
from latentscape.data.stream.order import Stretches, stream_windows, stretch_order
from latentscape.data.stream.splits import is_streamed
from latentscape.system.errors import LatentscapeError
from tests.evaluation.pictures import as_folder, as_tables, as_tars, class_of, drawn

FORMS = {"folder": as_folder, "tars": as_tars, "tables": as_tables}
SIZE = 12


@pytest.fixture(scope="module")
def pictures():
    return drawn(300)


def streamed(place: Path, **asked):
    """Load what lies at a path, by its address so that a folder of pictures is streamed, too."""
    return load_images(f"file://{place}", size=SIZE, colour="grey", **asked)


def plain(content: bytes) -> np.ndarray:
    """A picture as it should come out."""
    image = Image.open(io.BytesIO(content)).convert("L")
    return np.asarray(image.resize((SIZE, SIZE), Image.Resampling.LANCZOS))


def named(images) -> list[str]:
    return [Path(name).name for name in images.ids]


def everything(stream, seed: int = 0, batch: int = 7):
    """Positions in the order of an epoch, and what was read of them in the source's order."""
    order = np.concatenate(list(stream.windows(batch, np.random.default_rng(seed))))
    return order, stream.read(np.sort(order), 1)


@pytest.mark.parametrize("form", FORMS)
def test_each_picture_is_read_once_as_it_is_with_its_class(form, pictures, tmp_path):
    images = streamed(FORMS[form](tmp_path / "in", pictures))
    stream = images.stream
    held = set(named(images.validation)) | set(named(images.test))
    assert len(stream) == 300 - len(held) == images.counts["train"]
    _, found = everything(stream)
    assert found.good.all() and images.classes == ("0", "1", "2")
    wanted = Counter(
        (plain(content).tobytes(), class_of(name))
        for name, content in pictures.items()
        if name not in held
    )
    rows = zip(found.pixels, found.labels, strict=True)
    assert Counter((x.tobytes(), images.classes[y]) for x, y in rows) == wanted
    for part in (images.train, images.validation, images.test):
        for name, pixels, label in zip(named(part), part.pixels, part.labels, strict=True):
            assert (pixels[0] == plain(pictures[name])).all()
            assert images.classes[label] == class_of(name)
    assert set(named(images.train)).isdisjoint(held)


@pytest.mark.parametrize("form", FORMS)
def test_other_storages_and_patterns_are_divided_alike(form, pictures, tmp_path):
    place = FORMS[form](tmp_path / "in", pictures)
    here = streamed(place)
    memory = fsspec.filesystem("memory")
    memory.put(f"{place}/", f"/{tmp_path.name}/in", recursive=True)
    there = load_images(f"memory://{tmp_path.name}/in", size=SIZE, colour="grey")
    assert there.cut == here.cut and (there.test.pixels == here.test.pixels).all()
    assert (everything(there.stream)[1].pixels == everything(here.stream)[1].pixels).all()
    if form != "folder":
        some = load_images(f"{place}/*", size=SIZE, colour="grey")
        assert some.cut == here.cut and some.fingerprint == here.fingerprint
        assert load_images(place, size=SIZE, colour="grey").fingerprint == here.fingerprint


def laid_out(shards: int, stretches: int, count: int) -> Stretches:
    numbers = np.arange(shards * stretches)
    return Stretches(numbers // stretches, numbers % stretches, (numbers + 1) * count)


def test_an_epoch_has_every_picture_once_mixed_and_depends_on_the_seed():
    stretches, without = laid_out(30, 5, 16), np.arange(3, 2400, 11)
    first, again, other = (
        list(stream_windows(stretches, without, 320, np.random.default_rng(seed)))
        for seed in (1, 1, 2)
    )
    assert [len(w) for w in first[:-1]] == [320] * (len(first) - 1) and 0 < len(first[-1]) <= 320
    order = np.concatenate(first)
    assert (np.sort(order) == np.setdiff1d(np.arange(2400), without)).all()
    assert all((a == b).all() for a, b in zip(first, again, strict=True))
    assert (order != np.concatenate(other)).mean() > 0.9
    for window in first[:-1]:
        assert len(np.unique(window // 16)) >= 20  # of many stretches
        assert (np.diff(window // 16) == 0).mean() < 0.15  # and not one after another
        assert abs(np.corrcoef(np.arange(320), window)[0, 1]) < 0.3
    firsts = {tuple(np.unique(np.concatenate(e)[:320] // 80)) for e in (first, other)}
    assert len(firsts) == 2 and all(max(shards) > OPEN for shards in firsts)
    whose = order // 80
    for shard in range(30):  # is come back to while few others are
        places = np.flatnonzero(whose == shard)
        assert len(np.unique(whose[places[0] : places[-1] + 1])) <= 3 * OPEN


def test_a_window_reads_again_only_what_the_last_one_began():
    windows = list(stream_windows(laid_out(6, 4, 50), np.empty(0, np.int64), 120, rng()))
    for before, after in pairwise(windows):
        assert len(np.intersect1d(before // 50, after // 50)) <= 1


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_the_smallest_are_those_of_all():
    found = Smallest(20, seed=3)
    names = [f"{i}.png" for i in range(500)]
    looked_at = 0
    for i, name in enumerate(names):
        key = found.key(name)
        if found.wants(key, i):
            looked_at += 1
            found.add(HeldPicture(key, i, name, "", np.zeros(1, np.uint8)))
    assert [p.name for p in found] == sorted(names, key=found.key)[:20]
    assert looked_at < 150  # 20 (1 + log(500 / 20)) = 84
    assert sorted(names, key=Smallest(1, 4).key)[:20] != [p.name for p in found]


def test_new_pictures_move_few_and_what_was_tested_stays_tested(pictures, tmp_path):
    place = as_folder(tmp_path / "in", pictures)
    before = streamed(place)
    new = {f"{i:05d}.png": pictures["00000.png"] for i in range(1000, 1030)}
    as_folder(place, new)
    after = streamed(place)
    assert len(set(before.test.ids) & set(after.test.ids)) > 0.8 * len(before.test)
    kept = streamed(place, kept=before.cut, seed=1)  # whose hashes are others
    assert (kept.test.ids, kept.validation.ids) == (before.test.ids, before.validation.ids)
    assert len(kept.stream) == len(before.stream) + 30
    assert set(kept.train.ids).isdisjoint({*kept.test.ids, *kept.validation.ids})
    assert before.fingerprint != kept.fingerprint
    with pytest.raises(GoneError, match="none of the"):
        streamed(place, kept={"test": ["x"], "validation": ["y"]})


def test_seeds_divide_differently(pictures, tmp_path):
    place = as_tars(tmp_path / "in", pictures)
    assert streamed(place, seed=1).cut != streamed(place).cut


@pytest.mark.parametrize(("count", "row", "both"), [(3, 784, (1, 1)), (100, 784, (20, 8))])
def test_shares_of_few(count, row, both):
    assert shares(count, row) == both


def test_shares_of_many_take_no_more_room():
    assert shares(10**8, 784) == (10_000, 5_000)
    test, validation = shares(10**8, 3 * 512 * 512)
    assert 3 * 512 * 512 * (test + validation) <= 3 << 26


@pytest.mark.parametrize("most", [1000, 3], ids=["seen before", "met in an epoch"])
def test_what_cannot_be_read_is_left_out_and_named(pictures, tmp_path, monkeypatch, most):
    for part in held_out.MOST:
        monkeypatch.setitem(held_out.MOST, part, most)
    spoilt = dict.fromkeys(["00005.png", "00044.png", "00200.png"], b"no picture")
    images = streamed(as_tars(tmp_path / "in", {**pictures, **spoilt}))
    _, found = everything(images.stream)
    names = set(named(images.test)) | set(named(images.validation)) | set(named(images.train))
    assert names.isdisjoint(spoilt)
    held = len(images.test) + len(images.validation)
    assert found.good.sum() == 300 - 3 - held
    assert len(found.good) == len(images.stream)
    assert found.good.all() == (most == 1000)
    sentence = images.stream.unreadable.sentence
    assert sentence.startswith("3 unreadable pictures were left out: ")
    assert all(name in sentence for name in spoilt)
    everything(images.stream, seed=1)
    assert images.stream.unreadable.sentence == sentence


def test_a_damaged_file_is_said_before_anything(pictures, tmp_path):
    tars = as_tars(tmp_path / "tars", pictures)
    (tars / "003.tar").write_bytes(b"damaged" * 500)
    with pytest.raises(LatentscapeError, match=r"003\.tar'"):
        streamed(tars)
    tables = as_tables(tmp_path / "tables", pictures)
    whole = (tables / "002.parquet").read_bytes()
    (tables / "002.parquet").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(LatentscapeError, match=r"002\.parquet' cannot be read as Parquet"):
        streamed(tables)


def test_a_file_that_changes_is_noticed(pictures, tmp_path):
    place = as_tars(tmp_path / "in", pictures, each=20)
    images = streamed(place)
    for path in place.iterdir():
        path.write_bytes(path.read_bytes() + bytes(10240))
    with pytest.raises(LatentscapeError, match="has changed"):
        everything(images.stream)


def test_few_shards_are_open_and_what_was_fetched_goes(pictures, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    place = as_tars(tmp_path / "in", pictures, each=20)
    memory = fsspec.filesystem("memory")
    memory.put(f"{place}/", f"/{tmp_path.name}/many", recursive=True)
    images = load_images(f"memory://{tmp_path.name}/many", size=SIZE)
    everything(images.stream)
    assert len(list(tmp_path.glob("latentscape-*"))) == OPEN
    images.stream.opened = OpenShards([])
    assert not list(tmp_path.glob("latentscape-*"))


def test_which_sources_are_streamed(pictures, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    tars = as_tars(tmp_path / "tars", pictures)
    folder = as_folder(tmp_path / "folder", pictures)
    (folder / "metadata.parquet").write_bytes(b"")
    for source in (tars, "tars/*.tar", "tars/{000..003}.tar", "s3://x/y", "hf://datasets/x"):
        assert is_streamed(source)
    for source in (folder, tars / "000.tar", "mnist", "nowhere", "", "a" * 5000):
        assert not is_streamed(source)
    (tars / "000.png").write_bytes(b"")
    assert not is_streamed(tars)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"limit": 10}, "--limit does not go with pictures that are streamed"),
        ({"labels": "a.csv"}, "--labels does not go"),
        ({"exif": True}, "--exif does not go"),
        ({"pages": "all"}, "--pages does not go"),
        ({"tile": "4"}, "--tile does not go"),
        ({"fetch": False, "source": "s3://bucket/photos"}, "nothing is fetched"),
        ({"fetch": False, "source": "memory::https://host/a.tar"}, "nothing is fetched"),
        ({"source": "in/*.jar"}, "nothing is at"),
        ({"source": "nowhere://x"}, "leads to no storage"),
    ],
)
def test_what_a_stream_cannot_is_a_sentence(asked, words, pictures, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    as_tars(tmp_path / "in", pictures)
    with pytest.raises(LatentscapeError, match=words):
        load_images(**{"source": "in", **asked})


def test_folders_of_splits_and_too_few_pictures_are_refused(pictures, tmp_path):
    for split in ("train", "test"):
        as_folder(tmp_path / "split" / split, pictures)
    with pytest.raises(LatentscapeError, match=r"divided into splits.*split/train"):
        streamed(tmp_path / "split")
    with pytest.raises(TooFewImagesError, match="2 images"):
        streamed(as_tars(tmp_path / "two", drawn(2)))


def test_labels_of_some_are_none(pictures, tmp_path):
    place = tmp_path / "in"
    place.mkdir()
    for i, label in enumerate(["a", None]):
        rows = [{"bytes": content, "path": name} for name, content in list(pictures.items())[:30]]
        table = pa.table({"image": rows, "label": pa.array([label] * 30, pa.string())})
        pq.write_table(table, place / f"{i}.parquet")
    images = load_images(place, size=SIZE)
    assert images.classes == () and everything(images.stream)[1].labels is None
    assert any("labels are not used: 30 pictures have none" in note for note in images.notes)


def test_what_is_not_said_of_the_preparation_is_decided_by_some(tmp_path):
    place = tmp_path / "in"
    place.mkdir()
    grey = np.full((20, 20), 100, np.uint8)
    for i in range(600):
        Image.fromarray(grey + np.uint8(i % 100)).save(place / f"{i:03d}.png")
    images = load_images(f"file://{place}")
    assert images.shape == (1, 20, 20) and images.preparation.colour == "grey"
    assert any("20×20 in grey, as suits the" in note for note in images.notes)
    again = load_images(f"file://{place}", **images.preparation.to_json())
    assert again.fingerprint == images.fingerprint
    assert not any("as suits" in note for note in again.notes)


def another(content: bytes) -> bytes:
    """Another picture of the same size."""
    pixels = np.asarray(Image.open(io.BytesIO(content)))
    stream = io.BytesIO()
    Image.fromarray(255 - pixels).save(stream, "PNG")
    return stream.getvalue()


@pytest.mark.parametrize("form", FORMS)
def test_a_picture_that_is_only_trained_on_is_part_of_the_fingerprint(
    form, pictures, tmp_path, monkeypatch
):
    for part in held_out.MOST:
        monkeypatch.setitem(held_out.MOST, part, 3)
    before = streamed(FORMS[form](tmp_path / "in", pictures))
    held = {name for part in before.parts.values() for name in named(part)}
    name = next(name for name in pictures if name not in held)
    changed = {**pictures, name: another(pictures[name])}
    shutil.rmtree(tmp_path / "in")
    after = streamed(FORMS[form](tmp_path / "in", changed))
    assert after.cut == before.cut and (after.train.pixels == before.train.pixels).all()
    assert after.fingerprint != before.fingerprint


def test_what_was_kept_is_found_wherever_its_hash_lies(pictures, tmp_path, monkeypatch):
    place = as_tars(tmp_path / "in", pictures)
    before = streamed(place)
    for part in held_out.MOST:
        monkeypatch.setitem(held_out.MOST, part, 3)
    kept = streamed(place, kept=before.cut, seed=1)  # whose hashes are others
    assert kept.cut == before.cut and len(kept.train) == 3


def test_stretches_of_the_shards_that_are_open_come_mixed():
    order = np.array(list(stretch_order(laid_out(16, 20, 1), rng())))
    assert (np.sort(order) == np.arange(320)).all()
    whose = order // 20
    for some in np.split(whose, 2):
        assert len(np.unique(some)) == OPEN
        assert (np.diff(some) == 0).mean() < 0.25  # by chance 19 of 159


MEMORY = """
import json, sys
from pathlib import Path
import numpy as np
from latentscape.data import load_images
from latentscape.data.stream import held_out, order

order.WINDOW = 1 << 19
held_out.MOST.update(test=100, validation=100, train=100)
images = load_images(sys.argv[1], size=64)
shapes = set()
for window in images.stream.windows(32, np.random.default_rng(0)):
    shapes.add(images.stream.read(np.sort(window), 1).pixels.shape)
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
print(json.dumps([len(images.stream), int(status["VmHWM"].split()[0])]))
"""


def test_memory_does_not_grow_with_the_number_of_files(tmp_path):
    """A window, eight tars and what is held out, of 96 tars or of 192.

    Of few it is less: the allocator's peak is reached after some eight changes of what is open.
    What `getrusage` gives begins with the peak of the process that started this one.
    """
    content = drawn(60)
    peaks = {}
    for number in (96, 192):
        place = as_tars(tmp_path / "one", content, each=60) / "000.tar"
        many = tmp_path / str(number)
        many.mkdir()
        for i in range(number):
            (many / f"{i:03d}.tar").symlink_to(place)
        command = [sys.executable, "-c", MEMORY, str(many)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        count, peaks[number] = json.loads(done.stdout.splitlines()[-1])
        assert count == number * 60 - 200
        place.unlink()
        place.parent.rmdir()
    assert peaks[192] < 1.1 * peaks[96]
