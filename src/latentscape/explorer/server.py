"""Shows a bundle in the browser until it is interrupted."""

from __future__ import annotations

import socket
import threading
import webbrowser
from collections.abc import Callable

import uvicorn

from latentscape.bundle import Bundle
from latentscape.explorer.application import application
from latentscape.explorer.connection_limits import limit_connections
from latentscape.explorer.elsewhere import Elsewhere
from latentscape.system.errors import LatentscapeError


def serve(
    bundle: Bundle,
    *,
    port: int = 0,
    browser: bool = True,
    elsewhere: Elsewhere | None = None,
    ready: Callable[[str], None] = print,
) -> None:
    """Serve the explorer on 127.0.0.1 until Ctrl-C.

    Args:
        bundle: what to show.
        port: where to listen; 0 takes a free one.
        browser: whether to open the page.
        elsewhere: under which name and path it answers beside the names of this machine.
        ready: told each address of the page once it can be opened.

    Raises:
        LatentscapeError: when the port is taken, or the page is not built.
    """
    elsewhere = elsewhere or Elsewhere()
    with listening(port) as listener, limit_connections() as room:
        port = listener.getsockname()[1]
        address = f"http://127.0.0.1:{port}/"
        config = uvicorn.Config(
            application(bundle, port, elsewhere),
            log_level="error",
            lifespan="off",
            limit_concurrency=room,
        )
        server = uvicorn.Server(config)
        ready(address)
        if elsewhere.address is not None:
            ready(elsewhere.address)
        if browser:
            threading.Timer(0.3, webbrowser.open, [address]).start()
        server.run(sockets=[listener])


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
