"""Messages that leave on paper, for those with neither e-mail nor phone."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from pydantic import Field

from admin.roles import Act
from admin.telling import messages
from admin.telling.messages import CLAIMED_MAX, Posted
from api.accounts.holders import PartyNumber
from api.gate.access import may
from api.gate.given import GivenAsker
from api.papers.letter import LetterFacts, letters
from api.services import GivenServices, Services
from api.wire.days import day_of
from api.wire.figures import Language
from api.wire.printing import PDF, printed
from api.wire.problems import Problem
from api.wire.shapes import Told


class LetterToPost(Told):
    """A letter that waits; what it says stands in the batch alone."""

    id: UUID
    queued_at: datetime


class LettersToPost(Told):
    """The oldest letters that wait and have an address, as many as one batch prints."""

    items: Annotated[list[LetterToPost], Field(max_length=CLAIMED_MAX)]
    without_address: Annotated[
        int, Field(description="Messages that wait besides, told at a counter (`getAccount`).")
    ]


@get(
    "/v1/letters",
    operation_id="listLetters",
    tags=["letters"],
    opt=may(Act.POST_LETTERS),
)
async def list_letters(services: GivenServices) -> LettersToPost:
    """Lists the letters that the batch prints, in its order, so that each can be marked."""
    waiting = await _waiting(services)
    async with services.rows() as rows:
        others = await messages.without_address(rows)
    items = [LetterToPost(id=one.id, queued_at=one.queued_at) for one in waiting]
    return LettersToPost(items=items, without_address=others)


@get(
    "/v1/letters/batch",
    operation_id="printLetters",
    tags=["letters"],
    media_type=PDF,
    opt=may(Act.POST_LETTERS, problems=("not_found",)),
)
async def print_letters(services: GivenServices) -> Response[bytes]:
    """Prints the letters that wait, a page each, with the address in the envelope's window."""
    waiting = await _waiting(services)
    if not waiting:
        raise Problem("not_found")
    return await printed("letters", letters, [_on_paper(services, one) for one in waiting])


@post(
    "/v1/letters/{letter:uuid}/posted",
    operation_id="markPosted",
    tags=["letters"],
    status_code=204,
    opt=may(Act.POST_LETTERS, problems=("not_found",)),
)
async def mark_posted(letter: FromPath[UUID], services: GivenServices) -> None:
    """Marks a letter as gone to the post; again is no act."""
    async with services.rows() as rows:
        if not await messages.mark_posted(rows, letter, services.clock.now()):
            raise Problem("not_found")


@post(
    "/v1/accounts/{party:int}/messages/{message:uuid}/told",
    operation_id="markTold",
    tags=["counter"],
    status_code=204,
    opt=may(Act.REISSUE_CARD, problems=("not_found",)),
)
async def mark_told(
    party: PartyNumber, message: FromPath[UUID], asker: GivenAsker, services: GivenServices
) -> None:
    """Marks a message as told to its holder at a counter; again is no act."""
    now = services.clock.now()
    async with services.rows() as rows:
        if not await messages.mark_told(rows, party=party, message=message, actor=asker.by, at=now):
            raise Problem("not_found")


async def _waiting(services: Services) -> list[Posted]:
    async with services.rows() as rows:
        return list(await messages.letters(rows, at=services.clock.now()))


def _on_paper(services: Services, one: Posted) -> tuple[LetterFacts, Language]:
    settings = services.settings
    facts = LetterFacts(
        sender=(settings.issuer_name, settings.contact_phone),
        address=one.address,
        subject=one.subject,
        text=one.text,
        reference=str(one.id)[-12:],
        written_on=day_of(services.clock.now()),
    )
    return facts, "en" if one.language == "en" else "fr"


ROUTES: Final = (list_letters, print_letters, mark_posted, mark_told)
