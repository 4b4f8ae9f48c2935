"""What a merchant reads of a payment says nothing of what it was paid with: byte for byte."""

import re
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.wire.days import day_of
from tests.api.paying import shops
from tests.api.paying.shops import asks, bsl, eur, pays, takes
from tests.database.world import RULE

IDS = re.compile(
    r"[0-9a-f]{8}-[0-9a-f-]{27}|\d{4}-\d\d-\d\dT[0-9:.]+Z|[A-Z]{2}\d\d\b|\"trace_id\": \"\w+\""
)


ABOVE = 100_00


def plain(answer):
    """An answer without ids, instants and what is made of them."""
    names = sorted(name for name in answer.headers if name != "date")
    return answer.status_code, names, IDS.sub("*", answer.text)


async def seen_by_the_till(town, shop, till, payer, price, cash):
    """Everything a till reads of one payment of each sort, and of a refund."""
    rest = cash and cash + ABOVE  # a part is paid in cash of what nobody here could pay
    more: Any = {"cash": eur(rest)} if rest else {}
    asked = await asks(till, shop, price - cash + rest)
    paid = await pays(payer, asked["link"], **more)
    assert paid.status_code == 201, paid.text
    payment = paid.json()["payment"]
    _, card = await shops.card(town, payer)
    taken = await takes(till, shop, card, price)
    back = {"amount": bsl(price - cash)}
    day = day_of(town.now)
    told = [
        taken,
        await till.get(f"/v1/payment-requests/{asked['request']}"),
        await till.get(f"/v1/payments/{payment}"),
        await shop.owner.post(f"/v1/payments/{payment}/refunds", back),
        await till.get(f"/v1/payments/{payment}"),
        await till.get("/v1/payments", till=str(shop.till), day=str(day)),
        await till.get(f"/v1/tills/{shop.till}/days/{day}"),
    ]
    return [plain(one) for one in told]


async def test_a_till_reads_the_same_bytes_whatever_paid(town, books):
    @given(
        lots=st.lists(st.integers(1, 15).map(lambda n: n * 21), min_size=1, max_size=4),
        price=st.integers(1_00, 12_00),
        cash=st.one_of(st.just(0), st.integers(1, 99)),
    )
    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
    def collect(lots, price, cash):
        examples.append((lots, price, cash))

    examples: list[tuple[list[int], int, int]] = []
    collect()
    for lots, price, cash in examples:
        told = []
        for aided in (False, True):
            shop, payer = await shops.shop(town), await town.resident(40_00)
            till = await shops.till_key(town, shop)
            await books.connection.execute(
                "select ledger.put_acceptance($1, $2, true)", RULE, [shop.account]
            )
            for cents in lots if aided else ():
                await books.lot(cents, party=payer.party)
            told.append(await seen_by_the_till(town, shop, till, payer, price, cash))
        assert told[0] == told[1], (lots, price, cash)
