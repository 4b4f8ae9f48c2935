"""The proof of a programme in words and drawn, at a head of the chain; what changed since one."""

from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath, QueryParameter

from admin.aid.refusals import AwardsUnderWay, ProofRefused
from admin.roles import Act
from api.gate.access import may, page
from api.pages.account.typed import wrong_of
from api.pages.aid.bar import laid
from api.pages.aid.common import present, unproven
from api.pages.visit import GivenVisit, Visit
from api.routes.aid_programmes import get_programme
from api.routes.aid_proofs import Proofs, ProofTold, get_proof
from api.wire.problems import Problem
from ledger.refusals import Refusal

PATH: Final = "/aide/programmes/{programme:uuid}/preuve"
_DIGITS_MAX: Final = 18
Since = Annotated[str | None, QueryParameter(name="depuis", max_length=40)]
EUROS: Final = ("spent", "backing", "released", "unused", "returned")
BOUSOLS: Final = ("spent_local", "backing_local", "released_local", "expired_local")
TOTALS: Final = ("funded", "issued_local")


@get(PATH, opt=page(may(Act.SEE_PROGRAMMES)), include_in_schema=False)
async def show(
    programme: FromPath[UUID], visit: GivenVisit, since: Since = None
) -> Response[bytes]:
    """Shows where every euro of a programme went."""
    found = await visit.through(get_programme, programme=programme)
    facts: dict[str, Any] = {
        "programme": found,
        "typed": since or "",
        "told": None,
        "broken": False,
    }
    try:
        told = await visit.through(get_proof, programme=programme)
    except AwardsUnderWay:
        return await present(visit, "proof.html", "home", **facts)
    except ProofRefused:
        return await unproven(visit, found)
    later, wrong = await _supplement(visit, programme, told, since)
    return await present(
        visit,
        "proof.html",
        "home",
        wrong=wrong,
        **facts | {"told": told},
        later=later,
        changes=[] if later is None else changes_of(later),
        pieces=pieces_of(told.now),
    )


async def _supplement(
    visit: Visit, programme: UUID, told: Proofs, typed: str | None
) -> tuple[Proofs | None, dict[str, Any] | None]:
    """What changed since the head that was asked for, else since the last day ended."""
    if typed is None and told.ended_seq is None:
        return None, None
    try:
        since = told.ended_seq if typed is None else _number(typed)
        return await visit.through(get_proof, programme=programme, since=since), None
    except (Problem, Refusal) as error:
        return None, None if typed is None else _told(wrong_of(visit, error))


def _told(wrong: dict[str, Any]) -> dict[str, Any]:
    """Of an address that is none, `not_found` says enough; here a number was typed."""
    return wrong | ({"code": "no_such_proof"} if wrong["code"] == "not_found" else {})


def _number(typed: str) -> int:
    """The number of an entry as it is written on a proof.

    Raises:
        Problem: `not_found`; it is none.
    """
    digits = typed.replace(" ", "").replace("\N{NO-BREAK SPACE}", "")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= _DIGITS_MAX and int(digits)):
        raise Problem("not_found")
    return int(digits)


def pieces_of(now: ProofTold) -> list[tuple[str, float, float]]:
    """Name, place and width of each part of the funded euros on the bar."""
    return laid([(name, getattr(now, name).amount) for name in EUROS], now.funded.amount)


def changes_of(later: Proofs) -> list[tuple[str, Any, Any, int]]:
    """The figures that differ: their name, before, now, and the difference in cents."""
    assert later.before is not None, "a supplement has an earlier head"
    found = []
    for name in (*TOTALS, *EUROS, *BOUSOLS):
        before, now = getattr(later.before, name), getattr(later.now, name)
        if before.amount != now.amount:
            found.append((name, before, now, now.amount - before.amount))
    return found


ROUTES: Final = (show,)
