"""Letters of a batch in parts, each a PDF: cards by one person, their codes by another."""

from datetime import datetime, timedelta
from typing import Annotated, Final, Self
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, JSONBody, QueryParameter
from pydantic import ConfigDict, Field, JsonValue, model_validator
from pydantic_core import PydanticCustomError

from admin.aid import letter_rows
from admin.roles import Act
from api.aid import deciding, lettering
from api.aid.lettering import Ask
from api.gate.access import may
from api.gate.given import GivenAsker
from api.papers.aid_letter import aid_letters, code_letters
from api.services import GivenServices
from api.wire.days import Instant
from api.wire.printing import PDF, printed
from api.wire.shapes import Shape, Told
from api.wire.texts import SEEN_SOME

PART_MAX: Final = 200
"""Letters of one answer: it is made in seconds, and whoever prints sees how far it is."""
_SENDER: Final[list[JsonValue]] = [
    "CCAS de Boulogne-sur-Mer",
    "Accueil du lundi au vendredi, 9 h – 12 h",
]
_Line = Annotated[str, Field(min_length=1, max_length=60, pattern=SEEN_SOME)]


_Count = Annotated[int, Field(ge=1, le=PART_MAX)]
_After = Annotated[
    int | None,
    Field(ge=0, description="How many there were when this was asked: asked twice, one prints."),
]
_PARTS: Final = 100
Addresses = Annotated[
    bool, QueryParameter(name="addresses", description="Says whose address is missing.")
]
_MONTH, _QUARTER = timedelta(days=31), timedelta(days=92)


class Letters(Shape):
    """The next letters of a batch, or some of them again."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"count": 50, "sender": _SENDER}]})

    sender: Annotated[list[_Line], Field(min_length=1, max_length=4)]
    count: _Count | None = None
    after: _After = None
    again: Annotated[
        list[UUID] | None,
        Field(
            min_length=1,
            max_length=PART_MAX,
            description="Awards whose letter is printed again: the card of the last is blocked.",
        ),
    ] = None
    part: Annotated[
        Instant | None,
        Field(description="Printed again: all of this part, or those of `again` still of it."),
    ] = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        old = self.again is not None or self.part is not None
        if (self.count is None) is not old or (old and self.after is not None):
            raise PydanticCustomError("contradiction", "either `count` or `again` and `part`")
        return self


class CodeLetters(Shape):
    """The next codes of a batch."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"count": 50, "sender": _SENDER}]})

    sender: Annotated[list[_Line], Field(min_length=1, max_length=4)]
    count: _Count
    after: _After = None


class PartTold(Told):
    """Letters that were printed at once, less those printed again since."""

    printed_at: datetime
    yours: Annotated[bool, Field(description="Printed by whoever asks.")]
    letters: int
    cards: int
    codes: int


class LettersTold(Told):
    """How far the letters of a batch are."""

    letters: Annotated[int, Field(description="One for each award.")]
    printed: int
    cards: Annotated[int, Field(description="Sent with them, and not blocked.")]
    codes: Annotated[int, Field(description="Of these cards, sent too.")]
    yours: Annotated[
        int, Field(description="Cards without a code that whoever asks sent: others send those.")
    ]
    parts: Annotated[list[PartTold], Field(max_length=_PARTS, description="The last one first.")]
    no_address: Annotated[
        int | None,
        Field(description="Of the letters left, with a name alone. null: see `addresses`."),
    ]
    erased: Annotated[
        int | None,
        Field(description="Of the letters left, of erased files: they are never printed."),
    ]
    erased_codes: Annotated[int | None, Field(description="Of the codes left, likewise.")]


class LettersWaiting(Told):
    """A batch with letters or codes to print."""

    batch: UUID
    letters: int
    printed: int
    cards: int
    codes: int
    yours: Annotated[int, Field(description="Cards without a code that whoever asks sent.")]


class AllLettersWaiting(Told):
    """What a sponsor has to print, the newest batch first."""

    items: Annotated[list[LettersWaiting], Field(max_length=20)]


@get(
    "/v1/aid/letters",
    operation_id="listLettersWaiting",
    tags=["aid"],
    opt=may(Act.PRINT_AID_LETTERS),
)
async def list_waiting(services: GivenServices, asker: GivenAsker) -> AllLettersWaiting:
    """Lists batches of a quarter with letters or codes to print; of a month, when none was."""
    now = services.clock.now()
    async with services.rows() as rows:
        found = await letter_rows.unfinished(
            rows, asker.acting, new_since=now - _MONTH, since=now - _QUARTER
        )
        own = {
            one.batch: await lettering.own_cards(rows, one.batch, asker.acting_as)
            for one in found
            if one.coded < one.cards
        }
    return AllLettersWaiting(
        items=[
            LettersWaiting(
                batch=one.batch,
                letters=one.awards,
                printed=one.printed,
                cards=one.cards,
                codes=one.coded,
                yours=sum(own.get(one.batch, {}).values()),
            )
            for one in found
        ]
    )


@get(
    "/v1/aid/batches/{batch:uuid}/letters",
    operation_id="getBatchLetters",
    tags=["aid"],
    opt=may(Act.PRINT_AID_LETTERS, problems=("not_found", "sponsor_key_missing")),
)
async def get_progress(
    batch: FromPath[UUID], services: GivenServices, asker: GivenAsker, addresses: Addresses = False
) -> LettersTold:
    """Tells how many letters of a batch are printed, in which parts, and how many codes follow."""
    await deciding.of_asker(services, asker, batch)
    async with services.rows() as rows:
        found = await letter_rows.progress(rows, batch)
        parts = await letter_rows.parts(rows, batch, _PARTS)
        own = await lettering.own_cards(rows, batch, asker.acting_as)
    left = await lettering.unprinted(services, asker, batch) if addresses else None
    return LettersTold(
        letters=found.awards,
        printed=found.printed,
        cards=found.cards,
        codes=found.coded,
        yours=sum(own.values()),
        parts=[
            PartTold(
                printed_at=one.at,
                yours=one.by == asker.acting_as,
                letters=one.letters,
                cards=one.cards,
                codes=one.coded,
            )
            for one in parts
        ],
        no_address=left and left.no_address,
        erased=left and left.erased,
        erased_codes=left and left.erased_codes,
    )


@post(
    "/v1/aid/batches/{batch:uuid}/letters",
    operation_id="printBatchLetters",
    tags=["aid"],
    status_code=200,
    media_type=PDF,
    opt=may(
        Act.PRINT_AID_LETTERS,
        problems=(
            "not_found",
            "fields_contradict",
            "batch_not_executed",
            "letters_printed",
            "beneficiary_erased",
            "letters_moved_on",
            "sponsor_key_missing",
            "outcome_unknown",
        ),
    ),
)
async def print_letters(
    batch: FromPath[UUID], data: JSONBody[Letters], services: GivenServices, asker: GivenAsker
) -> Response[bytes]:
    """Prints the next letters with new cards, two pages each; a lost answer is printed again."""
    ask = Ask(data.sender, data.count or 0, data.after, data.again or (), data.part)
    made = await lettering.letters(services, asker, batch, ask)
    return await printed("letters", aid_letters, made, services.settings.language)


@post(
    "/v1/aid/batches/{batch:uuid}/code-letters",
    operation_id="printBatchCodes",
    tags=["aid"],
    status_code=200,
    media_type=PDF,
    opt=may(
        Act.PRINT_AID_LETTERS,
        problems=(
            "not_found",
            "same_person",
            "batch_not_executed",
            "letters_printed",
            "letters_moved_on",
            "sponsor_key_missing",
            "outcome_unknown",
        ),
    ),
)
async def print_codes(
    batch: FromPath[UUID], data: JSONBody[CodeLetters], services: GivenServices, asker: GivenAsker
) -> Response[bytes]:
    """Prints the codes of cards that another person sent; these cards pay from now on."""
    ask = Ask(data.sender, data.count, data.after)
    made = await lettering.codes(services, asker, batch, ask)
    return await printed("codes", code_letters, made, services.settings.language)


ROUTES: Final = (list_waiting, get_progress, print_letters, print_codes)
