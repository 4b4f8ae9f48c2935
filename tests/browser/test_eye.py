"""The eye of the other tests sees: what is planted in a page is found, each in its theme."""

import pytest

from tests.browser.chromium import look

_PALE = """colour => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`@media (prefers-color-scheme: ${colour}) { main * { color: #777 !important;
    background: #888 !important } }`);
  document.adoptedStyleSheets = [sheet];
}"""


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_words_nobody_can_read_are_found_in_either_theme(surfer, theme):
    page = await surfer.open("/")
    await look(page, "eye", themes=("light", "dark"))
    await page.evaluate(_PALE, theme)
    with pytest.raises(AssertionError, match=f"in the {theme} theme: .*color-contrast"):
        await look(page, "eye")


async def test_a_link_in_a_sentence_is_as_high_as_its_line(surfer):
    page = await surfer.open("/")
    html = "<p>Il manque 4,10 B. <b><a href='/'>Voir quoi faire</a></b></p>"
    add = "html => document.querySelector('main').insertAdjacentHTML('beforeend', html)"
    await page.evaluate(add, html)
    await look(page, "eye")


@pytest.mark.parametrize(
    ("planted", "fault"),
    [
        ("<img src='/favicon.ico'>", "image-alt"),
        ("<button class='key tiny'>a</button>", "small: "),
        ("<p><a href='/'>Tout voir</a></p>", "small: <a href=./.>Tout voir"),
        ("<p><span class='wide'>" + "o" * 400 + "</span></p>", "px wide on 320"),
    ],
)
async def test_a_picture_without_words_a_small_key_and_a_wide_line_are_found(
    surfer, planted, fault
):
    page = await surfer.open("/")
    await page.evaluate(
        """html => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(`.tiny { height: 10px !important; min-height: 0 !important; padding: 0 }
        .wide { white-space: pre !important; overflow-wrap: normal !important }`);
      document.adoptedStyleSheets = [sheet];
      document.querySelector("main").insertAdjacentHTML("beforeend", html);
    }""",
        planted,
    )
    with pytest.raises(AssertionError, match=fault):
        await look(page, "eye")
