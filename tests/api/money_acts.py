"""Each act that takes a key, ready to be asked: by whom, where, with what, and what is another one.

By operation; a route with a key that is missing here fails `test_money_routes.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from admin.roles import Role
from tests.api.aid import sponsors
from tests.api.aid.sponsors import Sponsor
from tests.api.aid.test_food_fund import member as fund_member
from tests.api.aid.test_food_fund import month
from tests.api.aid.test_matching import stray
from tests.api.buying.buyers import booked, bsl, carded, eur, line, member, ordered, treasurer
from tests.api.buying.test_bank_credits import spend
from tests.api.counter.desk import PIN, Desk
from tests.api.invoices import shops as invoices
from tests.api.paying import shops
from tests.api.shops import committee as register
from tests.api.shops.committee import Committee

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import httpx

    from tests.api.town import Town, Who


@dataclass
class Act:
    """One act; `other` makes another one of it: parts of its body, or an address, made later."""

    who: Who
    path: str
    body: dict[str, Any] | None = None
    other: dict[str, Any] | str | Callable[[], Awaitable[str]] | None = None

    async def ask(self, key: Any) -> httpx.Response:
        """Ask for it."""
        return await self.who.post(self.path, self.body, key=key)

    async def ask_another(self, key: Any) -> httpx.Response:
        """Ask for another one."""
        other = await self.other() if callable(self.other) else self.other
        if isinstance(other, str):
            return await self.who.post(other, self.body, key=key)
        return await self.who.post(self.path, (self.body or {}) | (other or {}), key=key)


ACTS: dict[str, Callable[[Town], Awaitable[Act]]] = {}


def act(operation: str) -> Any:
    """Register how an act is made ready."""

    def register(maker: Any) -> Any:
        ACTS[operation] = maker
        return maker

    return register


# Paying -------------------------------------------------------------------------------------------


@act("pay")
async def pay(town: Town) -> Act:
    at, payer = await shops.shop(town), await town.resident(50_00)
    return Act(payer, "/v1/payments", {"code": at.code, "amount": bsl(5_00)}, {"amount": bsl(6_00)})


@act("payByCard")
async def pay_by_card(town: Town) -> Act:
    at, payer = await shops.shop(town), await town.resident(50_00)
    _, card = await shops.card(town, payer)
    path, body = f"/v1/tills/{at.till}/card-payments", {"card": card, "amount": bsl(5_00)}
    return Act(await shops.till_key(town, at), path, body, {"amount": bsl(6_00)})


@act("refundPayment")
async def refund(town: Town) -> Act:
    at, payer = await shops.shop(town), await town.resident(50_00)
    paid = (await shops.pays(payer, at.code, 5_00)).json()["payment"]
    other = {"amount": bsl(2_00)}
    return Act(at.owner, f"/v1/payments/{paid}/refunds", {"amount": bsl(1_00)}, other)


@act("sendMoney")
async def send(town: Town) -> Act:
    payer, payee = await town.resident(50_00), await town.resident()
    body = {"card": await carded(town, payee), "amount": bsl(3_00)}
    return Act(payer, "/v1/transfers", body, {"amount": bsl(3_01)})


# Buying -------------------------------------------------------------------------------------------


@act("placeOrder")
async def order(town: Town) -> Act:
    return Act(await member(town), "/v1/orders", {"amount": eur(20_00)}, {"amount": eur(21_00)})


@act("releaseSurplus")
async def surplus(town: Town) -> Act:
    poor, shop = await member(town, tier=0), await town.somebody(Role.MERCHANT)
    made, other = await ordered(poor, 100_00), await ordered(poor, 20_00)
    await booked(await treasurer(town), 160_00, order=made["id"])
    await booked(await treasurer(town), 20_00, order=other["id"])
    await spend(town.house, poor, shop, 100_00)
    places = [f"/v1/orders/{one['id']}/surplus" for one in (made, other)]
    return Act(poor, places[0], other=places[1])


@act("bookCredit")
async def book_credit(town: Town) -> Act:
    body = line(20_00)
    return Act(await treasurer(town), "/v1/bank-credits", body, {"amount": eur(21_00)})


@act("confirmCredit")
async def confirm_credit(town: Town) -> Act:
    one = await treasurer(town)
    made = [await booked(one, 700_00) for _ in range(2)]
    places = [f"/v1/bank-credits/{credit['id']}/confirmation" for credit in made]
    return Act(await treasurer(town), places[0], other=places[1])


@act("matchCredit")
async def match_credit(town: Town) -> Act:
    ccas = await Sponsor.meet(town)
    programmes = [await ccas.programme() for _ in range(2)]
    address, who = await stray(town, 80_00)
    body, other = [{"programme": programme} for programme in programmes]
    return Act(who, f"{address}/match", body, other)


@act("returnCredit")
async def return_credit(town: Town) -> Act:
    address, who = await stray(town, 80_00)
    other, _ = await stray(town, 70_00)
    return Act(who, f"{address}/return", other=f"{other}/return")


# Members ------------------------------------------------------------------------------------------


@act("openAccount")
async def open_account(town: Town) -> Act:
    desk = await Desk.of(town, 2)
    body = {"name": "Camille", "pin": PIN, "card_number": desk.card()["number"]}
    return Act(desk.clerk, "/v1/accounts", body, {"name": "Claude"})


@act("askForMembership")
async def ask_for_membership(town: Town) -> Act:
    return Act(await town.resident(), "/v1/memberships")


@act("payFee")
async def pay_fee(town: Town) -> Act:
    who = await town.resident(50_00)

    async def year() -> str:
        """A year waits alone for its fee, so the next one is asked for when this one is paid."""
        made = (await who.post("/v1/memberships")).json()["id"]
        return f"/v1/memberships/{made}/payment"

    return Act(who, await year(), other=year)


@act("bookFee")
async def book_fee(town: Town) -> Act:
    year = (await (await town.resident()).post("/v1/memberships")).json()["id"]
    body, other = [{"document": str(uuid4())} for _ in range(2)]
    return Act(await treasurer(town), f"/v1/memberships/{year}/receipt", body, other)


# Merchants ----------------------------------------------------------------------------------------


@act("applyAsMerchant")
async def apply(town: Town) -> Act:
    found = await Committee.meet(town)
    await found.forget_tries()
    other = {"name": f"Boutique {uuid4().hex}"}
    return Act(found.first, "/v1/merchant-applications", register.form(), other)


@act("redeemRest")
async def redeem_rest(town: Town) -> Act:
    found = await Committee.meet(town)
    made, owner = await found.merchant()
    await town.fill(owner, 21_00)
    await found.decide(made, "close")
    body = {"amount": bsl(4_20), "document": str(uuid4())}
    return Act(found.treasurer, f"/v1/merchants/{made}/rest", body, {"amount": bsl(2_10)})


@act("createInvoicePayment")
async def create_invoice_payment(town: Town) -> Act:
    payer, supplier = await invoices.shop(town, 600_00), await invoices.shop(town)
    other = {"bousols": bsl(99_00)}
    return Act(payer, "/v1/invoice-payments", invoices.bill(supplier, 100_00), other)


@act("confirmInvoicePayment")
async def confirm_invoice_payment(town: Town) -> Act:
    payer, supplier = await invoices.shop(town, 1_300_00), await invoices.shop(town)
    places = []
    for _ in range(2):
        body = invoices.bill(supplier, 501_00, total=900_00)
        made = await payer.post("/v1/invoice-payments", body)
        places.append(f"{made.headers['location']}/confirmation")
    other = await invoices.colleague(town, payer)
    return Act(other, places[0], invoices.HERE, places[1])


@act("refundInvoicePayment")
async def refund_invoice_payment(town: Town) -> Act:
    payer, supplier = await invoices.shop(town, 300_00), await invoices.shop(town)
    made = await payer.post("/v1/invoice-payments", invoices.bill(supplier, 100_00))
    path = f"{made.headers['location']}/refunds"
    return Act(supplier, path, {"amount": bsl(60_00)}, {"amount": bsl(1)})


async def redemptions(town: Town, count: int = 1) -> list[str]:
    who = await invoices.shop(town, 500_00)
    body = {"amount": bsl(105_00)} | invoices.HERE
    made = [await who.post("/v1/redemptions", body) for _ in range(count)]
    return [one.headers["location"] for one in made]


@act("requestRedemption")
async def request_redemption(town: Town) -> Act:
    body = {"amount": bsl(105_00)} | invoices.HERE
    who = await invoices.shop(town, 500_00)
    return Act(who, "/v1/redemptions", body, {"amount": bsl(106_00)})


@act("approveRedemption")
async def approve_redemption(town: Town) -> Act:
    one, two = await redemptions(town, 2)
    return Act(await treasurer(town), f"{one}/approval", other=f"{two}/approval")


@act("rejectRedemption")
async def reject_redemption(town: Town) -> Act:
    (one,) = await redemptions(town)
    return Act(await treasurer(town), f"{one}/rejection", {"reason": "Un"}, {"reason": "Un autre"})


# Aid ----------------------------------------------------------------------------------------------


@act("createProgramme")
async def create_programme(town: Town) -> Act:
    ccas = await Sponsor.meet(town)
    other = {"name": "Manger ailleurs"}
    return Act(ccas.validator, "/v1/aid/programmes", sponsors.programme(), other)


@act("submitAwards")
async def submit_awards(town: Town) -> Act:
    ccas = await Sponsor.meet(town)
    made = await ccas.programme(funded=100_00)
    body = sponsors.listed(f"{uuid4()};Anne;30") | {"decision": "CP du 12 mars"}
    path = f"/v1/aid/programmes/{made}/batches"
    return Act(ccas.clerk, path, body, {"decision": "CP du 13 mars"})


@act("submitAllotments")
async def submit_allotments(town: Town) -> Act:
    sponsor = await Sponsor.meet(town, Role.SPONSOR)
    made = await sponsor.programme(instrument="food_fund", funded=100_00)
    _, reference = await fund_member(town, made, 20_00)
    await booked(await treasurer(town), 20_00, reference=f"CAISSE {reference}")
    body = {"period": month(town), "decision": "Règlement, art. 4"}
    path = f"/v1/aid/programmes/{made}/allotments"
    return Act(sponsor.clerk, path, body, {"decision": "Règlement, art. 5"})


LINE = {"total": eur(100_00), "each_at_most": eur(70_00), "floor": eur(50_00)}


@act("openLine")
async def open_line(town: Town) -> Act:
    ccas = await Sponsor.meet(town)
    made = await ccas.programme(funded=300_00)
    other = {"floor": eur(40_00)}
    return Act(ccas.validator, f"/v1/aid/programmes/{made}/line", LINE, other)


@act("giveEmergency")
async def give_emergency(town: Town) -> Act:
    opening = await open_line(town)
    assert (await opening.ask(uuid4())).status_code == 201
    clerk = await town.somebody(Role.CASEWORKER, party=opening.who.party)
    (card,) = await sponsors.stock(town, clerk)
    body = {
        "file": uuid4().hex.upper(),
        "name": "Anne",
        "children": 2,
        "amount": eur(20_00),
        "decision": "Secours 2027-031",
        "card_number": card.number,
        "pin": PIN,
    }
    path = opening.path.replace("/line", "/emergencies")
    return Act(clerk, path, body, {"amount": eur(21_00)})


@act("proposeReturn")
async def propose_return(town: Town) -> Act:
    ccas = await Sponsor.meet(town)
    made = await ccas.programme(funded=100_00)
    return Act(ccas.treasurer, f"/v1/aid/programmes/{made}/returns")
