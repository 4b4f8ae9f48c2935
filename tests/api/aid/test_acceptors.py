"""Whom lots may pay: as the register of merchants has it, at each decision and each change."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from admin.roles import Role
from api.aid.accepting import descend, settle
from tests.api.aid.sponsors import Sponsor, card_of
from tests.api.aid.sponsors import programme as wanted
from tests.api.buying.buyers import bsl
from tests.api.shops.committee import Committee


@pytest.fixture(scope="module")
async def ccas(town):
    return await Sponsor.meet(town)


@pytest.fixture(scope="module")
async def committee(town):
    return await Committee.meet(town)


async def accepted(town, programme):
    """The accounts a programme's lots may pay now."""
    async with town.services.connection() as connection:
        rows = await connection.fetch(
            """select a.account from ledger.acceptance a join admin.programme p on p.rule = a.rule
                where p.id = $1 and a.until_seq is null""",
            programme,
        )
    return {row[0] for row in rows}


async def test_an_approval_a_suspension_and_a_change_of_filieres_are_told_to_the_ledger(
    town, ccas, committee
):
    programme = await ccas.programme()
    number, shop = await committee.merchant(filieres=["boulangerie"])
    _, other = await committee.merchant(filieres=["librairie"])
    assert await accepted(town, programme) == {shop.account}
    await committee.decide(number, "suspend")
    assert await accepted(town, programme) == set()
    await committee.decide(number, "resume")
    assert await accepted(town, programme) == {shop.account}
    await profile(other, ["epicerie"])
    assert await accepted(town, programme) == {shop.account, other.account}
    await profile(shop, ["velo"])
    assert await accepted(town, programme) == {other.account}
    assert await settle(town.services) == 0


async def profile(who, filieres):
    """A merchant sells something else from now on."""
    seen = await who.get("/v1/merchant/profile")
    body = {name: seen.json()[name] for name in
            ("description", "proposes", "seeks", "listed", "iban")}  # fmt: skip
    answer = await who.ask("PUT", "/v1/merchant/profile", body | {"filieres": filieres},
                           **{"If-Match": seen.headers["etag"]})  # fmt: skip
    assert answer.status_code == 200, answer.text


async def test_a_merchant_may_be_named_and_a_version_changes_who_is_paid(town, ccas, committee):
    number, shop = await committee.merchant(filieres=["velo"])
    version = {"filieres": [], "merchants": [number]}
    programme = await ccas.programme(version=version)
    assert await accepted(town, programme) == {shop.account}
    body = (await ccas.validator.get(f"/v1/aid/programmes/{programme}")).json()
    again = {
        name: body[name] for name in ("opens_on", "ends_on", "aid_days", "budget_line", "most")
    }
    again |= {"filieres": ["habitat"], "merchants": [], "formula": body["formula"]}
    place = f"/v1/aid/programmes/{programme}/versions"
    past = await ccas.validator.post(place, again | {"valid_from": "2020-01-01T00:00:00Z"})
    assert past.json()["code"] == "version_past"
    at = town.now.replace(year=town.now.year + 1).isoformat()
    done = await ccas.validator.post(place, again | {"valid_from": at})
    assert done.status_code == 201, done.text
    assert done.json()["version"] == 1, "it is not valid yet"
    assert await accepted(town, programme) == {shop.account}
    unknown = await ccas.validator.post(place, again | {"valid_from": at, "filieres": ["nowhere"]})
    assert unknown.json()["code"] == "unknown_filiere"


async def test_a_version_that_has_not_begun_gives_way_to_one_written_later(town, ccas, committee):
    _, pool = await committee.merchant(filieres=["sport"])
    _, films = await committee.merchant(filieres=["spectacle"])
    programme = await ccas.programme(version={"filieres": ["sport"]})
    place = f"/v1/aid/programmes/{programme}"
    body = version_of((await ccas.validator.get(place)).json())
    wrong = body | {"filieres": ["habitat"], "valid_from": "2998-12-31T00:00:00Z"}
    seen = (await ccas.validator.post(f"{place}/versions", wrong)).json()
    assert seen["upcoming"] == {"version": 2, "valid_from": wrong["valid_from"]}
    right, at = body | {"filieres": ["spectacle"]}, soon(town)
    for filieres in (["habitat"], ["spectacle"]):  # the second corrects the first, of one instant
        version = right | {"filieres": filieres, "valid_from": at}
        seen = await ccas.validator.post(f"{place}/versions", version)
        assert seen.status_code == 201, seen.text
    assert (seen.json()["version"], seen.json()["upcoming"]["version"]) == (1, 4)
    assert await accepted(town, programme) == {pool.account}
    await begins(town)
    assert await accepted(town, programme) == {films.account}
    seen = (await ccas.validator.get(place)).json()
    assert (seen["version"], seen["filieres"], seen["upcoming"]) == (4, ["spectacle"], None)


async def test_a_lot_pays_a_shop_from_its_approval_on(town, ccas, committee):
    programme = await ccas.programme(funded=50_00)
    who = await town.resident()
    await ccas.given(programme, f"V-1;Anne;20;{await card_of(town, who)}",
                     heads="dossier;nom;montant;carte")  # fmt: skip
    _, shop = await committee.merchant(filieres=["poissonnerie"])
    till = (await shop.get("/v1/tills")).json()["items"][0]["id"]
    asked = await shop.post("/v1/payment-requests", {"till": till, "amount": bsl(5_00)})
    assert asked.status_code == 201, asked.text
    paid = await who.post("/v1/payments", {"code": asked.json()["link"]})
    assert paid.status_code == 201, paid.text


def test_a_filiere_means_all_below_it():
    tree = {"food": None, "bread": "food", "rye": "bread", "books": None}
    assert descend(tree, ["food"]) == {"food", "bread", "rye"}
    assert descend(tree, ["bread", "unknown"]) == {"bread", "rye"}
    assert descend(tree, []) == frozenset()


async def test_a_version_begins_for_aid_that_was_given_and_one_that_narrows_is_agreed_to(
    town, ccas, committee
):
    programme = await ccas.programme(funded=50_00, version={"filieres": ["boulangerie"]})
    _, bakery = await committee.merchant(filieres=["boulangerie"])
    _, books = await committee.merchant(filieres=["librairie"])
    place = f"/v1/aid/programmes/{programme}/versions"
    body = version_of((await ccas.validator.get(f"/v1/aid/programmes/{programme}")).json())
    other = body | {"filieres": ["librairie"]}
    # Nothing was given: whatever it is, nobody has a letter that says otherwise.
    done = await ccas.validator.post(place, other | {"valid_from": soon(town)})
    assert done.status_code == 201, done.text
    await begins(town)
    assert await accepted(town, programme) == {books.account}
    await ccas.given(programme, "W-1;Anne;20", "W-2;Bob;20")
    wider = other | {"filieres": ["librairie", "boulangerie"]}
    done = await ccas.validator.post(place, wider | {"valid_from": soon(town)})
    assert done.status_code == 201, done.text
    assert await accepted(town, programme) == {books.account}, "not before it begins"
    await begins(town)
    assert await accepted(town, programme) == {books.account, bakery.account}
    refused = await ccas.validator.post(place, body | {"valid_from": soon(town)})
    assert refused.json()["code"] == "version_narrows"
    assert "households touched 2, awards 2, shops taken away 1" in refused.json()["detail"]
    agreed = body | {"touches_given": True}
    done = await ccas.validator.post(place, agreed | {"valid_from": soon(town)})
    assert done.status_code == 201, done.text
    await begins(town)
    assert await accepted(town, programme) == {bakery.account}


def version_of(programme):
    """What a version of a programme says, to be said anew."""
    names = ("opens_on", "ends_on", "aid_days", "budget_line", "most", "formula", "filieres",
             "merchants")  # fmt: skip
    return {name: programme[name] for name in names}


def soon(town):
    return (town.now + timedelta(seconds=1)).isoformat()


async def begins(town):
    await asyncio.sleep(1.1)
    await settle(town.services)


async def test_a_works_council_names_no_shop_that_sells_food_and_nobody_one_that_is_none(
    town, ccas, committee
):
    council = await Sponsor.meet(town, Role.WORKS_COUNCIL)
    market, _ = await committee.merchant(filieres=["epicerie", "librairie"])
    number, books = await committee.merchant(filieres=["librairie"])
    asked = wanted(instrument="cse")
    asked["version"] |= {"filieres": [], "merchants": [market]}
    refused = await council.validator.post("/v1/aid/programmes", asked)
    assert refused.json()["code"] == "shop_excluded"
    for sponsor, filieres in ((council, ["spectacle"]), (ccas, ["alimentation"])):
        asked["version"] |= {"filieres": filieres, "merchants": [str(uuid4())]}
        more = {} if sponsor is council else {"instrument": "subvention"}
        refused = await sponsor.validator.post("/v1/aid/programmes", asked | more)
        assert refused.json()["code"] == "unknown_shop"
    programme = await council.programme(
        instrument="cse", version={"filieres": [], "merchants": [number]}
    )
    assert await accepted(town, programme) == {books.account}
    # It begins to sell bread, and is paid by no gift from then on.
    await profile(books, ["librairie", "boulangerie"])
    assert await accepted(town, programme) == set()
