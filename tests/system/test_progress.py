from latentscape.system import progress
from latentscape.system.progress import Pace


def test_a_bar_is_drawn_at_its_pace_however_often_something_happens(monkeypatch):
    now = 100.0
    monkeypatch.setattr(progress.time, "monotonic", lambda: now)
    pace, drawn = Pace(1 / 8), []
    for step in range(64):
        now = 100 + step / 64
        if pace.due():
            drawn.append(step)
    assert drawn == [9 * n for n in range(1, 8)]  # more than an eighth of a second
