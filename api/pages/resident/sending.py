"""Sending own money to the holder of a card: who and how much, a look at both, done."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from pydantic import ValidationError

from admin.roles import Act
from api.gate.access import may, page
from api.pages import unsure
from api.pages.forms import cents, key_of, pin_of
from api.pages.resident.common import bousols, refused, shown
from api.pages.visit import GivenVisit, Visit
from api.routes.account import account, movement
from api.routes.transfers import (
    CONFIRMED_ABOVE_CENTS,
    NewTransfer,
    PayeeAsked,
    TransferConfirming,
    confirm,
    payee,
    send,
)
from api.wire.ids import new_id
from api.wire.problems import Problem
from ledger.refusals import Refusal

_CONFIRMED: Final = "/envoyer/confirmer"


@get("/envoyer", opt=page(may(Act.SEND)), include_in_schema=False)
async def ask(visit: GivenVisit) -> Response[bytes]:
    """Asks to whom, and how much."""
    return shown(visit, "send.html", **await _asked(visit, {}), wrong=None)


async def _asked(visit: Visit, form: Mapping[str, str]) -> dict[str, Any]:
    told = await visit.through(account)
    return {"told": told, "card": form.get("carte", ""), "typed": form.get("montant", "")}


@post("/envoyer", opt=page(may(Act.SEND)), include_in_schema=False)
async def check(visit: GivenVisit) -> Response[bytes]:
    """Shows who it is and how much, before anything moves."""
    form = await visit.form()
    try:
        return shown(visit, "send_check.html", **await _checked(visit, form), wrong=None)
    except (Problem, Refusal) as error:
        return refused(visit, "send.html", error, **await _asked(visit, form))


async def _checked(visit: Visit, form: Mapping[str, str]) -> dict[str, Any]:
    amount, card = _amount(form), form.get("carte", "")
    told = await visit.through(account)
    if amount > told.own.amount:
        raise Problem("insufficient_funds")
    found = await visit.through(payee, data=_payee(card))
    return {
        "back": "/envoyer",
        "card": card,
        "typed": form.get("montant", ""),
        "amount": amount,
        "left": told.own.amount - amount,
        "initial": found.initial,
        "key": form.get("cle") or new_id(),
        "needs_pin": amount > CONFIRMED_ABOVE_CENTS or bool(form.get("code")),
    }


def _payee(card: str) -> PayeeAsked:
    try:
        return PayeeAsked(card=card)
    except ValidationError:
        raise Problem("unknown_card") from None


def _amount(form: Mapping[str, str]) -> int:
    amount = cents(form.get("montant", ""))
    if amount is None:
        raise Problem("malformed_amount")
    return amount


@post(_CONFIRMED, opt=page(may(Act.SEND)), include_in_schema=False)
async def confirmed(visit: GivenVisit) -> Response[bytes]:
    """Sends it, or says what became of it."""
    form = await visit.form()
    key, amount = key_of(form), bousols(visit, _amount(form))
    card = _payee(form.get("carte", "")).card
    try:
        await unsure.settle(visit, form, key)
        token = await _confirmation(visit, form, key)
        data = NewTransfer(card=card, amount=amount, confirmation=token)
        made = await visit.through(send, data=data, key=key)
    except unsure.REFUSED as error:
        if unsure.lost(error):
            return unsure.shown(visit, form, _CONFIRMED, "/envoyer")
        return await _again(visit, form, error)
    return visit.go(f"/envoye/{made.id}")


async def _confirmation(visit: Visit, form: Mapping[str, str], key: UUID) -> str | None:
    """What confirms it, once the secret code was typed."""
    if not form.get("code"):
        return None
    amount, proof = bousols(visit, _amount(form)), pin_of(form["code"])
    data = TransferConfirming(card=form["carte"], amount=amount, key=key, proof=proof)
    return str((await visit.through(confirm, data=data)).confirmation)


async def _again(visit: Visit, form: Mapping[str, str], error: Exception) -> Response[bytes]:
    """The page with why it was not sent; a wrong code keeps the key, a refusal used it up."""
    code = getattr(error, "code", "")
    kept = dict(form) if code in _BEFORE else dict(form) | {"cle": ""}
    try:
        facts = await _checked(visit, kept)
    except (Problem, Refusal):
        return refused(visit, "send.html", error, **await _asked(visit, form))
    facts["needs_pin"] |= code == "pin_needed"
    return refused(visit, "send_check.html", error, **facts)


_BEFORE: Final = frozenset({
    "wrong_pin", "pin_locked", "confirmation_needed", "too_many_tries", "overloaded", "stopped",
})  # fmt: skip
"""Refusals that come before anything was tried under the key."""


@get("/envoye/{number:uuid}", opt=page(may(Act.SEND)), include_in_schema=False)
async def sent(number: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Says that it was sent, and what is left."""
    told = await visit.through(movement, movement=number)
    return shown(visit, "sent.html", told=told)


ROUTES: Final = (ask, check, confirmed, sent)
