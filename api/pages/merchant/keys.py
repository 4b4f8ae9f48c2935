"""Keys of a merchant's tills and programs: made and shown once, listed, revoked."""

from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from admin.logins.keys import Scope
from admin.roles import Act
from api.gate.access import may, page
from api.pages.merchant.common import shaped, wrong_of
from api.pages.visit import GivenVisit, Visit
from api.routes.keys import NewKey, list_keys, make_key, revoke_key
from api.wire.problems import Problem
from ledger.refusals import Refusal

PATH: Final = "/commerce/cles"
_FIELDS: Final = {
    "encaisser": Scope.TAKE_PAYMENTS,
    "lire": Scope.READ_PAYMENTS,
    "rembourser": Scope.REFUND,
    "journee": Scope.READ_DAY,
}


@get(PATH, opt=page(may(Act.MANAGE_KEYS)), include_in_schema=False)
async def show(visit: GivenVisit) -> Response[bytes]:
    """Shows the keys in use."""
    return await _shown(visit)


@post(PATH, opt=page(may(Act.MANAGE_KEYS)), include_in_schema=False)
async def make(visit: GivenVisit) -> Response[bytes]:
    """Makes a key; it is told here and nowhere again."""
    form = await visit.form()
    scopes = [scope for name, scope in _FIELDS.items() if form.get(name)]
    try:
        data = shaped(NewKey, label=form.get("nom", ""), scopes=scopes)
        made = await visit.through(make_key, data=data)
    except (Problem, Refusal) as error:
        return await _shown(visit, wrong_of(visit, error), form.get("nom", ""))
    return visit.show("merchant/key_made.html", made=made)


@post(PATH + "/{key:uuid}/retrait", opt=page(may(Act.MANAGE_KEYS)), include_in_schema=False)
async def revoke(key: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Revokes a key at once."""
    await visit.through(revoke_key, key=key)
    return visit.go(PATH)


async def _shown(
    visit: Visit, wrong: dict[str, Any] | None = None, typed: str = ""
) -> Response[bytes]:
    keys = (await visit.through(list_keys)).items
    status = 200 if wrong is None else wrong["status"]
    return visit.show("merchant/keys.html", status=status, keys=keys, wrong=wrong, typed=typed)


ROUTES: Final = (show, make, revoke)
