from benchmarks.mutants import drawn, package_of, shares

NAMES = [f"latentscape.{p}.m.x_f__mutmut_{i}" for p in ("latent", "runs") for i in range(9)]


def test_a_draw_is_of_each_package_and_the_same_for_its_seed():
    chosen = drawn(NAMES, 4, 0)
    assert sorted(map(package_of, chosen)) == ["latent"] * 4 + ["runs"] * 4
    assert chosen == drawn(list(reversed(NAMES)), 4, 0) != drawn(NAMES, 4, 1)
    assert drawn([name for name in NAMES if ".runs." in name], 4, 0) == chosen[4:]
    assert sorted(drawn(NAMES, 20, 0)) == sorted(NAMES)


def test_what_no_test_enters_or_fails_on_is_not_noticed():
    ends = dict(zip(NAMES[:6], (1, 0, 33, 5, 36, -24), strict=True))
    assert shares(NAMES[:6], ends) == [("latent", 3, 6)]
