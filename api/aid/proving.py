"""The proof of a programme at a head of the chain, signed; a later one tells what changed since.

All of it is read from the journal up to one head, so that the proof of a head is the same whenever
it is asked for. What comes after a programme's end is told by a later head's proof, which names the
earlier figures.

Not every head is told: of two neighbours, the difference is what one household paid. There is the
present one, those that closed a period whose figures are published, the end of the programme's last
day, and the end of each day after it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from admin.aid import award_rows, statistic_rows
from admin.aid.programmes import end_of
from admin.aid.proof import ProofBroken, proof_of
from admin.aid.proof_bytes import At, proof_bytes
from admin.aid.refusals import AwardsUnderWay, ProofRefused
from api.aid.executing import terms_for
from api.wire.days import day_of
from api.wire.problems import Problem
from ledger import store
from ledger.kinds import Kind
from merchants.signing import signed

if TYPE_CHECKING:
    from datetime import date

    from admin.aid.programmes import Programme
    from api.process.pools import Connection
    from api.services import Services
    from ledger.store import Head


@dataclass(frozen=True, slots=True)
class Proven:
    """Figures at a head and, of a supplement, those of an earlier one; all of it signed."""

    programme: Programme
    now: At
    before: At | None
    signature: str

    @property
    def heads(self) -> tuple[At, ...]:
        """The head, then the earlier one."""
        return (self.now,) if self.before is None else (self.now, self.before)


async def prove(
    services: Services, programme: Programme, *, seq: int | None = None, since: int | None = None
) -> Proven:
    """The proof of a programme.

    Args:
        services: of the application.
        programme: whose.
        seq: last entry of the head it is made at; None: the head there is.
        since: last entry of an earlier head, which a supplement is to be compared with.

    Raises:
        Problem: `not_found`, the chain never had such a head, it is none that is told, or it is not
            an earlier one.
        AwardsUnderWay: a batch is between its two steps at a head.
        ProofRefused: the journal does not close.
    """
    async with services.connection() as connection:
        head = await _head(connection, programme, seq)
        earlier = None if since is None else await _earlier(connection, programme, since)
        if earlier is not None and earlier.seq >= head.seq:
            raise Problem("not_found")
    await services.durable(head.seq)
    now = await _at(services, programme, head)
    before = None if earlier is None else await _at(services, programme, earlier)
    key = await services.paying.keyring.signing(services.clock.now())
    heads = [now] if before is None else [now, before]
    return Proven(programme, now, before, signed(proof_bytes(programme.id, heads), key))


async def ended_seq(services: Services, ends_on: date, now: At) -> int | None:
    """The last entry of the head there was when a programme's last day ended, before `now`.

    None: the day has not ended at that head, or nothing has followed it.
    """
    if day_of(now.posted_at) <= ends_on:
        return None
    async with services.connection() as connection:
        found = await store.seq_at(connection, end_of(ends_on))
    return found if 0 < found < now.seq else None


async def _head(connection: Connection, programme: Programme, seq: int | None) -> Head:
    """The present head, or an earlier one that is told.

    Raises:
        Problem: `not_found`.
    """
    present = await store.head(connection)
    if seq in (None, present.seq):
        return present
    if seq != await _told_by(connection, programme, seq):
        raise Problem("not_found")
    return await _link(connection, seq)


async def _earlier(connection: Connection, programme: Programme, seq: int) -> Head:
    """The last head that is told at or before the one that some proof names.

    Raises:
        Problem: `not_found`, there is none, or the chain never had such a head.
    """
    return await _link(connection, await _told_by(connection, programme, seq))


async def _link(connection: Connection, seq: int) -> Head:
    found = await store.link(connection, seq) if seq else None
    if found is None:
        raise Problem("not_found")
    return found


async def _told_by(connection: Connection, programme: Programme, seq: int) -> int:
    """The last entry of the last head that is told until `seq`: 0 when there is none."""
    head, ends_on = await _link(connection, seq), programme.version.ends_on
    found = [one.seq for one in await statistic_rows.published(connection, programme.id)]
    today = day_of(await connection.fetchval("select ledger.clock()"))
    day = day_of(head.posted_at)
    days = [one for one in (ends_on, day - timedelta(days=1), day) if ends_on <= one < today]
    found += [await store.seq_at(connection, end_of(closed)) for closed in days]
    return max((one for one in found if one <= seq), default=0)


async def _at(services: Services, programme: Programme, head: Head) -> At:
    async with services.connection() as connection:
        lots = await award_rows.lots_of(connection, programme.id)
        clearing = await award_rows.clearing_of(connection, programme.id)
        moved = await store.moved_by_kind(connection, list(lots), head.seq)
        euros = await store.moved_by_kind(connection, [programme.account], head.seq)
        held = await store.balances_as_of(connection, list(lots), head.seq)
        unused = await store.balances_as_of(connection, [programme.account], head.seq)
        between = await store.moved_by_kind(connection, clearing, head.seq)
    if sum(one.credited - one.debited for one in between if one.kind in _STEPS):
        raise AwardsUnderWay
    terms = {policy: await terms_for(services, policy) for policy in sorted(set(lots.values()))}
    try:
        proof = proof_of(euros, moved, {lot: terms[policy] for lot, policy in lots.items()})
    except ProofBroken as error:
        raise ProofRefused from error
    if (proof.backing, proof.unused) != (held, unused):  # the balances the lines themselves tell
        raise ProofRefused
    # Before the first entry of all, the chain has a head at no instant.
    posted_at = head.posted_at if head.seq else programme.made_at
    return At(head.seq, posted_at, head.hash, proof)


_STEPS: Final = frozenset({Kind.AID_BATCH, Kind.AID_AWARD})
