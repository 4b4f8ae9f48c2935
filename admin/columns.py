"""Columns that many tables of schema `admin` have."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    LargeBinary,
    MetaData,
    Text,
    Uuid,
)

METADATA: Final = MetaData(
    schema="admin",
    naming_convention={"ix": "%(table_name)s_%(column_0_name)s"},
)


def to(table: str, **options: Any) -> ForeignKey:
    """A foreign key to the id of another table here."""
    return ForeignKey(f"admin.{table}.id", **options)


def at(name: str, *, null: bool = False) -> Column[Any]:
    """An instant."""
    return Column(name, DateTime(timezone=True), nullable=null)


def text(name: str, *, null: bool = False, **options: Any) -> Column[Any]:
    """Text."""
    return Column(name, Text, nullable=null, **options)


def id_(kind: Any = Uuid) -> Column[Any]:
    """The id of a row, made by the caller."""
    return Column("id", kind, primary_key=True, autoincrement=False)


def hash_() -> Column[Any]:
    """What a row is found by without its secret being known."""
    return Column("hash", LargeBinary, primary_key=True)


def holder(*, key: bool = False, null: bool = False, index: bool = True) -> Column[Any]:
    """The user a row belongs to."""
    return Column(
        "user_id",
        Uuid,
        to("users"),
        primary_key=key,
        nullable=null and not key,
        index=index and not key,
    )


def party(*, null: bool = False, index: bool = True) -> Column[Any]:
    """The party a row belongs to."""
    return Column("party", BigInteger, to("party"), nullable=null, index=index)


def person() -> Column[Any]:
    """The human being behind a row, who may be erased."""
    return Column("person", Uuid, to("person", ondelete="SET NULL"), index=True)
