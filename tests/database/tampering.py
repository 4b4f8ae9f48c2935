"""What a superuser may do to one row of the other tables, and what the audit must say of it."""

from __future__ import annotations

from tests.database.tampering_journal import JOURNAL, Case, P, change

CASES = JOURNAL | {
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
    "own account deleted": Case(
        "delete from ledger.account where id = 31", P.ACCOUNTS, "account 31", "account"
    ),
    "class that is none": Case(
        change("account", "id = {alice}", "class = 99"), P.ACCOUNTS, "account {alice}", "account"
    ),
    "class of an own account": Case(
        change("account", "id = 31", "class = 30"), P.ACCOUNTS, "account 31", "account"
    ),
    "commodity of notes": Case(
        change("account", "id = {stock NOTE10}", "commodity = 2"),
        P.ACCOUNTS,
        "account {stock NOTE10}",
        "account",
    ),
    "rule of a lot": Case(
        change("account", "id = {lot}", "rule = null"), P.ACCOUNTS, "account {lot}", "account"
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
    "act closed after it happened": Case(
        "insert into ledger.closed_once select once, posted_at from ledger.journal"
        " where seq = {issue}",
        P.IDENTITIES,
        "once ",
        "closed_once",
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
"""Every way to tamper with one row that has a name."""
