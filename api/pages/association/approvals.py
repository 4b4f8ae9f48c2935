"""Approvals that end: what has to be decided, by one person and then by another."""

from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter

from admin.roles import Act
from api.gate.access import may, page
from api.pages.account.typed import shaped, wrong_of
from api.pages.visit import GivenVisit, Visit
from api.routes.approvals import Renewal, list_ending, propose_renewal
from api.routes.decisions import Proposal, confirm, propose_on_merchant, withdraw
from api.wire.cursors import CURSOR_CHARACTERS_MAX
from api.wire.problems import Problem
from ledger.refusals import Refusal

PATH: Final = "/association/renouvellements"
_ONE: Final = PATH + "/{merchant:uuid}"
_DECISION: Final = PATH + "/decisions/{decision:uuid}"
_PAGE: Final = 50
After = Annotated[str | None, QueryParameter(name="apres", max_length=CURSOR_CHARACTERS_MAX)]


@get(PATH, opt=page(may(Act.ADMIT_MERCHANT)), include_in_schema=False)
async def show(visit: GivenVisit, after: After = None) -> Response[bytes]:
    """Lists approvals that end, the soonest first."""
    return await _shown(visit, after=after)


@post(_ONE, opt=page(may(Act.ADMIT_MERCHANT)), include_in_schema=False)
async def decide(merchant: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Proposes to renew an approval, or to close the merchant."""
    form = await visit.form()
    reason = form.get(f"motif-{merchant}", "")
    try:
        if form.get("quoi") == "fermer":
            data: Any = shaped(Proposal, what="close", reason=reason)
            await visit.through(propose_on_merchant, merchant=merchant, data=data)
        else:
            data = shaped(Renewal, reason=reason)
            await visit.through(propose_renewal, merchant=merchant, data=data)
    except (Problem, Refusal) as error:
        return await _shown(visit, wrong_of(visit, error), at=merchant, reason=reason)
    return visit.go(f"{PATH}?fait=propose")


@post(_DECISION + "/accord", opt=page(may(Act.ADMIT_MERCHANT)), include_in_schema=False)
async def agree(decision: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Confirms what another person proposed."""
    try:
        await visit.through(confirm, decision=decision)
    except (Problem, Refusal) as error:
        return await _shown(visit, wrong_of(visit, error))
    return visit.go(f"{PATH}?fait=decide")


@post(_DECISION + "/retrait", opt=page(may(Act.ADMIT_MERCHANT)), include_in_schema=False)
async def take_back(decision: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Withdraws what was proposed, or says no to it."""
    try:
        await visit.through(withdraw, decision=decision)
    except (Problem, Refusal) as error:
        return await _shown(visit, wrong_of(visit, error))
    return visit.go(f"{PATH}?fait=retire")


async def _shown(
    visit: Visit,
    wrong: dict[str, Any] | None = None,
    *,
    after: str | None = None,
    at: UUID | None = None,
    reason: str = "",
) -> Response[bytes]:
    facts: dict[str, Any] = {
        "told": await visit.through(list_ending, limit=_PAGE, cursor=after),
        "done": visit.request.query_params.get("fait", ""),
        "at": at,
        "reason": reason,
    }
    status = 200 if wrong is None else wrong["status"]
    return visit.show("association/approvals.html", status=status, wrong=wrong, **facts)


ROUTES: Final = (show, decide, agree, take_back)
