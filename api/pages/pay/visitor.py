"""Signing in where one pays: the amount that was typed is still there afterwards."""

from typing import Final
from urllib.parse import quote

from litestar import Response, post

from api.gate.access import everybody, page
from api.pages.account.typed import wrong_of
from api.pages.entering import entered
from api.pages.pay import showing
from api.pages.pay.keys import target_of
from api.pages.visit import GivenVisit
from api.wire.problems import Problem
from ledger.refusals import Refusal
from merchants.refusals import CodeUnreadable


@post("/payer/connexion", opt=page(everybody()), include_in_schema=False)
async def sign_in(visit: GivenVisit) -> Response[bytes]:
    """Signs somebody in on the page of a poster or a request, or elsewhere; then goes on there."""
    form = await visit.form()
    typed = form.get("montant", "")[:20]
    target = target_of(visit, form.get("suite", ""))
    if target is None:
        raise Problem("not_found")
    there = target.path + (f"?montant={quote(typed)}" if typed and not target.request else "")
    if form.get("autrement"):
        return visit.go(f"/connexion?suite={quote(there, safe='/')}")
    try:
        return await entered(visit, form, there)
    except CodeUnreadable:
        return showing.unknown(visit)
    except (Problem, Refusal) as error:
        wrong = wrong_of(visit, error)
        login = form.get("identifiant", "")
    try:
        scanned = await showing.scanned_at(visit, target)
    except CodeUnreadable:
        return showing.unknown(visit)
    return showing.visitor(
        visit, target, scanned, typed=typed, wrong=wrong, login=login, status=wrong["status"]
    )


ROUTES: Final = (sign_in,)
