import numpy as np

from latentscape.figures.captions import WRONG, captioned
from latentscape.figures.style import STYLES, style


def test_every_image_has_its_word_and_what_is_amiss_stands_out():
    words = [str(i) for i in range(11)]
    good = [i != 3 for i in range(11)]
    with style("dark"):
        figure = captioned(np.zeros((11, 3, 8, 10)), words, good, title="Draws", note="of it")
    texts = figure.axes[0].texts
    assert [text.get_text() for text in texts] == words
    assert [text.get_color() == WRONG for text in texts] == [not fine for fine in good]
    assert len({text.get_position()[1] for text in texts}) == 2  # two rows
    assert figure.get_facecolor()[:3] == tuple(
        int(STYLES["dark"].paper[i : i + 2], 16) / 255 for i in (1, 3, 5)
    )
