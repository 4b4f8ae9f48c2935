"""Cards lost: blocked by either number, by staff or by whoever reads the number out; replaced."""

from datetime import datetime
from typing import Annotated, Any, Final

from litestar import Request, Response, get, post
from litestar.params import JSONBody, PathParameter
from pydantic import ConfigDict, Field

from admin.logins import throttle
from admin.logins.throttle import Tried
from admin.losses import blocking, reissuing
from admin.losses.reissuing import Reissue
from admin.means import cards
from admin.means.card_numbers import spoken
from admin.means.cards import Card
from admin.refusals import IdentityIncomplete, UnknownCard
from admin.roles import Act
from api.accounts.holders import Number, OppositionNumber, PartyId, Seen
from api.gate.access import everybody, may
from api.gate.addresses import address_of
from api.gate.given import GivenAsker
from api.services import GivenServices, Services
from api.wire import cursors
from api.wire.problems import Problem
from api.wire.shapes import Shape, Told
from api.wire.texts import Pin

_LIST: Final = "card-block"
Reference = Annotated[str, PathParameter(max_length=cursors.CURSOR_CHARACTERS_MAX)]


class CardBlock(Shape):
    """A card by its number, or by the number that blocks it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"number": "4821 0937 5520"}]})

    number: Number
    phone_lost: Annotated[
        bool,
        Field(
            description="The holder's phone pays no more either, and every session ends; both come"
            " back once the holder is seen (`replaceCard`, `offerRecovery`)."
        ),
    ] = False


class CardOpposition(Shape):
    """The number on the stub, or on the page that came with the card."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"opposition_number": "12345 67876"}]}
    )

    opposition_number: OppositionNumber


class BlockedCard(Told):
    """The card works no more, from this instant and for ever; the account stays."""

    reference: Annotated[str, Field(description="With it anybody sees this again.")]
    blocked_at: datetime


class CardReplacement(Shape):
    """A new card for who was seen: the lost one by either number, or by the account's number."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "person_seen": True,
                    "lost_number": "12345 67876",
                    "new_number": "4821 0937 5520",
                    "pin": "8305",
                    "phone_lost": True,
                }
            ]
        }
    )

    person_seen: Seen
    lost_number: Number | None = None
    party: PartyId | None = None
    new_number: Annotated[Number, Field(description="Of a card that lies in this stock.")]
    pin: Annotated[
        Pin | None,
        Field(
            description="Chosen by its holder. Without one the old PIN stays: so anybody at a"
            " counter replaces a card of staff or of a business, whose PIN they may not choose."
        ),
    ] = None
    phone_lost: Annotated[
        bool, Field(description="What the phone signs in and pays with dies as well.")
    ] = False


class ReplacedCard(Told):
    """The new card pays; the old one and every session are dead, the account is as it was."""

    party: int
    card_number: str


@post(
    "/v1/card-blocks",
    operation_id="blockCard",
    tags=["cards"],
    opt=may(Act.BLOCK_CARD, problems=("unknown_card",)),
)
async def block_card(
    data: JSONBody[CardBlock], asker: GivenAsker, services: GivenServices
) -> Response[BlockedCard]:
    """Blocks a card by either of its numbers, and the phone when it is lost; again is no act."""
    engine, now = services.engine, services.clock.now()
    if data.phone_lost:  # First, for an unlocked phone is worth more to a thief than a card.
        await blocking.block_phone(engine, number=data.number, actor=asker.by, at=now)
        services.recognition.forget()
    card = await reissuing.block(engine, number=data.number, actor=asker.by, at=now)
    return await _blocked(services, card)


@post(
    "/v1/card-oppositions",
    operation_id="opposeCard",
    tags=["cards"],
    opt=everybody("unknown_card", "too_many_tries"),
)
async def oppose_card(
    data: JSONBody[CardOpposition],
    request: Request[Any, Any, Any],
    services: GivenServices,
) -> Response[BlockedCard]:
    """Blocks a card for whoever has the number that blocks it; asked too often it makes wait."""
    now = services.clock.now()
    await throttle.allow(
        services.engine,
        services.pepper,
        Tried.OPPOSITION_FROM_AN_ADDRESS,
        address_of(request),
        now,
    )
    card = await reissuing.block(services.engine, number=data.opposition_number, actor=None, at=now)
    return await _blocked(services, card)


@get(
    "/v1/card-blocks/{reference:str}",
    operation_id="getCardBlock",
    tags=["cards"],
    opt=everybody("not_found"),
)
async def get_block(reference: Reference, services: GivenServices) -> BlockedCard:
    """Says since when a card is blocked, to whoever was told so before."""
    try:
        (number,) = cursors.unpack(services.pepper, reference, _LIST, 1)
    except Problem:
        raise Problem("not_found") from None
    async with services.rows() as rows:
        card = await cards.by_id(rows, number)
    assert card.blocked_at is not None, card
    return BlockedCard(reference=reference, blocked_at=card.blocked_at)


@post(
    "/v1/card-replacements",
    operation_id="replaceCard",
    tags=["cards"],
    opt=may(
        Act.REISSUE_CARD,
        problems=(
            "unknown_card",
            "card_not_in_stock",
            "card_already_replaced",
            "pin_guessable",
            "identity_incomplete",
            "not_allowed",
            "same_person",
        ),
    ),
)
async def replace_card(
    data: JSONBody[CardReplacement], asker: GivenAsker, services: GivenServices
) -> Response[ReplacedCard]:
    """Replaces a lost card after the person was seen; asked again it finishes what was begun."""
    assert asker.role is not None, "a role is chosen"
    wanted = Reissue(
        lost=await _lost_number(services, data),
        new_number=data.new_number,
        place=asker.acting,
        pin=data.pin,
        actor=asker.by,
        by=asker.role,
        phone_lost=data.phone_lost,
    )
    new = await reissuing.reissue(services.engine, services.pepper, wanted, services.clock.now())
    assert new.party is not None, new
    told = ReplacedCard(party=new.party, card_number=spoken(new.number))
    return Response(told, headers={"Location": f"/v1/accounts/{new.party}"})


async def _blocked(services: Services, card: Card) -> Response[BlockedCard]:
    async with services.rows() as rows:
        card = await cards.by_id(rows, card.id)
    assert card.blocked_at is not None, card
    reference = cursors.pack(services.pepper, _LIST, card.id)
    told = BlockedCard(reference=reference, blocked_at=card.blocked_at)
    return Response(told, headers={"Location": f"/v1/card-blocks/{reference}"})


async def _lost_number(services: Services, data: CardReplacement) -> str:
    """The lost card's number; when both ways to name it are used, they name one account."""
    if data.lost_number is None and data.party is None:
        raise IdentityIncomplete("lost_number")
    async with services.rows() as rows:
        if data.lost_number is None:
            assert data.party is not None, data
            new = await cards.by_number(rows, data.new_number)
            lost = await cards.before(rows, new, data.party)
            return (lost or await cards.latest_of(rows, data.party)).number
        lost = await cards.by_number(rows, data.lost_number)
    if data.party not in {None, lost.party}:
        raise UnknownCard
    return data.lost_number


ROUTES: Final = (block_card, oppose_card, get_block, replace_card)
