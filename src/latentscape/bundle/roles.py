"""Which columns of somebody's table are what, as far as somebody says it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Roles:
    """Which columns of somebody's table are what; what is not said is told by names and types.

    Attributes:
        codes: the columns of the codes: one of lists, or one for each number.
        label: the column of classes.
        id: the column of names.
    """

    codes: tuple[str, ...] = ()
    label: str = ""
    id: str = ""


BY_NAME = Roles()
