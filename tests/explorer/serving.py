"""A bundle served over a real socket, as `latentscape explore` does it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from latentscape.bundle import Bundle
from latentscape.explorer.application import application
from latentscape.explorer.elsewhere import Elsewhere
from latentscape.explorer.server import listening


@contextmanager
def serving(bundle: Bundle, elsewhere: Elsewhere | None = None) -> Iterator[int]:
    """Serve a bundle, and give the port."""
    with listening(0) as listener:
        port = listener.getsockname()[1]
        app = application(bundle, port, elsewhere)
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield port
        finally:
            server.should_exit = True
            thread.join()
