"""The directory: who takes the currency, as a list, as a drawn map, and each shop by itself."""

from collections import Counter
from functools import partial
from typing import Annotated, Any, Final, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath, QueryParameter

from api.gate.access import everybody, page
from api.pages.public.boulonnais import COAST, HEIGHT, LAND, QUAYS, RIVERS, TOWNS, WIDTH, WOODS
from api.pages.public.shapes import KINDS, kind_of, roots
from api.pages.visit import GivenVisit, Visit
from api.routes.directory import (
    Shop,
    get_merchant,
    list_communes,
    list_filieres,
    list_merchants,
    list_notices,
)
from api.wire.cursors import LIMIT_MAX

ON_A_PAGE: Final = 25
_READ_MAX: Final = 2_000
_MAP: Final = {
    "width": WIDTH, "height": HEIGHT, "coast": COAST, "land": LAND,
    "rivers": RIVERS, "woods": WOODS, "quays": QUAYS,
}  # fmt: skip
Words = Annotated[str, QueryParameter(name="q", max_length=80)]
Commune = Annotated[str, QueryParameter(name="commune", max_length=80)]
OfFiliere = Annotated[str, QueryParameter(name="filiere", max_length=40, pattern="^[a-z_]*$")]
Number = Annotated[int, QueryParameter(name="page", ge=1, le=999)]


class Pin(NamedTuple):
    """A commune on the map: how many of the shops that fit, and of what kind most of them are."""

    town: Any
    shops: int
    kind: str


@get("/commerces", opt=page(everybody()), include_in_schema=False)
async def directory(
    visit: GivenVisit,
    filiere: OfFiliere = "",
    commune: Commune = "",
    words: Words = "",
    number: Number = 1,
) -> Response[bytes]:
    """Shows who takes the currency, by branch, commune and words; the map leads to each commune."""
    branches = (await visit.through(list_filieres)).items
    root_of = roots(branches)
    fitting = await found(visit, filiere=filiere or None, q=words.strip() or None)
    kinds = {shop.id: kind_of(shop.filieres, root_of) for shop in fitting}
    shown = [shop for shop in fitting if commune in {"", shop.commune}]
    pages = max(1, -(-len(shown) // ON_A_PAGE))
    number = min(number, pages)
    facts = {
        "branches": [one for one in branches if one.parent is None],
        "named": {one.code: getattr(one, visit.language) for one in branches},
        "kind_of": KINDS,
        "kinds": kinds,
        "filiere": filiere,
        "commune": commune,
        "words": words.strip(),
        "communes": (await visit.through(list_communes)).items,
        "count": len(shown),
        "shops": shown[(number - 1) * ON_A_PAGE : number * ON_A_PAGE],
        "number": number,
        "pages": pages,
        "pins": pins(fitting, kinds),
        "drawn": _MAP,
        "where": partial(_where, filiere=filiere, commune=commune, q=words.strip()),
    }
    return visit.show("public/directory.html", **facts)


def _where(**asked: Any) -> str:
    """The address of the directory for what is asked; a page of the list begins at the first."""
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"/commerces?{query}" if query else "/commerces"


async def found(visit: Visit, **wanted: Any) -> list[Shop]:
    """All shops that fit, page after page of the interface; at most 2,000."""
    shops: list[Shop] = []
    cursor = None
    while len(shops) < _READ_MAX:
        told = await visit.through(list_merchants, **wanted, limit=LIMIT_MAX, cursor=cursor)
        shops += told.items
        cursor = told.next_cursor
        if cursor is None:
            break
    return shops


def pins(shops: list[Shop], kinds: dict[UUID, str]) -> list[Pin]:
    """The communes of the map where shops are, from north to south, as the eye reads them."""
    there: dict[str, Counter[str]] = {}
    for shop in shops:
        there.setdefault(shop.commune.replace("'", "’"), Counter())[kinds[shop.id]] += 1
    made = [
        Pin(TOWNS[name], sum(counts.values()), counts.most_common(1)[0][0])
        for name, counts in there.items()
        if name in TOWNS
    ]
    empty = [Pin(town, 0, "") for town in TOWNS.values() if town.always and town.name not in there]
    return sorted(made + empty, key=lambda pin: float(pin.town.y))


@get("/commerces/{merchant:uuid}", opt=page(everybody()), include_in_schema=False)
async def shop(merchant: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Shows a shop: where it is, what it sells, and to merchants what it proposes and seeks."""
    told: Shop = await visit.through(get_merchant, merchant=merchant)
    branches = (await visit.through(list_filieres)).items
    facts = {
        "shop": told,
        "kind": kind_of(told.filieres, roots(branches)),
        "named": {one.code: getattr(one, visit.language) for one in branches},
        "notice": await _notice(visit, told),
        "town": TOWNS.get(told.commune.replace("'", "’")),
        "drawn": _MAP,
    }
    return visit.show("public/shop.html", **facts)


async def _notice(visit: Visit, told: Shop) -> Any:
    """What the shop proposes and seeks, for those who may read it."""
    if not visit.may(list_notices):
        return None
    notices = await visit.through(list_notices, q=told.name, limit=LIMIT_MAX)
    return next((one for one in notices.items if one.merchant == told.id), None)


ROUTES: Final = (directory, shop)
