"""Paying a supplier: who, which invoice, a look at what will happen, and one button."""

from collections.abc import Mapping
from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter

from admin.refusals import ConfirmationNeeded
from admin.roles import Act
from api.gate.access import may, page
from api.invoices.shapes import InvoiceTold, InvoiceToPay, Supplier, SupplierLookup
from api.pages import unsure
from api.pages.forms import cents, key_of
from api.pages.merchant.common import (
    PROVING,
    euro_amount,
    local_amount,
    proof_by,
    proof_of,
    shaped,
    wrong_of,
)
from api.pages.visit import GivenVisit, Visit
from api.routes.account import account
from api.routes.invoices import create, list_all, look_up
from api.routes.invoices import preview as preview_payment
from api.wire.ids import new_id
from api.wire.problems import Problem
from ledger.refusals import KeyClosed, Refusal

PATH: Final = "/commerce/fournisseurs"
_FIELDS: Final = ("facture", "total", "bousols", "euros")
_RECENT: Final = 6
_SHORTEST: Final = 2
Words = Annotated[str, QueryParameter(name="q", max_length=80)]


@get(PATH, opt=page(may(Act.PAY_SUPPLIER)), include_in_schema=False)
async def search(visit: GivenVisit, q: Words = "") -> Response[bytes]:
    """Finds a supplier by name, SIRET or code; those paid last are there at once."""
    words, found = q.strip(), None
    if len(words) >= _SHORTEST:
        found = (await visit.through(look_up, data=SupplierLookup(text=words))).items
    paid = (await visit.through(list_all, side="paid", limit=50)).items
    names = list(dict.fromkeys(one.payee for one in paid))[:_RECENT]
    return visit.show("merchant/suppliers.html", words=words, found=found, recent=names)


@get(PATH + "/{supplier:uuid}", opt=page(may(Act.PAY_SUPPLIER)), include_in_schema=False)
async def ask(supplier: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Asks for an invoice and how it is paid."""
    return await _form(visit, await _supplier(visit, supplier), {})


@post(PATH + "/{supplier:uuid}", opt=page(may(Act.PAY_SUPPLIER)), include_in_schema=False)
async def check(supplier: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Shows what paying will do, with nothing done yet."""
    form = await visit.form()
    if form.get("corriger"):
        return await _form(visit, await _supplier(visit, supplier), form)
    try:
        return await _preview(visit, supplier, form, str(new_id()))
    except (Problem, Refusal) as error:
        found = await _supplier(visit, supplier)
        return await _form(visit, found, form, wrong_of(visit, error))


@post(PATH + "/{supplier:uuid}/paiement", opt=page(may(Act.PAY_SUPPLIER)), include_in_schema=False)
async def pay(supplier: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Pays the invoice, or proposes to where a second person must agree."""
    form, here = await visit.form(), f"{PATH}/{supplier}"
    key = key_of(form)
    try:
        made = await _paid(visit, supplier, form, key)
    except KeyClosed as error:
        return await _preview(visit, supplier, form, str(new_id()), wrong_of(visit, error))
    except unsure.REFUSED as error:
        wrong = wrong_of(visit, error)
        if unsure.lost(error):
            return unsure.shown(visit, form, f"{here}/paiement", here)
        if wrong["code"] not in PROVING:
            return await _form(visit, await _supplier(visit, supplier), form, wrong)
        return await _preview(visit, supplier, form, str(key), wrong)
    return visit.go(f"/commerce/factures/{made.id}")


async def _paid(visit: Visit, supplier: UUID, form: Mapping[str, str], key: UUID) -> InvoiceTold:
    """The payment of a form, made now or before.

    Raises:
        Problem, Refusal: as `create` and `unsure.settle`.
    """
    body, closed = _body(visit, supplier, form, proof_of(form)), None
    try:
        await unsure.settle(visit, form, key)
    except KeyClosed as nothing:  # a proposal is a row without an entry: it is still looked for
        closed = nothing
    try:
        made: InvoiceTold = await visit.through(create, data=body, key=key)
    except ConfirmationNeeded as needed:
        raise closed or needed from None
    return made


async def _form(
    visit: Visit,
    supplier: Supplier,
    form: Mapping[str, str],
    wrong: dict[str, Any] | None = None,
) -> Response[bytes]:
    there = await visit.through(account)
    typed = {name: form.get(name, "") for name in _FIELDS}
    facts = {"supplier": supplier, "typed": typed, "wrong": wrong, "balance": there.balance}
    status = 200 if wrong is None else wrong["status"]
    return visit.show("merchant/invoice_form.html", status=status, **facts)


async def _preview(
    visit: Visit,
    supplier: UUID,
    form: Mapping[str, str],
    key: str,
    wrong: dict[str, Any] | None = None,
) -> Response[bytes]:
    told = await visit.through(preview_payment, data=_body(visit, supplier, form))
    there = await visit.through(account)
    return visit.show(
        "merchant/invoice_preview.html",
        status=200 if wrong is None else wrong["status"],
        told=told,
        typed={name: form.get(name, "") for name in _FIELDS},
        key=key,
        wrong=wrong,
        left=there.balance.amount - told.bousols.amount,
        proof=await proof_by(visit) if told.proof or wrong else None,
    )


async def _supplier(visit: Visit, number: UUID) -> Supplier:
    """Who is paid under an id.

    Raises:
        Problem: `not_found`.
    """
    found = await visit.through(look_up, data=SupplierLookup(text=str(number)))
    for one in found.items:
        if one.id == number:
            return Supplier.model_validate(one)
    raise Problem("not_found")


def _body(visit: Visit, supplier: UUID, form: Mapping[str, str], proof: Any = None) -> InvoiceToPay:
    """The invoice as a program would send it; euros that are left empty are the rest."""
    total, bousols = (
        euro_amount(form.get("total", "")),
        local_amount(visit, form.get("bousols", "")),
    )
    typed = form.get("euros", "")
    rest = max(0, total.amount - bousols.amount) if not typed else cents(typed) or 0
    if typed and not rest and typed.strip("0,. ") != "":
        raise Problem("malformed_amount")
    euros = None if not rest else total.model_copy(update={"amount": rest})
    facts = {"total": total, "bousols": bousols, "euros": euros, "proof": proof}
    named = {"supplier": supplier, "invoice": form.get("facture", "")}
    body: InvoiceToPay = shaped(InvoiceToPay, **named, **facts)
    return body


ROUTES: Final = (search, ask, check, pay)
