"""What people read reaches them, whatever their terminal and wherever the output leads."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import latentscape
from latentscape.cli.main import main
from latentscape.cli.output import show_json
from latentscape.system.printing import shell_command, visible

SMALL = ["--limit", "60", "--epochs", "2", "--hidden", "8"]
FULL = Path("/dev/full")
TRAIN = ["train", "ae", *SMALL, "--out"]


def call(*arguments: object, encoding: str = "utf-8", shell: str = "", cwd: Path | None = None):
    """Run the command in a process of its own, through a shell that leads its output elsewhere."""
    line = [sys.executable, "-m", "latentscape", *map(os.fspath, arguments)]
    if shell:
        line = ["bash", "-c", f'"$@" {shell}', "bash", *line]
    environment = os.environ | {"PYTHONIOENCODING": encoding}
    done = subprocess.run(line, capture_output=True, env=environment, cwd=cwd)
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    assert b"Exception ignored" not in done.stderr, done.stderr.decode()
    return done


@pytest.mark.parametrize(
    ("arguments", "encoding"), [(["data"], "cp1252"), (["recipes", "--json"], "ascii")]
)
def test_any_encoding_takes_what_is_listed(arguments, encoding):
    done = call(*arguments, encoding=encoding)
    assert done.returncode == 0
    listed = done.stdout.decode(encoding)
    assert "vae" in listed or "digits" in listed
    if "--json" in arguments:
        same = json.loads(call(*arguments).stdout)
        assert json.loads(listed) == same


def epochs_kept(run: Path) -> int:
    return len((run / "history.csv").read_text().splitlines()) - 1


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell")
def test_training_goes_on_where_its_reader_has_gone(tmp_path):
    shell = '| head -1; exit "${PIPESTATUS[0]}"'
    done = call(*TRAIN, tmp_path / "run", shell=shell, encoding="ascii")
    assert done.returncode == 0
    assert done.stdout.count(b"\n") == 1
    assert epochs_kept(tmp_path / "run") == 2
    said = done.stderr.decode()
    assert said.count("standard output cannot be written") == said.count("\n") == 1


@pytest.mark.skipif(not FULL.exists(), reason="has no full device")
def test_training_survives_a_log_that_is_full(tmp_path, monkeypatch, capsys):
    with FULL.open("w") as full:
        monkeypatch.setattr("sys.stdout", full)
        assert main([*TRAIN, str(tmp_path / "run")]) == 0
    assert epochs_kept(tmp_path / "run") == 2
    said = capsys.readouterr().err
    assert said.count("standard output cannot be written (no space left") == said.count("\n") == 1


@pytest.mark.skipif(not FULL.exists(), reason="has no full device")
@pytest.mark.parametrize("arguments", [["recipes"], ["data", "--json"], ["train", "--help"]])
def test_an_answer_that_cannot_be_written_is_not_success(arguments, monkeypatch, capsys):
    with FULL.open("w") as full:
        monkeypatch.setattr("sys.stdout", full)
        assert main(arguments) == 2
    said = capsys.readouterr().err
    assert said.startswith("latentscape: standard output cannot be written (no space left")
    assert said.count("\n") == 1


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell")
def test_a_closed_output_is_not_success_and_a_reader_that_has_gone_is_told_nothing():
    closed = call("data", shell="<&- >&-")
    assert closed.returncode == 2
    assert closed.stderr.startswith(b"latentscape: standard output cannot be written (")
    assert closed.stderr.count(b"\n") == 1
    gone = call("data", shell='| true; exit "${PIPESTATUS[0]}"')
    assert (gone.returncode != 0, gone.stderr) == (True, b"")


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("cat\x1b[2J\x07", r"cat\x1b[2J\x07"),
        ("\x9b31m", r"\x9b31m"),
        ("a\udcffb", r"a\xffb"),
        ("gpj.\u202eexe", r"gpj.\u202eexe"),
        ("日本 · é\n\tβ", "日本 · é\n\tβ"),
    ],
)
def test_what_would_command_a_terminal_is_shown(text, seen):
    assert visible(text) == seen
    assert visible(seen) == seen


def test_json_stays_json(capsys):
    value = {"name": "a\x1b\x9b\udcff\u202e·"}
    show_json(value)
    text = capsys.readouterr().out
    assert json.loads(text) == value
    assert visible(text) == text


def test_suggested_commands_can_be_pasted():
    line = shell_command("plot", Path("runs/my run"), "manifold")
    echoed = subprocess.check_output(
        ["bash", "-c", f"latentscape() {{ printf '%s|' \"$@\"; }}; {line}"]
    )
    assert echoed == b"plot|runs/my run|manifold|"


def test_everything_is_printed_through_one_door():
    """No `print` of the package writes past what makes names harmless and failures sentences."""
    package = Path(latentscape.__file__).parent
    found = [
        f"{path.relative_to(package)}:{node.lineno}"
        for path in package.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
        and path.name != "printing.py"
    ]
    assert found == []
