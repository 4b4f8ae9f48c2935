"""What can happen in the demo Boulonnais: numbers of the story only, no name and no id."""

from __future__ import annotations

from typing import NamedTuple


class Joins(NamedTuple):
    """A resident opens an account at a counter and pays the fee of a year."""

    resident: int


class Opens(NamedTuple):
    """A merchant is approved, with a till and a poster."""

    shop: int


class Orders(NamedTuple):
    """A resident orders Bou'Sols; `euros_cents` arrive by transfer some days later."""

    resident: int
    euros_cents: int
    matched: bool


class Arrives(NamedTuple):
    """The euros of an order are on the account; `order` is its number in the story."""

    order: int


class Found(NamedTuple):
    """Euros that waited in suspense are recognised."""

    order: int


class Pays(NamedTuple):
    """A resident pays a merchant."""

    resident: int
    shop: int
    cents: int


class Returns(NamedTuple):
    """A merchant gives part of a payment back; `payment` is its number in the story."""

    payment: int
    cents: int


class Gives(NamedTuple):
    """A resident sends another one Bou'Sols."""

    resident: int
    to: int
    cents: int


class Invoices(NamedTuple):
    """A merchant pays a supplier's invoice."""

    shop: int
    supplier: int
    cents: int
    total_cents: int


class Redeems(NamedTuple):
    """A merchant asks for euros; `approved` days later they are owed, then paid."""

    shop: int
    cents: int


class Approved(NamedTuple):
    """A redemption is approved; `redemption` is its number in the story."""

    redemption: int


class Paid(NamedTuple):
    """The bank has paid a redemption."""

    redemption: int


class SellsNotes(NamedTuple):
    """A comptoir sells notes for cash."""

    comptoir: int
    euros_cents: int


class Remits(NamedTuple):
    """A comptoir brings its cash to the bank."""

    comptoir: int


class BringsNotes(NamedTuple):
    """A merchant brings notes back to a comptoir and has them on its account."""

    shop: int
    comptoir: int
    bousols: int


Happening = (
    Joins | Opens | Orders | Arrives | Found | Pays | Returns | Gives | Invoices | Redeems
    | Approved | Paid | SellsNotes | Remits | BringsNotes
)  # fmt: skip
