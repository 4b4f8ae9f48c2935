"""Rows written beside an entry, on the driver's connection, in the transaction that posts it.

`ledger.committing` takes the driver's connection, so what usually goes through SQLAlchemy Core is
said in SQL here: an event, and a message to a holder.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final
from uuid import uuid4

if TYPE_CHECKING:
    from datetime import datetime

    from admin.events import Event
    from admin.telling.words import Template
    from ledger.store import Connection

_EVENT: Final = """
    insert into admin.event (at, act, actor, party, object, facts)
    values ($1, $2, $3, $4, $5, $6::jsonb)"""
_MESSAGE: Final = """
    insert into admin.message (id, party, template, facts, channel, queued_at, due_at, tries)
    select $1, p.id, $3, '{}', case when s.email is null then 'letter' else 'email' end, $4, $4, 0
      from admin.party p left join admin.person s on s.id = p.person
     where p.id = $2"""


async def write(connection: Connection, event: Event, at: datetime) -> None:
    """Write an event; as `events.write`."""
    facts = json.dumps(dict(event.facts))
    row = (at, event.act, event.actor, event.party, event.object, facts)
    await connection.execute(_EVENT, *row)


async def tell(connection: Connection, party: int, template: Template, at: datetime) -> None:
    """Tell a party something; as `messages.queue`."""
    await connection.execute(_MESSAGE, uuid4(), party, template, at)
