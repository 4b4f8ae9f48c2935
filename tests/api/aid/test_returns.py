"""Euros that go back to a sponsor: proposed, confirmed or withdrawn; what no longer fits too."""

import asyncio
from uuid import uuid4

import pytest

from admin.roles import Role
from tests.api.aid.sponsors import Sponsor
from tests.api.buying.buyers import eur
from tests.api.shops.committee import code

WHY = {"reason": "Un lot attend encore ces euros"}


@pytest.fixture(scope="module")
async def ccas(town):
    return await Sponsor.meet(town)


@pytest.fixture(scope="module")
async def second(town):
    return await town.somebody(Role.TREASURER)


async def proposed(ccas, programme, key=None):
    """The address of a return that waits, and what is told of it."""
    answer = await ccas.treasurer.post(f"/v1/aid/programmes/{programme}/returns", key=key)
    assert answer.status_code == 201, answer.text
    return answer.headers["location"], answer.json()


async def listed(who, programme):
    answer = await who.get(f"/v1/aid/programmes/{programme}/returns")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_returns_are_told_page_by_page_and_a_cursor_fits_its_programme_alone(ccas):
    programme, other = [await ccas.programme(funded=10_00) for _ in range(2)]
    made: list[str] = []
    for _ in range(3):
        place, told = await proposed(ccas, programme)
        made.insert(0, told["id"])
        assert (await ccas.treasurer.post(f"{place}/withdrawal", WHY)).status_code == 200
    path, found, cursor, last = f"/v1/aid/programmes/{programme}/returns", [], "", ""
    for count in (2, 1):
        more = {"cursor": cursor} if cursor else {}
        page = (await ccas.clerk.get(path, limit="2", **more)).json()
        assert len(page["items"]) == count
        found += [one["id"] for one in page["items"]]
        cursor, last = page["next_cursor"], cursor
    assert found == made
    assert not cursor
    elsewhere = await ccas.clerk.get(f"/v1/aid/programmes/{other}/returns", cursor=last)
    assert code(elsewhere) == (422, "cursor_unusable")


async def test_a_return_that_stops_fitting_is_withdrawn_and_the_next_one_fits(ccas, second):
    programme, key = await ccas.programme(funded=100_00), uuid4()
    place, told = await proposed(ccas, programme, key)
    assert (told["amount"], told["fits"]) == (eur(100_00), True)
    await ccas.batch(programme, f"{uuid4()};Anne;30")
    shown = await listed(ccas.clerk, programme)
    assert (shown["free"], [one["fits"] for one in shown["items"]]) == (eur(70_00), [False])
    assert code(await second.post(f"{place}/confirmation")) == (409, "nothing_to_return")
    again = f"/v1/aid/programmes/{programme}/returns"
    assert code(await ccas.treasurer.post(again)) == (409, "return_open")
    gone = await second.post(f"{place}/withdrawal", WHY)
    assert gone.status_code == 200, gone.text
    assert (gone.json()["reason"], gone.json()["withdrawn_by"]) == (
        WHY["reason"], str(second.grant))  # fmt: skip
    # Again is no act: the first reason stands, whoever says another; a late yes is refused.
    for who in (second, ccas.treasurer):
        more = await who.post(f"{place}/withdrawal", {"reason": "Autre"})
        assert more.json() == gone.json()
    assert code(await second.post(f"{place}/confirmation")) == (409, "return_decided")
    _, same = await proposed(ccas, programme, key)  # the key made that one, and no other
    assert same == gone.json()
    next_place, fits = await proposed(ccas, programme)
    assert fits["amount"] == eur(70_00)
    done = await second.post(f"{next_place}/confirmation")
    assert done.status_code == 200, done.text
    assert code(await second.post(f"{next_place}/withdrawal", WHY)) == (409, "return_decided")
    ids = [one["id"] for one in (await listed(second, programme))["items"]]
    assert ids == [fits["id"], told["id"]]
    held = (await ccas.clerk.get(f"/v1/aid/programmes/{programme}")).json()["held"]
    assert held == eur(30_00)


async def test_who_proposed_it_may_withdraw_it_too(ccas):
    programme = await ccas.programme(funded=10_00)
    place, told = await proposed(ccas, programme)
    gone = (await ccas.treasurer.post(f"{place}/withdrawal", WHY)).json()
    assert gone["withdrawn_by"] == told["proposed_by"]


async def test_a_yes_and_a_no_at_once_are_one_of_the_two(ccas, second):
    for _ in range(4):
        programme = await ccas.programme(funded=10_00)
        place, _told = await proposed(ccas, programme)
        yes, no = await asyncio.gather(
            second.post(f"{place}/confirmation"), ccas.treasurer.post(f"{place}/withdrawal", WHY)
        )
        assert sorted([yes.status_code, no.status_code]) == [200, 409], (yes.text, no.text)
        left = (await ccas.clerk.get(f"/v1/aid/programmes/{programme}")).json()["held"]
        assert left == eur(0 if yes.status_code == 200 else 10_00)


@pytest.mark.parametrize("reason", [None, "", " ", "x" * 201, "two\nlines", 7, "\x00", "No\x00"])
async def test_a_reason_is_one_line_of_two_hundred_signs(ccas, reason):
    place, _ = await proposed(ccas, await ccas.programme(funded=10_00))
    body = {} if reason is None else {"reason": reason}
    assert code(await ccas.treasurer.post(f"{place}/withdrawal", body)) == (400, "malformed_body")


async def test_nobody_else_decides_of_a_return_and_another_sponsor_sees_none(town, ccas, second):
    programme = await ccas.programme(funded=10_00)
    place, told = await proposed(ccas, programme)
    other = await Sponsor.meet(town)
    assert code(await other.clerk.get(f"/v1/aid/programmes/{programme}/returns")) == (
        404, "not_found")  # fmt: skip
    for who in (ccas.clerk, ccas.validator, other.validator, await town.somebody(Role.MANAGER)):
        for act in ("confirmation", "withdrawal"):
            body = WHY if act == "withdrawal" else None
            assert code(await who.post(f"{place}/{act}", body)) == (403, "forbidden"), act
    nowhere = f"/v1/aid/returns/{uuid4()}/withdrawal"
    assert code(await second.post(nowhere, WHY)) == (404, "not_found")
    assert (await listed(ccas.validator, programme))["items"] == [told]
