"""What hangs in a shop is printed for its own people, while it is approved, and for now only."""

import io

import pypdfium2  # type: ignore[import-untyped]  # why: it ships no types
import pytest

from api.wire.days import day_of
from merchants import signals
from tests.api.shops.committee import code


def text_of(pdf):
    with pypdfium2.PdfDocument(io.BytesIO(pdf)) as document:
        reader = document[0].get_textpage()
        return " ".join(reader.get_text_range().split())


async def till_of(owner):
    """Its only till, at which a poster hangs."""
    (till,) = (await owner.get("/v1/tills")).json()["items"]
    poster = (await owner.post(f"/v1/tills/{till['id']}/posters")).json()
    return till | {"posters": [poster]}


@pytest.fixture(scope="module")
async def shop(committee):
    number, owner = await committee.merchant()
    return number, owner, await till_of(owner)


async def test_the_months_sheet_shows_what_payers_see(shop, town):
    number, owner, _ = shop
    today = day_of(town.now)
    answer = await owner.get(f"/v1/signs/{today:%Y-%m}/sheet.pdf")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    async with town.services.rows() as rows:
        from merchants import register  # noqa: PLC0415  why: one use

        found = await register.find(rows, number)
    assert found is not None
    sign = signals.of_day(town.services.pepper.key("signal"), found.number, today)
    assert f"{today.day} {sign.word} {sign.flag.said('en')}" in text_of(answer.content)


@pytest.mark.parametrize(
    ("month", "refusal"),
    [
        ("2020-01", (404, "not_found")),
        ("2099-12", (404, "not_found")),
        ("2027-13", (400, "malformed_parameter")),
        ("now", (400, "malformed_parameter")),
    ],
)
async def test_no_other_month_is_printed(shop, month, refusal):
    assert code(await shop[1].get(f"/v1/signs/{month}/sheet.pdf")) == refusal


async def test_the_sheet_for_an_outage_and_the_small_poster_name_the_till(shop, town):
    _, owner, till = shop
    poster = till["posters"][0]
    sheet = await owner.get(f"/v1/outage-sheets/{poster['code']}.pdf")
    assert sheet.status_code == 200, sheet.text
    for part in (town.services.settings.contact_phone, poster["code"], till["label"]):
        assert part in text_of(sheet.content)
    small = await owner.get(f"/v1/posters/{poster['code']}.pdf", size="a6")
    assert poster["code"] in text_of(small.content)
    assert code(await owner.get(f"/v1/posters/{poster['code']}.pdf", size="a3"))[0] == 400


async def test_a_shop_that_is_suspended_prints_nothing(committee):
    number, owner = await committee.merchant()
    till = await till_of(owner)
    await committee.decide(number, "suspend")
    month = f"{day_of(committee.town.now):%Y-%m}"
    for path in (f"/v1/signs/{month}/sheet.pdf",
                 f"/v1/outage-sheets/{till['posters'][0]['code']}.pdf"):  # fmt: skip
        assert code(await owner.get(path)) == (409, "standing_misfit")


async def test_an_application_is_followed_by_its_number_until_it_is_decided(committee, home):
    number = await committee.candidate()
    path = f"/v1/merchant-applications/{number}/state"
    assert (await home.get(path)).json()["status"] == "candidate"
    await committee.decide(number, "approve")
    assert (await home.get(path)).json()["status"] == "approved"
    await committee.decide(number, "suspend")
    assert code(await home.get(path)) == (404, "not_found")
    other = await committee.candidate()
    await committee.decide(other, "refuse")
    refused = (await home.get(f"/v1/merchant-applications/{other}/state")).json()
    assert (refused["status"], set(refused)) == ("refused", {"id", "name", "status", "applied_at"})
