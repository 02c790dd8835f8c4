"""Under which name and path the explorer answers beside its own: behind a proxy."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field

from latentscape.system.errors import LatentscapeError

# Names that browsers take to this machine whatever a name server says, so none can be rebound.
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
NAMED = re.compile(r"(?P<name>[a-z0-9_.-]{1,253}|\[[0-9a-f:.]{2,45}\])(:[0-9]{1,5})?")


def host_name_in(host: str) -> str | None:
    """Return the name in a `Host` header, in lower case; None for what names no host."""
    found = NAMED.fullmatch(host.lower())
    return found["name"] if found else None


@dataclass(frozen=True)
class Elsewhere:
    """A name and a path that lead here from elsewhere, as the person says who starts the explorer.

    Args:
        host_name: what browsers call the machine in front, such as `hub.example.org`; requests
            under it need the token. None answers under the names of this machine alone.
        base: the path in front of the page's, such as `/proxy/absolute/8000`, where it is kept.

    Raises:
        LatentscapeError: when a name is no host's, or a base is no path.
    """

    host_name: str | None = None
    base: str = ""
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)

    def __post_init__(self) -> None:
        name = self.host_name
        if name is not None and (host_name_in(name) is None or host_name_in(name) != name.lower()):
            raise LatentscapeError(
                f"the host name is {name!r}; give the name alone that the browser's address has, "
                "such as hub.example.org, without http:// and port"
            )
        if self.base and not re.fullmatch(r"(/[^/?#\s]+)+/?", self.base):
            raise LatentscapeError(
                f"the base is {self.base!r}; give the path that the browser's address has, such as "
                "/proxy/absolute/8000"
            )

    @property
    def path(self) -> str:
        """The page's path, from slash to slash."""
        return f"{self.base.rstrip('/')}/"

    @property
    def address(self) -> str | None:
        """Where the page is for those who come from elsewhere, without the scheme and port."""
        return None if self.host_name is None else f"{self.host_name}{self.path}?token={self.token}"

    def names(self, name: str) -> bool:
        """Whether a host's name, in lower case, is the one that leads here from elsewhere."""
        return self.host_name is not None and name == self.host_name.lower()

    def holds(self, token: str | None) -> bool:
        """Whether this is the token, compared in a time that says nothing about it."""
        return token is not None and secrets.compare_digest(token.encode(), self.token.encode())
