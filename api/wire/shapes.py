"""Shapes of what comes in and goes out: strict, closed, and bounded.

A body is validated from its JSON text, so that 1.0, 1e2, "1" and true are not taken for a 1, and
a field nobody declared is refused. What an amount may be is written down once, here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    ValidationError,
    model_validator,
)
from pydantic_core import PydanticCustomError

from api.wire.faults import Fault, pointer
from api.wire.problems import Problem
from ledger import money
from ledger.chart import Commodity

if TYPE_CHECKING:
    from api.settings import Settings

AMOUNT_MAX: Final = 2**53 - 1
"""The largest whole number every JSON reader keeps exactly."""
CONTRADICTIONS: Final = frozenset({"one_proof", "contradiction"})
"""Faults of several fields together, each of which has the right shape: a rule refuses them."""
_MALFORMED: Final = "malformed_amount"


class Shape(BaseModel):
    """Base of every body: no conversion of types, no unknown field, frozen once read."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)


CardText = Annotated[
    str,
    Field(
        min_length=1,
        max_length=200,
        description="What its QR code says, or its number as it is printed.",
    ),
]
"""The type of a card as somebody shows it at a till, or types it."""


class Told(Shape):
    """Base of every answer: strict when it is made, open to fields that a later version adds."""

    model_config = ConfigDict(extra="ignore", json_schema_serialization_defaults_required=True)


class Amount(Shape):
    """Whole minor units of a currency: 2100 of BSL is 21.00 Bou'Sols."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"amount": 2100, "currency": "BSL"}]})

    amount: Annotated[int, Field(ge=1, le=AMOUNT_MAX, description="Minor units: cents.")]
    currency: Annotated[
        str,
        Field(pattern="^[A-Z]{3}$", description="EUR, or the local currency's code (not ISO)."),
    ]

    @model_validator(mode="wrap")
    @classmethod
    def _whole(cls, value: Any, handler: ModelWrapValidatorHandler[Amount]) -> Amount:
        try:
            return handler(value)
        except ValidationError:
            raise PydanticCustomError(_MALFORMED, "not an amount") from None


class Sum(Told):
    """A sum in minor units, 0 included."""

    amount: Annotated[int, Field(ge=0)]
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")]


def euros(cents: int) -> Sum:
    """A sum of euros to be told."""
    return Sum(amount=cents, currency=Commodity.EUR.name)


def local(cents: int, settings: Settings) -> Sum:
    """A sum of the local currency to be told."""
    return Sum(amount=cents, currency=settings.currency_code)


def ledger_amount(amount: Amount, settings: Settings) -> money.Amount:
    """The amount as the ledger counts it.

    Raises:
        Problem: `malformed_amount`, the currency is not used here.
    """
    if amount.currency == Commodity.EUR.name:
        return money.euros(amount.amount)
    if amount.currency == settings.currency_code:
        return money.bousols(amount.amount)
    raise Problem(_MALFORMED, (Fault("/currency", _MALFORMED),))


def read_body(model: type[BaseModel], text: bytes) -> BaseModel:
    """A body as its model.

    Raises:
        Problem: `malformed_amount` when an amount is among the faults, `fields_contradict` when
            each field is right by itself, else `malformed_body`.
    """
    try:
        return model.model_validate_json(text)
    except ValidationError as error:
        faults = tuple(
            Fault(pointer(found["loc"]), found["type"], found.get("ctx", {}))
            for found in error.errors(include_url=False, include_input=False)
        )
    raise Problem(_code(faults), faults)


def _code(faults: tuple[Fault, ...]) -> str:
    """An amount that is none, a wrong shape, or fields that are right one by one only."""
    codes = {fault.code for fault in faults}
    if _MALFORMED in codes:
        return _MALFORMED
    return "fields_contradict" if codes <= CONTRADICTIONS else "malformed_body"
