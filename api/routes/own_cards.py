"""The card that somebody was handed last, as its holder may see it: never its whole number."""

from datetime import datetime
from typing import Annotated, Final, Literal

from litestar import get
from pydantic import ConfigDict, Field

from admin.means import cards
from admin.refusals import UnknownCard
from admin.roles import Act
from api.gate.access import may
from api.gate.given import GivenAsker
from api.services import GivenServices
from api.wire.problems import Problem
from api.wire.shapes import Told

_SHOWN_DIGITS: Final = 4


class OwnCard(Told):
    """A card by its last digits."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"last_digits": "5520", "state": "active", "blocked_at": None}]
        }
    )

    last_digits: Annotated[str, Field(pattern="^[0-9]{4}$")]
    state: Literal["active", "blocked"]
    blocked_at: datetime | None


@get(
    "/v1/account/card",
    operation_id="getOwnCard",
    tags=["account"],
    opt=may(Act.SEE_OWN_ACCOUNT, look=True, problems=("not_found",)),
)
async def own_card(services: GivenServices, asker: GivenAsker) -> OwnCard:
    """Shows the last digits of the card the account was handed last, and whether it pays."""
    try:
        async with services.rows() as rows:
            card = await cards.latest_of(rows, asker.acting)
    except UnknownCard:
        raise Problem("not_found") from None
    return OwnCard(
        last_digits=card.number[-_SHOWN_DIGITS:],
        state="blocked" if card.status == "blocked" else "active",
        blocked_at=card.blocked_at,
    )


ROUTES: Final = (own_card,)
