"""One call each: the naive function through asyncpg, and the habit of web frameworks, an ORM."""

from __future__ import annotations

import asyncio
import random
import time
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from bench.anchors import ACCOUNTS, CLIENTS, NAIVE
from bench.server import ADMINISTRATOR

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bench.server import Server


class _Base(DeclarativeBase):
    type_annotation_map = {int: BigInteger}  # noqa: RUF012  why: SQLAlchemy's own form


class _Account(_Base):
    __tablename__ = "account"
    id: Mapped[int] = mapped_column(primary_key=True)
    balance: Mapped[int]


class _Transfer(_Base):
    __tablename__ = "transfer_header"
    id: Mapped[int] = mapped_column(primary_key=True)


class _Line(_Base):
    __tablename__ = "line"
    id: Mapped[int] = mapped_column(primary_key=True)
    transfer: Mapped[int]
    account: Mapped[int]
    amount: Mapped[int]
    balance: Mapped[int]


async def orm(server: Server, seconds: float) -> float:
    """Units of work a second: both accounts locked, a transfer flushed, two lines, commit."""
    url = server.url(NAIVE).replace("postgresql://", "postgresql+asyncpg://", 1)
    engine = create_async_engine(url, pool_size=CLIENTS)
    sessions = async_sessionmaker(engine)

    async def one(payer: int, payee: int) -> None:
        async with sessions() as session, session.begin():
            await _pay(session, payer, payee)

    try:
        return await _in_turn([one] * CLIENTS, seconds)
    finally:
        await engine.dispose()


async def _pay(session: AsyncSession, payer: int, payee: int) -> None:
    accounts = {}
    for number in sorted((payer, payee)):
        accounts[number] = await session.get_one(_Account, number, with_for_update=True)
    transfer = _Transfer()
    session.add(transfer)
    await session.flush()
    for account, amount in ((accounts[payer], -1), (accounts[payee], 1)):
        account.balance += amount
        line = {"account": account.id, "amount": amount, "balance": account.balance}
        session.add(_Line(transfer=transfer.id, **line))


async def asyncpg_naive(server: Server, seconds: float) -> float:
    """Naive transfers a second, one call each through asyncpg on 16 connections."""
    connections = [await server.connect(NAIVE, ADMINISTRATOR) for _ in range(CLIENTS)]
    statements = [await c.prepare("select pay($1, $2, 1)") for c in connections]
    try:
        return await _in_turn([statement.fetchval for statement in statements], seconds)
    finally:
        for connection in connections:
            await connection.close()


async def _in_turn(pays: list[Callable[[int, int], Awaitable[object]]], seconds: float) -> float:
    """Each task pays again and again until the time is over; payments a second."""
    draw = random.Random(1)
    stop = time.perf_counter() + seconds

    async def caller(pay: Callable[[int, int], Awaitable[object]]) -> int:
        done = 0
        while time.perf_counter() < stop:
            payer, payee = draw.sample(range(1, ACCOUNTS + 1), 2)
            await pay(payer, payee)
            done += 1
        return done

    start = time.perf_counter()
    done = await asyncio.gather(*(caller(pay) for pay in pays))
    return sum(done) / (time.perf_counter() - start)
