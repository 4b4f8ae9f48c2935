"""The published bytes of the chain, made from what the database sends in binary.

COPY brings each value in network order; here it becomes a Python value, and the values become
the bytes that docs/reference/chain.md fixes. No function of the database takes part in it.
"""

from __future__ import annotations

import struct
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Row = TypeVar("Row")

GENESIS: Final = sha256(b"bousol ledger chain 1").digest()
LINK_TAG: Final = b"bousol link 1"

_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
_COPY_HEADER_BYTES: Final = 19
_COPY_TRAILER_BYTES: Final = 2
_ROW_HEAD: Final = struct.Struct(">hii")
_NULL: Final = -1


class Type(NamedTuple):
    """A type of PostgreSQL: its OID, its code for `struct`, its bytes (0: any number)."""

    oid: int
    code: str
    size: int


INT2, INT4, INT8 = Type(21, "h", 2), Type(23, "i", 4), Type(20, "q", 8)
INSTANT, DAY = Type(1184, "q", 8), Type(1082, "i", 4)
UUID, BYTES = Type(2950, "16s", 16), Type(17, "s", 0)


class Column(NamedTuple):
    """A column in its published place."""

    name: str
    type: Type
    nullable: bool = False


JOURNAL_COLUMNS: Final = (
    Column("seq", INT8),
    Column("party", INT8),
    Column("debit", INT8),
    Column("credit", INT8),
    Column("amount", INT8),
    Column("debit_balance", INT8),
    Column("credit_balance", INT8),
    Column("debit_version", INT8),
    Column("credit_version", INT8),
    Column("posted_at", INSTANT),
    Column("id", UUID),
    Column("key", UUID),
    Column("effective", DAY),
    Column("kind", INT2),
    Column("policy", INT2),
    Column("transfers", INT2),
    Column("request", BYTES),
    Column("once", UUID, nullable=True),
    Column("document", UUID, nullable=True),
    Column("origin", INT8, nullable=True),
    Column("card", INT8, nullable=True),
    Column("remainder", INT8, nullable=True),
    Column("lines", INT4, nullable=True),
)
MORE_COLUMNS: Final = (
    Column("seq", INT8),
    Column("position", INT2),
    Column("debit", INT8),
    Column("credit", INT8),
    Column("amount", INT8),
    Column("debit_balance", INT8),
    Column("credit_balance", INT8),
    Column("debit_version", INT8),
    Column("credit_version", INT8),
)
LINK_COLUMNS: Final = (
    Column("last_seq", INT8),
    Column("first_seq", INT8),
    Column("posted_at", INSTANT),
    Column("debt", INT8),
    Column("issued", INT8),
    Column("remainder", INT8),
    Column("reserve", INT8),
    Column("hash", BYTES),
)
_SAID = itemgetter(1, 0, 2, 3, 4, 5, 6)
"""What a link says, in the order in which it is hashed: first_seq comes first."""


class Entry(NamedTuple):
    """A row of the journal: an entry and its first transfer.

    UUIDs are their 16 bytes; instants count microseconds and days days since 2000-01-01 UTC.
    """

    seq: int
    party: int
    debit: int
    credit: int
    amount: int
    debit_balance: int
    credit_balance: int
    debit_version: int
    credit_version: int
    posted_at: int
    id: bytes
    key: bytes
    effective: int
    kind: int
    policy: int
    transfers: int
    request: bytes
    once: bytes | None
    document: bytes | None
    origin: int | None
    card: int | None
    remainder: int | None
    lines: int | None


class More(NamedTuple):
    """A second or later transfer of an entry; the transfer stands where `Entry` has its own."""

    seq: int
    position: int
    debit: int
    credit: int
    amount: int
    debit_balance: int
    credit_balance: int
    debit_version: int
    credit_version: int


Leg = Entry | More


class Link(NamedTuple):
    """A link of the chain: the entries it covers, L, C, R and the reserve after them."""

    last_seq: int
    first_seq: int
    posted_at: int
    debt: int
    issued: int
    remainder: int
    reserve: int
    hash: bytes


class _Layout:
    """Rows with the same columns null and as many bytes: how to read and how to write them."""

    __slots__ = ("_constants", "_pack", "_slots", "arrange", "read", "size")

    def __init__(self, columns: tuple[Column, ...], key: int) -> None:
        reading, writing, head = ">10x", ">", struct.pack(">i", len(columns))
        self._constants: list[bytes] = []
        places, bit, length = [], 0, key >> sum(c.nullable for c in columns)
        for column in columns:
            absent = column.nullable and bool(key >> bit & 1)
            bit += column.nullable
            code = column.type.code if column.type.size else f"{length}s"
            head += struct.pack(
                ">Ii", column.type.oid, _NULL if absent else column.type.size or length
            )
            reading += "4x" if absent else f"4x{code}"
            places.append(-1 if absent else len(self._constants))
            if not absent:
                writing += f"{len(head)}s{code}"
                self._constants.append(head)
                head = b""
        self._constants.append(head)
        self._slots: list[Any] = [None] * (2 * len(self._constants) - 1)
        self._slots[::2] = self._constants
        self._pack = struct.Struct(f"{writing}{len(head)}s").pack
        reader = struct.Struct(reading)
        self.read, self.size = reader.unpack_from, reader.size
        self.arrange = itemgetter(*places)

    def write(self, values: tuple[Any, ...]) -> bytes:
        """The published bytes of a row, from its values that are not null."""
        self._slots[1::2] = values
        return self._pack(*self._slots)


class _Layouts(dict[int, _Layout]):
    def __init__(self, columns: tuple[Column, ...]) -> None:
        super().__init__()
        self._columns = columns

    def __missing__(self, key: int) -> _Layout:
        self[key] = layout = _Layout(self._columns, key)
        return layout


_JOURNAL, _MORE, _LINK = map(_Layouts, (JOURNAL_COLUMNS, MORE_COLUMNS, LINK_COLUMNS))
_SAID_BYTES = _Layout(tuple(LINK_COLUMNS[n] for n in (1, 0, 2, 3, 4, 5, 6)), 0)


def journal_rows(data: bytes | bytearray) -> tuple[list[Entry], list[bytes]]:
    """Entries and their published bytes, from the output of COPY."""
    return _rows(data, _JOURNAL, Entry._make)


def more_rows(data: bytes | bytearray) -> tuple[list[More], list[bytes]]:
    """Later transfers and their published bytes, from the output of COPY."""
    return _rows(data, _MORE, More._make)


def link_rows(data: bytes | bytearray) -> list[Link]:
    """Links of the chain, from the output of COPY."""
    return _rows(data, _LINK, Link._make)[0]


def instant(microseconds: int) -> str:
    """An instant as people read it; what is no date, such as an infinity, as it is stored."""
    try:
        return (_EPOCH + timedelta(microseconds=microseconds)).isoformat()
    except OverflowError:
        return str(microseconds)


def link_hash(before: bytes, link: Link, rows: Iterable[bytes]) -> bytes:
    """The hash a link must bear: of the hash before, what it says, and the rows it covers."""
    return sha256(LINK_TAG + before + _SAID_BYTES.write(_SAID(link)) + b"".join(rows)).digest()


def _rows(
    data: bytes | bytearray, layouts: _Layouts, make: Callable[[Iterable[Any]], Row]
) -> tuple[list[Row], list[bytes]]:
    """Each row of a binary COPY whose first column tells the layout of the others.

    That column is 1 for a first nullable column that is null, 2 for a second, and so on; above
    these bits stands the number of bytes of the one column that has no fixed size.
    """
    values, encoded = [], []
    position, end = _COPY_HEADER_BYTES, len(data) - _COPY_TRAILER_BYTES
    while position < end:
        layout = layouts[_ROW_HEAD.unpack_from(data, position)[2]]
        present = layout.read(data, position)
        position += layout.size
        encoded.append(layout.write(present))
        values.append(make(layout.arrange((*present, None))))
    assert position == end, "a row is longer or shorter than its layout says"
    return values, encoded
