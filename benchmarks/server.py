"""The explorer's server under load: many connections at once, then many requests one by one.

    latentscape export runs/vae bundle --format bundle
    python benchmarks/server.py bundle              1,000 connections, then 100,000 requests
    python benchmarks/server.py bundle --quick      100 connections, then 2,000 requests
    python benchmarks/server.py bundle --files 64   with so few file descriptors for the server

The server is a process of its own, started as people start it. *At once* opens every connection
before the first of them asks for anything, and each then asks for two files. *One by one* goes over
one connection. Memory is the server's resident set before, after, and its slope over the second
half of the requests, a line fitted to twenty readings. Linux.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

PATHS = ("/", "/bundle/space.json", "/bundle/points.arrow", "/no-such-file")
EXPECTED = (200, 200, 200, 404)


@contextmanager
def served(bundle: Path, files: int | None) -> Iterator[tuple[int, int, list[str]]]:
    """Serve a bundle, and give the server's process, its port, and, in the end, what it said."""

    def limited() -> None:
        if files is not None:
            resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))

    command = [sys.executable, "-m", "latentscape", "explore", str(bundle), "--no-browser"]
    complaints: list[str] = []
    with (
        tempfile.TemporaryFile("w+") as log,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=log, text=True, preexec_fn=limited
        ) as server,
    ):
        assert server.stdout is not None
        address = next(line for line in server.stdout if "http://" in line).split()[0]
        try:
            yield server.pid, int(address.rstrip("/").rpartition(":")[2]), complaints
        finally:
            server.terminate()
            server.wait()
            log.seek(0)
            complaints += log.read().splitlines()


def resident(process: int) -> float:
    """What a process holds in memory, in MB."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def open_files(process: int) -> int:
    """How many files a process has open."""
    return len(list(Path(f"/proc/{process}/fd").iterdir()))


async def at_once(port: int, connections: int) -> Counter[str]:
    """Open all connections, then ask over each of them; how each request ended."""
    ends: Counter[str] = Counter()
    opened = await asyncio.gather(
        *(asyncio.open_connection("127.0.0.1", port) for _ in range(connections)),
        return_exceptions=True,
    )
    ends.update(type(end).__name__ for end in opened if isinstance(end, BaseException))
    pairs = [pair for pair in opened if not isinstance(pair, BaseException)]

    async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            for path in PATHS[:2]:
                writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
                head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 60)
                length = int(head.lower().partition(b"content-length:")[2].split()[0])
                await reader.readexactly(length)
                ends[head.split()[1].decode()] += 1
        except (OSError, EOFError, TimeoutError) as error:
            ends[type(error).__name__] += 1
        finally:
            writer.close()

    await asyncio.gather(*(ask(*pair) for pair in pairs))
    return ends


def one_by_one(port: int, requests: int, process: int) -> tuple[Counter[str], list[float]]:
    """Ask again and again over one connection; how each request ended, and memory meanwhile."""
    ends: Counter[str] = Counter()
    memory = []
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for i in range(requests):
        if i % (requests // 40) == 0:
            memory.append(resident(process))
        try:
            connection.request("GET", PATHS[i % len(PATHS)])
            answer = connection.getresponse()
            answer.read()
            right = answer.status == EXPECTED[i % len(PATHS)]
            ends["as expected" if right else str(answer.status)] += 1
        except (OSError, http.client.HTTPException) as error:
            ends[type(error).__name__] += 1
            connection.close()
    return ends, memory


def summary(ends: Counter[str]) -> str:
    """How requests ended, in words."""
    return ", ".join(f"{count:,} × {end}" for end, count in ends.most_common())


def main() -> None:
    """Load the server and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--quick", action="store_true", help="a hundredth of it: does it run?")
    parser.add_argument("--files", type=int, help="the server's limit of open files")
    asked = parser.parse_args()
    connections, requests = (100, 2_000) if asked.quick else (1_000, 100_000)
    with served(asked.bundle, asked.files) as (process, port, complaints):
        before, files = resident(process), [open_files(process)]
        started = time.perf_counter()
        crowd = asyncio.run(at_once(port, connections))
        crowded, first = resident(process), time.perf_counter() - started
        files.append(open_files(process))
        started = time.perf_counter()
        ends, memory = one_by_one(port, requests, process)
        seconds, after = time.perf_counter() - started, resident(process)
        files.append(open_files(process))
    half = memory[len(memory) // 2 :]
    slope = np.polyfit(np.arange(len(half)), half, 1)[0] * len(memory) / (requests / 10_000)
    print(f"{connections:,} connections at once: {first:.1f} s; {summary(crowd)}")
    print(f"{requests:,} requests one by one: {seconds:.1f} s; {summary(ends)}")
    print(
        f"memory in MB: {before:.1f} before, {crowded:.1f} after the crowd, {after:.1f} at the end"
    )
    print("open files: {} before, {} after the crowd, {} at the end".format(*files))
    print(f"slope over the second half: {slope:+.3f} MB per 10,000 requests")
    print(
        f"the server complained in {len(complaints)} lines{':' if complaints else ''}",
        *complaints[:3],
        sep="\n  ",
    )


if __name__ == "__main__":
    main()
