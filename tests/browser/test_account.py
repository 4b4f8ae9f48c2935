"""Signing in, by password and passkey, with a second proof, in a role; and out again."""

from datetime import timedelta

import pytest
from sqlalchemy import delete

from admin.logins import credentials
from admin.roles import Role
from admin.tables import PASSWORD, THROTTLE
from api.gate.asker import COOKIE
from api.gate.handing import DEVICE_COOKIE
from tests.api.paying import shops
from tests.api.signin.people import PHRASE, code_of, login_of
from tests.browser.chromium import look, plain, surfing
from tests.browser.keys import key_in, refuse


@pytest.fixture(scope="module")
async def yvette(town):
    return await login_of(town, await town.resident(50_00))


@pytest.fixture(autouse=True)
async def _calm(town):
    """Nobody has tried anything: all tests come from one address."""
    async with town.services.rows() as rows:
        await rows.execute(delete(THROTTLE))


async def typed(page, login, password=PHRASE):
    await page.fill("#identifiant", login.identifier)
    await page.fill("#mot_de_passe", password)
    await page.press("#mot_de_passe", "Enter")


async def test_a_password_leads_back_to_where_one_was(yvette, surfer):
    page = await surfer.open("/securite?fait=rien")
    assert page.url == f"{surfer.url}/connexion?suite=/securite%3Ffait%3Drien"
    await look(page, "account-sign-in")
    await typed(page, yvette, "pas le bon mot de passe")
    await page.wait_for_selector("text=L’identifiant et le secret ne vont pas ensemble")
    assert await page.input_value("#identifiant") == yvette.identifier
    assert await page.input_value("#mot_de_passe") == ""
    await look(page, "account-sign-in-wrong")
    await typed(page, yvette)
    await page.wait_for_selector("h1:has-text('Mes accès')")
    assert page.url == f"{surfer.url}/securite?fait=rien"


async def test_a_device_stays_known_and_its_cookies_are_out_of_reach(yvette, surfer):
    page = await surfer.open("/connexion")
    await typed(page, yvette)
    await page.wait_for_url("**/compte")
    kept = {
        one["name"]: one
        for one in await surfer.context.cookies(surfer.url.replace("http:", "https:"))
    }
    assert {COOKIE, DEVICE_COOKIE} <= set(kept)
    days = [(kept[n]["expires"] - kept[COOKIE]["expires"]) / 86_400 for n in (DEVICE_COOKIE,)]
    assert abs(days[0]) < 1
    for name, same_site in ((COOKIE, "Lax"), (DEVICE_COOKIE, "Strict")):
        assert (kept[name]["httpOnly"], kept[name]["secure"]) == (True, True)
        assert kept[name]["sameSite"] == same_site
    assert await page.evaluate("document.cookie") == ""
    # Out, the session is gone and the device is still known.
    await page.goto(surfer.url + "/securite")
    await page.click("text=Se déconnecter")
    await page.wait_for_selector("text=Vous êtes déconnecté de cet appareil.")
    left = {
        one["name"] for one in await surfer.context.cookies(surfer.url.replace("http:", "https:"))
    }
    assert COOKIE not in left
    assert DEVICE_COOKIE in left


@pytest.fixture
def later(town):
    """Lets days go by for the service; they are taken back at the end."""

    def _go(days):
        town.services.clock.ahead += timedelta(days=days)
        town.services.recognition.forget()

    before = town.services.clock.ahead
    yield _go
    town.services.clock.ahead = before
    town.services.recognition.forget()


async def test_a_phone_is_signed_in_after_31_days_in_a_drawer_and_not_after_181(
    later, yvette, surfer
):
    page = await surfer.open("/connexion")
    await typed(page, yvette)
    await page.wait_for_url("**/compte")
    later(31)
    await page.goto(surfer.url + "/compte")
    assert page.url.endswith("/compte")
    later(150)
    await page.goto(surfer.url + "/compte")
    assert page.url.endswith("/connexion?suite=/compte")


async def test_signing_in_needs_a_keyboard_only(yvette, surfer):
    page = await surfer.open("/connexion")
    await page.focus("#identifiant")
    await page.keyboard.type(yvette.identifier)
    await page.keyboard.press("Tab")
    await page.keyboard.type(PHRASE)
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.textContent") == "Se connecter"
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/compte")


async def test_signing_in_needs_no_script(yvette, chromium, url):
    async with surfing(chromium, url, java_script_enabled=False) as surfer:
        page = await surfer.open("/connexion")
        assert not await page.is_visible("text=Utiliser ma clé d’accès")
        await typed(page, yvette)
        assert page.url.endswith("/compte")


async def test_too_many_tries_are_told_in_words(town, surfer):
    login = await login_of(town, await town.resident())
    page = await surfer.open("/connexion")
    for _ in range(11):
        await typed(page, login, "pas le bon mot de passe")
        await page.wait_for_load_state()
    await page.wait_for_selector("text=Réessayez dans 1 minute.")
    await look(page, "account-sign-in-later")


async def test_a_passkey_is_added_used_and_guarded(town, surfer):
    login = await login_of(town, await town.resident(10_00))
    page = await surfer.open("/connexion?suite=/securite")
    session, key = await key_in(page)
    await typed(page, login)
    await page.click("text=Ajouter une clé d’accès")
    await look(page, "account-passkey")
    await page.fill("#preuve", PHRASE)
    await page.click("text=Continuer")
    await page.wait_for_selector("text=Créer la clé d’accès")
    await look(page, "account-passkey-make")
    await page.fill("#nom", "Téléphone bleu")
    await page.click("text=Créer la clé d’accès")
    await page.wait_for_selector("text=La clé d’accès est ajoutée.")
    assert "Téléphone bleu" in await page.inner_text("main")
    await look(page, "account-security")
    # In with it, from the form that has nothing filled in.
    await page.click("text=Se déconnecter")
    await page.click("text=Utiliser ma clé d’accès")
    await page.wait_for_url("**/compte")
    # It proves who one is where something is changed.
    await page.goto(surfer.url + "/securite/code-secret")
    await page.fill("#nouveau", "4829")
    await page.click("text=Utiliser ma clé d’accès")
    await page.wait_for_selector("text=Votre code secret est changé.")
    # A wrong finger changes nothing and is told.
    await page.goto(surfer.url + "/connexion")
    await refuse(session, key)
    await page.click("text=Utiliser ma clé d’accès")
    await page.wait_for_selector("text=La clé d’accès n’a pas répondu")
    await look(page, "account-passkey-silent")


async def test_the_last_way_in_is_not_taken_away(town, surfer):
    login = await login_of(town, await town.resident())
    page = await surfer.open("/connexion?suite=/securite/cle")
    await key_in(page)
    await typed(page, login)
    await page.fill("#preuve", PHRASE)
    await page.click("text=Continuer")
    await page.click("text=Créer la clé d’accès")
    await page.wait_for_selector("text=La clé d’accès est ajoutée.")
    # A password alone removes no passkey: the key is asked for, and then it may go.
    await page.click("text=Retirer")
    await page.wait_for_selector("h1:has-text('Encore une preuve')")
    await look(page, "account-second-key")
    await page.click("text=Utiliser ma clé d’accès")
    await page.wait_for_selector("h1:has-text('Mes accès')")
    async with town.services.rows() as rows:
        await rows.execute(delete(PASSWORD).where(PASSWORD.c.user_id == login.who.user))
    await page.click("text=Retirer")
    await page.wait_for_selector("text=C’est votre dernier moyen de connexion")
    await look(page, "account-last-means")
    async with town.services.rows() as rows:
        stored = await town.services.passwords.hash(PHRASE)
        await credentials.put(rows, user=login.who.user, stored=stored, at=town.now)
    await page.click("text=Retirer")
    await page.wait_for_selector("text=La clé d’accès est retirée.")


async def test_staff_proves_twice_and_chooses_a_role(town, surfer):
    treasurer = await town.somebody(Role.TREASURER)
    login = await login_of(town, treasurer, code=True)
    await town.signed_in(treasurer.user, treasurer.person, Role.MANAGER, treasurer.party)
    page = await surfer.open("/connexion")
    await typed(page, login)
    await page.wait_for_selector("h1:has-text('Encore une preuve')")
    await look(page, "account-second")
    await page.fill("#code", "000 000")
    await page.click("text=Continuer")
    await page.wait_for_selector("text=Ce code ne convient pas")
    await page.fill("#code", code_of(town, login))
    await page.click("text=Continuer")
    await page.wait_for_selector("h1:has-text('Que venez-vous faire')")
    await look(page, "account-role")
    await page.click("button:has-text('Gestion des membres')")
    await page.wait_for_selector("text=Les écrans des bureaux ne sont pas encore là.")
    await look(page, "account-office")
    await page.click("text=Changer de rôle")
    assert "en cours" in plain(await page.inner_text("button:has-text('Gestion des membres')"))


async def test_one_staff_role_is_entered_with_the_code_at_once(town, surfer):
    login = await login_of(town, await town.somebody(Role.AUDITOR), code=True)
    page = await surfer.open("/connexion")
    await typed(page, login)
    await page.fill("#code", code_of(town, login))
    await page.click("text=Continuer")
    await page.wait_for_selector("text=Contrôle des comptes")
    assert page.url == f"{surfer.url}/"


async def test_staff_without_a_second_proof_sets_one_up(town, surfer):
    login = await login_of(town, await town.somebody(Role.CASEWORKER))
    page = await surfer.open("/connexion")
    await key_in(page)
    await typed(page, login)
    await page.wait_for_selector("text=Votre rôle demande une seconde preuve.")
    await look(page, "account-second-none")
    await page.click("text=Ajouter une clé d’accès")
    await page.fill("#preuve", PHRASE)
    await page.click("text=Continuer")
    await page.click("text=Créer la clé d’accès")
    await page.wait_for_selector("text=La clé d’accès est ajoutée.")
    await page.goto(surfer.url + "/")
    await page.click("button:has-text('Agent du CCAS')")
    await page.click("text=Utiliser ma clé d’accès")
    await page.wait_for_selector("text=Aucun programme n’est ouvert")


async def test_a_passkey_confirms_a_payment_instead_of_the_secret_code(town, surfer):
    shop = await shops.shop(town)
    login = await login_of(town, await town.resident(80_00))
    page = await surfer.open("/connexion?suite=/securite/cle")
    session, key = await key_in(page)
    await typed(page, login)
    await page.fill("#preuve", PHRASE)
    await page.click("text=Continuer")
    await page.click("text=Créer la clé d’accès")
    await page.wait_for_selector("text=La clé d’accès est ajoutée.")
    await page.goto(f"{surfer.url}/p/{shop.code}")
    for sign in "40,50":
        await page.click(f'[data-key="{sign}"]')
    await look(page, "pay-passkey")
    await refuse(session, key)
    await page.click("text=Confirmer avec ma clé d’accès")
    await page.wait_for_selector("text=La clé d’accès n’a pas répondu")
    await refuse(session, key, recognised=True)
    await page.click("text=Confirmer avec ma clé d’accès")
    await page.wait_for_selector("text=C’est payé")
    assert "40,50" in await page.inner_text("main")
