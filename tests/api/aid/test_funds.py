"""Works councils and food funds on the same machinery, and what is theirs alone."""

import asyncio

from admin.roles import Role
from tests.api.aid.sponsors import Sponsor
from tests.api.buying.buyers import bsl, eur
from tests.api.shops.committee import code

CULTURE = {"filieres": ["loisirs_culture"]}


async def test_a_works_council_gives_by_two_of_its_persons_and_never_ordinary_food(town):
    council = await Sponsor.meet(town, Role.WORKS_COUNCIL)
    food = {"instrument": "cse", "name": "Cadeau"}
    from tests.api.aid.sponsors import programme  # noqa: PLC0415  # why: one use

    refused = await council.validator.post("/v1/aid/programmes", programme(**food))
    assert code(refused) == (422, "filiere_excluded")
    made = await council.programme(funded=1_000_00, version=CULTURE, **food)
    rows = [f"S{n:02};Salarié {n};100" for n in range(10)]
    batch = await council.batch(made, *rows)
    assert (await council.approve(batch, council.clerk)).json()["code"] == "same_person"
    assert (await council.approve(batch)).status_code == 200
    done = await council.until(batch, "executed")
    assert (done["total"], done["total_local"]) == (eur(1_000_00), bsl(1_050_00))
    assert [lot["balance"] for lot in await council.lots(batch)] == [105_00] * 10
    async with town.services.connection() as connection:
        kinds = await connection.fetch(
            """select j.kind from ledger.journal j join admin.aid_batch b on b.entry = j.id
                where b.id = $1""", batch)  # fmt: skip
    assert [row[0] for row in kinds] == [23]


async def test_a_month_of_a_food_fund_gives_one_share_whatever_list_says_another(town):
    fund = await Sponsor.meet(town)
    made = await fund.programme(funded=500_00, instrument="food_fund")
    line = {name: eur(10_00) for name in ("total", "each_at_most", "floor")}
    answer = await fund.validator.post(f"/v1/aid/programmes/{made}/line", line)
    assert code(answer) == (422, "fund_has_no_desk")
    heads = "dossier;nom;cotisation;montant;periode"
    first = "E1;Anne;5;50;", "E2;Bob;5;70;2027-04", "E3;Eve;5;60;"
    looked = (await fund.preview(made, *first, heads=heads)).json()
    found = {r["file"]: [x["code"] for x in r["faults"]] for r in looked["rows"]}
    assert found == {"E1": [], "E2": [], "E3": ["allotment_unequal"]}
    await fund.batch(made, *first[:2], heads=heads)
    refused = await fund.submits(made, "E4;Max;5;70;", heads=heads)
    assert code(refused) == (422, "list_faulty")
    looked = (await fund.preview(made, "E4;Max;5;70;", heads=heads)).json()
    assert looked["rows"][0]["faults"] == [{"code": "allotment_unequal", "facts": {"share": 50_00}}]
    assert (await fund.submits(made, "E4;Max;5;50;", heads=heads)).status_code == 201


async def test_two_lists_of_one_month_at_once_give_one_share(town):
    fund = await Sponsor.meet(town, Role.SPONSOR)
    made = await fund.programme(funded=500_00, instrument="food_fund")
    answers = await asyncio.gather(*(
        fund.submits(made, f"F{n};Anne;5;{50 + n}", heads="dossier;nom;cotisation;montant")
        for n in range(4)))  # fmt: skip
    told = sorted(code(a) if a.status_code != 201 else (201, "") for a in answers)
    assert told == [(201, ""), *[(422, "list_faulty")] * 3]


async def test_a_food_fund_takes_contributions_and_gives_each_member_the_same(town):
    fund = await Sponsor.meet(town, Role.SPONSOR)
    version = {"formula": {"first_adult": 100_00}}
    made = await fund.programme(funded=150_00, instrument="food_fund", version=version)
    heads = "dossier;nom;cotisation;montant"
    rows = ("C1;Anne;1;", "C2;Bob;150,00;", "C3;Eve;60;", "C4;Max;0,99;", "C5;Lou;;", "C6;Jo;5;90")
    looked = (await fund.preview(made, *rows, heads=heads)).json()
    found = {r["file"]: [x["code"] for x in r["faults"]] for r in looked["rows"]}
    assert found == {"C1": [], "C2": [], "C3": [], "C4": ["contribution_out_of_bounds"],
                     "C5": ["contribution_out_of_bounds"], "C6": ["allotment_unequal"]}  # fmt: skip
    batch = await fund.batch(made, *rows[:3], heads=heads)
    assert (await fund.approve(batch)).json()["missing"] == eur(150_00)
    for cents in (1_00, 60_00, 89_00):  # the members' contributions, as the bank brings them
        await fund.fund(made, cents)
    done = await fund.until(batch, "executed")
    assert done["total_local"] == bsl(315_00)
    async with town.services.connection() as connection:
        query = "select contribution_cents from admin.award where batch = $1 order by nth"
        paid = [row[0] for row in await connection.fetch(query, batch)]
    assert paid == [1_00, 150_00, 60_00]
    lots = await fund.lots(batch)
    assert len({lot["expires"] for lot in lots}) == 1
    assert (lots[0]["expires"] - town.now).days <= 62
