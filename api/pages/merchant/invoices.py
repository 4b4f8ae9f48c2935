"""Invoices that were paid, proposed or received: lists, one of them, and what is decided of it."""

from typing import Annotated, Any, Final, Literal
from uuid import UUID

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, QueryParameter

from admin.roles import Act, Role
from api.gate.access import may, page
from api.invoices.shapes import InvoiceAgreement, InvoiceRefund, InvoiceTold
from api.pages import unsure
from api.pages.forms import key_of
from api.pages.merchant.common import local_amount, proof_by, proof_of, wrong_of
from api.pages.visit import GivenVisit, Visit
from api.routes.invoices import cancel, confirm, get_one, list_all, refund, refuse
from api.routes.roles import list_roles
from api.wire.ids import new_id
from api.wire.problems import Problem
from ledger.refusals import Refusal

PATH: Final = "/commerce/factures"
_ONE: Final = PATH + "/{number:uuid}"
_PAGE: Final = 30
SideName = Annotated[Literal["payees", "recues"], QueryParameter(name="cote")]
After = Annotated[str | None, QueryParameter(name="suite", max_length=400)]


@get(PATH, opt=page(may(Act.SEE_INVOICES)), include_in_schema=False)
async def show_all(
    visit: GivenVisit, side: SideName = "payees", after: After = None
) -> Response[bytes]:
    """Lists invoices this merchant paid, or was paid."""
    received = side == "recues" or not visit.may(confirm)
    wanted = "received" if received else "paid"
    found = await visit.through(list_all, side=wanted, limit=_PAGE, cursor=after)
    facts = {"received": received, "both": visit.may(confirm)}
    return visit.show("merchant/invoices.html", found=found, **facts)


@get(_ONE, opt=page(may(Act.SEE_INVOICES)), include_in_schema=False)
async def show(number: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Shows one invoice, and what may be done with it."""
    return await _shown(visit, number)


@post(f"{_ONE}/accord", opt=page(may(Act.PAY_SUPPLIER)), include_in_schema=False)
async def agree(number: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Pays what a colleague proposed."""
    form = await visit.form()
    try:
        data = InvoiceAgreement(proof=proof_of(form))
        await visit.through(confirm, number=number, data=data, key=key_of(form))
    except (Problem, Refusal) as error:
        return await _shown(visit, number, wrong_of(visit, error))
    return visit.go(f"{PATH}/{number}")


@post(f"{_ONE}/refus", opt=page(may(Act.PAY_SUPPLIER)), include_in_schema=False)
async def disagree(number: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Refuses what a colleague proposed."""
    return await _decided(visit, number, refuse)


@post(f"{_ONE}/annulation", opt=page(may(Act.PAY_SUPPLIER)), include_in_schema=False)
async def withdraw(number: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Withdraws a proposal."""
    return await _decided(visit, number, cancel)


@post(f"{_ONE}/remboursement", opt=page(may(Act.REFUND_INVOICE)), include_in_schema=False)
async def give_back(number: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Gives Bou'Sols of a received invoice back, or says whether that was done."""
    form, here = await visit.form(), f"{PATH}/{number}"
    key = key_of(form)
    try:
        await unsure.settle(visit, form, key)
        data = InvoiceRefund(amount=local_amount(visit, form.get("montant", "")))
        await visit.through(refund, number=number, data=data, key=key)
    except unsure.REFUSED as error:
        if unsure.lost(error):
            return unsure.shown(visit, form, f"{here}/remboursement", here)
        return await _shown(visit, number, wrong_of(visit, error))
    return visit.go(here)


async def _decided(visit: Visit, number: UUID, handler: HTTPRouteHandler) -> Response[bytes]:
    try:
        await visit.through(handler, number=number)
    except (Problem, Refusal) as error:
        return await _shown(visit, number, wrong_of(visit, error))
    return visit.go(f"{PATH}/{number}")


async def _shown(
    visit: Visit, number: UUID, wrong: dict[str, Any] | None = None
) -> Response[bytes]:
    invoice = await visit.through(get_one, number=number)
    return visit.show(
        "merchant/invoice.html",
        status=200 if wrong is None else wrong["status"],
        invoice=invoice,
        ours=invoice.made_by is not None,
        eyes=await _eyes(visit, invoice),
        may_refund=visit.may(refund),
        wrong=wrong,
        key=new_id(),
        rest=invoice.bousols.amount - invoice.refunded.amount,
        proof=await proof_by(visit),
    )


async def _eyes(visit: Visit, invoice: InvoiceTold) -> dict[str, Any] | None:
    """Who proposed, whether that is who looks, and who may agree."""
    if invoice.status != "proposed" or not visit.may(list_roles):
        return None
    roles = [r for r in (await visit.through(list_roles)).items if r.role is Role.MERCHANT]
    author = next((role for role in roles if role.id == invoice.made_by), None)
    others = [role.name for role in roles if author is None or role.id != author.id]
    mine = author is not None and author.mine
    return {"author": author and author.name, "mine": mine, "others": others}


ROUTES: Final = (show_all, show, agree, disagree, withdraw, give_back)
