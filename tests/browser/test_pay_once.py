"""No second payment by mistake, whatever the network, the tabs and the fingers do."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from tests.api.paying import shops
from tests.browser.chromium import look, surfing
from tests.browser.till_and_phone import paid, pays, press, words


@pytest.fixture(scope="module")
async def shop(town):
    return await shops.shop(town)


@pytest.fixture
async def surfer(chromium, url):
    """A phone whose pages no service worker helps: what asks past it is not always intercepted."""
    async with surfing(chromium, url, service_workers="block") as made:
        yield made


@pytest.fixture
async def yvette(town, surfer):
    made = await town.resident(127_10)
    await surfer.sign_in(made)
    surfer.context.set_default_timeout(12_000)
    return made


async def losing(page, shop, *, sent=True):
    """The next payment reaches the service, or does not, and its answer never comes back."""

    async def lose(route):
        if route.request.method != "POST":
            return await route.continue_()
        if sent:
            await route.fetch(max_redirects=0)
        return await route.abort("connectionreset")

    await page.route(f"**/p/{shop.code}", lose)


async def test_offline_before_sending_nothing_leaves_and_the_amount_is_kept(
    town, shop, surfer, yvette
):
    page = await surfer.open(f"/p/{shop.code}")
    await press(page, "12,60")
    await surfer.context.set_offline(True)
    await page.click(".btn-pay")
    await page.wait_for_selector("text=Pas de réseau. Rien n’est parti.")
    assert await page.input_value("#montant") == "12,60"
    await look(page, "pay-offline")
    await surfer.context.set_offline(False)
    assert await paid(town, yvette, shop) == []
    await page.click(".btn-pay")
    await page.wait_for_selector(".tide")
    assert await paid(town, yvette, shop) == [12_60]


async def test_a_lost_answer_is_checked_and_becomes_the_truth(town, shop, surfer, yvette):
    page = await surfer.open(f"/p/{shop.code}")
    await losing(page, shop)
    await page.route("**/v1/outcomes", lambda route: route.abort("connectionreset"))
    await press(page, "12,60")
    await page.click(".btn-pay")
    await page.wait_for_selector("text=Nous vérifions votre paiement")
    await page.wait_for_selector("text=Pas de réseau pour l’instant")
    assert "Ne payez pas une seconde fois" in await words(page)
    await look(page, "pay-checking")
    await page.unroute("**/v1/outcomes")
    await page.click("text=Vérifier maintenant")
    await page.wait_for_selector(".tide")
    assert await paid(town, yvette, shop) == [12_60]


async def test_after_two_minutes_without_an_answer_it_is_said_what_to_do(
    town, shop, surfer, yvette
):
    page = await surfer.context.new_page()
    await page.route("**/v1/outcomes", lambda route: route.abort("connectionreset"))
    since = int(town.now.timestamp()) - 121
    there = f"?vers=/p/{shop.code}&montant=1260&depuis={since}"
    await page.goto(f"{surfer.url}/verifier/{uuid4()}{there}")
    await page.wait_for_selector("text=Toujours pas de réponse")
    await look(page, "pay-checking-late")


async def test_a_payment_that_never_left_is_told_for_good_and_can_be_made(
    town, shop, surfer, yvette
):
    page = await surfer.open(f"/p/{shop.code}")
    await losing(page, shop, sent=False)
    await press(page, "12,60")
    await page.click(".btn-pay")
    await page.wait_for_selector("text=Nous vérifions votre paiement")
    await page.wait_for_selector("text=Rien n’est parti. Vous pouvez payer.")
    assert await page.input_value("#montant") == "12,60"
    await look(page, "pay-nothing-left")
    await page.unroute(f"**/p/{shop.code}")
    await page.click(".btn-pay")
    await page.wait_for_selector(".tide")
    assert await paid(town, yvette, shop) == [12_60]


async def test_a_poster_scanned_again_after_a_lost_answer_shows_what_was_paid(
    town, shop, surfer, yvette
):
    page = await surfer.open(f"/p/{shop.code}")
    await losing(page, shop)
    await page.route("**/v1/outcomes", lambda route: route.abort("connectionreset"))
    await press(page, "12,60")
    await page.click(".btn-pay")
    await page.wait_for_selector("text=Nous vérifions votre paiement")
    await page.close()
    page = await surfer.open(f"/p/{shop.code}")
    await page.wait_for_selector("text=Vous avez déjà payé ici")
    await page.click("text=Montrer le reçu")
    await page.wait_for_selector(".tide")
    assert await paid(town, yvette, shop) == [12_60]


async def test_a_browser_closed_before_anything_left_goes_on_with_the_same_payment(
    town, shop, surfer, yvette
):
    page = await surfer.open(f"/p/{shop.code}")
    key = await page.input_value("[name=cle]")
    await page.close()
    page = await surfer.open(f"/p/{shop.code}")
    assert await page.input_value("[name=cle]") == key
    kept = {c["name"]: c for c in await surfer.context.cookies()}["bousol-cle"]
    assert (kept["path"], kept["httpOnly"], kept["secure"], kept["sameSite"]) == (
        f"/p/{shop.code}", True, True, "Lax",
    )  # fmt: skip


async def test_two_tabs_make_one_payment_and_another_amount_is_explained(
    town, shop, surfer, yvette
):
    first, second = [await surfer.open(f"/p/{shop.code}") for _ in range(2)]
    third = await surfer.open(f"/p/{shop.code}")
    await asyncio.gather(pays(first, "12,60"), pays(second, "12,60"))
    assert await paid(town, yvette, shop) == [12_60]
    await press(third, "9")
    await third.click(".btn-pay")
    await third.wait_for_selector("text=Celui de 9,00")
    await look(third, "pay-other-amount")
    assert await paid(town, yvette, shop) == [12_60]


async def test_a_double_tap_and_a_reload_pay_once(town, shop, surfer, yvette):
    page = await surfer.open(f"/p/{shop.code}")
    await press(page, "12,60")
    await page.dblclick(".btn-pay")
    await page.wait_for_selector(".tide")
    await page.reload()
    await page.wait_for_selector(".tide")
    await page.go_back()
    await page.wait_for_selector("text=Vous avez déjà payé ici")
    await page.go_forward()
    await page.wait_for_selector(".tide")
    assert await paid(town, yvette, shop) == [12_60]


async def test_what_was_paid_from_another_phone_comes_first_too(
    town, shop, surfer, yvette, chromium, url
):
    page = await surfer.open(f"/p/{shop.code}")
    await press(page, "3")
    assert (await shops.pays(yvette, shop.code, 12_60)).status_code == 201
    await page.click(".btn-pay")
    await page.wait_for_selector("text=Vous avez déjà payé ici à l’instant")
    assert await paid(town, yvette, shop) == [12_60]
    async with surfing(chromium, url) as another:
        await another.sign_in(yvette)
        page = await another.open(f"/p/{shop.code}")
        await page.wait_for_selector("text=12,60")
        await page.click("text=Payer encore")
        await pays(page, "3")
    assert await paid(town, yvette, shop) == [12_60, 3_00]


async def test_after_ten_minutes_a_payment_is_a_receipt_and_the_poster_is_free(
    town, shop, surfer, yvette, home
):
    answer = await shops.pays(yvette, shop.code, 12_60)
    payment, services = answer.json()["payment"], home.services
    page = await surfer.open(f"/p/{shop.code}")
    await page.wait_for_selector("text=Vous avez déjà payé ici")
    for minutes, told in ((3, "il y a 3 minutes"), (1, "il y a 1 minute")):
        at(home, services, minutes)
        await page.reload()
        await page.wait_for_selector(f"text={told}")
    at(home, services, 11)
    await page.reload()
    await page.wait_for_selector(".btn-pay")
    await page.goto(f"{surfer.url}/paye/{payment}")
    assert page.url == f"{surfer.url}/recu/{payment}"
    home.app.state["services"] = services


def at(home, services, minutes):
    """So many minutes later, as the pages see it."""
    later = replace(services.clock, ahead=timedelta(minutes=minutes))
    home.app.state["services"] = replace(services, clock=later)


async def test_a_refused_try_leaves_one_line_and_a_new_key(town, surfer):
    payer, there = await town.resident(5_00), await shops.shop(town)
    await surfer.sign_in(payer)
    page = await surfer.open(f"/p/{there.code}")
    key = await page.input_value("[name=cle]")
    assert (await shops.pays(payer, there.code, 20_00, key=key)).status_code == 422
    await page.reload()
    await page.wait_for_selector("text=Votre dernier essai n’est pas passé")
    assert await page.input_value("[name=cle]") != key
    await look(page, "pay-after-refusal")


async def test_a_browser_without_timed_signals_pays_and_checks(town, shop, surfer, yvette):
    await surfer.context.add_init_script("delete AbortSignal.timeout")
    page = await surfer.open(f"/p/{shop.code}")
    assert await page.evaluate("AbortSignal.timeout === undefined")
    await losing(page, shop)
    await press(page, "12,60")
    await page.click(".btn-pay")
    await page.wait_for_selector(".tide")
    assert await paid(town, yvette, shop) == [12_60]


async def test_where_a_script_cannot_send_the_form_sends_itself(town, shop, surfer, yvette):
    await surfer.context.add_init_script("delete window.AbortController")
    page = await surfer.open(f"/p/{shop.code}")
    await press(page, "12,60")
    await page.click(".btn-pay")
    await page.wait_for_selector(".tide")
    assert await paid(town, yvette, shop) == [12_60]
