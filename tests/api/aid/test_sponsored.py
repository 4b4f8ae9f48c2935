"""Awards where a sponsor pays the bonus: euros are Bou'Sols at par, there and back, and L = C."""

import pytest

from admin.roles import Role
from api.aid import lapsing
from api.installation.founding import found
from api.routes import ROUTES
from ledger.audit import Proved, audit
from tests.api.aid.sponsors import Sponsor, card_of, ends, selling, stock
from tests.api.buying.buyers import booked, bsl, eur, faults_of_the_law, treasurer
from tests.api.house import house, settings_of
from tests.api.paying import shops

HEADS = "dossier;nom;montant;carte;mandat"


@pytest.fixture(scope="module")
async def home(fresh_database):
    await found(fresh_database.app_url, settings_of(fresh_database, redemption_policy="sponsored"))
    async with house(fresh_database, routes=ROUTES, redemption_policy="sponsored") as running:
        yield running


@pytest.fixture(scope="module")
async def ccas(town):
    return await Sponsor.meet(town)


@pytest.fixture(autouse=True)
async def lawful(home):
    """As everywhere, with the law of this scheme: L = C, nothing remains, all is covered."""
    yield
    wrong = set(await faults_of_the_law(home))
    async with home.services.connection() as connection:
        query = """select count(*) from ledger.chain_link
                    where debt <> issued or remainder <> 0 or reserve < debt"""
        assert await connection.fetchval(query) == 0
    assert wrong <= {"the law does not hold"}, wrong  # that one knows 20:21 alone


@pytest.fixture(scope="module", autouse=True)
async def audited(fresh_database):
    """The audit, which is a second code, agrees at the end."""
    yield
    report = await audit(fresh_database.connect)
    wrong = {name for name, proof in report.proofs.items() if proof.finding}
    assert wrong <= {Proved.LOTS}, wrong  # `ends` of the tests moves ends back by raw SQL


async def aided(town, ccas, **more):
    programme = await ccas.programme(funded=100_00, **more)
    who = await town.resident()
    row = f"T-{who.party};Anne;50,01;{await card_of(town, who)};2026-09-03"
    done = await ccas.given(programme, row, heads=HEADS)
    return who, done, programme


async def told(ccas, programme):
    return (await ccas.clerk.get(f"/v1/aid/programmes/{programme}")).json()


async def test_an_award_is_converted_at_par_spent_and_what_is_left_returns_to_the_cent(
    town, ccas, owner
):
    who, done, programme = await aided(town, ccas)
    assert (done["total"], done["total_local"]) == (eur(50_01), bsl(50_01))
    shop = await selling(town)
    assert (await shops.pays(who, shop.link, 20_00)).status_code == 201
    seen = await told(ccas, programme)
    assert (seen["held"], seen["backing"]) == (eur(49_99), bsl(30_01))
    await ends(owner, done["id"], ago="1 second")
    await lapsing.sweep(town.services)
    seen = await told(ccas, programme)
    assert (seen["held"], seen["backing"]) == (eur(80_00), bsl(0))
    proof = await ccas.validator.get(f"/v1/aid/programmes/{programme}/proof.csv")
    assert proof.status_code == 200, proof.text
    course = (await ccas.clerk.get(f"/v1/aid/programmes/{programme}/follow-up")).json()
    assert [course[x]["amount"] for x in ("given", "spent", "left", "ended")] == [
        50_01, 20_00, 0, 30_01]  # fmt: skip


async def test_a_refund_restores_a_lot_and_a_mandate_frees_what_is_left(town, ccas, owner):
    who, done, _ = await aided(town, ccas, instrument="mandat_civil")
    shop = await selling(town)
    payment = (await shops.pays(who, shop.link, 30_00)).json()["payment"]
    back = await shop.owner.post(f"/v1/payments/{payment}/refunds", {"amount": bsl(10_00)})
    assert back.status_code == 201, back.text
    assert [lot["balance"] for lot in await ccas.lots(done["id"])] == [30_01]
    await ends(owner, done["id"], ago="0 seconds")
    await lapsing.sweep(town.services)
    (lot,) = await ccas.lots(done["id"])
    assert (lot["status"], lot["balance"], await town.balance(who)) == ("released", 0, 30_01)


async def test_the_desk_gives_at_par(town, ccas):
    programme = await ccas.programme(funded=100_00)
    line = {"total": eur(60_00), "each_at_most": eur(50_00), "floor": eur(5_00)}
    opened = await ccas.validator.post(f"/v1/aid/programmes/{programme}/line", line)
    assert opened.status_code == 201, opened.text
    (printed,) = await stock(town, ccas.clerk)
    given = await ccas.clerk.post(
        f"/v1/aid/programmes/{programme}/emergencies",
        {"file": "U-1", "name": "Anne", "amount": eur(50_00), "decision": "Secours 1",
         "card_number": printed.number, "pin": "4711"})  # fmt: skip
    assert given.status_code == 201, given.text
    assert given.json()["amount_local"] == bsl(50_00)


async def test_a_works_council_gives_at_par(town):
    council = await Sponsor.meet(town, Role.WORKS_COUNCIL)
    version = {"filieres": ["loisirs_culture"]}
    made = await council.programme(funded=300_00, version=version, instrument="cse")
    done = await council.given(made, "S1;Anne;33,33", "S2;Bob;66,67")
    assert (done["total"], done["total_local"]) == (eur(100_00), bsl(100_00))
    assert [lot["balance"] for lot in await council.lots(done["id"])] == [33_33, 66_67]


async def test_a_fund_shares_out_at_par_and_free_euros_return(town):
    fund = await Sponsor.meet(town, Role.SPONSOR)
    made = await fund.programme(funded=100_00, instrument="food_fund")
    for _ in range(3):
        who = await town.resident()
        body = {"contribution": eur(1_00)}
        joined = await who.ask("PUT", f"/v1/food-funds/{made}/membership", body)
        reference = joined.json()["mine"]["transfer"]["reference"]
        await booked(await treasurer(town), 1_00, reference=reference)
    shown = (await fund.clerk.get(f"/v1/aid/programmes/{made}/month")).json()
    assert (shown["each"], shown["remainder"]) == (eur(34_33), eur(1))
    body = {"period": shown["period"], "decision": "Règlement"}
    batch = (await fund.clerk.post(f"/v1/aid/programmes/{made}/allotments", body)).json()["id"]
    await fund.approve(batch)
    assert (await fund.until(batch, "executed"))["total_local"] == bsl(102_99)
    one, two = await treasurer(town), await treasurer(town)
    back = await one.post(f"/v1/aid/programmes/{made}/returns")
    done = await two.post(f"/v1/aid/returns/{back.json()['id']}/confirmation")
    assert (done.status_code, done.json()["amount"]) == (200, eur(1))


async def test_euros_in_suspense_fund_a_programme(town, ccas):
    programme = await ccas.programme()
    credit = await booked(await treasurer(town), 40_00, reference="illisible")
    tre = await treasurer(town)
    done = await tre.post(f"/v1/bank-credits/{credit['id']}/match", {"programme": programme})
    assert done.status_code == 201, done.text
    assert (await told(ccas, programme))["held"] == eur(40_00)
