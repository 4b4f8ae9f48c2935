"""Lots at their end: warned of, prolonged, given a grace after a refund, returned or released."""

import asyncio
from datetime import date, timedelta
from uuid import UUID

import pytest

from admin.roles import Role
from admin.telling import messages
from admin.telling.words import SUBJECTS, Template, text_of
from api.aid import extending, lapsing
from api.wire.days import PARIS
from ledger.chart import AccountClass
from tests.api.aid.sponsors import Sponsor, card_of, ends, selling
from tests.api.buying.buyers import bsl, eur
from tests.api.paying import shops
from tests.api.shops.committee import code

HEADS = "dossier;nom;montant;carte;mandat"


@pytest.fixture(scope="module")
async def ccas(town):
    return await Sponsor.meet(town)


async def aided(town, ccas, euros=50, **more):
    """Somebody with aid, the batch and the lot."""
    programme = await ccas.programme(funded=100_00, **more)
    who = await town.resident()
    row = f"T-{who.party};Anne;{euros};{await card_of(town, who)};2026-09-03"
    done = await ccas.given(programme, row, heads=HEADS)
    return who, done["id"], programme


async def lot(ccas, batch):
    return (await ccas.lots(batch))[0]


async def steps(town, award):
    async with town.services.connection() as connection:
        rows = await connection.fetch(
            "select step from admin.award_step where award = $1 order by id", award
        )
    return [row[0] for row in rows]


async def test_unspent_aid_of_a_subsidy_is_the_programmes_again(town, ccas, owner):
    who, batch, programme = await aided(town, ccas)
    shop = await selling(town)
    assert (await shops.pays(who, shop.link, 20_00)).status_code == 201
    await ends(owner, batch, ago="1 second")
    await lapsing.sweep(town.services)
    await lapsing.sweep(town.services)
    left = await lot(ccas, batch)
    assert (left["balance"], left["status"]) == (0, "expired")
    told = (await ccas.clerk.get(f"/v1/aid/programmes/{programme}")).json()
    assert told["held"] == eur(50_00 + 30_95)
    assert await steps(town, left["id"]) == ["submitted", "approved", "given", "expired"]
    assert await town.balance(who) == 0


async def test_under_a_civil_mandate_what_is_left_is_the_holders_own(town, ccas, owner):
    who, batch, programme = await aided(town, ccas, instrument="mandat_civil")
    await ends(owner, batch, ago="1 second")
    await lapsing.sweep(town.services)
    assert (await lot(ccas, batch))["status"] == "released"
    assert await town.balance(who) == 52_50
    told = (await ccas.clerk.get(f"/v1/aid/programmes/{programme}")).json()
    assert (told["on_expiry"], told["held"]) == ("release", eur(50_00))


async def test_a_mandate_returns_by_a_clause_only_and_nothing_else_releases(ccas):
    async def made(**more):
        from tests.api.aid.sponsors import programme  # noqa: PLC0415  # why: one use

        return await ccas.validator.post("/v1/aid/programmes", programme(**more))

    mandate = {"instrument": "mandat_civil", "on_expiry": "return"}
    assert code(await made(**mandate)) == (422, "clause_missing")
    assert (await made(**mandate, clause="Article 4")).json()["on_expiry"] == "return"
    assert code(await made(on_expiry="release")) == (422, "programme_misfit")
    assert code(await made(instrument="cse")) == (422, "programme_misfit")


async def test_a_refund_after_the_end_may_be_spent_for_thirty_days_then_lapses(town, ccas, owner):
    who, batch, programme = await aided(town, ccas)
    shop = await selling(town)
    payment = (await shops.pays(who, shop.link, 30_00)).json()["payment"]
    await ends(owner, batch, ago="1 second")
    await lapsing.sweep(town.services)
    refund = await shop.owner.post(f"/v1/payments/{payment}/refunds", {"amount": bsl(10_00)})
    assert refund.status_code == 201, refund.text
    await lapsing.sweep(town.services)
    restored = await lot(ccas, batch)
    assert (restored["balance"], restored["status"]) == (10_00, "given")
    grace = restored["expires"] - town.now
    assert timedelta(days=29, hours=23) < grace <= timedelta(days=30)
    assert (await shops.pays(who, shop.link, 4_00)).status_code == 201
    await ends(owner, batch, ago="0 seconds")
    await lapsing.sweep(town.services)
    assert (await lot(ccas, batch))["balance"] == 0
    told = (await ccas.clerk.get(f"/v1/aid/programmes/{programme}")).json()
    assert told["held"] == eur(50_00 + 21_42 + 5_71)
    assert (await steps(town, restored["id"]))[3:] == ["expired", "restored", "expired"]


@pytest.fixture
def later(town):
    """Moves the service's clock ahead for a while; the ledger's stays."""

    def move(days):
        town.services.clock.ahead = timedelta(days=days)

    yield move
    town.services.clock.ahead = timedelta()


async def warned(town, who):
    query = "select count(*) from admin.message where party = $1 and template = 'balance_ends'"
    async with town.services.connection() as connection:
        return await connection.fetchval(query, who.party)


async def test_holders_are_warned_six_and_three_weeks_before_once_each(town, ccas, later):
    who, batch, _ = await aided(town, ccas, version={"aid_days": 90})
    short, _, _ = await aided(town, ccas, version={"aid_days": 30})
    told = []
    for days in (0, 10, 47, 49, 50, 70, 71):
        later(days)
        for _ in range(2):
            await lapsing.warn(town.services)
        told.append((days, await warned(town, who), await warned(town, short)))
    assert told == [(0, 0, 0), (10, 0, 1), (47, 0, 1), (49, 1, 1), (50, 1, 1), (70, 2, 1),
                    (71, 2, 1)]  # fmt: skip
    assert (await steps(town, (await lot(ccas, batch))["id"]))[3:] == ["warned", "warned"]
    text = text_of(Template.BALANCE_ENDS, "fr") + SUBJECTS["fr"]
    assert not {"aide", "CCAS", "secours", "social"} & set(text.replace(".", " ").split())


async def test_who_prints_or_tells_a_warning_does_not_learn_that_it_is_one(town, ccas, later):
    programme = await ccas.programme(funded=100_00, version={"aid_days": 60})
    who = await town.resident()
    reach = "update admin.person set email = $2, postal_address = $3 where id = $1"
    async with town.services.connection() as connection:
        await connection.execute(reach, who.person, None, None)
    await ccas.given(programme, f"P-1;Anne;50;{await card_of(town, who)};", heads=HEADS)
    later(39)
    await lapsing.warn(town.services)
    assert await warned(town, who) == 1
    async with town.services.rows() as rows:
        waiting = await messages.waiting_for(rows, who.party)
    assert len(waiting) == 2
    assert len({one.text for one in waiting}) == 1, "of money that came, and of its end"
    async with town.services.connection() as connection:
        await connection.execute(reach, who.person, None, "1 quai")
    async with town.services.rows() as rows:
        found = await messages.letters(rows, at=town.services.clock.now(), count_max=10_000)
    printed = [one.text for one in found if one.id in {two.id for two in waiting}]
    assert len(printed) == 2
    assert len(set(printed)) == 1


async def test_who_has_longer_is_warned_of_the_new_end(town, ccas, later):
    who, batch, programme = await aided(town, ccas, version={"aid_days": 60})
    later(39)
    await lapsing.warn(town.services)
    assert await warned(town, who) == 1
    until = ((await lot(ccas, batch))["expires"] + timedelta(days=60)).date().isoformat()
    whole = f"/v1/aid/programmes/{programme}/extension"
    assert (await ccas.validator.post(whole, {"until": until})).json() == {"lots": 1}
    told = []
    for days in (45, 77, 79, 98, 100):
        later(days)
        await lapsing.warn(town.services)
        told.append(await warned(town, who))
    assert told == [1, 1, 2, 2, 3]


async def test_lots_too_short_to_be_warned_of_keep_nobody_from_a_warning(
    town, ccas, later, monkeypatch
):
    who, _, _ = await aided(town, ccas, version={"aid_days": 43})
    for _ in range(2):
        await aided(town, ccas, version={"aid_days": 41})
    monkeypatch.setattr(lapsing, "ROUND", 1)
    later(2)
    await lapsing.warn(town.services)
    assert await warned(town, who) == 1


async def test_one_award_and_a_whole_programme_end_later_never_earlier(town, ccas, owner):
    _, batch, programme = await aided(town, ccas)
    before = await lot(ccas, batch)
    later = (before["expires"] + timedelta(days=10)).date().isoformat()
    place = f"/v1/aid/awards/{before['id']}/extension"
    assert (await ccas.validator.post(place, {"until": later})).json() == {"lots": 1}
    after = await lot(ccas, batch)
    assert after["expires"] > before["expires"]
    assert code(await ccas.validator.post(place, {"until": later})) == (422, "not_extended")
    whole = f"/v1/aid/programmes/{programme}/extension"
    assert (await ccas.validator.post(whole, {"until": "2099-12-31"})).json() == {"lots": 1}
    assert (await lot(ccas, batch))["expires"].year in {2099, 2100}
    assert code(await ccas.clerk.post(whole, {"until": "2100-12-31"})) == (403, "forbidden")


async def test_no_end_is_set_that_is_too_late_for_the_programme_or_the_calendar(town, ccas):
    _, batch, programme = await aided(town, ccas, version={"ends_on": "2031-12-31"})
    award, whole = f"awards/{(await lot(ccas, batch))['id']}", f"programmes/{programme}"
    for place in (award, whole):
        for until in ("2999-12-31", "2032-01-01", "2020-01-01"):
            answer = await ccas.validator.post(f"/v1/aid/{place}/extension", {"until": until})
            assert code(answer) == (422, "not_extended"), until
        answer = await ccas.validator.post(f"/v1/aid/{place}/extension", {"until": "9999-12-31"})
        assert code(answer) == (400, "malformed_body"), "no day of ours"
    last = {"until": "2031-12-31"}
    assert (await ccas.validator.post(f"/v1/aid/{award}/extension", last)).json() == {"lots": 1}


@pytest.mark.parametrize("instrument", ["subvention", "mandat_civil"])
async def test_aid_that_has_ended_is_not_prolonged(town, ccas, owner, instrument):
    _, batch, programme = await aided(town, ccas, instrument=instrument)
    await ends(owner, batch, ago="1 second")
    before = await lot(ccas, batch)
    places = [
        f"/v1/aid/awards/{before['id']}/extension",
        f"/v1/aid/programmes/{programme}/extension",
    ]
    for _ in range(2):  # before it is swept, and after
        for place in places:
            answer = await ccas.validator.post(place, {"until": "2099-06-30"})
            assert code(answer) == (422, "not_extended")
        await lapsing.sweep(town.services)
    after = await lot(ccas, batch)
    assert after["status"] in {"expired", "released"}
    assert after["expires"] == before["expires"]
    assert "extended" not in await steps(town, after["id"])


@pytest.mark.parametrize("instrument", ["subvention", "mandat_civil"])
async def test_lots_that_cannot_end_now_keep_no_others_from_their_end(
    town, ccas, owner, monkeypatch, instrument
):
    """Of the first two the programme's account, or the holder's own, takes nothing now."""
    monkeypatch.setattr(lapsing, "ROUND", 1)
    met = [await aided(town, ccas, instrument=instrument) for _ in range(3)]
    shut = []
    for n, (who, batch, programme) in enumerate(met):
        await ends(owner, batch, ago=f"{30 - n} seconds")
        own = "select account from admin.programme where id = $1"
        released = instrument == "mandat_civil"
        shut.append(who.account if released else await owner.fetchval(own, UUID(programme)))
    set_status = "select ledger.set_status($1, $2::smallint)"
    for account in shut[:2]:
        await owner.execute(set_status, account, 2)
    await lapsing.lapse(town.services)
    balances = [(await lot(ccas, batch))["balance"] for _, batch, _ in met]
    assert balances == [52_50, 52_50, 0]
    for account in shut[:2]:
        await owner.execute(set_status, account, 0)
    await lapsing.lapse(town.services)
    assert [(await lot(ccas, batch))["balance"] for _, batch, _ in met] == [0, 0, 0]


async def test_a_whole_programme_is_prolonged_in_parts_each_lot_once(town, ccas, monkeypatch):
    monkeypatch.setattr(extending, "PART", 2)
    programme = await ccas.programme(funded=100_00)
    done = await ccas.given(programme, *(f"P-{n};Anne;5" for n in range(5)))
    made = await ccas.lots(done["id"])
    one = f"/v1/aid/awards/{made[0]['id']}/extension"
    assert (await ccas.validator.post(one, {"until": "2099-08-31"})).status_code == 200
    whole = f"/v1/aid/programmes/{programme}/extension"
    asked = [ccas.validator.post(whole, {"until": "2099-06-30"}) for _ in range(3)]
    answers = await asyncio.gather(*asked)
    assert sum(answer.json().get("lots", 0) for answer in answers) == 4
    ended = [one["expires"].astimezone(PARIS).date() for one in await ccas.lots(done["id"])]
    assert ended == [date(2099, 8, 31), *[date(2099, 6, 30)] * 4]
    for award in made:
        assert (await steps(town, award["id"]))[3:] == ["extended"]


async def test_what_comes_back_to_a_cap_is_not_carried_into_the_next_year(town, ccas, owner):
    who, batch, _ = await aided(town, ccas, instrument="cap")
    shop = await selling(town)
    payment = (await shops.pays(who, shop.link, 30_00)).json()["payment"]
    last_year = "clock_timestamp() - interval '1 year'"
    query = "update {} set {} = {} where {} in (select lot from admin.award where batch = $1)"
    for facts in (("ledger.account", "expires", last_year, "id"),
                  ("admin.award", "expires_at", last_year, "lot")):  # fmt: skip
        await owner.execute(query.format(*facts), UUID(batch))
    refund = await shop.owner.post(f"/v1/payments/{payment}/refunds", {"amount": bsl(10_00)})
    assert refund.status_code == 201, refund.text
    await lapsing.sweep(town.services)
    back = await lot(ccas, batch)
    assert (back["balance"], back["status"]) == (0, "expired")
    assert "restored" not in await steps(town, back["id"])


async def test_what_is_left_goes_back_to_the_sponsor_by_two_treasurers(town, ccas):
    _, _, programme = await aided(town, ccas)
    waits = await ccas.batch(programme, "Q-1;Bob;20")
    treasurer, other = ccas.treasurer, await town.somebody(Role.TREASURER)
    proposed = await treasurer.post(f"/v1/aid/programmes/{programme}/returns")
    assert proposed.json()["amount"] == eur(30_00)
    place = f"{proposed.headers['location']}/confirmation"
    assert (await treasurer.post(place)).json()["code"] == "same_person"
    assert code(await treasurer.post(f"/v1/aid/programmes/{programme}/returns")) == (
        409, "return_open")  # fmt: skip
    done = await other.post(place)
    assert done.status_code == 200, done.text
    assert (await other.post(place)).json()["entry"] == done.json()["entry"]
    told = (await treasurer.get(f"/v1/aid/programmes/{programme}")).json()
    assert (told["held"], told["waiting"]) == (eur(20_00), eur(20_00))
    assert code(await treasurer.post(f"/v1/aid/programmes/{programme}/returns")) == (
        409, "nothing_to_return")  # fmt: skip
    assert waits


async def test_the_ledger_and_its_awards_agree_to_the_cent(town, ccas):
    query = """
        select a.bousol_cents, l.balance,
               (select coalesce(sum(amount), 0) from ledger.transfer where debit = a.lot)
             - (select coalesce(sum(t.amount), 0) from ledger.transfer t
                  join ledger.journal j on j.seq = t.seq
                 where t.credit = a.lot and j.kind = 4)
          from admin.award a join ledger.account l on l.id = a.lot"""
    async with town.services.connection() as connection:
        rows = await connection.fetch(query)
        clearing = await connection.fetchval(
            "select sum(balance) from ledger.account where class = $1", AccountClass.AWARDS
        )
    assert len(rows) >= 5
    assert all(given == left + gone for given, left, gone in rows)
    assert clearing == 0
