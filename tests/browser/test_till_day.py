"""The day of a till: live, cut and back with nothing missed, refunds, each person, the closing."""

from datetime import timedelta

import pytest

from admin.roles import Role
from tests.api.paying import shops
from tests.api.paying.shops import bsl, eur, pays, takes
from tests.api.town import PIN
from tests.browser.chromium import look, plain, taps
from tests.browser.till_scenes import SPY, employee, live, press, until


@pytest.fixture(scope="module")
async def shop(town):
    return await shops.shop(town)


@pytest.fixture
async def payer(town):
    return await town.resident(90_00)


@pytest.fixture
async def day(town, shop, payer, surfer):
    """The list of a day with a payment, as the merchant sees it."""
    await pays(payer, shop.code, 3_20)
    await surfer.context.add_init_script(SPY)
    await surfer.sign_in(shop.owner)
    page = await surfer.open(f"/caisse/{shop.till}/jour")
    await live(page)
    return page


async def first(page):
    return plain(await page.locator("#lignes li").first.inner_text())


async def test_the_list_goes_on_by_itself_and_marks_refunds(town, shop, payer, day):
    begun = int(await day.get_attribute("#total", "data-paid"))
    some = int(await day.get_attribute("#total", "data-payments"))
    paid = (await pays(payer, shop.code, 12_60)).json()
    await until(day, "document.querySelector('#lignes .new') !== null")
    code = f"{paid['short_code'][:2]} {paid['short_code'][2:]}"
    assert f"{code} 12,60 B" in await first(day)
    assert plain(await day.inner_text("#total-dit")) == f"Aujourd’hui, {some + 1} paiements"
    await shop.owner.post(f"/v1/payments/{paid['payment']}/refunds", {"amount": bsl(2_00)})
    await day.wait_for_selector("text=/remboursé 2,00.B/")
    assert "remboursement −2,00 B" in await first(day)
    whole = f"{(begun + 12_60 - 2_00) / 100:.2f}".replace(".", ",")
    assert plain(await day.inner_text("#total-somme")) == whole
    sums = plain(await day.inner_text("#arret"))
    await look(day, "till-day")
    # Without scripts a reload says the same.
    lines = [plain(text) for text in await day.locator("#lignes li").all_inner_texts()]
    await day.reload()
    assert plain(await day.inner_text("#arret")) == sums
    assert plain(await day.inner_text("#total-somme")) == whole
    assert [plain(t) for t in await day.locator("#lignes li").all_inner_texts()] == lines


async def test_a_cut_is_told_and_nothing_is_missed(town, shop, payer, day, surfer):
    before = await day.locator("#lignes li").count()
    await surfer.context.set_offline(True)
    await day.wait_for_selector("#coupure:not([hidden])")
    text = plain(await day.inner_text("#coupure"))
    assert text.startswith("Connexion coupée depuis ")
    assert "Comparez le code avant de servir." in text
    assert plain(await day.inner_text("#direct")) == "Hors ligne"
    await look(day, "till-day-cut")
    paid = [(await pays(payer, shop.code, cents)).json()["payment"] for cents in (100, 200, 300)]
    await shop.owner.post(f"/v1/payments/{paid[0]}/refunds", {"amount": bsl(1_00)})  # no payment
    await surfer.context.set_offline(False)
    await until(day, f"document.querySelectorAll('#lignes li').length === {before + 4}")
    assert await day.is_hidden("#coupure")
    rows = await day.locator("#lignes li").evaluate_all("all => all.map(r => r.dataset.entry)")
    assert rows[1:4] == paid[::-1]
    await day.wait_for_selector("text=Connexion revenue. 3 paiements rattrapés.")
    await look(day, "till-day-back")


async def test_a_cut_at_the_keypad_turns_green_when_it_is_over(town, shop, payer, surfer):
    await surfer.sign_in(shop.owner)
    page = await surfer.open(f"/caisse/{shop.till}")
    await live(page)
    await surfer.context.set_offline(True)
    await page.wait_for_selector("#coupure:not([hidden])")
    await press(page, "5,50")
    await page.click("#afficher")
    await page.wait_for_selector("text=Pas de réseau. Rien n’est parti.")
    await look(page, "till-cut")
    await pays(payer, shop.code, 5_50)
    await pays(payer, shop.code, 1_10)
    await surfer.context.set_offline(False)
    await until(page, "document.getElementById('recu-montant').textContent === '1,10'", 10)
    assert plain(await page.inner_text("#encore")) == "+ 1"


async def test_a_phone_that_slept_has_missed_nothing(town, shop, payer, surfer):
    await surfer.sign_in(shop.owner)
    page = await surfer.open(f"/caisse/{shop.till}")
    await live(page)
    phone = await surfer.context.new_cdp_session(page)
    await phone.send("Page.setWebLifecycleState", {"state": "frozen"})
    await pays(payer, shop.code, 1_30)
    await phone.send("Page.setWebLifecycleState", {"state": "active"})
    await until(page, "document.getElementById('recu-montant').textContent === '1,30'", 10)
    await page.goto(f"{surfer.url}/caisse")  # nor has one that was away, or was read again
    await live(page)
    assert await page.is_hidden("#recu")
    await page.goto("about:blank")
    await pays(payer, shop.code, 1_40)
    await page.goto(f"{surfer.url}/caisse")
    await until(page, "document.getElementById('recu-montant').textContent === '1,40'", 10)


async def test_three_taps_give_back_in_full_or_in_part_and_never_more(town, shop, payer, day):
    paid = (await pays(payer, shop.code, 9_10)).json()
    row = f'#lignes li[data-entry="{paid["payment"]}"] a'
    await day.click(row)
    await day.wait_for_selector("h1:has-text('Paiement')")
    await look(day, "till-payment")
    await day.click("text=Rembourser")
    await look(day, "till-refund")
    assert await day.input_value("#montant") == "9,10"
    await day.fill("#montant", "2,00")
    before = await town.balance(payer)
    await day.click("button:has-text('Rembourser ce montant')")
    await day.wait_for_selector("h1:has-text('Remboursé')")
    await taps(day, "refund", 3)
    await look(day, "till-refunded")
    assert await town.balance(payer) == before + 2_00
    await day.click("text=Voir le paiement")
    await look(day, "till-payment-refunded")
    await day.click("a:has-text('Rembourser')")
    await day.fill("#montant", "8,00")
    await day.click("button:has-text('Rembourser ce montant')")
    await day.wait_for_selector("text=Le paiement n’a plus autant à rendre")
    await look(day, "till-refund-too-much")
    await day.fill("#montant", "7,10")
    await day.click("button:has-text('Rembourser ce montant')")
    await day.click("text=Voir le paiement")
    assert await day.is_visible("text=Ce paiement est remboursé en entier.")
    assert await town.balance(payer) == before + 9_10


async def begins(page, number):
    await page.fill("#carte", number)
    await page.fill("#code", PIN)
    await page.click("button:has-text('Commencer')")


async def test_a_cashier_gives_back_in_their_shift_and_is_told_their_bounds_in_words(
    town, shop, payer, surfer
):
    work, card, _ = await employee(town, shop)
    _, link = await shops.card(town, payer)
    taken = await takes(shop.owner, shop, link, 60_00, pin=PIN)
    await surfer.sign_in(work)
    page = await surfer.open(f"/caisse/{shop.till}/paiement/{taken.json()['payment']}")
    await page.click("text=Rembourser")
    await page.wait_for_selector("text=Pour rembourser, commencez votre service")
    await look(page, "till-refund-no-shift")
    await page.click("text=Commencer le service")
    _, colleagues, _ = await employee(town, shop, "Zoé")
    await begins(page, colleagues.number)
    await page.wait_for_selector("text=Ce service est celui d’une autre personne.")
    await look(page, "till-begin-anothers")
    await begins(page, card.number)
    await live(page)
    await page.goto(f"{surfer.url}/caisse/{shop.till}/paiement/{taken.json()['payment']}")
    await page.click("text=Rembourser")
    await page.click("button:has-text('Rembourser ce montant')")
    await page.wait_for_selector("text=En caisse, on ne rembourse pas autant")
    assert "50,00 B" in plain(await page.inner_text("main"))
    await page.click("text=Changer le montant")
    town.services.clock.ahead += timedelta(days=1)
    try:
        await page.click("button:has-text('Rembourser ce montant')")
        await page.wait_for_selector("text=commencez votre service")
    finally:
        town.services.clock.ahead -= timedelta(days=1)


async def test_the_day_is_each_persons_is_closed_once_and_earlier_days_are_there(
    town, surfer, payer
):
    shop = await shops.shop(town, owner=await town.somebody(Role.MERCHANT))
    work, _, _ = await employee(town, shop)
    shift = await shops.shift(town, shop, work)
    _, link = await shops.card(town, payer)
    await takes(work, shop, link, 8_00, shift=str(shift))
    poor = await town.resident(8_40)
    await pays(poor, shop.code, 12_60, cash=eur(4_40))
    await surfer.sign_in(shop.owner)
    page = await surfer.open(f"/caisse/{shop.till}/jour")
    assert "Léa 8,00 B" in plain(await page.inner_text("section:has-text('Par personne')"))
    await page.click("text=Arrêter la journée")
    await page.wait_for_selector("text=Arrêté le")
    told = await shop.owner.get(f"/v1/tills/{shop.till}/days/{_today(town)}")
    closed = told.json()["closed"]
    shown = plain(await page.inner_text("#arret"))
    assert (closed["payments"], closed["paid"]["amount"]) == (2, 16_20)
    assert "Reçu 16,20 B" in shown
    assert "En espèces 4,40 €" in shown
    await pays(payer, shop.code, 1_00)
    await page.reload()
    await page.wait_for_selector("text=Depuis l’arrêté, la journée a changé : 17,20 B reçus")
    await look(page, "till-day-closed")
    await page.click("text=Voir ce jour")
    await page.wait_for_selector("text=Aucun paiement ce jour-là.")
    await look(page, "till-day-before")


def _today(town):
    from api.wire.days import day_of  # noqa: PLC0415  # why: here only

    return day_of(town.now)


async def test_a_public_till_that_is_suspended_says_so(town, surfer):
    from merchants.tables import MERCHANT  # noqa: PLC0415  # why: here only

    shop = await shops.shop(town, owner=await town.somebody(Role.MERCHANT))
    await shops.change(town, MERCHANT, shop.merchant, status="suspended")
    await surfer.sign_in(shop.owner)
    page = await surfer.open(f"/caisse/{shop.till}")
    await page.wait_for_selector("text=Cette caisse ne prend pas de Bou’Sols en ce moment.")
    await look(page, "till-suspended")
