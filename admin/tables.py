"""The tables of schema `admin` as SQLAlchemy Core sees them.

A test keeps them equal to what the migrations make.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    Date,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Sequence,
    SmallInteger,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from admin.columns import METADATA, at, hash_, holder, id_, party, person, text, to

PARTY_NUMBER: Final = Sequence("party_number", start=100, metadata=METADATA)
CARD_ID: Final = Sequence("card_id", start=1000, metadata=METADATA)


PERSON: Final = Table(
    "person",
    METADATA,
    id_(),
    text("name"),
    Column("birth_date", Date),
    text("email", null=True),
    text("phone", null=True),
    text("postal_address", null=True),
    text("language"),
)
PARTY: Final = Table(
    "party",
    METADATA,
    id_(BigInteger),
    text("class"),
    person(),
    Column("tier", SmallInteger, nullable=False),
    Column("wallet", BigInteger, unique=True),
    Column("phone_means", BigInteger, unique=True),
    at("opened_at"),
    at("closed_at", null=True),
)
USERS: Final = Table(
    "users",
    METADATA,
    id_(),
    person(),
    text("identifier", null=True, unique=True),
    at("opened_at"),
    at("closed_at", null=True),
)
ROLE_GRANT: Final = Table(
    "role_grant",
    METADATA,
    id_(),
    holder(),
    party(),
    text("role"),
    at("valid_from"),
    at("valid_until", null=True),
    Column("granted_by", Uuid, to("users")),
    Column("confirmed_by", Uuid, to("users")),
    Column("deputy_for", Uuid, to("role_grant")),
)
PASSWORD: Final = Table("password", METADATA, holder(key=True), text("hash"), at("set_at"))
PASSKEY: Final = Table(
    "passkey",
    METADATA,
    id_(LargeBinary),
    holder(),
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    text("label"),
    at("added_at"),
    at("used_at", null=True),
)
CHALLENGE: Final = Table(
    "challenge",
    METADATA,
    hash_(),
    holder(null=True, index=False),
    text("purpose"),
    at("expires_at"),
)
TOTP: Final = Table(
    "totp",
    METADATA,
    holder(key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("last_step", BigInteger, nullable=False),
    at("confirmed_at", null=True),
)
PIN: Final = Table(
    "pin",
    METADATA,
    holder(key=True),
    Column("hash", LargeBinary, nullable=False),
    Column("tries", SmallInteger, nullable=False),
    at("set_at"),
)
DEVICE: Final = Table("device", METADATA, hash_(), holder(), text("label"), at("known_until"))
SESSION: Final = Table(
    "session",
    METADATA,
    hash_(),
    Column("id", Uuid, nullable=False, unique=True),
    holder(),
    Column("role_grant", Uuid, to("role_grant")),
    text("scope"),
    Column("factors", ARRAY(Text), nullable=False),
    text("label"),
    at("created_at"),
    at("seen_at"),
    Column("idle_seconds", Integer, nullable=False),
    at("expires_at"),
    at("revoked_at", null=True),
)
INVITATION: Final = Table(
    "invitation",
    METADATA,
    hash_(),
    Column("id", Uuid, nullable=False, unique=True),
    party(index=False),
    text("role"),
    Column("invited_by", Uuid, to("role_grant"), nullable=False),
    Column("confirmed_by", Uuid, to("role_grant")),
    at("valid_from", null=True),
    at("valid_until", null=True),
    Column("deputy_for", Uuid, to("role_grant")),
    at("expires_at"),
    at("used_at", null=True),
    Column("used_by", Uuid, to("users")),
)
RECOVERY: Final = Table(
    "recovery",
    METADATA,
    hash_(),
    holder(),
    Column("made_by", Uuid, to("users"), nullable=False),
    at("expires_at"),
    at("used_at", null=True),
    Column("id", Uuid, unique=True),
    Column("for_grant", Uuid, to("role_grant")),
    Column("offered_by", Uuid, to("role_grant")),
    Column("confirmed_by", Uuid, to("role_grant")),
)
THROTTLE: Final = Table(
    "throttle", METADATA, Column("subject", LargeBinary, primary_key=True), at("due_at")
)
API_KEY: Final = Table(
    "api_key",
    METADATA,
    id_(),
    Column("hash", LargeBinary, nullable=False, unique=True),
    text("prefix"),
    party(),
    Column("scopes", ARRAY(Text), nullable=False),
    text("label"),
    Column("made_by", Uuid, to("users"), nullable=False),
    at("made_at"),
    at("used_at", null=True),
    at("revoked_at", null=True),
)
SPENT_CONFIRMATION: Final = Table("spent_confirmation", METADATA, id_(), at("expires_at"))
CARD: Final = Table(
    "card",
    METADATA,
    id_(BigInteger),
    text("number", unique=True),
    text("opposition", unique=True),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    text("status"),
    Column("place", BigInteger, to("party"), nullable=False),
    party(null=True),
    holder(null=True),
    at("printed_at"),
    at("handed_at", null=True),
    at("blocked_at", null=True),
    Column("replaces", BigInteger, to("card"), unique=True),
)
Index("card_stock", CARD.c.place, postgresql_where=CARD.c.status == "stock")
MEMBERSHIP: Final = Table(
    "membership",
    METADATA,
    id_(),
    party(),
    Column("fee_cents", BigInteger, nullable=False),
    at("asked_at"),
    at("paid_at", null=True),
    Column("entry", Uuid, unique=True),
    at("valid_until", null=True),
    at("left_at", null=True),
)
_PENDING: Final = MEMBERSHIP.c.paid_at.is_(None) & MEMBERSHIP.c.left_at.is_(None)
Index("membership_pending", MEMBERSHIP.c.party, unique=True, postgresql_where=_PENDING)
EVENT: Final = Table(
    "event",
    METADATA,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    at("at"),
    text("act"),
    Column("actor", Uuid),
    Column("party", BigInteger, index=True),
    text("object", null=True),
    Column("facts", JSONB, nullable=False),
)
MESSAGE: Final = Table(
    "message",
    METADATA,
    id_(),
    party(null=True, index=False),
    person(),
    text("template"),
    Column("facts", JSONB, nullable=False),
    text("channel"),
    at("queued_at"),
    at("due_at"),
    Column("tries", SmallInteger, nullable=False),
    at("sent_at", null=True),
    at("given_up_at", null=True),
    text("former", null=True),
)
_WAITING: Final = MESSAGE.c.sent_at.is_(None) & MESSAGE.c.given_up_at.is_(None)
Index("message_due", MESSAGE.c.channel, MESSAGE.c.due_at, postgresql_where=_WAITING)
