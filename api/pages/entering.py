"""Signing in and out on a page: by passkey or password, in place, and back to what was begun."""

from collections.abc import Mapping
from typing import Annotated, Any, Final
from urllib.parse import quote

from litestar import Response, get, post
from litestar.params import QueryParameter

from admin.roles import STAFF
from api.gate.access import everybody, page
from api.gate.handing import NewSession, gone_cookie
from api.pages.account.typed import shaped, wrong_of
from api.pages.common import Back, ours
from api.pages.visit import GivenVisit, Visit
from api.routes.sessions import SignIn, sign_in, sign_out
from api.wire.problems import Problem
from ledger.refusals import Refusal

SECOND: Final = "/connexion/preuve"
CHOICE: Final = "/role"
Done = Annotated[str, QueryParameter(name="fait", max_length=20, pattern="^[a-z_]*$")]
"""The type of a page's parameter that says what has just been done."""


@get("/connexion", opt=page(everybody()), include_in_schema=False)
async def ask(visit: GivenVisit, back: Back = "/", done: Done = "") -> Response[bytes]:
    """Shows the form to sign in with."""
    return _form(visit, ours(back), done=done)


@post("/connexion", opt=page(everybody()), include_in_schema=False)
async def enter(visit: GivenVisit) -> Response[bytes]:
    """Signs somebody in, and goes on to where they were."""
    form = await visit.form()
    back = ours(form.get("suite", "/"))
    try:
        return await entered(visit, form, back)
    except (Problem, Refusal) as error:
        wrong = wrong_of(visit, error)
        return _form(visit, back, login=form.get("identifiant", ""), wrong=wrong)


def _form(
    visit: Visit, back: str, *, login: str = "", done: str = "", wrong: dict[str, Any] | None = None
) -> Response[bytes]:
    status = 200 if wrong is None else wrong["status"]
    facts: dict[str, Any] = {"back": back, "login": login, "done": done, "wrong": wrong}
    return visit.show("account/sign_in.html", status=status, **facts)


async def entered(visit: Visit, form: Mapping[str, str], back: str) -> Response[bytes]:
    """The way on with the cookies of a new session.

    Raises:
        Problem, Refusal: why nobody was let in.
    """
    passkey = form.get("passkey")
    means = {"identifier": form.get("identifiant"), "password": form.get("mot_de_passe")}
    given = {"passkey": passkey} if passkey else means
    data = shaped(SignIn, **given, label=visit.device, cookie=True)
    told: Response[NewSession] = await visit.asked(sign_in, data=data)
    return visit.go(onward(told.content, back), like=told)


def onward(session: NewSession, back: str) -> str:
    """Where a new session goes: on, or to the choice of a role, or to one more proof."""
    if session.role is not None:
        return back
    known = {"passkey", "totp"} & set(session.factors)
    only_staff = session.roles and all(held.role in STAFF for held in session.roles)
    place = SECOND if only_staff and not known else CHOICE
    return f"{place}?suite={quote(back, safe='/')}"


@post("/deconnexion", opt=page(everybody()), include_in_schema=False)
async def leave(visit: GivenVisit) -> Response[bytes]:
    """Ends the session that asks, if there is one, and makes the browser forget it."""
    if visit.asker is not None:
        await visit.asked(sign_out)
    gone = Response(None, headers={"set-cookie": gone_cookie()})
    return visit.go("/connexion?fait=sorti", like=gone)


ROUTES: Final = (ask, enter, leave)
