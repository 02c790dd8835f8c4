"""Packages that import what they offer only when it is asked for offer all that they name."""

import importlib
import pkgutil

import pytest

import latentscape

PACKAGES = [
    "latentscape",
    *(m.name for m in pkgutil.walk_packages(latentscape.__path__, "latentscape.") if m.ispkg),
]


@pytest.mark.parametrize("package", PACKAGES)
def test_every_name_that_a_package_offers_is_there(package):
    module = importlib.import_module(package)
    for name in getattr(module, "__all__", []):
        assert hasattr(module, name), name
