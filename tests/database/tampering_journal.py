"""What a superuser may do to one row of the journal, and what the audit must say of it.

{name} stands for an entry or an account of tests/database/journals.py.
"""

from __future__ import annotations

from dataclasses import dataclass

from ledger.audit import Proved


@dataclass(frozen=True)
class Case:
    """SQL in which {name} is an entry or account of the journal, and what the audit says of it."""

    sql: str
    proof: Proved
    row: str
    table: str = "journal"


def change(table: str, where: str, assignment: str) -> str:
    return f"update ledger.{table} set {assignment} where {where}"


P = Proved
JOURNAL = {
    # The journal: change.
    "amount": Case(change("journal", "seq = {payment}", "amount = 31"), P.CONTINUITY, "{payment}"),
    "party": Case(change("journal", "seq = {payment}", "party = 4"), P.CHAIN, "link {payment}"),
    "debit": Case(change("journal", "seq = {p2p}", "debit = {grocer}"), P.CONTINUITY, "{p2p}"),
    "commodity": Case(change("journal", "seq = {p2p}", "credit = 11"), P.TRANSFERS, "{p2p}"),
    "no account": Case(change("journal", "seq = {p2p}", "credit = 9999"), P.TRANSFERS, "{p2p}"),
    "balance": Case(
        change("journal", "seq = {p2p}", "debit_balance = debit_balance + 1"),
        P.CONTINUITY,
        "{p2p}",
    ),
    "version": Case(
        change("journal", "seq = {p2p}", "credit_version = credit_version + 1"),
        P.CONTINUITY,
        "{p2p}",
    ),
    "below 0": Case(change("journal", "seq = {p2p}", "debit_balance = -1"), P.FLOORS, "{p2p}"),
    "posted_at": Case(
        change("journal", "seq = {p2p}", "posted_at = posted_at - interval '1 hour'"),
        P.SEQUENCE,
        "{p2p}",
    ),
    "effective": Case(
        change("journal", "seq = {p2p}", "effective = effective - 1"), P.CHAIN, "link {p2p}"
    ),
    "kind": Case(change("journal", "seq = {p2p}", "kind = 2"), P.TEMPLATES, "{p2p}"),
    "unknown kind": Case(change("journal", "seq = {p2p}", "kind = 99"), P.TEMPLATES, "{p2p}"),
    "policy": Case(change("journal", "seq = {p2p}", "policy = 9"), P.POLICIES, "{p2p}"),
    "document": Case(change("journal", "seq = {issue}", "document = null"), P.DOCUMENTS, "{issue}"),
    "request": Case(change("journal", "seq = {p2p}", "request = '\\x00'"), P.CHAIN, "link {p2p}"),
    "once": Case(
        change("journal", "seq = {p2p}", "once = gen_random_uuid()"), P.CHAIN, "link {p2p}"
    ),
    "transfers": Case(
        change("journal", "seq = {p2p}", "transfers = 2"), P.SEQUENCE, "{p2p}", "journal_more"
    ),
    "remainder": Case(
        change("journal", "seq = {odd issue}", "remainder = 14"), P.REMAINDERS, "{odd issue}"
    ),
    "remainder and law": Case(
        change("journal", "seq = {odd issue}", "remainder = 14"), P.LAW, "{odd issue}"
    ),
    "lines": Case(change("journal", "seq = {batch}", "lines = 3"), P.AWARDS, "{batch}"),
    "card": Case(change("journal", "seq = {payment}", "card = 78"), P.CARDS, "{payment}"),
    "origin": Case(
        change("journal", "seq = {refund}", "origin = {p2p}"), P.CORRECTIONS, "{refund}"
    ),
    "origin of none": Case(
        change("journal", "seq = {p2p}", "origin = {payment}"), P.CORRECTIONS, "{p2p}"
    ),
    "no origin": Case(
        change("journal", "seq = {reversal}", "origin = null"), P.CORRECTIONS, "{reversal}"
    ),
    "mirror": Case(
        change("journal", "seq = {reversal}", "amount = 2"), P.CORRECTIONS, "{reversal}"
    ),
    "refund too large": Case(
        change("journal", "seq = {refund}", "amount = 3001"), P.CORRECTIONS, "{refund}"
    ),
    "once stands twice": Case(
        "drop index ledger.journal_once;"
        + change(
            "journal",
            "seq = {match}",
            "once = (select once from ledger.journal where seq = {issue})",
        ),
        P.IDENTITIES,
        "once ",
    ),
    "unique index gone": Case(
        "drop index ledger.journal_key", P.PROTECTIONS, "index journal_key", "pg_index"
    ),
    "id stands twice": Case(
        "drop index ledger.journal_id;"
        + change("journal", "seq = {match}", "id = (select id from ledger.journal where seq = 1)"),
        P.IDENTITIES,
        "id ",
    ),
    "key stands twice": Case(
        "drop index ledger.journal_key;"
        + change("journal", "seq = {p2p}", "key = (select key from ledger.journal where seq = 1)"),
        P.IDENTITIES,
        "key ",
    ),
    "no payer": Case(change("journal", "seq = {p2p}", "debit = 9999"), P.TRANSFERS, "{p2p}"),
    "no amount": Case(
        "alter table ledger.journal drop constraint journal_amount_check;"
        + change("journal", "seq = {p2p}", "amount = 0"),
        P.TRANSFERS,
        "{p2p}",
    ),
    "to itself": Case(
        "alter table ledger.journal drop constraint journal_check;"
        + change("journal", "seq = {p2p}", "credit = debit"),
        P.TRANSFERS,
        "{p2p}",
    ),
    "since ever": Case(
        change("journal", "seq = {p2p}", "posted_at = '-infinity'"), P.SEQUENCE, "{p2p}"
    ),
    "euros of nobody": Case(change("journal", "seq = {issue}", "debit = 11"), P.LAW, "{issue}"),
    "refund of what was reversed": Case(
        change("journal", "seq = {mixed refund}", "origin = {p2p}"),
        P.CORRECTIONS,
        "{mixed refund}",
    ),
    "reversed for good": Case(
        change("journal", "seq = {p2p}", "kind = 24"), P.CORRECTIONS, "{reversal}"
    ),
    "reversed with a remainder": Case(
        change("journal", "seq = {reversal}", "remainder = 5"), P.CORRECTIONS, "{reversal}"
    ),
    "refunded for good": Case(
        change("journal", "seq = {payment}", "kind = 3"), P.CORRECTIONS, "{refund}"
    ),
    "surplus": Case(
        change("journal", "seq = {sweep}", "remainder = -1000"), P.REMAINDERS, "{sweep}"
    ),
    # The journal: delete, insert, swap.
    "delete": Case("delete from ledger.journal where seq = {p2p}", P.SEQUENCE, "{p2p}"),
    "delete the last": Case("delete from ledger.journal where seq = {last}", P.SEQUENCE, "{last}"),
    "delete the last and its link": Case(
        "delete from ledger.journal where seq = {last};"
        "delete from ledger.journal_more where seq = {last};"
        "delete from ledger.chain_link where last_seq = {last}",
        P.ACCOUNTS,
        "account ",
        "account",
    ),
    "insert": Case(
        "create temp table copied as select * from ledger.journal where seq = {p2p};"
        "update copied set seq = {last} + 1, id = gen_random_uuid(), key = gen_random_uuid();"
        "insert into ledger.journal select * from copied",
        P.SEQUENCE,
        "{last}+1",
    ),
    "insert before the first": Case(
        "create temp table copied as select * from ledger.journal where seq = {p2p};"
        "update copied set seq = 0, id = gen_random_uuid(), key = gen_random_uuid();"
        "insert into ledger.journal select * from copied",
        P.SEQUENCE,
        "seq 0",
    ),
    "swap": Case(
        "update ledger.journal set seq = -1 where seq = {bread 0};"
        "update ledger.journal set seq = {bread 0} where seq = {bread 1};"
        "update ledger.journal set seq = {bread 1} where seq = -1",
        P.CONTINUITY,
        "{bread 0}",
    ),
    # Later transfers.
    "later amount": Case(
        change("journal_more", "seq = {mixed}", "amount = 499"),
        P.CONTINUITY,
        "{mixed}, position 2",
        "journal_more",
    ),
    "later transfer deleted": Case(
        "delete from ledger.journal_more where seq = {mixed}",
        P.SEQUENCE,
        "{mixed}",
        "journal_more",
    ),
    "later transfer inserted": Case(
        "insert into ledger.journal_more values ({p2p}, 2, 1, 2, 1, 1, 1, 1, 1)",
        P.SEQUENCE,
        "{p2p}",
        "journal_more",
    ),
    "stray later transfer": Case(
        "insert into ledger.journal_more values ({last} + 7, 2, 1, 2, 1, 1, 1, 1, 1)",
        P.SEQUENCE,
        "{last}+7, position 2",
        "journal_more",
    ),
    "later transfers swapped": Case(
        "update ledger.journal_more set position = 100 where seq = {notes sold} and position = 3;"
        "update ledger.journal_more set position = 3 where seq = {notes sold} and position = 4;"
        "update ledger.journal_more set position = 4 where seq = {notes sold} and position = 100",
        P.CHAIN,
        "link {notes sold}",
    ),
    "notes": Case(
        change("journal_more", "seq = {notes sold} and position = 3", "amount = 1"),
        P.NOTES,
        "{notes sold}",
    ),
    "stays with the public body": Case(
        change("journal_more", "seq = {settlement} and position = 2", "debit_balance = 1"),
        P.PUBLIC,
        "{settlement}",
    ),
}
"""Named by what was done; `link` before a number is the link that ends there."""
