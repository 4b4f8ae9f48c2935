"""A form that comes back has its key again, unless a refusal has used it up for good."""

import dataclasses
import re
from uuid import UUID, uuid4

import pytest

from admin.aid import returns
from admin.roles import Role
from api.gate.asker import COOKIE
from api.pages.every import PAGES
from api.pages.forms import NOTHING, next_key
from api.routes import ROUTES
from api.wire.problems import Problem
from ledger.paying import CHAIN_LOCK
from ledger.refusals import OutcomeUnknown
from tests.api.aid.sponsors import Sponsor
from tests.api.house import house
from tests.api.town import Town


@pytest.fixture(scope="module")
async def town(fresh_database):
    async with house(fresh_database, routes=(*ROUTES, *PAGES)) as running:
        yield Town(running)


async def sends(who, path, *, sent=NOTHING, **form):
    headers = {"cookie": f"{COOKIE}={who.token}", "sec-fetch-site": "same-origin", **sent}
    return await who.house.client.post(path, data=form, headers=headers)


def key_on(page):
    """The key that the next press of the button sends."""
    (key,) = set(re.findall('name="cle" value="([^"]+)"', page.text))
    return UUID(key)


@pytest.mark.parametrize("code", ["outcome_unknown", "unavailable", "overloaded", "line_short"])
def test_a_key_is_kept_while_nothing_was_answered_for_good(code):
    key = uuid4()
    assert next_key({"cle": str(key)}, {"code": code}) == key
    assert next_key({"cle": str(key)}) == key


@pytest.mark.parametrize("code", ["key_conflict", "key_closed", "insufficient_funds"])
def test_a_key_that_was_used_up_is_not_offered_again(code):
    key = uuid4()
    assert next_key({"cle": str(key)}, {"code": code}) != key
    assert next_key({"cle": "mine"}).version


async def test_a_line_that_was_refused_is_asked_for_under_the_same_key(town):
    ccas = await Sponsor.meet(town)
    programme, key = await ccas.programme(funded=50_00), uuid4()
    path, form = f"/aide/programmes/{programme}/guichet", {"chacune": "20", "seuil": "10"}
    short = await sends(ccas.validator, path, cle=str(key), somme="100", **form)
    assert (short.status_code, key_on(short)) == (422, key), short.text
    done = await sends(ccas.validator, path, cle=str(key), somme="50", **form)
    assert done.status_code == 303
    again = await sends(ccas.validator, path, cle=str(key), somme="40", **form)
    assert again.status_code == 422  # the first one stands, so this is another act


async def test_a_return_whose_answer_was_lost_is_proposed_under_the_same_key(town, monkeypatch):
    ccas = await Sponsor.meet(town)
    programme, key = await ccas.programme(funded=50_00), uuid4()
    path = f"/aide/programmes/{programme}/retours"

    async def lost(*_):
        raise OutcomeUnknown(key)

    with monkeypatch.context() as patched:
        patched.setattr(returns, "propose", lost)
        page = await sends(ccas.treasurer, path, cle=str(key))
    assert (page.status_code, key_on(page)) == (504, key)
    assert (await sends(ccas.treasurer, path, cle=str(key))).status_code == 303
    listed = await ccas.treasurer.get(f"/v1/aid/programmes/{programme}/returns")
    assert len(listed.json()["items"]) == 1


async def test_a_fee_is_paid_under_its_key_until_that_was_answered(town):
    who, key = await town.resident(), uuid4()
    year = (await who.post("/v1/memberships")).json()["id"]
    path = f"/adhesion/{year}/payer"
    poor = await sends(who, path, cle=str(key))
    assert poor.status_code == 422
    await town.fill(who, 20_00)
    assert (await sends(who, path, cle=str(uuid4()))).status_code == 303


async def test_a_fee_whose_answer_was_lost_is_paid_once(town, fresh_database):
    who, key = await town.resident(20_00), uuid4()
    year, before = (await who.post("/v1/memberships")).json()["id"], await town.balance(who)
    path, other = f"/adhesion/{year}/payer", await fresh_database.connect()
    await other.execute(f"select pg_advisory_lock({CHAIN_LOCK})")
    try:
        page = await sends(who, path, cle=str(key))
    finally:
        await other.close()
    assert (page.status_code, key_on(page)) == (503, key), page.text
    assert f'<form method="post" action="{path}"' in page.text
    assert (await sends(who, path, cle=str(key))).status_code == 303
    assert await town.balance(who) == before - 3_00


def links(page):
    return set(re.findall('href="(/[^"]*)"', page.text))


async def test_a_page_that_failed_links_no_address_that_takes_forms_alone(town, monkeypatch):
    who = await town.resident()
    path = f"/adhesion/{uuid4()}/payer"
    ours = {"referer": f"{town.house.url}/adhesion?fait=quittee"}
    others = {"referer": "https://elsewhere.example/adhesion"}

    async def away(*_):
        raise Problem("unavailable")

    with monkeypatch.context() as patched:
        patched.setattr(town.services.recognition, "of", away)
        lost = [await sends(who, path, sent=sent, cle=str(uuid4())) for sent in (ours, others, {})]
    assert [page.status_code for page in lost] == [503] * 3
    assert "/adhesion?fait=quittee" in links(lost[0])
    for page in lost:
        assert not [link for link in links(page) if path in link], page.text
        assert 'name="cle"' not in page.text


async def test_who_must_sign_in_to_send_a_form_is_led_to_a_page_that_opens(town):
    who = await town.resident()
    ended = dataclasses.replace(who, token="0" * 43)
    page = await sends(ended, "/adhesion/quitter", sent={"referer": f"{town.house.url}/adhesion"})
    assert page.status_code == 401
    assert "/connexion?suite=/adhesion" in links(page)


async def test_proofs_are_not_in_a_page_that_sends_again(town, monkeypatch):
    who, key = await town.resident(50_00), uuid4()

    async def away(*_, **__):
        raise Problem("overloaded")

    monkeypatch.setattr("api.pages.resident.sending.unsure.settle", away)
    monkeypatch.setattr("api.pages.resident.sending._again", away)
    form = {"cle": str(key), "montant": "5", "carte": "482109375520", "code": "4711"}
    page = await sends(who, "/envoyer/confirmer", **form)
    assert (page.status_code, key_on(page)) == (503, key)
    assert 'value="482109375520"' in page.text
    assert "4711" not in page.text


async def test_an_order_that_was_refused_keeps_its_key(town):
    who, key = await town.somebody(Role.SOLISTE), uuid4()
    page = await sends(who, "/recharger", cle=str(key), montant="20")
    assert page.status_code in {403, 409, 422}, page.text
    assert key_on(page) == key
