"""The explorer: the page that walks through a latent space, and the ways to show it.

`serve` opens a bundle in the browser, `write_site` writes a folder for any static host, and
`write_html` one file that opens from disk. All of them show the same page over the same bundle.
In a notebook `explore` gives a widget, and `link` makes two of them move together.
"""

from latentscape.explorer.linking import link
from latentscape.explorer.server import serve
from latentscape.explorer.showing import explore
from latentscape.explorer.single import write_html
from latentscape.explorer.site import write_site

__all__ = ["explore", "link", "serve", "write_html", "write_site"]
