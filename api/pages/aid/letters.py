"""Letters of a batch: how far they are, the next part as a file, codes by another person, again."""

import base64
import binascii
import re
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.datastructures import Cookie
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, QueryParameter

from admin.roles import Act
from api.gate.access import may, page
from api.pages.account.typed import shaped, wrong_of
from api.pages.aid.common import PRINTING, present, programmes, roles
from api.pages.visit import GivenVisit, Visit, headers
from api.routes.aid_batches import get_batch
from api.routes.aid_beneficiaries import get_beneficiary
from api.routes.aid_letters import (
    PART_MAX,
    CodeLetters,
    Letters,
    get_progress,
    print_codes,
    print_letters,
)
from api.wire.problems import Problem
from ledger.refusals import Refusal

PATH: Final = "/aide/lots/{batch:uuid}/lettres"
_ONE: Final = "/aide/foyers/{beneficiary:uuid}/aides/{award:uuid}/lettre"
PART: Final = 100
"""Letters of a part, unless another number is typed: some seconds, and a file that is printed."""
_DIGITS: Final = re.compile("[0-9]{1,6}")
_KEPT: Final = "expediteur-{}"
_YEAR_SECONDS: Final = 365 * 24 * 3600
Part = Annotated[str, QueryParameter(name="partie", max_length=40)]


@get(PATH, opt=page(may(Act.PRINT_AID_LETTERS)), include_in_schema=False)
async def show(batch: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Shows how far the letters of a batch are, and prints the next."""
    return await _shown(visit, batch)


@post(PATH + "/cartes", opt=page(may(Act.PRINT_AID_LETTERS)), include_in_schema=False)
async def next_letters(batch: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Prints the next letters with cards."""
    return await _next(visit, batch, Letters, print_letters, "lettres")


@post(PATH + "/codes", opt=page(may(Act.PRINT_AID_LETTERS)), include_in_schema=False)
async def next_codes(batch: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Prints the codes of the next cards that another person sent."""
    return await _next(visit, batch, CodeLetters, print_codes, "codes")


@get(PATH + "/partie", opt=page(may(Act.PRINT_AID_LETTERS)), include_in_schema=False)
async def ask_part(batch: FromPath[UUID], visit: GivenVisit, part: Part = "") -> Response[bytes]:
    """Says what printing a part again does, before it does."""
    return await _part(visit, batch, part)


@post(PATH + "/partie", opt=page(may(Act.PRINT_AID_LETTERS)), include_in_schema=False)
async def part_again(batch: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Prints a part again with new cards: the old ones are blocked first."""
    form = await visit.form()
    sender, part = _lines(form.get("expediteur", "")), form.get("partie", "")
    try:
        data = shaped(Letters, sender=sender, part=part)
        made = await visit.asked(print_letters, batch=batch, data=data)
    except (Problem, Refusal) as error:
        wrong = wrong_of(visit, error)
        if wrong["code"] == "malformed_body":
            return await _part(visit, batch, part, form.get("expediteur"), wrong)
        return await _shown(visit, batch, form.get("expediteur"), wrong)
    return _file(visit, made, "lettres", sender)


@get(_ONE, opt=page(may(Act.PRINT_AID_LETTERS)), include_in_schema=False)
async def ask_one(
    beneficiary: FromPath[UUID], award: FromPath[UUID], visit: GivenVisit
) -> Response[bytes]:
    """Says what printing one letter again does, before it does; the look is written down."""
    return await _one(visit, beneficiary, award)


@post(_ONE, opt=page(may(Act.PRINT_AID_LETTERS)), include_in_schema=False)
async def one_again(
    beneficiary: FromPath[UUID], award: FromPath[UUID], visit: GivenVisit
) -> Response[bytes]:
    """Prints one letter again with a new card: the old one is blocked first."""
    form = await visit.form()
    sender, typed = _lines(form.get("expediteur", "")), form.get("expediteur")
    _, found = await _award(visit, beneficiary, award)
    try:
        data = shaped(Letters, sender=sender, again=[str(award)], part=form.get("partie"))
        made = await visit.asked(print_letters, batch=found.batch, data=data)
    except (Problem, Refusal) as error:
        return await _one(visit, beneficiary, award, typed, wrong_of(visit, error))
    return _file(visit, made, "lettre", sender)


async def _next(
    visit: Visit,
    batch: UUID,
    shape: type[Letters | CodeLetters],
    handler: HTTPRouteHandler,
    name: str,
) -> Response[bytes]:
    form = await visit.form()
    sender = _lines(form.get("expediteur", ""))
    try:
        data = shaped(shape, sender=sender, **_many(form))
        made = await visit.asked(handler, batch=batch, data=data)
    except (Problem, Refusal) as error:
        return await _shown(visit, batch, form.get("expediteur"), wrong_of(visit, error))
    return _file(visit, made, name, sender)


async def _shown(
    visit: Visit, number: UUID, typed: str | None = None, wrong: dict[str, Any] | None = None
) -> Response[bytes]:
    told = await visit.through(get_progress, batch=number, addresses=True)
    batch = await visit.through(get_batch, batch=number)
    found = await programmes(visit)
    return await present(
        visit,
        "letters.html",
        "lots",
        wrong=wrong,
        batch=batch,
        programme=next(one for one in found if one.id == batch.programme),
        told=told,
        left=told.letters - told.printed - told.erased,
        codeless=told.cards - told.codes - told.erased_codes,
        others=[one.name for one in await roles(visit) if one.role in PRINTING and not one.mine],
        sender=sender_of(visit, typed),
        size=PART,
        most=PART_MAX,
    )


async def _part(
    visit: Visit,
    number: UUID,
    at: str,
    typed: str | None = None,
    wrong: dict[str, Any] | None = None,
) -> Response[bytes]:
    told = await visit.through(get_progress, batch=number)
    part = next((one for one in told.parts if one.printed_at == _instant(at)), None)
    if part is None:
        raise Problem("not_found")
    return await present(
        visit,
        "letters_part.html",
        "lots",
        wrong=wrong,
        batch=await visit.through(get_batch, batch=number),
        part=part,
        sender=sender_of(visit, typed),
    )


async def _one(
    visit: Visit,
    beneficiary: UUID,
    award: UUID,
    typed: str | None = None,
    wrong: dict[str, Any] | None = None,
) -> Response[bytes]:
    person, found = await _award(visit, beneficiary, award)
    names = {one.id: one.name for one in await programmes(visit)}
    return await present(
        visit,
        "letter_one.html",
        "lots",
        wrong=wrong,
        person=person,
        award=found,
        programme=names[found.programme],
        sender=sender_of(visit, typed),
    )


async def _award(visit: Visit, beneficiary: UUID, award: UUID) -> tuple[Any, Any]:
    person = await visit.through(get_beneficiary, beneficiary=beneficiary)
    found = next((one for one in person.awards if one.id == award), None)
    if found is None:
        raise Problem("not_found")
    return person, found


def _many(form: Any) -> dict[str, Any]:
    """How many are asked for, and how many there were when the page was made."""
    return {"count": _number(form.get("combien", "")), "after": _number(form.get("apres", ""))}


def _number(text: str) -> int | str:
    return int(text) if _DIGITS.fullmatch(text) else text


def _instant(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def sender_of(visit: Visit, typed: str | None = None) -> str:
    """Who writes: as it was typed now, or the last time in this browser for this office."""
    assert visit.asker is not None, "the rule of the page says so"
    if typed is not None:
        return typed
    kept = visit.request.cookies.get(_KEPT.format(visit.asker.acting), "")
    try:
        return base64.urlsafe_b64decode(kept).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _file(visit: Visit, made: Response[bytes], name: str, sender: list[str]) -> Response[bytes]:
    """A file that is saved while the page stays, and who wrote, kept for the next time."""
    assert visit.asker is not None, "the rule of the page says so"
    known = base64.urlsafe_b64encode("\n".join(sender).encode()).decode()
    kept = Cookie(
        key=_KEPT.format(visit.asker.acting), value=known, max_age=_YEAR_SECONDS, path="/aide",
        samesite="lax", secure=True, httponly=True,
    )  # fmt: skip
    at = visit.services.clock.now()
    sent = {
        **headers(),
        "cache-control": "no-store",
        "content-disposition": f'attachment; filename="{name}-{at:%Y%m%d-%H%M%S}.pdf"',
    }
    return Response(made.content, media_type=made.media_type, headers=sent, cookies=[kept])


ROUTES: Final = (show, next_letters, next_codes, ask_part, part_again, ask_one, one_again)
