"""What a superuser may do to one row past all triggers, and what the audit must say of it.

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
CASES = {
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
    # The chain.
    "hash": Case(
        change("chain_link", "last_seq = {p2p}", "hash = sha256('x')"), P.CHAIN, "link {p2p}"
    ),
    "genesis": Case(
        change("chain_link", "last_seq = 0", "hash = sha256('x')"), P.CHAIN, "last_seq 0"
    ),
    "debt": Case(change("chain_link", "last_seq = {p2p}", "debt = debt + 1"), P.LAW, "link {p2p}"),
    "link older than the one before": Case(
        change("chain_link", "last_seq = {p2p}", "posted_at = '2020-01-01'"),
        P.CHAIN,
        "link {p2p}",
    ),
    "link deleted": Case(
        "delete from ledger.chain_link where last_seq = {p2p}", P.CHAIN, "link {reversal}"
    ),
    "link inserted": Case(
        "insert into ledger.chain_link select last_seq + 1, last_seq + 1, posted_at, debt, issued,"
        " remainder, reserve, hash from ledger.chain_link where last_seq = {last}",
        P.CHAIN,
        "link {last}+1",
    ),
    "links swapped": Case(
        "update ledger.chain_link set last_seq = -1 where last_seq = {bread 0};"
        "update ledger.chain_link set last_seq = {bread 0} where last_seq = {bread 1};"
        "update ledger.chain_link set last_seq = {bread 1} where last_seq = -1",
        P.CHAIN,
        "link {bread 0}",
    ),
    # Accounts.
    "account balance": Case(
        change("account", "id = {alice}", "balance = balance + 1"),
        P.ACCOUNTS,
        "account {alice}",
        "account",
    ),
    "account version": Case(
        change("account", "id = {alice}", "version = version + 1"),
        P.ACCOUNTS,
        "account {alice}",
        "account",
    ),
    "account floor": Case(
        change("account", "id = {alice}", "floor = -100"),
        P.ACCOUNTS,
        "account {alice}",
        "account",
    ),
    "account class": Case(change("account", "id = {baker}", "class = 1"), P.TEMPLATES, "{bread 0}"),
    "account commodity": Case(
        change("account", "id = {baker}", "commodity = 1"),
        P.ACCOUNTS,
        "account {baker}",
        "account",
    ),
    "account side": Case(
        change("account", "id = {baker}", "side = 1"), P.ACCOUNTS, "account {baker}", "account"
    ),
    "account deleted": Case(
        "delete from ledger.account where id = {baker}", P.TRANSFERS, "{bread 0}"
    ),
    "account inserted": Case(
        "insert into ledger.account (id, class, commodity, side, balance)"
        " values (8000, 1, 2, -1, 5)",
        P.ACCOUNTS,
        "account 8000",
        "account",
    ),
    "second issuing account": Case(
        "insert into ledger.account (id, class, commodity, side) values (8000, 8, 2, 1)",
        P.ACCOUNTS,
        "account 8000",
        "account",
    ),
    "accounts swapped": Case(
        "update ledger.account set id = -1 where id = {alice};"
        "update ledger.account set id = {alice} where id = {bob};"
        "update ledger.account set id = {bob} where id = -1",
        P.ACCOUNTS,
        "account {alice}",
        "account",
    ),
    # Refusals, lots and the chart.
    "refusal of a posted key": Case(
        "insert into ledger.refusal select key, party, request, 'too_late', posted_at"
        " from ledger.journal where seq = {p2p}",
        P.IDENTITIES,
        "key ",
        "refusal",
    ),
    "refusal with another code": Case(
        "update ledger.refusal set code = 'nonsense'", P.IDENTITIES, "key ", "refusal"
    ),
    "acceptance deleted": Case("delete from ledger.acceptance", P.LOTS, "{mixed}"),
    "acceptance begun later": Case(
        "update ledger.acceptance set after_seq = {mixed}", P.LOTS, "{mixed}"
    ),
    "acceptance of another": Case(
        "update ledger.acceptance set account = {baker}", P.LOTS, "{mixed}"
    ),
    "lot ended earlier": Case(
        change("account", "id = {lot}", "expires = '2020-01-01'"), P.LOTS, "{mixed}"
    ),
    "template deleted": Case(
        "delete from ledger.template where kind = 3",
        P.CHART,
        "kind 3, debit 1, credit 1",
        "template",
    ),
    "template inserted": Case(
        "insert into ledger.template values (3, 8, 1)",
        P.CHART,
        "kind 3, debit 8, credit 1",
        "template",
    ),
    "bits of a template": Case(
        change("kind", "id = 3", "pairs = set_bit(pairs, 321, 1)"), P.CHART, "id 3", "kind"
    ),
    "flag of a kind": Case(change("kind", "id = 5", "documented = false"), P.CHART, "id 5", "kind"),
    "rounding of a kind": Case(
        change("kind", "id = 5", "rounding = 'free'"), P.CHART, "id 5", "kind"
    ),
    "weight of a class": Case(change("class", "id = 11", "reserve = 1"), P.CHART, "id 11", "class"),
    "kinds swapped": Case(
        "update ledger.kind set code = 'none' where id = 1;"
        "update ledger.kind set code = 'payment' where id = 2;"
        "update ledger.kind set code = 'b2b' where id = 1",
        P.CHART,
        "id 1",
        "kind",
    ),
    "face of a note": Case(
        change("commodity", "id = 7", "face = 50"), P.CHART, "id 7", "commodity"
    ),
    "rate": Case("update ledger.scheme set rate_issued = 22", P.LAW, "{issue}"),
    "tranche": Case("update ledger.scheme set tranche = 1000", P.REMAINDERS, "{notes sold}"),
    "mode of a policy": Case(
        "update ledger.policy set comptoir_mode = 'linear'", P.REMAINDERS, "{notes sold}"
    ),
    "trigger off": Case(
        "alter table ledger.journal disable trigger append_only",
        P.PROTECTIONS,
        "trigger append_only of journal",
        "pg_trigger",
    ),
    "column added": Case(
        "alter table ledger.journal add column more int",
        P.PROTECTIONS,
        "column 24 of journal",
        "pg_attribute",
    ),
}
"""Named by what was done; `link` before a number stands for the link that ends there."""
