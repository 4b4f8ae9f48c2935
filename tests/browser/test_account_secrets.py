"""One's own secrets on a screen: sessions, password, secret code, codes; invitations, ways back."""

import re

import pyotp
import pytest
from sqlalchemy import delete

from admin.losses import recovery
from admin.people import granting, invitations
from admin.people.invitations import Invitation
from admin.roles import Role
from admin.tables import THROTTLE
from api.wire.ids import new_id
from tests.api.signin.people import OTHER_PHRASE, PHRASE, login_of
from tests.browser.chromium import look, surfing


@pytest.fixture(autouse=True)
async def _calm(town):
    """Nobody has tried anything: all tests come from one address."""
    async with town.services.rows() as rows:
        await rows.execute(delete(THROTTLE))


@pytest.fixture
async def login(town):
    return await login_of(town, await town.resident(10_00))


async def signed_in(surfer, login, password=PHRASE, back="/securite"):
    page = await surfer.open(f"/connexion?suite={back}")
    await page.fill("#identifiant", login.identifier)
    await page.fill("#mot_de_passe", password)
    await page.press("#mot_de_passe", "Enter")
    await page.wait_for_load_state()
    return page


async def test_other_devices_are_listed_and_signed_out(login, surfer, chromium, url):
    async with surfing(chromium, url) as tablet, surfing(chromium, url) as lost:
        theirs = await signed_in(tablet, login)
        found = await signed_in(lost, login)
        page = await signed_in(surfer, login)
        assert await page.locator("text=cet appareil").count() == 1
        await look(page, "account-sessions")
        await page.locator("button:has-text('Déconnecter')").first.click()
        await page.wait_for_selector("text=Cet appareil est déconnecté.")
        await page.click("text=Déconnecter tous les autres appareils")
        await page.wait_for_selector("text=Tous les autres appareils sont déconnectés.")
        for other in (theirs, found):
            await other.reload()
            assert "/connexion?suite=/securite" in other.url


async def test_the_password_is_changed_by_who_knows_the_old_one(login, surfer):
    page = await signed_in(surfer, login, back="/securite/mot-de-passe")
    await page.fill("#nouveau", "court")
    assert await page.inner_text("[data-strength]") == "Encore 7 caractères."
    await look(page, "account-password")
    await page.fill("#preuve", PHRASE)
    await page.click("text=Enregistrer")
    await page.wait_for_selector("text=La longueur du mot de passe ne convient pas")
    await page.fill("#nouveau", "motdepassemotdepasse")
    await page.fill("#preuve", PHRASE)
    await page.click("text=Enregistrer")
    await page.wait_for_selector("text=Ce mot de passe se devine trop vite")
    await look(page, "account-password-weak")
    await page.fill("#nouveau", OTHER_PHRASE)
    await page.fill("#preuve", "pas le bon mot de passe")
    await page.click("text=Enregistrer")
    await page.wait_for_selector("text=Ce n’est pas le bon mot de passe.")
    await page.fill("#nouveau", OTHER_PHRASE)
    await page.fill("#preuve", PHRASE)
    await page.click("text=Enregistrer")
    await page.wait_for_selector("text=Votre mot de passe est changé.")
    again = await signed_in(surfer, login, OTHER_PHRASE)
    assert again.url.endswith("/securite")


async def test_the_secret_code_is_changed(login, surfer):
    page = await signed_in(surfer, login, back="/securite/code-secret")
    await page.fill("#nouveau", "1234")
    await page.fill("#preuve", PHRASE)
    await page.click("text=Enregistrer")
    await page.wait_for_selector("text=Ce code se devine trop vite")
    await look(page, "account-pin")
    await page.fill("#nouveau", "48ab")
    await page.fill("#preuve", PHRASE)
    await page.click("text=Enregistrer")
    await page.wait_for_selector("text=4 à 6 chiffres, rien d’autre.")
    await page.fill("#nouveau", "4829")
    await page.fill("#preuve", PHRASE)
    await page.click("text=Enregistrer")
    await page.wait_for_selector("text=Votre code secret est changé.")


async def test_an_application_of_codes_is_scanned_and_confirmed(town, login, surfer):
    page = await signed_in(surfer, login, back="/securite/application")
    await page.fill("#preuve", PHRASE)
    await page.click("text=Continuer")
    await page.wait_for_selector(".qr svg")
    await look(page, "account-codes")
    secret = await page.get_attribute("[name=secret]", "value")
    await page.fill("#code", "000000")
    await page.click("text=Terminer")
    await page.wait_for_selector("text=Ce code ne convient pas")
    assert await page.get_attribute("[name=secret]", "value") == secret
    await page.fill("#code", pyotp.TOTP(secret).at(town.now))
    await page.click("text=Terminer")
    await page.wait_for_selector("text=L’application de codes est en place.")


async def test_who_has_codes_is_asked_for_one_before_a_change(town, surfer):
    login = await login_of(town, await town.resident(), code=True)
    page = await signed_in(surfer, login, back="/securite/mot-de-passe")
    await page.fill("#nouveau", OTHER_PHRASE)
    await page.fill("#preuve", PHRASE)
    await page.click("text=Enregistrer")
    await page.wait_for_selector("h1:has-text('Encore une preuve')")
    await page.fill("#code", pyotp.TOTP(login.secret).at(town.now))
    await page.click("text=Continuer")
    await page.wait_for_selector("h1:has-text('Changer le mot de passe')")


async def invitation(town, role=Role.CASHIER):
    """A role offered at a merchant's, by its owner."""
    owner = await town.somebody(Role.MERCHANT)
    async with town.services.rows() as rows:
        by = await granting.grant_of(rows, owner.grant)
        return await invitations.invite(rows, Invitation(new_id(), owner.party, role, by), town.now)


async def test_an_invitation_is_taken_up_once_by_somebody_new(town, surfer):
    token = await invitation(town)
    page = await surfer.open(f"/invitation#{token}")
    assert not await page.is_visible("#jeton")
    await look(page, "account-invitation")
    await page.fill("#nom", "Camille Delattre")
    await page.fill("#identifiant", f"camille-{new_id()}@example.org")
    await page.fill("#mot_de_passe", PHRASE)
    await page.click("text=Ouvrir mon accès")
    await page.wait_for_url("**/caisse")
    await surfer.context.clear_cookies()
    page = await surfer.open(f"/invitation#{token}")
    await page.fill("#nom", "Quelqu’un d’autre")
    await page.fill("#identifiant", f"autre-{new_id()}@example.org")
    await page.fill("#mot_de_passe", PHRASE)
    await page.click("text=Ouvrir mon accès")
    await page.wait_for_selector("text=Cette invitation ne sert plus")
    await look(page, "account-invitation-used")


async def test_an_invitation_adds_a_role_to_who_is_signed_in(town, login, surfer):
    token = await invitation(town)
    page = await surfer.open(f"/invitation#{token}")
    await page.click("text=J’ai déjà un compte")
    await page.fill("#identifiant", login.identifier)
    await page.fill("#mot_de_passe", PHRASE)
    await page.press("#mot_de_passe", "Enter")
    await page.wait_for_selector("h1:has-text('Accepter l’invitation')")
    await page.wait_for_selector("#jeton", state="hidden")
    await look(page, "account-invitation-known")
    await page.click("button:has-text('Accepter')")
    await page.wait_for_selector("button:has-text('Caisse')")
    await page.click("button:has-text('Caisse')")
    await page.wait_for_url("**/caisse")


async def test_a_lost_login_comes_back_with_a_paper_once(town, login, surfer):
    actor = await town.somebody(Role.COMPTOIR)
    async with town.services.rows() as rows:
        token = await recovery.offer(rows, user=login.who.user, actor=actor.user, at=town.now)
    page = await surfer.open(f"/r#{token}")
    await look(page, "account-recovery")
    await page.fill("#mot_de_passe", "court")
    await page.click("text=Enregistrer")
    await page.wait_for_selector("text=La longueur du mot de passe ne convient pas")
    await page.fill("#mot_de_passe", OTHER_PHRASE)
    await page.click("text=Enregistrer")
    await page.wait_for_selector("text=Votre mot de passe est enregistré.")
    await page.fill("#identifiant", login.identifier)
    await page.fill("#mot_de_passe", OTHER_PHRASE)
    await page.press("#mot_de_passe", "Enter")
    await page.wait_for_url("**/compte")
    page = await surfer.open(f"/r#{token}")
    await page.fill("#mot_de_passe", PHRASE)
    await page.click("text=Enregistrer")
    await page.wait_for_selector("text=Ce papier ne sert plus")
    await look(page, "account-recovery-used")


async def test_what_was_handed_over_may_be_typed_without_scripts(town, chromium, url):
    token = await invitation(town)
    async with surfing(chromium, url, java_script_enabled=False) as surfer:
        page = await surfer.open("/invitation")
        await page.fill("#jeton", token)
        await page.fill("#nom", "Camille")
        await page.fill("#identifiant", f"camille-{new_id()}@example.org")
        await page.fill("#mot_de_passe", PHRASE)
        await page.click("text=Ouvrir mon accès")
        assert re.search("/caisse$", page.url)
