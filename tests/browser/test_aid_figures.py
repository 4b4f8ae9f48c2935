"""Published figures, the proof of a programme and returns to its sponsor, as people see them."""

import asyncio
import re
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from admin.roles import Role
from api.aid import executing, lapsing
from api.app import create_app
from api.gate.asker import COOKIE
from api.serve import listening
from api.wire.days import day_of
from ledger import clock
from ledger.kinds import Kind
from tests.api.aid.sponsors import Sponsor, selling
from tests.api.aid.test_statistics import gives_back, pays
from tests.api.house import at_home, settings_of
from tests.browser.chromium import look, plain
from tests.browser.offices import opened

PEOPLE = 12


@pytest.fixture(scope="module")
async def home(fresh_database):
    """A service of which the clock may be moved on."""
    owner = await asyncpg.connect(fresh_database.owner_url)
    await clock.mark_demo(owner, timedelta())
    await owner.close()
    door = listening("127.0.0.1", 0)
    url = f"http://localhost:{door.getsockname()[1]}"
    settings = settings_of(fresh_database, public_url=url)
    async with at_home(create_app(settings), settings, door) as running:
        running.services.clock.owner_url = fresh_database.owner_url
        yield running


@pytest.fixture(scope="module")
async def second(town):
    return await town.somebody(Role.TREASURER, name="Odile Fourmentin")


@pytest.fixture(scope="module")
async def stalls(town):
    return [await selling(town, one) for one in ("boulangerie", "poissonnerie", "restauration")]


async def later(town, office, *more, days=31):
    """A month goes by; everybody signs in again."""
    await town.services.clock.forward(timedelta(days=days))
    for who in (office.clerk, office.validator, office.treasurer, *more):
        again = await town.signed_in(who.user, who.person, who.role, who.party)
        who.token = again.token


async def helped(office, people, euros, **more):
    """A programme that gave to so many households, and their lots."""
    programme = await office.programme(**more)
    rows = [f"{uuid4().hex[:12]};Anne;{euros}" for _ in range(people)]
    batch = await office.given(programme, *rows)
    return programme, await office.lots(batch["id"])


async def seen(page, path=""):
    """What a page says, reloaded, or that of another address."""
    await page.goto(path or page.url)
    return plain(await page.inner_text("main"))


async def test_figures_come_month_by_month_and_small_ones_stand_together(
    town, office, stalls, surfer
):
    programme, lots = await helped(office, PEOPLE, 100, funded=2_000_00, version={"aid_days": 700})
    place = f"/aide/programmes/{programme}"
    page = await opened(surfer, office.clerk, f"{place}/chiffres")
    said = plain(await page.inner_text("main"))
    assert "Rien n’est encore publié" in said
    assert "quand 11 foyers au moins ont dépensé" in said
    assert await page.locator("a[href$='.csv']").count() == 0
    await look(page, "aid-figures-none")
    for month in range(3):  # the last month is too small: it waits
        for nth, lot in enumerate(lots if month < 2 else lots[:4]):
            for share, shop in enumerate(stalls, 1):
                await pays(town, lot, shop, share * (2_10 + 10 * nth + 50 * month))
        await later(town, office)
    page = await opened(surfer, office.clerk, f"{place}/chiffres")
    said = plain(await page.inner_text("main"))
    told = (await office.clerk.get(f"/v1/aid{place.removeprefix('/aide')}/statistics")).json()
    assert len(told["items"]) == 2
    assert [len(one["spent"]) for one in told["items"]] == [3, 3]
    cents = sum(cell["amount"] for one in told["items"] for cell in one["spent"])
    assert f"{cents // 100},{cents % 100:02} B" in said
    euros = round(cents / 1.05)
    assert f"{euros // 100},{euros % 100:02} €" in said
    assert "trop peu de foyers ont dépensé. Ces dépenses rejoignent le mois suivant." in said
    assert "réunies : trop peu de foyers pour être dites seules" in said
    assert "+ toute autre filière" in said
    assert "Prochains chiffres : au plus tôt le" in said
    assert await page.locator("svg.fb").count() == 3 + 3 + 3
    await look(page, "aid-figures")
    for summary in await page.locator("main summary").all():
        await summary.click()
    await look(page, "aid-figures-open", themes=("light",))
    (href,) = await page.locator("a[href$='.csv']").evaluate_all("all => all.map(a => a.pathname)")
    assert (await office.clerk.get(href)).headers["content-type"].startswith("text/csv")


async def test_the_proof_says_where_each_euro_is_at_every_stage(
    town, office, stalls, surfer, second, monkeypatch
):
    last = day_of(town.services.clock.now()) + timedelta(days=9)
    version = {"ends_on": last.isoformat(), "aid_days": 30}
    programme = await office.programme(name="Manger local, été", version=version)
    page = await opened(surfer, office.validator, f"/aide/programmes/{programme}/preuve")
    await page.wait_for_selector("text=Aucun euro n’est encore arrivé")
    await look(page, "aid-proof-none")
    await office.fund(programme, 250_00)
    assert "Aucune aide n’est encore donnée." in await seen(page)
    lots = await office.lots(await _under_way(office, page, programme, monkeypatch))
    assert "Rien n’est encore dépensé." in await seen(page)
    paid = [await pays(town, lot, stalls[0], 26_25) for lot in lots[:2]]
    await _running(page)
    await later(town, office, second)
    await lapsing.sweep(town.services)
    page = await opened(surfer, office.validator, f"/aide/programmes/{programme}/preuve")
    await _ended(page)
    await _returned(office, second, programme)
    assert "Tout est compté." in await seen(page)
    await look(page, "aid-proof-closed", themes=("light",))
    await gives_back(town, lots[0], stalls[0], 10_50, paid[0])
    assert "Il reste 10,00 € chez les habitants." in await seen(page)
    await _adds_up(page)
    await _supplements(town, page, office, programme)


async def test_accounts_that_do_not_close_are_told_in_words_not_as_a_fault(
    office, surfer, fresh_database
):
    programme = await office.programme(name="Manger local, cassé", funded=250_00)
    root = await asyncpg.connect(fresh_database.superuser_url)
    await root.execute("set session_replication_role = replica")
    query = """select j.seq from ledger.journal j join admin.programme p on p.account = j.credit
                where p.id = $1 and j.kind = 17"""
    seq = await root.fetchval(query, UUID(programme))
    kinds = "update ledger.journal set kind = $2 where seq = $1"
    try:
        await root.execute(kinds, seq, int(Kind.OPERATING))
        place = f"/aide/programmes/{programme}"
        page = await opened(surfer, office.validator, "/aide")
        for path in ("/aide", place, f"{place}/preuve", f"{place}/chiffres"):
            assert "ne tombent pas juste" in await seen(page, f"{surfer.url}{path}"), path
            if path == place:
                await look(page, "aid-programme-broken", themes=("light",))
        answer = await office.clerk.get(f"/v1{place.replace('aide', 'aid')}/follow-up")
        assert (answer.status_code, answer.json()["code"]) == (500, "proof_refused")
    finally:
        await root.execute(kinds, seq, int(Kind.PROGRAMME_FUND))
        await root.close()


async def _running(page):
    """Before its last day: two of eight have spent theirs."""
    said = await seen(page)
    for part in ("Voici où sont les euros aujourd’hui.", "Où sont les 250,00 € reçus",
                 "50,00 € 52,50 B", "150,00 € 157,50 B"):  # fmt: skip
        assert part in said
    await look(page, "aid-proof-open")
    await _adds_up(page)


async def _ended(page):
    """After it, what nobody spent has come back."""
    said = plain(await page.inner_text("main"))
    for part in ("Preuve de fin de programme", "200,00 € n’ont pas servi.",
                 "Pour mémoire : 150,00 € sont revenus au programme, pour 157,50 B repris.",
                 "Ce qui a changé depuis la fin du programme",
                 "Chez les habitants 150,00 € 0,00 € − 150,00 €"):  # fmt: skip
        assert part in said
    await look(page, "aid-proof-end")
    await _adds_up(page)


async def _under_way(office, page, programme, monkeypatch):
    """Eight awards, held back between their two steps: the proof waits."""
    there, opening = asyncio.Event(), executing.open_lots

    async def waits(*given, **named):
        await there.wait()
        return await opening(*given, **named)

    monkeypatch.setattr(executing, "open_lots", waits)
    batch = await office.batch(programme, *[f"{uuid4().hex[:12]};Anne;25" for _ in range(8)])
    assert (await office.approve(batch)).status_code == 200
    await office.until(batch, "issuing")
    assert "Des aides partent en ce moment." in await seen(page)
    await look(page, "aid-proof-under-way", themes=("light",))
    there.set()
    await office.until(batch, "executed")
    monkeypatch.undo()
    return batch


async def _adds_up(page):
    """Both additions of the page, as they are shown."""
    for table in await page.locator("table.adds").all():
        sums = [cents(text) for text in await table.locator("td.num").all_inner_texts()]
        assert sum(sums[:-1]) == sums[-1] > 0


def cents(text):
    return int(re.sub(r"[^0-9]", "", text))


async def _returned(office, second, programme):
    """Two treasurers give back what is free."""
    answer = await office.treasurer.post(f"/v1/aid/programmes/{programme}/returns")
    assert answer.status_code == 201, answer.text
    done = await second.post(f"{answer.headers['location']}/confirmation")
    assert done.status_code == 200, done.text


async def _supplements(town, page, office, programme):
    """Since an entry that is typed; since one that never was; nonsense is told and kept."""
    told = (await office.clerk.get(f"/v1/aid/programmes/{programme}/proof")).json()
    await page.fill("#depuis", str(told["ended_seq"]))
    await page.click("text=Voir le supplément")
    await page.wait_for_selector(f"text=depuis l’écriture no {told['ended_seq']}")
    hrefs = await page.locator("a[href*='since=']").evaluate_all(
        "a => a.map(x => x.pathname + x.search)"
    )
    assert len(hrefs) == 2
    for href in hrefs:
        assert f"since={told['ended_seq']}" in href
        answer = await office.clerk.get(href)
        assert answer.status_code == 200, answer.text
    await page.fill("#depuis", str(told["now"]["seq"]))
    await page.click("text=Voir le supplément")
    for typed in ("99999999", "0", "-1", "abc", "٣", "1" * 30):
        answer = await page.goto(f"{page.url.split('?')[0]}?depuis={typed}")
        assert answer.status == 404, typed
        assert "Aucune preuve ne porte ce numéro" in await page.inner_text("[role=alert]")
        assert await page.input_value("#depuis") == typed
    await look(page, "aid-proof-unknown", themes=("light",))


async def test_a_return_is_proposed_and_confirmed_or_withdrawn_by_treasurers(
    town, office, second, surfer
):
    programme = await office.programme(funded=100_00, name="Secours d’automne")
    page = await opened(surfer, office.treasurer, "/")
    await page.click("text=Retours d’euros")
    await look(page, "aid-returns-all")
    await page.click("text=Secours d’automne")
    await look(page, "aid-returns-free", themes=("light",))
    await page.click("text=Proposer de rendre 100,00")
    await page.wait_for_selector("text=Une autre personne de la trésorerie le confirme.")
    assert await page.locator("button:has-text('Confirmer')").count() == 0
    await look(page, "aid-returns-mine", themes=("light",))
    # The euros are promised by now: it does not fit any more.
    await office.batch(programme, f"{uuid4().hex};Anne;30")
    await surfer.sign_in(second)
    await _withdrawn(page)
    await page.click("text=Proposer de rendre 70,00")
    await page.wait_for_selector("text=Une autre personne de la trésorerie le confirme.")
    await surfer.sign_in(office.treasurer)
    assert "À vous de confirmer." in await seen(page)
    await look(page, "aid-returns-yours", themes=("light",))
    await page.click("text=Confirmer 70,00")
    await page.wait_for_selector("text=Il n’y a rien à rendre.")
    await surfer.sign_in(office.validator)
    assert "Rendu" in await seen(page)
    assert await page.locator("main form").count() == 0
    said = await seen(page, f"{surfer.url}/aide/programmes/{programme}")
    assert "« Un lot attend <b>30 €</b> »" in said
    await look(page, "aid-programme-returns", themes=("light",))


async def _withdrawn(page):
    """It is withdrawn with a reason, and not without."""
    said = await seen(page)
    assert "70,00 € seulement sont libres" in said
    assert await page.locator("button:has-text('Confirmer')").count() == 0
    await look(page, "aid-returns-misfit")
    await page.evaluate("document.querySelector('#motif').removeAttribute('required')")
    await page.click("main form button")
    await page.wait_for_selector("[role=alert]")
    await page.fill("#motif", "Un lot attend <b>30 €</b>")
    await page.click("main form button")
    await page.wait_for_selector("text=« Un lot attend <b>30 €</b> »")


async def ask(home, who, method, path, **form):
    """What a form of ours is answered, by status and text."""
    headers = {"Accept": "text/html", "Cookie": f"{COOKIE}={who.token}", "Origin": home.url,
               "Sec-Fetch-Site": "same-origin"}  # fmt: skip
    sent = await home.client.request(
        method, path, headers=headers, data=form or None, follow_redirects=False
    )
    return sent.status_code, sent.text


async def test_other_sponsors_find_nothing_and_a_form_sent_twice_acts_once(
    home, town, office, second
):
    programme = await office.programme(funded=50_00)
    place = f"/aide/programmes/{programme}"
    other = await Sponsor.meet(town)
    for tail in ("chiffres", "preuve", "retours"):
        assert (await ask(home, other.validator, "GET", f"{place}/{tail}"))[0] == 404, tail
        nowhere = f"/aide/programmes/{uuid4()}/{tail}"
        assert (await ask(home, office.validator, "GET", nowhere))[0] == 404, tail
    key = str(uuid4())
    for _ in range(2):
        assert (await ask(home, office.treasurer, "POST", f"{place}/retours", cle=key))[0] == 303
    (one,) = (await office.clerk.get(f"/v1/aid/programmes/{programme}/returns")).json()["items"]
    status, text = await ask(home, second, "POST", f"{place}/retours", cle=str(uuid4()))
    assert (status, "already waits for a second person" in text) == (409, True)
    assert (await ask(home, second, "POST", f"{place}/retours", cle="nonsense"))[0] == 400
    yes = f"{place}/retours/{one['id']}/accord"
    assert (await ask(home, office.treasurer, "POST", yes))[0] == 409  # one person is not two
    assert (await ask(home, office.validator, "POST", yes))[0] == 403
    for _ in range(2):
        assert (await ask(home, second, "POST", yes))[0] == 303
    no = f"{place}/retours/{one['id']}/retrait"
    status, text = await ask(home, second, "POST", no, motif="Trop tard")
    assert (status, "confirmed or withdrawn already" in text) == (409, True)
    nowhere = f"{place}/retours/{uuid4()}/retrait"
    assert (await ask(home, second, "POST", nowhere, motif="Non"))[0] == 404
    held = (await office.clerk.get(f"/v1/aid/programmes/{programme}")).json()["held"]
    assert held["amount"] == 0
