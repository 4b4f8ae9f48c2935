"""Letters of a batch: parts as files, codes by a second person, one again, scripts or not."""

from typing import Any

import pypdfium2  # type: ignore[import-untyped]  # why: it ships no types
import zxingcpp

from tests.api.aid.sponsors import Sponsor
from tests.browser.chromium import look, plain, taps
from tests.browser.offices import at_desk, opened

HEADS = "dossier;nom;montant;adresse"
HOUSE = '"8 rue du Vivier, 62200 BOULOGNE-SUR-MER"'
SENDER = "CCAS de Boulogne-sur-Mer\nAccueil du lundi au vendredi, 9 h – 12 h\n03 21 00 00 00"
ODD = ("=CMD|' /C calc'!A0", "<script>alert(1)</script>", "Zoé *{0}* %s")


async def given(office, count, names=(), **more):
    programme = await office.programme(funded=count * 60_00, **more)
    named = [*names, *(f"Léa Dupuis {n}" for n in range(count - len(names)))]
    rows = [f"L-{programme[:4]}-{n:03};{name};60,00;{HOUSE}" for n, name in enumerate(named)]
    return (await office.given(programme, *rows, heads=HEADS))["id"]


def pages(data):
    with pypdfium2.PdfDocument(data) as document:
        return [page.get_textpage().get_text_bounded() for page in document]


def cards(data):
    with pypdfium2.PdfDocument(data) as document:
        drawn = [page.render(scale=150 / 72).to_pil() for page in document]
    return [one.text for page in drawn for one in zxingcpp.read_barcodes(page)]


async def saved(page, click):
    """The file that a click saves."""
    async with page.expect_download() as waiting:
        await page.click(click)
    path = await (await waiting.value).path()
    return path.read_bytes()


async def test_a_batch_is_printed_by_two_persons_part_after_part(office, desk, other):
    batch = await given(office, 7, ODD, name="Aide alimentaire, automne 2026")
    page = await opened(desk, office.clerk, "/aide")
    assert "7 lettres à imprimer" in plain(await page.inner_text(".mail"))
    await look(page, "aid-home-mail")
    await page.goto(f"{desk.url}/aide/lots/{batch}")
    await page.click("text=Lettres et cartes")
    assert "Aucune carte n’est encore partie" in await page.inner_text("main")
    await look(page, "aid-letters-new")
    files: list[Any] = []
    page.on("download", lambda file: files.append(file))  # noqa: PLW0108  # why: it is marked
    await page.fill("#expediteur-1", SENDER)
    await page.fill("#combien-1", "3")
    await page.click("text=Tout imprimer, partie après partie")
    await page.wait_for_selector("text=C’est fait.")
    assert [file.suggested_filename for file in files] == [
        "lettres-00001-00003.pdf", "lettres-00004-00006.pdf", "lettres-00007-00007.pdf",
    ]  # fmt: skip
    assert plain(await page.inner_text("[data-now=printed]")) == "7"
    await look(page, "aid-letters-run")
    sheets = [pages((await file.path()).read_bytes()) for file in files]
    assert [len(one) for one in sheets] == [6, 6, 2]
    assert [
        name for name, sheet in zip(ODD, sheets[0][::2], strict=True) if name not in sheet
    ] == []
    await page.click("text=Voir où en est le courrier")
    await _codes_are_anothers(page, other, office)


async def _codes_are_anothers(page, other, office):
    """Who printed the cards is told why not, and by whom; the other prints them."""
    assert "Vous avez imprimé ces cartes" in await page.inner_text("main")
    assert "Peut le faire : Karim Haddad, Awa Diallo." in plain(await page.inner_text("main"))
    assert await page.is_disabled("button:has-text('Imprimer les codes suivants')")
    await look(page, "aid-letters-same")
    second = await opened(other, office.validator, "/aide")
    await second.click(".mail a")
    await second.fill("#expediteur-2", SENDER)
    await second.fill("#combien-2", "3")
    assert len(pages(await saved(second, "text=Imprimer les codes suivants"))) == 3
    await second.wait_for_selector("text=C’est fait.")
    # Who writes is known to this browser now: the home prints the rest by itself.
    await second.evaluate("sessionStorage.setItem('taps', 0)")
    await second.goto(f"{other.url}/aide")
    await look(second, "aid-home-print")
    assert len(pages(await saved(second, ".mail button:has-text('Imprimer les codes')"))) == 4
    await taps(second, "letters, from the home", 1)
    await second.wait_for_selector("text=Fichier enregistré.")
    await look(second, "aid-home-printed")
    await second.click(".mail a")
    await second.wait_for_selector("h1:has-text('Toutes les lettres sont parties')")
    await look(second, "aid-letters-all")


async def test_a_lost_letter_is_printed_again_after_its_card_is_blocked(office, surfer):
    batch = await given(office, 2, name="Perdue")
    await office.validator.post(
        f"/v1/aid/batches/{batch}/letters", {"sender": ["CCAS"], "count": 2}
    )
    page = await opened(surfer, office.clerk, f"/aide/lots/{batch}/lettres")
    await look(page, "aid-letters-phone")
    await page.click("text=Voir les foyers")
    await page.click("tbody a")
    assert "code à envoyer" in await page.inner_text(".letter")
    await look(page, "aid-person-letter")
    await page.click("text=Refaire la lettre")
    assert "est bloquée d’abord : elle ne paie plus." in plain(await page.inner_text("main"))
    await look(page, "aid-letter-again")
    await page.fill("#expediteur-1", SENDER)
    file = await saved(page, "text=Bloquer et imprimer de nouveau")
    assert len(cards(file)) == 1
    # The page is as it was: pressed again, nothing is printed, and it says so.
    await page.click("text=Bloquer et imprimer de nouveau")
    assert "Rien n’a été imprimé" in await page.inner_text("[role=alert]")
    assert await page.input_value("#expediteur-1") == SENDER
    await look(page, "aid-letter-twice")


async def test_without_a_script_each_part_is_a_button_and_a_lost_file_is_printed_again(
    office, chromium, url
):
    batch = await given(office, 3, name="Sans script")
    async with at_desk(chromium, url, java_script_enabled=False, locale="en-GB") as surfer:
        page = await opened(surfer, office.clerk, f"/aide/lots/{batch}/lettres")
        assert await page.locator("[data-every]").is_hidden()
        await page.fill("#expediteur-1", " \n ")
        await page.click("text=Print the next letters")
        await page.wait_for_selector("text=Write one to four lines, of 60 characters at most.")
        await page.fill("#expediteur-1", SENDER)
        await page.fill("#combien-1", "2")
        first = await saved(page, "text=Print the next letters")
        await page.click("text=Print the next letters")
        assert "this part was already" in await page.inner_text("[role=alert]")
        assert await page.input_value("#combien-1") == "1"
        await page.click("text=Print the part again")
        assert "2 cards are blocked first" in await page.inner_text("main")
        assert await page.input_value("#expediteur-1") == SENDER
        again = await saved(page, "text=Block and print again")
        assert len(pages(again)) == len(pages(first)) == 4
        assert not set(cards(again)) & set(cards(first))
        await page.click("text=Change nothing")
        assert len(pages(await saved(page, "text=Print the next letters"))) == 2


async def test_a_part_that_does_not_arrive_stops_the_run_and_is_found(office, unhelped):
    batch = await given(office, 3, name="Coupée")
    page = await opened(unhelped, office.clerk, f"/aide/lots/{batch}/lettres")
    asked = 0

    async def lossy(route):
        nonlocal asked
        asked += 1
        if asked == 2:
            await route.fetch()  # The service prints it; the browser never hears.
            await route.abort()
        else:
            await route.continue_()

    await page.route("**/lettres/cartes", lossy)
    await page.fill("#expediteur-1", SENDER)
    await page.fill("#combien-1", "1")
    await page.click("text=Tout imprimer, partie après partie")
    await page.wait_for_selector("text=La partie suivante n’est pas arrivée.")
    await look(page, "aid-letters-cut")
    await page.click("text=Voir où en est le courrier")
    assert plain(await page.inner_text("h1")) == "1 lettre à imprimer"
    await page.click("summary:has-text('Un fichier entier')")
    await page.click("tbody a >> nth=0")
    await look(page, "aid-letters-part")
    assert len(cards(await saved(page, "text=Bloquer et imprimer de nouveau"))) == 1


async def test_nobody_prints_another_sponsors_letters_nor_before_they_are_given(town, office, desk):
    batch = await given(office, 1, name="À nous")
    stranger = await Sponsor.meet(town)
    page = await opened(desk, stranger.clerk, f"/aide/lots/{batch}/lettres")
    assert "Cette page n’existe pas" in await page.inner_text("main")
    (lot,) = await office.lots(batch)
    for path in (
        f"/aide/lots/{batch}/lettres/partie?partie=2026-01-01T00:00:00Z",
        f"/aide/lots/{batch}/lettres/partie?partie=hier",
        f"/aide/foyers/{lot['beneficiary']}/aides/{lot['id']}/lettre",
    ):
        answer = await page.request.get(desk.url + path)
        assert answer.status == 404, path
    sent: Any = {"expediteur": "X", "combien": "1", "apres": "0"}
    for path in ("cartes", "codes", "partie"):
        answer = await page.request.post(
            f"{desk.url}/aide/lots/{batch}/lettres/{path}", form=sent, headers={"Origin": desk.url}
        )
        assert answer.status in {404, 422}, path
        assert answer.headers["content-type"].startswith("text/html")
    assert (await office.clerk.get(f"/v1/aid/batches/{batch}/letters")).json()["printed"] == 0
    waiting = await stranger.batch(await stranger.programme(), "W-1;Anne;20")
    await page.goto(f"{desk.url}/aide/lots/{waiting}/lettres")
    assert "Les lettres viennent après le lot" in await page.inner_text("h1")
    await look(page, "aid-letters-early")
