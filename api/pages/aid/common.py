"""What the screens of aid share: the menu, who is here, amounts and months as they are typed."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Annotated, Any, Final

from litestar.params import QueryParameter

from admin.aid.refusals import ProofRefused
from admin.roles import MAY, Act
from api.pages.account.typed import shaped
from api.pages.forms import cents
from api.routes.aid_batches import list_batches
from api.routes.aid_beneficiaries import list_looks
from api.routes.aid_ceilings import list_ceilings
from api.routes.aid_desk import HeldCard, ReadCard, give, read_card
from api.routes.aid_finding import find
from api.routes.aid_funds import propose
from api.routes.aid_programmes import create, list_programmes
from api.routes.aid_views import follow
from api.routes.roles import list_roles
from api.wire.cursors import CURSOR_CHARACTERS_MAX
from api.wire.problems import Problem
from ledger.chart import Commodity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from litestar import Response

    from api.aid.shapes import BatchTold, ProgrammeTold
    from api.pages.visit import Visit
    from api.routes.aid_views import FollowUp

DECIDING: Final = frozenset({"submitted", "approved"})
"""Batches that a person must look at."""
PRINTING: Final = MAY[Act.PRINT_AID_LETTERS]
"""Roles that print letters."""
BATCHES_MAX: Final = 100
After = Annotated[str | None, QueryParameter(name="apres", max_length=CURSOR_CHARACTERS_MAX)]
"""Where the page before ended."""
_DIGITS: Final = re.compile("[0-9]{1,6}")


async def batches(visit: Visit) -> Sequence[BatchTold]:
    """The sponsor's last batches, newest first; none for treasurers, who see totals alone."""
    if not visit.may(list_batches):
        return ()
    found: Sequence[BatchTold] = (await visit.through(list_batches, limit=BATCHES_MAX)).items
    return found


async def programmes(visit: Visit) -> Sequence[ProgrammeTold]:
    """The sponsor's programmes, oldest first."""
    found: Sequence[ProgrammeTold] = (await visit.through(list_programmes)).items
    return found


async def course_of(visit: Visit, programme: UUID) -> FollowUp | None:
    """Where a programme's euros are; None: its journal does not close, and no figure is shown."""
    try:
        found: FollowUp = await visit.through(follow, programme=programme)
    except ProofRefused:
        return None
    return found


async def unproven(visit: Visit, programme: ProgrammeTold) -> Response[bytes]:
    """Says that the journal of a programme does not close, in place of its figures."""
    facts: dict[str, Any] = {"programme": programme, "typed": "", "told": None, "broken": True}
    return await present(visit, "proof.html", "home", **facts)


async def roles(visit: Visit) -> Sequence[Any]:
    """Who acts for the sponsor, for those who may see it."""
    found: Sequence[Any] = (await visit.through(list_roles)).items if visit.may(list_roles) else ()
    return found


async def present(
    visit: Visit, template: str, here: str, *, wrong: dict[str, Any] | None = None, **facts: Any
) -> Response[bytes]:
    """A page of the office, with its menu.

    Args:
        visit: of whoever looks.
        template: in the folder of aid.
        here: the entry of the menu that is open; "" for none.
        wrong: a refusal to be told.
        facts: of the page.
    """
    people = await roles(visit)
    status = 200 if wrong is None else wrong["status"]
    return visit.show(
        f"aid/{template}",
        status=status,
        here=here,
        wrong=wrong,
        to_decide=sum(one.status in DECIDING for one in await batches(visit)),
        people=people,
        me=next((one for one in people if one.mine), None),
        may_import=may_import(visit),
        may_find=visit.may(find),
        may_give=visit.may(give),
        may_see_log=visit.may(list_looks),
        may_create=visit.may(create),
        may_see_ceilings=visit.may(list_ceilings),
        may_follow=visit.may(list_batches),
        may_return=visit.may(propose),
        **facts,
    )


def typed(form: Mapping[str, str]) -> Mapping[str, str]:
    """What was typed, for the fields of the page again; what was not is empty."""
    return defaultdict(str, form)


def may_import(visit: Visit) -> bool:
    """Whether lists are sent by whoever looks."""
    from api.routes.aid_batches import submit  # noqa: PLC0415  # why: a name of its own there

    return visit.may(submit)


def euro(text: str, *, nothing: bool = False) -> dict[str, Any]:
    """Euros as they were typed, as the interface takes them.

    Raises:
        Problem: `malformed_amount`.
    """
    typed = cents(text)
    if typed is None and not (nothing and text.strip("0,. ") == ""):
        raise Problem("malformed_amount")
    return {"amount": typed or 0, "currency": Commodity.EUR.name}


def whole(text: str) -> int | str:
    """A whole number as it was typed; what is none, as text, is refused beside its field."""
    bare = text.strip()
    return int(bare) if _DIGITS.fullmatch(bare) else bare


async def card_number(visit: Visit, typed_: str) -> str:
    """The number of a card as it was typed, or that of the code a scanner typed.

    Raises:
        UnknownCard: no card has this code.
    """
    if "/" not in typed_:
        return typed_
    read: ReadCard = await visit.through(read_card, data=shaped(HeldCard, code=typed_))
    return read.number
