"""A programme is made, or holds otherwise from a later day on."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final, NamedTuple, cast
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from admin.aid.programmes import EXCLUDED_OF_CSE, SPONSORS
from admin.roles import Act, PartyClass, Role
from api.aid.accepting import descend
from api.gate.access import may, page
from api.pages.account.typed import shaped, wrong_of
from api.pages.aid.common import euro, present, typed, whole
from api.pages.forms import key_of, next_key
from api.pages.visit import GivenVisit, Visit
from api.routes.aid_programmes import (
    NewProgramme,
    NewVersion,
    create,
    get_programme,
    put_version,
)
from api.routes.directory import Shop, Shops, get_merchant, list_filieres, list_merchants
from api.wire.days import PARIS
from api.wire.problems import Problem
from ledger.refusals import Refusal

_CLASSES: Final = {
    Role.CCAS_VALIDATOR: PartyClass.CCAS,
    Role.WORKS_COUNCIL: PartyClass.WORKS_COUNCIL,
    Role.SPONSOR: PartyClass.SPONSOR,
}
_EMPTY: Final = {"jours": "90"}
_SEARCH: Final = "chercher"
_FOUND_MAX: Final = 20


class Chosen(NamedTuple):
    """What is ticked: filières by code, shops by id."""

    filieres: Sequence[str]
    merchants: Sequence[str]


@get("/aide/programmes/nouveau", opt=page(may(Act.CREATE_PROGRAMME)), include_in_schema=False)
async def begin(visit: GivenVisit) -> Response[bytes]:
    """Asks what a programme is to be."""
    return await _form(visit, _EMPTY, Chosen([], []))


@post("/aide/programmes/nouveau", opt=page(may(Act.CREATE_PROGRAMME)), include_in_schema=False)
async def make(visit: GivenVisit) -> Response[bytes]:
    """Makes a programme."""
    form = await visit.form()
    chosen = await _chosen(visit)
    if form.get("geste") == _SEARCH:
        return await _form(visit, form, chosen)
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
    return await _form(
        visit, _typed(found), Chosen(found.filieres, [str(one) for one in found.merchants]), found
    )


@post("/aide/programmes/{programme:uuid}/regles", opt=page(may(Act.CREATE_PROGRAMME)),
      include_in_schema=False)  # fmt: skip
async def change(programme: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Says what holds from a day on."""
    form = await visit.form()
    found = await visit.through(get_programme, programme=programme)
    chosen = await _chosen(visit)
    if form.get("geste") == _SEARCH:
        return await _form(visit, form, chosen, found)
    try:
        version = _version(form, chosen)
        since = _since(form.get("a_partir", ""), visit.services.clock.now())
        agreed = form.get("touche") == "oui"
        data = shaped(NewVersion, **version, valid_from=since.isoformat(), touches_given=agreed)
        await visit.through(put_version, programme=programme, data=data)
    except (Problem, Refusal) as error:
        return await _form(visit, form, chosen, found, wrong_of(visit, error))
    return visit.go(f"/aide/programmes/{programme}?fait=change")


async def _form(
    visit: Visit,
    form: Mapping[str, str],
    chosen: Chosen,
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
        chosen=chosen.filieres,
        picked=chosen.merchants,
        shops=await _shops(visit, chosen.merchants, form.get("cherche", "").strip(), whose),
        programme=programme,
        instruments=[one.value for one, classes in SPONSORS.items() if whose in classes],
        tree=tree,
        key=next_key(form, wrong),
    )


async def _chosen(visit: Visit) -> Chosen:
    sent = await visit.request.form()
    return Chosen(*([str(one) for one in sent.getall(n, [])] for n in ("filiere", "commerce")))


async def _shops(
    visit: Visit, picked: Sequence[str], words: str, whose: PartyClass
) -> list[dict[str, Any]]:
    """The shops that are picked, and those of the directory whose name or words were looked for."""
    shown = {one: await _shop(visit, one) for one in picked}
    if words:
        listed: Shops = await visit.through(list_merchants, q=words[:80], limit=_FOUND_MAX)
        tree = (await visit.through(list_filieres)).items
        food = descend({one.code: one.parent for one in tree}, EXCLUDED_OF_CSE)
        council = whose is PartyClass.WORKS_COUNCIL
        for one in listed.items:
            if not (council and food & set(one.filieres)):
                shown.setdefault(str(one.id), one)
    return [{"id": number, "shop": shop} for number, shop in shown.items()]


async def _shop(visit: Visit, number: str) -> Shop | None:
    """A shop of the directory; None: it is in it no more, or never was."""
    try:
        return cast("Shop", await visit.through(get_merchant, merchant=UUID(number)))
    except (Problem, ValueError):
        return None


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


def _version(form: Mapping[str, str], chosen: Chosen) -> dict[str, Any]:
    """What holds, as a program would send it.

    Raises:
        Problem: `malformed_amount`.
    """
    steps = {"first_adult": "adulte", "further_adult": "adulte_de_plus", "child": "enfant"}
    return {
        "opens_on": form.get("ouvre"),
        "ends_on": form.get("finit"),
        "aid_days": whole(form.get("jours") or "0"),
        "budget_line": form.get("ligne", ""),
        "formula": {
            name: euro(form[field], nothing=True)["amount"]
            for name, field in steps.items()
            if form.get(field)
        },
        "most": euro(form.get("plafond", "")),
        "filieres": chosen.filieres,
        "merchants": chosen.merchants,
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
