"""Entries that stand or fall with the caller's own rows, and who is the second of two persons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from admin.people.granting import grant_of
from admin.roles import check_second
from api.conflicts import conflict_with
from api.wire import replying
from ledger import store
from ledger.committing import Replayed, post_and_commit
from ledger.journal import Posted
from ledger.refusals import KeyConflict

if TYPE_CHECKING:
    from uuid import UUID

    from admin.roles import Act
    from api.gate.asker import Asker
    from api.process.pools import Connection
    from api.services import Services
    from ledger.journal import JournalEntry


async def post_beside_rows(
    services: Services, connection: Connection, entry: JournalEntry
) -> Posted:
    """Post an entry and commit it with the rows written before; then tell who listens.

    Raises:
        PostingRefusal: nothing stands, neither the entry nor the rows.
        Replayed: as `post_and_commit`.
    """
    try:
        (posted,) = await post_and_commit(connection, [entry])
    except KeyConflict:
        raise await conflict_with(connection, entry) from None
    except Replayed:
        replying.answered_before()
        raise
    services.poster.committed(posted.seq)
    return posted


async def posted_before(connection: Connection, party: int, key: UUID) -> Posted | None:
    """What this key of a party has posted, so that asking again is no act; None when nothing."""
    answer = await store.answer(connection, party=party, key=key)
    if not isinstance(answer, Posted):
        return None
    replying.answered_before()
    return answer


async def answered_by(connection: Connection, party: int, key: UUID, entry: UUID | None) -> bool:
    """Whether this key of a party was answered with this entry, so that asking again is no act."""
    before = await posted_before(connection, party, key)
    return before is not None and before.id == entry


async def check_other_person(services: Services, first: UUID, asker: Asker, act: Act) -> None:
    """The asker is another human being than the one behind the grant `first`, and may confirm.

    Raises:
        NotAllowed, SamePerson: as `admin.roles.check_second` says.
    """
    async with services.rows() as rows:
        one, two = await grant_of(rows, first), await grant_of(rows, asker.acting_as)
    check_second(one, two, act, services.clock.now())
