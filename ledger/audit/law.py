"""The conservation law, entry by entry, and what each conversion leaves (domain model, 3.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.audit.facts import PLACES, ROUNDINGS
from ledger.audit.report import Proved
from ledger.chart import AccountClass
from ledger.kinds import Rounding

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ledger.audit.books import Moved
    from ledger.audit.facts import Rules
    from ledger.audit.report import AuditReport
    from ledger.audit.wire import Entry, Link

_ISSUED = AccountClass.ISSUED


class Law:
    """L, C, R and the reserve after the entries walked so far."""

    def __init__(self, report: AuditReport) -> None:
        self.debt = self.issued = self.remainder = self.reserve = 0
        self._law = report[Proved.LAW]
        self._remainders = report[Proved.REMAINDERS]

    def entry(self, entry: Entry, moved: Moved, rules: Rules) -> None:
        """What an entry moved is added; then the law holds and its remainder is the right one."""
        declared = entry.remainder or 0
        self.debt += moved.debt
        self.issued += moved.issued
        self.reserve += moved.reserve
        self.remainder += declared
        self._law.check()
        self._keep(entry, rules)
        if moved.debt or moved.issued or declared:
            self._remainders.check()
            self._leaves(entry, moved, rules)

    def link(self, link: Link) -> None:
        """The figures of a link are those of the walk; a wrong link does not spoil the next."""
        self._law.check()
        for fact in ("debt", "issued", "remainder", "reserve"):
            stored, expected = getattr(link, fact), getattr(self, fact)
            if stored != expected:
                row = f"last_seq {link.last_seq}"
                self._law.fail("chain_link", row, fact, stored=stored, expected=expected)

    def _keep(self, entry: Entry, rules: Rules) -> None:
        left = rules.remainder(self.debt, self.issued)
        row = f"seq {entry.seq}"
        if left != self.remainder or left < 0 or (rules.sponsored and left):
            law = "L - C" if rules.sponsored else f"{rules.rate_issued} L - {rules.rate_paid} C"
            expected = f"{self.remainder}, and >= 0"
            self._law.fail("journal", row, law, stored=left, expected=expected)
        if self.reserve < self.debt:
            self._law.fail(
                "journal", row, "reserve", stored=self.reserve, expected=f">= {self.debt}"
            )
        self.remainder = left  # One wrong remainder is one finding, not one at each later entry.

    def _leaves(self, entry: Entry, moved: Moved, rules: Rules) -> None:
        declared, row = entry.remainder or 0, f"seq {entry.seq}"
        left = 0 if rules.sponsored else rules.remainder(moved.debt, moved.issued)
        if declared != left:
            self._remainders.fail("journal", row, "remainder", stored=declared, expected=left)
        elif not rules.sponsored:
            expected = _expected(entry, moved, rules)
            if moved.debt not in expected:
                self._remainders.fail(
                    "journal",
                    row,
                    "euro-cents of the conversion",
                    stored=moved.debt,
                    expected=_either(expected),
                )


def _expected(entry: Entry, moved: Moved, rules: Rules) -> range:
    """The change of L that the change of C allows, by how the kind rounds."""
    lines, rounding = entry.lines or 1, ROUNDINGS.get(entry.kind)
    if rounding in {Rounding.ISSUE, Rounding.BATCH, Rounding.COMPTOIR}:
        by_policy = (
            rules.tranche_comptoirs if rounding is Rounding.COMPTOIR else rules.tranche_wallets
        )
        tranche = by_policy.get(entry.policy, False)
        return _issue(_created(moved), lines, rules, tranche=tranche)
    if rounding is Rounding.REDEEM:
        return _redeem(_destroyed(moved), lines, rules)
    if rounding is Rounding.LOSS:
        return _exactly(rules.cost(moved.issued, tranche=False))
    if rounding is Rounding.SWEEP:
        return range(moved.debt, 1)
    # An opening leaves what it leaves; a mirror is compared by `corrections`.
    return _exactly(moved.debt if rounding in {Rounding.FREE, Rounding.MIRROR} else 0)


def _issue(created: list[int], lines: int, rules: Rules, *, tranche: bool) -> range:
    """Euros that bought these amounts: of each when each is a line, of as many lines otherwise."""
    if lines == len(created):
        euros = [rules.cost(cents, tranche=tranche) for cents in created]
        bought = [rules.bought(cents, tranche=tranche) for cents in euros]
        return _exactly(sum(euros)) if bought == created else _nothing()
    # Of n lines each leaves 0 to 19, or a tranche less a cent: 20 C <= 21 L <= 20 C + n x 19.
    bonus = rules.rate_issued - rules.rate_paid
    most = lines * ((rules.tranche_cents - 1) * bonus if tranche else rules.rate_paid - 1)
    last = (rules.rate_paid * sum(created) + most) // rules.rate_issued
    return range(rules.cost(sum(created), tranche=False), last + 1)


def _redeem(destroyed: list[int], lines: int, rules: Rules) -> range:
    """Euros given back for these amounts, each rounded down when each is a line."""
    if lines == len(destroyed):
        return _exactly(-sum(rules.redeemed(cents) for cents in destroyed))
    if lines == 1:
        return _exactly(-rules.redeemed(sum(destroyed)))
    most = lines * (rules.rate_issued - 1)
    last = (most - rules.rate_paid * sum(destroyed)) // rules.rate_issued
    return range(-rules.redeemed(sum(destroyed)), last + 1)


def _created(moved: Moved) -> list[int]:
    pairs = (p for p in moved.by_pair if p // PLACES == _ISSUED)
    return _amounts(moved, pairs)


def _destroyed(moved: Moved) -> list[int]:
    pairs = (p for p in moved.by_pair if p % PLACES == _ISSUED)
    return _amounts(moved, pairs)


def _amounts(moved: Moved, pairs: Iterable[int]) -> list[int]:
    return [leg.amount for p in pairs for leg in moved.by_pair[p]]


def _exactly(cents: int) -> range:
    return range(cents, cents + 1)


def _nothing() -> range:
    return range(0)


def _either(expected: range) -> str:
    if len(expected) == 1:
        return str(expected[0])
    return f"{expected[0]} to {expected[-1]}" if expected else "an amount that euros buy"
