"""The first and the last day of the calendar, in every place where a day or an instant comes in.

What is reckoned from such a day, the next midnight or an hour before, is no date: it must be
refused before anybody reckons. The places are read off the description, so a new one is asked too.
"""

import copy
from uuid import uuid4

import pytest

from admin.roles import Role
from api.gate.asker import COOKIE
from api.openapi import document
from api.pages.every import PAGES
from api.routes import ROUTES
from tests.api.house import house
from tests.api.objects import KINDS
from tests.api.test_access import MATRIX, ROUTES_BY_ID, body_of, method_of, path_of
from tests.api.town import Town
from tests.database.world import tell

DAYS = ("0001-01-01", "1582-10-15", "9999-12-31")
INSTANTS = (
    "0001-01-01T00:00:00+14:00",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "9999-12-31T23:59:59-12:00",
)
EDGES = {"date": DAYS, "date-time": INSTANTS}


@pytest.fixture(scope="module")
async def home(fresh_database):
    async with house(fresh_database, routes=(*ROUTES, *PAGES)) as running:
        yield running


def dated(schemas, schema, place=()):
    """Each place below a schema that takes a day or an instant, and which of the two."""
    if "$ref" in schema:
        yield from dated(schemas, schemas[schema["$ref"].rpartition("/")[2]], place)
    if schema.get("format") in EDGES:
        yield place, schema["format"]
    for part in schema.get("anyOf", ()):
        yield from dated(schemas, part, place)
    for name, part in schema.get("properties", {}).items():
        yield from dated(schemas, part, (*place, name))


def places(app):
    """Operation, where (path, query or body), place and format of all that takes one."""
    described = document(app)
    for item in described["paths"].values():
        for operation in item.values():
            name = operation["operationId"]
            for one in operation.get("parameters", ()):
                if one["schema"].get("format") in EDGES:
                    yield name, one["in"], (one["name"],), one["schema"]["format"]
            for content in operation.get("requestBody", {}).get("content", {}).values():
                for place, form in dated(described["components"]["schemas"], content["schema"]):
                    yield name, "body", place, form


def put(body, place, value):
    changed = copy.deepcopy(body)
    part = changed
    for step in place[:-1]:
        part = part[step]
    part[place[-1]] = value
    return changed


async def ask(home, town, who, name, found):
    """An operation asked with one of its days at the edge, all else as it should be."""
    source, place, value = found
    route, row = ROUTES_BY_ID[name], MATRIX[name]
    kind = "till_day" if name == "listPayments" else row.get("object")
    made = await KINDS[kind](town, who) if kind else {}
    values = made if isinstance(made, dict) else {}
    params = {"till": values.get("till_id")} if name == "listPayments" else {}
    if source == "path":
        values = values | {place[0]: value}
    if source == "query":
        params[place[0]] = value
    body = body_of(home.app, route)
    return await home.client.request(
        method_of(route),
        path_of(route, values),
        params=params,
        json=put(body, place, value) if source == "body" else body,
        headers={"Idempotency-Key": str(uuid4())} | who.headers,
    )


async def test_no_day_at_the_edge_of_the_calendar_is_a_fault(home):
    town, asked = Town(home), 0
    for name, source, place, form in sorted(places(home.app)):
        who = await town.somebody(next((r for r in Role if r in MATRIX[name]["who"]), Role.SOLISTE))
        for value in EDGES[form]:
            answer = await ask(home, town, who, name, (source, place, value))
            assert answer.status_code in {400, 404, 422}, (name, source, place, value, answer.text)
            asked += 1
    tell(f"{asked} days and instants at the edges of the calendar are refused")
    assert asked > 50


async def test_a_page_of_such_a_day_is_not_there(home):
    town = Town(home)
    who = await town.somebody(Role.MERCHANT)
    till = (await KINDS["till_day"](town, who))["till_id"]
    for day in DAYS:
        sent = {"Cookie": f"{COOKIE}={who.token}", "Accept": "text/html"}
        page = await home.get(f"/caisse/{till}/jour/{day}", **sent)
        # The last day has not begun: it is shown as today is.
        assert page.status_code == (303 if day == DAYS[-1] else 404), (day, page.text)
