"""The only door to the ledger's tables. It carries; it decides nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.store.accounts import (
    Account,
    Purse,
    account,
    accounts_of,
    next_account_id,
    open_account,
    purse,
    purses,
    put_card,
    set_ceiling,
)
from ledger.store.answers import Done, KeptRefusal, answer, close_key, close_once, refusals_of
from ledger.store.journal import (
    Entry,
    Head,
    Line,
    balance_as_of,
    entries_by_key,
    entry_by_id,
    head,
    recorded,
    refunded,
    seq_at,
    statement_page,
    taken,
    used_by,
)
from ledger.store.scripts import FUNCTION_SCRIPTS, function_scripts, statement

if TYPE_CHECKING:
    from ledger.store.scripts import Connection as Connection

__all__ = [
    "FUNCTION_SCRIPTS",
    "Account",
    "Done",
    "Entry",
    "Head",
    "KeptRefusal",
    "Line",
    "Purse",
    "account",
    "accounts_of",
    "answer",
    "balance_as_of",
    "close_key",
    "close_once",
    "entries_by_key",
    "entry_by_id",
    "function_scripts",
    "head",
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
    "used_by",
]
