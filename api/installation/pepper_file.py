"""The file that holds the pepper: 32 random bytes, readable by its owner only, in no backup.

With an address of its own it must be there; in the home it is made when it is first wanted.
"""

from __future__ import annotations

import os
import secrets
import stat
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from admin.pepper import PEPPER_BYTES, Pepper
from api.embedded_postgres.home import make_folder
from api.failures import Failure

if TYPE_CHECKING:
    from api.settings import Settings


def load_pepper(settings: Settings) -> Pepper:
    """The pepper of an installation, made at its first start.

    Raises:
        Failure: the file is missing, too short, or others may read it.
    """
    if settings.pepper_file is not None:
        return Pepper(_read(settings.pepper_file))
    return Pepper(load_secret(settings.home / "pepper"))


def load_secret(path: Path) -> bytes:
    """The secret in a file; file and folder are made when it is first wanted.

    Raises:
        Failure: as `load_pepper`.
    """
    if not path.exists():
        make_folder(path.parent)
        _make(path)
    return _read(path)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            secret = file.read()
    except OSError as error:
        raise Failure(f"The secret {path} cannot be read: {error.strerror}.") from error
    if stat.S_IMODE(mode) & 0o077:
        raise Failure(f"{path} is open to others; its mode must be 600.")
    if len(secret) < PEPPER_BYTES:
        raise Failure(f"{path} is too short; a secret has {PEPPER_BYTES} bytes or more.")
    return secret


def _make(path: Path) -> None:
    """Put a new secret at `path`, whole or not at all; whoever comes second keeps the first."""
    descriptor, unfinished = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123  why: it opens a descriptor, no path
            file.write(secrets.token_bytes(PEPPER_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(unfinished, path)
        except FileExistsError:
            return
    finally:
        Path(unfinished).unlink()
