"""The pages of a payment before it is made: the form, what stands instead, what came first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from api.pages.pay.keys import keep
from api.routes.scans import ScannedText, scan_code
from api.wire.shapes import Amount

if TYPE_CHECKING:
    from uuid import UUID

    from litestar import Response

    from api.pages.pay.keys import Target
    from api.pages.pay.sending import Attempt
    from api.pages.visit import Visit
    from api.paying.told import PaymentReceipt
    from api.routes.scans import ScannedCode
    from api.wire.problems import Problem

_MINUTE_SECONDS = 60


async def scanned_at(visit: Visit, target: Target, cents: int | None = None) -> ScannedCode:
    """What a poster or a request stands for, and how it stands.

    Raises:
        CodeUnreadable: it is none of ours.
    """
    currency = visit.services.settings.currency_code
    typed = None if cents is None else Amount(amount=cents, currency=currency)
    data = ScannedText(code=target.text, amount=None if target.request else typed)
    scanned: ScannedCode = await visit.through(scan_code, data=data)
    return scanned


def instead(
    visit: Visit, target: Target, scanned: ScannedCode, typed: str = ""
) -> Response[bytes] | None:
    """The page of a code that nobody pays now, or that a visitor looks at; None when it is paid."""
    payer = scanned.payer
    if scanned.status == "paid" and payer is not None and payer.receipt is not None:
        return visit.go(f"/paye/{payer.receipt.payment}")
    if scanned.status != "open":
        return visit.show("pay/closed.html", target=target, scanned=scanned)
    if payer is None:
        return visitor(visit, target, scanned, typed=typed)
    return None


def unknown(visit: Visit) -> Response[bytes]:
    """No poster has this code, or its request was altered."""
    return visit.show("pay/unknown.html", status=404)


def visitor(
    visit: Visit, target: Target, scanned: ScannedCode, *, typed: str = "", **more: Any
) -> Response[bytes]:
    """The page of somebody who is not signed in, or not in a role that pays."""
    facts = {"wrong": None, "login": "", "status": 200} | more
    return visit.show("pay/visitor.html", target=target, scanned=scanned, typed=typed, **facts)


def pay_page(
    visit: Visit,
    attempt: Attempt,
    *,
    pin: bool = False,
    wrong: Problem | None = None,
    before: str = "",
) -> Response[bytes]:
    """The page with the yellow button.

    Args:
        visit: of who pays.
        attempt: at paying.
        pin: the secret code is asked for.
        wrong: why it was not sent.
        before: what became of the try before.
    """
    target, price = attempt.target, attempt.price_cents
    facts: dict[str, Any] = {
        "target": target,
        "scanned": attempt.scanned,
        "payer": attempt.payer,
        "key": attempt.key,
        "tried": attempt.tried,
        "price": price,
        "pin": pin or attempt.asks_proof,
        "wrong": wrong,
        "before": "closed" if attempt.tried.said == "rien" else before,
        "checking": checking_path(attempt.key, target, price or 0),
        "now": visit.services.clock.now(),
    }
    shown = visit.show("pay/pay.html", **facts)
    shown.cookies.append(keep(target, attempt.key))
    return shown


def already(
    visit: Visit, attempt: Attempt, made: PaymentReceipt, *, other: int | None = None
) -> Response[bytes]:
    """The payment made just before, before another is begun; `other` was not sent after it."""
    ago = visit.services.clock.now() - made.posted_at
    minutes = max(0, int(ago.total_seconds()) // _MINUTE_SECONDS)
    facts: dict[str, Any] = {"made": made, "minutes": minutes, "other": other}
    facts |= {"target": attempt.target, "scanned": attempt.scanned}
    return visit.show("pay/already.html", **facts)


def checking_path(key: UUID, target: Target, cents: int, since: int = 0) -> str:
    """Where it is told what became of a key; `since` is the second from which nobody knows."""
    more = f"&depuis={since}" if since else ""
    return f"/verifier/{key}?vers={quote(target.path)}&montant={cents}{more}"
