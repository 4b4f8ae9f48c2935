"""What the protections cost: the posting function with some taken out, for the bench alone.

Each variant is a ledger of its own whose functions the bench rewrites; the product has no such
switch. All variants keep the lock, the numbering, the look-up of keys in the journal, floors, the
refusal of unknown accounts, every index and check constraint, and a chain link without its hash.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from bench.server import OWNER
from ledger.batch import POST, answers, arguments
from ledger.journal import Posted
from ledger.store import function_scripts

if TYPE_CHECKING:
    from asyncpg import Record
    from asyncpg.prepared_stmt import PreparedStatement

    from bench.loads import Load
    from bench.server import Server

BATCH: Final = 128
BLOCK: Final = 10
WARM: Final = 2
_PLAIN_UPDATE: Final = """
  with moved as materialized (
    select * from unnest(accounts, balance, version) x(id, balance, version))
  update account a set balance = m.balance, version = m.version
    from moved m where a.id = m.id and a.version <> m.version;
  insert into chain_link"""
_TRIGGER_TABLES: Final = ("journal", "journal_more", "refusal", "chain_link", "policy")


class Variant(NamedTuple):
    """A ledger without some protections: what changes in the scripts, and triggers that go."""

    changes: tuple[tuple[str, str], ...] = ()
    triggers: tuple[tuple[str, str], ...] = ()


def _line(code: str) -> tuple[str, str]:
    """Take the rules that refuse with a code out of the CASE expressions."""
    return (rf"\n +when [^\n]*(?:\n +(?:and|or) [^\n]*)? then '{code}'", "")


CHAIN: Final = Variant(((r"link_hash\(head\.hash,[^;]*\)\)(?=;)", "head.hash)"),))
CONTINUITY: Final = Variant(
    ((r"\n  insert into chain_link", _PLAIN_UPDATE),),
    (("continuity", "journal"), ("moved_by_transfers", "account")),
)
OTHER_TRIGGERS: Final = Variant(
    triggers=(
        *(("append_only", table) for table in _TRIGGER_TABLES),
        *(("one_writer", table) for table in _TRIGGER_TABLES[:-1]),
        ("never_changed", "account"),
        ("never_removed", "account"),
    )
)
TEMPLATE: Final = Variant((_line("not_in_template"),))
LAW: Final = Variant(((r"if why is null and \(covered or r <> 0\) then", "if false then"),))
KEYS: Final = Variant(
    (
        (r"    union all\n    select i, coalesce\(f\.request.*?f\.party = e_party\[i\]\n", ""),
        (r"if e_once is not null then", "if false then"),
    )
)
OTHER_CHECKS: Final = Variant(
    tuple(
        _line(code)
        for code in (
            "too_late", "period_closed", "document_missing", "unknown_policy",
            "commodity_mismatch", "payer_blocked", "payee_blocked", "lot_expired",
            "lot_not_accepted", "lot_not_expired", "ceiling_reached",
        )
    )
)  # fmt: skip

SINGLE: Final = {
    "hash of the chain": CHAIN,
    "continuity of versions and balances": CONTINUITY,
    "append-only and one-writer triggers": OTHER_TRIGGERS,
    "template of the kind": TEMPLATE,
    "law and reserve": LAW,
    "look-up of refusals and of once": KEYS,
    "status, commodity, periods and other rules": OTHER_CHECKS,
}
FULL: Final = "as it is"
BARE: Final = "none of them"


def _together(variants: tuple[Variant, ...]) -> Variant:
    return Variant(
        tuple(change for v in variants for change in v.changes),
        tuple(trigger for v in variants for trigger in v.triggers),
    )


VARIANTS: Final = {FULL: Variant(), **SINGLE, BARE: _together(tuple(SINGLE.values()))}


def scripts(variant: Variant) -> tuple[str, ...]:
    """The ledger's functions with a variant's changes; each change is made exactly once."""
    texts = list(function_scripts())
    for pattern, new in variant.changes:
        literal = new.replace("\\", "\\\\")
        made = [re.subn(pattern, literal, text, flags=re.DOTALL) for text in texts]
        assert sum(number for _, number in made) == 1, pattern
        texts = [text for text, _ in made]
    drops = "".join(f"drop trigger {name} on ledger.{table};" for name, table in variant.triggers)
    return (*texts, drops) if drops else tuple(texts)


def database_of(name: str) -> str:
    """The database of a variant."""
    return f"variant_{list(VARIANTS).index(name)}"


async def make_variants(server: Server, base: str, names: tuple[str, ...]) -> None:
    """Copies of the ledger `base`, each without its protections."""
    for name in names:
        await server.copy(base, database_of(name))
        await server.run(database_of(name), *scripts(VARIANTS[name]), user=OWNER)


async def in_turn(
    server: Server, names: tuple[str, ...], load: Load, *, blocks: int
) -> dict[str, list[float]]:
    """Microseconds a payment of each call; a block of batches to each variant in turn.

    The first batches of a block find the processor's caches filled by another and do not count.
    """
    connections = {name: await server.connect(database_of(name)) for name in names}
    statements = {name: await c.prepare(POST) for name, c in connections.items()}
    times: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(blocks):
        batches = [arguments(load.entries(BATCH)) for _ in range(BLOCK)]
        for name in names:
            took = [await _call(statements[name], columns) for columns in batches]
            times[name] += took[WARM:]
    for connection in connections.values():
        await connection.close()
    return times


async def _call(statement: PreparedStatement[Record], columns: tuple[Any, ...]) -> float:
    begun = time.perf_counter()
    row = await statement.fetchrow(*columns)
    took = (time.perf_counter() - begun) / BATCH * 1e6
    assert row is not None
    assert all(isinstance(answer, Posted) for answer in answers(row, columns))
    return took
