"""What programmes, batches and awards look like from outside."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from admin.aid.desk import Line
from admin.aid.lists import Finding, Row
from admin.aid.programmes import Formula, Instrument, OnExpiry, Programme
from api.wire.days import Day
from api.wire.faults import Fault
from api.wire.problems import Problem
from api.wire.shapes import (
    AMOUNT_MAX,
    Amount,
    Shape,
    Sum,
    Told,
    euros,
    ledger_amount,
    local,
)
from api.wire.texts import SEEN_SOME
from ledger.chart import Commodity

if TYPE_CHECKING:
    from api.services import Services

Reference = Annotated[str, Field(min_length=1, max_length=120, pattern=SEEN_SOME)]
Reason = Annotated[str, Field(min_length=1, max_length=200, pattern=SEEN_SOME)]
"""Why something is not done: one line."""
MONTH: Final = "^2[0-9]{3}-(0[1-9]|1[0-2])$"
"""A month that a calendar has, with the ones around it."""
Period = Annotated[str, Field(pattern=MONTH, description="The month awards are for.")]
Cents = Annotated[int, Field(ge=0, le=AMOUNT_MAX)]


class Household(Shape):
    """Euros of one award by household; all 0: the list names each amount."""

    first_adult: Annotated[Cents, Field(description="Euro-cents for the first adult.")] = 0
    further_adult: Cents = 0
    child: Cents = 0


_ENDS: Final = (
    "No award is given after it, and no lot's end is set later; only what a refund brings back to a"
    " lot after its end may be spent for 30 days from then."
)


class VersionFacts(Shape):
    """What holds from an instant on."""

    opens_on: Day
    ends_on: Annotated[Day, Field(description=_ENDS)]
    aid_days: Annotated[int, Field(ge=1, le=730)] = 90
    budget_line: Annotated[str, Field(max_length=60)] = ""
    formula: Household = Household()
    most: Annotated[Amount, Field(description="Most euros of one award.")]
    filieres: Annotated[list[str], Field(max_length=60, description="With all below them.")]
    merchants: Annotated[
        list[UUID],
        Field(max_length=500, description="Further ones; without filières, at least one."),
    ] = Field(default_factory=list)

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.ends_on < self.opens_on:
            raise PydanticCustomError("contradiction", "a programme ends after it opens")
        if not (self.filieres or self.merchants):
            raise PydanticCustomError("contradiction", "aid pays somewhere")
        return self


class LineTold(Told):
    """Euros set aside for the desk."""

    left: Sum
    floor: Annotated[Sum, Field(description="With less left than this, have it refilled.")]
    each_at_most: Sum
    low: bool


class UpcomingTold(Told):
    """The version that follows the one in force."""

    version: int
    valid_from: datetime


class ProgrammeTold(Told):
    """A programme with the version in force. Names of people are nowhere in it."""

    id: UUID
    sponsor: int
    instrument: Instrument
    name: str
    convention: UUID
    convention_reference: str
    clause: str | None
    on_expiry: OnExpiry
    version: int
    valid_from: datetime
    opens_on: date
    ends_on: date
    aid_days: int
    budget_line: str
    formula: Household
    most: Sum
    filieres: list[str]
    merchants: list[UUID]
    held: Annotated[Sum, Field(description="Euros of the programme that are no Bou'Sols.")]
    waiting: Annotated[Sum, Field(description="Euros that batches and the desk's line wait for.")]
    missing: Annotated[Sum, Field(description="Euros that must still arrive for them.")]
    backing: Annotated[Sum, Field(description="Bou'Sols in lots that are not spent.")]
    line: Annotated[LineTold | None, Field(description="null: none is open.")]
    upcoming: Annotated[
        UpcomingTold | None, Field(description="null: no later version is written down.")
    ] = None


_UNMANDATED: Final = (
    "Awards under a civil mandate whose persons have no live one: they are not given. Until the"
    " batch runs, as mandates are now; 0 in lists."
)


class BatchTold(Told):
    """A batch as it stands."""

    id: UUID
    programme: UUID
    period: str
    status: Literal["submitted", "approved", "waiting", "issuing", "executed", "refused"]
    shut: Annotated[
        bool,
        Field(description="Its programme has ended: it does not run, holds no euros, is refused."),
    ]
    emergency: bool
    awards: int
    done: Annotated[int, Field(description="Awards that were given.")]
    total: Sum
    total_local: Sum
    missing: Annotated[Sum, Field(description="Euros that must arrive before it runs.")]
    submitted_at: datetime
    approved_at: datetime | None
    executed_at: datetime | None
    decision: Annotated[str | None, Field(description="The committee's own reference.")]
    refused_at: datetime | None
    reason: Annotated[
        str | None, Field(description="Why it was refused, for the sponsor alone; not in lists.")
    ]
    unmandated: Annotated[int, Field(description=_UNMANDATED)]
    unmandated_total: Annotated[Sum, Field(description="Their euros; 0 in lists.")]


class FindingTold(Told):
    """A fault or a remark of a row: its code, and its figures (sums in cents)."""

    code: str
    facts: dict[str, Any]


def finding(found: Finding) -> FindingTold:
    """A finding to be told."""
    return FindingTold(code=found.code, facts=dict(found.facts))


class RowTold(Told):
    """A row with what was found of it; rows without findings are not told."""

    line: int
    file: str
    name: str
    amount: Sum | None
    period: str
    faults: list[FindingTold]
    remarks: list[FindingTold]


def row_told(row: Row) -> RowTold:
    """A row to be told."""
    return RowTold(
        line=row.line,
        file=row.file,
        name=row.name,
        amount=None if row.cents is None else euros(row.cents),
        period=row.period,
        faults=[finding(one) for one in row.faults],
        remarks=[finding(one) for one in row.remarks],
    )


def euro_cents(services: "Services", amount: Amount, place: str) -> int:
    """The euro-cents of an amount.

    Raises:
        Problem: `wrong_currency`.
    """
    counted = ledger_amount(amount, services.settings)
    if counted.commodity is not Commodity.EUR:
        raise Problem("wrong_currency", (Fault(f"{place}/currency", "wrong_currency"),))
    return counted.minor


def programme_told(
    services: "Services",
    found: Programme,
    *,
    held: int,
    waiting: int,
    backing: int,
    line: Line | None,
) -> ProgrammeTold:
    """A programme to be told."""
    version = found.version
    return ProgrammeTold(
        id=found.id,
        sponsor=found.sponsor,
        instrument=found.instrument,
        name=found.name,
        convention=found.convention,
        convention_reference=found.convention_reference,
        clause=found.clause,
        on_expiry=found.on_expiry,
        version=version.version,
        valid_from=version.valid_from,
        opens_on=version.opens_on,
        ends_on=version.ends_on,
        aid_days=version.aid_days,
        budget_line=version.budget_line,
        formula=_household(version.formula),
        most=euros(version.formula.most_cents),
        filieres=sorted(version.filieres),
        merchants=sorted(version.merchants),
        held=euros(held),
        waiting=euros(waiting),
        missing=euros(max(0, waiting - held)),
        backing=local(backing, services.settings),
        line=None if line is None else line_told(line),
    )


def _household(formula: Formula) -> Household:
    return Household(
        first_adult=formula.first_cents,
        further_adult=formula.adult_cents,
        child=formula.child_cents,
    )


def line_told(line: Line) -> LineTold:
    """A line to be told."""
    return LineTold(
        left=euros(line.left_cents),
        floor=euros(line.floor_cents),
        each_at_most=euros(line.each_max_cents),
        low=line.low,
    )
