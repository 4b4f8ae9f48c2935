import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from api.cli import Commands, main
from api.failures import Failure


def run(command_body):
    group = Commands("bousol")
    group.add_command(click.Command("act", callback=command_body))
    return CliRunner().invoke(group, ["act"])


def test_what_a_person_can_put_right_is_one_sentence_and_exit_code_2():
    def refuse():
        raise Failure("The folder /srv/bousol is full.")

    result = run(refuse)
    assert (result.exit_code, result.stderr) == (2, "bousol: The folder /srv/bousol is full.\n")
    assert result.stdout == ""


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, click.Abort])
def test_an_interrupted_command_ends_with_130_and_no_traceback(interruption):
    def interrupt():
        raise interruption

    result = run(interrupt)
    assert (result.exit_code, result.stderr) == (130, "\n")


def test_a_bug_is_not_dressed_up_as_a_sentence():
    def stumble():
        raise AssertionError("a bug")

    assert isinstance(run(stumble).exception, AssertionError)


def test_what_a_command_answers_goes_through():
    assert run(lambda: click.echo("done")).output == "done\n"


def test_the_version_is_the_distributions():
    result = CliRunner().invoke(main, ["--version"])
    assert (result.exit_code, result.stdout) == (0, "0.1.0\n")


def test_bousol_runs_from_another_folder(tmp_path):
    command = f"{sys.prefix}/bin/bousol"
    told = subprocess.run([command, "--help"], cwd=tmp_path, capture_output=True, check=True)
    assert told.stdout.startswith(b"Usage: bousol")


def test_asking_for_help_loads_none_of_the_heavy_libraries():
    heavy = "asyncpg pydantic sqlalchemy rich alembic"
    program = f"import sys, api.cli; print([m for m in {heavy.split()} if m in sys.modules])"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert told.stdout == b"[]\n"
