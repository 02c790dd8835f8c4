"""Ways to spoil a file: a few bytes anywhere, or one value of a JSON document."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable
from typing import Any

EDGES = (0, 1, 2**7 - 1, 2**8 - 1, 2**15, 2**16 - 1, 2**31 - 1, 2**32 - 1, 2**40, 2**63, 2**64 - 1)
ODD: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    1,
    2.5,
    2**31,
    2**63,
    10**30,
    1e308,
    float("nan"),
    float("inf"),
    "",
    "x",
    "²",
    "\ud800",
    "\0",
    "../../etc/passwd",
    "/etc/passwd",
    "canary_of_a_stranger:run",
    "os:system",
    "<script>alert(1)</script>",
    "x" * 5000,
    [],
    {},
    [[]],
    {"a": {}},
    [1, "a", None],
)


def spoilt(content: bytes, others: list[bytes], rng: random.Random) -> bytes:
    """Spoil some bytes, one to four times."""
    data = bytearray(content)
    for _ in range(rng.randint(1, 4)):
        rng.choice(WAYS)(data, others, rng)
    return bytes(data)


def flip(data: bytearray, others: list[bytes], rng: random.Random) -> None:
    """Turn over a bit."""
    if data:
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)


def edge(data: bytearray, others: list[bytes], rng: random.Random) -> None:
    """Write a number where computers often go wrong."""
    size = rng.choice((1, 2, 4, 8))
    if len(data) >= size:
        place = rng.randrange(min(len(data) - size + 1, rng.choice((16, 64, 1 << 30))))
        number = rng.choice(EDGES) % (1 << 8 * size)
        data[place : place + size] = number.to_bytes(size, rng.choice(("big", "little")))


def cut(data: bytearray, others: list[bytes], rng: random.Random) -> None:
    """Leave the end out."""
    del data[rng.randrange(len(data) + 1) :]


def remove(data: bytearray, others: list[bytes], rng: random.Random) -> None:
    """Leave a part out."""
    start = rng.randrange(len(data) + 1)
    del data[start : start + rng.randint(1, 16)]


def repeat(data: bytearray, others: list[bytes], rng: random.Random) -> None:
    """Write a part twice, or many times."""
    start = rng.randrange(len(data) + 1)
    part = data[start : start + rng.randint(1, 32)]
    data[start:start] = part * rng.choice((1, 2, 100))


def splice(data: bytearray, others: list[bytes], rng: random.Random) -> None:
    """Go on with the end of another file."""
    other = rng.choice(others)
    del data[rng.randrange(len(data) + 1) :]
    data += other[rng.randrange(len(other) + 1) :]


def noise(data: bytearray, others: list[bytes], rng: random.Random) -> None:
    """Write noise over a part."""
    start = rng.randrange(len(data) + 1)
    part = rng.randbytes(rng.randint(1, 16))
    data[start : start + len(part)] = part


WAYS: tuple[Callable[[bytearray, list[bytes], random.Random], None], ...] = (
    flip,
    edge,
    edge,
    cut,
    remove,
    repeat,
    splice,
    noise,
)


def spoilt_json(content: bytes, others: list[bytes], rng: random.Random) -> bytes:
    """Put odd values into a document, leave some out, or nest it deeper than parsers can follow."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return spoilt(content, others, rng)
    chance = rng.random()
    if chance < 0.02:
        return b"[" * 100_000 + b"]" * rng.choice((0, 100_000))
    if chance < 0.1:
        return spoilt(content, others, rng)
    for _ in range(rng.randint(1, 3)):
        places = list(nodes(document))
        if not places:
            return json.dumps(odd(rng)).encode()
        holder, key = rng.choice(places)
        if rng.random() < 0.2:
            del holder[key]
        elif rng.random() < 0.1 and isinstance(holder, dict):
            holder[str(odd(rng))] = odd(rng)
        else:
            holder[key] = odd(rng)
    return json.dumps(document).encode()


def odd(rng: random.Random) -> Any:
    """An odd value of its own, for others may be put into it."""
    return copy.deepcopy(rng.choice(ODD))


def nodes(value: Any) -> Any:
    """Every place in a document, as what holds it and the key or index there."""
    items = (
        list(value.items())
        if isinstance(value, dict)
        else list(enumerate(value))
        if isinstance(value, list)
        else []
    )
    for key, inner in items:
        yield value, key
        yield from nodes(inner)
