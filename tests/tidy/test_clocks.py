"""A test that reads a clock is run alone: traced and beside others, it measures them."""

import ast
import re

from tests.tidy.tree import text, tracked

SPEAKS_OF_TIME = re.compile(
    r"_(milli)?seconds(_|$)|_within_a_(second|millisecond)|_takes?_as_long|_as_soon_as_"
)


def test_a_test_whose_name_promises_a_time_is_marked():
    tests = [
        (f"{path}:{node.name}", {ast.unparse(mark) for mark in node.decorator_list})
        for path in tracked("tests/**/test_*.py")
        for node in ast.walk(ast.parse(text(path)))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    timed = {name: marks for name, marks in tests if SPEAKS_OF_TIME.search(name.partition(":")[2])}
    timed = {name: marks for name, marks in timed.items() if ":test_" in name}
    assert len(timed) > 10
    assert {name for name, marks in timed.items() if not any("clock" in m for m in marks)} == set()
