"""What every page of a till shows: the place, who stands there, the sign of the day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from admin.logins.keys import Scope
from admin.roles import BUSINESS, Act
from api.gate.access import may, page
from api.paying.tills import own_till
from api.routes.shifts import list_shifts
from api.shops.signs import sign_of
from api.wire.asking import asked
from api.wire.days import day_of
from api.wire.figures import Figures
from api.wire.problems import problem_of, told

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from litestar import Response

    from api.pages.visit import Visit
    from api.routes.shifts import ListedShift
    from merchants.places import Place
    from merchants.signals import Signal

TAKES: Final = page(may(Act.REQUEST_PAYMENT, scope=Scope.TAKE_PAYMENTS))
"""Who sees a page of a till: its merchant, a cashier, and a device that is a till."""


@dataclass(frozen=True, slots=True)
class Stand:
    """A till as who looks at it stands there.

    Attributes:
        shift: theirs, which runs now; None when they take payments without one.
        device: a device that is a till asks, not a person who is signed in.
        owner: the merchant asks.
    """

    visit: Visit
    place: Place
    shift: ListedShift | None
    signal: Signal
    now: datetime
    device: bool
    owner: bool

    @property
    def path(self) -> str:
        """Where the till's pages are."""
        return f"/caisse/{self.place.till}"

    @property
    def today(self) -> date:
        """The civil day."""
        return day_of(self.now)

    @property
    def shift_id(self) -> UUID | None:
        """What payments that are taken now bear."""
        return None if self.shift is None else self.shift.id

    @staticmethod
    def typed(cents: int) -> str:
        """An amount as the keypad types it: 1250,00."""
        return f"{cents // 100},{cents % 100:02}"

    def show(self, template: str, *, scans: bool = False, **facts: Any) -> Response[bytes]:
        """A page of the till."""
        return self.visit.show(template, scans=scans, stand=self, **facts)


async def stand_at(visit: Visit, till: UUID) -> Stand:
    """The till somebody looks at, which is their own.

    Raises:
        Problem: `not_found`, there is none or it is another's.
    """
    services, asker = visit.services, visit.asker
    assert asker is not None, "the rule asks for somebody"
    now = services.clock.now()
    place = await own_till(services, asker, till)
    found = await visit.through(list_shifts, till_id=till, day=day_of(now))
    shift = next((one for one in found.items if one.mine), None)
    return Stand(
        visit=visit,
        place=place,
        shift=shift,
        signal=sign_of(services, place.number, day_of(now)),
        now=now,
        device=asker.key is not None,
        owner=asker.role in BUSINESS,
    )


def said(visit: Visit, error: Exception) -> dict[str, Any]:
    """Why something was refused, in the reader's words: its title, its detail, its code."""
    figures = Figures(visit.language, visit.services.settings.currency_symbol)
    return told(problem_of(error), asked(visit.request.scope), figures)
