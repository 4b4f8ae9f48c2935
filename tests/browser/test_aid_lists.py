"""A list of aid: looked at row by row, submitted by one, approved by another, given out."""

from admin.roles import Role
from tests.api.aid.sponsors import Sponsor
from tests.api.buying.buyers import eur
from tests.browser.chromium import look, plain, taps
from tests.browser.offices import HEADS, at_desk, ccas, listed, opened, rows


async def test_an_office_without_a_programme_says_what_comes_first(town, desk):
    new = await ccas(town)
    page = await opened(desk, new.clerk, "/")
    assert page.url.endswith("/aide")
    assert "Aucun programme n’est ouvert" in await page.inner_text("main")
    await look(page, "aid-home-empty")
    await page.click("text=Importer un lot")
    assert "Aucun programme" in await page.inner_text("main")


WRONG = (
    "B-2026-0001;Yvette;1;0;60,00",
    ";Sans dossier;1;0;30,00",
    "B-2026-0900;Zoé Petit;2;1;4000,00",
    "B-2026-0901;Max Roux;1;0;soixante",
    "B-2026-0902;Tom Blin;1;0;60,00;trop",
)
SAID = (
    "10 lignes lues",
    "Même dossier que la ligne 2.",
    "Le numéro de dossier manque.",
    "Le plafond du programme est 400,00 €. Une virgule oubliée ?",
    "Ce n’est pas une somme en euros.",
    "La ligne a 6 cases, pas 5.",
)


async def test_each_fault_is_said_in_words_and_nothing_is_written(office, desk):
    programme = await office.programme(funded=5_000_00, name="Lignes à corriger")
    page = await opened(desk, office.clerk, f"/aide/programmes/{programme}/import")
    await look(page, "aid-import")
    await page.fill("#mois", "2027-03")
    await page.set_input_files("#fichier", listed(*rows(5), *WRONG))
    await page.click("text=Voir l’aperçu")
    said = plain(await page.inner_text("main"))
    assert [one for one in SAID if one not in said] == []
    assert await page.is_disabled("button:has-text('Corrigez 5 lignes')")
    await look(page, "aid-preview-faulty")
    kept = (await office.clerk.get("/v1/aid/batches")).json()["items"]
    assert [one for one in kept if one["programme"] == programme] == []


async def test_a_list_is_submitted_in_three_taps_and_approved_by_another_in_two(
    office, desk, other
):
    programme = await office.programme(funded=5_000_00, name="Aide alimentaire, automne 2026")
    await office.given(programme, *rows(8), heads=HEADS, period="2027-02")
    page = await opened(desk, office.clerk, f"/aide/programmes/{programme}/import")
    await page.fill("#mois", "2027-03")
    right = [*rows(4), "B-2026-0005;Jean Dupuis;2;2;75,00", *rows(6, first=20)]
    # Three taps: the file, the preview, the submission.
    await page.set_input_files("#fichier", listed(*right))
    await page.click("text=Voir l’aperçu")
    said = plain(await page.inner_text("main"))
    assert "6 nouveaux foyers, 3 partis, 1 montant changé" in said
    await page.click("text=Voir les différences")
    await look(page, "aid-preview")
    await page.fill("#decision", "CP du 12 mars 2027, no 14")
    await page.click("text=Soumettre les 11 lignes")
    await page.wait_for_selector("text=Vous avez saisi ce lot : un autre agent l’approuve.")
    await taps(page, "import, with a look at the differences and without choosing the file", 3)
    said = plain(await page.inner_text("main"))
    assert "Peut le faire : Karim Haddad, Awa Diallo." in said
    assert await page.is_disabled("button:has-text('Approuver')")
    await look(page, "aid-batch-author")
    second = await opened(other, office.validator, "/aide")
    await _approved(second)
    await second.goto(f"{other.url}/aide/programmes/{programme}")
    await look(second, "aid-programme")


async def _approved(page):
    """Two taps from the home of who may: the batch, and the yellow button."""
    await look(page, "aid-home-waits")
    await page.click(".waits .btn")
    said = plain(await page.inner_text("main"))
    assert "Saisi par Sandrine Leroy" in said
    assert "Nouveaux foyers" in said
    await look(page, "aid-batch-second")
    await page.click("button:has-text('Approuver')")
    await page.wait_for_selector("text=C’est fait : 11 aides sont données.", timeout=20_000)
    await taps(page, "approve", 2)
    await look(page, "aid-batch-done")
    await page.click(".menu a:has-text('Lots')")
    await look(page, "aid-batches")


async def test_a_list_of_hundreds_is_longer_than_other_forms_and_is_shown_in_pages(office, desk):
    programme = await office.programme(name="Grande liste")
    page = await opened(desk, office.clerk, f"/aide/programmes/{programme}/import")
    await page.fill("#mois", "2027-03")
    many = [f"B-{n:05};{'Prénom Composé ' * 4}{n};1;0;5,00" for n in range(1_200)]
    assert sum(map(len, many)) > 64_000
    await page.set_input_files("#fichier", listed(*many))
    await page.click("text=Voir l’aperçu")
    assert "1200 lignes lues" in plain(await page.inner_text("h1"))
    await page.fill("#decision", "CP 14")
    await page.click("text=Soumettre les 1200 lignes")
    await page.wait_for_selector("text=Vous avez saisi ce lot", timeout=20_000)
    await page.click("text=Voir les foyers")
    assert await page.locator("tbody tr").count() == 100
    await page.click("text=La suite")
    assert "B-00100" in await page.inner_text("tbody tr:first-child")


async def test_a_list_is_pasted_and_one_that_is_none_is_refused(office, desk):
    programme = await office.programme(name="Collée")
    page = await opened(desk, office.clerk, f"/aide/programmes/{programme}/import")
    await page.click("text=Coller la liste")
    await page.fill("#texte", "dossier;nom;montant\nP-1;Anne;12,50")
    await page.fill("#mois", "2027-04")
    await page.click("text=Voir l’aperçu")
    assert "1 ligne lue" in await page.inner_text("h1")
    assert "Il manque" in await page.inner_text(".figs")
    await page.click("text=Choisir un autre fichier")
    await page.fill("#mois", "2027-04")
    await page.set_input_files("#fichier", listed("Anne", heads="prenom"))
    await page.click("text=Voir l’aperçu")
    await page.wait_for_selector("[role=alert]")
    await look(page, "aid-import-unreadable")
    model = await page.request.get(f"{desk.url}/aide/modele.csv")
    assert (await model.body()).startswith("\ufeffdossier;nom".encode())


async def test_a_large_batch_needs_a_third_person_and_one_may_be_refused(office, desk, other):
    programme = await office.programme(name="Rentrée", version={"most": eur(12_000_00)})
    batch = await office.batch(programme, "G-1;Anne Petit;11000")
    page = await opened(desk, office.validator, f"/aide/lots/{batch}")
    await page.wait_for_selector("text=Trois personnes pour ce lot")
    await page.click("button:has-text('Approuver')")
    await page.wait_for_selector(
        "text=Vous l’avez déjà approuvé : une autre personne le fait aussi."
    )
    assert await page.is_disabled("button:has-text('Approuver')")
    await look(page, "aid-batch-third")
    third = await opened(other, office.third, f"/aide/lots/{batch}")
    await third.click("button:has-text('Approuver')")
    await third.wait_for_selector("text=Le lot partira tout seul.")
    said = plain(await third.inner_text("main"))
    assert "Il manque 11 000,00 €." in said
    await look(third, "aid-batch-waiting")
    await third.click("summary:has-text('Refuser ce lot')")
    await third.fill("#motif", "Anne a <i>déjà</i> une aide ailleurs")
    await look(third, "aid-batch-refusing")
    await third.click("button:has-text('Refuser le lot')")
    await third.wait_for_selector("text=Ce lot est refusé.")
    await look(third, "aid-batch-refused")
    # Who entered it reads why, and who said so.
    author = await opened(other, office.clerk, f"/aide/lots/{batch}")
    said = plain(await author.inner_text("main [role=status]"))
    assert "« Anne a <i>déjà</i> une aide ailleurs » Refusé par Awa Diallo" in said


async def test_a_works_council_uses_the_same_rooms_for_its_gifts(town, desk, other):
    council = await Sponsor.meet(town, Role.WORKS_COUNCIL)
    page = await opened(desk, council.clerk, "/")
    await page.click("text=Nouveau programme")
    assert await page.locator("input[name=titre]").count() == 1
    gift = {"filieres": ["loisirs_culture"], "most": eur(193_00)}
    programme = await council.programme(
        funded=400_00, instrument="cse", name="Cadeaux de Noël", version=gift
    )
    await page.goto(f"{desk.url}/aide/programmes/{programme}/import")
    await page.fill("#mois", "2027-03")
    await page.set_input_files("#fichier", listed("E-1;Anne;1;0;90", "E-2;Jean;1;0;150"))
    await page.click("text=Voir l’aperçu")
    await page.fill("#decision", "PV du 3 mars")
    await page.click("text=Soumettre les 2 lignes")
    await page.wait_for_selector("text=Vous avez saisi ce lot")
    said = plain(await page.inner_text("main"))
    assert "Peut le faire : " in said
    assert "Saisi par " in said
    assert await page.is_disabled("button:has-text('Approuver')")
    second = await opened(other, council.validator, page.url.removeprefix(desk.url))
    await look(second, "aid-batch-council")
    await second.click("button:has-text('Approuver')")
    await second.wait_for_selector("text=C’est fait : 2 aides sont données.", timeout=20_000)
    said = plain(await second.inner_text("main"))
    assert " Approuvé par " in said
    await second.click("nav >> text=Salariés")
    await second.wait_for_selector("h1:has-text('Trouver un salarié')")


async def test_it_is_imported_and_approved_in_english_with_keys_alone_and_no_script(
    office, chromium, url
):
    programme = await office.programme(funded=100_00, name="Keys")
    quiet = {"java_script_enabled": False, "locale": "en-GB"}
    async with at_desk(chromium, url, **quiet) as one, at_desk(chromium, url, **quiet) as two:
        page = await opened(one, office.clerk, f"/aide/programmes/{programme}/import")
        await page.focus("#fichier")
        await page.set_input_files("#fichier", listed(*rows(1)))
        await page.keyboard.press("Tab")
        await page.fill("#mois", "2027-03")
        await page.keyboard.press("Enter")
        await page.wait_for_selector("text=1 row read")
        await page.focus("#decision")
        await page.keyboard.type("Minutes 14")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await page.wait_for_selector("text=You entered this batch: another agent approves it.")
        second = await opened(two, office.validator, page.url.removeprefix(url))
        await second.focus("button:has-text('Approve')")
        await second.keyboard.press("Enter")
        await second.wait_for_selector("h1")
        await second.reload()
        for _ in range(40):
            if "Done: 1 award was given." in await second.inner_text("main"):
                break
            await second.wait_for_timeout(250)
            await second.reload()
        assert "Done: 1 award was given." in await second.inner_text("main")
