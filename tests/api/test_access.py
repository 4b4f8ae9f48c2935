"""The access matrix, executed: every role, every route, own, another's and no object.

What a route's own code says of who may ask (`opt`) and what access.toml says are written apart; an
operation without a row fails here, and so does a row without an operation.
"""

import re
import tomllib
from pathlib import Path
from uuid import uuid4

import pytest

from admin.logins import sessions
from admin.logins.keys import Scope
from admin.roles import Role
from api.gate.access import OPT
from api.openapi import document
from api.routes import ROUTES
from tests.api.house import house
from tests.api.objects import KINDS
from tests.api.town import Town, Who
from tests.database.world import tell

MATRIX = tomllib.loads((Path(__file__).parent / "access.toml").read_text(encoding="utf-8"))
ROUTES_BY_ID = {str(route.operation_id): route for route in ROUTES}
OPERATIONS = sorted(ROUTES_BY_ID)
NOBODY, CHOOSING, LOOK = "nobody", "signed in, no role", "card and PIN"
ASKERS = [NOBODY, CHOOSING, LOOK, *Role, *(f"key {scope}" for scope in Scope)]
REFUSED = {401, 403}
SHUT_OUT = (b'"forbidden"', b'"unauthenticated"')


@pytest.fixture(scope="module")
async def home(fresh_database):
    async with house(fresh_database, routes=ROUTES) as running:
        yield running


@pytest.fixture(scope="module")
async def town(home):
    return Town(home)


@pytest.fixture(scope="module")
async def askers(town):
    return await of_every_sort(town)


async def of_every_sort(town):
    """Somebody of every sort, each of a party of their own."""
    everybody: dict[str, Who] = {role: await town.somebody(role) for role in Role}
    merchant = everybody[Role.MERCHANT]
    for scope in Scope:
        everybody[f"key {scope}"] = await town.key(merchant, scope)
    everybody[CHOOSING] = await session(town, await town.resident(), "password", grant=False)
    everybody[LOOK] = await session(town, await town.resident(), "pin", scope="look")
    nobody = await town.resident()
    everybody[NOBODY] = Who(**(vars(nobody) | {"token": ""}))
    return everybody


async def session(town, who, factor, *, scope="full", grant=True):
    async with town.services.rows() as rows:
        signed = sessions.SignedIn(who.user, frozenset({factor}), "tests", scope=scope)
        given = who.grant if grant else None
        who.token = await sessions.issue(rows, signed, town.now, grant=given)
    return who


def test_every_operation_has_its_row_and_every_row_its_operation():
    assert set(MATRIX) == set(OPERATIONS)


def test_the_rule_of_each_route_is_what_the_matrix_says():
    for name in OPERATIONS:
        rule, row = ROUTES_BY_ID[name].opt[OPT], MATRIX[name]
        said = {"everybody": rule.public, "signed in": rule.signed_in}
        who = [word for word, holds in said.items() if holds] or sorted(rule.roles)
        assert (who, rule.look, rule.scope) == (
            sorted(row["who"]), row.get("look", False), row.get("key")), name  # fmt: skip


def lets(row, asker):
    """Whether the matrix lets this sort of asker in."""
    if "everybody" in row["who"]:
        return True
    if asker == LOOK:
        return row.get("look", False)
    if str(asker).startswith("key "):
        return asker == f"key {row.get('key')}"
    return asker != NOBODY and ("signed in" in row["who"] or asker in row["who"])


def method_of(route):
    return next(iter(route.http_methods - {"HEAD"}), "GET")


def path_of(route, values):
    """The address, with each parameter's value, or one that names nothing."""
    path = next(iter(route.paths))

    def value(match):
        name, _, form = match[1].partition(":")
        return str(values.get(name, uuid4() if form == "uuid" else 987_654 if form == "int" else
                              "2027-03-05" if form == "date" else "nothing"))  # fmt: skip

    return re.sub(r"\{([^}]+)\}", value, path)


def body_of(app, route):
    """The example of the body that the description shows."""
    schemas = document(app)["components"]["schemas"]
    for item in document(app)["paths"].values():
        for operation in item.values():
            if isinstance(operation, dict) and operation.get("operationId") == route.operation_id:
                content = operation.get("requestBody", {}).get("content", {})
                if not content:
                    return None
                shape = next(iter(content.values()))["schema"]["$ref"].rsplit("/", 1)[1]
                assert schemas[shape].get("examples"), f"{shape} shows no example"
                return schemas[shape]["examples"][0]
    return None


async def ask(home, route, who, values):
    headers = {"Idempotency-Key": str(uuid4())} | (who.headers if who.token else {})
    # A stream answers for ever: its head is all that is asked here.
    async with home.client.stream(
        method_of(route),
        path_of(route, values),
        headers=headers,
        json=body_of(home.app, route),
    ) as answer:
        text = (
            b""
            if "event-stream" in answer.headers.get("content-type", "")
            else await answer.aread()
        )
        return answer.status_code, text


@pytest.mark.parametrize("name", OPERATIONS)
async def test_each_operation_answers_those_the_matrix_lets_in_and_nobody_else(
    home, town, askers, name
):
    route, row = ROUTES_BY_ID[name], MATRIX[name]
    if row.get("ends"):
        askers = await of_every_sort(town)
    wrong = {}
    for asker in ASKERS:
        status, text = await ask(home, route, askers[asker], {})
        refused = (status in REFUSED and b'"forbidden"' in text) or b'"unauthenticated"' in text
        if refused is lets(row, asker) and "everybody" not in row["who"]:
            wrong[asker] = (status, text[:200])
        assert status < 500, (asker, text)
    assert wrong == {}


OWNED = [name for name in OPERATIONS if "object" in MATRIX[name]]


def test_a_row_whose_address_names_something_says_whose_it_is():
    silent = {name: MATRIX[name] for name in OPERATIONS if not says_whose(name)}
    assert silent == {}


def says_whose(name):
    """Whether a row says one of two, or nothing of an address that names nothing."""
    row, named = MATRIX[name], "{" in next(iter(ROUTES_BY_ID[name].paths))
    said = [word for word in ("object", "shared") if row.get(word)]
    return len(said) == named and ("owners" not in row or "object" in said)


def test_every_object_somebody_makes_is_asked_for_and_has_owners():
    assert {MATRIX[name]["object"] for name in OWNED} == set(KINDS)
    assert [name for name in OWNED if not owners(MATRIX[name])] == []


def owners(row):
    """Whose objects are theirs alone: roles, and the key that may ask."""
    who = row.get("owners", row["who"])
    roles = [role for role in Role if role in who or "signed in" in who]
    return roles + [f"key {row['key']}" for _ in roles[:1] if "key" in row]


async def two(town, askers, owner):
    """Who makes an object, who asks for it as its owner, and an owner of another party."""
    if owner in set(Role):
        return askers[owner], askers[owner], await town.somebody(owner)
    other = await town.key(await town.somebody(Role.MERCHANT), Scope(owner.partition(" ")[2]))
    return askers[Role.MERCHANT], askers[owner], other


@pytest.mark.parametrize("name", OWNED)
async def test_anothers_object_is_answered_like_one_that_does_not_exist(home, town, askers, name):
    route, row = ROUTES_BY_ID[name], MATRIX[name]
    for owner in owners(row):
        maker, mine, other = await two(town, askers, owner)
        parameter = re.findall(r"\{(\w+):", next(iter(route.paths)))[-1]
        made = await KINDS[row["object"]](town, maker)
        values = made if isinstance(made, dict) else {parameter: made}
        missing = await ask(home, route, other, {})
        anothers = await ask(home, route, other, values)
        own = await ask(home, route, mine, values)
        assert anothers[0] == missing[0] == 404, (owner, anothers, missing)
        assert without_trace(anothers[1]) == without_trace(missing[1]), owner
        assert own[0] != 404, (owner, own)


def without_trace(text):
    return re.sub(rb'"trace_id": "[0-9a-f]+"', b"", text)


def test_how_many_cells_the_matrix_has():
    cells = len(OPERATIONS) * len(ASKERS)
    tell(f"access matrix: {len(OPERATIONS)} operations x {len(ASKERS)} askers = {cells} cells,"
         f" {len(OWNED)} operations with objects of somebody")  # fmt: skip
    assert cells >= len(OPERATIONS) * 21
