"""A programme is made, or holds otherwise from a later day on."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from admin.aid.programmes import EXCLUDED_OF_CSE, SPONSORS
from admin.roles import Act, PartyClass, Role
from api.access import may, page
from api.days import PARIS
from api.ids import new_id
from api.pages.account.typed import shaped, wrong_of
from api.pages.aid.common import euro, present, typed
from api.pages.forms import cents, key_of
from api.pages.visit import GivenVisit, Visit
from api.problems import Problem
from api.routes.aid_programmes import (
    NewProgramme,
    NewVersion,
    create,
    get_programme,
    put_version,
)
from api.routes.directory import list_filieres
from ledger.refusals import Refusal

_CLASSES: Final = {
    Role.CCAS_VALIDATOR: PartyClass.CCAS,
    Role.WORKS_COUNCIL: PartyClass.WORKS_COUNCIL,
    Role.SPONSOR: PartyClass.SPONSOR,
}
_EMPTY: Final = {"jours": "90"}


@get("/aide/programmes/nouveau", opt=page(may(Act.CREATE_PROGRAMME)), include_in_schema=False)
async def begin(visit: GivenVisit) -> Response[bytes]:
    """Asks what a programme is to be."""
    return await _form(visit, _EMPTY, ())


@post("/aide/programmes/nouveau", opt=page(may(Act.CREATE_PROGRAMME)), include_in_schema=False)
async def make(visit: GivenVisit) -> Response[bytes]:
    """Makes a programme."""
    form = await visit.form()
    chosen = await _chosen(visit)
    try:
        data = shaped(
            NewProgramme,
            instrument=form.get("titre"),
            name=form.get("nom"),
            convention_reference=form.get("convention"),
            clause=form.get("clause"),
            on_expiry="return" if form.get("clause") else None,
            version=_version(form, chosen),
        )
        made = await visit.through(create, data=data, key=key_of(form))
    except (Problem, Refusal) as error:
        return await _form(visit, form, chosen, wrong=wrong_of(visit, error))
    return visit.go(f"/aide/programmes/{made.id}")


@get("/aide/programmes/{programme:uuid}/regles", opt=page(may(Act.CREATE_PROGRAMME)),
     include_in_schema=False)  # fmt: skip
async def revise(programme: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Asks what is to hold of a programme from now or later on."""
    found = await visit.through(get_programme, programme=programme)
    return await _form(visit, _typed(found), found.filieres, found)


@post("/aide/programmes/{programme:uuid}/regles", opt=page(may(Act.CREATE_PROGRAMME)),
      include_in_schema=False)  # fmt: skip
async def change(programme: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Says what holds from a day on."""
    form = await visit.form()
    found = await visit.through(get_programme, programme=programme)
    chosen = await _chosen(visit)
    try:
        version = _version(form, chosen) | {"merchants": [str(one) for one in found.merchants]}
        since = _since(form.get("a_partir", ""), visit.services.clock.now())
        data = shaped(NewVersion, **version, valid_from=since.isoformat())
        await visit.through(put_version, programme=programme, data=data)
    except (Problem, Refusal) as error:
        return await _form(visit, form, chosen, found, wrong_of(visit, error))
    return visit.go(f"/aide/programmes/{programme}?fait=change")


async def _form(
    visit: Visit,
    form: Mapping[str, str],
    chosen: Any,
    programme: Any = None,
    wrong: dict[str, Any] | None = None,
) -> Response[bytes]:
    assert visit.asker is not None, "the rule of the page says so"
    assert visit.asker.role is not None, "the rule of the page says so"
    whose = _CLASSES[visit.asker.role]
    tree = (await visit.through(list_filieres)).items
    if whose is PartyClass.WORKS_COUNCIL:  # never ordinary food: it is not there to be chosen
        tree = [one for one in tree if not {one.code, one.parent} & EXCLUDED_OF_CSE]
    return await present(
        visit,
        "programme_form.html",
        "home",
        wrong=wrong,
        typed=typed(form),
        chosen=chosen,
        programme=programme,
        instruments=[one.value for one, classes in SPONSORS.items() if whose in classes],
        tree=tree,
        key=form.get("cle") or new_id(),
    )


async def _chosen(visit: Visit) -> list[str]:
    sent = await visit.request.form()
    return [str(one) for one in sent.getall("filiere", [])]


def _since(day: str, now: datetime) -> datetime:
    """The first instant of a day in Paris; of tomorrow when none is named.

    Raises:
        Problem: `malformed_body`.
    """
    tomorrow = now.astimezone(PARIS).date() + timedelta(days=1)
    try:
        wanted = date.fromisoformat(day) if day else tomorrow
    except ValueError:
        raise Problem("malformed_body") from None
    return datetime.combine(wanted, time(), PARIS)


def _version(form: Mapping[str, str], chosen: list[str]) -> dict[str, Any]:
    """What holds, as a program would send it.

    Raises:
        Problem: `malformed_amount`.
    """
    steps = {"first_adult": "adulte", "further_adult": "adulte_de_plus", "child": "enfant"}
    return {
        "opens_on": form.get("ouvre"),
        "ends_on": form.get("finit"),
        "aid_days": int(form.get("jours") or 0),
        "budget_line": form.get("ligne", ""),
        "formula": {
            name: cents(form[field]) or 0 for name, field in steps.items() if form.get(field)
        },
        "most": euro(form.get("plafond", "")),
        "filieres": chosen,
    }


def _typed(programme: Any) -> dict[str, str]:
    """A programme in force, as it would be typed."""
    formula = programme.formula
    return {
        "ouvre": programme.opens_on.isoformat(),
        "finit": programme.ends_on.isoformat(),
        "jours": str(programme.aid_days),
        "ligne": programme.budget_line,
        "plafond": _euros(programme.most.amount),
        "adulte": _euros(formula.first_adult),
        "adulte_de_plus": _euros(formula.further_adult),
        "enfant": _euros(formula.child),
    }


def _euros(amount: int) -> str:
    return f"{amount // 100},{amount % 100:02}" if amount else ""


ROUTES: Final = (begin, make, revise, change)
