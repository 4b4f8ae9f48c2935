"""A function is at most 60 lines and a file at most 500; what is already long may only shrink."""

import ast
import tomllib
from statistics import median, quantiles

from tests.tidy.tree import ROOT, text, tracked

LONGEST = tomllib.loads((ROOT / "tests/tidy/longest.toml").read_text(encoding="utf-8"))
FUNCTION_LINES_MAX, FILE_LINES_MAX = 60, 500
FUNCTION_LINES_LONG, FILE_LINES_LONG = 40, 350


def of_the_product(name):
    return name.split("/")[0] not in {"tests", "bench", "docs"}


def file_lines():
    paths = [*tracked("*.py"), *tracked("*.sql")]
    return {str(path): len(text(path).splitlines()) for path in paths}


def function_lines():
    lengths = {}
    for path in tracked("*.py"):
        for node in ast.walk(ast.parse(text(path))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lengths[f"{path}:{node.name}"] = (node.end_lineno or node.lineno) - node.lineno + 1
    return lengths


def over(lengths, limit):
    return {name: lines for name, lines in lengths.items() if lines > limit}


def test_no_function_is_longer_than_60_lines():
    assert over(function_lines(), FUNCTION_LINES_MAX) == {}


def test_no_file_is_longer_than_500_lines():
    assert over(file_lines(), FILE_LINES_MAX) == {}


def test_what_is_long_is_listed_and_does_not_grow():
    long = over(file_lines(), FILE_LINES_LONG) | over(function_lines(), FUNCTION_LINES_LONG)
    grown = {name: lines for name, lines in long.items() if lines > LONGEST.get(name, 0)}
    assert grown == {}, "shorten it, or list it in tests/tidy/longest.toml and say why there"


def test_the_list_of_what_is_long_names_nothing_that_is_gone():
    assert set(LONGEST) <= set(file_lines()) | set(function_lines())


def test_the_product_is_made_of_short_functions_and_files():
    functions = [n for name, n in function_lines().items() if of_the_product(name)]
    files = [n for name, n in file_lines().items() if of_the_product(name)]
    assert median(functions) <= 10
    assert quantiles(functions, n=20, method="inclusive")[-1] <= 35
    assert median(files) <= 120
    assert quantiles(files, n=20, method="inclusive")[-1] <= 350
