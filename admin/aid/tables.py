"""The tables of aid in schema `admin` as SQLAlchemy Core sees them.

A test keeps them equal to what the migrations make. Schema `ccas` has no place here: what is read
there is read by its own role, in SQL.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    Date,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Sequence,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    and_,
)
from sqlalchemy.dialects.postgresql import JSONB

from admin.columns import METADATA, at, id_, party, text, to

PROGRAMME_RULE: Final = Sequence("programme_rule", start=1000, metadata=METADATA)


def _cents(name: str, *, null: bool = False, default: str | None = None) -> Column[Any]:
    return Column(name, BigInteger, nullable=null, server_default=default)


def _grant(name: str, *, null: bool = True) -> Column[Any]:
    """In which quality somebody acted."""
    return Column(name, Uuid, to("role_grant"), nullable=null)


def _uuid(name: str, *, null: bool = False, unique: bool = False) -> Column[Any]:
    return Column(name, Uuid, nullable=null, unique=unique)


def _programme() -> Column[Any]:
    return Column("programme", Uuid, to("programme"), nullable=False)


def _request() -> tuple[Column[Any], ...]:
    """The client's key, and what it asked for."""
    return _uuid("key"), Column("request", LargeBinary, nullable=False)


PROGRAMME: Final = Table(
    "programme",
    METADATA,
    id_(),
    Column("sponsor", BigInteger, to("party"), nullable=False, index=True),
    text("instrument"),
    text("name"),
    _uuid("convention"),
    text("convention_reference"),
    text("clause", null=True),
    text("on_expiry"),
    Column("account", BigInteger, nullable=False, unique=True),
    Column("rule", BigInteger, nullable=False, unique=True),
    *_request(),
    _grant("made_by", null=False),
    at("made_at"),
    UniqueConstraint("sponsor", "key"),
)
PROGRAMME_VERSION: Final = Table(
    "programme_version",
    METADATA,
    Column("programme", Uuid, to("programme"), primary_key=True),
    Column("version", SmallInteger, primary_key=True, autoincrement=False),
    at("valid_from"),
    Column("opens_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("aid_days", Integer, nullable=False),
    text("budget_line", server_default=""),
    _cents("first_cents", default="0"),
    _cents("adult_cents", default="0"),
    _cents("child_cents", default="0"),
    _cents("most_cents"),
    Column("filieres", ARRAY(Text), nullable=False),
    Column("merchants", ARRAY(Uuid), nullable=False),
    _grant("made_by", null=False),
    at("made_at"),
)
PROGRAMME_RETURN: Final = Table(
    "programme_return",
    METADATA,
    id_(),
    _programme(),
    _cents("euros_cents"),
    _uuid("document"),
    _grant("proposed_by", null=False),
    at("proposed_at"),
    _grant("confirmed_by"),
    at("confirmed_at", null=True),
    _uuid("entry", null=True, unique=True),
    _grant("withdrawn_by"),
    at("withdrawn_at", null=True),
    text("reason", null=True),
)
Index(
    "programme_return_open",
    PROGRAMME_RETURN.c.programme,
    unique=True,
    postgresql_where=and_(
        PROGRAMME_RETURN.c.confirmed_by.is_(None), PROGRAMME_RETURN.c.withdrawn_by.is_(None)
    ),
)
EMERGENCY_LINE: Final = Table(
    "emergency_line",
    METADATA,
    id_(),
    _programme(),
    _cents("euros_cents"),
    _cents("each_max_cents"),
    _cents("floor_cents"),
    _grant("opened_by", null=False),
    at("opened_at"),
    at("closed_at", null=True),
)
Index(
    "emergency_line_open",
    EMERGENCY_LINE.c.programme,
    unique=True,
    postgresql_where=EMERGENCY_LINE.c.closed_at.is_(None),
)
AID_BATCH: Final = Table(
    "aid_batch",
    METADATA,
    id_(),
    _uuid("programme"),
    Column("version", SmallInteger, nullable=False),
    Column("line", Uuid, to("emergency_line")),
    text("period"),
    Column("policy", SmallInteger, nullable=False),
    Column("awards", Integer, nullable=False),
    _cents("euros_cents"),
    _cents("bousol_cents"),
    Column("account", BigInteger, nullable=False, unique=True),
    _uuid("document"),
    *_request(),
    text("status", server_default="submitted"),
    _grant("submitted_by", null=False),
    at("submitted_at"),
    _grant("approved_by"),
    at("approved_at", null=True),
    _grant("third_by"),
    at("third_at", null=True),
    _grant("refused_by"),
    at("refused_at", null=True),
    _uuid("entry", null=True, unique=True),
    at("issued_at", null=True),
    at("executed_at", null=True),
    ForeignKeyConstraint(
        ("programme", "version"), (PROGRAMME_VERSION.c.programme, PROGRAMME_VERSION.c.version)
    ),
    UniqueConstraint("programme", "key"),
)
Index(
    "aid_batch_open",
    AID_BATCH.c.submitted_at,
    postgresql_where=AID_BATCH.c.status.notin_(("executed", "refused")),
)
Index("aid_batch_line", AID_BATCH.c.line, postgresql_where=AID_BATCH.c.line.is_not(None))
AWARD: Final = Table(
    "award",
    METADATA,
    id_(),
    Column("batch", Uuid, to("aid_batch"), nullable=False),
    Column("nth", Integer, nullable=False),
    _programme(),
    Column("beneficiary", Uuid, nullable=False, index=True),
    party(index=False),
    text("period"),
    _cents("euros_cents"),
    _cents("bousol_cents"),
    _cents("contribution_cents", null=True),
    at("expires_at", null=True),
    Column("lot", BigInteger, unique=True),
    _uuid("entry", null=True, unique=True),
    text("status", server_default="submitted"),
    Column("warned", SmallInteger, nullable=False, server_default="0"),
    Column("mandate", Uuid, to("mandate")),
    UniqueConstraint("batch", "nth"),
)
Index(
    "award_once",
    AWARD.c.programme,
    AWARD.c.beneficiary,
    AWARD.c.period,
    unique=True,
    postgresql_where=AWARD.c.status != "refused",
)
Index("award_given", AWARD.c.expires_at, postgresql_where=AWARD.c.status == "given")
AWARD_STEP: Final = Table(
    "award_step",
    METADATA,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("award", Uuid, to("award"), nullable=False, index=True),
    text("step"),
    at("at"),
    _grant("by_grant"),
    _uuid("entry", null=True),
    _cents("cents", null=True),
)
MANDATE: Final = Table(
    "mandate",
    METADATA,
    id_(),
    _programme(),
    Column("beneficiary", Uuid, nullable=False),
    Column("ends_on", Date),
    at("ended_at", null=True),
)
Index(
    "mandate_live",
    MANDATE.c.programme,
    MANDATE.c.beneficiary,
    unique=True,
    postgresql_where=MANDATE.c.ended_at.is_(None),
)
CSE_CEILING: Final = Table(
    "cse_ceiling",
    METADATA,
    Column("year", Integer, primary_key=True, autoincrement=False),
    _cents("euros_cents"),
)
AID_STATISTIC: Final = Table(
    "aid_statistic",
    METADATA,
    Column("programme", Uuid, to("programme"), primary_key=True),
    Column("month", Text, primary_key=True),
    Column("facts", JSONB, nullable=False),
    at("at"),
)
AID_LETTER: Final = Table(
    "aid_letter",
    METADATA,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("award", Uuid, to("award"), nullable=False, index=True),
    Column("card", BigInteger, to("card"), unique=True),
    at("printed_at"),
    _grant("printed_by", null=False),
    at("coded_at", null=True),
    _grant("coded_by"),
)
