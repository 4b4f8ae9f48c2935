import json
import logging
import subprocess
import sys

from api.logs import FRAMES_MAX, failed

PROGRAM = """
import logging
from api.logs import configure
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
    return deep(levels - 1) if levels else {}["Jeanne Dupont"]


def test_a_failure_is_told_by_its_type_and_places_only():
    try:
        deep(50)
    except KeyError as error:
        told = failed(error)
    assert told["error"] == "KeyError"
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
    assert logging.getLogger().handlers is not None
