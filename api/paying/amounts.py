"""Amounts of a body in the one currency they may have there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.wire.faults import Fault
from api.wire.problems import Problem
from api.wire.shapes import ledger_amount
from ledger.chart import Commodity

if TYPE_CHECKING:
    from api.settings import Settings
    from api.wire.shapes import Amount


def bousol_cents(amount: Amount, settings: Settings, field: str = "amount") -> int:
    """Cents of the local currency.

    Raises:
        Problem: `wrong_currency`.
    """
    return _cents(amount, settings, Commodity.BSL, field)


def euro_cents(amount: Amount, settings: Settings, field: str = "amount") -> int:
    """Cents of euros.

    Raises:
        Problem: `wrong_currency`.
    """
    return _cents(amount, settings, Commodity.EUR, field)


def _cents(amount: Amount, settings: Settings, commodity: Commodity, field: str) -> int:
    found = ledger_amount(amount, settings)
    if found.commodity is not commodity:
        raise Problem("wrong_currency", (Fault(f"/{field}/currency", "wrong_currency"),))
    return found.minor
