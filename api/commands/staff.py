"""`bousol staff found`: the first persons of a new installation, and a token for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from sqlalchemy.ext.asyncio import create_async_engine

from admin.people import first_staff
from admin.refusals import NotAllowed
from admin.roles import Role
from api.failures import Failure
from api.installation.databases import sqlalchemy_url
from api.installation.ledger_database import answering, ready
from api.process.clock import Clock
from api.settings import NAME_CHARACTERS_MAX

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.settings import Settings


async def found(settings: Settings, treasurer: str, manager: str, technician: str) -> None:
    """Name the first staff and print their tokens.

    Raises:
        Failure: they are named already, a name is none, or the database does not answer.
    """
    names = {Role.TREASURER: treasurer, Role.MANAGER: manager, Role.TECHNICIAN: technician}
    _check(names)
    async with ready(settings) as ledger:
        engine = create_async_engine(sqlalchemy_url(ledger.application_url))
        try:
            with answering():
                async with engine.begin() as connection:
                    tokens = await first_staff.found(connection, names, Clock().now())
        except NotAllowed:
            raise Failure(
                "This installation has its first staff; two of them give every further role."
            ) from None
        finally:
            await engine.dispose()
    for role, token in tokens.items():
        click.echo(f"{role} {names[role]}: {token}")


def _check(names: Mapping[Role, str]) -> None:
    """Three persons with names that can be written down."""
    for name in names.values():
        if not 1 <= len(name.strip()) <= NAME_CHARACTERS_MAX or not name.isprintable():
            raise Failure(
                f"{name!r} is no name; it must be printable text of 1 to"
                f" {NAME_CHARACTERS_MAX} characters."
            )
    if len(set(names.values())) < len(names):
        raise Failure("The first staff are three persons: give three names.")
