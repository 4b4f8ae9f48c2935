"""What one signs in with, on one page: sessions, passkeys, password, secret code, codes by phone.

Each change asks for the password or a passkey once more; whoever has a second proof and did not
use it in this session is asked for it first, and comes back.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final
from urllib.parse import quote
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from admin.refusals import SecondFactorNeeded
from api.gate.access import page, signed_in
from api.pages.account.typed import shaped, wrong_of
from api.pages.entering import SECOND, Done
from api.pages.visit import GivenVisit, Visit
from api.routes.me import get_me
from api.routes.secrets import (
    NewPassword,
    NewPin,
    list_passkeys,
    remove_passkey,
    set_password,
    set_pin,
)
from api.routes.sessions import end_others, end_session, list_sessions
from api.wire.problems import Problem
from ledger.refusals import Refusal

HOME: Final = "/securite"
Form = Mapping[str, str]


@get(HOME, opt=page(signed_in()), include_in_schema=False)
async def overview(visit: GivenVisit, done: Done = "") -> Response[bytes]:
    """Shows by what and where one is signed in."""
    return await _overview(visit, done=done)


async def _overview(
    visit: Visit, *, done: str = "", wrong: dict[str, Any] | None = None
) -> Response[bytes]:
    facts: dict[str, Any] = {
        "me": await visit.through(get_me),
        "sessions": (await visit.through(list_sessions)).items,
        "passkeys": (await visit.through(list_passkeys)).items,
    }
    status = 200 if wrong is None else wrong["status"]
    return visit.show("account/security.html", status=status, **facts, done=done, wrong=wrong)


@post(f"{HOME}/sessions/{{session:uuid}}/fin", opt=page(signed_in()), include_in_schema=False)
async def end(session: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Ends a session; one that had ended is as good."""
    try:
        await visit.through(end_session, session=session)
    except Problem as error:
        if error.code != "not_found":
            raise
    return visit.go(f"{HOME}?fait=session")


@post(f"{HOME}/sessions/fin", opt=page(signed_in()), include_in_schema=False)
async def end_all(visit: GivenVisit) -> Response[bytes]:
    """Ends every session but this one."""
    await visit.through(end_others)
    return visit.go(f"{HOME}?fait=sessions")


@post(f"{HOME}/cles/{{key:str}}/retrait", opt=page(signed_in()), include_in_schema=False)
async def forget_key(key: FromPath[str], visit: GivenVisit) -> Response[bytes]:
    """Removes a passkey, unless it is the last way in."""
    try:
        await visit.through(remove_passkey, passkey=key)
    except SecondFactorNeeded:
        return visit.go(f"{SECOND}?suite={HOME}")
    except (Problem, Refusal) as error:
        return await _overview(visit, wrong=wrong_of(visit, error))
    return visit.go(f"{HOME}?fait=cle_retiree")


@get(f"{HOME}/mot-de-passe", opt=page(signed_in()), include_in_schema=False)
async def ask_password(visit: GivenVisit) -> Response[bytes]:
    """Shows the form for another password."""
    return await asked(visit, "account/password.html")


@post(f"{HOME}/mot-de-passe", opt=page(signed_in()), include_in_schema=False)
async def change_password(visit: GivenVisit) -> Response[bytes]:
    """Sets another password; other devices are signed out."""

    async def change(form: Form) -> Response[bytes]:
        data = shaped(NewPassword, password=form.get("nouveau"), proof=proof_of(form))
        await visit.through(set_password, data=data)
        return visit.go(f"{HOME}?fait=mot_de_passe")

    return await changed(visit, "account/password.html", change)


@get(f"{HOME}/code-secret", opt=page(signed_in()), include_in_schema=False)
async def ask_pin(visit: GivenVisit) -> Response[bytes]:
    """Shows the form for another secret code."""
    return await asked(visit, "account/pin.html")


@post(f"{HOME}/code-secret", opt=page(signed_in()), include_in_schema=False)
async def change_pin(visit: GivenVisit) -> Response[bytes]:
    """Sets another secret code."""

    async def change(form: Form) -> Response[bytes]:
        data = shaped(NewPin, pin=form.get("nouveau"), proof=proof_of(form))
        await visit.through(set_pin, data=data)
        return visit.go(f"{HOME}?fait=code")

    return await changed(visit, "account/pin.html", change)


def proof_of(form: Form) -> dict[str, str]:
    """The password or the passkey's answer of a form; the passkey when both are there."""
    if form.get("passkey"):
        return {"passkey": form["passkey"]}
    return {"password": form.get("preuve", "")}


async def asked(visit: Visit, template: str, **facts: Any) -> Response[bytes]:
    """A form that changes a secret."""
    me = await visit.through(get_me)
    wrong = facts.setdefault("wrong", None)
    return visit.show(template, status=wrong["status"] if wrong else 200, me=me, **facts)


async def changed(
    visit: Visit, template: str, change: Callable[[Form], Awaitable[Response[bytes]]]
) -> Response[bytes]:
    """The answer to a form that changes a secret: done, once more proof, or why not."""
    form = await visit.form()
    try:
        return await change(form)
    except SecondFactorNeeded:
        return visit.go(f"{SECOND}?suite={quote(visit.path, safe='/')}")
    except (Problem, Refusal) as error:
        return await asked(visit, template, wrong=wrong_of(visit, error))


ROUTES: Final = (
    overview,
    end,
    end_all,
    forget_key,
    ask_password,
    change_password,
    ask_pin,
    change_pin,
)
