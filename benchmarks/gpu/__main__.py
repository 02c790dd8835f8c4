"""Check a GPU, and measure what it gives: `make gpu-check`, at most eight minutes on one card.

    python -m benchmarks.gpu                          everything, results in gpu-check/TIME
    python -m benchmarks.gpu speed resuming           some sections
    python -m benchmarks.gpu --device cpu --quick     whether every section works, without a GPU

Nothing is downloaded but MNIST, and that only where $LATENTSCAPE_DATA lacks it. Results so far are
always in `results.json` and `results.md`, whatever happens to the rest; what a section printed is
beside them. The status is 1 where a section did not come to its end or a check in it failed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from dataclasses import asdict
from pathlib import Path

from benchmarks.gpu.sections import Result, Section, Setting, run_sections
from benchmarks.gpu.systems import SYSTEMS
from benchmarks.gpu.tables import markdown

HERE = "benchmarks.gpu"
SECTIONS = {
    "The machine": Section("machine", f"{HERE}.machine:rows", 60),
    "Contracts of every recipe": Section("contracts", f"{HERE}.contracts:rows", 150),
    "Codes and likelihoods beside the CPU's": Section("agreement", f"{HERE}.agreement:models", 150),
    "Measures beside the CPU's": Section("measures", f"{HERE}.agreement:measures", 150),
    "Killed and resumed": Section("resuming", f"{HERE}.resuming:rows", 150),
    "Recorded steps beside steps one by one": Section("recorded", f"{HERE}.recorded:rows", 150),
    "Test figures of seeds": Section("seeds", f"{HERE}.quality:seeds", 200),
    **{
        f"Compiled beside the checks: {name}": Section(
            f"compiling-{name}", f"{HERE}.speed:compiling", 150, arguments=(name,)
        )
        for name in SYSTEMS
    },
    "On the device or streamed": Section("sources", f"{HERE}.sources:rows", 60, True),
    "Epochs a second, latentscape": Section("loop", f"{HERE}.speed:loop", 120, True),
    "Epochs a second, bare steps": Section("bare", f"{HERE}.speed:bare", 120, True),
    "Epochs a second, compiled": Section("compiled", f"{HERE}.speed:compiled", 150, True),
    "Time to a figure": Section("goals", f"{HERE}.quality:goals", 120, True),
    "Arithmetic": Section("precisions", f"{HERE}.speed:precisions", 60, True),
    "64×64": Section("large", f"{HERE}.speed:large", 60, True),
    "Ceilings": Section("ceilings", f"{HERE}.machine:ceilings", 30, True),
}


def main() -> int:
    """Run what is asked, and write the results after every section."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("sections", nargs="*", help=", ".join(s.name for s in SECTIONS.values()))
    parser.add_argument(
        "--out", type=Path, default=Path("gpu-check", time.strftime("%Y-%m-%dT%H%M%S"))
    )
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--quick", action="store_true", help="as little as shows that it works")
    parser.add_argument("--seconds", type=float, default=470, help="to stop after")
    parser.add_argument("--jobs", type=int, default=max(1, (os.cpu_count() or 1) - 2))
    args = parser.parse_args()
    names = {section.name for section in SECTIONS.values()}
    if unknown := set(args.sections) - names:
        parser.error(f"no section is called {unknown.pop()!r}; there are {', '.join(names)}")
    chosen = {t: s for t, s in SECTIONS.items() if not args.sections or s.name in args.sections}
    args.out.mkdir(parents=True)
    setting = Setting(args.out.resolve(), args.device, args.quick)
    found: dict[str, Result] = {}

    def done(section: Section, result: Result) -> None:
        found[section.name] = result
        mark = "ok" if result.holds else f"{result.status}, look at it: {result.error}"
        print(f"{section.name:<24} {result.seconds:>6.1f} s  {mark}", flush=True)
        ordered = {s.name: found[s.name] for s in chosen.values() if s.name in found}
        about = {name: asdict(r) for name, r in ordered.items()}
        (args.out / "results.json").write_text(json.dumps(about, indent=1))
        titles = {s.name: title for title, s in chosen.items()}
        (args.out / "results.md").write_text(markdown(ordered, titles))

    run_sections(list(chosen.values()), setting, jobs=args.jobs, seconds=args.seconds, done=done)
    return 0 if all(result.holds for result in found.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
