import numpy as np

from latentscape.bundle.overlays import classes_read, magnification
from tests.bundle.samples import Sample


def test_a_linear_decoder_magnifies_everywhere_alike_and_is_asked_for_a_row_at_a_time():
    rng = np.random.default_rng(0)
    J = rng.normal(size=(2, 40_000))  # several blocks of pixels
    most = []

    def decode(codes):
        most.append(len(codes))
        return codes.astype(np.float64) @ J

    found = magnification(decode, rng.normal(size=(300, 2)), side=12)
    expected = 0.5 * np.log10(np.linalg.det(J @ J.T))
    np.testing.assert_allclose(found.values, expected, atol=1e-4)
    assert max(most) == 12


def test_it_is_what_differences_over_the_whole_grid_give():
    rng = np.random.default_rng(0)
    W = rng.normal(size=(2, 30))
    codes = rng.normal(size=(300, 2)).astype(np.float32)
    found = magnification(lambda z: np.sin(z @ W), codes, side=9)
    x0, y0, x1, y1 = found.bounds
    xs, ys = (low + (high - low) * (np.arange(9) + 0.5) / 9 for low, high in ((x0, x1), (y0, y1)))
    grid = np.stack(np.meshgrid(xs, ys), -1).reshape(-1, 2).astype(np.float32)
    images = np.sin(grid @ W).reshape(9, 9, -1)
    y, x = np.gradient(images, ys, axis=0), np.gradient(images, xs, axis=1)
    det = (x * x).sum(-1) * (y * y).sum(-1) - (x * y).sum(-1) ** 2
    np.testing.assert_allclose(found.values, 0.5 * np.log10(det), atol=1e-6)


def test_each_place_is_read_as_what_it_decodes_to():
    sample = Sample(2, 400)
    judge = sample.judge
    asked = []

    def decode(codes):
        asked.append(len(codes))
        return sample.decode(codes)

    found = classes_read(decode, sample.codes, judge, side=14)
    x0, y0, x1, y1 = found.bounds
    assert found.classes and max(asked) == 14
    seen = set()
    for row in range(14):
        for column in range(14):
            x, y = x0 + (x1 - x0) * (column + 0.5) / 14, y0 + (y1 - y0) * (row + 0.5) / 14
            label, _, p = sample.read(sample.decode(np.array([[x, y]])))[:, 0]
            if abs(p - judge.limit) > 1e-4:  # single precision decides otherwise at the limit
                assert found.values[row, column] == (label if p >= judge.limit else -1)
            seen.add(found.values[row, column])
    assert -1 in seen and len(seen) > 4
