"""Who may open which page: data, executed as nobody and in every role; and no other site's form.

What a page's code says (`opt`) and what pages.toml says are written apart, as it is for operations.
"""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from admin.roles import Role
from api.gate.access import OPT, PAGE
from api.gate.asker import COOKIE
from api.pages.every import PAGES
from api.pages.visit import Visit
from api.routes import ROUTES as OPERATIONS
from api.wire.problems import Problem
from api.wire.strict import TextRequest
from tests.api.test_access import CHOOSING, LOOK, NOBODY, lets, of_every_sort, path_of
from tests.api.test_access import MATRIX as OPERATION_ROWS
from tests.browser.chromium import look

MATRIX = tomllib.loads((Path(__file__).parent / "pages.toml").read_text(encoding="utf-8"))
ASKERS = [NOBODY, CHOOSING, LOOK, *Role]


def rows():
    """Every page by its method and address; two addresses of one page are two rows."""
    shown = [route for route in PAGES if route.opt.get(PAGE)]
    return {
        f"{method} {path}": route
        for route in shown
        for method in sorted(route.http_methods - {"HEAD", "OPTIONS"})
        for path in sorted(route.paths)
    }


ROUTES = rows()
NAMES = sorted(ROUTES)
FORMS = [name for name in NAMES if not name.startswith("GET ")]


@pytest.fixture(scope="module")
async def askers(town):
    return await of_every_sort(town)


def test_every_page_has_its_row_and_every_row_its_page():
    missing = [
        f'["{name}"]\nwho = {sorted(ROUTES[name].opt[OPT].roles) or ["?"]}\n'
        for name in NAMES
        if name not in MATRIX
    ]
    assert not missing, "pages.toml lacks:\n" + "\n".join(missing)
    assert set(MATRIX) == set(NAMES)


def test_the_rule_of_each_page_is_what_its_row_says():
    for name in NAMES:
        rule, row = ROUTES[name].opt[OPT], MATRIX[name]
        said = {"everybody": rule.public, "signed in": rule.signed_in}
        who = [word for word, holds in said.items() if holds] or sorted(rule.roles)
        assert (who, rule.look) == (sorted(row["who"]), row.get("look", False)), name


async def ask(home, name, who, **headers):
    """What a browser is answered; `who` None brings no cookie."""
    method, _, _ = name.partition(" ")
    sent = {"Accept": "text/html"} | headers
    if who is not None and who.token:
        sent["Cookie"] = f"{COOKIE}={who.token}"
    path = path_of(ROUTES[name], {})
    return await home.client.request(method, path, headers=sent, follow_redirects=False)


def ours(home):
    return {"Origin": home.url, "Sec-Fetch-Site": "same-origin"}


@pytest.mark.parametrize("name", NAMES)
async def test_each_page_opens_to_those_its_row_names_and_to_nobody_else(home, town, askers, name):
    if MATRIX[name].get("ends"):
        askers = await of_every_sort(town)
    wrong = {}
    for sort in ASKERS:
        answer = await ask(home, name, askers[sort], **ours(home))
        assert answer.status_code < 500, (sort, answer.text)
        assert answer.headers["content-type"].startswith("text/html")
        if refused(answer, name, nobody=sort == NOBODY) is lets(MATRIX[name], sort):
            wrong[sort] = (answer.status_code, answer.headers.get("location"))
    assert wrong == {}


def refused(answer, name, *, nobody):
    """Led to the sign-in and back, told to sign in, or told that this is not for them."""
    if not nobody:
        return answer.status_code == 403
    if name.startswith("GET "):
        led = answer.headers.get("location", "").startswith("/connexion?suite=/")
        return answer.status_code == 303 and led
    return answer.status_code == 401 and "You are no longer signed in" in answer.text


@pytest.mark.parametrize("name", FORMS)
async def test_no_form_is_taken_from_a_page_that_is_not_ours(home, askers, name):
    foreign: tuple[dict[str, str], ...] = (
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": home.url, "Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": f"{home.url}.evil.example"},
    )
    for headers in foreign:
        for who in (None, askers[Role.SOLISTE], askers[Role.MERCHANT]):
            answer = await ask(home, name, who, **headers)
            assert answer.status_code == 403, (headers, answer.text)
            assert "not ours" in answer.text


SCANS = {"GET /scanner"}
"""Reads codes with a camera, in WebAssembly; so does the till, whose address names one."""
SIMPLE = [n for n in NAMES if n.startswith("GET ") and "{" not in n]


@pytest.mark.parametrize("name", SIMPLE)
async def test_each_page_is_sent_with_the_same_protections(home, askers, name):
    answer = await ask(home, name, askers[Role.SOLISTE])
    if answer.status_code == 303:
        return
    headers = answer.headers
    policy = dict(
        part.strip().partition(" ")[::2] for part in headers["content-security-policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    scripts = "'self' 'wasm-unsafe-eval'" if name in SCANS else "'self'"
    assert policy["script-src"] == scripts
    assert {policy[kind] for kind in ("style-src", "form-action")} == {"'self'"}
    assert (policy["frame-ancestors"], policy["base-uri"]) == ("'none'", "'none'")
    assert "unsafe-inline" not in headers["content-security-policy"]
    assert "'unsafe-eval'" not in headers["content-security-policy"]
    assert headers["referrer-policy"] == "same-origin"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cache-control"] == "no-store"
    assert "geolocation=()" in headers["permissions-policy"]
    assert {"Accept-Language", "Cookie"} <= set(headers["vary"].split(", "))
    assert (
        re.findall(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|javascript:", answer.text)
        == []
    )
    outside = re.findall(r'(?:src|href|action)="(https?:)?//', answer.text)
    assert outside == []


async def test_who_must_sign_in_comes_back_with_what_was_typed(home):
    answer = await home.client.get("/securite?fait=code", headers={"Accept": "text/html"})
    assert answer.headers["location"] == "/connexion?suite=/securite%3Ffait%3Dcode"
    for foreign in ("//evil.example", "https://evil.example", "/\\evil.example", "javascript:x"):
        shown = await home.client.get("/connexion", params={"suite": foreign})
        assert 'name="suite" value="/"' in shown.text


async def test_a_page_that_is_not_for_a_role_says_as_whom_one_is_there(town, surfer):
    await surfer.sign_in(await town.somebody(Role.MERCHANT))
    page = await surfer.open("/paye/0190b2f0-5a5e-7cc3-98c4-dc0c0c07398f")
    await page.wait_for_selector("text=Cette page n’est pas ouverte à ce rôle")
    assert "Commerce" in await page.inner_text(".note")
    await look(page, "problem-forbidden")
    await page.click("text=Changer de rôle")
    await page.wait_for_selector("h1:has-text('Que venez-vous faire')")


async def test_an_address_that_is_none_is_a_page_in_the_language_that_was_chosen(surfer):
    page = await surfer.open("/nulle-part")
    await page.wait_for_selector("text=Cette page n’existe pas")
    await look(page, "problem-missing")
    await page.click("text=English")
    await page.wait_for_selector("text=There is no such page")
    assert page.url == f"{surfer.url}/nulle-part"
    # A link to the interface fails as a page, too; a program is answered as before.
    await page.goto(f"{surfer.url}/v1/merchants/0190b2f0-5a5e-7cc3-98c4-dc0c0c07398f")
    await page.wait_for_selector("text=There is no such page")
    told = await page.evaluate("fetch('/v1/nothing').then(a => a.headers.get('content-type'))")
    assert told == "application/problem+json"


async def test_every_failure_is_a_page_where_a_page_was_asked_for(home, askers):
    html = {"Accept": "text/html"} | ours(home)
    large = {"q": "x" * 300_000}
    for answer, status in (
        (await home.client.get("/deconnexion", headers=html), 405),
        (await home.client.post("/connexion", data=large, headers=html), 413),
        (await home.client.post("/connexion", content=b"<a/>", headers=html
                                | {"Content-Type": "text/xml"}), 415),
        (await home.client.get("/commerces?page=0", headers=html), 400),
        (await home.client.get("/commerces/nothing", headers=html), 404),
        (await home.client.get("/v1/me", headers=html | {"Sec-Fetch-Mode": "navigate"}), 303),
    ):  # fmt: skip
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"].startswith("text/html")
        assert status == 303 or "Back to the home page" in answer.text
    plain = await home.client.get("/v1/me", headers={"Accept": "text/html"})
    assert plain.headers["content-type"] == "application/problem+json"


async def test_a_service_that_does_not_answer_says_so(home, surfer, monkeypatch):
    from api.wire.problems import Problem  # noqa: PLC0415  # why: one use

    async def away(*_unused):
        raise Problem("unavailable")

    monkeypatch.setattr(home.services.recognition, "of", away)
    await surfer.context.add_cookies(
        [
            {
                "name": COOKIE,
                "value": "x",
                "secure": True,
                "url": surfer.url.replace("http:", "https:"),
            }
        ]
    )
    page = await surfer.open("/couverture")
    await page.wait_for_selector("text=Votre argent est en sécurité.")
    await look(page, "problem-unavailable")
    monkeypatch.undo()
    await page.click("text=Réessayer")
    await page.wait_for_selector("text=Y a-t-il assez d’euros")


async def test_through_a_page_nobody_reaches_an_operation_that_is_not_theirs(home, askers):
    """A page that is open to everybody leans on this alone: the rule of the operation behind it."""
    for sort in ASKERS:
        who = askers[sort]
        asker = await home.services.recognition.of(who.token) if who.token else None
        scope: Any = {"type": "http", "method": "POST", "headers": [], "state": {"asker": asker}}
        visit = Visit(TextRequest(scope), home.services)
        for route in OPERATIONS:
            row = OPERATION_ROWS[str(route.operation_id)]
            assert visit.may(route) is lets(row, sort), (sort, route.operation_id)
            if not lets(row, sort):
                with pytest.raises(Problem) as refused:
                    await visit.through(route)
                assert refused.value.code in {"forbidden", "unauthenticated"}
