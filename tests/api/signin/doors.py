"""Doors that other rooms will have: a confirmation made, and used, for a payment."""

from uuid import UUID

from litestar import post
from litestar.params import JSONBody

from admin.roles import Act
from api.gate.access import may
from api.gate.confirming import CONFIRMING, SPENDING, confirm, spend
from api.gate.given import GivenAsker
from api.gate.proving import PinProof
from api.services import GivenServices
from api.wire.shapes import Shape, Told


class Asked(Shape):
    proof: PinProof
    payee: int
    amount_cents: int
    key: UUID


class Confirmation(Told):
    token: str


class Used(Shape):
    token: str
    payee: int
    amount_cents: int
    key: UUID


@post("/v1/test/confirmations", operation_id="testConfirm", opt=may(Act.PAY, problems=CONFIRMING))
async def confirmed(
    data: JSONBody[Asked], services: GivenServices, asker: GivenAsker
) -> Confirmation:
    token = await confirm(
        services,
        asker,
        data.proof,
        payee=data.payee,
        amount_cents=data.amount_cents,
        key=data.key,
    )
    return Confirmation(token=token)


@post(
    "/v1/test/spendings",
    operation_id="testSpend",
    opt=may(Act.PAY, problems=SPENDING),
    status_code=204,
)
async def spent(data: JSONBody[Used], services: GivenServices, asker: GivenAsker) -> None:
    await spend(
        services,
        asker,
        data.token,
        payee=data.payee,
        amount_cents=data.amount_cents,
        key=data.key,
    )


DOORS = (confirmed, spent)
