"""What credits of the bank look like from outside."""

from datetime import date, datetime
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from api.wire.days import Day
from api.wire.shapes import Amount, Shape, Sum, Told
from api.wire.texts import SEEN_SOME

_EXAMPLE: Final[JsonDict] = {
    "bank_reference": "2026-01-05/000123",
    "reference": "RF69BSL000000042",
    "amount": {"amount": 2000, "currency": "EUR"},
    "booked_on": "2026-01-05",
    "document_reference": "Relevé 2026-01, page 2, ligne 7",
}
_LINE: Final = Field(min_length=1, max_length=120, pattern=SEEN_SOME)


class NewCredit(Shape):
    """A line of the bank's statement that brought euros."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    bank_reference: Annotated[
        str,
        Field(
            min_length=1,
            max_length=64,
            pattern=r"^[!-~]+$",
            description="The bank's own, which no other line has.",
        ),
    ]
    reference: Annotated[
        str | None,
        Field(
            max_length=140,
            description="What the payer wrote; an RF reference of ours in it finds the order, or"
            " the member of a food fund.",
        ),
    ] = None
    order: Annotated[UUID | None, Field(description="Its order, if a person recognised it.")] = None
    programme: Annotated[
        UUID | None, Field(description="The programme of aid that a sponsor funds with it.")
    ] = None
    amount: Annotated[Amount, Field(description="In EUR, as the bank booked it.")]
    booked_on: Annotated[Day, Field(description="The day of the bank's booking.")]
    document_reference: Annotated[
        str, _LINE, Field(description="Where the statement is kept, and the line.")
    ]

    @model_validator(mode="after")
    def _one_order(self) -> "NewCredit":
        if sum(x is not None for x in (self.order, self.reference, self.programme)) > 1:
            raise PydanticCustomError("contradiction", "name the order, its reference, or neither")
        return self


class Match(Shape):
    """Whose euros they are."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"order": "0193f5a2-7b1c-7cc1-8a55-0f4f6f7a9c11"}]}
    )

    order: UUID | None = None
    programme: Annotated[UUID | None, Field(description="The programme of aid that they fund.")] = (
        None
    )

    @model_validator(mode="after")
    def _one(self) -> "Match":
        if (self.order is None) == (self.programme is None):
            raise PydanticCustomError("contradiction", "name an order or a programme")
        return self


class CreditMade(Told):
    """A credit that was written down; what became of it is at its address."""

    id: UUID
    order: Annotated[UUID | None, Field(description="null: no reference of ours; it waits.")]
    amount: Sum


class CreditTold(Told):
    """A credit as it stands.

    `proposed`, `matching` and `returning` wait for a second treasurer, `waiting` for an order or
    for room.
    """

    id: UUID
    state: Literal["proposed", "booked", "waiting", "matching", "returning", "refused"]
    bank_reference: str
    order: UUID | None
    programme: Annotated[UUID | None, Field(description="What a sponsor funds with it.")]
    matching: Annotated[UUID | None, Field(description="The order one treasurer proposed.")]
    matching_programme: Annotated[
        UUID | None, Field(description="The programme one treasurer proposed.")
    ]
    amount: Sum
    booked_on: date
    document_reference: str
    proposed_at: datetime
    decided_at: datetime | None
    entry: Annotated[UUID | None, Field(description="What was issued when it was booked.")]
    credited: Annotated[Sum, Field(description="Issued when it was booked.")]
    put_aside: Annotated[Sum, Field(description="Did not fit, or named no order, when booked.")]
    waiting: Annotated[Sum, Field(description="Of what was put aside, what still waits.")]


class Credits(Told):
    """A page of credits, newest first."""

    items: list[CreditTold]
    next_cursor: str | None


class CreditOutcome(Told):
    """What a decision did: euros credited, put aside, or returned."""

    entry: Annotated[UUID | None, Field(description="null: no Bou'Sols were issued.")]
    euros: Annotated[
        Sum, Field(description="Turned into Bou'Sols, made a programme's, or returned.")
    ]
    credited: Sum
    put_aside: Sum
