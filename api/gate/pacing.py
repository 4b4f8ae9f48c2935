"""How fast money may be asked about: buckets in this process, for accounts, tills and addresses.

They keep one program that has lost its way, or one stolen session, from taking the service from
everybody else; honest people never meet them. A payment so asks the database nothing. Secrets are
counted in PostgreSQL (admin/logins/throttle.py): there the whole number of tries matters, here the
speed.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from admin.refusals import TooManyTries
from admin.roles import Role
from api.gate.addresses import address_of

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from litestar import Request

    from api.gate.asker import Asker

PACED: Final = "paced"
"""Among the options of a route: `MONEY`, it is asked no faster than this."""
MONEY: Final = {PACED: True}
CODES: Final = ("too_many_tries",)
"""What such a route may answer."""
REMEMBERED_MAX: Final = 50_000


class Pace(NamedTuple):
    """So many at once, then so many a second."""

    burst: int
    per_second: float


class Paces(NamedTuple):
    """How fast whoever asks may ask.

    Attributes:
        account: of a resident, on all their devices.
        device: of a till's key, or of one session of a merchant.
        merchant: of all devices of one merchant.
        address: of whoever is not signed in; a hall of people may share one.
    """

    account: Pace = Pace(1_200, 10)
    device: Pace = Pace(1_200, 50)
    merchant: Pace = Pace(3_000, 150)
    address: Pace = Pace(1_200, 50)


PACES: Final = Paces()
"""The usual ones."""


@dataclass(slots=True)
class Pacing:
    """Counts who asks (the generic cell rate algorithm: one instant a subject).

    Too many subjects push out the one that asked the longest ago, in one step however many there
    are. Whoever asks all the time is never that one.
    """

    paces: Paces
    _due: OrderedDict[Hashable, float] = field(default_factory=OrderedDict)

    def asker(self, asker: Asker) -> None:
        """Count one request of somebody signed in, or of a key.

        Raises:
            TooManyTries: with how long to wait; nothing was done.
        """
        for subject, pace in _subjects(asker, self.paces):
            self.take(subject, pace, time.monotonic())

    def request(self, request: Request[Any, Any, Any], asker: Asker | None) -> None:
        """Count one request of somebody, or of whoever shares the address it comes from.

        Raises:
            TooManyTries: with how long to wait; nothing was done.
        """
        if asker is not None:
            return self.asker(asker)
        return self.take(("address", address_of(request)), self.paces.address, time.monotonic())

    def take(self, subject: Hashable, pace: Pace, now: float) -> None:
        """Count one request of a subject; one that is refused is not counted.

        Raises:
            TooManyTries: it comes before its time.
        """
        due = max(self._due.get(subject, 0.0), now)
        wait = due - now - (pace.burst - 1) / pace.per_second
        if wait > 0:
            self._due.move_to_end(subject)
            raise TooManyTries(max(1, math.ceil(wait)))
        self._due[subject] = due + 1 / pace.per_second
        self._due.move_to_end(subject)
        if len(self._due) > REMEMBERED_MAX:
            self._due.popitem(last=False)


def _subjects(asker: Asker, paces: Paces) -> Iterator[tuple[Hashable, Pace]]:
    if asker.role is Role.SOLISTE:
        yield ("account", asker.party), paces.account
        return
    yield ("device", asker.key or asker.session), paces.device
    if asker.party is not None:
        yield ("merchant", asker.party), paces.merchant
