"""A way back for who lost what they sign in with: after being seen, without e-mail or phone."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from litestar import post
from litestar.params import JSONBody
from pydantic import ConfigDict, Field

from admin import cards, holders, recovery
from admin.refusals import UnknownCard
from admin.roles import Act
from api.access import may
from api.door import GivenAsker
from api.holders import Number, Seen, wrong
from api.services import GivenServices, Services
from api.shapes import Shape, Told


class RecoveryOffer(Shape):
    """Who lost what they sign in with: by the number of their card, or by their login."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"person_seen": True, "card_number": "4821 0937 5520"}]}
    )

    person_seen: Seen
    card_number: Number | None = None
    identifier: Annotated[str | None, Field(min_length=3, max_length=254)] = None


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
        problems=("unknown_card", "unknown_party", "same_person", "not_allowed"),
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
    """Whose login it is, by exactly one of the two ways to name it."""
    if (data.card_number is None) == (data.identifier is None):
        raise wrong("card_number")
    async with services.rows() as rows:
        if data.identifier is not None:
            return await holders.user_of(rows, data.identifier)
        assert data.card_number is not None, data
        card = await cards.by_number(rows, data.card_number)
    if card.user is None:
        raise UnknownCard
    return card.user


ROUTES: Final = (offer_recovery,)
