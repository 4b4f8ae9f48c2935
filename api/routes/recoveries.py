"""A way back for who lost what they sign in with: after being seen, without e-mail or phone."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from litestar import post
from litestar.params import JSONBody
from pydantic import ConfigDict, Field

from admin.losses import recovery
from admin.people import holders
from admin.refusals import IdentityIncomplete, UnknownCard
from admin.roles import Act
from api.accounts.holders import Number, Seen
from api.gate.access import may
from api.gate.given import GivenAsker
from api.services import GivenServices, Services
from api.wire.shapes import Shape, Told
from api.wire.texts import Identifier


class RecoveryOffer(Shape):
    """Who lost what they sign in with: by the number of their card, or by their login."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"person_seen": True, "card_number": "4821 0937 5520"}]}
    )

    person_seen: Seen
    card_number: Number | None = None
    identifier: Identifier | None = None


class RecoveryToken(Told):
    """A way back, told here once: show it as a QR code, or print it."""

    token: str
    link: Annotated[str, Field(description="What the QR code holds.")]
    expires_at: datetime


@post(
    "/v1/recoveries",
    operation_id="offerRecovery",
    tags=["counter"],
    opt=may(
        Act.RECOVER_LOGIN,
        problems=(
            "unknown_card",
            "unknown_party",
            "same_person",
            "not_allowed",
            "identity_incomplete",
        ),
    ),
)
async def offer_recovery(
    data: JSONBody[RecoveryOffer], asker: GivenAsker, services: GivenServices
) -> RecoveryToken:
    """Ends all a login was proved with and every session; the token sets a new secret, once."""
    assert asker.role is not None, "a role is chosen"
    user, now = await _login(services, data), services.clock.now()
    token = await recovery.recover(
        services.engine, user=user, actor=asker.by, by=asker.role, at=now
    )
    link = f"{services.settings.public_url}/r#{token}"
    return RecoveryToken(token=token, link=link, expires_at=now + recovery.LIFE)


async def _login(services: Services, data: RecoveryOffer) -> UUID:
    """Whose login it is; when both ways to name it are used, they name one."""
    if data.card_number is None and data.identifier is None:
        raise IdentityIncomplete("card_number")
    named = set[UUID]()
    async with services.rows() as rows:
        if data.identifier is not None:
            named.add(await holders.user_of(rows, data.identifier))
        if data.card_number is not None:
            named.add(await holders.user_of_card(rows, data.card_number))
    if len(named) != 1:
        raise UnknownCard
    return named.pop()


ROUTES: Final = (offer_recovery,)
