"""The tables of schema `admin` as SQLAlchemy Core sees them; a test keeps them equal to 0002."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Sequence,
    SmallInteger,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

METADATA: Final = MetaData(
    schema="admin",
    naming_convention={"ix": "%(table_name)s_%(column_0_name)s"},
)
PARTY_NUMBER: Final = Sequence("party_number", start=100, metadata=METADATA)
CARD_ID: Final = Sequence("card_id", start=1000, metadata=METADATA)


def _to(table: str, **options: Any) -> ForeignKey:
    return ForeignKey(f"admin.{table}.id", **options)


def _at(name: str, *, null: bool = False) -> Column[Any]:
    return Column(name, DateTime(timezone=True), nullable=null)


def _text(name: str, *, null: bool = False, **options: Any) -> Column[Any]:
    return Column(name, Text, nullable=null, **options)


def _id(kind: Any = Uuid) -> Column[Any]:
    return Column("id", kind, primary_key=True, autoincrement=False)


def _hash() -> Column[Any]:
    return Column("hash", LargeBinary, primary_key=True)


def _holder(*, key: bool = False, null: bool = False, index: bool = True) -> Column[Any]:
    """The user a row belongs to."""
    return Column(
        "user_id",
        Uuid,
        _to("users"),
        primary_key=key,
        nullable=null and not key,
        index=index and not key,
    )


def _party(*, null: bool = False, index: bool = True) -> Column[Any]:
    return Column("party", BigInteger, _to("party"), nullable=null, index=index)


def _person() -> Column[Any]:
    return Column("person", Uuid, _to("person", ondelete="SET NULL"), index=True)


PERSON: Final = Table(
    "person",
    METADATA,
    _id(),
    _text("name"),
    Column("birth_date", Date),
    _text("email", null=True),
    _text("phone", null=True),
    _text("postal_address", null=True),
    _text("language"),
)
PARTY: Final = Table(
    "party",
    METADATA,
    _id(BigInteger),
    _text("class"),
    _person(),
    Column("tier", SmallInteger, nullable=False),
    Column("wallet", BigInteger, unique=True),
    _at("opened_at"),
    _at("closed_at", null=True),
)
USERS: Final = Table(
    "users",
    METADATA,
    _id(),
    _person(),
    _text("identifier", null=True, unique=True),
    _at("opened_at"),
    _at("closed_at", null=True),
)
ROLE_GRANT: Final = Table(
    "role_grant",
    METADATA,
    _id(),
    _holder(),
    _party(),
    _text("role"),
    _at("valid_from"),
    _at("valid_until", null=True),
    Column("granted_by", Uuid, _to("users")),
    Column("confirmed_by", Uuid, _to("users")),
    Column("deputy_for", Uuid, _to("role_grant")),
)
PASSWORD: Final = Table("password", METADATA, _holder(key=True), _text("hash"), _at("set_at"))
PASSKEY: Final = Table(
    "passkey",
    METADATA,
    _id(LargeBinary),
    _holder(),
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    _text("label"),
    _at("added_at"),
    _at("used_at", null=True),
)
CHALLENGE: Final = Table(
    "challenge",
    METADATA,
    _hash(),
    _holder(null=True, index=False),
    _text("purpose"),
    _at("expires_at"),
)
TOTP: Final = Table(
    "totp",
    METADATA,
    _holder(key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("last_step", BigInteger, nullable=False),
    _at("confirmed_at", null=True),
)
PIN: Final = Table(
    "pin",
    METADATA,
    _holder(key=True),
    Column("hash", LargeBinary, nullable=False),
    Column("tries", SmallInteger, nullable=False),
    _at("set_at"),
)
DEVICE: Final = Table("device", METADATA, _hash(), _holder(), _text("label"), _at("known_until"))
SESSION: Final = Table(
    "session",
    METADATA,
    _hash(),
    Column("id", Uuid, nullable=False, unique=True),
    _holder(),
    Column("role_grant", Uuid, _to("role_grant")),
    _text("scope"),
    Column("factors", ARRAY(Text), nullable=False),
    _text("label"),
    _at("created_at"),
    _at("seen_at"),
    Column("idle_seconds", Integer, nullable=False),
    _at("expires_at"),
    _at("revoked_at", null=True),
)
INVITATION: Final = Table(
    "invitation",
    METADATA,
    _hash(),
    Column("id", Uuid, nullable=False, unique=True),
    _party(index=False),
    _text("role"),
    Column("invited_by", Uuid, _to("role_grant"), nullable=False),
    Column("confirmed_by", Uuid, _to("role_grant")),
    _at("expires_at"),
    _at("used_at", null=True),
    Column("used_by", Uuid, _to("users")),
)
RECOVERY: Final = Table(
    "recovery",
    METADATA,
    _hash(),
    _holder(),
    Column("made_by", Uuid, _to("users"), nullable=False),
    _at("expires_at"),
    _at("used_at", null=True),
)
THROTTLE: Final = Table(
    "throttle", METADATA, Column("subject", LargeBinary, primary_key=True), _at("due_at")
)
API_KEY: Final = Table(
    "api_key",
    METADATA,
    _id(),
    Column("hash", LargeBinary, nullable=False, unique=True),
    _text("prefix"),
    _party(),
    Column("scopes", ARRAY(Text), nullable=False),
    _text("label"),
    Column("made_by", Uuid, _to("users"), nullable=False),
    _at("made_at"),
    _at("used_at", null=True),
    _at("revoked_at", null=True),
)
SPENT_CONFIRMATION: Final = Table("spent_confirmation", METADATA, _id(), _at("expires_at"))
CARD: Final = Table(
    "card",
    METADATA,
    _id(BigInteger),
    _text("number", unique=True),
    _text("opposition", unique=True),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    _text("status"),
    Column("place", BigInteger, _to("party"), nullable=False),
    _party(null=True),
    _holder(null=True),
    _at("printed_at"),
    _at("handed_at", null=True),
    _at("blocked_at", null=True),
    Column("replaces", BigInteger, _to("card"), unique=True),
)
Index("card_stock", CARD.c.place, postgresql_where=CARD.c.status == "stock")
MEMBERSHIP: Final = Table(
    "membership",
    METADATA,
    _id(),
    _party(),
    Column("fee_cents", BigInteger, nullable=False),
    _at("asked_at"),
    _at("paid_at", null=True),
    Column("entry", Uuid, unique=True),
    _at("valid_until", null=True),
    _at("left_at", null=True),
)
_PENDING: Final = MEMBERSHIP.c.paid_at.is_(None) & MEMBERSHIP.c.left_at.is_(None)
Index("membership_pending", MEMBERSHIP.c.party, unique=True, postgresql_where=_PENDING)
EVENT: Final = Table(
    "event",
    METADATA,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    _at("at"),
    _text("act"),
    Column("actor", Uuid),
    Column("party", BigInteger, index=True),
    _text("object", null=True),
    Column("facts", JSONB, nullable=False),
)
MESSAGE: Final = Table(
    "message",
    METADATA,
    _id(),
    _party(index=False),
    _text("template"),
    Column("facts", JSONB, nullable=False),
    _text("channel"),
    _at("queued_at"),
    _at("due_at"),
    Column("tries", SmallInteger, nullable=False),
    _at("sent_at", null=True),
    _at("given_up_at", null=True),
)
_WAITING: Final = MESSAGE.c.sent_at.is_(None) & MESSAGE.c.given_up_at.is_(None)
Index("message_due", MESSAGE.c.channel, MESSAGE.c.due_at, postgresql_where=_WAITING)
