"""Keeps other web pages away from the explorer's server.

It listens on 127.0.0.1 alone, yet any page open in the same browser can send requests there. So
requests under a foreign name (DNS rebinding) or from a foreign origin are refused, and the page may
load nothing but its own files. The names of this machine itself are answered on any port (a port
may be forwarded), a name that the person gave only with a token.
"""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from latentscape.explorer.elsewhere import LOOPBACK, Elsewhere, host_name_in

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; "
    "style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; worker-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class OwnPageOnly:
    """Middleware that refuses foreign hosts and origins and adds the headers above.

    Args:
        app: what answers the others.
        elsewhere: under which other name it answers, and its token.
        port: where the server listens, which sets its cookie apart from those of others.
    """

    def __init__(self, app: ASGIApp, elsewhere: Elsewhere, port: int) -> None:
        self.app = app
        self.elsewhere = elsewhere
        self.cookie = f"latentscape-{port}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await (self._instead(Request(scope)) or self.app)(scope, receive, guarded)

    def _instead(self, request: Request) -> Response | None:
        """What is answered in place of the page: a refusal, or the way on with the token kept."""
        host = request.headers.get("host", "").lower()
        name = host_name_in(host)
        if name is None:
            return _refusal("This explorer answers under 127.0.0.1, localhost and [::1].")
        if name not in LOOPBACK and not self.elsewhere.names(name):
            return _refusal(
                "This explorer answers under 127.0.0.1, localhost and [::1]. If a proxy of yours "
                f"leads here from {name}, start it with --host-name {name}."
            )
        # Whoever stands in front under another name may encrypt.
        schemes = ("http",) if name in LOOPBACK else ("http", "https")
        origin = request.headers.get("origin")
        if origin is not None and origin not in [f"{scheme}://{host}" for scheme in schemes]:
            return _refusal("This explorer answers its own page only, no other address's.")
        return None if name in LOOPBACK else self._without_token(request)

    def _without_token(self, request: Request) -> Response | None:
        """Ask for the token, or keep the one in the address as a cookie, out of sight."""
        if self.elsewhere.holds(request.cookies.get(self.cookie)):
            return None
        if not self.elsewhere.holds(request.query_params.get("token")):
            return _refusal(
                "Under this name the explorer answers those who have its token: open the address "
                "that it says where it was started."
            )
        # Relative, and the cookie without a path, as a proxy may have taken a part of it away.
        onward = RedirectResponse(f"./{request.url.path.rpartition('/')[2]}", 303)
        onward.set_cookie(
            self.cookie, self.elsewhere.token, path=None, httponly=True, samesite="lax"
        )
        return onward


def _refusal(sentence: str) -> Response:
    """Refuse a request, and say how it would be answered."""
    return PlainTextResponse(sentence, 403)
