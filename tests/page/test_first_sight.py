"""What a page asks for before anything is touched."""

import pytest

from tests.page.pages import Opened

pytestmark = pytest.mark.page

SCRIPTS = """performance.getEntriesByType('resource')
  .filter(entry => entry.initiatorType === 'script').map(entry => entry.decodedBodySize)"""


@pytest.mark.parametrize("host", ["static"], indirect=True, scope="session")
def test_the_first_script_is_small(plane_page: Opened):
    """At most 200 kB before compression; onnxruntime comes beside it, in its worker."""
    sizes = plane_page.page.evaluate(SCRIPTS)
    assert 50_000 < sum(sizes) <= 200_000
