"""Programmes: made, changed, prolonged; the desk's line; one person's file, and who looked."""

from uuid import UUID

import asyncpg

from merchants.codes import card_link
from tests.api.aid.sponsors import selling, stock
from tests.api.buying.buyers import eur
from tests.api.paying import shops
from tests.api.shops.committee import Committee
from tests.api.town import PIN
from tests.browser.chromium import launched, look, plain
from tests.browser.offices import at_desk, opened
from tests.browser.till_scenes import camera, film
from tests.database.world import tell

NEW = {
    "#nom": "Manger local",
    "#convention": "Convention 2027-03",
    "#ouvre": "2020-01-01",
    "#finit": "2019-12-31",
    "#plafond": "400",
    "#adulte": "150",
    "#adulte_de_plus": "75",
    "#enfant": "75",
}


async def test_a_programme_is_made_and_says_its_rules_in_words(office, desk):
    page = await opened(desk, office.validator, "/aide")
    await page.click("text=Nouveau programme")
    await look(page, "aid-programme-new")
    for field, text in NEW.items():
        await page.fill(field, text)
    await page.check("text=Mandat civil")
    await page.check("label:has-text('Alimentation') >> nth=0")
    await page.click("text=Ouvrir le programme")
    await page.wait_for_selector("text=Des réponses ne vont pas ensemble")
    assert await page.input_value("#nom") == "Manger local"
    await look(page, "aid-programme-new-wrong")
    await page.fill("#finit", "2099-12-31")
    await page.click("text=Ouvrir le programme")
    await page.wait_for_selector("h1:has-text('Manger local')")
    said = plain(await page.inner_text("main"))
    assert (
        "Un adulte reçoit 150,00 €, chaque adulte de plus 75,00 €, chaque enfant 75,00 €." in said
    )
    assert "Mandat civil : le CCAS paie par l’association." in said
    assert "ce qui reste est à la personne" in said


async def test_its_rules_change_from_a_later_day_on(office, desk):
    formula = {"first_adult": 150_00, "further_adult": 75_00, "child": 75_00}
    programme = await office.programme(version={"formula": formula})
    page = await opened(desk, office.validator, f"/aide/programmes/{programme}")
    await page.click("text=Changer les règles")
    assert await page.input_value("#adulte") == "150,00"
    await page.fill("#enfant", "80")
    await look(page, "aid-programme-rules")
    await page.click("text=Noter ces règles")
    await page.wait_for_selector("text=Les nouvelles règles sont notées.")
    await look(page, "aid-programme-changed")
    # From tomorrow on; today the first version holds.
    said = plain(await page.inner_text("main"))
    assert "chaque enfant 75,00 €" in said
    assert "Règles suivantes version 2, dès le " in said
    await page.click("text=Changer les règles")
    await page.fill("#enfant", "70")  # what was typed for tomorrow is typed anew
    await page.click("text=Noter ces règles")
    await page.wait_for_selector("text=version 3, dès le ")
    await page.click("text=Changer les règles")
    await page.fill("#a_partir", "2020-01-01")
    await page.click("text=Noter ces règles")
    await page.wait_for_selector("[role=alert]")


async def test_a_batch_of_a_programme_that_ended_says_so_and_is_refused(
    office, desk, fresh_database
):
    programme = await office.programme(name="Manger local, fini")
    batch = await office.batch(programme, "T-1;Anne;50")
    assert (await office.approve(batch)).status_code == 200
    owner = await asyncpg.connect(fresh_database.owner_url)
    ends = "update admin.programme_version set ends_on = '2020-06-30' where programme = $1"
    await owner.execute(ends, UUID(programme))
    await owner.close()
    page = await opened(desk, office.validator, f"/aide/lots/{batch}")
    said = plain(await page.inner_text("main"))
    assert "ce lot ne part plus." in said
    assert "partira tout seul" not in said
    await look(page, "aid-batch-shut")
    await page.goto(f"{desk.url}/aide")
    assert "Il ne part plus : refusez-le." in plain(await page.inner_text(".waits"))
    await page.goto(f"{desk.url}/aide/lots/{batch}")
    await page.click("summary:has-text('Refuser ce lot')")
    await page.fill("#motif", "Le programme est fini")
    await page.click("button:has-text('Refuser le lot')")
    await page.wait_for_selector("text=Ce lot est refusé.")


async def test_a_sum_is_set_aside_for_the_desk_by_who_does_not_give_it(office, desk, other):
    programme = await office.programme(funded=300_00, name="Secours d’hiver")
    page = await opened(other, office.clerk, "/aide/urgence")
    assert "Aucune somme n’est réservée au guichet" in await page.inner_text("main")
    await look(page, "aid-desk-none")
    boss = await opened(desk, office.validator, f"/aide/programmes/{programme}#guichet")
    await _reserve(boss, "500")
    await boss.wait_for_selector("[role=alert]")
    assert "au plus 300,00 €" in plain(await boss.inner_text("[role=alert]"))
    await _reserve(boss, "200")
    await boss.wait_for_selector("text=Fermer la réserve")
    await look(boss, "aid-programme-line")
    await page.reload()
    assert "200,00 €" in plain(await page.inner_text(".line"))
    await boss.click("text=Fermer la réserve")
    await boss.wait_for_selector("text=Vous réservez une somme")


async def _reserve(page, total):
    for field, text in {"#somme": total, "#chacune": "70", "#seuil": "150"}.items():
        await page.fill(field, text)
    await page.click("button:has-text('Réserver')")


async def test_the_desk_gives_aid_in_less_than_a_minute_with_a_receipt(town, office, desk, other):
    programme = await office.programme(funded=300_00, name="Secours d’urgence")
    boss = await opened(other, office.validator, f"/aide/programmes/{programme}#guichet")
    await _reserve(boss, "200")
    (printed,) = await stock(town, office.clerk)
    page = await opened(desk, office.clerk, "/aide/urgence")
    asked = {"#dossier": "u-1", "#nom": "Yvette Dupuis", "#adresse": "4 rue de Lille",
             "#montant": "80",
             "#decision": "Secours 2027-031", "#carte": printed.number, "#code": PIN}  # fmt: skip
    started = town.services.clock.now()
    for field, text in asked.items():
        await page.fill(field, text)
    await look(page, "aid-desk")
    await page.click("button:has-text('Donner l’aide')")
    await page.wait_for_selector("[role=alert]")
    assert await page.input_value("#nom") == "Yvette Dupuis"
    assert await page.input_value("#code") == ""
    await look(page, "aid-desk-too-much")
    await page.fill("#montant", "60")
    await page.fill("#code", PIN)
    await page.click("button:has-text('Donner l’aide')")
    await page.wait_for_selector("text=C’est fait : 63,00")
    took = (town.services.clock.now() - started).total_seconds()
    tell(f"emergency at the desk, refused once, two pictures taken: {took:.1f} s to the receipt")
    await _receipt(page, await _address(town, office, "U-1"))
    bakery = await selling(town)
    link = card_link(printed.token, town.services.paying.realm)
    paid = await shops.takes(await shops.till_key(town, bakery), bakery, link, 20_00)
    assert paid.status_code == 201, paid.text
    await page.click("text=Personne suivante")
    assert "sous le seuil de 150,00 €" in plain(await page.inner_text(".line"))
    await boss.reload()
    assert "Sous le seuil de 150,00 €" in plain(await boss.inner_text("#guichet"))
    await look(boss, "aid-programme-spent")


async def test_a_card_is_scanned_at_the_desk_by_a_camera_or_a_hand_scanner(
    town, office, desk, url, tmp_path
):
    programme = await office.programme(funded=300_00, name="Guichet")
    line = {"total": eur(200_00), "each_at_most": eur(70_00), "floor": eur(20_00)}
    await office.validator.post(f"/v1/aid/programmes/{programme}/line", line)
    (printed,) = await stock(town, office.clerk)
    link = card_link(printed.token, town.services.paying.realm)
    async with (
        launched(*camera(film(tmp_path / "card.mjpeg", link))) as browser,
        at_desk(browser, url, permissions=["camera"]) as seeing,
    ):
        page = await opened(seeing, office.clerk, "/aide/urgence")
        await page.click("text=Scanner la carte")
        await page.wait_for_selector("text=Carte neuve : la personne choisit son code.")
        assert await page.input_value("#carte") == printed.number
        assert await page.evaluate("document.activeElement.id") == "code"
        await look(page, "aid-desk-scanned")
    # A scanner in the hand types the whole link, and no script is needed.
    page = await opened(desk, office.clerk, "/aide/urgence")
    asked = {"#dossier": "u-9", "#nom": "Malik Roux", "#montant": "20", "#decision": "Secours 9",
             "#carte": link, "#code": PIN}  # fmt: skip
    for name in ("https://elsewhere.example/c/x", link):
        for field, text in (asked | {"#carte": name}).items():
            await page.fill(field, text)
        await page.check(f"input[value='{programme}']")
        await page.click("button:has-text('Donner l’aide')")
        await page.wait_for_selector("[role=alert]" if name != link else "text=C’est fait : 21,00")


async def _address(town, office, file):
    async with town.services.room(office.party) as room:
        (known,) = (await room.known([file])).values()
        return (await room.read([known.beneficiary]))[known.beneficiary]["address"]


async def _receipt(page, address):
    """What is printed and signed: who, what, why; no menu on the paper."""
    said = plain(await page.inner_text(".receipt"))
    assert address == "4 rue de Lille"
    assert [t for t in ("Yvette Dupuis", "U-1", "Secours 2027-031") if t not in said] == []
    await look(page, "aid-desk-given")
    await page.emulate_media(media="print")
    assert await page.is_hidden(".side")
    await page.emulate_media(media="screen")


async def test_a_person_is_looked_at_and_the_end_of_an_award_and_a_programme_moved(
    office, desk, other
):
    programme = await office.programme(funded=500_00, name="Aide de printemps")
    made = await office.given(programme, "D-104;Camille Lefèvre;90")
    page = await opened(other, office.clerk, f"/aide/lots/{made['id']}")
    await page.click("text=Voir les foyers")
    await look(page, "aid-people")
    await page.click("text=D-104")
    assert "Camille Lefèvre" in await page.inner_text("h1")
    assert await page.locator("text=Effacer ce dossier").count() == 0
    boss = await opened(desk, office.validator, page.url.removeprefix(desk.url))
    await boss.click("summary:has-text('Prolonger')")
    await boss.fill("input[type=date]", "2000-01-01")
    await boss.click("text=Prolonger cette aide")
    await boss.wait_for_selector("[role=alert]")
    await boss.click("summary:has-text('Prolonger')")
    await boss.fill("input[type=date]", "2099-06-30")
    await boss.click("text=Prolonger cette aide")
    await boss.wait_for_selector("text=30 juin 2099")
    await boss.click("text=Effacer ce dossier")
    await look(boss, "aid-person")
    await boss.goto(f"{desk.url}/aide/programmes/{programme}")
    await boss.click("summary:has-text('Prolonger')")
    await boss.fill("#jusqu_au", "2000-01-01")
    await boss.click("button:has-text('Prolonger')")
    await boss.wait_for_selector("[role=alert]")
    assert "la fin du programme, le" in plain(await boss.inner_text("main"))
    await look(boss, "aid-programme-prolonging")
    await boss.fill("#jusqu_au", "2099-07-31")
    await boss.click("button:has-text('Prolonger')")
    await boss.wait_for_selector("text=La date est repoussée.")


async def test_a_file_is_erased_for_ever_and_each_look_is_written_down(office, desk, other):
    programme = await office.programme(funded=500_00, name="Aide d’été")
    made = await office.given(programme, "D-204;Camille Lefèvre;90")
    whose = (await office.lots(made["id"]))[0]["beneficiary"]
    page = await opened(other, office.clerk, f"/aide/foyers/{whose}")
    boss = await opened(desk, office.validator, f"/aide/foyers/{whose}")
    await boss.click("text=Effacer ce dossier")
    await boss.click("button:has-text('Effacer pour toujours')")
    await boss.wait_for_selector("text=Ce dossier est effacé")
    await look(boss, "aid-erased")
    await page.goto(f"{other.url}/aide/lots/{made['id']}/foyers")
    assert "dossier effacé" in await page.inner_text("table")
    await boss.click("text=Journal des accès")
    said = plain(await boss.inner_text("table"))
    assert "Karim Haddad a effacé un dossier" in said
    assert "Sandrine Leroy a ouvert un dossier" in said
    assert "Sandrine Leroy a lu la liste d’un lot" in said
    await look(boss, "aid-log")


async def test_shops_are_named_from_the_directory_and_what_is_no_number_is_refused(
    town, office, desk
):
    committee = await Committee.meet(town)
    number, _ = await committee.merchant(filieres=["velo"])
    shown = (await office.clerk.get(f"/v1/merchants/{number}")).json()
    page = await opened(desk, office.validator, "/aide/programmes/nouveau")
    for field, text in (NEW | {"#finit": "2099-12-31", "#nom": "À vélo"}).items():
        await page.fill(field, text)
    await page.fill("#cherche", "rien de tel")
    await page.click("button:has-text('Chercher')")
    await page.wait_for_selector("text=Aucun commerce de l’annuaire ne porte ce nom.")
    await page.fill("#cherche", shown["name"])
    await page.click("button:has-text('Chercher')")
    await page.check(f"input[name=commerce][value='{number}']")
    assert await page.input_value("#nom") == "À vélo"
    await look(page, "aid-programme-shops")
    await page.fill("#jours", "abc")
    await page.eval_on_selector("form.long", "form => { form.noValidate = true; }")
    await page.click("text=Ouvrir le programme")
    await page.wait_for_selector("[role=alert]")
    assert await page.is_checked(f"input[name=commerce][value='{number}']")
    await page.fill("#jours", "90")
    await page.fill("#adulte", "cent")
    await page.eval_on_selector("form.long", "form => { form.noValidate = true; }")
    await page.click("text=Ouvrir le programme")
    await page.wait_for_selector("[role=alert]")
    await page.fill("#adulte", "100")
    await page.click("text=Ouvrir le programme")
    await page.wait_for_selector("h1:has-text('À vélo')")
    assert "Sert dans les commerces nommés." in plain(await page.inner_text("main"))
    await page.click("text=Changer les règles")
    assert await page.is_checked(f"input[name=commerce][value='{number}']")


async def test_rules_that_narrow_say_whom_they_touch_and_are_agreed_to(office, desk):
    version = {"filieres": ["alimentation", "librairie"]}
    programme = await office.programme(funded=100_00, version=version, name="Deux filières")
    await office.given(programme, "N-1;Anne;20", "N-2;Bob;30")
    page = await opened(desk, office.validator, f"/aide/programmes/{programme}/regles")
    await page.uncheck("input[name=filiere][value=librairie]")
    await page.click("text=Noter ces règles")
    await page.wait_for_selector("[role=alert]")
    said = plain(await page.inner_text("[role=alert]"))
    assert "foyers touchés 2, aides 2" in said
    await look(page, "aid-programme-narrows")
    await page.check("text=Oui, aussi pour les aides déjà données")
    await page.click("text=Noter ces règles")
    await page.wait_for_selector("text=où elle sert suit les nouvelles règles")
