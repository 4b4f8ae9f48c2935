"""One object of each kind that path parameters name, made for who asks.

`await KINDS["order"](town, who)` returns the value of the last path parameter, for an object that
belongs to the asker's party or user; where an address has several, a dict of their values.
"""

from __future__ import annotations

import importlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from tests.api.town import Town, Who

Maker = Callable[[Town, Who], Awaitable[Any]]
KINDS: dict[str, Maker] = {}


def kind(name: str) -> Callable[[Maker], Maker]:
    """Register how an object of a kind is made."""

    def register(maker: Maker) -> Maker:
        assert name not in KINDS, name
        KINDS[name] = maker
        return maker

    return register


# Each room registers its makers in a file of its own beside this one.
for _room in sorted(Path(__file__).parent.glob("objects_*.py")):
    importlib.import_module(f"tests.api.{_room.stem}")
