"""The tables of food funds and of ceilings (schema `admin`), as the migrations make them."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import BigInteger, Column, Identity, Index, Integer, Sequence, Table, Uuid

from admin.columns import METADATA, at, id_, party, text, to

FUND_MEMBER_NUMBER: Final = Sequence("fund_member_number", start=1, metadata=METADATA)


def _grant(name: str, *, null: bool = False) -> Column[Any]:
    return Column(name, Uuid, to("role_grant"), nullable=null)


FUND_MEMBER: Final = Table(
    "fund_member",
    METADATA,
    id_(),
    Column("number", BigInteger, nullable=False, unique=True),
    Column("programme", Uuid, to("programme"), nullable=False),
    party(),
    Column("beneficiary", Uuid, nullable=False),
    at("joined_at"),
    at("left_at", null=True),
)
Index(
    "fund_member_open",
    FUND_MEMBER.c.programme,
    FUND_MEMBER.c.party,
    unique=True,
    postgresql_where=FUND_MEMBER.c.left_at.is_(None),
)
FUND_CONTRIBUTION: Final = Table(
    "fund_contribution",
    METADATA,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("member", Uuid, to("fund_member"), nullable=False, index=True),
    Column("euros_cents", BigInteger, nullable=False),
    at("at"),
)
CSE_CEILING_PROPOSAL: Final = Table(
    "cse_ceiling_proposal",
    METADATA,
    id_(),
    Column("year", Integer, nullable=False),
    Column("euros_cents", BigInteger, nullable=False),
    text("source"),
    text("status", server_default="proposed"),
    _grant("proposed_by"),
    at("proposed_at"),
    _grant("decided_by", null=True),
    at("decided_at", null=True),
)
Index(
    "cse_ceiling_proposal_year",
    CSE_CEILING_PROPOSAL.c.year,
    unique=True,
    postgresql_where=CSE_CEILING_PROPOSAL.c.status != "withdrawn",
)
