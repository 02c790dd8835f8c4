"""What happens when more connections are open than the system has room for."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from latentscape.system.printing import print_aside

try:
    import resource
except ImportError:  # Windows, where no such limit has to be raised
    resource = None  # type: ignore[assignment]


LOGGED = (  # by asyncio: no room for a connection; closed while it was about to try again
    "socket.accept() out of system resource",
    "Exception in callback BaseSelectorEventLoop._start_serving",
)


@contextmanager
def limit_connections() -> Iterator[int | None]:
    """Let as many files be open as the system allows, and say once when connections exceed it.

    Each connection is an open file, and so is what it is sent. For those beyond the limit asyncio
    would log tracebacks, thousands a second.

    Yields:
        How many connections leave room for the files; None where there is no limit.
    """
    room = None
    if resource is not None:
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        with suppress(OSError, ValueError):  # macOS allows less than it says
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        room = None if allowed == resource.RLIM_INFINITY else allowed // 2
    logger, once = logging.getLogger("asyncio"), _Once()
    logger.addFilter(once)
    try:
        yield room
    finally:
        logger.removeFilter(once)


class _Once(logging.Filter):
    """Turns asyncio's tracebacks about connections without room into one sentence."""

    warned = False

    def filter(self, record: logging.LogRecord) -> bool:
        if not record.getMessage().startswith(LOGGED):
            return True
        if not self.warned:
            print_aside(
                "latentscape: more connections are open than the system allows; others wait or are "
                "refused until some close (ulimit -n says how many)"
            )
        self.warned = True
        return False
