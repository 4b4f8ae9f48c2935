"""Routes that only tests have: a payment as plain as can be, a fault, a wait, every refusal."""

import asyncio
from dataclasses import fields, is_dataclass
from typing import Annotated
from uuid import uuid4

from litestar import get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from pydantic import Field

from api.gate.access import everybody
from api.openapi import POSTING
from api.routes import ROUTES
from api.services import GivenServices
from api.wire.catalogue import refusals
from api.wire.shapes import Amount, Shape, Told, ledger_amount
from api.wire.strict import IdempotencyKey
from ledger.journal import JournalEntry, Transfer
from ledger.kinds import Kind
from ledger.money import euros
from ledger.refusals import UnknownAccount


class TestedPayment(Shape):
    amount: Amount
    payer: Annotated[int, Field(ge=1, le=100_000)]
    payee: Annotated[int, Field(ge=1)]
    note: Annotated[str, Field(max_length=20)] = ""


class TestedReceipt(Told):
    seq: int
    balance: int


@post("/v1/test/payments", operation_id="testPay", opt=everybody("key_missing", *POSTING))
async def pay(
    data: JSONBody[TestedPayment], key: IdempotencyKey, services: GivenServices
) -> TestedReceipt:
    moved = ledger_amount(data.amount, services.settings)
    if data.payer == data.payee:
        raise UnknownAccount(key)
    entry = JournalEntry(
        id=uuid4(),
        party=1,
        key=key,
        request=bytes(16),
        kind=Kind.PAYMENT,
        transfers=(Transfer(data.payer, data.payee, moved.minor),),
    )
    posted = await services.post(entry)
    return TestedReceipt(seq=posted.seq, balance=posted.balance)


@get("/v1/test/fault", operation_id="testFault", opt=everybody())
async def fault() -> None:
    raise RuntimeError("Jeanne Dupont owes 12.34")


@get("/v1/test/slow", operation_id="testSlow", opt=everybody())
async def slow(services: GivenServices, seconds: FromQuery[float]) -> TestedReceipt:
    async with services.connection() as connection:
        await connection.fetchval("select pg_sleep($1)", seconds)
    return TestedReceipt(seq=0, balance=0)


@get("/v1/test/nap", operation_id="testNap", opt=everybody())
async def nap(seconds: Annotated[float, QueryParameter(name="seconds")] = 0.1) -> TestedReceipt:
    await asyncio.sleep(seconds)
    return TestedReceipt(seq=0, balance=0)


@get("/v1/test/rows", operation_id="testRows", opt=everybody())
async def rows(services: GivenServices, statement: FromQuery[str]) -> TestedReceipt:
    async with services.rows() as connection:
        for one in statement.split(";"):
            await connection.exec_driver_sql(one)
    return TestedReceipt(seq=0, balance=0)


@get("/v1/test/orphan", operation_id="testOrphan", opt=everybody())
async def orphan(services: GivenServices) -> TestedReceipt:
    """Rows whose connection is lost before their commit."""
    async with services.rows() as connection:
        pid = (await connection.exec_driver_sql("select pg_backend_pid()")).scalar_one()
        async with services.connection() as other:
            await other.fetchval("select pg_terminate_backend($1, 1000)", pid)
    return TestedReceipt(seq=0, balance=0)


@get("/v1/test/refusals/{code:str}", operation_id="testRefusal", opt=everybody())
async def refuse(code: FromPath[str]) -> None:
    refusal = next(refusal for refusal in refusals() if refusal.code == code)
    raise example(refusal)


def example(refusal):
    """A refusal with plausible facts."""
    names = [field.name for field in fields(refusal)] if is_dataclass(refusal) else []
    facts = {name: 7 if name == "retry_after_seconds" else euros(1_234_50) for name in names}
    return refusal(**(facts | ({"key": uuid4()} if "key" in names else {})))


ACTS = (*ROUTES, pay, fault, slow, nap, rows, orphan, refuse)
