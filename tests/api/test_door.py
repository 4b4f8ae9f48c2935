"""Who is let in: by bearer or cookie, never from another site, and never a moment too long."""

import asyncio
import time
from dataclasses import replace

import pytest
from litestar import get, post

from admin import events
from admin.logins import keys, sessions
from admin.logins.keys import Scope
from admin.people import granting
from admin.roles import Act, Role
from api.app import create_app
from api.gate.access import everybody, may, signed_in
from api.gate.asker import COOKIE
from api.gate.given import GivenAsker
from api.settings import Settings
from api.wire.shapes import Told
from tests.api.acts import ACTS
from tests.api.house import house
from tests.api.town import Town
from tests.patience import until

SOON_SECONDS = 2.0


class Me(Told):
    party: int | None


@get("/v1/test/mine", operation_id="testMine", opt=may(Act.PAY))
async def mine(asker: GivenAsker) -> Me:
    return Me(party=asker.party)


@get("/v1/test/till", operation_id="testTill", opt=may(Act.REQUEST_PAYMENT, scope=Scope.READ_DAY))
async def till(asker: GivenAsker) -> Me:
    return Me(party=asker.party)


@post("/v1/test/mine", operation_id="testChange", opt=signed_in())
async def change(asker: GivenAsker) -> Me:
    return Me(party=asker.party)


@get("/v1/test/look", operation_id="testLook", opt=may(Act.SEE_OWN_ACCOUNT, look=True))
async def look(asker: GivenAsker) -> Me:
    return Me(party=asker.party)


@pytest.fixture(scope="module")
async def home(fresh_database):
    async with house(fresh_database, routes=(*ACTS, mine, till, change, look)) as running:
        yield running


@pytest.fixture(scope="module")
async def town(home):
    return Town(home)


def code(answer):
    return answer.status_code, answer.json().get("code")


async def until_refused(ask):
    """The answer once the role, the session or the key is gone for this process too."""
    begun = time.monotonic()
    while (answer := await ask()).status_code == 200:
        assert time.monotonic() - begun < SOON_SECONDS
        await asyncio.sleep(0.005)
    return answer


async def test_nobody_is_told_to_say_who_they_are(home):
    answer = await home.get("/v1/test/mine")
    assert code(answer) == (401, "unauthenticated")
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("token", ["x", "é" * 40, "bsl_nobody", "a" * 10_000, "bsl_" + "a" * 500])
async def test_a_token_of_nobody_is_no_session(home, token):
    header = f"Bearer {token}".encode()
    answer = await home.client.get("/v1/test/mine", headers={b"Authorization": header})
    assert answer.status_code == 401


async def test_a_role_that_does_the_act_passes_and_another_does_not(town):
    resident, treasurer = await town.resident(), await town.somebody(Role.TREASURER)
    assert (await resident.get("/v1/test/mine")).json() == {"party": resident.party}
    assert code(await treasurer.get("/v1/test/mine")) == (403, "forbidden")


async def test_a_key_does_what_its_scope_says_and_nothing_else(town):
    merchant = await town.somebody(Role.MERCHANT)
    reader = await town.key(merchant, Scope.READ_DAY)
    taker = await town.key(merchant, Scope.TAKE_PAYMENTS)
    assert (await reader.get("/v1/test/till")).json() == {"party": merchant.party}
    assert code(await taker.get("/v1/test/till")) == (403, "forbidden")
    assert code(await reader.get("/v1/test/mine")) == (403, "forbidden")
    assert code(await reader.ask("POST", "/v1/test/mine")) == (403, "forbidden")


async def test_a_card_and_a_pin_look_and_do_nothing_else(town, home):
    resident = await town.resident()
    async with town.services.rows() as rows:
        who = sessions.SignedIn(resident.user, frozenset({"card", "pin"}), "card", scope="look")
        resident.token = await sessions.issue(rows, who, town.now, grant=resident.grant)
    assert (await resident.get("/v1/test/look")).status_code == 200
    assert code(await resident.get("/v1/test/mine")) == (403, "forbidden")
    assert code(await resident.ask("POST", "/v1/test/mine")) == (403, "forbidden")


async def test_a_role_taken_back_is_gone_at_the_next_request(town):
    resident = await town.resident()
    assert (await resident.get("/v1/test/mine")).status_code == 200
    async with town.services.rows() as rows:
        await granting.end(rows, grant=resident.grant, actor=None, at=town.now)
    answer = await until_refused(lambda: resident.get("/v1/test/mine"))
    assert code(answer) == (401, "session_ended")


async def test_a_session_ended_elsewhere_and_a_revoked_key_are_gone_here(town):
    merchant = await town.somebody(Role.MERCHANT)
    key = await town.key(merchant, Scope.READ_DAY)
    assert (await key.get("/v1/test/till")).status_code == 200
    assert (await merchant.get("/v1/test/mine")).status_code == 200
    async with town.services.rows() as rows:
        await sessions.revoke_all(rows, user=merchant.user, at=town.now, actor=None)
        await keys.revoke(
            rows, party=merchant.party, key=key.grant, actor=merchant.user, at=town.now
        )
    assert code(await until_refused(lambda: merchant.get("/v1/test/mine"))) == (
        401, "session_ended")  # fmt: skip
    assert code(await until_refused(lambda: key.get("/v1/test/till"))) == (401, "key_unusable")


async def test_who_hears_nothing_remembers_nobody(town, fresh_database):
    resident = await town.resident()
    recognition = town.services.recognition
    assert (await resident.get("/v1/test/mine")).status_code == 200
    assert recognition.remembered > 0
    connection = await fresh_database.connect()
    query = "select pid from pg_stat_activity where query like 'LISTEN%' and datname = $1"
    for row in await connection.fetch(query, fresh_database.name):
        await connection.fetchval("select pg_terminate_backend($1)", row["pid"])
    await connection.close()
    await until(lambda: not recognition.listening, every=0.002)
    assert recognition.remembered == 0
    await until(lambda: recognition.listening)
    assert (await resident.get("/v1/test/mine")).status_code == 200


async def test_what_changes_while_somebody_is_recognised_is_not_remembered(town):
    resident = await town.resident()
    recognition = town.services.recognition
    recognition.forget()
    asking = asyncio.create_task(recognition.of(resident.token))
    await asyncio.sleep(0)
    recognition.heard(f"user {resident.user}")
    await asking
    assert recognition.remembered == 0


def cookie_of(who, **headers):
    return {"Cookie": f"{COOKIE}={who.token}", **headers}


async def test_a_cookie_reads_and_changes_from_our_own_pages(town, home):
    resident, ours = await town.resident(), f"127.0.0.1:{home.port}"
    read = await home.client.get("/v1/test/mine", headers=cookie_of(resident))
    assert read.status_code == 200
    for headers in ({"Origin": f"http://{ours}"}, {"Sec-Fetch-Site": "same-origin"}):
        sent = cookie_of(resident, **headers)
        answer = await home.client.post("/v1/test/mine", headers=sent, json={})
        assert answer.status_code == 201, answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost.evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"},
    ],
)
async def test_another_site_changes_nothing_with_our_cookie(town, home, headers):
    resident = await town.resident()
    sent = cookie_of(resident, **headers)
    answer = await home.client.post("/v1/test/mine", headers=sent, json={})
    assert code(answer) == (403, "cross_site")


async def test_no_origin_is_told_that_it_may_read_us(home):
    answer = await home.client.get("/v1/cover", headers={"Origin": "https://evil.example"})
    assert not [name for name in answer.headers if name.startswith("access-control-")]


def test_a_route_that_says_nothing_of_who_may_ask_keeps_the_service_from_starting():
    @get("/v1/test/silent", operation_id="testSilent")
    async def silent() -> Me:
        return Me(party=None)

    with pytest.raises(AssertionError, match="silent"):
        create_app(Settings(database_url="postgresql://nobody@nowhere/none"), routes=(silent,))


def test_a_rule_for_everybody_names_no_role():
    rule = everybody()["access"]
    assert rule.public
    assert replace(rule, public=False).roles == frozenset()
    assert events.CHANNEL == "people"
