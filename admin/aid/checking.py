"""What a list of awards would do, before anything is written: faults, budget, what changed.

Pure rules over what was read: the rows of the file, who is known to the sponsor, what was awarded.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from admin.aid import mandates
from admin.aid.lists import Finding, Row

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from uuid import UUID

    from admin.aid.mandates import Mandate


class Known(NamedTuple):
    """A person the sponsor has a file of: the pseudonym and the account."""

    beneficiary: UUID
    party: int


class Stored(NamedTuple):
    """An award that stands, in whichever batch; `party` is the account that has it."""

    beneficiary: UUID
    period: str
    cents: int
    party: int | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known beside the file.

    Attributes:
        known: by the number of the file.
        cards: the party of each card the list names, by its number as written; None: no card's.
        taken: parties of those cards that are other files' of this sponsor.
        awarded: awards of the programme for the periods of the list.
        before: awards of the last period before them.
        free_cents: euros of the programme that no other batch waits for.
        equal: of a food fund: every row of a month gets the same.
        shares: what months of a food fund gave to everybody so far, in euro-cents.
        yearly: a works council's euros of each party in each year so far.
        yearly_most: the ceiling of each year of the list; None for every other instrument.
        addresses: what is known of each person there is a file of; "" when none was.
        mandates: of a programme by civil mandate: the newest of each person; None for every other.
        today: when mandates are looked at.
        months: the first and the last one of the programme; None: any.
    """

    known: Mapping[str, Known]
    cards: Mapping[str, int | None]
    taken: frozenset[int]
    awarded: Sequence[Stored]
    before: Sequence[Stored]
    free_cents: int
    yearly: Mapping[tuple[int, int], int]
    yearly_most: Mapping[int, int] | None = None
    equal: bool = False
    shares: Mapping[str, int] = field(default_factory=dict)
    addresses: Mapping[UUID, str] = field(default_factory=dict)
    mandates: Mapping[UUID, Mandate] | None = None
    today: date | None = None
    months: tuple[str, str] | None = None

    @property
    def parties(self) -> list[int | None]:
        """Every account the list names, by a file or by a card."""
        return [*(one.party for one in self.known.values()), *self.cards.values()]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a list would do.

    Attributes:
        rows: with their faults and remarks.
        gone: who had an award in the last period and has none now, with its euro-cents.
        total_cents: euros of all rows.
        free_cents: euros that are there for it.
        no_address: rows of persons whose letter would bear a name alone.
    """

    rows: tuple[Row, ...]
    gone: tuple[Stored, ...]
    total_cents: int
    free_cents: int
    no_address: int

    @property
    def faulty(self) -> int:
        """How many rows keep the list from being submitted."""
        return sum(bool(row.faults) for row in self.rows)

    @property
    def missing_cents(self) -> int:
        """Euros that must still arrive before the awards are given."""
        return max(0, self.total_cents - self.free_cents)


def check(rows: Sequence[Row], facts: Facts) -> Preview:
    """Every row with its faults and remarks, in the order of the file; nothing is written."""
    awarded: dict[tuple[UUID | int | None, str], int] = {}
    for one in facts.awarded:  # by account, too: a file may be erased and another one be made
        awarded[one.beneficiary, one.period] = one.cents
        awarded[one.party, one.period] = one.cents
    before = {a.beneficiary: a.cents for a in facts.before}
    firsts: dict[tuple[str, str], int] = {}
    accounts = dict.fromkeys(facts.taken, "")
    accounts |= {known.party: file for file, known in facts.known.items()}
    years: dict[tuple[int | str, int], int] = {(p, y): c for (p, y), c in facts.yearly.items()}
    shares = dict(facts.shares)
    signed = signings(rows)
    checked = []
    for row in rows:
        found = _Row(row, facts)
        found.in_programme()
        found.duplicate_in_file(firsts)
        found.whose(accounts)
        found.against(awarded, before)
        found.yearly(years)
        found.moved()
        found.equal(shares)
        found.mandated(signed)
        checked.append(found.done())
    here = {facts.known[r.file].beneficiary for r in rows if r.file in facts.known}
    gone = tuple(a for a in facts.before if a.beneficiary not in here)
    total = sum(row.cents or 0 for row in checked)
    nowhere = sum(not (row.address or _address(row, facts)) for row in rows)
    return Preview(tuple(checked), gone, total, facts.free_cents, nowhere)


def signings(rows: Sequence[Row]) -> dict[str, date]:
    """The last day a list says somebody signed a mandate, by the number of the file."""
    found: dict[str, date] = {}
    for row in rows:
        if row.mandate is not None:
            found[row.file] = max(row.mandate, found.get(row.file, row.mandate))
    return found


def _address(row: Row, facts: Facts) -> str:
    """What is known of where somebody lives; "" when nothing is."""
    known = facts.known.get(row.file)
    return facts.addresses.get(known.beneficiary, "") if known else ""


class _Row:
    """One row under examination."""

    def __init__(self, row: Row, facts: Facts) -> None:
        self._row = row
        self._facts = facts
        self._known = facts.known.get(row.file)
        self._faults = list(row.faults)
        self._remarks = list(row.remarks)

    def in_programme(self) -> None:
        """A month in which the programme runs: a year typed wrong would make a second award."""
        months = self._facts.months
        if months is not None and not months[0] <= self._row.period <= months[1]:
            facts = {"first": months[0], "last": months[1]}
            self._faults.append(Finding("period_outside", facts))

    def duplicate_in_file(self, firsts: dict[tuple[str, str], int]) -> None:
        """The same file number twice for one period: the second row names the first."""
        place = (self._row.file, self._row.period)
        first = firsts.setdefault(place, self._row.line)
        if self._row.file and first != self._row.line:
            self._faults.append(Finding("duplicate_in_file", {"first": first}))

    def whose(self, accounts: dict[int, str]) -> None:
        """Somebody new has a name; a card is an account's, and an account one file's."""
        row, party = self._row, None
        if row.card is not None:
            party = self._facts.cards.get(row.card)
            if party is None:
                self._faults.append(Finding("card_unknown"))
        if self._known is None and not row.name:
            self._faults.append(Finding("name_missing"))
        if (self._known is not None and party not in {None, self._known.party}) or (
            party is not None and accounts.setdefault(party, row.file) != row.file
        ):
            self._faults.append(Finding("card_of_another"))

    def against(
        self, awarded: Mapping[tuple[UUID | int | None, str], int], before: Mapping[UUID, int]
    ) -> None:
        """What was awarded for this period is a fault, and says whether the row was changed."""
        row, known, account = self._row, self._known, self._account()
        stored = None if known is None else awarded.get((known.beneficiary, row.period))
        if stored is None and isinstance(account, int):
            stored = awarded.get((account, row.period))
        if stored is not None:
            same = stored == row.cents
            code = "awarded_before" if same else "awarded_differently"
            self._faults.append(Finding(code, {"before": stored}))
        elif known is None or known.beneficiary not in before:
            self._remarks.append(Finding("new"))
        elif row.cents is not None and before[known.beneficiary] != row.cents:
            self._remarks.append(Finding("changed", {"before": before[known.beneficiary]}))

    def yearly(self, years: dict[tuple[int | str, int], int]) -> None:
        """A works council's gifts to one employee stay below the year's ceiling (LR-19).

        The total of the year stands beside the ceiling at every row; one above it is a fault.

        Args:
            years: euro-cents of each account, or new file, and year; this row's are added.
        """
        mosts, cents = self._facts.yearly_most, self._row.cents
        if mosts is None or cents is None:
            return
        year = int(self._row.period[:4])
        if year not in mosts:
            self._faults.append(Finding("ceiling_missing", {"year": year}))
            return
        whose = (self._account(), year)
        before, most = years.get(whose, 0), mosts[year]
        total = years[whose] = before + cents
        facts = {"year": year, "before": before, "total": total, "most": most}
        if total > most:
            self._faults.append(Finding("above_year", facts))
        else:
            self._remarks.append(Finding("in_year", facts))

    def _account(self) -> int | str:
        """Whose account the row is: known, a card's, or one that is opened for the file."""
        party = self._facts.cards.get(self._row.card) if self._row.card else None
        return self._known.party if self._known else party or self._row.file

    def moved(self) -> None:
        """An address that is not the one that is known is named: the newest list wins."""
        known = self._known
        if known is None or known.beneficiary not in self._facts.addresses:
            return
        before = self._facts.addresses[known.beneficiary]
        if self._row.address not in {"", before}:
            self._remarks.append(Finding("address_changed", {"before": before}))

    def equal(self, shares: dict[str, int]) -> None:
        """Every member of a food fund gets the same of a month, whatever the contribution.

        Args:
            shares: what each month gives; its first row says so, unless another list did.
        """
        row = self._row
        if not self._facts.equal or row.cents is None:
            return
        share = shares.setdefault(row.period, row.cents)
        if share != row.cents:
            self._faults.append(Finding("allotment_unequal", {"share": share}))

    def mandated(self, signed: Mapping[str, date]) -> None:
        """Under a civil mandate an award is of who gave one (LR-09): live, or signed in this list.

        Args:
            signed: by the number of the file, on whichever of its rows.
        """
        facts, known = self._facts, self._known
        malformed = any(one.code == "mandate_malformed" for one in self._faults)
        if facts.mandates is None or facts.today is None or malformed:
            return
        newest = facts.mandates.get(known.beneficiary) if known else None
        day = self._row.mandate or signed.get(self._row.file)
        found = mandates.fault(day, newest, facts.today)
        if found is not None:
            self._faults.append(found)

    def done(self) -> Row:
        """The row with what was found."""
        return replace(self._row, faults=tuple(self._faults), remarks=tuple(self._remarks))
