"""The tables of the reserve: orders, what the bank has brought, redemptions (schema `admin`)."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    Index,
    LargeBinary,
    Sequence,
    SmallInteger,
    Table,
    UniqueConstraint,
    Uuid,
)

from admin.columns import METADATA, at, id_, party, text, to

ORDER_NUMBER: Final = Sequence("order_number", start=1, metadata=METADATA)


def _cents(name: str, *, null: bool = False) -> Column[Any]:
    return Column(name, BigInteger, nullable=null)


def _account(name: str, *, unique: bool = False) -> Column[Any]:
    """An account of the ledger; its foreign key is the migration's alone."""
    return Column(name, BigInteger, nullable=False, unique=unique)


def _grant(name: str, *, null: bool = True) -> Column[Any]:
    """In which quality somebody acted."""
    return Column(name, Uuid, to("role_grant"), nullable=null)


def _entry(name: str) -> Column[Any]:
    return Column(name, Uuid, unique=True)


PURCHASE_ORDER: Final = Table(
    "purchase_order",
    METADATA,
    id_(),
    Column("number", BigInteger, nullable=False, unique=True),
    party(index=False),
    _account("account"),
    _cents("euros_cents"),
    _cents("bousol_cents"),
    Column("policy", SmallInteger, nullable=False),
    text("reference", unique=True),
    at("made_at"),
    at("expires_at"),
    Column("made_by", Uuid, to("users"), nullable=False),
    Column("key", Uuid, nullable=False),
    Column("request", LargeBinary, nullable=False),
    text("status", server_default="awaiting_funds"),
    at("settled_at", null=True),
    UniqueConstraint("party", "key"),
)
Index("purchase_order_party", PURCHASE_ORDER.c.party, PURCHASE_ORDER.c.made_at)
BANK_CREDIT: Final = Table(
    "bank_credit",
    METADATA,
    id_(),
    Column("key", Uuid, nullable=False, unique=True),
    Column("request", LargeBinary, nullable=False),
    text("bank_reference", unique=True),
    Column("order_id", Uuid, to("purchase_order"), index=True),
    _cents("euros_cents"),
    Column("document", Uuid, nullable=False),
    text("document_reference"),
    Column("booked_on", Date, nullable=False),
    _grant("proposed_by", null=False),
    at("proposed_at"),
    _grant("confirmed_by"),
    text("status", server_default="proposed"),
    at("decided_at", null=True),
    _entry("entry"),
    Column("bousol_cents", BigInteger, nullable=False, server_default="0"),
    _entry("surplus_entry"),
    Column("surplus_cents", BigInteger, nullable=False, server_default="0"),
    Column("waiting_cents", BigInteger, nullable=False, server_default="0"),
    Column("matching", Uuid, to("purchase_order")),
    _grant("matched_by"),
    _grant("returned_by"),
    Column("programme", Uuid, to("programme")),
    Column("matching_programme", Uuid, to("programme")),
    Column("member", Uuid, to("fund_member")),
)
Index(
    "bank_credit_member",
    BANK_CREDIT.c.member,
    postgresql_where=BANK_CREDIT.c.member.is_not(None),
)
Index(
    "bank_credit_programme",
    BANK_CREDIT.c.programme,
    postgresql_where=BANK_CREDIT.c.programme.is_not(None),
)
Index(
    "bank_credit_open",
    BANK_CREDIT.c.proposed_at,
    postgresql_where=(BANK_CREDIT.c.status == "proposed") | (BANK_CREDIT.c.waiting_cents > 0),
)
BANK_ALONE: Final = Table(
    "bank_alone",
    METADATA,
    Column("human", Uuid, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("credit", Uuid, to("bank_credit"), primary_key=True),
    _cents("euros_cents"),
)
BANK_RELEASE: Final = Table(
    "bank_release",
    METADATA,
    Column("entry", Uuid, primary_key=True),
    Column("credit", Uuid, to("bank_credit"), nullable=False),
    Column("nth", SmallInteger, nullable=False),
    _cents("euros_cents"),
    _cents("bousol_cents"),
    at("at"),
    UniqueConstraint("credit", "nth"),
)
REDEMPTION: Final = Table(
    "redemption",
    METADATA,
    id_(),
    party(index=False),
    _account("account"),
    _account("hold", unique=True),
    _account("payable"),
    _cents("bousol_cents"),
    _cents("gross_cents"),
    _cents("commission_cents"),
    Column("policy", SmallInteger, nullable=False),
    text("status", server_default="requested"),
    _grant("requested_by", null=False),
    at("requested_at"),
    _grant("first_by"),
    Column("first_key", Uuid),
    at("first_at", null=True),
    _grant("decided_by"),
    at("decided_at", null=True),
    text("reason", null=True),
    _entry("entry"),
    text("iban", null=True),
)
Index("redemption_party", REDEMPTION.c.party, REDEMPTION.c.id)
Index(
    "redemption_requested",
    REDEMPTION.c.requested_at,
    postgresql_where=REDEMPTION.c.status == "requested",
)
