"""Who stands at the desk: a file found by its number, or by the card in somebody's hand."""

from typing import TYPE_CHECKING, Annotated, Final, Self
from uuid import UUID

from litestar import post
from litestar.params import JSONBody
from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from admin.means import cards
from admin.refusals import UnknownCard
from admin.roles import Act
from api.accounts.holders import Number
from api.gate.access import may
from api.gate.given import GivenAsker
from api.services import GivenServices, Services
from api.wire.problems import Problem
from api.wire.shapes import Shape, Told
from api.wire.texts import FileNumber

if TYPE_CHECKING:
    from admin.aid.files import Room


class Wanted(Shape):
    """What somebody at the desk says of themselves: either of the two."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"file": "D-104"}]})

    file: FileNumber | None = None
    card_number: Annotated[Number | None, Field(description="Or the one that blocks it.")] = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.file is None) == (self.card_number is None):
            raise PydanticCustomError("contradiction", "either `file` or `card_number`")
        return self


class Found(Told):
    """A beneficiary of the sponsor."""

    id: UUID


@post(
    "/v1/aid/beneficiaries/search",
    operation_id="findBeneficiary",
    tags=["aid"],
    status_code=200,
    opt=may(Act.SEE_BENEFICIARIES, problems=("not_found", "sponsor_key_missing")),
)
async def find(data: JSONBody[Wanted], services: GivenServices, asker: GivenAsker) -> Found:
    """Finds a file of the sponsor; that somebody looked is written down, found or not.

    A card of nobody, of another sponsor's beneficiary, or of a stranger answers as one that never
    was.
    """
    party = None if data.card_number is None else await _party(services, data.card_number)
    async with services.room(asker.acting) as room:
        found = await _file(room, data.file, party)
        await room.looked(asker.by, "find", services.clock.now(), beneficiary=found)
    if found is None:  # outside the room, where it would undo the line of the log
        raise Problem("not_found")
    return Found(id=found)


async def _party(services: Services, number: str) -> int | None:
    try:
        async with services.rows() as rows:
            return (await cards.by_number(rows, number)).party
    except UnknownCard:
        return None


async def _file(room: "Room", file: str | None, party: int | None) -> UUID | None:
    if file is not None:
        known = (await room.known([file])).get(file)
        return None if known is None else known.beneficiary
    return None if party is None else (await room.of_parties([party])).get(party)


ROUTES: Final = (find,)
