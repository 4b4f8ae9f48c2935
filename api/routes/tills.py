"""Tills of a merchant, and the posters that hang there."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit
from uuid import UUID

from litestar import Request, Response, delete, get, post
from litestar.params import FromPath, JSONBody, QueryParameter
from pydantic import ConfigDict, Field

from admin import events
from admin.events import Event, Happened
from admin.logins.keys import Scope
from admin.roles import Act
from api.gate.access import may
from api.gate.given import GivenAsker
from api.papers.poster import PosterFacts, poster
from api.papers.poster_small import small_poster
from api.services import GivenServices
from api.settings import Settings
from api.shops.owned import check_approved, own_poster, own_shop, own_till
from api.wire.asking import asked
from api.wire.ids import new_id
from api.wire.problems import Problem
from api.wire.shapes import Shape, Told
from merchants import admission, codes, tills
from merchants.codes import Realm
from merchants.refusals import NameUnusable

_SUFFIX: Final = ".pdf"
PosterSize = Annotated[
    Literal["a4", "a6"],
    QueryParameter(name="size", description="a4 for a wall or a window, a6 for a counter."),
]
"""The type of the handler's parameter `size`."""
_PAPERS: Final = {"a4": poster, "a6": small_poster}


class TillForm(Shape):
    """A till that is opened."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"label": "Caisse du marché"}]})

    label: Annotated[str, Field(min_length=1, max_length=60, description="What people call it.")]


class PosterTold(Told):
    """A poster in use."""

    code: str
    till: UUID
    link: Annotated[str, Field(description="What its QR code says.")]
    made_at: datetime


class TillTold(Told):
    """A till in use, and its posters."""

    id: UUID
    label: str
    opened_at: datetime
    posters: list[PosterTold]


class Tills(Told):
    """The tills of a merchant that are in use, oldest first; at most a hundred."""

    items: list[TillTold]


@get(
    "/v1/tills",
    operation_id="listTills",
    tags=["merchants"],
    opt=may(Act.STAND_AT_TILL, scope=Scope.TAKE_PAYMENTS, problems=("not_found", "unavailable")),
)
async def list_tills(services: GivenServices, asker: GivenAsker) -> Tills:
    """Lists the merchant's tills and their posters."""
    async with services.rows() as rows:
        found = await own_shop(rows, asker)
        theirs = await tills.of_merchant(rows, found.id)
    return Tills(items=[_till(one, services.settings) for one in theirs])


@post(
    "/v1/tills",
    operation_id="openTill",
    tags=["merchants"],
    opt=may(
        Act.MANAGE_SHOP,
        problems=("not_found", "name_unusable", "tills_max", "unavailable", "outcome_unknown"),
    ),
)
async def open_till(
    services: GivenServices, asker: GivenAsker, data: JSONBody[TillForm]
) -> Response[TillTold]:
    """Opens a till."""
    till, now = new_id(), services.clock.now()
    label = " ".join(admission.tidied(data.label).split())
    if not label:
        raise NameUnusable("length")
    async with services.rows() as rows:
        found = await own_shop(rows, asker, lock=True)
        await tills.open_till(rows, till=till, merchant=found.id, label=label, at=now)
        event = Event(Happened.TILL_OPENED, asker.by, found.party, str(till))
        await events.write(rows, event, now)
    told = TillTold(id=till, label=label, opened_at=now, posters=[])
    return Response(told, headers={"location": f"/v1/tills/{till}"})


@delete(
    "/v1/tills/{till:uuid}",
    operation_id="closeTill",
    tags=["merchants"],
    opt=may(Act.MANAGE_SHOP, problems=("not_found", "unavailable", "outcome_unknown")),
)
async def close_till(services: GivenServices, asker: GivenAsker, till: FromPath[UUID]) -> None:
    """Closes a till: who stands there leaves, its posters are revoked."""
    now = services.clock.now()
    async with services.rows() as rows:
        found = await own_till(rows, asker, till, lock=True)
        await tills.close_till(rows, till=till, merchant=found.id, at=now)
        event = Event(Happened.TILL_CLOSED, asker.by, found.party, str(till))
        await events.write(rows, event, now)


@post(
    "/v1/tills/{till:uuid}/posters",
    operation_id="makePoster",
    tags=["merchants"],
    opt=may(
        Act.MANAGE_SHOP,
        problems=("not_found", "standing_misfit", "unavailable", "outcome_unknown"),
    ),
)
async def make_poster(
    services: GivenServices, asker: GivenAsker, till: FromPath[UUID]
) -> Response[PosterTold]:
    """Makes a poster of a till with a code of its own; those there are stay in use."""
    now = services.clock.now()
    async with services.rows() as rows:
        found = await own_till(rows, asker, till, lock=True)
        check_approved(found)
        made = await tills.hang(rows, till=till, merchant=found.id, actor=asker.by, at=now)
        event = Event(Happened.POSTER_MADE, asker.by, found.party, made.code)
        await events.write(rows, event, now)
    location = {"location": f"/v1/posters/{made.code}{_SUFFIX}"}
    return Response(_poster(made, services.settings), headers=location)


@get(
    "/v1/posters/{code:str}",
    operation_id="getPosterPaper",
    tags=["merchants"],
    media_type="application/pdf",
    opt=may(Act.MANAGE_SHOP, problems=("not_found", "standing_misfit", "unavailable")),
)
async def get_poster(
    request: Request[Any, Any, Any],
    services: GivenServices,
    asker: GivenAsker,
    code: FromPath[str],
    size: PosterSize = "a4",
) -> Response[bytes]:
    """Prints a poster as one page, A4 or A6; the address ends in `.pdf`."""
    if not code.endswith(_SUFFIX):
        raise Problem("not_found")
    async with services.rows() as rows:
        found, hung = await own_poster(rows, asker, code.removesuffix(_SUFFIX))
        check_approved(found)
        number = await tills.number_of(rows, hung)
    facts = PosterFacts(
        name=found.name,
        street=found.street,
        town=f"{found.postal_code} {found.commune}",
        link=codes.poster_link(hung.code, realm_of(services.settings)),
        number=str(number),
        printed_on=services.clock.now().date(),
    )
    name = {"content-disposition": f'inline; filename="{hung.code}{_SUFFIX}"'}
    paper = _PAPERS[size](facts, asked(request.scope).language)
    return Response(paper, media_type="application/pdf", headers=name)


@delete(
    "/v1/posters/{code:str}",
    operation_id="revokePoster",
    tags=["merchants"],
    opt=may(Act.MANAGE_SHOP, problems=("not_found", "unavailable", "outcome_unknown")),
)
async def revoke_poster(services: GivenServices, asker: GivenAsker, code: FromPath[str]) -> None:
    """Revokes a poster at once, wherever it hangs."""
    now = services.clock.now()
    async with services.rows() as rows:
        found, hung = await own_poster(rows, asker, code.removesuffix(_SUFFIX))
        await tills.revoke(rows, hung, now)
        event = Event(Happened.POSTER_REVOKED, asker.by, found.party, hung.code)
        await events.write(rows, event, now)


def realm_of(settings: Settings) -> Realm:
    """Whose codes are taken here."""
    return Realm(urlsplit(settings.public_url).netloc, settings.currency_code)


def _till(one: tills.Till, settings: Settings) -> TillTold:
    posters = [_poster(hanging, settings) for hanging in one.posters]
    return TillTold(id=one.id, label=one.label, opened_at=one.opened_at, posters=posters)


def _poster(made: tills.Poster, settings: Settings) -> PosterTold:
    link = codes.poster_link(made.code, realm_of(settings))
    return PosterTold(code=made.code, till=made.till, link=link, made_at=made.made_at)


ROUTES: Final = (
    list_tills,
    open_till,
    close_till,
    make_poster,
    get_poster,
    revoke_poster,
)
