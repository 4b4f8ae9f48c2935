"""Who stands at the desk is found by file or card, by their own sponsor alone, and it is noted."""

import pytest

from admin.roles import Role
from tests.api.aid.sponsors import Sponsor, card_of
from tests.api.shops.committee import code

SEARCH = "/v1/aid/beneficiaries/search"
HEADS = "dossier;nom;montant;carte"


@pytest.fixture(scope="module")
async def ccas(town):
    return await Sponsor.meet(town)


@pytest.fixture(scope="module")
async def anne(town, ccas):
    """Somebody with aid: the number of her card, and who she is to the sponsor."""
    who = await town.resident()
    number = await card_of(town, who)
    done = await ccas.given(
        await ccas.programme(funded=100_00), f"F-1;Anne;50;{number}", heads=HEADS
    )
    (lot,) = await ccas.lots(done["id"])
    return number, str(lot["beneficiary"])


@pytest.mark.parametrize("by", ["file", "card_number"])
async def test_a_file_is_found_by_its_number_or_its_card_and_the_look_is_noted(ccas, anne, by):
    number, beneficiary = anne
    answer = await ccas.clerk.post(SEARCH, {by: {"file": "F-1", "card_number": number}[by]})
    assert (answer.status_code, answer.json()) == (200, {"id": beneficiary})
    noted = (await ccas.validator.get("/v1/aid/access-log")).json()["items"][0]
    assert (noted["act"], noted["beneficiary"]) == ("find", beneficiary)


async def test_whoever_is_not_ones_own_is_answered_as_nobody(town, ccas, anne):
    number, _ = anne
    other = await Sponsor.meet(town)
    stranger = await card_of(town, await town.resident())
    asked = (
        (other.clerk, {"file": "F-1"}),
        (other.clerk, {"card_number": number}),
        (ccas.clerk, {"file": "F-2"}),
        (ccas.clerk, {"card_number": stranger}),
        (ccas.clerk, {"card_number": "4821 0937 5520"}),
    )
    said = set()
    for who, wanted in asked:
        answer = await who.post(SEARCH, wanted)
        assert answer.status_code == 404, answer.text
        said.add((code(answer), answer.json()["detail"]))
    assert len(said) == 1
    # Whoever tries numbers is seen, too.
    noted = (await ccas.validator.get("/v1/aid/access-log")).json()["items"][:3]
    assert [(one["act"], one["beneficiary"]) for one in noted] == [("find", None)] * 3


@pytest.mark.parametrize("body", [{}, {"file": "F-1", "card_number": "4821 0937 5520"}])
async def test_exactly_one_number_is_asked_for(ccas, body):
    answer = await ccas.clerk.post(SEARCH, body)
    assert code(answer) == (422, "fields_contradict")


async def test_the_association_finds_nobody(town):
    treasurer = await town.somebody(Role.TREASURER)
    answer = await treasurer.post(SEARCH, {"file": "F-1"})
    assert answer.status_code == 403, answer.text
