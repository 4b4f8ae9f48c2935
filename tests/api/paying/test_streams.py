"""Streams of tills and requests: told at once, nothing missed, ended when the service stops."""

import asyncio
import json
import time
from contextlib import asynccontextmanager
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from admin.logins import sessions
from admin.roles import Role
from api.paying import streaming
from api.routes import ROUTES
from tests.api.house import house
from tests.api.paying import shops
from tests.api.paying.shops import asks, pays, takes
from tests.api.town import Town, Who
from tests.database.world import tell


class Stream:
    """Events of a stream as they come."""

    def __init__(self, lines):
        self._lines = lines

    async def next(self, seconds=5):
        event: dict[str, Any] = {}
        async with asyncio.timeout(seconds):
            async for line in self._lines:
                if not line and event:
                    return event
                name, _, value = line.partition(": ")
                if name in {"id", "event", "data"}:
                    event[name] = json.loads(value) if name == "data" else value
        return None


@asynccontextmanager
async def stream(who, address, since=None):
    headers = who.headers | ({"Last-Event-ID": since} if since else {})
    async with who.house.client.stream("GET", address, headers=headers) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield Stream(answer.aiter_lines())


async def test_a_till_is_told_of_its_payments_and_of_no_others(town, shop, till):
    payer = await town.resident(60_00)
    _, card = await shops.card(town, payer)
    other = await shops.shop(town, owner=await town.somebody(shop.owner.role))
    async with stream(till, f"/v1/tills/{shop.till}/events") as events:
        assert (await events.next())["event"] == "open"
        await pays(payer, other.code, 1_00)
        begun = time.monotonic()
        paid = (await pays(payer, shop.code, 12_60)).json()
        told = await events.next()
        tell(f"payment asked to event heard: {(time.monotonic() - begun) * 1000:.0f} ms")
        assert (told["event"], told["data"]["short_code"]) == ("payment", paid["short_code"])
        assert "balance" not in told["data"]
        taken = (await takes(till, shop, card, 3_00)).json()
        assert (await events.next())["data"]["entry"] == taken["payment"]
        body = {"amount": {"amount": 100, "currency": "BSL"}}
        await shop.owner.post(f"/v1/payments/{paid['payment']}/refunds", body)
        back = await events.next()
        assert (back["event"], back["data"]["payment"]) == ("refund", paid["payment"])


async def test_a_page_follows_on_from_the_moment_it_was_made(town, shop, till):
    payer = await town.resident(60_00)
    await pays(payer, shop.code, 1_00)
    place = await town.services.paying.places.of(shop.till)
    made = await streaming.cursor(town.services, place)
    paid = [(await pays(payer, shop.code, cents)).json()["payment"] for cents in (2_00, 3_00)]
    async with stream(till, f"/v1/tills/{shop.till}/events", made) as events:
        assert (await events.next())["event"] == "open"
        assert [(await events.next())["data"]["entry"] for _ in paid] == paid


async def test_whoever_comes_back_has_missed_nothing_and_hears_nothing_twice(town, till, shop):
    payer, since = await town.resident(90_00), None
    heard: list[str] = []

    async def pay():
        return [(await pays(payer, shop.code, 50)).json()["payment"] for _ in range(30)]

    async with stream(till, f"/v1/tills/{shop.till}/events") as events:
        since = (await events.next())["id"]
    paying = asyncio.create_task(pay())
    while len(heard) < 30:
        async with stream(till, f"/v1/tills/{shop.till}/events", since) as events:
            await events.next()
            for _ in range(min(7, 30 - len(heard))):
                event = await events.next()
                heard.append(event["data"]["entry"])
                since = event["id"]
    assert heard == await paying


async def test_a_cursor_of_another_till_is_refused(town, till, shop):
    other = await shops.shop(town)
    async with stream(till, f"/v1/tills/{shop.till}/events") as events:
        since = (await events.next())["id"]
    answer = await other.owner.ask(
        "GET", f"/v1/tills/{other.till}/events", **{"Last-Event-ID": since}
    )
    assert answer.json()["code"] == "cursor_unusable"
    assert (await other.owner.get(f"/v1/tills/{shop.till}/events")).status_code == 404


async def test_a_request_is_followed_until_it_is_paid_or_cancelled(town, till, shop):
    payer = await town.resident(20_00)
    asked = await asks(till, shop, 4_00)
    async with stream(till, f"/v1/payment-requests/{asked['request']}/events") as events:
        assert (await events.next())["event"] == "open"
        paid = (await pays(payer, asked["link"])).json()
        told = await events.next()
        assert (told["event"], told["data"]["entry"]) == ("paid", paid["payment"])
        assert await events.next() is None
    asked = await asks(till, shop, 4_00)
    async with stream(till, f"/v1/payment-requests/{asked['request']}/events") as events:
        assert (await events.next())["event"] == "open"
        await till.ask("POST", f"/v1/payment-requests/{asked['request']}/cancellation")
        assert (await events.next())["event"] == "cancelled"


async def test_another_process_of_the_same_ledger_tells_its_tills_too(home, town, shop, till):
    payer = await town.resident(20_00)
    database = home.services.settings
    async with house_of(database) as second:
        there = Town(second)
        other = Who(**(vars(till) | {"house": there.house}))
        async with stream(other, f"/v1/tills/{shop.till}/events") as events:
            await events.next()
            paid = (await pays(payer, shop.code, 2_00)).json()
            assert (await events.next())["data"]["entry"] == paid["payment"]


@asynccontextmanager
async def house_of(settings):
    same: Any = SimpleNamespace(
        app_url=settings.database_url,
        owner_url=settings.migration_url,
        ccas_url=settings.ccas_url,
    )
    async with house(same, routes=ROUTES, public_url=settings.public_url) as running:
        yield running


@pytest.mark.parametrize("what", ["role", "session", "key"])
async def test_a_stream_ends_with_the_role_session_or_key_it_was_opened_with(town, shop, what):
    owner, made = shop.owner, {"label": "Tablette", "scopes": ["payments:read", "payments:write"]}
    who = await town.somebody(Role.CASHIER, party=owner.party)
    key = (await owner.post("/v1/keys", made)).json()
    if what == "key":
        who = replace(who, token=key["key"])
    asked = await asks(who, shop, 2_00)
    both = (f"/v1/tills/{shop.till}/events", f"/v1/payment-requests/{asked['request']}/events")
    async with stream(who, both[0]) as till, stream(who, both[1]) as request:
        assert [(await one.next())["event"] for one in (till, request)] == ["open", "open"]
        path = {
            "role": f"/v1/roles/{who.grant}",
            "session": "/v1/sessions/current",
            "key": f"/v1/keys/{key['id']}",
        }
        gone = await (who if what == "session" else owner).ask("DELETE", path[what])
        assert gone.status_code == 204, gone.text
        payer = await town.resident(20_00)
        assert (await pays(payer, asked["link"])).status_code == 201
        assert [await one.next() for one in (till, request)] == [None, None]


async def test_a_stream_ends_once_its_session_has_run_out(town, shop):
    who = await town.somebody(Role.CASHIER, party=shop.owner.party)
    life = sessions.ROLE_TERMS[Role.CASHIER].life
    async with stream(who, f"/v1/tills/{shop.till}/events") as events:
        assert (await events.next())["event"] == "open"
        await pays(await town.resident(20_00), shop.code, 1_00)
        assert (await events.next())["event"] == "payment"
        town.services.clock.ahead += life
        try:
            await pays(await town.resident(20_00), shop.code, 1_00)
            assert await events.next() is None
        finally:
            town.services.clock.ahead -= life


async def test_a_stop_ends_the_streams_at_once(home, shop, till):
    async with house_of(home.services.settings) as second:
        other = Who(**(vars(till) | {"house": second}))
        context = stream(other, f"/v1/tills/{shop.till}/events")
        events = await context.__aenter__()
        await events.next()
        begun = time.monotonic()
    assert time.monotonic() - begun < 3
    await context.__aexit__(None, None, None)


async def test_more_streams_than_there_is_room_for_are_told_to_come_back(
    home, shop, till, monkeypatch
):
    monkeypatch.setattr("api.paying.following.FOLLOWERS_MAX", 1)
    async with stream(till, f"/v1/tills/{shop.till}/events") as events:
        await events.next()
        answer = await till.get(f"/v1/tills/{shop.till}/events")
        assert (answer.status_code, answer.json()["code"]) == (503, "overloaded")
