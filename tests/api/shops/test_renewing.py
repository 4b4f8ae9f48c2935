"""An approval that ends: the merchant is written to, two renew it, nothing stops by itself."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from admin.tables import MESSAGE
from admin.telling.words import Template, text_of
from api.shops import renewing
from api.wire.days import day_of
from merchants.admission import months_after
from merchants.tables import MERCHANT
from tests.api.shops.committee import code

WHY = {"reason": "PV du 3 mars 2027, point 2"}


async def ends_in(town, merchant, days):
    """The approval of a merchant ends in so many days, or ended so long ago."""
    until = day_of(town.now) + timedelta(days=days)
    async with town.services.rows() as rows:
        row = update(MERCHANT).where(MERCHANT.c.id == UUID(merchant))
        await rows.execute(row.values(approved_until=until))
    return until


async def until_of(committee, merchant):
    told = (await committee.first.get(f"/v1/merchant-applications/{merchant}")).json()
    return told["approved_until"], told["status"], told["approved_at"]


async def ending(who, **params):
    answer = await who.get("/v1/merchant-approvals", **params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def after(cursor):
    return {} if cursor is None else {"cursor": cursor}


async def renewal(committee, merchant):
    return await committee.first.post(f"/v1/merchants/{merchant}/renewals", WHY)


@pytest.fixture
async def met(committee, town):
    """A merchant, and those of other tests out of the way."""
    async with town.services.rows() as rows:
        far = day_of(town.now) + timedelta(days=900)
        await rows.execute(update(MERCHANT).values(approved_until=far))
    return await committee.merchant()


async def test_those_that_end_are_listed_the_soonest_first_page_by_page(committee, town, met):
    late, far, closing = [(await committee.merchant())[0] for _ in range(3)]
    soon, _ = met
    for merchant, days in ((soon, 3), (late, -1), (far, 181), (closing, 2)):
        await ends_in(town, merchant, days)
    await committee.decide(closing, "close")
    found, cursor = [], None
    while True:
        page = await ending(committee.second, limit="1", **after(cursor))
        found += [(one["merchant"], one["ended"]) for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert (found, page["ended"]) == ([(late, True), (soon, False)], 1)
    await ends_in(town, far, 180)
    assert [one["merchant"] for one in (await ending(committee.first))["items"]] == [
        late, soon, far]  # fmt: skip
    assert code(await committee.treasurer.get("/v1/merchant-approvals")) == (403, "forbidden")


async def test_two_persons_renew_and_the_term_goes_on_from_its_end(committee, town, met):
    merchant, owner = met
    until = await ends_in(town, merchant, 40)
    _, status, since = await until_of(committee, merchant)
    assert code(await committee.treasurer.post(f"/v1/merchants/{merchant}/renewals", WHY)) == (
        403, "forbidden")  # fmt: skip
    made = await renewal(committee, merchant)
    assert (made.status_code, made.json()["what"], made.json()["reason"]) == (
        201, "renew", WHY["reason"])  # fmt: skip
    assert code(await renewal(committee, merchant)) == (409, "decision_open")
    (one,) = (await ending(committee.first))["items"]
    assert (one["waiting"]["id"], one["yours"]) == (made.json()["id"], True)
    (one,) = (await ending(committee.second))["items"]
    assert one["yours"] is False
    assert code(await committee.confirm(made.json()["id"], by=committee.first)) == (
        409, "same_person")  # fmt: skip
    assert (await until_of(committee, merchant))[0] == until.isoformat()
    for _ in range(2):  # asked again, it is the same renewal
        done = await committee.confirm(made.json()["id"])
        assert (done.status_code, done.json()["status"], done.json()["invitation"]) == (
            201, "approved", None)  # fmt: skip
    assert await until_of(committee, merchant) == (
        months_after(until, 24).isoformat(), status, since)  # fmt: skip
    assert (await ending(committee.first))["items"] == []
    assert code(await renewal(committee, merchant)) == (409, "approval_runs")
    told = (await committee.first.get(f"/v1/merchant-applications/{merchant}")).json()
    assert [one["what"] for one in told["decisions"]] == ["renew", "approve"]
    assert owner.account is not None


async def test_an_approval_that_has_ended_stops_nothing_and_is_renewed_from_today(
    committee, town, met
):
    merchant, owner = met
    await ends_in(town, merchant, -100)
    shown = await town.house.get(f"/v1/merchants/{merchant}")
    assert shown.status_code == 200
    assert (await owner.get("/v1/tills")).status_code == 200
    assert (await ending(committee.first))["ended"] == 1
    await committee.decide(merchant, "suspend")
    made = await renewal(committee, merchant)
    assert (await committee.confirm(made.json()["id"])).json()["status"] == "suspended"
    assert (await until_of(committee, merchant))[0] == months_after(
        day_of(town.now), 24).isoformat()  # fmt: skip


async def test_a_candidate_and_who_is_closing_are_not_renewed(committee, town, met):
    candidate, (merchant, _) = await committee.candidate(), met
    await ends_in(town, merchant, 5)
    await committee.decide(merchant, "close")
    for one in (candidate, merchant):
        assert code(await renewal(committee, one)) == (409, "standing_misfit")


async def written_to(town, owner):
    async with town.services.rows() as rows:
        mine = (MESSAGE.c.party == owner.party) & (MESSAGE.c.template == "approval_ends")
        return await rows.scalar(select(func.count()).select_from(MESSAGE).where(mine))


@pytest.fixture
def later(town):
    """Moves the service's clock ahead for a while."""

    def move(days):
        town.services.clock.ahead = timedelta(days=days)

    yield move
    town.services.clock.ahead = timedelta()


async def test_a_merchant_is_written_to_sixty_and_fifteen_days_before_once_each(
    committee, town, met, later, monkeypatch
):
    monkeypatch.setattr(renewing, "ROUND", 1)
    (one, _), (merchant, owner) = met, await committee.merchant()
    await ends_in(town, one, 61)
    await ends_in(town, merchant, 70)
    told = []
    for days in (0, 9, 10, 54, 55, 70, 71):
        later(days)
        for _ in range(2):
            await renewing.remind(town.services)
        told.append(await written_to(town, owner))
    assert told == [0, 0, 1, 1, 2, 2, 2]
    later(60)
    made = await renewal(committee, merchant)
    await committee.confirm(made.json()["id"])
    later(71 + 730 - 50)
    await renewing.remind(town.services)
    assert await written_to(town, owner) == 3, "another term, other notices"
    assert "agrément" in text_of(Template.APPROVAL_ENDS, "fr")


async def test_a_renewal_that_waits_outlives_a_freeze_and_is_not_confirmed_during_it(
    committee, town, met
):
    merchant, _ = met
    until = await ends_in(town, merchant, 40)
    made = (await renewal(committee, merchant)).json()["id"]
    why = {"reason": "Ventes fictives"}
    frozen = await committee.treasurer.post(f"/v1/merchants/{merchant}/freezes", why)
    assert frozen.json()["status"] == "frozen", frozen.text
    assert code(await committee.confirm(made)) == (409, "standing_misfit")
    assert code(await renewal(committee, merchant)) == (409, "standing_misfit")
    assert (await ending(committee.second))["items"] == []
    freeze = f"/v1/merchant-decisions/{frozen.json()['decision']['id']}"
    assert (await committee.treasurer.ask("DELETE", freeze)).status_code == 204
    (one,) = (await ending(committee.second))["items"]
    assert one["waiting"]["id"] == made
    assert (await committee.confirm(made)).json()["status"] == "approved"
    assert (await until_of(committee, merchant))[0] == months_after(until, 24).isoformat()
