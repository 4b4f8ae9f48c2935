"""A folder says what it is for and stays small enough to be read; what names a module names one."""

import ast
import re
from collections import Counter
from contextlib import suppress
from importlib import import_module

from tests.tidy.tree import ROOT, text, tracked

PRODUCT = ("ledger", "merchants", "admin", "api", "migrations")
MODULES_MAX = 30
LONGER = {"api/routes": 70}
"""One module for each subject that may be asked about, as a reader of the API looks for it."""
NAMED = re.compile(r"`(api(?:\.[a-z_]+)+|(?:ledger|merchants|admin)(?:\.[a-z_]+){2,})`")
"""Two parts are a function or a table of the database, too."""
PATHS = re.compile(r"(?<![\w/])((?:ledger|merchants|admin|api)(?:/[a-z_0-9]+)+\.(?:py|toml|sql))\b")


def modules():
    paths = [path for path in tracked("*.py") if path.parts[0] in PRODUCT]
    return [path for path in paths if path.parts[:2] != ("migrations", "versions")]


def test_no_folder_has_more_modules_than_somebody_reads():
    counted = Counter(str(path.parent) for path in modules())
    crowded = {room: n for room, n in counted.items() if n > LONGER.get(room, MODULES_MAX)}
    assert crowded == {}, "give them rooms"


def test_each_folder_says_in_one_sentence_what_it_is_for():
    rooms = {path.parent for path in modules()}
    told = {room: ast.get_docstring(ast.parse(text(room / "__init__.py"))) for room in rooms}
    assert {room for room, said in told.items() if not said} == set()


def written():
    """Where modules are named: the product's own words, the documents, the tests."""
    yield from (path for path in tracked("*.md") if path.name != "CHANGELOG.md")
    yield from tracked("*.py")


def exists(name):
    """Whether a dotted name is a module, or stands in one."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        with suppress(ImportError):
            found = import_module(".".join(parts[:length]))
            return length == len(parts) or hasattr(found, parts[length])
    return False


def test_a_module_that_is_named_is_there():
    names = {(name, str(path)) for path in written() for name in NAMED.findall(text(path))}
    assert names
    assert {one for one in names if not exists(one[0])} == set()


def test_a_file_that_is_named_is_there():
    named = {(name, str(path)) for path in written() for name in PATHS.findall(text(path))}
    assert named
    assert {one for one in named if not (ROOT / one[0]).is_file()} == set()
