import json
import subprocess
import sys

import asyncpg
import pytest

from api.process.logs import FRAMES_MAX, failed

PROGRAM = """
import logging
from api.process.logs import configure
configure()
log = logging.getLogger("a.library")
log.info("not told")
log.warning("told")
try:
    raise ValueError("Jeanne Dupont")
except ValueError as error:
    log.error("failed", exc_info=error)
    log.exception("failed again")
"""


def deep(levels):
    if levels:
        deep(levels - 1)
    raise asyncpg.UniqueViolationError("Key (name)=(Jeanne Dupont)")


def test_a_failure_is_told_by_its_type_and_places_only():
    with pytest.raises(asyncpg.UniqueViolationError) as caught:
        deep(50)
    told = failed(caught.value)
    assert (told["error"], told["sqlstate"]) == ("UniqueViolationError", "23505")
    assert len(told["places"]) == FRAMES_MAX
    assert told["places"][-1].startswith("tests/unit/test_logs.py:")
    assert "Jeanne" not in json.dumps(told)


def test_what_libraries_say_is_one_object_a_line_without_the_text_of_an_exception():
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, check=True, text=True
    )
    told = [json.loads(line) for line in run.stderr.splitlines()]
    assert [one["event"] for one in told] == ["told", "failed", "failed again"]
    assert [one.get("error") for one in told] == [None, "ValueError", "ValueError"]
    assert "Jeanne" not in run.stderr
