"""What happens when more connections are open than the system has room for."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager

try:
    import resource
except ImportError:  # Windows, where no such limit has to be raised
    resource = None  # type: ignore[assignment]


LOGGED = (  # by asyncio: no room for a connection; closed while it was about to try again
    "socket.accept() out of system resource",
    "Exception in callback BaseSelectorEventLoop._start_serving",
)


@contextmanager
def room_for_crowds() -> Iterator[None]:
    """Let as many connections be open as the system allows, and say once when there are more.

    Each connection is an open file. Those beyond the limit wait until others close; asyncio would
    log a traceback for each of them, thousands a second.
    """
    if resource is not None:
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    logger, once = logging.getLogger("asyncio"), _Once()
    logger.addFilter(once)
    try:
        yield
    finally:
        logger.removeFilter(once)


class _Once(logging.Filter):
    """Turns asyncio's tracebacks about connections without room into one sentence."""

    said = False

    def filter(self, record: logging.LogRecord) -> bool:
        if not record.getMessage().startswith(LOGGED):
            return True
        if not self.said:
            print(
                "latentscape: more connections are open than the system allows; the others wait "
                "until some close (ulimit -n says how many)",
                file=sys.stderr,
                flush=True,
            )
        self.said = True
        return False
