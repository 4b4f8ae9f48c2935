"""The directory of merchants for everybody, and the notices merchants post for each other."""

from typing import Annotated, Final
from uuid import UUID

from litestar import get
from litestar.params import FromPath, QueryParameter
from pydantic import Field

from admin.roles import Act
from api.gate.access import everybody, may
from api.services import GivenServices, Services
from api.wire.cursors import LIMIT_DEFAULT, Cursor, Limit, pack, unpack
from api.wire.problems import Problem
from api.wire.shapes import Told
from merchants import directory
from merchants.admission import MerchantClass
from merchants.directory import Listed, Place, Wanted

Words = Annotated[
    str | None,
    QueryParameter(name="q", min_length=1, max_length=80, description='Words, "a phrase", -not.'),
]
Commune = Annotated[str | None, QueryParameter(name="commune", min_length=1, max_length=80)]
OfFiliere = Annotated[str | None, QueryParameter(name="filiere", pattern="^[a-z_]{3,40}$")]


class FiliereTold(Told):
    """A branch of what is sold."""

    code: str
    parent: str | None
    fr: str
    en: str


class Filieres(Told):
    """Every filière, each after its parent."""

    items: list[FiliereTold]


class CommuneTold(Told):
    """A commune, and how many merchants are there."""

    name: str
    merchants: Annotated[int, Field(ge=1)]


class Communes(Told):
    """Where merchants are."""

    items: list[CommuneTold]


class Shop(Told):
    """An approved merchant, as everybody may know it."""

    id: UUID
    merchant_class: MerchantClass
    name: str
    street: str
    postal_code: str
    commune: str
    description: str
    filieres: list[str]


class Shops(Told):
    """A page of the directory, by name."""

    items: list[Shop]
    next_cursor: str | None


class NoticeTold(Told):
    """What a merchant proposes to others, and what it seeks."""

    merchant: UUID
    name: str
    commune: str
    proposes: str
    seeks: str


class Notices(Told):
    """A page of notices, by the merchant's name."""

    items: list[NoticeTold]
    next_cursor: str | None


@get("/v1/filieres", operation_id="listFilieres", tags=["public"], opt=everybody("unavailable"))
async def list_filieres(services: GivenServices) -> Filieres:
    """Lists the filières, each after its parent."""
    async with services.rows() as rows:
        found = await directory.filieres(rows)
    return Filieres(items=[FiliereTold(**one._asdict()) for one in found])


@get("/v1/communes", operation_id="listCommunes", tags=["public"], opt=everybody("unavailable"))
async def list_communes(services: GivenServices) -> Communes:
    """Lists the communes where merchants are, and how many."""
    async with services.rows() as rows:
        found = await directory.communes(rows)
    return Communes(items=[CommuneTold(name=name, merchants=count) for name, count in found])


@get("/v1/merchants", operation_id="listMerchants", tags=["public"], opt=everybody("unavailable"))
async def list_merchants(
    services: GivenServices,
    filiere: OfFiliere = None,
    commune: Commune = None,
    q: Words = None,
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> Shops:
    """Lists approved merchants by name: of a filière and its branches, a commune, with words."""
    after = _place(services, "merchants", cursor)
    wanted = Wanted(filiere, commune, q)
    async with services.rows() as rows:
        found = await directory.search(rows, wanted, after=after, count=limit + 1)
    last = found[limit - 1] if len(found) > limit else None
    more = last and pack(services.pepper, "merchants", last.name, last.id)
    return Shops(items=[_shop(one) for one in found[:limit]], next_cursor=more)


@get(
    "/v1/merchants/{merchant:uuid}",
    operation_id="getMerchant",
    tags=["public"],
    opt=everybody("not_found", "unavailable"),
)
async def get_merchant(services: GivenServices, merchant: FromPath[UUID]) -> Shop:
    """Shows a merchant of the directory."""
    async with services.rows() as rows:
        found = await directory.shown(rows, merchant)
    if found is None:
        raise Problem("not_found")
    return _shop(found)


@get(
    "/v1/notices",
    operation_id="listNotices",
    tags=["merchants"],
    opt=may(Act.SEE_NOTICES, problems=("unavailable",)),
)
async def list_notices(
    services: GivenServices, q: Words = None, limit: Limit = LIMIT_DEFAULT, cursor: Cursor = None
) -> Notices:
    """Lists what merchants propose and seek, for merchants only."""
    after = _place(services, "notices", cursor)
    async with services.rows() as rows:
        found = await directory.notices(rows, q, after=after, count=limit + 1)
    last = found[limit - 1] if len(found) > limit else None
    more = last and pack(services.pepper, "notices", last.name, last.merchant)
    items = [NoticeTold(**one._asdict()) for one in found[:limit]]
    return Notices(items=items, next_cursor=more)


def _place(services: Services, name: str, cursor: str | None) -> Place | None:
    """Where the page before ended."""
    if cursor is None:
        return None
    last, number = unpack(services.pepper, cursor, name, 2)
    return str(last), UUID(number)


def _shop(one: Listed) -> Shop:
    facts = one._asdict()
    facts |= {"merchant_class": MerchantClass(one.merchant_class), "filieres": list(one.filieres)}
    return Shop(**facts)


ROUTES: Final = (
    list_filieres,
    list_communes,
    list_merchants,
    get_merchant,
    list_notices,
)
