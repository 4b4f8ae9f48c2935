"""Two languages: chosen by the browser or on the page, kept, and never mixed."""

import re
from html.parser import HTMLParser

import pytest

from api.pages.door import LANGUAGE_COOKIE
from tests.api.paying import shops
from tests.browser.chromium import surfing

HTML = {"Accept": "text/html"}
FRENCH = frozenset(
    {"le", "la", "les", "un", "une", "des", "du", "au", "aux", "et", "ou", "est", "sont", "vous",
     "votre", "vos", "nous", "notre", "pour", "dans", "avec", "sans", "chez", "qui", "que", "ce",
     "cette", "ces", "je", "mon", "mes", "il", "elle", "ils", "pas", "rien", "mot", "commerce",
     "commerces", "compte", "payer", "connecter", "clé", "caisse", "comptoir", "oui", "ici", "déjà",
     "encore", "aussi", "après", "avant", "choisir", "voir", "à", "y", "où"}
)  # fmt: skip
"""Words no English sentence has."""
NAMES = ("Le Portel", "Comptoir", "La Manche")


class Said(HTMLParser):
    """What a page says and where it leads; a part marked as French is not English."""

    def __init__(self):
        super().__init__()
        self.texts, self.links, self.language = [], set(), ""
        self._skip = 0

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "html":
            self.language = given["lang"]
        if self._skip or given.get("lang") == "fr":
            self._skip += tag not in {
                "input",
                "meta",
                "link",
                "br",
                "img",
                "path",
                "circle",
                "rect",
            }
            return
        read = ("aria-label", "placeholder", "title", "alt", "data-missing", "data-enough",
                "data-cancelled", "data-offline")  # fmt: skip
        self.texts += [given[name] for name in read if given.get(name)]
        if tag == "a" and given.get("href", "").startswith("/"):
            self.links.add(given["href"].partition("#")[0])

    def handle_endtag(self, _tag):
        self._skip -= bool(self._skip)

    def handle_data(self, data):
        if not self._skip:
            self.texts.append(data)


def heard(text):
    reader = Said()
    reader.feed(text)
    return reader


async def crawl(home, language):
    """Every public page that a link of another one leads to, from the home page."""
    seen, waiting = {}, {"/", "/invitation", "/r", "/nowhere", "/verifier-recu"}
    while waiting:
        path = waiting.pop()
        answer = await home.client.get(path, headers=HTML | {"Accept-Language": language})
        assert answer.status_code in {200, 303, 404}, (path, answer.text)
        seen[path] = said = heard(answer.text)
        if answer.status_code == 303:
            continue
        assert said.language == language, path
        fresh = {link for link in said.links if not link.startswith("/langue/")}
        waiting |= fresh - set(seen)
        assert len(seen) < 200
    return seen


@pytest.fixture(scope="module")
async def pages(home, town):
    await shops.shop(town, name="Delattre")
    await town.resident(20_00)
    return {language: await crawl(home, language) for language in ("fr", "en")}


def words(said):
    text = " ".join(said.texts)
    for name in NAMES:
        text = text.replace(name, "")
    return re.findall(r"(?<!\w)[^\W\d_]+(?!\w)", text.lower())


def test_both_languages_have_the_same_pages(pages):
    assert set(pages["fr"]) == set(pages["en"])
    assert len(pages["en"]) >= 10


def test_no_english_page_says_a_french_word(pages):
    mixed = {path: sorted(FRENCH & set(words(said))) for path, said in pages["en"].items()}
    assert {path: hits for path, hits in mixed.items() if hits} == {}
    # The list does find French: every French page is full of it.
    assert all(FRENCH & set(words(said)) for said in pages["fr"].values() if said.language)


async def test_the_switch_keeps_the_place_and_the_choice(surfer):
    page = await surfer.open("/connexion?suite=/securite")
    await page.click("text=English")
    assert page.url == f"{surfer.url}/connexion?suite=/securite"
    assert await page.get_attribute("html", "lang") == "en"
    assert await page.get_attribute("[name=suite]", "value") == "/securite"
    await page.goto(surfer.url + "/couverture")
    assert await page.get_attribute("html", "lang") == "en"
    await page.click("text=Français")
    assert await page.get_attribute("html", "lang") == "fr"
    kept = await surfer.context.cookies(surfer.url.replace("http:", "https:"))
    (chosen,) = [one for one in kept if one["name"] == LANGUAGE_COOKIE]
    assert (chosen["value"], chosen["httpOnly"], chosen["secure"]) == ("fr", True, True)


async def test_an_english_browser_is_answered_in_english(chromium, url):
    async with surfing(chromium, url, locale="en-GB") as surfer:
        page = await surfer.open("/rejoindre")
        await page.wait_for_selector("text=Open an account in three steps")
        assert "3.00" in await page.inner_text("main")


async def test_a_language_that_is_none_is_no_page(home):
    assert (await home.client.get("/langue/de", headers=HTML)).status_code == 404
    away = await home.client.get("/langue/en?suite=//evil.example", headers=HTML)
    assert away.headers["location"] == "/"
