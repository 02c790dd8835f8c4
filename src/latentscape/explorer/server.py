"""Shows one bundle, or two, in the browser until it is interrupted."""

from __future__ import annotations

import asyncio
import socket
import threading
import webbrowser
from collections.abc import Callable

import uvicorn

from latentscape.explorer.application import application
from latentscape.explorer.connection_limits import limit_connections
from latentscape.explorer.contents import Shown
from latentscape.explorer.elsewhere import Elsewhere
from latentscape.system.errors import LatentscapeError

GRACE = 1.0
"""Seconds after Ctrl-C in which what is being sent may still arrive."""


def serve(
    shown: Shown,
    *,
    port: int = 0,
    browser: bool = True,
    elsewhere: Elsewhere | None = None,
    place: str = "",
    ready: Callable[[str], None] = print,
) -> None:
    """Serve the explorer on 127.0.0.1 until Ctrl-C, which leaves a second to what is being sent.

    Args:
        shown: one bundle, or two side by side.
        port: where to listen; 0 takes a free one.
        browser: whether to open the page.
        elsewhere: under which name and path it answers beside the names of this machine.
        place: what the page shows first, as its links say it: "#selection=…".
        ready: told each address of the page once it can be opened.

    Raises:
        LatentscapeError: when the port is taken, or the page is not built.
    """
    elsewhere = elsewhere or Elsewhere()
    with listening(port) as listener, limit_connections() as room:
        port = listener.getsockname()[1]
        address = f"http://127.0.0.1:{port}/"
        config = uvicorn.Config(
            application(shown, port, elsewhere),
            log_level="error",
            lifespan="off",
            limit_concurrency=room,
        )

        def started() -> None:
            for each in filter(None, (address, elsewhere.address)):
                ready(each + place)
            if browser:
                threading.Thread(
                    target=webbrowser.open, args=[address + place], daemon=True
                ).start()

        Server(config, started).run(sockets=[listener])


class Server(uvicorn.Server):
    """A server that says when Ctrl-C ends it, and ends also while an answer is left unread.

    Args:
        config: what it serves, and how.
        started: told once it answers, and an interrupt is its own.
    """

    def __init__(self, config: uvicorn.Config, started: Callable[[], None]) -> None:
        super().__init__(config)
        self.on_start = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer, and say so."""
        await super().startup(sockets)
        self.on_start()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Wait for what is being sent, but not for ever."""
        cut = asyncio.get_running_loop().call_later(GRACE, self._cut)
        try:
            await super().shutdown(sockets)
        finally:
            cut.cancel()

    def _cut(self) -> None:
        """Close the connections that are still open; what was to be sent is thrown away."""
        for connection in list(self.server_state.connections):
            connection.transport.abort()


def listening(port: int) -> socket.socket:
    """Open a socket on 127.0.0.1.

    Raises:
        LatentscapeError: when the port cannot be had.
    """
    # Said in full, or asyncio takes it for no TCP and each answer waits 40 ms for a receipt.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
        listener.listen(128)
    except (OSError, OverflowError) as error:
        listener.close()
        raise LatentscapeError(
            f"port {port} cannot be had ({error}); choose another, or 0 for any"
        ) from error
    return listener
