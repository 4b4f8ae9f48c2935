"""What a sponsor is told of spending, by the real route over months; subtracting finds nothing."""

import csv
import io
import random  # noqa: TID251  # why: a seeded choice of payments
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from admin.aid.left import Left, LeftTold, delay_told, left_told
from api.routes import ROUTES
from api.wire.days import day_of
from api.wire.ids import new_id
from ledger import store
from ledger.flows import payment, refund
from ledger.flows.act import Act
from ledger.lots import Share
from tests.api.aid.sponsors import Sponsor, selling
from tests.api.house import clocked
from tests.api.shops.committee import code
from tests.property.test_suppression import found_by_subtraction, spans

LEAST = 11
SOLD = ("boulangerie", "fruits_legumes", "poissonnerie", "epicerie", "restauration")


@pytest.fixture(scope="module")
async def home(fresh_database):
    """A service of which the clock may be moved on."""
    async with clocked(fresh_database, ROUTES) as running:
        yield running


@pytest.fixture(scope="module")
async def ccas(town):
    return await Sponsor.meet(town)


@pytest.fixture(scope="module")
async def stalls(town):
    return {filiere: await selling(town, filiere) for filiere in SOLD}


@pytest.fixture
async def months(town, ccas):
    """Moves the ledger and the service on by a month; the sponsor's persons sign in again."""

    async def on():
        await town.services.clock.forward(timedelta(days=31))
        for name in ("clerk", "validator", "third", "treasurer"):
            who = getattr(ccas, name)
            again = await town.signed_in(who.user, who.person, who.role, who.party)
            setattr(ccas, name, again)

    return on


async def told(sponsor, programme):
    answer = await sponsor.clerk.get(f"/v1/aid/programmes/{programme}/statistics")
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def given(ccas, people, euros=100):
    """A programme that has given to so many households, and their lots."""
    programme = await ccas.programme(funded=people * euros * 100, version={"aid_days": 700})
    rows = [f"{uuid4().hex[:12]};Anne;{euros}" for _ in range(people)]
    batch = await ccas.given(programme, *rows)
    return programme, await ccas.lots(batch["id"])


async def pays(town, lot, shop, cents):
    """One payment of a lot, as the poster carries it out."""
    act = Act(new_id(), lot["party"], uuid4(), bytes(16))
    entry = payment(act, shares=[Share(lot["lot"], cents)], merchant=shop.account)
    return (await town.services.post(entry)).seq


async def gives_back(town, lot, shop, cents, seq):
    act = Act(new_id(), shop.owner.party, uuid4(), bytes(16))
    entry = refund(act, origin=seq, merchant=shop.account, shares=[Share(lot["lot"], cents)])
    await town.services.post(entry)


async def facts(town, programme):
    """What each household spent where and when, as the journal has it: the attacker's answers."""
    query = """
        select a.beneficiary, to_char(j.posted_at at time zone 'Europe/Paris', 'YYYY-MM') as month,
               f.filiere, sum(case when t.debit = a.lot then t.amount else -t.amount end)::bigint
          from admin.award a join ledger.transfer t on a.lot in (t.debit, t.credit)
          join ledger.journal j on j.seq = t.seq
          join merchants.merchant m on m.account in (t.debit, t.credit)
          join merchants.merchant_filiere f on f.merchant = m.id
         where a.programme = $1 group by 1, 2, 3"""
    async with town.services.connection() as connection:
        return [tuple(row) for row in await connection.fetch(query, UUID(programme))]


def sets_of(tables):
    """Each published figure as the months and filières it is of."""
    sets: dict[Any, int] = {}
    for table in tables:
        for item in table:
            span = range(_number(item["first_month"]), _number(item["last_month"]) + 1)
            for cell in item["spent"]:
                atoms = frozenset((month, one) for month in span for one in cell["filieres"])
                assert sets.setdefault(atoms, cell["amount"]) == cell["amount"]
    return sets


def _number(month):
    year, number = month.split("-")
    return int(year) * 12 + int(number)


def small(known, sets):
    """The sets of fewer households than eleven that some subtraction of figures lays open."""
    whose: dict[Any, set[Any]] = {}
    cents: dict[Any, int] = {}
    for household, month, filiere, sum_cents in known:
        if sum_cents:
            whose.setdefault((_number(month), filiere), set()).add(household)
            cents[_number(month), filiere] = cents.get((_number(month), filiere), 0) + sum_cents
    for atoms, amount in sets.items():  # the figures say the truth
        assert amount == sum(cents.get(atom, 0) for atom in atoms)
    found = set()
    for reached in found_by_subtraction(sets):
        reached_by = {one for atom in reached for one in whose.get(atom, ())}
        if 0 < len(reached_by) < LEAST:
            found.add(reached)
    relevant = [atoms & whose.keys() for atoms in sets]
    for atom, some in whose.items():
        if len(some) < LEAST and spans([frozenset(one) for one in relevant], frozenset({atom})):
            found.add(frozenset({atom}))
    return found


def naive(known):
    """The mistake: each month by filière, small ones left out, beside the total of the month."""
    sets: dict[Any, int] = {}
    months = {month for _, month, _, _ in known}
    for month in months:
        for filieres in [SOLD, *((one,) for one in SOLD)]:
            here = [one for one in known if one[1] == month and one[2] in filieres]
            if len({one[0] for one in here}) >= LEAST:
                atoms = frozenset((_number(month), one) for one in filieres)
                sets[atoms] = sum(one[3] for one in here)
    return sets


async def a_month(town, lots, stalls, drawn, *, few=False):
    """Households spend in one filière, or in up to five; in a quiet month only six of them do."""
    for nth, lot in enumerate(lots[:6] if few else lots):
        for filiere in SOLD[: 1 + min(4, nth % 7)]:
            seq = await pays(town, lot, stalls[filiere], drawn.randint(1_00, 3_00))
            if drawn.random() < 0.1:
                await gives_back(town, lot, stalls[filiere], 50, seq)


async def proven(town, ccas, programme, items):
    """What earlier proofs tell of spending, asked for at every head of the chain by a treasurer."""
    async with town.services.connection() as connection:
        rows = await connection.fetch("select last_seq from ledger.chain_link where last_seq > 0")
    sets: dict[Any, int] = {}
    first = _number(items[0]["first_month"])
    ends = {_number(item["last_month"]) for item in items}
    for seq in sorted(row[0] for row in rows):  # nothing has followed the last month
        place = f"/v1/aid/programmes/{programme}/proof"
        answer = await ccas.treasurer.get(place, seq=seq)
        if answer.status_code == 200:
            now = answer.json()["now"]
            month = _number(f"{day_of(datetime.fromisoformat(now['posted_at'])):%Y-%m}")
            assert month in ends, "it closed a period that is published"
            span = range(first, month + 1)
            spent = now["spent_local"]["amount"]
            sets[frozenset((one, f) for one in span for f in (*SOLD, "other"))] = spent
    assert len(sets) == len(ends)
    return sets


async def test_no_subtraction_over_months_and_programmes_finds_fewer_than_eleven(
    town, ccas, stalls, months
):
    """Two programmes share shops, months and sponsor; each table there was is kept and compared."""
    drawn = random.Random(20270301)
    lots = dict([await given(ccas, 30), await given(ccas, 14)])
    tables = {programme: [await told(ccas, programme)] for programme in lots}
    assert all(shown == [[]] for shown in tables.values()), "nothing of a month that runs"
    for month in range(5):
        for theirs in lots.values():
            await a_month(town, theirs, stalls, drawn, few=month == 2)
        await months()
        for programme, shown in tables.items():
            shown.append(await told(ccas, programme))
    planted = set()
    for programme, shown in tables.items():
        for before, after in pairwise(shown):
            assert after[: len(before)] == before, "what was published stands"
        known, sets = await facts(town, programme), sets_of(shown)
        assert len(sets) >= 4
        sets |= await proven(town, ccas, programme, shown[-1])
        assert small(known, sets) == set()
        planted |= small(known, naive(known))
    assert planted, "the attack finds what leaving small cells out lays open"


async def test_a_shop_that_sells_something_else_and_a_lower_least_change_nothing_told(
    town, ccas, months
):
    shop = await selling(town, "boulangerie")
    programme, lots = await given(ccas, 12)
    for lot in lots:
        await pays(town, lot, shop, 2_00)
    await months()
    before = await told(ccas, programme)
    assert [cell["households"] for cell in before[0]["spent"]] == [12]
    owner = await asyncpg.connect(town.services.clock.owner_url)
    move = "update merchants.merchant_filiere set filiere = 'velo' where merchant = $1"
    await owner.execute(move, shop.merchant)
    await owner.close()
    await at_least(town, aid_households_min=2)
    assert await told(ccas, programme) == before
    shown = await ccas.clerk.get(f"/v1/aid/programmes/{programme}/statistics")
    assert shown.json()["least"] == 5, "no policy goes lower"
    await at_least(town)


async def at_least(town, **settings):
    """A new version of the policies, from now on."""
    async with town.services.connection() as connection:
        await store.put_policy(
            connection, wallet="linear", comptoir="tranche", commission_ppm=0, settings=settings,
            by=(0, -1))  # fmt: skip
    town.services.policies.forget()


async def test_left_and_ending_and_delay_are_over_eleven_or_not_told(town, ccas, months, stalls):
    shop = stalls["boulangerie"]
    programme, lots = await given(ccas, 12)
    few, some = await given(ccas, 10)
    for lot in (*lots, *some):
        await pays(town, lot, shop, 5_00)
    await months()
    (item,) = await told(ccas, programme)
    assert item["left"] == {"amount": 12 * 100_00, "currency": "BSL"}
    assert (item["ending"], item["days_to_spend"]) == (None, 0)
    assert await told(ccas, few) == []
    await tables_say_the_same(town, ccas, programme, few, item)


async def tables_say_the_same(town, ccas, programme, few, item):
    """The table for a spreadsheet; of a month that waits it has its heads alone."""
    place = f"/v1/aid/programmes/{programme}/statistics"
    rows = read((await ccas.validator.get(f"{place}.csv")).content)
    assert rows[0][0] == "First month"
    assert {row[0] for row in rows[1:]} == {item["first_month"]}
    assert [row[3:] for row in rows[1 : 1 + len(item["spent"])]] == [
        [str(cell["households"]), f"{cell['amount'] // 100},{cell['amount'] % 100:02}"]
        for cell in item["spent"]
    ]
    assert [row[4] for row in rows[-3:]] == ["1200,00", "too few households to be told", ""]
    assert rows[-3][2].startswith("Left to spend")
    waits = (await ccas.clerk.get(f"/v1/aid/programmes/{few}/statistics")).json()
    today = town.services.clock.now()
    assert (waits["waiting"], waits["items"]) == ([item["last_month"]], [])
    assert waits["next_on"] > today.date().isoformat()
    assert (
        len(read((await ccas.clerk.get(f"/v1/aid/programmes/{few}/statistics.csv")).content)) == 1
    )


def read(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


async def test_another_sponsor_is_told_nothing(town, ccas):
    programme = await ccas.programme()
    other = await Sponsor.meet(town)
    for who in (other.clerk, other.validator):
        for form in ("", ".csv"):
            answer = await who.get(f"/v1/aid/programmes/{programme}/statistics{form}")
            assert code(answer) == (404, "not_found")
    answer = await ccas.treasurer.get(f"/v1/aid/programmes/{programme}/statistics")
    assert code(answer) == (403, "forbidden")


def households(*held):
    return {number: Left(*one) for number, one in enumerate(held)}


def test_what_is_left_is_told_of_many_and_what_ends_if_the_rest_is_many_or_nobodys():
    eleven = households(*[(10, 0)] * 11)
    assert left_told(eleven, range(11), least=11) == LeftTold(110, None)
    assert left_told(eleven, [], least=11) == LeftTold(110, None)
    assert left_told(eleven, [1], least=11) == LeftTold(None, None)
    assert left_told(households(*[(10, 0)] * 10, (0, 0)), [], least=11) == LeftTold(None, None)
    assert left_told(households(*[(10, 4)] * 11), [], least=11) == LeftTold(110, 44)
    assert left_told(households(*[(10, 10)] * 11), [], least=11) == LeftTold(110, 110)
    assert left_told(households(*[(10, 10)] * 11, (3, 0)), [], least=11) == LeftTold(113, None)


def test_the_delay_is_the_median_of_eleven_or_more():
    assert delay_told([1] * 10, least=11) is None
    assert delay_told([*range(11)], least=11) == 5
