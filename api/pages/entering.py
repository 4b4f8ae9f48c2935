"""Signing in on a page: in place, and back to what was begun."""

from collections.abc import Mapping
from typing import Final

from litestar import Response, get, post

from api.access import everybody, page
from api.pages.common import Back, ours
from api.pages.visit import GivenVisit, Visit
from api.problems import Problem, problem_of
from api.routes.sessions import SignIn, sign_in
from ledger.refusals import Refusal


@get("/connexion", opt=page(everybody()), include_in_schema=False)
async def ask(visit: GivenVisit, back: Back = "/") -> Response[bytes]:
    """Shows the form to sign in with."""
    return visit.show("account/sign_in.html", back=ours(back), wrong=None, login="")


@post("/connexion", opt=page(everybody()), include_in_schema=False)
async def enter(visit: GivenVisit) -> Response[bytes]:
    """Signs somebody in, and goes on to where they were."""
    form = await visit.form()
    back = ours(form.get("suite", "/"))
    try:
        return await entered(visit, form, back)
    except (Problem, Refusal) as error:
        wrong = problem_of(error)
        login = form.get("identifiant", "")
        status = wrong.entry.status
        return visit.show(
            "account/sign_in.html", status=status, back=back, wrong=wrong, login=login
        )


async def entered(visit: Visit, form: Mapping[str, str], back: str) -> Response[bytes]:
    """The way on with the cookies of a new session.

    Raises:
        Problem, Refusal: why nobody was let in.
    """
    data = SignIn(
        identifier=form.get("identifiant", ""),
        password=form.get("mot_de_passe", ""),
        label=visit.device,
        cookie=True,
    )
    told = await visit.asked(sign_in, data=data)
    return visit.go(back, like=told)


ROUTES: Final = (ask, enter)
