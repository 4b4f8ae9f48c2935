"""The five branches of what is sold as shapes: disc, square, triangle, diamond, pentagon.

Colour never stands alone: each branch has its shape, and its name beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from api.routes.directory import FiliereTold

KINDS: Final = {
    "alimentation": "food",
    "loisirs_culture": "fun",
    "services": "near",
    "mobilite": "move",
    "habitat": "home",
}
"""The name of each branch's colour and shape in style sheets and templates."""
OTHER: Final = "near"


def roots(filieres: Iterable[FiliereTold]) -> dict[str, str]:
    """The branch at the root of each filière; a parent comes before its children."""
    found: dict[str, str] = {}
    for one in filieres:
        found[one.code] = one.code if one.parent is None else found[one.parent]
    return found


def kind_of(codes: Iterable[str], root_of: Mapping[str, str]) -> str:
    """The kind of a shop: that of its first filière."""
    first = next(iter(codes), "")
    return KINDS.get(root_of.get(first, ""), OTHER)
