import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]


@cache
def tracked(pattern="*"):
    """The tracked files that match, as paths from the root; those being deleted left out."""
    # why: a checkout owned by another user is still the checkout under test.
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--", pattern]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return tuple(Path(name) for name in names.split("\0") if name and (ROOT / name).is_file())


def text(path):
    return (ROOT / path).read_text(encoding="utf-8")


def lines_matching(pattern, paths):
    """Each match as "file:line: the line", the way an editor can jump to it; no binary file."""
    found = []
    for path in paths:
        if b"\0" in (ROOT / path).read_bytes()[:8000]:
            continue
        found += [
            f"{path}:{number}: {line.strip()[:120]}"
            for number, line in enumerate(text(path).splitlines(), 1)
            if pattern.search(line)
        ]
    return found


def rows(page, heading):
    """The first cells of a table, each a `code`, under the row that starts with `heading`."""
    _, _, table = text(page).partition(f"| {heading} |")
    cells = []
    for line in table.splitlines()[2:]:
        if not line.startswith("|"):
            break
        cells.append(line.split("|")[1].strip().strip("`"))
    return cells
