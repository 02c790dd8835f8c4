import numpy as np
import onnx
import pytest
import torch

from latentscape import recipes
from latentscape.bundle import onnx_folder, read_bundle
from latentscape.bundle.from_run import bundle_run
from latentscape.bundle.networks import open_network
from latentscape.bundle.onnx_folder import write_onnx
from latentscape.bundle.options import BundleOptions
from latentscape.bundle.overlays import magnification
from latentscape.bundle.run_networks import export_decoder, export_networks
from latentscape.bundle.tables import read_arrow
from latentscape.data import load_images
from latentscape.parts.bottlenecks import Gaussian, Ladder
from latentscape.parts.networks import Network
from latentscape.recipes.compose import compose
from latentscape.runs.run import Run
from latentscape.system.errors import LatentscapeError
from tests.conftest import pytest_runtest_setup


@pytest.fixture(scope="module")
def splits():
    return load_images("digits", limit=200)


@pytest.fixture(scope="module")
def run(splits):
    torch.manual_seed(0)
    model = recipes.vae(splits.train.shape, latent=2, net=Network(hidden=(8,)))
    return Run("small", model, splits.train.shape, splits.train.classes)


@pytest.fixture(scope="module")
def networks(run):
    """The run's networks, exported once."""
    return export_networks(run)


@pytest.fixture(scope="module")
def bundled(run, splits, tmp_path_factory):
    """A bundle of 60 images, in a folder that was not there."""
    folder = tmp_path_factory.mktemp("bundled") / "deep" / "b"
    return bundle_run(
        run, {"train": splits.train, "test": splits.test}, folder, options=BundleOptions(60)
    )


def test_a_run_is_bundled_whole(run, splits, bundled):
    parts = [splits.train, splits.test]
    bundle = read_bundle(bundled)
    assert bundle.space["points"]["count"] == 60
    assert [view["name"] for view in bundle.space["views"]] == ["pca", "lda"]
    samplers = {sampler["name"] for sampler in bundle.space["draws"]["samplers"]}
    assert {"prior", "gaussian", "kernel"} <= samplers
    ids = read_arrow(bundled / "details.arrow")["id"].to_pylist()
    codes = {
        name: code for part in parts for name, code in zip(part.ids, run.encode(part), strict=True)
    }
    stored = np.array(read_arrow(bundled / "points.arrow")["code"].to_pylist())
    np.testing.assert_allclose(stored, [codes[name] for name in ids], atol=1e-6)


def test_exporting_draws_nothing_from_the_callers_random_numbers(run, networks):
    torch.manual_seed(3)
    exported = export_networks(run)
    assert torch.equal(torch.rand(4), torch.rand(4, generator=torch.Generator().manual_seed(3)))
    assert exported == networks, "a second time it is the same bytes"


def test_exporting_is_the_same_where_torch_reads_its_operators_each_time(run):
    """As it does for users: other tests keep them, which is quicker."""
    registry = pytest.importorskip("torch.onnx._internal.exporter._registration").ONNXRegistry
    decomposing = pytest.importorskip("torch.export.exported_program")
    pytest_runtest_setup()
    exported = export_networks(run)
    with pytest.MonkeyPatch.context() as patch:
        for place, name in (
            (registry, "from_torchlib"),
            (decomposing, "_collect_all_valid_cia_ops"),
        ):
            kept = getattr(place, name)
            assert kept.cache_info().currsize == 1
            patch.setattr(place, name, kept.__wrapped__)
        assert export_networks(run) == exported


def test_a_model_whose_export_fails_is_put_back_where_it_was(splits, monkeypatch):
    model = recipes.vae(splits.shape, latent=2, net=Network(hidden=(8,)))
    away = Run("away", model, splits.shape)
    monkeypatch.setattr(Run, "device", torch.device("meta"))  # "cpu" would prove nothing
    monkeypatch.setattr(torch.onnx, "export", refused)
    with pytest.raises(RuntimeError, match="no such operator"):
        export_networks(away)
    assert {p.device.type for p in model.parameters()} == {"meta"}


def refused(*_, **__):
    raise RuntimeError("no such operator")


def test_a_bundle_of_the_same_run_is_the_same_bytes(run, splits, bundled, tmp_path):
    again = bundle_run(
        run,
        {"train": splits.train, "test": splits.test},
        tmp_path / "again",
        options=BundleOptions(60),
    )
    one, two = ({p.name: p.read_bytes() for p in folder.iterdir()} for folder in (bundled, again))
    assert {"decoder.onnx", "draws.arrow", "points.arrow", "space.json"} <= one.keys()
    assert one == two


@pytest.mark.parametrize("network", ["conv", "resnet"])
def test_nothing_is_computed_of_weights_alone_at_every_decoding(network):
    model = recipes.vae((3, 32, 32), 2, net=Network(network, (32, 48)))
    graph = onnx.load_model_from_string(export_decoder(Run("wide", model, (3, 32, 32))).onnx).graph
    kept = {tensor.name for tensor in graph.initializer}
    kept |= {node.output[0] for node in graph.node if node.op_type == "Constant"}
    idle = [node.op_type for node in graph.node if node.input and {*node.input} <= kept]
    assert "ConvTranspose" in {node.op_type for node in graph.node}, "whose weights are sums"
    assert idle == []


def test_networks_agree_with_the_run(run, networks, splits):
    encoder, decoder, _ = networks
    z = np.random.default_rng(0).normal(size=(100, 2)).astype(np.float32)
    images = open_network(decoder, "decoder")(z)
    np.testing.assert_allclose(images, run.decode(z), atol=1e-5)
    pixels = splits.test.pixels[:7]
    codes = open_network(encoder, "encoder")((pixels / 255).astype(np.float32))
    np.testing.assert_allclose(codes, run.encode(pixels), atol=1e-4)


def test_each_network_holds_its_own_weights_alone(run, networks):
    parts = (run.model.encoder, run.model.bottleneck), (run.model.decoder,)
    for network, own in zip(networks, parts, strict=False):
        graph = onnx.load_model_from_string(network.onnx).graph
        held = sum(int(np.prod(tensor.dims)) for tensor in graph.initializer)
        wanted = sum(p.numel() for part in own for p in part.parameters())
        assert wanted <= held + 8 * 4 < wanted + 100  # norms become a factor and an offset
    for network, takes, gives in zip(
        networks, ("images", "code"), ("code", "images"), strict=False
    ):
        graph = onnx.load_model_from_string(network.onnx).graph
        assert [value.name for value in graph.input] == [takes]
        assert [value.name for value in graph.output] == [gives]


def test_networks_that_begin_as_principal_components_agree_with_the_run(splits):
    net = Network("conv", (4, 8), pca=True)
    for model in (
        recipes.vae(splits.train.shape, 3, net=net),
        recipes.conditional_vae(splits.train.shape, 3, classes=10, net=net),
    ):
        model.prepare(
            torch.from_numpy(splits.train.pixels / np.float32(255)),
            torch.from_numpy(splits.train.labels),
        )
        run = Run("principal", model.eval(), splits.train.shape, splits.train.classes)
        labels = splits.test.labels[:7] if model.labels else None
        pixels = splits.test.pixels[:7]
        networks = export_networks(run)
        codes = open_network(networks.encoder, "encoder")((pixels / 255).astype(np.float32), labels)
        np.testing.assert_allclose(codes, run.encode(pixels, labels), atol=1e-4)
        images = open_network(networks.decoder, "decoder")(codes, labels)
        np.testing.assert_allclose(images, run.decode(codes, labels), atol=1e-5)


def test_an_encoder_of_several_levels_agrees_with_the_run(splits):
    torch.manual_seed(0)
    model = compose(splits.train.shape, Ladder((2, 3), width=8), net=Network("dense", hidden=(8,)))
    run, pixels = Run("ladder", model.eval(), splits.train.shape), splits.test.pixels[:7]
    codes = open_network(export_networks(run).encoder, "encoder")((pixels / 255).astype(np.float32))
    np.testing.assert_allclose(codes, run.encode(pixels), atol=1e-4)


def test_a_conditional_model_takes_labels(splits, tmp_path):
    torch.manual_seed(0)
    net = Network("dense", hidden=(8,))
    model = compose(splits.train.shape, Gaussian(2), net=net, labels=10)
    run = Run("conditional", model, splits.train.shape, splits.train.classes)
    z = np.random.default_rng(0).normal(size=(10, run.codes_size)).astype(np.float32)
    labels = np.arange(10)
    network = export_decoder(run)
    assert network.conditional
    images = open_network(network, "decoder")(z, labels)
    np.testing.assert_allclose(images, run.decode(z, labels), atol=1e-5)
    space = read_bundle(bundle_run(run, {"test": splits.test}, tmp_path / "b")).space
    assert space["encoder"]["conditional"] and space["decoder"]["conditional"]
    assert space["overlays"] == []


def test_onnx_files_say_what_they_take(run, tmp_path):
    write_onnx(run, tmp_path / "onnx")
    assert sorted(p.name for p in (tmp_path / "onnx").iterdir()) == [
        "decoder.onnx",
        "encoder.onnx",
        "networks.json",
    ]


def test_onnx_files_replace_their_own_and_nothing_else(run, networks, tmp_path, monkeypatch):
    monkeypatch.setattr(onnx_folder, "export_networks", lambda run: networks)
    out = write_onnx(run, tmp_path / "onnx")
    before = (out / "encoder.onnx").read_bytes()
    (out / "encoder.onnx").write_bytes(b"of an older run")
    assert (write_onnx(run, out) / "encoder.onnx").read_bytes() == before
    (out / "diary").write_text("mine")
    with pytest.raises(LatentscapeError, match="cannot write"):
        write_onnx(run, out)
    (out / "diary").rename(tmp_path / "diary")
    (out / "networks.json").write_text('{"format": "somebody\'s"}')
    with pytest.raises(LatentscapeError, match="cannot write"):
        write_onnx(run, out)
    assert sorted(p.name for p in out.iterdir()) == [
        "decoder.onnx",
        "encoder.onnx",
        "networks.json",
    ]


def test_images_of_another_size_are_refused(run, splits, tmp_path):
    other = load_images("digits", limit=20, size=16)
    with pytest.raises(LatentscapeError, match="trained on"):
        bundle_run(run, {"test": other.test}, tmp_path / "b")


def test_magnification_of_a_linear_decoder_is_its_area():
    jacobian = np.array([[3.0, 0.0, 4.0], [0.0, 2.0, 0.0]])
    codes = np.random.default_rng(0).normal(size=(500, 2)).astype(np.float32)
    overlay = magnification(lambda z: z @ jacobian, codes, side=8)
    expected = np.log10(np.sqrt(np.linalg.det(jacobian @ jacobian.T)))
    np.testing.assert_allclose(overlay.values, expected, rtol=1e-4)
