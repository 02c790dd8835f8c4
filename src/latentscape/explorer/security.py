"""Keeps other web pages away from the explorer's server.

It listens on 127.0.0.1 alone, yet any page open in the same browser can send requests there. So
requests under a foreign name (DNS rebinding) or from a foreign origin are refused, and the page may
load nothing but its own files.
"""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; "
    "style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; worker-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
OWN_NAMES = ("127.0.0.1", "localhost")


class OwnPageOnly:
    """Middleware that refuses foreign hosts and origins and adds the headers above.

    Args:
        app: what answers the others.
        port: where the server listens.
    """

    def __init__(self, app: ASGIApp, port: int) -> None:
        self.app = app
        self.hosts = {f"{name}:{port}" for name in OWN_NAMES}
        if port == 80:
            self.hosts |= set(OWN_NAMES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        if self._is_own(Headers(scope=scope)):
            await self.app(scope, receive, guarded)
        else:
            refusal = PlainTextResponse("This explorer answers its own page only.", 403)
            await refusal(scope, receive, guarded)

    def _is_own(self, headers: Headers) -> bool:
        """Whether a request names this server, and comes from its page where it comes from one."""
        origin = headers.get("origin")
        foreign = origin is not None and origin.removeprefix("http://") not in self.hosts
        return headers.get("host") in self.hosts and not foreign
