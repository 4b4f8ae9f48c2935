"""What the reference pages list is what the code has: no more, no less."""

import re
from pathlib import Path

import click
import pytest

from api import cli
from api.settings import Settings, variable
from api.wire.catalogue import catalogue
from ledger.refusals import Refusal
from tests.tidy.regenerate import description, problem_row, published, refusal_row
from tests.tidy.tree import rows, text


def commands(group, path):
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


COMMANDS = dict(commands(cli.main, "bousol"))


def sections(page):
    parts = re.split(r"^## `(.+)`$", text(Path("docs/reference") / page), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_command_has_its_section_and_every_section_its_command():
    assert set(sections("cli.md")) == set(COMMANDS)


@pytest.mark.parametrize("path", COMMANDS)
def test_every_option_and_argument_of_a_command_is_described(path):
    section = sections("cli.md")[path]
    for parameter in COMMANDS[path].params:
        names = parameter.opts if isinstance(parameter, click.Option) else [parameter.name.upper()]
        for name in names:
            assert f"`{name}" in section, f"{path} {name}"


def test_every_setting_has_its_row_and_every_row_its_setting():
    assert rows("docs/reference/settings.md", "variable") == [
        variable(field) for field in Settings.model_fields
    ]


def test_every_default_is_told_as_it_is():
    page = text(Path("docs/reference/settings.md"))
    for name, field in Settings.model_fields.items():
        if isinstance(field.default, str):
            row = next(line for line in page.splitlines() if f"| `{variable(name)}` |" in line)
            assert f"`{field.default}`" in row


def test_every_refusal_is_published_in_its_order_and_in_its_own_words():
    lines = text(Path("docs/reference/errors.md")).splitlines()
    documented = [line for line in lines if line.startswith("| `")]
    assert documented == [refusal_row(refusal) for refusal in published(Refusal)]


def test_no_two_refusals_share_a_code():
    codes = [refusal.code for refusal in published(Refusal)]
    assert len(codes) == len(set(codes))


def test_every_problem_is_listed_with_its_status_and_its_words():
    lines = text(Path("docs/reference/problems.md")).splitlines()
    listed = [line for line in lines if line.startswith("| `")]
    assert listed == [problem_row(entry) for entry in catalogue().values()]


def test_the_description_of_the_interface_is_the_frozen_one():
    frozen = text(Path("docs/reference/openapi.json"))
    assert frozen == description(), (
        "the interface has changed: look at it, then run `python -m tests.tidy.regenerate`"
    )
