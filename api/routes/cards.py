"""Cards on their way to a holder: printed into a stock, counted, moved, printed on paper."""

from typing import Annotated, Final

from litestar import Response, get, post
from litestar.params import JSONBody
from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from admin import parties
from admin.means import card_numbers, cards
from admin.means.card_numbers import spoken
from admin.means.cards import BATCH_MAX, Card
from admin.parties import ISSUER
from admin.refusals import UnknownCard
from admin.roles import Act
from api.accounts.holders import Number, PartyId
from api.gate.access import may
from api.gate.given import GivenAsker
from api.papers.card import CardFacts, card_sheets, eights
from api.services import GivenServices, Services
from api.wire.days import day_of
from api.wire.printing import PDF, host_of, printed
from api.wire.shapes import Shape, Told
from merchants.codes import Realm, card_link

MOVED_MAX: Final = 500
SHEETS_MAX: Final = 50
_EXAMPLE: Final[JsonDict] = {
    "number": "4821 0937 5520",
    "opposition_number": "12345 67876",
    "token": "b2Zm3kq0TnCk1VbH8s2JrQ",
}


class CardBatch(Shape):
    """New cards for the stock of who asks."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"count": 2}]})

    count: Annotated[int, Field(ge=1, le=BATCH_MAX)]


class PrintedCard(Shape):
    """What goes on a card and its stub; the token is told once, here."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    number: Number
    opposition_number: Number
    token: Annotated[str, Field(pattern="^[A-Za-z0-9_-]{20,64}$")]


class PrintedCards(Told):
    """The new cards; whoever loses this answer blocks them by their numbers."""

    cards: list[PrintedCard]


class CardSheets(Shape):
    """Cards to be put on paper, as the batch told them."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"cards": [_EXAMPLE]}]})

    cards: Annotated[list[PrintedCard], Field(min_length=1, max_length=SHEETS_MAX)]
    eight: Annotated[
        bool, Field(description="Eight to a sheet, both sides, without stubs but a list.")
    ] = False


class Stock(Told):
    """How many cards lie at a place, to be compared with a count by hand."""

    place: int
    count: int


class Stocks(Told):
    """The stock of who asks; for the association, every one."""

    items: list[Stock]


class CardMove(Shape):
    """Cards that leave the stock of who asks for another's, all or none."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"numbers": ["4821 0937 5520"], "target": 1}]}
    )

    numbers: Annotated[list[Number], Field(min_length=1, max_length=MOVED_MAX)]
    target: PartyId


@post(
    "/v1/card-batches",
    operation_id="printCards",
    tags=["cards"],
    opt=may(Act.PRINT_CARDS),
)
async def print_cards(
    data: JSONBody[CardBatch], asker: GivenAsker, services: GivenServices
) -> PrintedCards:
    """Makes cards in the stock of who asks, and tells each one's secret once."""
    async with services.rows() as rows:
        made = await cards.print_batch(
            rows, place=asker.acting, count=data.count, actor=asker.by, at=services.clock.now()
        )
    return PrintedCards(
        cards=[
            PrintedCard(
                number=spoken(card.number),
                opposition_number=spoken(card.opposition),
                token=card.token,
            )
            for card in made
        ]
    )


@post(
    "/v1/card-sheets",
    operation_id="printCardSheets",
    tags=["cards"],
    status_code=200,
    media_type=PDF,
    opt=may(Act.PRINT_CARDS, problems=("unknown_card",)),
)
async def print_sheets(data: JSONBody[CardSheets], services: GivenServices) -> Response[bytes]:
    """Puts cards of a batch on paper: a page each with its stub, or eight to a sheet."""
    async with services.rows() as rows:
        for one in data.cards:
            known = await cards.by_token(rows, one.token)
            _check_numbers(known, one)
            if known != await cards.by_number(rows, one.opposition_number):
                raise UnknownCard
    facts = [_on_paper(services, one) for one in data.cards]
    make = eights if data.eight else card_sheets
    return await printed("cards", make, facts, services.settings.language)


@get(
    "/v1/card-stock",
    operation_id="countCards",
    tags=["cards"],
    opt=may(Act.COUNT_CARDS),
)
async def count_cards(asker: GivenAsker, services: GivenServices) -> Stocks:
    """Counts the cards that lie in the stock of who asks; for the association, in every stock."""
    async with services.rows() as rows:
        if asker.acting == ISSUER:
            lying = list(await cards.stocks(rows))
        else:
            lying = [(asker.acting, await cards.stock(rows, asker.acting))]
    return Stocks(items=[Stock(place=place, count=count) for place, count in lying])


@post(
    "/v1/card-moves",
    operation_id="moveCards",
    tags=["cards"],
    opt=may(Act.MOVE_CARDS, problems=("unknown_card", "card_not_in_stock", "unknown_party")),
)
async def move_cards(data: JSONBody[CardMove], asker: GivenAsker, services: GivenServices) -> Stock:
    """Moves cards to another stock, all or none; the answer counts what lies there now."""
    async with services.rows() as rows:
        await parties.check_keeps_cards(rows, data.target)
        await cards.move(
            rows,
            numbers=data.numbers,
            origin=asker.acting,
            target=data.target,
            actor=asker.by,
            at=services.clock.now(),
        )
        return Stock(place=data.target, count=await cards.stock(rows, data.target))


def _check_numbers(known: Card, asked: PrintedCard) -> None:
    if known.number != card_numbers.read(asked.number):
        raise UnknownCard


def _on_paper(services: Services, card: PrintedCard) -> CardFacts:
    settings = services.settings
    return CardFacts(
        link=card_link(card.token, Realm(host_of(settings), settings.currency_code)),
        number=card.number,
        opposition=card.opposition_number,
        phone=settings.contact_phone,
        host=host_of(settings),
        issuer=settings.issuer_name,
        printed_on=day_of(services.clock.now()),
    )


ROUTES: Final = (print_cards, print_sheets, count_cards, move_cards)
