"""The demo, small: lived through the real flows, proven, served, and its clock moved."""

import html
import json
import os
import stat
from contextlib import nullcontext
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from admin.pepper import Pepper
from api.app import create_app
from api.demo import ground, identities, serving
from api.demo.ground import Plan
from api.installation.databases import drop
from api.installation.ledger_database import LedgerDatabase, admin_url
from api.pages.demo import STATE as GUESTS
from api.process.clock import Clock
from api.process.metering import Meter
from api.services import running
from api.settings import Settings
from api.sweeping import sweeping
from api.wire.days import day_of
from ledger import clock
from ledger.audit import audit
from tests.api.house import IBAN, at_home
from tests.databases import home_of_tests


class Mine(Plan):
    """A plan whose database is this run's alone."""

    @property
    def database(self):
        return f"test_{os.getpid()}_{super().database}"


class Again(Mine):
    """The same story in another database."""

    @property
    def database(self):
        return f"{super().database}_again"


SMALL = Mine(seed=7, small=True)


@pytest.fixture(scope="module")
def settings():
    return Settings(home=home_of_tests(), iban=IBAN)


@pytest.fixture(scope="module")
async def lived(server, settings):
    admin = admin_url(server)
    await drop(admin, SMALL.database)
    urls = await ground.build(admin, SMALL, settings, Pepper(bytes(range(32))), Clock().now())
    yield urls
    await drop(admin, SMALL.database)


@pytest.fixture(scope="module")
async def services(lived, settings):
    demo = LedgerDatabase(settings, made=lived)
    async with running(settings, meter=Meter(), sweeping=sweeping, demo=demo) as made:
        yield made


@pytest.fixture(scope="module")
async def client(services, settings):
    app = create_app(settings, services=lambda: nullcontext(services))
    async with at_home(app, settings) as there:
        yield there.client


async def rows(urls, query):
    connection = await asyncpg.connect(urls.application)
    try:
        return await connection.fetch(query)
    finally:
        await connection.close()


async def test_three_months_of_a_town_stand_before_the_audit(lived):
    report = await audit(lambda: asyncpg.connect(lived.application))
    assert report.ok
    kinds = {row[0] for row in await rows(lived, "select distinct code from ledger.journal j"
                                          " join ledger.kind k on k.id = j.kind")}  # fmt: skip
    assert {
        "payment",
        "refund",
        "p2p",
        "b2b",
        "issue_transfer",
        "issue_cash_paper",
        "swap_in",
        "redeem_hold",
        "redeem_approve",
        "redeem_paid",
        "cash_banked",
        "fee_eur",
        "aid_batch",
        "aid_award",
        "cse_disburse",
        "public_settlement",
    } <= kinds


async def test_its_entries_were_posted_in_the_hours_of_its_story(lived):
    ((first, last),) = await rows(
        lived, "select min(posted_at), max(posted_at) from ledger.journal"
    )
    assert last - first > timedelta(days=80)
    assert timedelta() < Clock().now() - last < timedelta(days=3)


async def test_rows_say_what_the_ledger_says(lived):
    """An order is settled by what was issued at once, or after its euros waited in suspense."""
    faults = await rows(
        lived,
        """
        select o.id from admin.purchase_order o
        left join admin.bank_credit c on c.order_id = o.id
        left join ledger.journal j on j.id = coalesce(c.entry, (
          select r.entry from admin.bank_release r
           where r.credit = c.id and r.bousol_cents > 0 order by r.nth limit 1))
        where (o.status = 'settled') <> (j.id is not null)
        and not (j.id is not null and c.status = 'booked' and c.waiting_cents > 0)
        union all
        select r.id from admin.redemption r left join ledger.journal j on j.id = r.entry
        where (r.status = 'approved') <> (j.id is not null)
        union all
        select i.id from merchants.invoice_payment i
        left join ledger.journal j on j.id = i.entry and j.document = i.id where j.id is null""",
    )
    assert faults == []


async def test_the_same_seed_lives_the_same_amounts_again(server, settings, lived):
    query = "select kind, amount, remainder from ledger.journal order by seq"
    first = [tuple(row) for row in await rows(lived, query)]
    plan = Again(seed=7, small=True)
    admin = admin_url(server)
    try:
        urls = await ground.build(admin, plan, settings, Pepper(bytes(32)), Clock().now())
        assert [tuple(row) for row in await rows(urls, query)] == first
    finally:
        await drop(admin, plan.database)


async def test_a_demo_is_built_once_and_its_version_changes_with_its_seed(server, lived):
    assert await ground.is_built(admin_url(server), SMALL)
    assert not await ground.is_built(admin_url(server), Mine(seed=8, small=True))


async def test_everybody_of_the_file_comes_in_and_nobody_else_reads_it(
    services, client, tmp_path: Path
):
    people, facts = await serving._let_in(services, SMALL)
    file = tmp_path / "demo.json"
    identities.write(file, facts, people)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    told = json.loads(file.read_text(encoding="utf-8"))
    assert {"resident", "commerce", "caisse", "tresoriere", "tresorier"} <= set(told["people"])
    assert {"cse", "cse-second", "fonds", "fonds-second"} <= set(told["people"])
    assert {"ccas", "ccas-valide", "ccas-second", "regie", "regie-caisse"} <= set(told["people"])
    for one in told["people"].values():
        asker = await services.recognition.of(one["token"])
        assert asker.role == one["role"]
        assert asker.party == one["party"]
    assert (await services.recognition.of(told["shop"]["till_key"])).key is not None


async def test_a_ccas_sees_its_programme_what_it_gave_and_what_waits(services, client):
    people = {one.who: one for one in (await serving._let_in(services, SMALL))[0]}
    clerk, approver = [
        {"Authorization": f"Bearer {people[who].token}"} for who in ("ccas", "ccas-valide")
    ]
    (programme,) = (await client.get("/v1/aid/programmes", headers=clerk)).json()["items"]
    assert programme["name"] == "Manger local"
    assert programme["line"]["left"]["amount"] == 1_000_00
    waiting, given = (await client.get("/v1/aid/batches", headers=clerk)).json()["items"]
    assert (given["status"], given["done"]) == ("executed", 30)
    assert (waiting["status"], waiting["done"]) == ("submitted", 0)
    named = (await client.get(f"/v1/aid/batches/{given['id']}", headers=clerk)).json()
    assert named["decision"].startswith("Commission permanente")
    place = f"/v1/aid/batches/{waiting['id']}/approval"
    assert (await client.post(place, headers=clerk)).status_code == 403
    approved = await client.post(place, headers=approver)
    assert (approved.status_code, approved.json()["missing"]["amount"]) == (200, 0)


async def test_at_the_desk_a_new_card_is_given_out_of_the_open_line(services, client):
    people, facts = await serving._let_in(services, SMALL)
    tokens = {one.who: one.token for one in people}
    headers = {"Authorization": f"Bearer {tokens['ccas']}", "Idempotency-Key": str(uuid4())}
    (programme,) = (await client.get("/v1/aid/programmes", headers=headers)).json()["items"]
    wanted = {
        "file": "U-1",
        "name": "Camille Lefèvre",
        "amount": {"amount": 50_00, "currency": "EUR"},
        "decision": "Secours d'urgence 1",
        "card_number": facts["desk_cards"][0],
        "pin": "8302",
    }
    place = f"/v1/aid/programmes/{programme['id']}"
    given = await client.post(f"{place}/emergencies", json=wanted, headers=headers)
    assert given.status_code == 201, given.text
    counter = headers | {"Authorization": f"Bearer {tokens['comptoir']}"}
    opening = {"name": "Zoé Lorgnier", "card_number": facts["counter_cards"][0], "pin": "8302"}
    assert (await client.post("/v1/accounts", json=opening, headers=counter)).status_code == 201
    left = (await client.get(place, headers=headers)).json()["line"]["left"]
    assert left["amount"] == 950_00


async def test_a_works_council_sees_its_own_gifts_alone(services, client):
    people = {one.who: one for one in (await serving._let_in(services, SMALL))[0]}
    headers = {"Authorization": f"Bearer {people['cse'].token}"}
    (programme,) = (await client.get("/v1/aid/programmes", headers=headers)).json()["items"]
    assert programme["instrument"] == "cse"
    (given,) = (await client.get("/v1/aid/batches", headers=headers)).json()["items"]
    assert (given["status"], given["total"]["amount"]) == ("executed", 24 * 20_00)


async def test_a_food_fund_has_given_its_members_the_same_and_may_share_out_what_came_since(
    services, client
):
    people = {one.who: one for one in (await serving._let_in(services, SMALL))[0]}
    headers = {"Authorization": f"Bearer {people['fonds'].token}"}
    (programme,) = (await client.get("/v1/aid/programmes", headers=headers)).json()["items"]
    assert programme["instrument"] == "food_fund"
    (given,) = (await client.get("/v1/aid/batches", headers=headers)).json()["items"]
    assert (given["status"], given["total"]["amount"]) == ("executed", 12 * 100_00)
    place = f"/v1/aid/programmes/{programme['id']}"
    period = {"period": given["period"]}
    told = (await client.get(f"{place}/members", params=period, headers=headers)).json()["items"]
    shares = [one["share"] and one["share"]["amount"] for one in told]
    assert shares == [100_00] * 12 + [None] * 4
    assert len({one["contribution"]["amount"] for one in told}) > 2
    assert all(one["paid"] == one["contribution"] for one in told[:12])
    paid = day_of(services.clock.now() - timedelta(days=1))
    asked = {"period": f"{paid:%Y-%m}"}
    month = (await client.get(f"{place}/month", params=asked, headers=headers)).json()
    assert (month["members"], month["to_give"], month["each"]["amount"]) == (16, 4, 100_00)
    wanted = {"period": month["period"], "decision": "Règlement, art. 4"}
    key = {"Idempotency-Key": str(uuid4())}
    made = await client.post(f"{place}/allotments", json=wanted, headers=headers | key)
    assert made.status_code == 201, made.text
    other = {"Authorization": f"Bearer {people['fonds-second'].token}"}
    approval = f"/v1/aid/batches/{made.json()['id']}/approval"
    assert (await client.post(approval, headers=headers)).status_code == 409
    approved = await client.post(approval, headers=other)
    assert (approved.status_code, approved.json()["missing"]["amount"]) == (200, 0)


async def test_aid_is_spent_and_the_resident_who_comes_in_has_some(services, client, lived):
    ((spent, left),) = await rows(
        lived,
        """
        select sum(w.bousol_cents - l.balance), sum(l.balance)
          from admin.award w join ledger.account l on l.id = w.lot""",
    )
    assert spent > 100_00
    assert left > 100_00
    people = {one.who: one for one in (await serving._let_in(services, SMALL))[0]}
    headers = {"Authorization": f"Bearer {people['resident'].token}"}
    account = (await client.get("/v1/account", headers=headers)).json()
    assert account["balance"]["amount"] > account["own"]["amount"] >= 50_00


async def test_a_cash_officer_sees_the_till_of_a_public_body_and_what_it_took(
    services, client, lived
):
    people = {one.who: one for one in (await serving._let_in(services, SMALL))[0]}
    headers = {"Authorization": f"Bearer {people['regie'].token}"}
    (till,) = (await client.get("/v1/tills", headers=headers)).json()["items"]
    assert len(till["posters"]) == 1
    ((evening,),) = await rows(
        lived,
        "select max(posted_at) from ledger.journal j join ledger.kind k on k.id = j.kind"
        " where k.code = 'public_settlement'",
    )
    path = f"/v1/tills/{till['id']}/days/{day_of(evening)}"
    told = (await client.get(path, headers=headers)).json()
    assert (told["now"]["payments"], told["now"]["paid"]["amount"]) == (6, 30_00)
    cashier = {"Authorization": f"Bearer {people['regie-caisse'].token}"}
    assert (await client.get("/v1/tills", headers=cashier)).json()["items"] == [till]
    assert (await client.get(path, headers=cashier)).json() == told


async def test_at_the_entrance_one_press_lets_somebody_in(services, settings):
    people, facts = await serving._let_in(services, SMALL)
    app = create_app(settings, services=lambda: nullcontext(services))
    cards = [facts["desk_cards"], facts["counter_cards"]]
    app.state[GUESTS] = identities.Guests(people, facts["shop"], *cards)
    async with at_home(app, settings) as there:
        shown = html.unescape((await there.client.get("/demo")).text)
        assert all(one in shown for one in [*(p.name for p in people), *map(", ".join, cards)])
        ours = {"Origin": there.url}
        for who, role in (("resident", "SOL"), ("commerce", "MER"), ("technique", "ADM")):
            entered = await there.client.post("/demo", data={"qui": who}, headers=ours)
            assert (entered.status_code, entered.headers["location"]) == (303, "/")
            token = entered.headers["set-cookie"].partition("=")[2].partition(";")[0]
            assert (await services.recognition.of(token)).role == role
        nobody = await there.client.post("/demo", data={"qui": "nobody"}, headers=ours)
        assert nobody.status_code == 404
        foreign = await there.client.post(
            "/demo", data={"qui": "resident"}, headers={"Origin": "https://elsewhere.example"}
        )
        assert foreign.status_code == 403
        assert "set-cookie" not in foreign.headers


async def test_elsewhere_nobody_is_let_in(client):
    assert (await client.get("/demo")).status_code == 404


async def test_the_clock_goes_forward_for_the_ledger_and_for_people(services, client, lived):
    before = (await client.get("/v1/demo/clock")).json()["now"]
    moved = await client.post("/v1/demo/clock", json={"seconds": 30 * 86_400})
    assert moved.status_code == 201
    gone = datetime.fromisoformat(moved.json()["now"]) - datetime.fromisoformat(before)
    assert timedelta(days=30) <= gone < timedelta(days=30, minutes=1)
    connection = await asyncpg.connect(lived.application)
    assert timedelta(days=29) < await clock.ahead(connection) < timedelta(days=31)
    await connection.close()
    refused = await client.post("/v1/demo/clock", json={"seconds": -1})
    assert refused.status_code == 400


async def test_elsewhere_there_is_no_clock_to_move(home):
    for method in ("GET", "POST"):
        body = {"seconds": 60} if method == "POST" else None
        answer = await home.client.request(method, "/v1/demo/clock", json=body)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_an_empty_demo_is_an_issuer_without_history(server, settings):
    admin, plan = admin_url(server), Mine(empty=True)
    try:
        urls = await ground.build(admin, plan, settings, Pepper(bytes(32)), Clock().now())
        assert await rows(urls, "select 1 from ledger.journal") == []
        assert len(await rows(urls, "select 1 from admin.role_grant")) == len(identities.PLACES)
    finally:
        await drop(admin, plan.database)
