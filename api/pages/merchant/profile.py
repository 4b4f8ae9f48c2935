"""What a merchant says of itself, and what merchants propose to and seek from each other."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.params import QueryParameter

from admin.roles import Act
from api.gate.access import may, page
from api.pages.merchant.common import PROVING, proof_by, proof_of, shaped, wrong_of
from api.pages.visit import GivenVisit, Visit
from api.routes.directory import list_filieres, list_notices
from api.routes.profile import ProfileForm, ProfileTold, get_profile, put_profile
from api.wire.days import day_of
from api.wire.problems import Problem
from ledger.refusals import Refusal
from merchants.admission import masked_iban

PATH: Final = "/commerce/fiche"
_TEXTS: Final = {"description": "description", "proposes": "propose", "seeks": "cherche"}
_PAGE: Final = 20
Saved = Annotated[bool, QueryParameter(name="garde")]
Words = Annotated[str, QueryParameter(name="q", max_length=80)]
After = Annotated[str | None, QueryParameter(name="suite", max_length=400)]


@get(PATH, opt=page(may(Act.MANAGE_SHOP)), include_in_schema=False)
async def show(visit: GivenVisit, saved: Saved = False) -> Response[bytes]:
    """Shows what everybody may read of a merchant, to be changed."""
    return await _shown(visit, {}, saved=saved)


@post(PATH, opt=page(may(Act.MANAGE_SHOP)), include_in_schema=False)
async def change(visit: GivenVisit) -> Response[bytes]:
    """Changes it, if nobody else did meanwhile."""
    form = await visit.form()
    sent = await visit.request.form()
    chosen = [str(code) for code in sent.getall("filiere", [])]
    try:
        told: ProfileTold = await visit.through(get_profile)
        data = shaped(
            ProfileForm,
            **{name: form.get(field, "") for name, field in _TEXTS.items()},
            listed=bool(form.get("annuaire")),
            filieres=chosen,
            iban=form.get("iban") or told.iban,
            proof=proof_of(form),
        )
        await visit.through(put_profile, data=data, if_match=form.get("version"))
    except (Problem, Refusal) as error:
        return await _shown(visit, form, wrong_of(visit, error), chosen=chosen)
    return visit.go(f"{PATH}?garde=true")


async def _shown(
    visit: Visit,
    form: Mapping[str, str],
    wrong: dict[str, Any] | None = None,
    *,
    chosen: list[str] | None = None,
    saved: bool = False,
) -> Response[bytes]:
    answer = await visit.asked(get_profile)
    told: ProfileTold = answer.content
    proof = await proof_by(visit) if wrong and wrong["code"] in PROVING else None
    texts = {field: form.get(field, getattr(told, name)) for name, field in _TEXTS.items()}
    return visit.show(
        "merchant/profile.html",
        status=200 if wrong is None else wrong["status"],
        told=told,
        ended=told.status == "approved" and _over(visit, told),
        texts=texts,
        version=answer.headers["etag"],
        tree=(await visit.through(list_filieres)).items,
        chosen=told.filieres if chosen is None else chosen,
        listed=told.listed if not form else bool(form.get("annuaire")),
        iban=told.iban and masked_iban(told.iban),
        typed=form.get("iban", ""),
        proof=proof,
        notices=visit.may(list_notices),
        wrong=wrong,
        saved=saved,
    )


def _over(visit: Visit, told: ProfileTold) -> bool:
    """The last day of the approval is past: nothing has changed by itself."""
    today = day_of(visit.services.clock.now())
    return told.approved_until is not None and told.approved_until < today


@get("/commerce/annonces", opt=page(may(Act.SEE_NOTICES)), include_in_schema=False)
async def notices(visit: GivenVisit, q: Words = "", after: After = None) -> Response[bytes]:
    """Lists what merchants propose and seek, with these words or all."""
    words = q.strip()
    found = await visit.through(list_notices, q=words or None, limit=_PAGE, cursor=after)
    mine: ProfileTold = await visit.through(get_profile)
    return visit.show("merchant/notices.html", found=found, words=words, mine=mine)


ROUTES: Final = (show, change, notices)
