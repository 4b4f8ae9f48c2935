"""What the screens of a merchant share: bodies from forms, refusals in words, proofs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from api.gate.proving import PinProof
from api.pages.forms import cents, pin_of
from api.routes.me import get_me
from api.wire.asking import asked
from api.wire.figures import Figures
from api.wire.problems import Problem, problem_of, told
from api.wire.shapes import Amount
from ledger.chart import Commodity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.pages.visit import Visit
    from api.wire.shapes import Shape

PROVING = frozenset({"confirmation_needed", "wrong_pin", "pin_locked", "bad_credentials"})
"""Refusals after which the proof is asked for again."""


def shaped(kind: type[Shape], **facts: Any) -> Any:
    """A body as a program would send it.

    Raises:
        Problem: `malformed_body`; a field is empty, too long, or not as it should be.
    """
    try:
        return kind(**facts)
    except ValidationError:
        raise Problem("malformed_body") from None


def local_amount(visit: Visit, text: str) -> Amount:
    """An amount of Bou'Sols as it was typed.

    Raises:
        Problem: `malformed_amount`.
    """
    return _amount(text, visit.services.settings.currency_code)


def euro_amount(text: str) -> Amount:
    """An amount of euros as it was typed.

    Raises:
        Problem: `malformed_amount`.
    """
    return _amount(text, Commodity.EUR.name)


def _amount(text: str, currency: str) -> Amount:
    typed = cents(text)
    if typed is None:
        raise Problem("malformed_amount")
    return Amount(amount=typed, currency=currency)


def wrong_of(visit: Visit, error: Exception) -> dict[str, Any]:
    """What a person is told of a refusal: title, detail and code."""
    settings = visit.services.settings
    figures = Figures(visit.language, settings.currency_symbol)
    asking = asked(visit.request.scope)
    return told(problem_of(error), asking._replace(language=visit.language), figures)


async def proof_by(visit: Visit) -> str:
    """What somebody proves to be there with: the code if they have one, else the password."""
    return "code" if (await visit.through(get_me)).means.pin else "mot_de_passe"


def proof_of(form: Mapping[str, str]) -> PinProof | None:
    """The proof that was typed, if one was.

    Raises:
        Problem: `wrong_pin` as `pin_of`; `malformed_body` as `shaped`.
    """
    if form.get("code"):
        return pin_of(form["code"])
    password = form.get("mot_de_passe")
    return shaped(PinProof, password=password) if password else None
