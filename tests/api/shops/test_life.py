"""A business from its application to the closing of its account, asked as people ask."""

import asyncio
import time
from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest

from admin.roles import Role
from api.shops import deciding
from api.sweeping import SWEEP_SECONDS
from ledger.chart import AccountClass
from ledger.flows import b2b, payment, redeem_hold, refund
from ledger.flows.act import Act
from ledger.lots import Share
from ledger.refusals import PayeeBlocked, PayerBlocked
from tests.api.shops.committee import code, form
from tests.patience import until


def act(party, **more):
    return Act(uuid4(), party, uuid4(), bytes(16), **more)


async def pay(town, who, shop, cents):
    entry = payment(act(who.party), shares=[Share(who.account, cents)], merchant=shop.account)
    return await town.services.post(entry)


async def status(committee, merchant):
    answer = await committee.first.get(f"/v1/merchant-applications/{merchant}")
    return answer.json()["status"]


async def test_a_merchant_from_application_to_closed(committee, town):
    made = await committee.candidate(name="La Baraque à Frites", description="Frites du pays")
    assert (await town.house.get(f"/v1/merchants/{made}")).status_code == 404
    done = await committee.decide(made, "approve")
    assert done["status"] == "approved"
    owner = await committee.taken_up(done)
    assert owner.role is Role.MERCHANT
    shown = (await town.house.get(f"/v1/merchants/{made}")).json()
    assert (shown["name"], shown["filieres"]) == ("La Baraque à Frites", ["boulangerie"])
    assert not {"party", "account", "iban", "siret", "contact"} & set(shown)
    tills = (await owner.get("/v1/tills")).json()["items"]
    assert [till["label"] for till in tills] == ["Caisse 1"]


async def test_a_merchant_leaves_with_nothing_left_and_euros_owed(committee, town):
    made, owner = await committee.merchant(name="La Potence à Bières")
    resident = await town.resident(50_00)
    await pay(town, resident, owner, 4_50)
    assert (await committee.decide(made, "close"))["status"] == "closing"
    assert (await town.house.get(f"/v1/merchants/{made}")).status_code == 404
    with pytest.raises(PayeeBlocked):
        await pay(town, resident, owner, 1_00)
    closure = f"/v1/merchants/{made}/closure"
    assert code(await committee.first.post(closure)) == (409, "money_left")

    key, body = uuid4(), {
        "amount": {"amount": 4_50, "currency": "BSL"}, "document": str(uuid4())}  # fmt: skip
    rest = await committee.treasurer.post(f"/v1/merchants/{made}/rest", body, key=key)
    assert rest.status_code == 201, rest.text
    assert rest.json()["owed"] == {"amount": 4_28, "currency": "EUR"}
    again = await committee.treasurer.post(f"/v1/merchants/{made}/rest", body, key=key)
    assert again.content == rest.content
    assert (await committee.first.post(closure)).json()["status"] == "closed"
    assert (await committee.first.post(closure)).json()["status"] == "closed"
    late = await committee.treasurer.post(f"/v1/merchants/{made}/rest", body, key=key)
    assert late.content == rest.content
    with pytest.raises(PayeeBlocked):
        await pay(town, resident, owner, 1_00)
    assert code(await owner.get("/v1/tills")) == (404, "not_found")
    assert (await committee.apply(name="La Potence à Bières")).status_code == 201


async def test_an_approval_takes_two_persons_and_a_reason(committee, town):
    made = await committee.candidate()
    empty = {"what": "approve", "reason": ""}
    place = f"/v1/merchant-applications/{made}/decisions"
    assert code(await committee.first.post(place, empty)) == (400, "malformed_body")
    decision = await committee.propose(made, "approve")
    assert code(await committee.confirm(decision, committee.first)) == (409, "same_person")
    other_hat = await town.signed_in(
        committee.first.user, committee.first.person, Role.MANAGER, committee.first.party
    )
    assert code(await committee.confirm(decision, other_hat)) == (409, "same_person")
    assert code(await committee.confirm(decision, committee.treasurer)) == (403, "not_allowed")
    assert await status(committee, made) == "candidate"
    other = {"what": "refuse", "reason": "non"}
    assert code(await committee.second.post(place, other)) == (409, "decision_open")
    assert (await committee.confirm(decision)).status_code == 201
    third = await town.somebody(Role.MANAGER)
    assert code(await committee.confirm(decision, third)) == (409, "decision_settled")
    assert code(await committee.first.post(place, other)) == (409, "standing_misfit")


async def test_a_confirmation_asked_twice_tells_the_same_invitation(committee):
    made = await committee.candidate()
    decision = await committee.propose(made, "approve")
    first, again = await committee.confirm(decision), await committee.confirm(decision)
    assert first.content == again.content
    await committee.taken_up(first.json())


async def test_a_refused_name_and_siret_are_free_again(committee):
    said = form()
    made = await committee.candidate(**said)
    assert (await committee.decide(made, "refuse"))["status"] == "refused"
    assert (await committee.apply(**said)).status_code == 201
    withdrawn = await committee.propose(await committee.candidate(), "approve")
    place = f"/v1/merchant-decisions/{withdrawn}"
    assert (await committee.second.ask("DELETE", place)).status_code == 204
    assert code(await committee.confirm(withdrawn)) == (409, "decision_settled")
    assert code(await committee.second.ask("DELETE", place)) == (409, "decision_settled")


async def test_who_is_suspended_receives_nothing_but_refunds_pays_and_redeems(committee, town):
    made, owner = await committee.merchant()
    _, supplier = await committee.merchant()
    resident = await town.resident(60_00)
    await pay(town, resident, owner, 40_00)
    bought = b2b(act(owner.party), payer=owner.account, payee=supplier.account, bousol_cents=5_00)
    first = await town.services.post(bought)
    till = (await owner.get("/v1/tills")).json()["items"][0]["id"]
    wanted = {"till": till, "amount": {"amount": 1_00, "currency": "BSL"}}
    assert (await owner.post("/v1/payment-requests", wanted)).status_code == 201
    assert (await committee.decide(made, "suspend"))["status"] == "suspended"
    with pytest.raises(PayeeBlocked):
        await pay(town, resident, owner, 1_00)
    await until(partial(code_is, owner, wanted, (409, "standing_misfit")), seconds=3)
    back = refund(
        act(supplier.party), merchant=supplier.account, origin=first.seq,
        shares=[Share(owner.account, 1_00)],
    )  # fmt: skip
    await town.services.post(back)
    out = b2b(act(owner.party), payer=owner.account, payee=supplier.account, bousol_cents=5_00)
    await town.services.post(out)
    hold = await open_hold(town, owner)
    await town.services.post(
        redeem_hold(act(owner.party), merchant=owner.account, held=hold, bousol_cents=21_00)
    )
    assert (await committee.decide(made, "resume"))["status"] == "approved"
    await pay(town, resident, owner, 1_00)


async def code_is(owner, wanted, what):
    answer = await owner.post("/v1/payment-requests", wanted)
    return answer.status_code == what[0] and code(answer) == what


async def open_hold(town, owner):
    from ledger import store  # noqa: PLC0415  # why: one use

    async with town.services.connection() as connection:
        return await store.open_account(connection, AccountClass.HOLD, party=owner.party)


async def test_a_freeze_of_one_person_holds_at_once_and_runs_out_unless_confirmed(committee, town):
    made, owner = await committee.merchant()
    _, supplier = await committee.merchant()
    resident = await town.resident(60_00)
    await pay(town, resident, owner, 40_00)
    out = b2b(act(owner.party), payer=owner.account, payee=supplier.account, bousol_cents=5_00)
    body = {"reason": "Ventes fictives"}
    assert code(await committee.first.post(f"/v1/merchants/{made}/freezes", body)) == (
        403, "forbidden")  # fmt: skip
    frozen = await committee.treasurer.post(f"/v1/merchants/{made}/freezes", body)
    assert frozen.json()["status"] == "frozen"
    with pytest.raises(PayeeBlocked):
        await pay(town, resident, owner, 1_00)
    with pytest.raises(PayerBlocked):
        await town.services.post(out)
    decision = frozen.json()["decision"]["id"]
    assert code(await committee.confirm(decision, committee.treasurer)) == (409, "same_person")

    clock = town.services.clock
    clock.ahead += timedelta(hours=71)
    assert await deciding.thaw_overdue(town.services) == 0
    clock.ahead += timedelta(hours=2)
    try:
        assert await deciding.thaw_overdue(town.services) == 1
        assert await status(committee, made) == "approved"
        await pay(town, resident, owner, 1_00)
    finally:
        clock.ahead -= timedelta(hours=73)
    assert code(await committee.confirm(decision, committee.deputy)) == (409, "decision_settled")


async def test_a_freeze_runs_out_without_anybody_asking(committee, town):
    made, owner = await committee.merchant()
    await committee.treasurer.post(f"/v1/merchants/{made}/freezes", {"reason": "Ventes fictives"})
    query = "select status from ledger.account where id = $1"
    town.services.clock.ahead += timedelta(hours=73)
    begun = time.monotonic()
    try:
        told = 2
        while told == 2 and time.monotonic() - begun < 3 * SWEEP_SECONDS:
            await asyncio.sleep(0.1)
            async with town.services.connection() as connection:
                told = await connection.fetchval(query, owner.account)
    finally:
        town.services.clock.ahead -= timedelta(hours=73)
    assert told == 0
    assert await status(committee, made) == "approved"


async def test_a_confirmed_freeze_stays_until_two_persons_end_it(committee, town):
    made, owner = await committee.merchant()
    await committee.decide(made, "suspend")
    body = {"reason": "Ventes fictives"}
    frozen = (await committee.treasurer.post(f"/v1/merchants/{made}/freezes", body)).json()
    kept = await committee.confirm(frozen["decision"]["id"], committee.second)
    assert (kept.json()["status"], kept.json()["frozen_until"]) == ("frozen", None)
    town.services.clock.ahead += timedelta(days=30)
    try:
        assert await deciding.thaw_overdue(town.services) == 0
    finally:
        town.services.clock.ahead -= timedelta(days=30)
    thaw = await committee.treasurer.post(f"/v1/merchants/{made}/thaws", body)
    assert await status(committee, made) == "frozen"
    done = await committee.confirm(thaw.json()["id"], committee.deputy)
    assert done.json()["status"] == "suspended"
    async with town.services.connection() as connection:
        query = "select status from ledger.account where id = $1"
        assert await connection.fetchval(query, owner.account) == 1


async def test_a_treasurer_takes_an_unconfirmed_freeze_back(committee, town):
    made, owner = await committee.merchant()
    body = {"reason": "Ventes fictives"}
    frozen = (await committee.treasurer.post(f"/v1/merchants/{made}/freezes", body)).json()
    place = f"/v1/merchant-decisions/{frozen['decision']['id']}"
    assert (await committee.treasurer.ask("DELETE", place)).status_code == 204
    assert await status(committee, made) == "approved"
    await pay(town, await town.resident(10_00), owner, 1_00)


async def test_a_public_body_needs_a_convention_and_gets_an_account_that_passes_on(committee):
    refused = await committee.apply(merchant_class="public")
    assert code(refused) == (422, "convention_missing")
    made = await committee.candidate(merchant_class="public", convention=str(uuid4()))
    done = await committee.decide(made, "approve")
    officer = await committee.taken_up(done)
    assert officer.role is Role.CASH_OFFICER
    assert await committee.account(done["party"], AccountClass.PUBLIC)
    assert await committee.account(done["party"], AccountClass.PAYABLE)
    assert await committee.account(done["party"], AccountClass.MERCHANT) is None
    assert (await officer.get("/v1/tills")).status_code == 200


async def test_nobody_but_the_association_reads_a_dossier(committee, town):
    made, owner = await committee.merchant()
    dossier = (await committee.first.get(f"/v1/merchant-applications/{made}")).json()
    assert dossier["contact"]["name"] == "Anne Delattre"
    assert [one["what"] for one in dossier["decisions"]] == ["approve"]
    for who in (owner, committee.treasurer, await town.resident()):
        assert code(await who.get(f"/v1/merchant-applications/{made}")) == (403, "forbidden")


async def test_candidates_are_listed_a_page_at_a_time(committee):
    wanted = {await committee.candidate() for _ in range(5)}
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await committee.first.get("/v1/merchant-applications", limit=2, **cursor)).json()
        seen += [one["id"] for one in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert wanted <= set(seen)
    assert len(seen) == len(set(seen))
