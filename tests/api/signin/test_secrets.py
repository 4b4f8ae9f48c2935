"""Secrets over HTTP: each change asks for more proof than a session that may have been stolen."""

import asyncio
from uuid import uuid4

import pyotp
import pytest

from admin.losses import recovery
from admin.people import granting, invitations
from admin.people.invitations import Invitation
from admin.roles import Role
from tests.api.signin.people import (
    OTHER_PHRASE,
    PHRASE,
    ask,
    authenticator_of,
    card_of,
    code,
    code_of,
    login_of,
    passkey_answer,
    with_token,
)
from tests.api.town import PIN
from tests.database.people.authenticator import Authenticator

PROOF = {"password": PHRASE}


async def test_a_password_is_changed_with_the_old_one_and_ends_the_other_sessions(town):
    login = await login_of(town, await town.resident())
    one, two = await login.signed_in(), await login.signed_in()
    new = {"password": OTHER_PHRASE}
    for proof in ({"password": "wrong password"}, {"passkey": "{}"}):
        answer = await one.ask("PUT", "/v1/me/password", new | {"proof": proof})
        assert code(answer) in {(401, "bad_credentials"), (401, "bad_passkey")}
    for weak, refused in (("short", "password_length"), ("passwordpassword", "password_guessable")):
        body = {"password": weak, "proof": PROOF}
        assert code(await one.ask("PUT", "/v1/me/password", body)) == (422, refused)
    changed = await one.ask("PUT", "/v1/me/password", new | {"proof": PROOF})
    assert changed.status_code == 204
    assert (await one.get("/v1/me")).status_code == 200
    assert code(await two.get("/v1/me")) == (401, "session_ended")
    assert code(await login.sign_in()) == (401, "bad_credentials")
    login.password = OTHER_PHRASE
    assert (await login.sign_in()).status_code == 201


@pytest.mark.parametrize(
    ("proof", "refusal"),
    [
        ({}, (422, "fields_contradict")),
        ({"password": "x", "passkey": "{}"}, (422, "fields_contradict")),
        ({"pin": "4711"}, (400, "malformed_body")),
    ],
)
async def test_one_proof_is_one_proof(town, proof, refusal):
    resident = await town.resident()
    answer = await resident.ask("PUT", "/v1/me/password", {"password": PHRASE, "proof": proof})
    assert code(answer) == refusal


async def test_a_stolen_password_changes_nothing_of_who_has_a_second_means(town, home):
    treasurer = await town.somebody(Role.TREASURER)
    login = await login_of(town, treasurer, code=True)
    thief = await login.signed_in()
    for method, path, body in (
        ("POST", "/v1/me/passkeys/challenges", {}),
        ("PUT", "/v1/me/password", {"password": OTHER_PHRASE}),
        ("PUT", "/v1/me/pin", {"pin": "2846"}),
        ("POST", "/v1/me/totp", {}),
    ):
        answer = await thief.ask(method, path, body | {"proof": PROOF})
        assert code(answer) == (401, "second_factor_needed"), path
    owner = await login.signed_in(code=code_of(town, login))
    begun = await owner.post("/v1/me/passkeys/challenges", {"proof": PROOF})
    assert begun.status_code == 201


async def test_a_passkey_is_added_listed_used_and_removed(town, home):
    resident = await town.resident()
    login = await login_of(town, resident)
    me = await login.signed_in()
    begun = await me.post("/v1/me/passkeys/challenges", {"proof": PROOF})
    site = town.services.site
    authenticator = Authenticator(site.host, site.origin)
    answer = authenticator.register(begun.json()["options"])
    other = await town.resident()
    body = {"answer": answer, "label": "Téléphone"}
    assert code(await other.post("/v1/me/passkeys", body)) == (401, "bad_passkey")
    added = await me.post("/v1/me/passkeys", body)
    assert added.status_code == 201
    assert code(await me.post("/v1/me/passkeys", body)) == (401, "bad_passkey")
    place = added.headers["location"]
    (listed,) = (await me.get("/v1/me/passkeys")).json()["items"]
    assert (listed["label"], place) == ("Téléphone", f"/v1/me/passkeys/{listed['id']}")
    assert code(await me.ask("DELETE", place)) == (401, "second_factor_needed")
    proof = {"passkey": await passkey_answer(home, authenticator)}
    strong = with_token(resident, (await me.post("/v1/sessions/factors", proof)).json()["token"])
    assert code(await other.ask("DELETE", place)) == (404, "not_found")
    assert code(await strong.ask("DELETE", place + "x")) == (404, "not_found")
    assert code(await strong.ask("DELETE", "/v1/me/passkeys/%C3%A9")) == (404, "not_found")
    assert (await strong.ask("DELETE", place)).status_code == 204
    assert code(await strong.ask("DELETE", place)) == (404, "not_found")


async def test_the_last_means_of_signing_in_is_kept(town, home):
    resident = await town.resident()
    authenticator = await authenticator_of(town, resident)
    given = {"passkey": await passkey_answer(home, authenticator)}
    token = (await ask(home, "/v1/sessions", given)).json()["token"]
    me = with_token(resident, token)
    (listed,) = (await me.get("/v1/me/passkeys")).json()["items"]
    assert code(await me.ask("DELETE", f"/v1/me/passkeys/{listed['id']}")) == (409, "last_means")


async def test_a_code_is_set_up_with_a_proof_and_counts_from_its_first_on(town):
    manager = await town.somebody(Role.MANAGER)
    login = await login_of(town, manager)
    me = await login.signed_in()
    wrong = {"proof": {"password": "wrong password"}}
    assert code(await me.post("/v1/me/totp", wrong)) == (401, "bad_credentials")
    told = (await me.post("/v1/me/totp", {"proof": PROOF})).json()
    assert told["secret"] in told["uri"]
    first = {"code": pyotp.TOTP(told["secret"]).at(town.now)}
    renewed = await me.post("/v1/me/totp/confirmations", first)
    strong = with_token(manager, renewed.json()["token"])
    assert renewed.json()["factors"] == ["password", "totp"]
    assert code(await me.get("/v1/me")) == (401, "session_ended")
    chosen = await strong.post("/v1/sessions/role", {"role": str(manager.grant)})
    again = with_token(manager, chosen.json()["token"])
    assert code(await again.post("/v1/me/totp", {"proof": PROOF})) == (409, "code_confirmed")


async def test_a_locked_pin_is_set_anew_by_its_owner_who_is_told(town, home):
    resident = await town.resident()
    login, number = await login_of(town, resident), await card_of(town, resident)
    for pin in ("0001", "0002", "0003", "0004", "0005", PIN):
        answer = await ask(home, "/v1/look-sessions", {"number": number, "pin": pin})
        assert code(answer) == (401, "bad_credentials")
    me = await login.signed_in()
    for weak in ("1234", "0000"):
        refused = await me.ask("PUT", "/v1/me/pin", {"pin": weak, "proof": PROOF})
        assert code(refused) == (422, "pin_guessable")
    done = await me.ask("PUT", "/v1/me/pin", {"pin": "2846", "proof": PROOF})
    assert done.status_code == 204
    answer = await ask(home, "/v1/look-sessions", {"number": number, "pin": "2846"})
    assert answer.status_code == 201
    query = f"select template from admin.message where party = {resident.party}"
    async with town.services.rows() as rows:
        assert "pin_set" in (await rows.exec_driver_sql(query)).scalars().all()


async def recovery_of(town, who):
    clerk = await town.somebody(Role.COMPTOIR)
    async with town.services.rows() as rows:
        return await recovery.offer(rows, user=who.user, actor=clerk.user, at=town.now)


async def test_a_recovery_gives_a_card_holder_an_identifier_and_a_password_once(town, home):
    resident, taken = await town.resident(), await login_of(town, await town.resident())
    token, name = await recovery_of(town, resident), f"{uuid4().hex}@example.org"
    body = {"token": token, "password": PHRASE}
    assert code(await ask(home, "/v1/recovered-logins", body)) == (422, "identifier_missing")
    clash = body | {"identifier": taken.identifier}
    assert code(await ask(home, "/v1/recovered-logins", clash)) == (409, "identifier_taken")
    weak = {"token": token, "password": "x" * 12, "identifier": name}
    assert code(await ask(home, "/v1/recovered-logins", weak)) == (422, "password_guessable")
    both = await asyncio.gather(
        *(ask(home, "/v1/recovered-logins", body | {"identifier": name}) for _ in range(5))
    )
    answers = sorted(code(answer) for answer in both)
    assert answers == [(204, None), *[(409, "recovery_unusable")] * 4]
    given = {"identifier": name, "password": PHRASE}
    assert (await ask(home, "/v1/sessions", given)).json()["party"] == resident.party


async def invitation_of(town, owner, role=Role.CASHIER):
    async with town.services.rows() as rows:
        by = await granting.grant_of(rows, owner.grant)
        offered = Invitation(uuid4(), owner.party, role, by)
        return await invitations.invite(rows, offered, town.now)


async def test_an_invitation_makes_one_login(town, home):
    owner = await town.somebody(Role.MERCHANT)
    token = await invitation_of(town, owner)

    def body(name):
        return {
            "invitation": token,
            "name": "Camille",
            "identifier": f"{name}@example.org",
            "password": PHRASE,
        }

    names = [uuid4().hex for _ in range(6)]
    answers = await asyncio.gather(*(ask(home, "/v1/logins", body(name)) for name in names))
    codes = sorted(code(answer) for answer in answers)
    assert codes == [(201, None), *[(409, "invitation_unusable")] * 5]
    made = next(n for n, answer in zip(names, answers, strict=True) if answer.status_code == 201)
    signed = await ask(
        home, "/v1/sessions", {"identifier": f"{made}@example.org", "password": PHRASE}
    )
    assert (signed.json()["role"], signed.json()["party"]) == ("CSH", owner.party)
    identifiers = ", ".join(f"'{name}@example.org'" for name in names)
    query = f"select count(*) from admin.users where identifier in ({identifiers})"
    async with town.services.rows() as rows:
        assert (await rows.exec_driver_sql(query)).scalar_one() == 1


async def test_who_is_signed_in_takes_an_invitation_up_and_may_choose_it(town):
    owner, resident = await town.somebody(Role.MERCHANT), await town.resident()
    token = await invitation_of(town, owner)
    taken = await resident.post("/v1/me/roles", {"invitation": token})
    assert (taken.status_code, taken.json()["role"]) == (201, "CSH")
    again = await resident.post("/v1/me/roles", {"invitation": token})
    assert code(again) == (409, "invitation_unusable")
    chosen = await resident.post("/v1/sessions/role", {"role": taken.json()["id"]})
    assert (chosen.json()["role"], chosen.json()["party"]) == ("CSH", owner.party)


async def test_a_password_is_not_made_of_its_owners_name(town, home):
    owner = await town.somebody(Role.MERCHANT)
    body = {
        "invitation": await invitation_of(town, owner),
        "name": "Philibert Vandermeersch",
        "identifier": "philibert@example.org",
        "password": "VandermeerschPhilibert",
    }
    assert code(await ask(home, "/v1/logins", body)) == (422, "password_guessable")


@pytest.mark.parametrize("name", ["\u202eennA", "Anne\u200b", "An\u2066ne", "An\x9bne"])
async def test_nobody_is_called_what_cannot_be_seen(town, home, name):
    body = {
        "invitation": await invitation_of(town, await town.somebody(Role.MERCHANT)),
        "name": name,
        "identifier": f"{uuid4().hex}@example.org",
        "password": PHRASE,
    }
    assert code(await ask(home, "/v1/logins", body)) == (400, "malformed_body")
    assert code(await ask(home, "/v1/logins", body | {"name": "Anne"})) == (201, None)
