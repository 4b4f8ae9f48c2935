"""Emergency aid at the desk: euros set aside for it, a card handed over, loaded and usable."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from litestar import Response, post
from litestar.params import FromPath, JSONBody
from pydantic import ConfigDict, Field

from admin.aid import desk
from admin.events import Event, Happened
from admin.means import cards
from admin.refusals import UnknownCard
from admin.roles import Act
from admin.telling import alongside
from api.accounts.holders import Number
from api.aid import founding, giving, lining
from api.aid.giving import Emergency
from api.aid.lining import Sums
from api.aid.shapes import LineTold, Reference, euro_cents, line_told
from api.gate.access import may
from api.gate.given import GivenAsker
from api.openapi import POSTING
from api.paying.scanning import CODE_CHARACTERS_MAX
from api.services import GivenServices
from api.wire.days import Day
from api.wire.shapes import Amount, Shape, Sum, Told, euros, local
from api.wire.strict import IdempotencyKey
from api.wire.texts import SEEN, FileNumber, PersonName, Pin
from merchants import codes
from merchants.refusals import CodeUnreadable


class NewLine(Shape):
    """Euros of a programme set aside for the desk."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "total": {"amount": 100000, "currency": "EUR"},
                    "each_at_most": {"amount": 7000, "currency": "EUR"},
                    "floor": {"amount": 20000, "currency": "EUR"},
                }
            ]
        }
    )

    total: Amount
    each_at_most: Annotated[Amount, Field(description="Most euros of one award.")]
    floor: Annotated[Amount, Field(description="With less left, the desk is told to refill.")]


class EmergencyOrder(Shape):
    """Aid for who stands at the desk."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "file": "D-104",
                    "name": "Camille Lefèvre",
                    "adults": 1,
                    "children": 2,
                    "amount": {"amount": 5000, "currency": "EUR"},
                    "decision": "Secours d'urgence 2027-031",
                    "card_number": "4821 0937 5523",
                    "pin": "4711",
                }
            ]
        }
    )

    file: FileNumber
    name: PersonName
    adults: Annotated[int, Field(ge=1, le=30)] = 1
    children: Annotated[int, Field(ge=0, le=30)] = 0
    address: Annotated[
        str,
        Field(max_length=120, pattern=SEEN,
              description="Of a new file, for letters: lines apart by commas."),
    ] = ""  # fmt: skip
    amount: Annotated[Amount, Field(description="In EUR.")]
    decision: Annotated[Reference, Field(description="Kept sealed, for the sponsor alone.")]
    card_number: Annotated[
        Number | None,
        Field(
            description="Of this stock with a PIN, for who has none that pays; or the holder's "
            "own, in use. null: the file has an account."
        ),
    ] = None
    pin: Annotated[
        Pin | None,
        Field(description="Chosen by the holder of a new card; beside one in use it is tried."),
    ] = None
    mandate: Annotated[
        Day | None,
        Field(description="Under civil mandates: the day one was signed. null: one is live."),
    ] = None


class HeldCard(Shape):
    """A card at hand, as a scanner read it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"code": "https://bousol.example/c/k7Qm2xV9TfWb4LsZ8nRyHg"}]
        }
    )

    code: Annotated[str, Field(min_length=1, max_length=CODE_CHARACTERS_MAX)]


class ReadCard(Told):
    """What is printed on that card."""

    number: str
    new: Annotated[bool, Field(description="It lies in the stock of who asks: a PIN is chosen.")]


class EmergencyGiven(Told):
    """The award stands and may be spent; what the receipt to sign says."""

    batch: UUID
    award: UUID
    beneficiary: UUID
    amount: Sum
    amount_local: Sum
    expires_at: datetime
    given_at: datetime
    decision: str
    programme: Annotated[str, Field(description="Its public name.")]


@post(
    "/v1/aid/programmes/{programme:uuid}/line",
    operation_id="openLine",
    tags=["aid"],
    opt=may(
        Act.OPEN_LINE,
        problems=(
            "not_found",
            "key_missing",
            "key_conflict",
            "line_open",
            "line_short",
            "line_above_most",
            "fund_has_no_desk",
            "wrong_currency",
            "malformed_amount",
        ),
    ),
)
async def open_line(
    programme: FromPath[UUID],
    data: JSONBody[NewLine],
    key: IdempotencyKey,
    services: GivenServices,
    asker: GivenAsker,
) -> LineTold:
    """Sets euros aside for the desk, which another person gives."""
    found = await founding.of_asker(services, asker, programme)
    sums = Sums(
        euro_cents(services, data.total, "/total"),
        euro_cents(services, data.each_at_most, "/each_at_most"),
        euro_cents(services, data.floor, "/floor"),
    )
    return line_told(await lining.open_line(services, asker, key, found, sums))


@post(
    "/v1/aid/programmes/{programme:uuid}/line/closing",
    operation_id="closeLine",
    tags=["aid"],
    status_code=204,
    opt=may(Act.OPEN_LINE, problems=("not_found",)),
)
async def close_line(programme: FromPath[UUID], services: GivenServices, asker: GivenAsker) -> None:
    """Ends the desk's line: what is left of it is free for other awards."""
    await founding.of_asker(services, asker, programme)
    now = services.clock.now()
    async with services.connection() as connection, connection.transaction():
        if await desk.close_line(connection, programme, now):
            event = Event(Happened.LINE_CLOSED, asker.by, asker.acting, str(programme))
            await alongside.write(connection, event, now)


@post(
    "/v1/aid/programmes/{programme:uuid}/emergencies",
    operation_id="giveEmergency",
    tags=["aid"],
    opt=may(
        Act.AWARD_AT_DESK,
        problems=(
            "not_found",
            "key_missing",
            "line_missing",
            "line_short",
            "line_above_most",
            "fund_has_no_desk",
            "mandate_missing",
            "mandate_unfit",
            "same_person",
            "not_allowed",
            "programme_shut",
            "unknown_card",
            "card_not_in_stock",
            "card_of_another",
            "card_stopped",
            "holder_has_card",
            "pin_unchosen",
            "pin_guessable",
            "wrong_pin",
            "pin_locked",
            "identity_incomplete",
            "beneficiary_taken",
            "own_award",
            "awarded_before",
            "sponsor_key_missing",
            "wrong_currency",
            "malformed_amount",
            *POSTING,
        ),
    ),
)
async def give(
    programme: FromPath[UUID],
    data: JSONBody[EmergencyOrder],
    key: IdempotencyKey,
    services: GivenServices,
    asker: GivenAsker,
) -> Response[EmergencyGiven]:
    """Gives aid at the desk: the card is loaded and pays from now on."""
    found = await founding.of_asker(services, asker, programme)
    wanted = Emergency(
        file=data.file,
        name=data.name.strip(),
        adults=data.adults,
        children=data.children,
        address=data.address.strip(),
        euros_cents=euro_cents(services, data.amount, "/amount"),
        decision=data.decision,
        card_number=data.card_number,
        pin=data.pin,
        mandate=data.mandate,
    )
    made = await giving.give(services, asker, key, found, wanted)
    told = EmergencyGiven(
        batch=made.batch,
        award=made.award,
        beneficiary=made.beneficiary,
        amount=euros(made.euros_cents),
        amount_local=local(made.bousol_cents, services.settings),
        expires_at=made.expires_at,
        given_at=made.given_at,
        decision=made.decision,
        programme=found.name,
    )
    return Response(told, headers={"Location": f"/v1/aid/batches/{made.batch}"})


@post(
    "/v1/aid/card-readings",
    operation_id="readDeskCard",
    tags=["aid"],
    status_code=200,
    opt=may(Act.AWARD_AT_DESK, problems=("unknown_card",)),
)
async def read_card(
    data: JSONBody[HeldCard], services: GivenServices, asker: GivenAsker
) -> ReadCard:
    """Tells the number of a card at hand from its code, so that nobody types it."""
    try:
        scanned = codes.parse(data.code, services.paying.realm)
    except CodeUnreadable:
        raise UnknownCard from None
    if not isinstance(scanned, codes.Card):
        raise UnknownCard
    async with services.rows() as rows:
        card = await cards.by_token(rows, scanned.token)
    return ReadCard(number=card.number, new=card.party is None and card.place == asker.acting)


ROUTES: Final = (open_line, close_line, give, read_card)
