"""An act whose answer is lost is asked about, and done once: sending, refunds, euros, suppliers."""

from contextlib import asynccontextmanager
from uuid import UUID

import pytest

from ledger.paying import CHAIN_LOCK
from tests.api.buying.buyers import carded
from tests.api.invoices.shops import HERE, bill, shop
from tests.api.town import PIN
from tests.browser.chromium import look

UNSURE = "text=Nous ne savons pas encore si c’est fait"
NOTHING = "text=Rien n’a été fait. Vous pouvez recommencer."
_WAITS = "select pid from pg_locks where locktype = 'advisory' and not granted"


@pytest.fixture(scope="module")
async def zoe(town):
    who = await town.resident(name="Zoé")
    who.extra["number"] = await carded(town, who)
    return who


@asynccontextmanager
async def stalled(database):
    """Every posting waits, and goes on afterwards."""
    other = await database.connect()
    await other.execute(f"select pg_advisory_lock({CHAIN_LOCK})")
    try:
        yield
    finally:
        await other.close()


async def cut(database, page, button):
    """What a press sends reaches the database, whose connection breaks before the commit."""
    other = await database.connect()
    await other.execute(f"select pg_advisory_lock({CHAIN_LOCK})")
    await page.click(button, no_wait_after=True)
    while not await other.fetch(_WAITS):
        await page.wait_for_timeout(20)
    await other.execute(f"select pg_terminate_backend(pid, 1000) from ({_WAITS}) waiting")
    await other.close()
    await page.wait_for_selector(UNSURE)


def money(cents):
    return {"amount": cents, "currency": "BSL"}


async def key_on(page):
    return UUID(await page.input_value("[name=cle]"))


async def with_phone(town, zoe, cents):
    """A resident whose phone is known to the ledger, for a cent was sent with it."""
    who = await town.resident(cents + 1)
    wanted = {"card": zoe.extra["number"], "amount": money(1)}
    assert (await who.post("/v1/transfers", wanted)).status_code == 201
    return who


async def asks_to_send(surfer, zoe, amount):
    page = await surfer.open("/envoyer")
    await page.fill("#montant", amount)
    await page.fill("#carte", zoe.extra["number"])
    await page.click("text=Continuer")
    return page


async def test_a_send_that_was_late_is_found_and_sent_once(town, zoe, surfer, fresh_database):
    who = await with_phone(town, zoe, 50_00)
    await surfer.sign_in(who)
    before = await town.balance(zoe)
    page = await asks_to_send(surfer, zoe, "31")
    key = await key_on(page)
    await page.fill("#code", PIN)
    async with stalled(fresh_database):
        await page.click(".btn-pay")
        await page.wait_for_selector(UNSURE)
        assert await key_on(page) == key
        assert await page.locator("[name=code]").count() == 0
        await look(page, "unsure")
    await page.click("text=Vérifier maintenant")
    await page.wait_for_selector("text=C’est envoyé")
    assert await town.balance(zoe) == before + 31_00
    assert await town.balance(who) == 19_00


async def test_a_send_of_which_nothing_is_known_is_asked_for_again_until_it_is(
    town, zoe, surfer, fresh_database
):
    who = await with_phone(town, zoe, 50_00)
    await surfer.sign_in(who)
    page = await asks_to_send(surfer, zoe, "12")
    key = await key_on(page)
    async with stalled(fresh_database):
        await page.click(".btn-pay")
        await page.wait_for_selector(UNSURE)
        await page.click("text=Vérifier maintenant")
        await page.wait_for_selector(UNSURE)
        assert await key_on(page) == key


async def test_a_send_that_never_was_is_told_for_good_and_may_be_made(town, zoe, surfer):
    who = await town.resident(50_00)
    await surfer.sign_in(who)
    before = await town.balance(zoe)
    page = await asks_to_send(surfer, zoe, "31")
    key = await key_on(page)
    await asks_what_became(page, ".btn-pay")
    await page.wait_for_selector(NOTHING)
    await look(page, "unsure-nothing")
    assert await key_on(page) != key
    late = await who.post("/v1/transfers", await agreed(who, zoe, 31_00, key), key=key)
    assert late.json()["code"] == "key_closed"
    await page.fill("#code", PIN)
    await page.click(".btn-pay")
    await page.wait_for_selector("text=C’est envoyé")
    assert await town.balance(zoe) == before + 31_00


async def agreed(who, to, cents, key):
    """A transfer as a program sends it, confirmed."""
    body = {"card": to.extra["number"], "amount": money(cents)}
    asked = body | {"key": str(key), "proof": {"pin": PIN}}
    answer = await who.post("/v1/transfers/confirmations", asked)
    return body | answer.json()


async def asks_what_became(page, button):
    """The page's form, sent as the page of a lost answer sends it."""
    await page.evaluate("""button => {
      const form = document.querySelector(button).form, asks = document.createElement("input");
      asks.type = "hidden"; asks.name = "verifier"; asks.value = "1";
      form.noValidate = true;
      form.append(asks);
    }""", button)  # fmt: skip
    await page.click(button)


async def test_part_of_an_invoice_is_given_back_once(town, surfer, fresh_database):
    payer, supplier = await shop(town, 200_00), await shop(town)
    made = await payer.post("/v1/invoice-payments", bill(supplier, 100_00))
    await surfer.sign_in(supplier)
    page = await surfer.open(f"/commerce/factures/{made.json()['id']}")
    await page.click("text=Rendre des Bou’Sols")
    await page.fill("#montant", "25")
    async with stalled(fresh_database):
        await page.click("button:has-text('Rendre')")
        await page.wait_for_selector(UNSURE)
    await page.click("text=Vérifier maintenant")
    await page.wait_for_selector("text=Rendu par vous")
    assert await town.balance(supplier) == 75_00


@pytest.mark.parametrize("late", [True, False])
async def test_euros_are_asked_for_once(town, surfer, fresh_database, late):
    who = await shop(town, 210_00)
    await surfer.sign_in(who)
    page = await surfer.open("/commerce/euros")
    await page.fill("#montant", "42")
    await page.click("text=Voir ce que je recevrai")
    key = await key_on(page)
    await page.fill("#code", PIN)
    await cut(fresh_database, page, ".btn-pay")
    assert await key_on(page) == key
    if late:
        made = await who.post("/v1/redemptions", {"amount": money(42_00)} | HERE, key=key)
        assert made.status_code == 201, made.text
    await page.click("text=Vérifier maintenant")
    await page.wait_for_selector("text=Vos Bou’Sols sont réservés" if late else NOTHING)
    assert await town.balance(who) == 210_00 - 42_00 * late


@pytest.mark.parametrize("late", [True, False])
async def test_a_supplier_is_paid_once(town, surfer, fresh_database, late):
    who, supplier = await shop(town, 200_00), await shop(town)
    await surfer.sign_in(who)
    page, key = await bill_on_a_page(surfer, supplier, "40")
    await page.fill("#code", PIN)
    await cut(fresh_database, page, ".btn-pay")
    if late:
        body = bill(supplier, 40_00, total=40_00, invoice="FA-77")
        made = await who.post("/v1/invoice-payments", body, key=key)
        assert made.status_code == 201, made.text
    await page.click("text=Vérifier maintenant")
    await page.wait_for_selector("text=C’est payé" if late else NOTHING)
    if not late:
        await look(page, "unsure-supplier")
        assert await key_on(page) != key
        await page.fill("#code", PIN)
        await page.click(".btn-pay")
        await page.wait_for_selector("text=C’est payé")
    assert await town.balance(supplier) == 40_00


async def test_a_proposal_that_was_late_is_found_too(town, surfer):
    who, supplier = await shop(town, 900_00), await shop(town)
    await surfer.sign_in(who)
    page, key = await bill_on_a_page(surfer, supplier, "600")
    body = bill(supplier, 600_00, total=600_00, invoice="FA-77")
    assert (await who.post("/v1/invoice-payments", body, key=key)).status_code == 201
    await asks_what_became(page, ".btn-pay")
    await page.wait_for_selector("text=une autre personne la confirme")
    assert len((await who.get("/v1/invoice-payments")).json()["items"]) == 1


async def bill_on_a_page(surfer, supplier, amount):
    page = await surfer.open(f"/commerce/fournisseurs/{supplier.extra['merchant']}")
    for name, text in {"facture": "FA-77", "total": amount, "bousols": amount}.items():
        await page.fill(f"#{name}", text)
    await page.click("text=Vérifier")
    await page.wait_for_selector("[name=cle]", state="attached")
    return page, await key_on(page)


async def test_a_page_that_could_not_be_shown_sends_its_form_again(town, surfer, fresh_database):
    who = await town.resident(20_00)
    await who.post("/v1/memberships")
    await surfer.sign_in(who)
    before = await town.balance(who)
    page = await surfer.open("/adhesion")
    key = await page.locator("form[action$=payer] [name=cle]").input_value()
    async with stalled(fresh_database):
        await page.click("form[action$=payer] button")
        await page.wait_for_selector("text=Beaucoup de monde à la fois")
        assert await key_on(page) == UUID(key)
        await look(page, "problem-again")
    await page.click("text=Réessayer")
    await page.wait_for_selector("text=C’est payé. Merci !")
    assert await town.balance(who) == before - 3_00
