"""What whoever guesses, rides on a browser or floods is told: nothing, no, and later."""

import asyncio
import re
import time
from collections import Counter
from typing import Any
from uuid import uuid4

import httpx
import pytest

from admin.logins import pins
from admin.roles import Role
from api.gate.access import OPT
from api.routes import ROUTES
from tests.api.house import served
from tests.api.signin.people import (
    OTHER_PHRASE,
    PHRASE,
    ask,
    card_of,
    code,
    code_of,
    cookie,
    login_of,
    random_address,
    with_token,
)
from tests.api.test_access import body_of, method_of, path_of
from tests.api.town import PIN
from tests.database.world import tell

STATE_CHANGING = [
    route for route in ROUTES if method_of(route) != "GET" and not route.opt[OPT].public
]
PUBLIC_POSTS = [route for route in ROUTES if method_of(route) != "GET" and route.opt[OPT].public]
_COMES_BACK = 30
"""How often a client tries again that a busy service told to come later."""


# 58: the PIN ------------------------------------------------------------------------------------


@pytest.fixture
def evaluated(monkeypatch):
    """Which PINs were compared with a stored one, and whose."""
    seen = []
    real = pins.digest

    def counting(pepper, user, pin):
        seen.append((user, pin))
        return real(pepper, user, pin)

    monkeypatch.setattr(pins, "digest", counting)
    return seen


def confirming(who, pin):
    body = {"proof": {"pin": pin}, "payee": 7, "amount_cents": 4_000, "key": str(uuid4())}
    return who.post("/v1/test/confirmations", body)


async def test_of_a_hundred_pins_at_once_through_two_doors_five_are_evaluated(
    town, home, evaluated
):
    resident = await town.resident()
    number = await card_of(town, resident)
    evaluated.clear()
    wrong = [f"{7_000 + n}" for n in range(100)]

    def tried(n, pin):
        if n % 2:
            return ask(home, "/v1/look-sessions", {"number": number, "pin": pin})
        return confirming(resident, pin)

    answers = await asyncio.gather(*(tried(n, pin) for n, pin in enumerate(wrong)))
    codes = Counter(code(answer)[1] for answer in answers)
    count = len([user for user, _ in evaluated if user == resident.user])
    assert set(codes) <= {"bad_credentials", "wrong_pin", "pin_locked", "overloaded"}
    assert count <= 5
    for _ in range(20):
        looked = await ask(home, "/v1/look-sessions", {"number": number, "pin": PIN})
        assert code(looked) == (401, "bad_credentials")
        assert code(await confirming(resident, PIN)) == (409, "pin_locked")
    total = len([user for user, _ in evaluated if user == resident.user])
    assert total == 5
    tell(f"58: 100 PINs at once from 50 addresses and a session: {count} evaluated;"
         f" answers {dict(codes)}; 40 right ones then: {total - count} more evaluated")  # fmt: skip


async def test_a_pin_tried_over_many_cards_from_one_address_is_slowed(town, home):
    numbers = [await card_of(town, await town.resident()) for _ in range(30)]
    address = random_address()
    answers = [
        await ask(home, "/v1/look-sessions", {"number": number, "pin": "7777"}, address=address)
        for number in numbers
    ]
    told = Counter(code(answer)[1] for answer in answers)
    assert told["bad_credentials"] <= 21
    assert all("retry-after" in a.headers for a in answers if a.status_code == 429)
    tell(f"58: one PIN over 30 cards from one address: {dict(told)}")


# 60, 61: what rides on a browser ---------------------------------------------------------------


async def asker_for(town, route):
    roles = sorted(route.opt[OPT].roles)
    return await (town.somebody(Role(roles[0])) if roles else town.resident())


HOSTILE: tuple[dict[str, str], ...] = (
    {},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"},
)


async def test_no_page_of_another_site_changes_anything_with_our_cookie(town, home):
    asked = 0
    for route in STATE_CHANGING:
        who = await asker_for(town, route)
        for headers in HOSTILE:
            answer = await home.client.request(
                method_of(route),
                path_of(route, {}),
                json=body_of(home.app, route),
                headers=cookie(who.token, **headers) | {"Idempotency-Key": str(uuid4())},
            )
            assert code(answer) == (403, "cross_site"), (route.operation_id, headers)
            assert not [n for n in answer.headers if n.startswith("access-control-")]
            asked += 1
        assert (await who.get("/v1/me")).status_code == 200
    assert len(STATE_CHANGING) >= 19
    tell(f"61: {len(STATE_CHANGING)} state-changing operations x {len(HOSTILE)} hostile pages:"
         f" {asked} of {asked} refused")  # fmt: skip


async def test_a_form_of_another_site_is_no_json(town, home):
    told: Counter[Any] = Counter()
    for route in [*STATE_CHANGING, *PUBLIC_POSTS]:
        if body_of(home.app, route) is None:
            continue
        who = await asker_for(town, route)
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
            answer = await home.client.request(
                method_of(route),
                path_of(route, {}),
                content=b'{"a": 1}',
                headers=who.headers | {"Content-Type": kind, "Idempotency-Key": str(uuid4())},
            )
            told[code(answer)] += 1
    assert set(told) == {(415, "unsupported_media_type")}
    tell(f"61: bodies that are no JSON: {sum(told.values())} of {sum(told.values())} refused")


async def test_another_origin_is_never_told_that_it_may(home, town):
    who = await town.resident()
    asking = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    for route in ROUTES:
        path = path_of(route, {})
        for answer in (
            await home.client.options(path, headers=asking),
            await home.client.get(path, headers=cookie(who.token, **asking)),
        ):
            assert not [n for n in answer.headers if n.startswith("access-control-")], path
            assert answer.headers["x-frame-options"] == "DENY"
            assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


# 68: who is slowed, and who is not ---------------------------------------------------------------


async def burst(count, asking, width=16):
    """The codes of so many sign-ins, some at a time; told to come later, they do."""
    turns, later = asyncio.Semaphore(width), []

    async def one(n):
        async with turns:
            answer = await asking(n)
            for _ in range(_COMES_BACK):
                if code(answer)[1] != "overloaded":
                    break
                later.append(n)
                await asyncio.sleep(int(answer.headers["retry-after"]))
                answer = await asking(n)
            return code(answer)

    found = Counter(await asyncio.gather(*(one(n) for n in range(count))))
    tell(f"68: of {count} at once, {len(set(later))} were told to come later, and did")
    return found


async def test_a_login_is_tried_ten_times_from_wherever_and_its_owner_comes_in(town):
    login = await login_of(town, await town.resident())
    device = (await login.sign_in()).json()["device"]
    told = await burst(200, lambda _: login.sign_in(password="wrong password"))
    assert 10 <= told[401, "bad_credentials"] <= 12
    owner = await burst(30, lambda _: login.sign_in(device=device), width=4)
    stranger = code(await login.sign_in())
    assert owner == {(201, None): 30}
    assert stranger == (429, "too_many_tries")
    tell(f"68: 200 wrong passwords for a login from 200 addresses: {dict(told)};"
         f" its owner on a known device: {dict(owner)}; on a new one: {stranger}")  # fmt: skip


async def test_an_address_is_slowed_and_a_known_device_behind_it_is_not(town, home):
    address = random_address()
    logins = [await login_of(town, await town.resident()) for _ in range(20)]
    devices = [(await one.sign_in(address=address)).json()["device"] for one in logins]
    begun = time.monotonic()
    attack = await burst(
        300,
        lambda n: ask(
            home,
            "/v1/sessions",
            {"identifier": f"guess{n}@example.org", "password": PHRASE},
            address=address,
        ),
    )
    in_time = 100 + int(time.monotonic() - begun) + 1  # one more each second
    honest = await burst(
        60, lambda n: logins[n % 20].sign_in(address=address, device=devices[n % 20])
    )
    new = await login_of(town, await town.resident())
    looked = await ask(
        home, "/v1/look-sessions",
        {"number": await card_of(town, new.who), "pin": PIN}, address=address,
    )  # fmt: skip
    assert attack[401, "bad_credentials"] <= in_time
    assert attack[429, "too_many_tries"] > 0
    assert honest == {(201, None): 60}
    assert looked.status_code == 201
    stranger = code(await new.sign_in(address=address))
    tell(f"68: 300 guesses from one address: {dict(attack)}; 60 honest sign-ins behind the same"
         f" address on known devices: {dict(honest)}; a card and PIN there: {looked.status_code};"
         f" a new device there meanwhile: {stranger}")  # fmt: skip


async def test_three_hundred_honest_people_behind_one_address_are_never_refused(town):
    address = random_address()
    logins = [await login_of(town, await town.resident()) for _ in range(300)]
    told = await burst(300, lambda n: logins[n].sign_in(address=address))
    assert told == {(201, None): 300}
    tell(f"68: 300 honest people behind one new address: {dict(told)}, honest refusals 0")


async def test_who_is_told_that_the_service_is_busy_has_used_up_no_try(town, home, monkeypatch):
    address, login = random_address(), await login_of(town, await town.resident())
    with monkeypatch.context() as busy:
        busy.setattr(home.services.passwords, "_places", 0)
        told = await burst(150, lambda _: login.sign_in(address=address), width=8)
    assert told == {(503, "sign_in_busy"): 150}
    assert code(await login.sign_in(address=address)) == (201, None)


async def test_a_right_try_buys_no_wrong_one(town):
    address, mine = random_address(), await login_of(town, await town.resident())
    told: Counter[Any] = Counter()
    begun = time.monotonic()
    for n in range(260):
        if n % 2:
            told["mine", code(await mine.sign_in(address=address))[0]] += 1
        else:
            body = {"identifier": f"other{n}@example.org"}
            told["others", code(await mine.sign_in(address=address, **body))[0]] += 1
    in_time = 100 + int(time.monotonic() - begun) + 1  # one more each second
    assert told["others", 401] <= in_time
    tell(f"68: wrong tries between right ones from one address: {dict(told)}; at most {in_time}")


async def test_codes_of_one_user_are_slowed(town):
    treasurer = await town.somebody(Role.TREASURER)
    login = await login_of(town, treasurer, code=True)
    me = await login.signed_in()
    told = await burst(60, lambda n: me.post("/v1/sessions/factors", {"code": f"{n:06}"}))
    assert told[401, "bad_code"] <= 6
    assert set(told) == {(401, "bad_code"), (429, "too_many_tries")}
    tell(f"68: 60 codes at once for a user: {dict(told)}")


# What is written down of it ---------------------------------------------------------------------


async def test_the_log_of_a_sign_in_holds_no_secret_and_no_person(town, fresh_database):
    treasurer, resident = await town.somebody(Role.TREASURER), await town.resident()
    login = await login_of(town, treasurer, code=True)
    number, wrong = await card_of(town, resident), "never seen before this"
    known = code_of(town, login)
    secrets = [login.identifier, PHRASE, OTHER_PHRASE, wrong, number, PIN, known, login.secret]
    async with served(fresh_database) as (process, port):
        url = f"http://127.0.0.1:{port}"
        async with httpx.AsyncClient(base_url=url, timeout=30) as client:
            more: dict[str, str]
            for more in ({"code": known}, {"password": wrong}, {"role": "nonsense"}):
                answer = await client.post("/v1/sessions", json=login.given | more)
                secrets += re.findall(r'"(?:token|device)": ?"([^"]+)"', answer.text)
            for pin in (PIN, "0815"):
                body = {"number": number, "pin": pin}
                answer = await client.post("/v1/look-sessions", json=body)
                secrets += re.findall(r'"token": ?"([^"]+)"', answer.text)
            me = with_token(treasurer, secrets[-1])
            await client.post(
                "/v1/recovered-logins", json={"token": secrets[-1], "password": wrong}
            )
            changed = {"password": OTHER_PHRASE, "proof": {"password": PHRASE}}
            await client.put("/v1/me/password", json=changed, headers=me.headers)
        process.terminate()
        log = (await process.stderr.read()).decode()
    assert len(secrets) == 11
    assert log.count('"route"') == 7
    assert [secret for secret in secrets if secret in log] == []
