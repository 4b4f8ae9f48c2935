"""Proving again, for one act, that the person who is signed in is there: PIN, password or passkey.

Every door to a PIN counts the same five tries, and every door to a password the same pace.
"""

from typing import TYPE_CHECKING, Final, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from admin.logins import credentials, passkeys, pins, second_means
from admin.logins.throttle import Tried
from admin.refusals import BadPasskey, ConfirmationNeeded
from api.gate.asker import Asker
from api.gate.signing_in import trying
from api.wire.shapes import Shape
from api.wire.texts import PasskeyAnswer, Password, Pin

if TYPE_CHECKING:
    from api.services import Services

Factor = Literal["password", "passkey", "pin"]
PROVING: Final = ("bad_credentials", "bad_passkey", "too_many_tries", "sign_in_busy")
"""Codes of a route that asks for a password or a passkey once more."""
PROVING_PIN: Final = ("wrong_pin", "pin_locked", *PROVING)
"""Codes of one that takes a PIN, too."""


class Proof(Shape):
    """The password or a passkey's answer: exactly one of them."""

    password: Password | None = Field(default=None, repr=False)
    passkey: PasskeyAnswer | None = Field(default=None, repr=False)

    @model_validator(mode="after")
    def _one(self) -> Self:
        if sum(value is not None for value in self.model_dump().values()) != 1:
            raise PydanticCustomError("one_proof", "exactly one proof")
        return self


class PinProof(Proof):
    """The PIN, the password or a passkey's answer: exactly one of them."""

    pin: Pin | None = Field(default=None, repr=False)


async def prove(services: "Services", asker: Asker, proof: Proof) -> Factor:
    """By what the signed-in user was recognised just now.

    Raises:
        WrongPin, PinLocked, BadCredentials, BadPasskey: not by this.
        TooManyTries, SignInBusy: later.
    """
    pin = getattr(proof, "pin", None)
    if pin is not None:
        await pins.try_pin(services.engine, services.pepper, user=asker.by, pin=pin)
        return "pin"
    if proof.passkey is not None:
        await _passkey(services, asker.by, proof.passkey)
        return "passkey"
    assert proof.password is not None, "the shape has one proof"
    await _password(services, asker.by, proof.password)
    return "password"


async def prove_if_given(services: "Services", asker: Asker, proof: Proof | None) -> Factor:
    """As `prove`, where a session alone is not enough.

    Raises:
        ConfirmationNeeded: nothing was given.
    """
    if proof is None:
        raise ConfirmationNeeded
    return await prove(services, asker, proof)


async def prove_strongly(services: "Services", asker: Asker, proof: Proof) -> None:
    """As `prove`, for what changes how somebody signs in: whoever has a second means used it.

    Else a password that was stolen would be enough to add a passkey, and with it any role.

    Raises:
        SecondFactorNeeded: the session and the proof know of no second means, and there is one.
    """
    factor = await prove(services, asker, proof)
    async with services.rows() as rows:
        await second_means.check_used(rows, asker.by, asker.factors | {factor})


async def _passkey(services: "Services", user: UUID, answer: str) -> None:
    now = services.clock.now()
    async with services.rows() as rows:
        found = await passkeys.finish_sign_in(rows, services.site, answer=answer, at=now)
    if found != user:
        raise BadPasskey


async def _password(services: "Services", user: UUID, password: str) -> None:
    async with trying(services, ((Tried.PASSWORD_OF_A_USER, str(user)),)):
        async with services.rows() as rows:
            stored = await credentials.of_user(rows, user)
        await credentials.compare(services.passwords, stored, password)
