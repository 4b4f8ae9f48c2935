"""The card that is on the desk: the file's own, or one of the stock for who has none that pays.

What the receipt says, money on the card and it pays from now on, is true when this returns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from admin.aid import desk_cards
from admin.aid.desk_cards import NewHand
from admin.aid.refusals import CardOfAnother, CardStopped, HolderHasCard, PinUnchosen
from admin.ledger_door import ledger_connection
from admin.logins import pins
from admin.losses import reissuing
from admin.means import cards
from admin.refusals import CardNotInStock
from ledger import store

if TYPE_CHECKING:
    from admin.means.cards import Card
    from api.gate.asker import Asker
    from api.services import Services


async def settle(
    services: Services, asker: Asker, party: int, number: str, pin: str | None
) -> None:
    """The card of this number pays from the account of a file there is.

    A card of this stock is handed over when the holder has none that pays; one that waits in the
    post for its code is blocked for it. A PIN beside a card in use is tried, as at a till, so that
    asking again after a crash is no new act and nobody believes that they chose another one.

    Raises:
        UnknownCard, CardNotInStock, PinUnchosen, PinGuessable: no card for somebody new.
        CardOfAnother: it is somebody else's.
        CardStopped: it is blocked, or waits for its code.
        HolderHasCard: the file has another card that pays.
        NotAllowed, SamePerson: not this holder's PIN, as `recovery.check_seen` says.
        WrongPin, PinLocked: of a card in use.
    """
    async with services.rows() as rows:
        card = await cards.by_number(rows, number)
    if card.party is None:
        card = await _from_stock(services, asker, party, card, pin)
    else:
        await _in_use(services, party, card, pin)
    async with ledger_connection(services.engine) as ledger:  # again is no act
        known = await store.put_card(ledger, card.id, party=party, blocked=False)
    assert known, "a card's number is another party's"


def check_pays(card: Card) -> None:
    """A card somebody holds is not blocked.

    Raises:
        CardStopped: it is.
    """
    if card.status == "blocked":
        raise CardStopped


async def _in_use(services: Services, party: int, card: Card, pin: str | None) -> None:
    if card.party != party:
        raise CardOfAnother
    check_pays(card)
    async with services.rows() as rows:
        held = await desk_cards.held(rows, party)
    if any(one.in_post for one in held if one.id == card.id):
        raise CardStopped
    if pin is not None:
        await pins.try_pin(services.engine, services.pepper, user=card.user, pin=pin)


async def _from_stock(
    services: Services, asker: Asker, party: int, card: Card, pin: str | None
) -> Card:
    if card.place != asker.acting or card.status != "stock":
        raise CardNotInStock
    if pin is None:
        raise PinUnchosen
    pins.check_pin(pin)
    now = services.clock.now()
    async with services.rows() as rows:
        held = await desk_cards.held(rows, party)
    if not all(one.in_post for one in held):
        raise HolderHasCard
    for one in held:  # its code would take the place of the PIN that is chosen now
        await reissuing.block(services.engine, number=one.number, actor=asker.by, at=now)
    assert asker.role is not None, "a role is chosen"
    wanted = NewHand(party, card.number, asker.acting, pin, asker.by, asker.role)
    async with services.rows() as rows:
        return await desk_cards.hand_over(rows, services.pepper, wanted, now)
