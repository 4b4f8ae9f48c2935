"""Becoming an approved shop: what is promised, what is asked, and how far the application is."""

from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from api.gate.access import everybody, page
from api.pages.forms import key_of, next_key
from api.pages.merchant.common import shaped, wrong_of
from api.pages.visit import GivenVisit, Visit
from api.routes.applications import apply, get_state
from api.routes.directory import list_filieres
from api.shops.shapes import ApplicationForm, ContactPerson
from api.wire.problems import Problem
from ledger.refusals import Refusal
from merchants.admission import CHARTER, MerchantClass
from merchants.refusals import CharterOutdated

PATH: Final = "/devenir-commerce"
_CLASSES: Final = {"commerce": MerchantClass.MERCHANT, "association": MerchantClass.ASSOCIATION}
_TEXTS: Final = {
    "name": "nom",
    "siret": "siret",
    "street": "rue",
    "postal_code": "code_postal",
    "commune": "commune",
    "description": "description",
    "commitments": "engagements",
}


_FIELDS: Final = (*_TEXTS.values(), "genre", "contact", "email", "telephone", "iban", "charte")


@get(PATH, opt=page(everybody()), include_in_schema=False)
async def ask(visit: GivenVisit) -> Response[bytes]:
    """Shows what an approved shop promises, and the form."""
    return await _form(visit, {})


@post(PATH, opt=page(everybody()), include_in_schema=False)
async def send(visit: GivenVisit) -> Response[bytes]:
    """Takes an application."""
    form = dict(await visit.form())
    chosen = [str(code) for code in (await visit.request.form()).getall("filiere", [])]
    key = key_of(form)
    try:
        made = await visit.through(apply, data=_body(form, chosen), key=key)
    except (Problem, Refusal) as error:
        return await _form(visit, form, chosen, wrong_of(visit, error))
    return visit.go(f"{PATH}/{made.id}")


@get(PATH + "/{application:uuid}", opt=page(everybody()), include_in_schema=False)
async def follow(application: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Shows how far an application is; its address is the applicant's to keep."""
    told = await visit.through(get_state, application=application)
    return visit.show("merchant/application.html", told=told)


def _body(form: dict[str, str], chosen: list[str]) -> Any:
    contact = shaped(
        ContactPerson,
        name=form.get("contact", ""),
        email=form.get("email") or None,
        phone=form.get("telephone") or None,
    )
    if not form.get("charte"):
        raise CharterOutdated(CHARTER)
    return shaped(
        ApplicationForm,
        merchant_class=_CLASSES.get(form.get("genre", ""), MerchantClass.MERCHANT),
        **{name: form.get(field, "") for name, field in _TEXTS.items()},
        filieres=chosen,
        contact=contact,
        iban=form.get("iban") or None,
        charter=CHARTER,
    )


async def _form(
    visit: Visit,
    form: dict[str, str],
    chosen: list[str] | None = None,
    wrong: dict[str, Any] | None = None,
) -> Response[bytes]:
    return visit.show(
        "merchant/apply.html",
        status=200 if wrong is None else wrong["status"],
        typed=dict.fromkeys(_FIELDS, "") | form,
        key=next_key(form, wrong),
        tree=(await visit.through(list_filieres)).items,
        chosen=chosen or [],
        charter=CHARTER,
        wrong=wrong,
    )


ROUTES: Final = (ask, send, follow)
