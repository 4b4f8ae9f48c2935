"""Lists go on where their answer says: in the body and in a header, as every client reads it."""

import re
import typing

import pytest
from litestar import Response

from api.replying import begin, told
from api.routes import ROUTES
from api.routes.orders import Orders
from tests.api.buying.buyers import eur, member, ordered
from tests.api.house import house
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
    place, read = "/v1/orders?limit=1", []
    while place:
        page = await who.get(place)
        read += [one["id"] for one in page.json()["items"]]
        following = NEXT.fullmatch(page.headers.get("link", ""))
        assert (following is None) is (page.json()["next_cursor"] is None)
        place = following and following[1]
    assert read == made[::-1]
    assert (await who.get("/v1/orders")).json()["items"][0]["pay"] == eur(22_00)


def test_a_link_keeps_what_was_asked_for_and_takes_the_new_cursor():
    begin("/v1/merchants", "filiere=bio%26vrac&cursor=old&q=pain%20bis")
    linked = told(Response(Orders(items=[], next_cursor="n_w-")))
    assert linked.headers["link"] == (
        '</v1/merchants?filiere=bio%26vrac&q=pain+bis&cursor=n_w->; rel="next"'
    )
    last = told(Response(Orders(items=[], next_cursor=None)))
    assert "link" not in last.headers
