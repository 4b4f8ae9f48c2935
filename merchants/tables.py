"""The tables of schema `merchants` as SQLAlchemy Core sees them.

A test keeps them equal to what the migrations make.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    true,
)
from sqlalchemy.dialects.postgresql import TSVECTOR

METADATA: Final = MetaData(
    schema="merchants",
    naming_convention={"ix": "%(table_name)s_%(column_0_name)s"},
)


def _id(kind: Any = Uuid) -> Column[Any]:
    return Column("id", kind, primary_key=True, autoincrement=False)


def _to(
    table: str, name: str, *, key: bool = False, index: bool = False, null: bool = False
) -> Any:
    """A column that names a row of another table of this schema."""
    place = ForeignKey(f"merchants.{table}.id")
    return Column(name, Uuid, place, primary_key=key, nullable=null and not key, index=index)


def _text(name: str, *, null: bool = False, default: str | None = None) -> Column[Any]:
    return Column(name, Text, nullable=null, server_default=default)


def _at(name: str, *, null: bool = False) -> Column[Any]:
    return Column(name, DateTime(timezone=True), nullable=null)


def _uuid(name: str, *, null: bool = False, unique: bool = False) -> Column[Any]:
    return Column(name, Uuid, nullable=null, unique=unique)


def _big(name: str, *, null: bool = False, unique: bool = False) -> Column[Any]:
    return Column(name, BigInteger, nullable=null, unique=unique)


FILIERE: Final = Table(
    "filiere",
    METADATA,
    Column("code", Text, primary_key=True),
    Column("parent", Text, ForeignKey("merchants.filiere.code")),
    _text("fr"),
    _text("en"),
    Column("rank", SmallInteger, nullable=False),
)
MERCHANT: Final = Table(
    "merchant",
    METADATA,
    _id(),
    _text("class"),
    _big("party", null=True, unique=True),
    _big("account", null=True, unique=True),
    _big("payable", null=True, unique=True),
    _text("name"),
    _text("skeleton"),
    _text("siret", null=True),
    _text("street", default=""),
    _text("postal_code"),
    _text("commune"),
    _text("description", default=""),
    _text("proposes", default=""),
    _text("seeks", default=""),
    Column("listed", Boolean, nullable=False, server_default=true()),
    _uuid("contact", null=True),
    _text("iban", null=True),
    _uuid("convention", null=True),
    _text("charter"),
    _text("commitments", default=""),
    _at("applied_at"),
    _text("status", default="candidate"),
    _at("approved_at", null=True),
    Column("approved_until", Date),
    _text("frozen_from", null=True),
    _at("frozen_until", null=True),
    Column("words", TSVECTOR, nullable=False),
    Column("number", Integer, Identity(always=True), nullable=False, unique=True),
)
_STANDS: Final = MERCHANT.c.status.not_in(("refused", "closed"))
Index("merchant_skeleton", MERCHANT.c.skeleton, unique=True, postgresql_where=_STANDS)
Index("merchant_siret", MERCHANT.c.siret, unique=True, postgresql_where=_STANDS)
Index("merchant_commune", MERCHANT.c.commune, MERCHANT.c.name, postgresql_where=MERCHANT.c.listed)
Index("merchant_words", MERCHANT.c.words, postgresql_using="gin")
MERCHANT_FILIERE: Final = Table(
    "merchant_filiere",
    METADATA,
    _to("merchant", "merchant", key=True),
    Column("filiere", Text, ForeignKey("merchants.filiere.code"), primary_key=True, index=True),
)
DECISION: Final = Table(
    "decision",
    METADATA,
    _id(),
    _to("merchant", "merchant", index=True),
    _text("what"),
    _text("reason"),
    _uuid("proposed_by"),
    _at("proposed_at"),
    _uuid("confirmed_by", null=True),
    _at("confirmed_at", null=True),
    _at("withdrawn_at", null=True),
)
Index(
    "decision_open",
    DECISION.c.merchant,
    unique=True,
    postgresql_where=(
        DECISION.c.confirmed_at.is_(None)
        & DECISION.c.withdrawn_at.is_(None)
        & (DECISION.c.what != "freeze")
    ),
)
TILL: Final = Table(
    "till",
    METADATA,
    _id(),
    _to("merchant", "merchant", index=True),
    _text("label"),
    _at("opened_at"),
    _at("closed_at", null=True),
)
SHIFT: Final = Table(
    "shift",
    METADATA,
    _id(),
    _to("till", "till"),
    _uuid("user_id"),
    _uuid("role_grant"),
    _uuid("api_key", null=True),
    _at("begun_at"),
    _at("ended_at", null=True),
)
Index("shift_till", SHIFT.c.till, SHIFT.c.begun_at)
Index("shift_open", SHIFT.c.till, unique=True, postgresql_where=SHIFT.c.ended_at.is_(None))
POSTER: Final = Table(
    "poster",
    METADATA,
    Column("code", Text, primary_key=True),
    _to("till", "till", index=True),
    _at("made_at"),
    _uuid("made_by"),
    _at("revoked_at", null=True),
)
SIGNING_KEY: Final = Table(
    "signing_key",
    METADATA,
    _id(SmallInteger),
    Column("public_key", LargeBinary, nullable=False, unique=True),
    Column("sealed", LargeBinary, nullable=False),
    _at("made_at"),
    _at("retired_at", null=True),
)
PAYMENT_REQUEST: Final = Table(
    "payment_request",
    METADATA,
    _id(),
    _to("till", "till"),
    _to("shift", "shift", null=True),
    _big("amount_cents"),
    _text("reference", default=""),
    _at("made_at"),
    _at("expires_at"),
    _at("cancelled_at", null=True),
)
Index("payment_request_till", PAYMENT_REQUEST.c.till, PAYMENT_REQUEST.c.made_at)
REMARK: Final = Table(
    "remark",
    METADATA,
    Column("entry", Uuid, primary_key=True),
    _big("asked_cents", null=True),
    _big("cash_cents", null=True),
    _text("payer_name", null=True),
    _text("reference", null=True),
)
DAY_CLOSING: Final = Table(
    "day_closing",
    METADATA,
    _to("till", "till", key=True),
    Column("day", Date, primary_key=True),
    Column("payments", Integer, nullable=False),
    _big("paid_cents"),
    Column("refunds", Integer, nullable=False),
    _big("refunded_cents"),
    _big("cash_cents"),
    _big("last_seq"),
    _uuid("closed_by"),
    _at("closed_at"),
)
INVOICE_PAYMENT: Final = Table(
    "invoice_payment",
    METADATA,
    _id(),
    _big("payer"),
    _big("payee"),
    _big("payer_account"),
    _big("payee_account"),
    _text("invoice"),
    _text("likeness"),
    _big("total_cents"),
    _big("bousol_cents"),
    _big("euro_cents"),
    _uuid("key"),
    _text("status", default="proposed"),
    _uuid("made_by"),
    _at("made_at"),
    _uuid("decided_by", null=True),
    _at("decided_at", null=True),
    _uuid("entry", null=True, unique=True),
    UniqueConstraint("payer", "key"),
)
Index("invoice_payment_payer", INVOICE_PAYMENT.c.payer, INVOICE_PAYMENT.c.id)
Index(
    "invoice_payment_payee",
    INVOICE_PAYMENT.c.payee,
    INVOICE_PAYMENT.c.id,
    postgresql_where=INVOICE_PAYMENT.c.status == "paid",
)
Index(
    "invoice_payment_invoice",
    INVOICE_PAYMENT.c.payee,
    INVOICE_PAYMENT.c.payer,
    INVOICE_PAYMENT.c.likeness,
)
