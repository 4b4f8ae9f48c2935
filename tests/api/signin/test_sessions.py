"""Sessions over HTTP: begun, renewed with every gain of right, listed, ended at once."""

import pytest

from admin.roles import PartyClass, Role
from api.gate.asker import COOKIE
from api.gate.handing import DEVICE_COOKIE
from tests.api.signin.people import (
    ask,
    authenticator_of,
    card_of,
    code,
    code_of,
    cookie,
    login_of,
    passkey_answer,
    with_token,
)
from tests.api.town import PIN

OURS = {"Sec-Fetch-Site": "same-origin"}


async def alive(who):
    return (await who.get("/v1/me")).status_code == 200


async def test_a_password_begins_a_session_in_the_only_role_there_is(town):
    resident = await town.resident()
    login = await login_of(town, resident)
    answer = await login.sign_in(label="Firefox")
    told = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/v1/sessions/{told['id']}"
    assert (told["role"], told["party"], told["factors"]) == ("SOL", resident.party, ["password"])
    assert "set-cookie" not in answer.headers
    me = (await with_token(resident, told["token"]).get("/v1/me")).json()
    assert (me["user"], me["session"], me["grant"]) == (
        str(resident.user), told["id"], str(resident.grant))  # fmt: skip
    means = {"password": True, "passkeys": 0, "code": False, "pin": True, "pin_locked": False}
    assert me["means"] == means


@pytest.mark.parametrize(
    "wrong",
    [
        {"password": "another phrase than that"},
        {"identifier": "nobody@example.org"},
    ],
)
async def test_a_wrong_half_is_refused_without_saying_which(town, wrong):
    login = await login_of(town, await town.resident())
    assert code(await login.sign_in(**wrong)) == (401, "bad_credentials")


@pytest.mark.parametrize(
    "body",
    [
        {"identifier": "a b", "password": "x"},
        {"identifier": "camille@example.org", "password": "x" * 257},
        {"identifier": "camille@example.org", "password": "x", "code": "12345"},
        {"identifier": "camille@example.org", "password": "x", "label": "a\x00b"},
        {"identifier": "camille@example.org", "password": "x", "label": "a" * 61},
        {"identifier": "camille@example.org", "password": "x", "device": "é"},
        {"identifier": "camille@example.org", "password": "x", "admin": True},
    ],
)
async def test_what_is_no_sign_in_is_malformed(home, body):
    assert code(await ask(home, "/v1/sessions", body)) == (400, "malformed_body")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"identifier": "camille@example.org"},
        {"password": "x"},
        {"passkey": "{}", "password": "x"},
        {"passkey": "{}", "code": "000000"},
    ],
)
async def test_halves_that_do_not_make_a_proof_contradict_each_other(home, body):
    assert code(await ask(home, "/v1/sessions", body)) == (422, "fields_contradict")


async def test_a_browser_gets_a_cookie_that_no_script_reads_and_no_token(town, home):
    login = await login_of(town, await town.resident())
    answer = await ask(home, "/v1/sessions", login.given | {"cookie": True}, **OURS)
    assert answer.status_code == 201
    assert (answer.json()["token"], answer.json()["device"]) == (None, None)
    told = {line.split("=")[0]: line for line in answer.headers.get_list("set-cookie")}
    session, device = told[COOKIE], told[DEVICE_COOKIE]
    for flag in ("Secure", "HttpOnly", "Path=/"):
        assert flag in session
        assert flag in device
    assert "SameSite=Lax" in session
    assert "SameSite=strict" in device
    assert "Domain" not in session + device
    token = session.split(";")[0].split("=", 1)[1]
    assert (await home.client.get("/v1/me", headers=cookie(token))).status_code == 200
    out = await home.client.delete("/v1/sessions/current", headers=cookie(token, **OURS))
    assert out.status_code == 204
    assert f"{COOKIE}=;" in out.headers["set-cookie"]
    assert "Max-Age=0" in out.headers["set-cookie"]
    gone = await home.client.get("/v1/me", headers=cookie(token))
    assert code(gone) == (401, "session_ended")


async def test_another_site_signs_nobody_in(town, home):
    login = await login_of(town, await town.resident())
    for headers in ({}, {"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = await ask(home, "/v1/sessions", login.given | {"cookie": True}, **headers)
        assert code(answer) == (403, "cross_site")


async def test_a_session_is_renewed_with_every_proof_and_role_and_the_old_token_is_dead(town):
    treasurer = await town.somebody(Role.TREASURER)
    login = await login_of(town, treasurer, code=True)
    first = await login.signed_in()
    told = (await first.get("/v1/me")).json()
    assert (told["role"], [role["role"] for role in told["roles"]]) == (None, ["TRE"])
    choice = {"role": str(treasurer.grant)}
    assert code(await first.post("/v1/sessions/role", choice)) == (401, "second_factor_needed")
    assert await alive(first)
    assert code(await first.post("/v1/sessions/factors", {"code": "000000"})) == (401, "bad_code")
    proved = await first.post("/v1/sessions/factors", {"code": code_of(town, login)})
    second = with_token(treasurer, proved.json()["token"])
    assert not await alive(first)
    assert proved.json()["factors"] == ["password", "totp"]
    chosen = await second.post("/v1/sessions/role", choice)
    third = with_token(treasurer, chosen.json()["token"])
    assert not await alive(second)
    assert (chosen.json()["role"], await alive(third)) == ("TRE", True)
    assert len({first.token, second.token, third.token}) == 3


async def test_a_proof_and_the_role_that_asked_for_it_are_given_at_once(town):
    treasurer = await town.somebody(Role.TREASURER)
    login = await login_of(town, treasurer, code=True)
    first = await login.signed_in()
    other = {"code": code_of(town, login), "role": str((await town.resident()).grant)}
    assert code(await first.post("/v1/sessions/factors", other)) == (401, "session_ended")
    login = await login_of(town, await town.somebody(Role.TREASURER), code=True)
    mine = await login.signed_in()
    both = {"code": code_of(town, login), "role": str(login.who.grant)}
    proved = await mine.post("/v1/sessions/factors", both)
    told = proved.json()
    assert (told["role"], told["factors"]) == ("TRE", ["password", "totp"])
    assert await alive(with_token(login.who, told["token"]))
    assert not await alive(mine)


async def test_a_cookie_is_renewed_by_a_cookie(town, home):
    resident = await town.resident()
    await town.signed_in(resident.user, resident.person, Role.CASHIER,
                         (await town.somebody(Role.MERCHANT)).party)  # fmt: skip
    login = await login_of(town, resident)
    answer = await ask(home, "/v1/sessions", login.given | {"cookie": True}, **OURS)
    assert (answer.json()["role"], len(answer.json()["roles"])) == (None, 2)
    old = answer.headers.get_list("set-cookie")[0].split(";")[0].split("=", 1)[1]
    cashier = next(role for role in answer.json()["roles"] if role["role"] == "CSH")
    chosen = await home.client.post(
        "/v1/sessions/role", json={"role": cashier["id"]}, headers=cookie(old, **OURS)
    )
    assert (chosen.json()["token"], chosen.json()["role"]) == (None, "CSH")
    new = chosen.headers["set-cookie"].split(";")[0].split("=", 1)[1]
    assert new != old
    assert (await home.client.get("/v1/me", headers=cookie(old))).status_code == 401
    assert (await home.client.get("/v1/me", headers=cookie(new))).json()["role"] == "CSH"


async def test_nobody_chooses_a_role_of_somebody_else(town):
    mine, other = await town.resident(), await town.somebody(Role.MERCHANT)
    answer = await mine.post("/v1/sessions/role", {"role": str(other.grant)})
    assert code(answer) == (401, "session_ended")
    assert await alive(mine)


async def test_a_role_may_be_asked_for_at_once_with_a_code(town):
    treasurer = await town.somebody(Role.TREASURER)
    login = await login_of(town, treasurer, code=True)
    asked = {"role": str(treasurer.grant)}
    assert code(await login.sign_in(**asked)) == (401, "second_factor_needed")
    answer = await login.sign_in(code=code_of(town, login), **asked)
    assert answer.json()["role"] == "TRE"
    assert code(await login.sign_in(code=code_of(town, login))) == (401, "bad_code")


async def test_a_passkey_signs_in_and_takes_a_staff_role(town, home):
    manager = await town.somebody(Role.MANAGER)
    authenticator = await authenticator_of(town, manager)
    given = {"passkey": await passkey_answer(home, authenticator)}
    answer = await ask(home, "/v1/sessions", given)
    assert (answer.json()["role"], answer.json()["factors"]) == ("GES", ["passkey"])
    assert code(await ask(home, "/v1/sessions", given)) == (401, "bad_passkey")


async def test_a_passkey_of_another_adds_no_proof(town, home):
    mine, other = await town.resident(), await town.resident()
    authenticator = await authenticator_of(town, other)
    for body in ({"passkey": await passkey_answer(home, authenticator)}, {"passkey": "{}"}):
        assert code(await mine.post("/v1/sessions/factors", body)) == (401, "bad_passkey")


async def test_sessions_are_listed_and_ended_one_by_one_or_all_but_this(town):
    resident = await town.resident()
    login = await login_of(town, resident)
    one, two, three = [await login.signed_in(label=label) for label in ("one", "two", "three")]
    listed = (await one.get("/v1/sessions")).json()["items"]
    assert {item["label"] for item in listed} == {"one", "two", "three", "tests"}
    assert [item["label"] for item in listed if item["current"]] == ["one"]
    ending = next(item["id"] for item in listed if item["label"] == "two")
    assert (await one.ask("DELETE", f"/v1/sessions/{ending}")).status_code == 204
    assert code(await one.ask("DELETE", f"/v1/sessions/{ending}")) == (404, "not_found")
    assert [await alive(who) for who in (one, two, three)] == [True, False, True]
    assert (await one.ask("DELETE", "/v1/sessions")).status_code == 204
    assert [await alive(who) for who in (one, two, three, resident)] == [True, *[False] * 3]


async def test_nobody_ends_the_session_of_another(town):
    mine, other = await town.resident(), await town.resident()
    theirs = (await other.get("/v1/me")).json()["session"]
    assert code(await mine.ask("DELETE", f"/v1/sessions/{theirs}")) == (404, "not_found")
    assert await alive(other)


async def test_a_role_taken_back_is_gone_at_the_next_request(town):
    owner = await town.somebody(Role.MERCHANT)
    cashier = await town.somebody(Role.CASHIER, party=owner.party)
    assert await alive(cashier)
    assert (await owner.ask("DELETE", f"/v1/roles/{cashier.grant}")).status_code == 204
    assert code(await cashier.get("/v1/me")) == (401, "session_ended")


async def told_elsewhere(town, who):
    query = (
        f"select count(*) from admin.message where party = {who.party}"
        " and template = 'signed_in_elsewhere'"
    )
    async with town.services.rows() as rows:
        return (await rows.exec_driver_sql(query)).scalar_one()


async def test_a_sign_in_on_a_new_device_is_told_to_the_holder_and_on_a_known_one_is_not(town):
    resident = await town.resident()
    login = await login_of(town, resident)
    device = (await login.sign_in()).json()["device"]
    assert await told_elsewhere(town, resident) == 1
    assert (await login.sign_in(device=device)).json()["device"] is None
    assert await told_elsewhere(town, resident) == 1
    assert (await login.sign_in(device="another")).json()["device"] not in {None, device}
    assert await told_elsewhere(town, resident) == 2


async def test_a_card_and_its_pin_see_the_account_and_change_nothing(town, home):
    resident = await town.resident()
    number = await card_of(town, resident)
    answer = await ask(home, "/v1/look-sessions", {"number": number, "pin": PIN})
    told = answer.json()
    assert answer.status_code == 201
    assert (told["scope"], told["role"], told["party"]) == ("look", "SOL", resident.party)
    looking = with_token(resident, told["token"])
    assert (await looking.get("/v1/me")).json()["party"] == resident.party
    for path, body in (
        ("/v1/sessions/role", {"role": str(resident.grant)}),
        ("/v1/me/passkeys/challenges", {"proof": {"password": "x"}}),
        ("/v1/me/roles", {"invitation": "x"}),
    ):
        assert code(await looking.post(path, body)) == (403, "forbidden")
    assert code(await looking.get("/v1/sessions")) == (403, "forbidden")
    assert (await looking.ask("DELETE", "/v1/sessions/current")).status_code == 204
    assert not await alive(looking)


async def test_a_merchants_owner_signs_in_for_the_shop(town):
    owner = await town.somebody(Role.MERCHANT, party_class=PartyClass.MERCHANT)
    login = await login_of(town, owner)
    assert (await login.sign_in()).json()["party"] == owner.party
