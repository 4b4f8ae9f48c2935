"""The description tells the truth: what it allows is answered as it says, never by a fault."""

import asyncio
import json
import re
import sys
import typing
from pathlib import Path

import pytest

from api.app import create_app
from api.gate.access import OPT
from api.openapi import document, printed
from api.routes import ROUTES
from api.settings import Settings
from tests.api.acts import ACTS
from tests.api.house import unmeasured
from tests.database.world import tell

CASES = 25
HOOKS = "tests.api.schemathesis_hooks"
CONFIG = Path(__file__).parent / "schemathesis.toml"


async def test_the_description_is_served_as_it_is_frozen(home):
    served = await home.get("/v1/openapi.json")
    assert served.json()["openapi"] == "3.1.0"
    assert served.content == printed(document(home.app)).encode()


def operations(app):
    for path, item in document(app)["paths"].items():
        for method, operation in item.items():
            yield f"{method} {path}", operation


@pytest.fixture(scope="module")
def app():
    return create_app(Settings(database_url="postgresql://nobody@nowhere/none"), routes=ACTS)


def test_every_operation_is_named_and_described_and_tells_its_problems(app):
    names = [operation["operationId"] for _, operation in operations(app)]
    assert len(names) == len(set(names))
    for _, operation in operations(app):
        assert {"400", "500", "503"} <= set(operation["responses"])


def test_every_route_of_the_service_says_in_one_sentence_what_it_does(app):
    for route in ROUTES:
        assert re.fullmatch(r"[A-Z][^\n]+[.]", (route.fn.__doc__ or "").splitlines()[0])


def test_what_comes_in_is_closed_bounded_and_exact(app):
    shapes = document(app)["components"]["schemas"]
    assert shapes["TestedPayment"]["additionalProperties"] is False
    assert shapes["Amount"]["additionalProperties"] is False
    assert shapes["Amount"]["properties"]["amount"]["maximum"] == 2**53 - 1
    assert shapes["Amount"]["properties"]["currency"]["pattern"] == "^[A-Z]{3}$"
    assert "additionalProperties" not in shapes["Cover"]
    pay = dict(operations(app))["post /v1/test/payments"]
    assert {"413", "415"} <= set(pay["responses"])
    assert pay["parameters"][0]["required"] is True


def shapes_within(shape, shapes, seen):
    """Every object that a body may hold, by what it is called or where it stands."""
    name = shape.get("$ref", "").removeprefix("#/components/schemas/")
    if name:
        if name not in seen:
            seen.add(name)
            yield from ((name, one) for _, one in shapes_within(shapes[name], shapes, seen))
        return
    if "properties" in shape or shape.get("type") == "object":
        yield "", shape
    parts = list(shape.get("properties", {}).values())
    parts += [shape["items"]] if "items" in shape else []
    for key in ("anyOf", "oneOf", "allOf"):
        parts += shape.get(key, [])
    for part in parts:
        yield from shapes_within(part, shapes, seen)


def test_no_body_takes_a_field_that_is_not_described():
    """Reliability test 54: a role, a balance or a floor that somebody sends along is refused."""
    whole = create_app(Settings(database_url="postgresql://nobody@nowhere/none"))
    shapes, bodies = document(whole)["components"]["schemas"], 0
    seen: set[str] = set()
    open_ones = []
    for address, operation in operations(whole):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            bodies += 1
            for name, one in shapes_within(content["schema"], shapes, seen):
                if one.get("additionalProperties") is not False:
                    open_ones.append((address, name))
    tell(f"54: {bodies} bodies, {len(seen)} shapes, {len(open_ones)} that take unknown fields")
    assert open_ones == []
    assert bodies > 70


def test_no_two_shapes_share_a_name(app):
    """Pydantic would then tell them apart by their modules, and every reference would be lost."""
    assert [name for name in document(app)["components"]["schemas"] if "__" in name] == []


def test_what_was_made_leads_to_what_may_be_done_with_it(app):
    linked = {
        operation["operationId"]: operation["responses"]["201"]["links"]
        for _, operation in operations(app)
        if "links" in operation["responses"].get("201", {})
    }
    assert linked["placeOrder"]["getOrder"]["parameters"] == {"order": "$response.body#/id"}
    assert {"pay", "createPaymentRequest", "openTill", "requestRedemption"} <= set(linked)


def test_no_file_is_described_as_json(app):
    files = {
        str(route.operation_id)
        for route in ROUTES
        if typing.get_args(route.parsed_fn_signature.return_type.annotation) in {(bytes,), (str,)}
    }
    told = {operation["operationId"]: operation["responses"] for _, operation in operations(app)}
    described = {name: told[name]["200"]["content"] for name in files & set(told)}
    assert len(described) >= 18
    assert [name for name, kinds in described.items() if "application/json" in kinds] == []


def test_no_reference_leads_nowhere(app):
    whole = document(app)
    for place in set(re.findall(r'"#/([^"]+)"', json.dumps(whole))):
        part = whole
        for step in place.split("/"):
            part = part[step]


def texts(part, place=""):
    """Each pattern of a text that leaves out controls, by its place in the description."""
    if isinstance(part, dict):
        if "x1f" in (pattern := str(part.get("pattern", ""))):
            yield place, pattern
        for name, more in part.items():
            yield from texts(more, f"{place}/{name}")
    for more in part if isinstance(part, list) else ():
        yield from texts(more, place)


def test_no_text_that_others_read_holds_a_sign_that_is_not_seen(home):
    """But a file's number, out of which such signs are taken."""
    hidden = [
        place
        for place, pattern in texts(document(home.app)["components"])
        if "u202e" not in pattern and not place.endswith(("/file", "/file/anyOf"))
    ]
    assert hidden == []


def asked_by_everybody():
    shown = [route for route in ROUTES if route.include_in_schema is not False]
    return ["testPay", *(route.operation_id for route in shown if route.opt[OPT].public)]


async def test_whatever_the_description_allows_is_answered_as_it_says(home, tmp_path):
    """Schemathesis, every check and every phase, for a payment and for what everybody may ask.

    What needs a role is asked as that role in test_fuzz.py.
    """
    named = [part for name in asked_by_everybody() for part in ("--include-operation-id", name)]
    command = [
        f"{sys.prefix}/bin/schemathesis", "--config-file", str(CONFIG),
        "run", f"{home.url}/v1/openapi.json",
        "--checks", "all", "--max-examples", str(CASES), "--seed", "20210919", "--workers", "1",
        *named, "--no-color",
    ]  # fmt: skip
    running = await asyncio.create_subprocess_exec(
        *command,
        cwd=tmp_path,
        env=unmeasured() | {"SCHEMATHESIS_HOOKS": HOOKS, "PYTHONPATH": str(CONFIG.parents[2])},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    told = (await running.communicate())[0].decode()
    assert running.returncode == 0, told[told.find("= FAILURES") :]
    tell(told[-600:])
