"""Shows a latent space where one works: in the browser, or in a notebook's cell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from latentscape.bundle.contents import VIEWS
from latentscape.bundle.options import BundleOptions
from latentscape.bundle.pair import Pair
from latentscape.bundle.roles import BY_NAME, Roles
from latentscape.explorer.contents import Shown
from latentscape.explorer.elsewhere import Elsewhere
from latentscape.explorer.open import opened_bundle, opened_pair
from latentscape.explorer.selecting import link_to, rows_of
from latentscape.explorer.server import serve
from latentscape.system.errors import LatentscapeError
from latentscape.system.notebook import in_notebook

if TYPE_CHECKING:
    from latentscape.data import Splits
    from latentscape.explorer.widget import Explorer, PairExplorer
    from latentscape.runs.run import Place, Run


def explore(
    source: Run | Place,
    images: Splits | None = None,
    *,
    beside: Run | Place | None = None,
    roles: Roles = BY_NAME,
    thumbs: Place | None = None,
    limit: int | None = None,
    views: Sequence[str] = VIEWS,
    selected: Sequence[str] = (),
    judge: bool = False,
    port: int = 0,
    browser: bool = True,
    host_name: str | None = None,
    base: str = "",
    trust: bool = False,
    ready: Callable[[str], None] = print,
) -> Explorer | PairExplorer | None:
    """Walk through a latent space: in a notebook in the cell, else in the browser, until Ctrl-C.

    Args:
        source: a model or its directory, somebody's codes (.npy, .parquet or .csv), or a bundle.
        images: to show instead of those that the run was trained on.
        beside: another model, or whatever a source may be, to be shown side by side with it:
            what is pointed at, pinned, selected, coloured or filtered in one is so in the other,
            image by image.
        roles: which columns of somebody's table are codes, label and id, where names do not tell.
        thumbs: a folder of pictures for somebody's codes.
        limit: show this many points at most, chosen at random; by default as many as the page shows
            with ease, see `latentscape.bundle.options`.
        views: names of projections to look along, beside the code's own numbers: "pca", "lda",
            "tsne", "umap" or "raw"; a bundle has its own.
        selected: ids of images that are selected when it opens, such as those that `odd` or
            `select` found; of more than 2,000 the first.
        judge: train what says in the page which class an image reads as, where none of these images
            is kept; `measure` and `report` keep one, too.
        port: where to listen on this machine; 0 takes a free one. Not in a notebook.
        browser: whether to open the page. Not in a notebook.
        host_name: what else a browser calls this machine, where a proxy of yours leads here: answer
            under that name too, to those who have the token in the address that is said. The names
            of this machine itself are answered on any port, so forwarded ports need nothing. Not
            in a notebook.
        base: the path that such a proxy leaves in front, such as `/proxy/absolute/8000`. Not in a
            notebook.
        trust: import a recipe from outside latentscape, which runs its code.
        ready: told each address of the page once it can be opened. Not in a notebook.

    Returns:
        in a notebook the widget, at once, which of two spaces is a `PairExplorer`; else None, after
        Ctrl-C.

    Raises:
        LatentscapeError: when there is nothing to show, the port is taken, a host name or base is
            none, or a notebook lacks anywidget.
    """
    elsewhere = Elsewhere(host_name, base)
    options = BundleOptions(limit, tuple(views), judge)
    if beside is not None:
        _refuse_for_two(roles, thumbs, selected)
        with opened_pair(source, beside, images, options=options, trust=trust) as pair:
            if in_notebook():
                return _widget(pair)
            serve(pair, port=port, browser=browser, elsewhere=elsewhere, ready=ready)
        return None
    with opened_bundle(
        source, images, roles=roles, thumbs=thumbs, options=options, trust=trust
    ) as bundle:
        rows = rows_of(bundle, selected)
        if in_notebook():
            return _widget(bundle, rows)
        serve(
            bundle,
            port=port,
            browser=browser,
            elsewhere=elsewhere,
            place=link_to(rows),
            ready=ready,
        )
    return None


def _refuse_for_two(roles: Roles, thumbs: Place | None, selected: Sequence[str]) -> None:
    """Refuse what belongs to one source where there are two.

    Raises:
        LatentscapeError: saying what to do.
    """
    if roles != BY_NAME or thumbs is not None:
        raise LatentscapeError(
            "columns and thumbnails of a table belong to one source; export it as a bundle first, "
            "with 'latentscape export TABLE FOLDER --format bundle', and give the folder"
        )
    if len(selected):
        raise LatentscapeError("nothing is selected beforehand in two spaces; leave out 'selected'")


def _widget(shown: Shown, selected: Sequence[int] = ()) -> Explorer | PairExplorer:
    """Make the notebook's widget.

    Raises:
        LatentscapeError: when what makes widgets is not installed.
    """
    try:
        from latentscape.explorer.widget import Explorer, PairExplorer
    except ModuleNotFoundError as error:
        raise LatentscapeError(
            f"in a notebook the explorer needs {error.name}, which is not installed; run "
            "'pip install latentscape[notebook]', or 'latentscape explore' in a terminal"
        ) from error
    if isinstance(shown, Pair):
        return PairExplorer(shown)
    widget = Explorer(shown)
    widget.selection = list(selected)
    return widget
