from latentscape.training.progress import Brief, Lines


def test_lines_say_what_begins_or_goes_on_and_each_epoch():
    said = []
    lines = Lines(said.append)
    lines.stage("vae", epochs=3, steps=4, done=0, batch=8)
    lines.stage("vae", epochs=3, steps=4, done=2, batch=8)
    lines.epoch({"epoch": 3.0, "seconds": 1.5, "train/loss": 2.0}, best=True)
    lines.note("odd")
    assert said == [
        "vae begins: 3 epochs of 4 steps",
        "vae continues after epoch 2: 3 epochs of 4 steps",
        "epoch 3/3 · 1.5 s · best so far",
        "note: odd",
    ]


def test_a_brief_reporter_says_the_first_epoch_every_tenth_of_the_way_and_the_last():
    said = []
    brief = Brief(said.append)
    brief.stage("vae", epochs=40, steps=4, done=0, batch=8)
    for epoch in range(1, 41):
        brief.epoch({"epoch": float(epoch), "seconds": 0.0}, best=False)
    assert [int(line.split("/")[0].split()[1]) for line in said[1:]] == [1, *range(4, 41, 4)]
