"""What a disk may hold after the power has gone, at any moment of a recorded trace of changes.

As ALICE does (Pillai et al., OSDI 2014): a change counts as durable only when the file or folder
that it changed was synced after it. Of all others any may have reached the disk, in any order, and
a write in part. A rename or an unlink happens at once or not at all.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

CHANCES = {  # that an entry of a folder, and that some content, has reached the disk unasked
    "none": (0.0, 0.0),
    "names": (1.0, 0.0),
    "contents": (0.0, 1.0),
    "all": (1.0, 1.0),
    "some": (0.5, 0.5),
}


@dataclass(eq=False)
class Node:
    """A file or a folder, whatever its names.

    Attributes:
        entries: of a folder, by name; None for a file.
        content: of a file.
    """

    entries: dict[str, Node] | None = None
    content: bytearray = field(default_factory=bytearray)


@dataclass
class Change:
    """One step of a trace.

    Attributes:
        kind: "entry" (of a folder), "data" (of a file), "sync" or "note".
        node: the folder or file that it changes or syncs.
        apply: makes it so; the share of the bytes that a write brings in is given.
        text: of a note.
    """

    kind: str
    node: Node | None = None
    apply: Callable[[float], None] = lambda share: None
    text: str = ""


class Trace:
    """The changes below a folder, whose content now is durable.

    Args:
        folder: that is watched from now on.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.changes: list[Change] = []
        self.numbers: dict[str, Node] = {}
        self.root = read_tree(folder, self.numbers)
        self._initial = snapshot(self.root)

    def read(self, raw: bytes) -> None:
        """Take what `record.h` has written; the root is then what it all leads to."""
        at = 0
        while at < len(raw):
            line, at = raw[at : raw.index(b"\n", at)].decode().split("\t"), raw.index(b"\n", at) + 1
            data = b""
            if line[0] == "write":
                data, at = raw[at : at + int(line[3])], at + int(line[3])
            self._step(line, data)

    def _where(self, path: str) -> tuple[Node, str]:
        """The folder that a path is in now, and its name there."""
        *parents, name = Path(path).relative_to(self.folder).parts
        node = self.root
        for parent in parents:
            assert node.entries is not None
            node = node.entries[parent]
        return node, name

    def _step(self, words: list[str], data: bytes) -> None:
        """Take a line of the record, and do what it says."""
        kind, rest = words[0], words[1:]
        if kind == "note":
            self.changes.append(Change("note", text=rest[0]))
        elif kind in ("create", "mkdir"):
            node = self.numbers[rest[0]] = Node({} if kind == "mkdir" else None)
            self._entry(*self._where(rest[1]), node)
        elif kind == "unlink":
            self._entry(*self._where(rest[0]), None)
        elif kind in ("rename", "link"):
            source, name = self._where(rest[0])
            assert source.entries is not None
            gone = (source, name) if kind == "rename" else None
            self._entry(*self._where(rest[1]), source.entries[name], gone)
        elif kind == "swap":
            self._swap(*self._where(rest[0]), *self._where(rest[1]))
        elif kind == "renamed":
            folder, name = self._where(rest[1])
            assert folder.entries is not None
            old = next(k for k, v in folder.entries.items() if v is self.numbers[rest[0]])
            self._entry(folder, name, self.numbers[rest[0]], (folder, old))
        elif rest[0] in self.numbers:  # else a nameless temporary file
            self._data(kind, self.numbers[rest[0]], [int(word) for word in rest[1:]], data)

    def _entry(
        self, folder: Node, name: str, node: Node | None, gone: tuple[Node, str] | None = None
    ) -> None:
        """A folder's entry is made, replaced or removed; another goes with it in a rename."""

        def apply(_: float) -> None:
            assert folder.entries is not None
            if gone and gone[0].entries is not None and gone[0].entries.get(gone[1]) is node:
                del gone[0].entries[gone[1]]
            folder.entries.pop(name, None)
            if node is not None:
                folder.entries[name] = node

        apply(1)
        self.changes.append(Change("entry", folder, apply))

    def _swap(self, folder: Node, name: str, other: Node, other_name: str) -> None:
        """Two entries change places; the sync of the second one's folder makes it durable."""
        assert folder.entries is not None and other.entries is not None
        first, second = folder.entries[name], other.entries[other_name]

        def apply(_: float) -> None:
            assert folder.entries is not None and other.entries is not None
            folder.entries[name], other.entries[other_name] = second, first

        apply(1)
        self.changes.append(Change("entry", other, apply))

    def _data(self, kind: str, node: Node, numbers: list[int], data: bytes) -> None:
        """A file's content changes, or it is synced."""
        if kind == "sync":
            self.changes.append(Change("sync", node))
            return

        def apply(share: float) -> None:
            if kind == "truncate":
                size = numbers[0]
                node.content[size:] = bytes(max(0, size - len(node.content)))
                return
            part = data[: int(share * len(data))]
            node.content.extend(bytes(max(0, numbers[0] - len(node.content))))
            node.content[numbers[0] : numbers[0] + len(part)] = part

        apply(1)
        self.changes.append(Change("data", node, apply))

    def durable(self, until: int) -> set[int]:
        """Which of the first changes the disk is sure to have."""
        sure: set[int] = set()
        synced: set[int] = set()
        for i in range(until - 1, -1, -1):
            change = self.changes[i]
            if change.kind == "sync":
                synced.add(id(change.node))
            elif id(change.node) in synced:
                sure.add(i)
        return sure

    def after(self, until: int, mode: str, rng: random.Random) -> Node:
        """What the disk holds when the power goes after so many changes.

        Args:
            until: how many had been made.
            mode: which of those that are not sure have reached it, a key of `CHANCES`; with "some"
                it may be a part of what was written.
            rng: for chance.
        """
        sure = self.durable(until)
        entries, data = CHANCES[mode]
        restore(self._initial)
        for node in {id(c.node): c.node for c in self.changes if c.node is not None}.values():
            if id(node) not in self._initial:
                node.content.clear()
                if node.entries is not None:
                    node.entries.clear()
        for i, change in enumerate(self.changes[:until]):
            if i in sure:
                change.apply(1)
            elif rng.random() < (entries if change.kind == "entry" else data):
                change.apply(rng.random() if mode == "some" and rng.random() < 0.3 else 1)
        return self.root


Snapshot = dict[int, tuple[Node, dict[str, Node] | None, bytes]]


def snapshot(root: Node) -> Snapshot:
    """Keep what every node below one holds."""
    kept: Snapshot = {}
    todo = [root]
    while todo:
        node = todo.pop()
        entries = None if node.entries is None else dict(node.entries)
        kept[id(node)] = (node, entries, bytes(node.content))
        todo += (node.entries or {}).values()
    return kept


def restore(kept: Snapshot) -> None:
    """Let every node hold what it held."""
    for node, entries, content in kept.values():
        node.entries = None if entries is None else dict(entries)
        node.content[:] = content


def read_tree(path: Path, numbers: dict[str, Node]) -> Node:
    """Read a folder of a disk, and note the number of each file and folder."""
    status = path.stat()
    node = numbers.get(str(status.st_ino))
    if node is None:
        node = numbers[str(status.st_ino)] = Node({} if path.is_dir() else None)
        if node.entries is None:
            node.content[:] = path.read_bytes()
        else:
            node.entries |= {each.name: read_tree(each, numbers) for each in path.iterdir()}
    return node


def write_tree(node: Node, folder: Path, seen: dict[int, Path] | None = None) -> None:
    """Write a folder to a disk; names of one file stay names of one file."""
    seen = {} if seen is None else seen
    for name, inner in (node.entries or {}).items():
        path = folder / name
        if inner.entries is not None:
            path.mkdir()
            write_tree(inner, path, seen)
        elif id(inner) in seen:
            os.link(seen[id(inner)], path)
        else:
            path.write_bytes(inner.content)
            seen[id(inner)] = path


def contents(folder: Path) -> dict[str, bytes | None]:
    """Every file and folder below a folder: bytes, or None for a folder."""
    return {
        path.relative_to(folder).as_posix(): None if path.is_dir() else path.read_bytes()
        for path in sorted(folder.rglob("*"))
    }


def moments(trace: Trace, count: int, rng: random.Random) -> Sequence[int]:
    """Moments of a trace: half of them right after a sync, a rename or a note, the others any."""
    kinds = ("sync", "note", "entry")
    telling = [i + 1 for i, change in enumerate(trace.changes) if change.kind in kinds]
    notes = [i + 1 for i, change in enumerate(trace.changes) if change.kind == "note"]
    first = [*notes[-1:], len(trace.changes)]
    others = range(1, len(trace.changes) + 1)
    return (first + [rng.choice(telling if i % 2 else others) for i in range(count)])[:count]
