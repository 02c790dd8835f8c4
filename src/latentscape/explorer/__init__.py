"""The explorer: the page that walks through a latent space, and the ways to show it.

`serve` opens a bundle in the browser, `write_site` writes a folder for any static host, and
`write_html` one file that opens from disk. All of them show the same page over the same bundle.
"""

from latentscape.explorer.server import explore, serve
from latentscape.explorer.single import write_html
from latentscape.explorer.site import write_site

__all__ = ["explore", "serve", "write_html", "write_site"]
