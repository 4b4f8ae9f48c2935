"""Without scripts, without an account, and from pages that are not ours."""

from dataclasses import replace
from uuid import uuid4

import pytest
from argon2 import PasswordHasher

from admin.logins.credentials import Passwords
from ledger.paying import CHAIN_LOCK
from tests.api.paying import shops
from tests.api.paying.shops import asks
from tests.api.signin.people import login_of
from tests.api.town import PIN
from tests.browser.chromium import look, surfing
from tests.browser.keys import key_in
from tests.browser.till_and_phone import READY, paid, press, words


@pytest.fixture(scope="module")
async def shop(town):
    return await shops.shop(town)


@pytest.fixture
async def plainly(chromium, url):
    """A browser that runs no script."""
    async with surfing(chromium, url, java_script_enabled=False) as made:
        made.context.set_default_timeout(8_000)
        yield made


async def test_without_scripts_a_poster_is_paid_with_its_secret_code(town, shop, plainly):
    payer = await town.resident(127_10)
    await plainly.sign_in(payer)
    page = await plainly.open(f"/p/{shop.code}")
    assert not await page.is_visible("[data-keys]")
    await page.fill("#montant", "42,60")
    await page.click(".btn-pay")
    await page.fill("[name=code]", PIN)
    assert await page.input_value("#montant") == "42,60"
    await page.click("text=Payer 42,60")
    await page.wait_for_selector(".tide")
    assert await paid(town, payer, shop) == [42_60]
    await page.goto(f"{plainly.url}/p/{shop.code}")
    await page.click("text=Payer encore")
    await page.fill("#montant", "500")
    await page.click(".btn-pay")
    await page.fill("[name=code]", PIN)
    await page.click("text=Payer 500,00")
    await page.wait_for_selector("text=Le paiement n’est pas passé")
    await page.fill("[name=code]", PIN)
    await page.click(".btn-pay")
    await page.wait_for_selector(".tide")
    assert len(await paid(town, payer, shop)) == 2


async def test_without_scripts_a_request_is_paid_with_one_tap(town, shop, plainly):
    payer, till = await town.resident(20_00), await shops.till_key(town, shop)
    await plainly.sign_in(payer)
    link = (await asks(till, shop, 8_40))["link"]
    page = await plainly.open("/p/" + link.split("/p/")[1])
    assert "Valable jusqu’à" in await words(page)
    await page.click("text=Payer 8,40")
    await page.wait_for_selector(".tide")
    assert await paid(town, payer, shop) == [8_40]


async def test_without_scripts_an_answer_that_comes_late_is_awaited_by_the_page_itself(
    town, shop, plainly, fresh_database
):
    payer = await town.resident(20_00)
    await plainly.sign_in(payer)
    page = await plainly.open(f"/p/{shop.code}")
    key = await page.input_value("[name=cle]")
    await page.fill("#montant", "6")
    another = await fresh_database.connect()
    await another.execute(f"select pg_advisory_lock({CHAIN_LOCK})")  # every posting waits
    await page.click(".btn-pay")
    await page.wait_for_selector("text=Nous vérifions votre paiement")
    assert key in page.url
    page = await plainly.open(f"/p/{shop.code}")  # scanned again: the same is being checked
    await page.wait_for_selector("text=Nous vérifions votre paiement")
    assert "6,00" in await words(page)
    await another.close()
    await page.wait_for_selector(".tide", timeout=12_000)
    assert await paid(town, payer, shop) == [6_00]


async def test_without_scripts_nothing_left_is_made_final(town, shop, plainly):
    payer = await town.resident(20_00)
    await plainly.sign_in(payer)
    key = uuid4()
    there = f"?vers=/p/{shop.code}&montant=600"
    page = await plainly.open(f"/verifier/{key}{there}")
    assert "Toujours pas de réponse" not in await words(page)
    page = await plainly.open(f"/verifier/{key}{there}&depuis={town.now.timestamp() - 121:.0f}")
    assert "Toujours pas de réponse" in await words(page)
    await page.click("button:text('Annuler si rien n’est parti')")
    await page.wait_for_selector("text=Rien n’est parti. Vous pouvez payer.")
    assert await page.input_value("#montant") == "6,00"
    late = await shops.pays(payer, shop.code, 6_00, key=key)
    assert late.json()["code"] == "key_closed"
    assert await paid(town, payer, shop) == []


@pytest.fixture
async def quick(home):
    """Passwords that are hashed in a moment."""
    services = home.services
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    made = Passwords(hasher, waiting_max=16)
    home.app.state["services"] = replace(services, passwords=made)
    yield
    home.app.state["services"] = services


async def test_a_visitor_sees_the_shop_and_signs_in_in_place(town, shop, surfer, quick):
    payer = await town.resident(50_00)
    login = await login_of(town, payer)
    page = await surfer.open(f"/p/{shop.code}")
    seen = await words(page)
    for told in ("Boulangerie Delattre", "Commerce agréé", "20 euros en donnent 21"):
        assert told in seen
    await look(page, "pay-visitor")
    await page.fill("[name=montant]", "12,60")
    await page.fill("[name=identifiant]", login.identifier)
    await page.fill("[name=mot_de_passe]", "not the password")
    await page.click("text=Entrer et continuer")
    await page.wait_for_selector("[role=alert]")
    assert await page.input_value("[name=montant]") == "12,60"
    await look(page, "pay-visitor-wrong")
    await page.fill("[name=mot_de_passe]", login.password)
    await page.click("text=Entrer et continuer")
    await page.click("text=Payer 12,60")
    await page.wait_for_selector(".tide")
    assert await paid(town, payer, shop) == [12_60]


async def test_a_visitor_of_a_request_sees_its_amount(town, shop, surfer):
    till = await shops.till_key(town, shop)
    link = (await asks(till, shop, 8_40))["link"]
    page = await surfer.open("/p/" + link.split("/p/")[1])
    assert "8,40 B" in await words(page)
    await look(page, "pay-visitor-request")


async def test_a_merchant_who_looks_is_told_that_this_session_does_not_pay(shop, surfer):
    await surfer.sign_in(shop.owner)
    page = await surfer.open(f"/p/{shop.code}")
    await page.wait_for_selector("text=La session ouverte ici ne paie pas")
    await look(page, "pay-merchant-looks")


async def test_a_session_that_ended_meanwhile_is_begun_again_in_place(town, shop, surfer, quick):
    payer = await town.resident(50_00)
    login = await login_of(town, payer)
    await surfer.sign_in(payer)
    page = await surfer.open(f"/p/{shop.code}")
    await press(page, "12,60")
    assert (await payer.ask("DELETE", "/v1/sessions/current")).status_code == 204
    await page.click(".btn-pay")
    await page.fill("[name=identifiant]", login.identifier)
    assert await page.input_value("[name=montant]") == "12,60"
    await page.fill("[name=mot_de_passe]", login.password)
    await page.click("text=Entrer et continuer")
    await page.click("text=Payer 12,60")
    await page.wait_for_selector(".tide")
    assert await paid(town, payer, shop) == [12_60]


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
async def test_a_form_of_another_site_pays_nothing(town, shop, home, origin):
    payer = await town.resident(20_00)
    sent = {"cle": str(uuid4()), "montant": "5"}
    headers = {"Cookie": f"__Host-bousol={payer.token}", "Origin": origin}
    address = f"/p/{shop.code}"
    answer = await home.client.post(address, data=sent, headers=headers)
    assert answer.status_code == 403
    assert answer.headers["content-type"].startswith("text/html")
    assert await paid(town, payer, shop) == []
    ours = home.url.replace("127.0.0.1", "localhost")
    headers |= {"Origin": ours, "Host": ours.removeprefix("http://")}
    assert (await home.client.post(address, data=sent, headers=headers)).status_code == 303
    assert await paid(town, payer, shop) == [5_00]


async def test_a_secret_code_that_cannot_be_one_is_told_and_counts_as_no_try(town, shop, home):
    payer, key = await town.resident(50_00), str(uuid4())
    ours = home.url.replace("127.0.0.1", "localhost")
    headers = {"Cookie": f"__Host-bousol={payer.token}", "Origin": ours}
    headers |= {"Host": ours.removeprefix("http://"), "Accept-Language": "fr"}
    sent = {"cle": key, "montant": "42,60"}
    address = f"/p/{shop.code}"
    for typed in ("12", "1234567", "abcd", "١٢٣٤", "0", "47 11"):
        answer = await home.client.post(address, data=sent | {"code": typed}, headers=headers)
        assert answer.status_code == 200, typed
        assert "Un code secret a 4 à 6 chiffres. Cet essai ne compte pas." in answer.text
        assert key in answer.text
    assert (
        await home.client.post(address, data=sent | {"code": PIN}, headers=headers)
    ).status_code == 303
    assert await paid(town, payer, shop) == [42_60]


async def test_a_browser_does_not_send_a_secret_code_that_is_too_short(town, shop, surfer):
    await surfer.sign_in(await town.resident(50_00))
    page = await surfer.open(f"/p/{shop.code}")
    await press(page, "42,60")
    await page.fill("[name=code]", "12")
    await page.click(".btn-pay")
    assert await page.eval_on_selector("[name=code]", "one => one.matches(':invalid')")
    assert not await page.is_visible("[data-checking]")


@pytest.mark.parametrize("through_the_worker", [False, True])
async def test_a_page_of_another_site_makes_no_browser_pay(
    town, shop, surfer, url, through_the_worker
):
    payer = await town.resident(20_00)
    await surfer.sign_in(payer)
    if through_the_worker:
        await (await surfer.open(f"/p/{shop.code}")).wait_for_function(READY)
    page = await surfer.context.new_page()
    form = (f'<form method=post action="{url}/p/{shop.code}"><input name=cle value="{uuid4()}">'
            '<input name=montant value="5"></form>')  # fmt: skip
    await page.route("http://evil.example/", lambda route: route.fulfill(
        body=form, content_type="text/html"))  # fmt: skip
    await page.goto("http://evil.example/")
    async with page.expect_response("**/p/*") as answered:
        await page.evaluate("document.forms[0].submit()")
    assert (await answered.value).status == 403
    assert await paid(town, payer, shop) == []


async def test_no_page_allows_inline_scripts_or_styles_and_only_the_scanner_runs_wasm(
    town, shop, home
):
    payer = await town.resident(20_00)
    cookie = {"Cookie": f"__Host-bousol={payer.token}"}
    pages = (f"/p/{shop.code}", "/p/22222222", f"/verifier/{uuid4()}", "/hors-ligne", "/scanner")
    for path in pages:
        answer = await home.client.get(path, headers=cookie)
        policy = answer.headers["content-security-policy"]
        assert "unsafe-inline" not in policy, path
        assert ("wasm-unsafe-eval" in policy) == (path == "/scanner"), path
        assert " style=" not in answer.text, path


async def test_with_the_keyboard_alone_an_amount_is_typed_and_paid(town, shop, surfer):
    payer = await town.resident(20_00)
    await surfer.sign_in(payer)
    page = await surfer.open(f"/p/{shop.code}")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")  # to the content
    for _ in range(30):
        await page.keyboard.press("Tab")
        key = await page.evaluate("document.activeElement.dataset.key ?? ''")
        if key == "5":
            await page.keyboard.press("Space")
        if await page.evaluate("document.activeElement.matches('.btn-pay')"):
            break
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".tide")
    assert await paid(town, payer, shop) == [5_00]


async def test_a_visitor_comes_back_with_the_amount_by_a_passkey_and_otherwise(
    town, shop, surfer, quick
):
    payer = await town.resident(50_00)
    login = await login_of(town, payer)
    page = await surfer.open("/connexion?suite=/securite/cle")
    await key_in(page)
    await page.fill("#identifiant", login.identifier)
    await page.fill("#mot_de_passe", login.password)
    await page.click("button:has-text('Se connecter')")
    await page.fill("#preuve", login.password)
    await page.click("text=Continuer")
    await page.click("text=Créer la clé d’accès")
    await page.wait_for_selector("text=La clé d’accès est ajoutée.")
    await surfer.context.clear_cookies()
    await page.goto(f"{surfer.url}/p/{shop.code}")
    await page.fill("[name=montant]", "12,60")
    await look(page, "pay-visitor-passkey")
    await page.click("text=Utiliser ma clé d’accès")
    await page.click("text=Payer 12,60")
    await page.wait_for_selector(".tide")
    assert await paid(town, payer, shop) == [12_60]


async def test_without_scripts_entering_otherwise_keeps_the_amount(town, shop, plainly, quick):
    payer = await town.resident(50_00)
    login = await login_of(town, payer)
    page = await plainly.open(f"/p/{shop.code}")
    await page.fill("[name=montant]", "12,60")
    await page.click("text=Entrer autrement")
    assert "/connexion?suite=" in page.url
    await page.fill("[name=identifiant]", login.identifier)
    await page.fill("[name=mot_de_passe]", login.password)
    await page.click("button:has-text('Se connecter')")
    assert await page.input_value("#montant") == "12,60"
    await page.click("text=Payer 12,60")
    await page.wait_for_selector(".tide")


async def test_a_visitor_who_tried_too_often_is_told_when_to_come_back(town, shop, surfer, quick):
    login = await login_of(town, await town.resident())
    page = await surfer.open(f"/p/{shop.code}")
    for _ in range(12):
        await page.fill("[name=identifiant]", login.identifier)
        await page.fill("[name=mot_de_passe]", "not the password")
        await page.click("text=Entrer et continuer")
        await page.wait_for_load_state()
        if await page.locator("text=Réessayez dans").count():
            break
    await page.wait_for_selector("text=Réessayez dans 1 minute.")
    await look(page, "pay-visitor-later")


async def test_a_refused_payment_whose_poster_is_gone_is_told_once(town, surfer, plainly):
    payer, there, key = await town.resident(5_00), await shops.shop(town), uuid4()
    refused = await shops.pays(payer, there.code, 20_00, key=key)
    assert refused.status_code == 422
    await surfer.sign_in(payer)
    await plainly.sign_in(payer)
    gone = "22222222"
    path = f"/verifier/{key}?vers=/p/{gone}&montant=2000"
    page = await surfer.open(path)
    await page.wait_for_selector("text=Rien n’a été pris.")
    assert "Le solde ne suffit pas" in await words(page)
    await look(page, "pay-refused-only")
    await page.wait_for_timeout(2_500)
    assert page.url == surfer.url + path
    page = await plainly.open(path)
    assert "Rien n’a été pris." in await words(page)
    assert await page.locator("noscript").count() == 0
