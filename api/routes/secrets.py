"""One's own secrets: password, PIN, passkeys, codes of an authenticator application."""

from datetime import datetime
from typing import Annotated, Any, Final

from litestar import Request, Response, delete, get, post, put
from litestar.params import FromPath, JSONBody
from pydantic import ConfigDict, Field
from pydantic.config import JsonDict
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from admin.logins import credentials, passkeys, pins, second_means, sessions, totp
from admin.logins.throttle import Tried
from admin.telling import messages
from admin.telling.words import Template
from api.gate.access import signed_in
from api.gate.asker import Asker
from api.gate.given import GivenAsker
from api.gate.handing import NewSession, renewed
from api.gate.proving import PROVING, Proof, prove_strongly
from api.gate.signing_in import trying
from api.services import GivenServices, Services
from api.wire.problems import Problem
from api.wire.shapes import Shape, Told
from api.wire.texts import Label, OneTimeCode, PasskeyAnswer, Password, Pin

_CHANGING: Final = (*PROVING, "second_factor_needed", "outcome_unknown")
_PROOF: Final[JsonDict] = {"password": "cerf volant sous la digue"}
_ID_CHARACTERS_MAX: Final = 1_400


class NewPassword(Shape):
    """Another password, and what one has now."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"password": "la digue au cerf volant bleu", "proof": _PROOF}]
        }
    )

    password: Password = Field(repr=False)
    proof: Proof


class NewPin(Shape):
    """Another PIN, and the password or a passkey."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"pin": "4711", "proof": _PROOF}]})

    pin: Pin = Field(repr=False)
    proof: Proof


class Proved(Shape):
    """The password or a passkey, once more."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"proof": _PROOF}]})

    proof: Proof


class NewPasskey(Shape):
    """What the browser made, and what its owner calls it."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"answer": "{}", "label": "Téléphone"}]}
    )

    answer: PasskeyAnswer
    label: Label


class Code(Shape):
    """The first code of a new authenticator application."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"code": "492039"}]})

    code: OneTimeCode = Field(repr=False)


class Registration(Told):
    """What a browser needs to make a passkey, once, within five minutes."""

    options: Annotated[
        str, Field(description="JSON text, for `PublicKeyCredential.parseCreationOptionsFromJSON`.")
    ]


class ListedPasskey(Told):
    """A passkey of who asks."""

    id: str
    label: str
    added_at: datetime
    used_at: Annotated[datetime | None, Field(description="null: never yet.")]


class Passkeys(Told):
    """The passkeys of who asks."""

    items: list[ListedPasskey]


class AddedPasskey(Told):
    """The passkey that was added."""

    id: str
    label: str


class CodeSecret(Told):
    """The secret of an authenticator application; it counts from its first code on."""

    secret: Annotated[str, Field(description="In base 32, told once.")]
    uri: Annotated[str, Field(description="The same for a QR code.")]


@put(
    "/v1/me/password",
    operation_id="setPassword",
    tags=["secrets"],
    opt=signed_in("password_length", "password_guessable", *_CHANGING),
    status_code=204,
)
async def set_password(
    data: JSONBody[NewPassword], services: GivenServices, asker: GivenAsker
) -> None:
    """Sets another password, and ends every other session."""
    await prove_strongly(services, asker, data.proof)
    async with services.rows() as rows:
        words = await credentials.own_words(rows, asker.by)
    credentials.check_password(data.password, words)
    stored, now = await services.passwords.hash(data.password), services.clock.now()
    async with services.rows() as rows:
        await credentials.put(rows, user=asker.by, stored=stored, at=now)
        await sessions.revoke_others(rows, user=asker.by, keep=asker.session, at=now)
    services.recognition.heard(f"user {asker.by}")


@put(
    "/v1/me/pin",
    operation_id="setPin",
    tags=["secrets"],
    opt=signed_in("pin_guessable", *_CHANGING),
    status_code=204,
)
async def set_pin(data: JSONBody[NewPin], services: GivenServices, asker: GivenAsker) -> None:
    """Sets another PIN, which is not locked, and tells the holder so."""
    pins.check_pin(data.pin)
    await prove_strongly(services, asker, data.proof)
    user, now = asker.by, services.clock.now()
    async with services.rows() as rows:
        await pins.set_pin(rows, services.pepper, user=user, pin=data.pin, actor=user, at=now)
        await messages.queue_to_user(rows, user=user, template=Template.PIN_SET, at=now)


@get("/v1/me/passkeys", operation_id="listPasskeys", tags=["secrets"], opt=signed_in())
async def list_passkeys(services: GivenServices, asker: GivenAsker) -> Passkeys:
    """Lists the passkeys of who asks, at most 20."""
    async with services.rows() as rows:
        found = await passkeys.listed(rows, asker.by)
    return Passkeys(
        items=[
            ListedPasskey(id=one.id, label=one.label, added_at=one.added_at, used_at=one.used_at)
            for one in found
        ]
    )


@post(
    "/v1/me/passkeys/challenges",
    operation_id="beginPasskey",
    tags=["secrets"],
    opt=signed_in("list_full", *_CHANGING),
)
async def begin_passkey(
    data: JSONBody[Proved], services: GivenServices, asker: GivenAsker
) -> Registration:
    """Begins the registration of a passkey, after one more proof."""
    await prove_strongly(services, asker, data.proof)
    async with services.rows() as rows:
        now = services.clock.now()
        options = await passkeys.begin_registration(rows, services.site, user=asker.by, at=now)
    return Registration(options=options)


@post(
    "/v1/me/passkeys",
    operation_id="addPasskey",
    tags=["secrets"],
    opt=signed_in("bad_passkey", "outcome_unknown"),
)
async def add_passkey(
    data: JSONBody[NewPasskey], services: GivenServices, asker: GivenAsker
) -> Response[AddedPasskey]:
    """Adds the passkey a browser has made."""
    async with services.rows() as rows:
        made = await passkeys.finish_registration(
            rows,
            services.site,
            user=asker.by,
            answer=data.answer,
            label=data.label,
            at=services.clock.now(),
        )
    named = bytes_to_base64url(made)
    told = AddedPasskey(id=named, label=data.label)
    return Response(told, status_code=201, headers={"location": f"/v1/me/passkeys/{named}"})


@delete(
    "/v1/me/passkeys/{passkey:str}",
    operation_id="removePasskey",
    tags=["secrets"],
    opt=signed_in("not_found", "second_factor_needed", "last_means", "outcome_unknown"),
    status_code=204,
)
async def remove_passkey(
    passkey: FromPath[str], services: GivenServices, asker: GivenAsker
) -> None:
    """Removes a passkey of who asks, and ends every other session."""
    key, now = _key_id(passkey), services.clock.now()
    async with services.rows() as rows:
        if passkey not in {one.id for one in await passkeys.listed(rows, asker.by)}:
            raise Problem("not_found")
        await second_means.check_used(rows, asker.by, asker.factors)
        await second_means.check_not_last(rows, asker.by)
        await passkeys.remove(rows, user=asker.by, key=key, at=now)
        await sessions.revoke_others(rows, user=asker.by, keep=asker.session, at=now)
    services.recognition.heard(f"user {asker.by}")


def _key_id(text: str) -> bytes:
    if not text.isascii() or len(text) > _ID_CHARACTERS_MAX:
        raise Problem("not_found")
    try:
        return base64url_to_bytes(text)
    except ValueError:
        raise Problem("not_found") from None


@post(
    "/v1/me/totp",
    operation_id="beginCodes",
    tags=["secrets"],
    opt=signed_in("code_confirmed", *_CHANGING),
)
async def begin_codes(
    data: JSONBody[Proved], services: GivenServices, asker: GivenAsker
) -> CodeSecret:
    """Makes the secret of an authenticator application, after one more proof."""
    await prove_strongly(services, asker, data.proof)
    async with services.rows() as rows:
        secret = await totp.begin(rows, services.pepper, asker.by)
    return CodeSecret(secret=secret, uri=totp.uri(secret, services.settings.currency_name))


@post(
    "/v1/me/totp/confirmations",
    operation_id="confirmCodes",
    tags=["secrets"],
    opt=signed_in("bad_code", "too_many_tries", "outcome_unknown"),
)
async def confirm_codes(
    data: JSONBody[Code],
    services: GivenServices,
    asker: GivenAsker,
    request: Request[Any, Any, Any],
) -> Response[NewSession]:
    """Takes the first code of a new application into use; the session goes on with a new token."""
    await _confirm(services, asker, data.code)
    return await renewed(services, request, asker, factors=frozenset({"totp"}))


async def _confirm(services: Services, asker: Asker, code: str) -> None:
    tried = ((Tried.CODE_OF_A_USER, str(asker.by)),)
    async with trying(services, tried), services.rows() as rows:
        now = services.clock.now()
        await totp.confirm(rows, services.pepper, user=asker.by, code=code, at=now)


ROUTES: Final = (
    set_password,
    set_pin,
    list_passkeys,
    begin_passkey,
    add_passkey,
    remove_passkey,
    begin_codes,
    confirm_codes,
)
