"""Style sheets, scripts and pictures: ours and what `deploy/browser-scripts` brought.

They are read once and sent compressed. Their address holds a digest of all of them, so that a
browser keeps them for a year and takes the new ones the moment one of them changes.
"""

from __future__ import annotations

import gzip
import hashlib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable

_TYPES: Final = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "png": "image/png",
    "wasm": "application/wasm",
    "webmanifest": "application/manifest+json",
}
"""What is served; any other file, such as a licence, is not."""
_DIGEST_CHARACTERS: Final = 12
FOR_EVER: Final = "public, max-age=31536000, immutable"


class Asset(NamedTuple):
    """A file as it is sent."""

    media_type: str
    plain: bytes
    packed: bytes


@cache
def assets() -> dict[str, Asset]:
    """Every file by its path below `api/static`."""
    found = {}
    for path, file in _walk(files("api") / "static", ""):
        kind = _TYPES.get(path.rpartition(".")[2])
        if kind is not None:
            body = file.read_bytes()
            found[path] = Asset(kind, body, gzip.compress(body, 9, mtime=0))
    return found


@cache
def digest() -> str:
    """Of all files together."""
    whole = hashlib.sha256()
    for path, asset in sorted(assets().items()):
        whole.update(f"{path}\0{len(asset.plain)}\0".encode() + asset.plain)
    return whole.hexdigest()[:_DIGEST_CHARACTERS]


def address(path: str) -> str:
    """Where a file is.

    Raises:
        KeyError: there is none; a template that names it is wrong.
    """
    assert path in assets(), f"no such file below api/static: {path}"
    return f"/assets/{digest()}/{path}"


def _walk(folder: Traversable, above: str) -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        path = f"{above}{entry.name}"
        if entry.is_dir():
            yield from _walk(entry, f"{path}/")
        else:
            yield path, entry
