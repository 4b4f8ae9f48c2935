"""The first three persons of an installation: named once, by whoever runs it."""

import os
import subprocess
import sys

import pyotp
import pytest

from api.commands.staff import found
from api.failures import Failure
from api.settings import variable
from tests.api.house import settings_of
from tests.api.signin.people import PHRASE, ask, code

BOUSOL = f"{sys.prefix}/bin/bousol"
NAMES = {"treasurer": "Anne Roy", "manager": "Luc Petit", "technician": "Zoé Lamy"}


@pytest.fixture
def run(fresh_database):
    settings = settings_of(fresh_database)
    names = ("database_url", "migration_url", "ccas_url", "home")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BOUSOL_")}
    environment = kept | {variable(name): str(getattr(settings, name)) for name in names}

    def running(**changed):
        options = [f"--{role}={name}" for role, name in (NAMES | changed).items()]
        return subprocess.run(
            [BOUSOL, "staff", "found", *options],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    return running


def tokens_of(result):
    assert result.returncode == 0, result.stderr
    lines = [line.rsplit(": ", 1) for line in result.stdout.splitlines()]
    return {who.split(" ", 1)[0]: token for who, token in lines}


async def bearer(home, method, path, body, token):
    sent = {"Authorization": f"Bearer {token}"}
    return await ask(home, path, body, method=method, **sent)


async def first_steps(home, town, role, token):
    """From a token on paper to a session in the role."""
    given = {"identifier": f"{role.lower()}@example.org", "password": PHRASE}
    redeemed = await ask(home, "/v1/recovered-logins", {"token": token, **given})
    assert redeemed.status_code == 204, redeemed.text
    session = (await ask(home, "/v1/sessions", given)).json()
    assert (session["role"], [one["role"] for one in session["roles"]]) == (None, [role])
    proof = {"proof": {"password": PHRASE}}
    made = (await bearer(home, "POST", "/v1/me/totp", proof, session["token"])).json()
    first = {"code": pyotp.TOTP(made["secret"]).at(town.now)}
    strong = await bearer(home, "POST", "/v1/me/totp/confirmations", first, session["token"])
    choice = {"role": session["roles"][0]["id"]}
    chosen = await bearer(home, "POST", "/v1/sessions/role", choice, strong.json()["token"])
    assert chosen.json()["role"] == role
    return chosen.json()["token"]


async def test_three_persons_are_named_once_and_give_every_further_role(run, home, town):
    first, second = tokens_of(run()), tokens_of(run())
    assert set(first) == set(second) == {"TRE", "GES", "ADM"}
    void = {"token": first["TRE"], "password": PHRASE, "identifier": "x@example.org"}
    assert code(await ask(home, "/v1/recovered-logins", void)) == (409, "recovery_unusable")
    others = run(treasurer="Somebody Else")
    assert (others.returncode, others.stdout) == (2, "")
    assert "first staff" in others.stderr
    technician = await first_steps(home, town, "ADM", second["ADM"])
    third = tokens_of(run())
    assert set(third) == {"TRE", "GES"}
    manager = await first_steps(home, town, "GES", third["GES"])
    refused = run()
    assert (refused.returncode, refused.stdout) == (2, "")
    made = (await bearer(home, "POST", "/v1/invitations", {"role": "AUD"}, technician)).json()
    place = f"/v1/invitations/{made['id']}/confirmations"
    assert (await bearer(home, "POST", place, None, manager)).status_code == 204
    login = {"name": "Sam", "identifier": "sam@example.org", "password": PHRASE}
    taken = await ask(home, "/v1/logins", login | {"invitation": made["token"]})
    assert (taken.status_code, taken.json()["role"]) == (201, "AUD")


@pytest.mark.parametrize(
    "changed",
    [
        {"treasurer": ""},
        {"treasurer": "a\tb"},
        {"treasurer": "Luc Petit"},
        {"manager": "x" * 121},
    ],
)
async def test_a_name_that_is_none_is_refused_in_one_sentence(fresh_database, changed):
    with pytest.raises(Failure) as refused:
        await found(settings_of(fresh_database), **(NAMES | changed))
    assert str(refused.value).endswith(".")
