"""Every route that takes a key: a replay says so, what is made has an address, misuse is logged."""

from uuid import uuid4

import pytest
from structlog.testing import capture_logs

from api.routes import ROUTES
from api.wire.strict import KEY_HEADER
from tests.api.house import house
from tests.api.money_acts import ACTS, LINE, open_line
from tests.api.town import Town

NOWHERE = {
    "bookFee": "a year is read by its member, not by who books its euros",
    "openLine": "a line is told with its programme",
    "redeemRest": "what it made is an entry of the merchant's, whom nobody signs in for any more",
}
"""Operations whose 201 leads nowhere, and why."""
NOT_READ = {
    "proposeReturn": "a return is read in the list of its programme",
}
"""Operations whose address whoever asked does not read, and why."""
ALWAYS_THE_SAME = {
    "askForMembership": "asks for nothing but a year of one's own",
    "proposeReturn": "asks for all there is of the programme whose key it is",
}
"""Operations that ask for nothing that could be another thing under the same key, and why."""


def with_a_key():
    return {
        str(route.operation_id): route
        for route in ROUTES
        if any(
            getattr(parameter.kwarg_definition, "name", None) == KEY_HEADER
            for parameter in route.parsed_fn_signature.parameters.values()
        )
    }


OPERATIONS = sorted(with_a_key())


def test_every_route_with_a_key_has_its_act_and_every_exception_its_route():
    assert sorted(ACTS) == OPERATIONS
    assert len(OPERATIONS) >= 28
    assert {*NOWHERE, *NOT_READ, *ALWAYS_THE_SAME} <= set(OPERATIONS)


@pytest.fixture(scope="module")
async def town(fresh_database):
    async with house(fresh_database, routes=ROUTES) as running:
        yield Town(running)


@pytest.mark.parametrize("operation", OPERATIONS)
async def test_a_replay_says_so_and_what_was_made_has_an_address(town, operation):
    act, key = await ACTS[operation](town), uuid4()
    first, again = [await act.ask(key) for _ in range(2)]
    assert first.status_code in {200, 201}, first.text
    assert "idempotent-replayed" not in first.headers
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["idempotent-replayed"] == "true"
    assert again.headers.get("location") == first.headers.get("location")
    made = first.status_code == 201 and operation not in NOWHERE
    assert ("location" in first.headers) is made
    if made and operation not in NOT_READ:
        read = await act.who.get(first.headers["location"])
        assert read.status_code == 200, (first.headers["location"], read.text)


@pytest.mark.parametrize("operation", sorted(set(OPERATIONS) - set(ALWAYS_THE_SAME)))
async def test_a_key_used_for_another_act_is_refused_and_told_to_the_log_once(town, operation):
    act, key = await ACTS[operation](town), uuid4()
    first = await act.ask(key)
    assert first.status_code in {200, 201}, first.text
    with capture_logs() as logged:
        other = await act.ask_another(key)
    assert (other.status_code, other.json()["code"]) == (422, "key_conflict"), other.text
    told = [one for one in logged if one["event"] == "key_conflict"]
    assert [one["log_level"] for one in told] == ["warning"]
    assert set(told[0]) == {"event", "log_level", "asked", "kept"}
    assert told[0]["asked"] is None or told[0]["asked"] != told[0]["kept"]


async def test_a_line_that_was_closed_is_not_opened_again_by_its_key(town):
    act, key = await open_line(town), uuid4()
    first = await act.ask(key)
    assert (await act.who.post(f"{act.path}/closing")).status_code in {200, 201, 204}
    again = await act.ask(key)
    assert again.content == first.content
    assert again.headers["idempotent-replayed"] == "true"
    assert (await act.ask(uuid4())).status_code == 201, LINE
