"""The public halves of the signing keys, for everybody; a technician makes a new pair."""

from typing import Annotated, Final

from litestar import get, post
from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from admin.roles import Act
from api.gate.access import everybody, may
from api.services import GivenServices
from api.wire.shapes import Told
from merchants.signing import public_set

_KEY: Final[JsonDict] = {
    "kty": "OKP",
    "crv": "Ed25519",
    "use": "sig",
    "alg": "EdDSA",
    "kid": "0",
    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
}


class PublicKey(Told):
    """A key as a JSON Web Key (RFC 8037); `kid` is the number before a receipt's signature."""

    kty: str
    crv: str
    use: str
    alg: str
    kid: str
    x: str


class PublicKeys(Told):
    """Every key that ever signed: requests verify with those of today, receipts with all."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"keys": [_KEY]}]})

    keys: Annotated[list[PublicKey], Field(max_length=256)]


@get("/v1/signing-keys", operation_id="listSigningKeys", tags=["public"], opt=everybody())
async def keys(services: GivenServices) -> PublicKeys:
    """Tells the public keys that payment requests and receipts are signed with."""
    return _published(public_set(await services.paying.keyring.keys()))


@post(
    "/v1/signing-keys",
    operation_id="rotateSigningKey",
    tags=["operating"],
    opt=may(Act.ROTATE_SIGNING_KEY, problems=("signing_keys_used_up", "outcome_unknown")),
)
async def rotate(services: GivenServices) -> PublicKeys:
    """Makes a new key, which signs from now on; requests signed before verify until they end."""
    await services.paying.keyring.rotate(services.clock.now())
    return _published(public_set(await services.paying.keyring.keys()))


def _published(found: dict[str, list[dict[str, str]]]) -> PublicKeys:
    return PublicKeys(keys=[PublicKey(**key) for key in found["keys"]])


ROUTES: Final = (keys, rotate)
