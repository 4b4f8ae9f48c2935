"""Letters of a batch in parts, each a PDF: cards by one person, their codes by another."""

from typing import Annotated, Final, Self
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, JSONBody
from pydantic import ConfigDict, Field, JsonValue, model_validator
from pydantic_core import PydanticCustomError

from admin.aid import letter_rows
from admin.roles import Act
from api.access import may
from api.aid import deciding, lettering
from api.aid.lettering import Ask
from api.door import GivenAsker
from api.papers.aid_letter import aid_letters, code_letters
from api.printing import PDF, printed
from api.services import GivenServices
from api.shapes import Shape, Told

PART_MAX: Final = 200
"""Letters of one answer: it is made in seconds, and whoever prints sees how far it is."""
_SENDER: Final[list[JsonValue]] = [
    "CCAS de Boulogne-sur-Mer",
    "Accueil du lundi au vendredi, 9 h – 12 h",
]
_Line = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f\x7f]+$")]


class Letters(Shape):
    """The next letters of a batch, or some of them again."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"count": 50, "sender": _SENDER}]})

    sender: Annotated[list[_Line], Field(min_length=1, max_length=4)]
    count: Annotated[int | None, Field(ge=1, le=PART_MAX)] = None
    again: Annotated[
        list[UUID] | None,
        Field(
            min_length=1,
            max_length=PART_MAX,
            description="Awards whose letter is printed again: the card of the last is blocked.",
        ),
    ] = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.count is None) == (self.again is None):
            raise PydanticCustomError("contradiction", "either `count` or `again`")
        return self


class CodeLetters(Shape):
    """The next codes of a batch."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"count": 50, "sender": _SENDER}]})

    sender: Annotated[list[_Line], Field(min_length=1, max_length=4)]
    count: Annotated[int, Field(ge=1, le=PART_MAX)]


class LettersTold(Told):
    """How far the letters of a batch are."""

    letters: Annotated[int, Field(description="One for each award.")]
    printed: int
    cards: Annotated[int, Field(description="Sent with them, and not blocked.")]
    codes: Annotated[int, Field(description="Of these cards, sent too.")]


@get(
    "/v1/aid/batches/{batch:uuid}/letters",
    operation_id="getBatchLetters",
    tags=["aid"],
    opt=may(Act.PRINT_AID_LETTERS, problems=("not_found",)),
)
async def get_progress(
    batch: FromPath[UUID], services: GivenServices, asker: GivenAsker
) -> LettersTold:
    """Tells how many letters of a batch are printed, and how many codes have followed."""
    await deciding.of_asker(services, asker, batch)
    async with services.rows() as rows:
        found = await letter_rows.progress(rows, batch)
    return LettersTold(
        letters=found.awards, printed=found.printed, cards=found.cards, codes=found.coded
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
            "sponsor_key_missing",
            "outcome_unknown",
        ),
    ),
)
async def print_letters(
    batch: FromPath[UUID], data: JSONBody[Letters], services: GivenServices, asker: GivenAsker
) -> Response[bytes]:
    """Prints the next letters with new cards, two pages each; a lost answer is printed again."""
    ask = Ask(data.count or 0, data.again or (), data.sender)
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
            "sponsor_key_missing",
            "outcome_unknown",
        ),
    ),
)
async def print_codes(
    batch: FromPath[UUID], data: JSONBody[CodeLetters], services: GivenServices, asker: GivenAsker
) -> Response[bytes]:
    """Prints the codes of cards that another person sent; these cards pay from now on."""
    made = await lettering.codes(services, asker, batch, Ask(data.count, (), data.sender))
    return await printed("codes", code_letters, made, services.settings.language)


ROUTES: Final = (get_progress, print_letters, print_codes)
