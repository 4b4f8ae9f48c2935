"""A batch on the wire: entries as the columns `ledger.post` takes, its answer as one per entry.

Accounts and kinds travel once; a transfer names its accounts by their positions. A column of
which a batch has no value travels as one NULL: an array costs a microsecond an element.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ledger.journal import Posted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asyncpg import Record

    from ledger.journal import JournalEntry

COLUMNS: Final = 24
POST: Final = f"select * from ledger.post({', '.join(f'${n}' for n in range(1, COLUMNS + 1))})"  # noqa: S608  why: only parameter numbers
_IDS: Final = 2
"""The place of the column of ids."""


class Refused(NamedTuple):
    """The code of the refusal of one entry, as the posting function gave it."""

    code: str


Answer = Posted | Refused


def _rare(column: list[Any]) -> list[Any] | None:
    """The column, or NULL when no entry of the batch has a value in it."""
    return column if any(value is not None for value in column) else None


def arguments(entries: Sequence[JournalEntry]) -> tuple[list[Any] | None, ...]:
    """The 24 columns of a batch, in the order of the parameters of `ledger.post`."""
    named = {account for e in entries for t in e.transfers for account in t[:2]}
    named.update(e.expected[0] for e in entries if e.expected)
    accounts = sorted(named)
    place = {account: position for position, account in enumerate(accounts, 1)}
    kinds = sorted({e.kind for e in entries})
    legs = [t for e in entries for t in e.transfers]
    simple = len(legs) == len(entries) and all(len(e.transfers) == 1 for e in entries)
    return (
        accounts,
        kinds,
        [e.id for e in entries],
        [e.party for e in entries],
        [e.key for e in entries],
        [e.request for e in entries],
        None if len(kinds) == 1 else [kinds.index(e.kind) + 1 for e in entries],
        _rare([e.once for e in entries]),
        _rare([e.document for e in entries]),
        _rare([e.origin for e in entries]),
        _rare([e.remainder or None for e in entries]),
        _rare([None if e.lines == 1 else e.lines for e in entries]),
        _rare([e.policy for e in entries]),
        _rare([e.effective for e in entries]),
        _rare([e.not_after for e in entries]),
        _rare([e.replan or None for e in entries]),
        _rare([e.card for e in entries]),
        _rare([e.pin or None for e in entries]),
        _rare([e.expected and place[e.expected[0]] for e in entries]),
        _rare([e.expected and e.expected[1] for e in entries]),
        None if simple else _ends(entries),
        [place[t[0]] for t in legs],
        [place[t[1]] for t in legs],
        [t[2] for t in legs],
    )


def _ends(entries: Sequence[JournalEntry]) -> list[int]:
    """The position of each entry's last transfer."""
    ends, last = [], 0
    for entry in entries:
        last += len(entry.transfers)
        ends.append(last)
    return ends


def answers(row: Record, columns: Sequence[Any]) -> list[Answer]:
    """One answer per entry of the batch that was sent as `columns`, in its order."""
    refused, seqs, balances, posted_at, before, ids_before = row
    sent = columns[_IDS]
    if before is None:
        return [
            Posted(seq, posted_at, balance, own) if code is None else Refused(code)
            for code, seq, balance, own in zip(refused, seqs, balances, sent, strict=True)
        ]
    every = zip(refused, seqs, balances, before, ids_before, sent, strict=True)
    return [
        Refused(code) if code else Posted(seq, earlier or posted_at, balance, stood or own)
        for code, seq, balance, earlier, stood, own in every
    ]
