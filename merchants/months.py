"""A merchant's month as its accountant posts it: totals, and one balanced entry for each.

Bou'Sols stand in a cash account of their own (530), at par, so that VAT and sales are untouched
(LR-17); only leaving the circuit costs, shown apart. A month has the entries posted on its civil
days in Paris, whatever day they name in the association's books: a month that is over never
changes, and ends at the ledger's balance after its last entry. The account numbers are proposals.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple
from zoneinfo import ZoneInfo

from ledger.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

CIVIL: Final = ZoneInfo("Europe/Paris")
_DECEMBER: Final = 12

CASH, HELD, OWED, BANK = "530", "4671", "4672", "512"
ACCOUNTS: Final = {
    CASH: "Caisse Bou'Sol",
    "5302": "Caisse Bou'Sol, billets",
    BANK: "Banque",
    "401": "Fournisseurs",
    "411": "Clients",
    HELD: "Bou'Sols en attente de rachat",
    OWED: "Association, euros à recevoir",
    "471": "Compte d'attente",
    "6238": "Dons",
    "6281": "Cotisations",
    "658": "Décote de reconversion",
    "707": "Ventes TTC, à ventiler par taux de TVA",
    "754": "Dons reçus",
    "758": "Bonus de conversion et dons de l'association",
}
"""What each proposed account is called."""


class Heading(StrEnum):
    """What happened to a merchant's money, in the order of the statement."""

    SALES = "sales"
    SALES_REFUNDED = "sales_refunded"
    CUSTOMERS = "invoices_received"
    CUSTOMERS_REFUNDED = "invoices_given_back"
    SUPPLIERS = "suppliers_paid"
    SUPPLIERS_REFUNDED = "suppliers_gave_back"
    REDEMPTION_ASKED = "redemptions_asked"
    REDEMPTION_RETURNED = "redemptions_returned"
    BOUGHT = "bought"
    NOTES = "notes"
    FEES = "fees"
    DONATIONS = "donations"
    GIFTS = "gifts"
    CLOSED = "closed"
    OTHER = "other"
    REDEEMED = "redeemed"
    PAID_OUT = "paid_out"
    OWED_OTHERWISE = "owed_otherwise"


OUTSIDE: Final = frozenset({Heading.REDEEMED, Heading.PAID_OUT, Heading.OWED_OTHERWISE})
"""What moves other accounts than the one whose balance opens and closes the statement."""
_SALE: Final = frozenset({Kind.PAYMENT, Kind.HOLD_CAPTURE})
_BACK: Final = frozenset({Kind.REFUND, Kind.REVERSAL})
_PLAIN: Final[dict[Kind, Heading]] = {
    Kind.ISSUE_TRANSFER: Heading.BOUGHT,
    Kind.SUSPENSE_MATCH: Heading.BOUGHT,
    Kind.ISSUE_CASH_WALLET: Heading.BOUGHT,
    Kind.SWAP_IN: Heading.NOTES,
    Kind.SWAP_OUT: Heading.NOTES,
    Kind.FEE_BSL: Heading.FEES,
    Kind.DONATION: Heading.DONATIONS,
    Kind.ISSUER_GIFT: Heading.GIFTS,
    Kind.CLOSURE: Heading.CLOSED,
    Kind.REDEEM_HOLD: Heading.REDEMPTION_ASKED,
    Kind.REDEEM_REJECTED: Heading.REDEMPTION_RETURNED,
}
_CONTRA: Final[dict[Heading, str]] = {
    Heading.SALES: "707",
    Heading.SALES_REFUNDED: "707",
    Heading.CUSTOMERS: "411",
    Heading.CUSTOMERS_REFUNDED: "411",
    Heading.SUPPLIERS: "401",
    Heading.SUPPLIERS_REFUNDED: "401",
    Heading.REDEMPTION_ASKED: HELD,
    Heading.REDEMPTION_RETURNED: HELD,
    Heading.NOTES: "5302",
    Heading.FEES: "6281",
    Heading.GIFTS: "758",
    Heading.OTHER: "471",
}


class Moved(NamedTuple):
    """Entries of one sort that moved an account in one direction, together.

    Attributes:
        kind: of the entries.
        origin: the kind of what they refund or reverse.
        times: how many.
        cents: what came in; negative: went out.
        euro_cents: what they moved in euros, when they converted.
    """

    kind: Kind
    origin: Kind | None
    times: int
    cents: int
    euro_cents: int = 0


class Redeemed(NamedTuple):
    """What became euros in a month; reversals count against it.

    Attributes:
        times: how many requests.
        bousol_cents: destroyed.
        gross_cents: euros at the rate, before the commission.
        net_cents: euros owed for them.
    """

    times: int = 0
    bousol_cents: int = 0
    gross_cents: int = 0
    net_cents: int = 0

    @property
    def discount_cents(self) -> int:
        """What it cost: Bou'Sols at par, less the euros."""
        return self.bousol_cents - self.net_cents


NONE_REDEEMED: Final = Redeemed()


class Total(NamedTuple):
    """What one code comes to; `cents` is negative when it went out."""

    code: Heading
    times: int
    cents: int
    euro_cents: int = 0


class Posting(NamedTuple):
    """One line of a proposed entry: on one of its two sides."""

    account: str
    debit_cents: int
    credit_cents: int


class Entry(NamedTuple):
    """A proposed entry, balanced."""

    code: Heading
    postings: tuple[Posting, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """What the ledger has of a month.

    Attributes:
        opening_cents: of the merchant's account before it.
        closing_cents: after its last entry.
        account: what moved the account.
        owed: what moved the euros owed to the merchant, redemptions apart; came in: more is owed.
        redeemed: requests that were approved.
        held_cents: Bou'Sols held at the end, no part of the closing.
    """

    opening_cents: int
    closing_cents: int
    account: tuple[Moved, ...] = ()
    owed: tuple[Moved, ...] = ()
    redeemed: Redeemed = NONE_REDEEMED
    held_cents: int = 0


@dataclass(frozen=True, slots=True)
class Month:
    """A statement: its totals add up to its closing, its entries are balanced."""

    facts: Facts
    totals: tuple[Total, ...]
    entries: tuple[Entry, ...]

    @property
    def became_euros(self) -> Redeemed:
        """What left the circuit: requests that were approved, and the rest of one who leaves."""
        redeemed = self.facts.redeemed
        left = [total for total in self.totals if total.code is Heading.CLOSED]
        euros = sum(total.euro_cents * (1 if total.cents < 0 else -1) for total in left)
        return Redeemed(
            redeemed.times + sum(total.times * (1 if total.cents < 0 else -1) for total in left),
            redeemed.bousol_cents - sum(total.cents for total in left),
            redeemed.gross_cents + euros,
            redeemed.net_cents + euros,
        )


def bounds(first: date) -> tuple[datetime, datetime]:
    """The instants at which a month begins and the next one does, in UTC: Paris midnights."""
    year, month = (first.year + 1, 1) if first.month == _DECEMBER else (first.year, first.month + 1)
    begins = datetime(first.year, first.month, 1, tzinfo=CIVIL)
    return begins.astimezone(UTC), datetime(year, month, 1, tzinfo=CIVIL).astimezone(UTC)


def last_day(first: date) -> date:
    """The last civil day of a month."""
    return (bounds(first)[1].astimezone(CIVIL) - timedelta(days=1)).date()


def code_of(moved: Moved) -> Heading:
    """What a movement of the merchant's account is to the merchant."""
    came, back = moved.cents > 0, moved.kind in _BACK
    kind = moved.origin if back else moved.kind
    if kind in _SALE:
        return Heading.SALES_REFUNDED if back else Heading.SALES
    if kind in {Kind.B2B, Kind.PUBLIC_SETTLEMENT}:
        if came is back:
            return Heading.SUPPLIERS_REFUNDED if back else Heading.SUPPLIERS
        return Heading.CUSTOMERS_REFUNDED if back else Heading.CUSTOMERS
    return _PLAIN.get(kind, Heading.OTHER) if kind else Heading.OTHER


def month_of(facts: Facts) -> Month:
    """The statement of what the ledger has: totals in the order of their codes, then entries."""
    totals = [Total(code_of(m), m.times, m.cents, m.euro_cents) for m in facts.account]
    totals += [Total(_owed_code(m), m.times, m.cents) for m in facts.owed]
    redeemed = facts.redeemed
    if any(redeemed):
        totals.append(
            Total(Heading.REDEEMED, redeemed.times, redeemed.net_cents, redeemed.bousol_cents)
        )
    summed = _summed(totals)
    return Month(facts, summed, tuple(_entry(total) for total in summed))


def _owed_code(moved: Moved) -> Heading:
    kind = moved.origin if moved.kind is Kind.REVERSAL else moved.kind
    paid = {Kind.REDEEM_PAID, Kind.REDEEM_REJECTED}
    return Heading.PAID_OUT if kind in paid else Heading.OWED_OTHERWISE


def _summed(totals: Iterable[Total]) -> tuple[Total, ...]:
    """One total for each code and direction: what came does not hide what went."""
    found: dict[tuple[Heading, bool], Total] = {}
    for code, times, cents, euro_cents in totals:
        key = code, cents > 0
        _, n, c, e = found.get(key, Total(code, 0, 0))
        found[key] = Total(code, n + times, c + cents, e + euro_cents)
    order = list(Heading)
    return tuple(found[key] for key in sorted(found, key=lambda k: (order.index(k[0]), not k[1])))


def _entry(total: Total) -> Entry:
    """What comes in is debited, what goes out is credited, and the other side answers for it."""
    own, others = _sides(total)
    postings = [own, *others]
    assert sum(cents for _, cents in postings) == 0, total
    lines = (
        Posting(account, max(cents, 0), max(-cents, 0)) for account, cents in postings if cents
    )
    return Entry(total.code, tuple(sorted(lines, key=lambda line: line.debit_cents == 0)))


def _sides(total: Total) -> tuple[tuple[str, int], list[tuple[str, int]]]:
    """Signed cents of the account that moved, and of those that stand against it; debit is plus."""
    code, _, cents, euro_cents = total
    if code is Heading.REDEEMED:
        return (OWED, cents), [("658", euro_cents - cents), (HELD, -euro_cents)]
    if code in OUTSIDE:
        return (OWED, cents), [(BANK if code is Heading.PAID_OUT else "471", -cents)]
    if code in {Heading.BOUGHT, Heading.CLOSED}:
        euros = euro_cents if cents > 0 else -euro_cents
        against, rest = (BANK, "758") if code is Heading.BOUGHT else (OWED, "658")
        return (CASH, cents), [(against, -euros), (rest, euros - cents)]
    if code is Heading.DONATIONS:
        return (CASH, cents), [("754" if cents > 0 else "6238", -cents)]
    return (CASH, cents), [(_CONTRA[code], -cents)]
