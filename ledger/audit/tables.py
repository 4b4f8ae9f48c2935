"""The database's own copies of the rules, and what guards its tables, against the code's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ledger.audit.facts import PLACES, TEMPLATES
from ledger.audit.report import Proved
from ledger.audit.wire import JOURNAL_COLUMNS, LINK_COLUMNS, MORE_COLUMNS
from ledger.chart import CHART, NOTE_FACES, Commodity
from ledger.kinds import KINDS
from ledger.store import statement

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ledger.audit.report import AuditReport, Proof
    from ledger.audit.wire import Column
    from ledger.store import Connection

_COLUMNS: Final = {
    "journal": JOURNAL_COLUMNS,
    "journal_more": MORE_COLUMNS,
    "chain_link": LINK_COLUMNS,
}
_UNIQUE: Final = {
    "account_pkey": "id",
    "chain_link_pkey": "last_seq",
    "closed_once_pkey": "once",
    "journal_id": "id",
    "journal_key": "key, party",
    "journal_more_pkey": 'seq, "position"',
    "journal_once": "once) WHERE (once IS NOT NULL",
    "journal_pkey": "seq",
    "refusal_pkey": "key, party",
}
"""The unique indexes and their columns, in the words of pg_indexes."""
_TRIGGERS: Final = {
    "acceptance": ("never_changed", "never_removed"),
    "account": ("moved_by_transfers", "never_changed", "never_removed"),
    "chain_link": ("append_only", "one_writer"),
    "closed_once": ("append_only", "one_writer"),
    "journal": ("append_only", "continuity", "one_writer"),
    "journal_more": ("append_only", "one_writer"),
    "policy": ("append_only",),
    "refusal": ("append_only", "one_writer"),
    "scheme": ("demo_clock", "fixed_rate", "never_removed"),
}
_FLAGS: Final = (
    "documented capped spends lapses restores reverses thaws reversible refundable".split()  # noqa: SIM905  why: nine names on one line
)


async def keep_columns(connection: Connection, report: AuditReport) -> bool:
    """Columns are the published ones; whether they are, for nothing can be read otherwise."""
    proof = report[Proved.PROTECTIONS]
    for table, columns in _COLUMNS.items():
        await _keep_columns(connection, table, columns, proof)
    return proof.finding is None


async def keep_protections(connection: Connection, report: AuditReport) -> None:
    """Unique indexes are there, and no trigger is off."""
    proof = report[Proved.PROTECTIONS]
    indexes = await connection.fetch(statement("audit/unique_indexes"))
    found = {row["name"]: row["definition"] for row in indexes if row["sound"]}
    for name, key in _UNIQUE.items():
        proof.check()
        stored = found.get(name, "")
        if not stored.endswith(f"({key})"):
            proof.fail(
                "pg_index", f"index {name}", "definition", stored=stored or None, expected=key
            )
    on = {(r["on_table"], r["name"]) for r in await connection.fetch(statement("audit/triggers"))}
    for table, names in _TRIGGERS.items():
        for name in names:
            proof.check()
            if (table, name) not in on:
                row = f"trigger {name} of {table}"
                proof.fail("pg_trigger", row, "enabled", stored=False, expected=True)


async def _keep_columns(
    connection: Connection, table: str, columns: tuple[Column, ...], proof: Proof
) -> None:
    rows = await connection.fetch(statement("audit/columns"), table)
    stored = [(row["name"], row["type"]) for row in rows]
    expected = [(column.name, column.type.oid) for column in columns]
    proof.check(rows=len(expected))
    for place in range(max(len(stored), len(expected))):
        here, there = stored[place : place + 1], expected[place : place + 1]
        if here != there:
            proof.fail(
                "pg_attribute",
                f"column {place + 1} of {table}",
                "name and type",
                stored=here[0] if here else None,
                expected=there[0] if there else None,
            )


async def keep_chart(connection: Connection, report: AuditReport) -> None:
    """Commodities, classes, kinds, templates and their bit maps equal the code's."""
    proof = report[Proved.CHART]
    for table, expected in (
        ("commodity", _commodities()),
        ("class", _classes()),
        ("kind", _kinds()),
    ):
        rows = await connection.fetch(statement(f"audit/{table}"))
        _compare(table, ({**row} for row in rows), expected, proof)
    _keep_templates(await connection.fetch(statement("audit/template")), proof)


def _compare(
    table: str, rows: Iterable[dict[str, Any]], expected: dict[int, dict[str, Any]], proof: Proof
) -> None:
    stored = {row["id"]: row for row in rows}
    for number in sorted({*stored, *expected}):
        proof.check()
        here, there = stored.get(number, {}), expected.get(number, {})
        for fact in here | there:
            if here.get(fact) != there.get(fact):
                proof.fail(
                    table,
                    f"id {number}",
                    fact,
                    stored=here.get(fact),
                    expected=there.get(fact),
                )


def _commodities() -> dict[int, dict[str, Any]]:
    return {c: {"id": c, "code": c.name, "face": NOTE_FACES.get(c)} for c in Commodity}


def _classes() -> dict[int, dict[str, Any]]:
    return {
        number: {
            "id": number,
            "code": facts.code,
            "side": facts.side,
            "debt": facts.debt,
            "issued": facts.issued,
            "reserve": facts.reserve,
            "statutory": facts.statutory,
        }
        for number, facts in CHART.items()
    }


def _kinds() -> dict[int, dict[str, Any]]:
    return {
        kind: {
            "id": kind,
            "code": kind.name.lower(),
            "rounding": facts.rounding.value,
            **{flag: getattr(facts, flag) for flag in _FLAGS},
            "pairs": "".join(
                "1" if number in TEMPLATES[kind] else "0" for number in range(PLACES * PLACES)
            ),
        }
        for kind, facts in KINDS.items()
    }


def _keep_templates(rows: list[Any], proof: Proof) -> None:
    stored = {tuple(row) for row in rows}
    expected = {(int(k), int(d), int(c)) for k, f in KINDS.items() for d, c in f.pairs}
    proof.check(rows=len(expected))
    for kind, debit, credit in sorted(stored ^ expected):
        row = f"kind {kind}, debit {debit}, credit {credit}"
        there = (kind, debit, credit) in expected
        proof.fail("template", row, "row", stored=int(not there), expected=int(there))
