"""Adding a passkey, and an application that gives codes: a proof first, then what is new."""

import re
from typing import Any, Final

from litestar import Response, get, post

from admin.logins import totp
from api.gate.access import page, signed_in
from api.pages.account.securing import HOME, Form, asked, changed, proof_of
from api.pages.account.typed import shaped, wrong_of
from api.pages.visit import GivenVisit, Visit
from api.routes.secrets import (
    Code,
    NewPasskey,
    Proved,
    add_passkey,
    begin_codes,
    begin_passkey,
    confirm_codes,
)
from api.wire.problems import Problem
from ledger.refusals import Refusal

_SECRET: Final = re.compile("[A-Z2-7]{16,64}")


@get(f"{HOME}/cle", opt=page(signed_in()), include_in_schema=False)
async def ask_key(visit: GivenVisit) -> Response[bytes]:
    """Asks who adds a passkey to show that it is them."""
    return await asked(visit, "account/passkey.html")


@post(f"{HOME}/cle", opt=page(signed_in()), include_in_schema=False)
async def make_key(visit: GivenVisit) -> Response[bytes]:
    """Shows the button with which the browser makes a passkey."""

    async def begin(form: Form) -> Response[bytes]:
        begun = await visit.through(begin_passkey, data=shaped(Proved, proof=proof_of(form)))
        return visit.show("account/passkey_make.html", options=begun.options, label=visit.device)

    return await changed(visit, "account/passkey.html", begin)


@post(f"{HOME}/cle/ajout", opt=page(signed_in()), include_in_schema=False)
async def add_key(visit: GivenVisit) -> Response[bytes]:
    """Adds the passkey the browser made."""

    async def add(form: Form) -> Response[bytes]:
        label = form.get("nom") or visit.device
        data = shaped(NewPasskey, answer=form.get("passkey"), label=label)
        await visit.through(add_passkey, data=data)
        return visit.go(f"{HOME}?fait=cle")

    return await changed(visit, "account/passkey.html", add)


@get(f"{HOME}/application", opt=page(signed_in()), include_in_schema=False)
async def ask_application(visit: GivenVisit) -> Response[bytes]:
    """Asks who sets up codes to show that it is them."""
    return await asked(visit, "account/codes.html")


@post(f"{HOME}/application", opt=page(signed_in()), include_in_schema=False)
async def make_application(visit: GivenVisit) -> Response[bytes]:
    """Shows the secret of the application as a code to scan, and asks for a first code."""

    async def begin(form: Form) -> Response[bytes]:
        begun = await visit.through(begin_codes, data=shaped(Proved, proof=proof_of(form)))
        return _first_code(visit, begun.secret)

    return await changed(visit, "account/codes.html", begin)


@post(f"{HOME}/application/code", opt=page(signed_in()), include_in_schema=False)
async def confirm_application(visit: GivenVisit) -> Response[bytes]:
    """Takes the first code; a wrong one may be followed by the next."""
    form = await visit.form()
    secret = form.get("secret", "")
    try:
        data = shaped(Code, code=form.get("code", "").replace(" ", ""))
        told = await visit.asked(confirm_codes, data=data)
    except (Problem, Refusal) as error:
        wrong = wrong_of(visit, error)
        if _SECRET.fullmatch(secret) is None:
            return await asked(visit, "account/codes.html", wrong=wrong)
        return _first_code(visit, secret, wrong)
    on = f"{HOME}?fait=application" if told.content.role else "/role"
    return visit.go(on, like=told)


def _first_code(visit: Visit, secret: str, wrong: dict[str, Any] | None = None) -> Response[bytes]:
    """The page with the secret: told by the interface once, it goes along with the form."""
    uri = totp.uri(secret, visit.services.settings.currency_name)
    status = 200 if wrong is None else wrong["status"]
    facts: dict[str, Any] = {"uri": uri, "secret": secret, "wrong": wrong}
    return visit.show("account/codes_first.html", status=status, **facts)


ROUTES: Final = (ask_key, make_key, add_key, ask_application, make_application, confirm_application)
