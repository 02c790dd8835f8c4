"""What stands in front of an explorer elsewhere: a forwarded port, or a proxy with a path."""

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial


class Forward(socketserver.StreamRequestHandler):
    """Hands one connection on, as `ssh -L` does; a prefix is taken off paths, as Jupyter's does.

    Args:
        port: where the explorer listens.
        prefix: the path to take off; what lies elsewhere is not handed on.
    """

    def __init__(self, *args, port: int, prefix: str) -> None:
        self.port, self.prefix = port, prefix.encode()
        super().__init__(*args)

    def handle(self) -> None:
        with socket.create_connection(("127.0.0.1", self.port)) as explorer:
            back = threading.Thread(target=self.hand_back, args=(explorer,))
            back.start()
            while line := self.rfile.readline():
                if line.startswith(b"GET "):
                    if not line.startswith(b"GET " + self.prefix):
                        break
                    line = line.replace(self.prefix, b"", 1)
                explorer.sendall(line)
            explorer.shutdown(socket.SHUT_WR)
            back.join()

    def hand_back(self, explorer: socket.socket) -> None:
        for part in iter(lambda: explorer.recv(65536), b""):
            self.connection.sendall(part)


@contextmanager
def in_front(port: int, prefix: str = "") -> Iterator[int]:
    """Lead a port of its own to the explorer's, and give it."""
    handler = partial(Forward, port=port, prefix=prefix)
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.05,)).start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
