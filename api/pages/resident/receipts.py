"""The receipt of a payment: facts that can be checked, and nothing that moves."""

from typing import Final
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath

from admin.roles import Act
from api.gate.access import may, page
from api.pages.resident.common import shown
from api.pages.visit import GivenVisit
from api.routes.taken_payments import read, receipt


@get("/recu/{payment:uuid}", opt=page(may(Act.SEE_PAYMENT)), include_in_schema=False)
async def of_payment(payment: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Shows a receipt to whoever made or took the payment."""
    view = await visit.through(read, payment_id=payment)
    signed = await visit.through(receipt, payment_id=payment)
    payer = view.paid_with is not None
    return shown(
        visit,
        "receipt.html",
        back="/mouvements" if payer else "/",
        view=view,
        signed=signed,
        proof=signed.model_dump_json(),
        payer=payer,
        own_money=_part(view, earmarked=False),
        aid=_part(view, earmarked=True),
    )


def _part(view: object, *, earmarked: bool) -> int:
    """Cents of own money, or of aid, that paid."""
    used = getattr(view, "paid_with", None) or ()
    return sum(one.amount.amount for one in used if one.earmarked is earmarked)


ROUTES: Final = (of_payment,)
