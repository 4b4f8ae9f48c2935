"""Lists go on where their answer says: in the body and in a header, as every client reads it."""

import re
import typing
from datetime import timedelta
from uuid import uuid4

import pytest
from litestar import Response

from admin.roles import Role
from api.routes import ROUTES
from api.routes.orders import Orders
from api.wire.replying import begin, told
from tests.api.buying.buyers import booked, eur, member, ordered
from tests.api.house import house
from tests.api.money_acts import ACTS
from tests.api.town import Town

NEXT = re.compile(r'<(/v1/[^>]+)>; rel="next"')


def paged():
    return [route for route in ROUTES if "cursor" in route.parsed_fn_signature.parameters]


@pytest.mark.parametrize("route", paged(), ids=lambda route: route.operation_id)
def test_every_list_with_a_cursor_tells_the_next_one(route):
    shape = route.parsed_fn_signature.return_type.annotation
    shape = next(iter(typing.get_args(shape)), shape)
    assert "next_cursor" in shape.model_fields


def test_there_are_lists():
    assert len(paged()) >= 13


@pytest.fixture(scope="module")
async def town(fresh_database):
    async with house(fresh_database, routes=ROUTES) as running:
        yield Town(running)


async def test_whoever_follows_the_links_reads_each_thing_once(town):
    who = await member(town)
    made = [(await ordered(who, cents))["id"] for cents in (20_00, 21_00, 22_00)]
    place: str | None = "/v1/orders?limit=1"
    read: list[str] = []
    while place:
        page = await who.get(place)
        read += [one["id"] for one in page.json()["items"]]
        following = NEXT.fullmatch(page.headers.get("link", ""))
        assert (following is None) is (page.json()["next_cursor"] is None)
        place = following and following[1]
    assert read == made[::-1]
    assert (await who.get("/v1/orders")).json()["items"][0]["pay"] == eur(22_00)


TIMED = {
    "listOrders",
    "listMovements",
    "listCredits",
    "listInvoicePayments",
    "listRedemptions",
    "listBatches",
}
"""Lists of a party's money and of what became of it: asked for by time."""


def test_lists_of_money_are_asked_for_by_time():
    timed = {str(r.operation_id) for r in paged() if "made" in r.parsed_fn_signature.parameters}
    assert timed == TIMED


async def listed(town, place):
    """A list with a thing in it that was made a moment ago: who reads it, and its ids."""
    name, _, _ = place.partition("?")
    maker, field = MADE[name]
    who = await maker(town)
    return who, lambda page: [one[field] for one in page.json()["items"]]


async def orders(town):
    who = await member(town)
    await ordered(who)
    return who


async def credit(town):
    who = await town.somebody(Role.TREASURER)
    await booked(who, 20_00)
    return who


async def by_act(town, name):
    act = await ACTS[name](town)
    assert (await act.ask(uuid4())).status_code == 201
    return act.who


MADE = {
    "/v1/orders": (orders, "id"),
    "/v1/account/movements": (lambda town: town.resident(20_00), "id"),
    "/v1/bank-credits": (credit, "id"),
    "/v1/invoice-payments": (lambda town: by_act(town, "createInvoicePayment"), "id"),
    "/v1/redemptions": (lambda town: by_act(town, "requestRedemption"), "id"),
    "/v1/aid/batches": (lambda town: by_act(town, "submitAwards"), "id"),
}


@pytest.mark.parametrize("place", MADE)
async def test_a_list_tells_what_was_made_in_a_span(town, place):
    begun = town.now.isoformat()
    who, ids = await listed(town, place)
    later = (town.now + timedelta(seconds=1)).isoformat()
    whole = ids(await who.get(place, created_gte=begun))
    assert len(whole) == 1, whole
    assert ids(await who.get(place, created_gte=begun, created_lt=later)) == whole
    assert whole[0] not in ids(await who.get(place, created_lt=begun))
    assert ids(await who.get(place, created_gte=later)) == []


NO_INSTANTS = (
    "",
    "soon",
    "1764500000",
    "2026-11-30",
    "2026-11-30T10:00:00",
    "2026-13-30T10:00:00Z",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "2026-11-30T10:00:00Z" + "0" * 40,
)


@pytest.mark.parametrize("instant", NO_INSTANTS)
async def test_a_span_is_asked_for_by_instants_with_their_zone(town, instant):
    who = await member(town)
    for name in ("created_gte", "created_lt"):
        answer = await who.get("/v1/orders", **{name: instant})
        assert (answer.status_code, answer.json()["code"]) == (400, "malformed_parameter")
        assert answer.json()["errors"][0]["pointer"] == name


def test_a_link_keeps_what_was_asked_for_and_takes_the_new_cursor():
    begin("/v1/merchants", "filiere=bio%26vrac&cursor=old&q=pain%20bis")
    linked = told(Response(Orders(items=[], next_cursor="n_w-")))
    assert linked.headers["link"] == (
        '</v1/merchants?filiere=bio%26vrac&q=pain+bis&cursor=n_w->; rel="next"'
    )
    last = told(Response(Orders(items=[], next_cursor=None)))
    assert "link" not in last.headers
