"""What may be left to cash: no more than is missing, and nothing where all is there."""

from uuid import uuid4

from structlog.testing import capture_logs

from tests.api.paying import shops
from tests.api.paying.shops import asks, eur, pays
from tests.database.world import RULE


async def test_nobody_leaves_a_part_to_cash_who_can_pay_all(town, shop, till, books):
    payer = await town.resident(20_00)
    asked = await asks(till, shop, 12_60)
    refused = await pays(payer, asked["link"], cash=eur(12_59))
    assert (refused.status_code, refused.json()["code"]) == (422, "cash_not_needed")
    seen = (await till.get(f"/v1/payment-requests/{asked['request']}")).json()
    assert seen["payment"] is None
    poor, key = await town.resident(8_40), uuid4()
    split = await pays(poor, asked["link"], key=key, cash=eur(5_00))
    assert split.status_code == 201, split.text
    with capture_logs() as logged:
        other = await pays(poor, asked["link"], key=key, cash=eur(5_01))
    assert other.json()["code"] == "key_conflict"
    assert [one["event"] for one in logged if "asked" in one] == ["key_conflict"]
    await town.fill(poor, 50_00)
    again = await pays(poor, asked["link"], key=key, cash=eur(5_00))
    assert (again.status_code, again.content) == (201, split.content)
    late = await asks(till, shop, 12_60)
    refused = await pays(poor, late["link"], key=(key := uuid4()), cash=eur(5_00))
    assert refused.json()["code"] == "cash_not_needed"
    whole = await pays(poor, late["link"], key=key)
    assert (whole.status_code, whole.json()["cash"]) == (201, None)


async def test_aid_that_a_shop_takes_counts_before_cash(town, books):
    shop, payer = await shops.shop(town), await town.resident(2_10)
    await books.connection.execute(
        "select ledger.put_acceptance($1, $2, true)", RULE, [shop.account]
    )
    await books.lot(21_00, party=payer.party)
    refused = await pays(payer, shop.code, 12_60, cash=eur(4_40))
    assert refused.json()["code"] == "cash_not_needed"
    elsewhere = await pays(payer, (await shops.shop(town)).code, 12_60, cash=eur(11_00))
    assert elsewhere.status_code == 201, elsewhere.text
