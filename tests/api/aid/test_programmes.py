"""Programmes as they are asked for: what has no name, or pays nowhere, is refused in words."""

import pytest

from tests.api.aid.sponsors import Sponsor, programme
from tests.api.shops.committee import code


@pytest.fixture(scope="module")
async def ccas(town):
    return await Sponsor.meet(town)


@pytest.mark.parametrize("name", ["   ", " ab ", "ab  ", "\u00a0\u00a0\u00a0"])
async def test_a_name_is_three_signs_without_the_blanks_around_it(ccas, name):
    answer = await ccas.validator.post("/v1/aid/programmes", programme(name=name))
    assert code(answer) == (400, "malformed_body"), answer.text
    (fault,) = answer.json()["errors"]
    assert (fault["pointer"], fault["code"]) == ("/name", "string_too_short")


async def test_a_name_is_kept_without_the_blanks_around_it(ccas):
    answer = await ccas.validator.post("/v1/aid/programmes", programme(name="  Manger local "))
    assert answer.json()["name"] == "Manger local"


async def test_aid_that_would_pay_nowhere_is_refused(ccas):
    body = programme()
    body["version"] |= {"filieres": [], "merchants": []}
    answer = await ccas.validator.post("/v1/aid/programmes", body)
    assert code(answer) == (422, "fields_contradict"), answer.text
    made = await ccas.programme()
    version = body["version"] | {"valid_from": "2098-01-01T00:00:00Z"}
    answer = await ccas.validator.post(f"/v1/aid/programmes/{made}/versions", version)
    assert code(answer) == (422, "fields_contradict"), answer.text
