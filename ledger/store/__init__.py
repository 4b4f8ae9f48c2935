"""The only door to the ledger's tables. It carries; it decides nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.store.accounts import (
    Account,
    CardState,
    Purse,
    account,
    accounts_of,
    card,
    next_account_id,
    open_account,
    purse,
    purses,
    put_card,
    set_ceiling,
    versions,
)
from ledger.store.answers import Done, KeptRefusal, answer, close_key, close_once, refusals_of
from ledger.store.journal import (
    Entry,
    Head,
    Line,
    Moved,
    balance_as_of,
    day,
    entries_after,
    entries_by_key,
    entries_by_origin,
    entry_by_id,
    entry_by_once,
    head,
    moved_after,
    recorded,
    refunded,
    seq_at,
    statement_page,
    taken,
    times_paid,
    used_by,
)
from ledger.store.scripts import FUNCTION_SCRIPTS, function_scripts, statement

if TYPE_CHECKING:
    from ledger.store.scripts import Connection as Connection

__all__ = [
    "FUNCTION_SCRIPTS",
    "Account",
    "CardState",
    "Done",
    "Entry",
    "Head",
    "KeptRefusal",
    "Line",
    "Moved",
    "Purse",
    "account",
    "accounts_of",
    "answer",
    "balance_as_of",
    "card",
    "close_key",
    "close_once",
    "day",
    "entries_after",
    "entries_by_key",
    "entries_by_origin",
    "entry_by_id",
    "entry_by_once",
    "function_scripts",
    "head",
    "moved_after",
    "next_account_id",
    "open_account",
    "purse",
    "purses",
    "put_card",
    "recorded",
    "refunded",
    "refusals_of",
    "seq_at",
    "set_ceiling",
    "statement",
    "statement_page",
    "taken",
    "times_paid",
    "used_by",
    "versions",
]
