"""What every entry needs and no flow decides: who acts, with which key, and at which terms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ledger.conversion import SYMMETRIC, Conversion, Mode, Scheme
from ledger.flows.accounts import CIRC, ISSUED
from ledger.journal import AMOUNT_MAX, TRANSFERS_MAX, JournalEntry, Transfer

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from ledger.kinds import Kind


@dataclass(frozen=True, slots=True)
class Act:
    """One person's act, before a flow says which money it moves. Fields as in `JournalEntry`.

    `once` is for what the act settles and no flow names, such as an order or a payment request;
    where a thing may happen once by the nature of the flow, the flow asks for it by name.
    """

    id: UUID
    party: int
    key: UUID
    request: bytes
    effective: date | None = None
    document: UUID | None = None
    policy: int | None = None
    not_after: datetime | None = None
    once: UUID | None = None
    card: int | None = None
    pin: bool = False
    replan: bool = False
    expected: tuple[int, int] | None = None

    def entry(
        self,
        kind: Kind,
        *transfers: Transfer,
        once: UUID | None = None,
        origin: int | None = None,
        remainder: int = 0,
        lines: int = 1,
    ) -> JournalEntry:
        """The journal entry of this act; a transfer of 0, such as a bonus of none, is left out."""
        assert self.once is None or once is None, "one act settles one thing"
        moved = tuple(t for t in transfers if t.amount)
        assert 0 < len(moved) <= TRANSFERS_MAX, len(moved)
        assert all(0 < t.amount <= AMOUNT_MAX for t in moved), moved
        return JournalEntry(
            id=self.id,
            party=self.party,
            key=self.key,
            request=self.request,
            kind=kind,
            transfers=moved,
            effective=self.effective,
            once=once or self.once,
            document=self.document,
            origin=origin,
            remainder=remainder,
            lines=lines,
            policy=self.policy,
            not_after=self.not_after,
            card=self.card,
            pin=self.pin,
            replan=self.replan,
            expected=self.expected,
        )


@dataclass(frozen=True, slots=True)
class Terms:
    """At which terms an act converts.

    Attributes:
        scheme: the rate and who pays for it.
        mode: linear, or by tranche at a comptoir.
        bonus: account of the sponsor's fund; None converts at par when the scheme is sponsored.
        bonused_cents: how many of the euros earn the sponsored bonus; None means all.
        commission_ppm: what the association keeps of a redemption, in millionths of the gross.
    """

    scheme: Scheme = SYMMETRIC
    mode: Mode = Mode.LINEAR
    bonus: int | None = None
    bonused_cents: int | None = None
    commission_ppm: int = 0

    def __post_init__(self) -> None:
        assert self.scheme.sponsored or self.bonus is None, "only a sponsored scheme has a fund"
        assert self.bonus is not None or self.bonused_cents is None, self.bonused_cents

    def issue(self, euros_cents: int) -> Conversion:
        """What `euros_cents` buy at these terms."""
        at_par = self.scheme.sponsored and self.bonus is None
        bonused_cents = 0 if at_par else self.bonused_cents
        return self.scheme.issue(euros_cents, self.mode, bonused_cents=bonused_cents)

    def take_back(self, bousol_cents: int) -> Conversion:
        """What undoing an issue made at these terms gives back."""
        return self.scheme.take_back(bousol_cents, bonused=self.bonus is not None)


def issued(
    conversion: Conversion, terms: Terms, *, source: int, holder: int
) -> tuple[Transfer, ...]:
    """Euros become debt to holders, and Bou'Sols come into being in the holder's account."""
    return (
        Transfer(source, CIRC, conversion.euros_cents),
        *(Transfer(fund, CIRC, conversion.bonus_cents) for fund in _fund(terms)),
        Transfer(ISSUED, holder, conversion.bousol_cents),
    )


def given_back(conversion: Conversion, terms: Terms, *, to: int) -> tuple[Transfer, ...]:
    """The euros of Bou'Sols taken back: to who paid them, and to the sponsor his bonus."""
    return (
        Transfer(CIRC, to, conversion.euros_cents),
        *(Transfer(CIRC, fund, conversion.bonus_cents) for fund in _fund(terms)),
    )


def total(conversions: list[Conversion]) -> Conversion:
    """Several conversions as one: each was rounded for itself."""
    return Conversion(*map(sum, zip(*conversions, strict=True)))


def _fund(terms: Terms) -> tuple[int, ...]:
    return () if terms.bonus is None else (terms.bonus,)
