"""`latentscape`: the verbs, loaded only when they are used, and how their failures are told."""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from itertools import pairwise

from cyclopts import App, CycloptsError, Parameter

from latentscape.system import processes
from latentscape.system.errors import LatentscapeError
from latentscape.system.names import did_you_mean
from latentscape.system.printing import (
    output_error,
    print_aside,
    reason,
    shell_command,
    suit_streams,
)
from latentscape.system.version import __version__

HELP = "Train autoencoders on images, measure their latent space, and walk through it."

TOO_LARGE = "give smaller images, a smaller model or a smaller batch"
VERBS = {
    "demo": "Train two models on real digits, draw them side by side, and say what differs.",
    "train": "Train a model by its recipe's name, or continue a run.",
    "sweep": "Train every combination of options, resumable, with a table at the end.",
    "runs": "List the runs in a folder: complete, resumable or damaged.",
    "recipes": "List the models that can be trained.",
    "data": "List the sources of images.",
    "encode": "Write the codes of images to a table.",
    "measure": "Measure a latent space: a run's, or that of anybody's codes.",
    "sample": "Draw new images, by any sampler, and have each one judged.",
    "cluster": "Find groups of codes without labels.",
    "similar": "Find the images that are most like given pictures.",
    "duplicates": "Find images that are there twice, and leaks across splits.",
    "odd": "Find the images that are unlike the others, and say why.",
    "typical": "Find the images that are most like their class.",
    "select": "Find the images that fulfil a condition over the columns of their codes' table.",
    "plot": "Draw a picture of a run.",
    "report": "Write measures and pictures of a run as one HTML file.",
    "compare": "Put runs side by side, with what differs beyond the spread of seeds.",
    "explore": "Walk through a latent space in the browser.",
    "export": "Write the explorer as a web site or one file, or the networks as ONNX.",
    "pack": "Write a run as one file, which every verb opens.",
    "push": "Put a run on the Hugging Face hub, with a card of what was measured.",
    "reproduce": "Measure published figures again, each by its own protocol.",
    "reconstruct": "Send your own pictures through a model.",
}


def make_app() -> App:
    """Make the command line; a verb's module is imported when it is called."""
    app = App(
        name="latentscape",
        help=HELP,
        version=__version__,
        default_parameter=Parameter(consume_multiple=True, negative=()),
    )
    for verb, summary in VERBS.items():
        app.command(f"{__package__}.{verb}:{verb}", name=verb, help=summary)
    return app


def main(tokens: Sequence[str] | None = None) -> int:
    """Run one command and give the exit status.

    0 when it did what was asked; 2, after one sentence on standard error, when the user can mend
    something; 130 when stopped by Ctrl-C or SIGTERM; 141 when who reads the answer has gone.
    """
    suit_streams()
    try:
        status = performed(list(sys.argv[1:] if tokens is None else tokens))
        error = output_error()
    except OSError:
        status, error = 0, output_error(probe="\n")
        if error is None:
            raise
    if status or error is None:
        return status
    if isinstance(error, BrokenPipeError):
        return 128 + 13  # as if by SIGPIPE: not a word, and not 0 either
    return refused(f"standard output cannot be written ({reason(error)}); lead it elsewhere")


def performed(arguments: list[str]) -> int:
    """Run one command; give its status, all but for an output that cannot be written."""
    try:
        arguments = with_recipe(arguments)
        look_up(arguments)
        make_app()(arguments, exit_on_error=False, print_error=False)
    except CycloptsError as error:
        return refused(f"{one_line(str(error))} (see `{helped(arguments)}`)")
    except LatentscapeError as error:
        return refused(str(error))
    except (MemoryError, RuntimeError) as error:
        if not out_of_memory(error):
            raise
        return refused(f"there is not enough memory ({TOO_LARGE})")
    except KeyboardInterrupt:
        print_aside("stopped")
        return 130
    except SystemExit as done:
        return int(done.code or 0)
    return 0


def out_of_memory(error: Exception) -> bool:
    """Whether numpy or torch could not have the memory that the arguments ask for."""
    return isinstance(error, MemoryError) or "allocate memory" in str(error)


def helped(arguments: list[str]) -> str:
    """The command whose help says more: of a verb, or of `train` with its recipe.

    Example:
        >>> helped(["train", "vae", "--latent", "x"]), helped(["plot", "runs/vae"])
        ('latentscape train vae --help', 'latentscape plot --help')
    """
    named = arguments[:2] if arguments[0] == "train" else arguments[:1]
    return " ".join(["latentscape", *(n for n in named if not n.startswith("-")), "--help"])


def with_recipe(arguments: list[str]) -> list[str]:
    """Name the recipe where `train --from RUN` leaves that to the run.

    Raises:
        LatentscapeError: when it is no run, its recipe is from outside and not trusted, or a recipe
            is named for a run that is continued.
    """
    resumed = option(arguments, "--resume") if arguments[:1] == ["train"] else None
    if resumed is not None and not arguments[1].startswith("-"):
        command = shell_command("train", "--resume", resumed)
        raise LatentscapeError(f"a run knows its recipe; continue it with `{command}`")
    if arguments[:1] != ["train"] or not arguments[1:2] or not arguments[1].startswith("-"):
        return arguments
    from latentscape.cli.train import recipe_of

    place = option(arguments, "--from")
    if place is None:
        return arguments
    return ["train", recipe_of(place, trust="--trust" in arguments), *arguments[1:]]


def option(arguments: list[str], flag: str) -> str | None:
    """Give what follows a flag, or None where it is not there.

    Example:
        >>> option(["train", "--from", "runs/vae"], "--from"), option(["--from=x"], "--from")
        ('runs/vae', 'x')
    """
    for argument, following in pairwise([*arguments, ""]):
        if argument == flag:
            return following
        if argument.startswith(f"{flag}="):
            return argument.removeprefix(f"{flag}=")
    return None


def look_up(arguments: list[str]) -> None:
    """Find the verb, and the recipe that `train` is asked for: one from outside gets flags too.

    Raises:
        LatentscapeError: when there is none of that name (the nearest is offered), or several
            processes are started for anything but training.
    """
    if processes.world_size() > 1 and arguments[:1] != ["train"]:
        raise LatentscapeError(
            "only `train` works in several processes; start this without torchrun"
        )
    match arguments:
        case [str(verb), *_] if verb not in VERBS and not verb.startswith("-"):
            hint = did_you_mean(verb, VERBS, "`latentscape --help` lists them")
            raise LatentscapeError(f"there is no command {verb!r}; {hint}")
        case ["train", str(name), *_] if not name.startswith("-"):
            from latentscape.cli.train import offer
            from latentscape.recipes import find_recipe

            recipe = find_recipe(name)
            if ":" in name:
                offer(recipe, name)


def refused(sentence: str) -> int:
    """Say what is wrong and give the status that says so."""
    number, count = processes.rank(), processes.world_size()
    which = f" (process {number + 1} of {count})" if number else ""
    print_aside(f"latentscape{which}: {sentence}".replace("\n", "\\n"))
    return 2


def one_line(text: str) -> str:
    """Put a message on one line, without its closing stop."""
    return " ".join(text.split()).rstrip(".")


def run() -> None:
    """The console script; being asked to end (SIGTERM) is the same as Ctrl-C.

    Once the command is over, both end the process without a word, as in any program.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    status = 130
    with suppress(KeyboardInterrupt):  # on the way out of `main`
        status = main()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    sys.exit(status)
