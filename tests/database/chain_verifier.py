"""A verifier of the chain that knows docs/reference/chain.md and nothing of the ledger's code."""

import struct
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

OIDS = {"smallint": 21, "integer": 23, "bigint": 20}
OIDS |= {"bytea": 17, "date": 1082, "timestamptz": 1184, "uuid": 2950}
WHOLE_NUMBERS = {21: ">h", 23: ">i", 20: ">q"}


def fields(told):
    """A table of fields, told as "type name name; type name"."""
    groups = (group.split() for group in told.split(";"))
    return {name: OIDS[kind] for kind, *names in groups for name in names}


TRANSFER = "debit credit amount debit_balance credit_balance debit_version credit_version"
JOURNAL = fields(
    f"bigint seq party {TRANSFER}; timestamptz posted_at; uuid id key; date effective;"
    "smallint kind policy transfers; bytea request; uuid once document;"
    "bigint origin card remainder; integer lines"
)
MORE = fields(f"bigint seq; smallint position; bigint {TRANSFER}")
LINK = fields("bigint first_seq last_seq; timestamptz posted_at; bigint debt issued")
LINK |= fields("bigint remainder reserve")
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
GENESIS = sha256(b"bousol ledger chain 1").digest()


def value(oid, given):
    if oid in WHOLE_NUMBERS:
        return struct.pack(WHOLE_NUMBERS[oid], given)
    if oid == OIDS["date"]:
        return struct.pack(">i", (given - date(2000, 1, 1)).days)
    if oid == OIDS["timestamptz"]:
        return struct.pack(">q", (given - EPOCH) // timedelta(microseconds=1))
    return given.bytes if oid == OIDS["uuid"] else given


def row(table, record):
    """The bytes of a row: how many fields; then of each its type, its length and its value."""
    parts = [struct.pack(">i", len(table))]
    for name, oid in table.items():
        data = None if record[name] is None else value(oid, record[name])
        parts.append(struct.pack(">Ii", oid, -1 if data is None else len(data)) + (data or b""))
    return b"".join(parts)


def link_hash(before, link, entries, more):
    rows = [row(JOURNAL, r) for r in entries] + [row(MORE, r) for r in more]
    return sha256(b"bousol link 1" + before + row(LINK, link) + b"".join(rows)).digest()


async def verify(connection):
    """The number of the last entry and its head; AssertionError names the link that is wrong."""
    seq, head = 0, GENESIS
    links = await connection.fetch("select * from ledger.chain_link order by last_seq")
    for link in links[1:]:
        of = "where seq between $1 and $2 order by seq"
        span = link["first_seq"], link["last_seq"]
        entries = await connection.fetch(f"select * from ledger.journal {of}", *span)
        more = await connection.fetch(f"select * from ledger.journal_more {of}, position", *span)
        head = link_hash(head, link, entries, more)
        assert (link["first_seq"], link["hash"]) == (seq + 1, head), f"link {span}"
        assert [e["seq"] for e in entries] == list(range(span[0], span[1] + 1)), f"link {span}"
        seq = link["last_seq"]
    return seq, head
