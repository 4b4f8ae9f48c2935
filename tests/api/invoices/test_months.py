"""A merchant's month after real payments, redemptions and corrections through the ledger."""

import csv
import io
import re
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdfium2 import PdfDocument  # type: ignore[import-untyped]  # why: it ships no types

from admin.roles import Role
from api.wire.days import day_of
from ledger import flows, store
from ledger.chart import AccountClass
from ledger.flows import Act
from ledger.lots import Share
from ledger.refusals import PostingRefusal
from merchants.fec import HEADS
from tests.api.invoices.shops import HERE, bill, own_funds, public_body, shop
from tests.api.invoices.test_suppliers import refused

ACTS = ("sale", "refund", "supplier", "customer", "gave_back", "got_back", "bought", "fee",
        "held", "approved", "rejected", "gift", "reversed", "desk")  # fmt: skip
STEPS = st.lists(st.tuples(st.sampled_from(ACTS), st.integers(1, 60_00)), min_size=3, max_size=20)


def this_month(town):
    return f"{day_of(town.now):%Y-%m}"


async def paper(who, path, language):
    """The text of the first page of a paper."""
    answer = await who.ask("GET", path, **{"Accept-Language": language})
    assert answer.headers["content-type"] == "application/pdf"
    page = PdfDocument(answer.content)[0].get_textpage()
    return " ".join(page.get_text_range().split())


def act(party=1, **facts):
    return Act(uuid4(), party, uuid4(), bytes(16), document=uuid4(), **facts)


class Books:
    """A merchant, a resident and another merchant who do things to each other."""

    def __init__(self, town, mine, other, resident, public):
        self.town, self.mine, self.other, self.resident = town, mine, other, resident
        self.public, self.sales, self.paid, self.received, self.holds = public, [], [], [], []
        self.terms = flows.Terms()

    async def post(self, entry, kept=None):
        try:
            posted = await self.town.services.post(entry)
        except PostingRefusal:
            return None
        if kept is not None:
            kept.append(posted.seq)
        return posted

    async def do(self, what, cents):
        await getattr(self, what)(cents)

    async def sale(self, cents):
        shares, mine = (Share(self.resident.account, cents),), self.mine.account
        await self.post(flows.payment(act(), shares=shares, merchant=mine), self.sales)

    async def refund(self, cents):
        await self.back(self.sales, self.mine, self.resident, cents)

    async def gave_back(self, cents):
        await self.back(self.received, self.mine, self.other, cents)

    async def got_back(self, cents):
        await self.back(self.paid, self.other, self.mine, cents)

    async def back(self, origins, giver, taker, cents):
        if origins:
            shares, origin = (Share(taker.account, cents),), origins[-1]
            await self.post(
                flows.refund(act(), origin=origin, merchant=giver.account, shares=shares)
            )

    async def supplier(self, cents):
        accounts = {"payer": self.mine.account, "payee": self.other.account}
        await self.post(flows.b2b(act(), **accounts, bousol_cents=cents), self.paid)

    async def customer(self, cents):
        accounts = {"payer": self.other.account, "payee": self.mine.account}
        await self.post(flows.b2b(act(), **accounts, bousol_cents=cents), self.received)

    async def bought(self, cents):
        await self.town.fill(self.mine, cents)

    async def fee(self, cents):
        await self.post(
            flows.fee_bsl(
                act(), holder=self.mine.account, bousol_cents=cents, scheme=self.terms.scheme
            )
        )

    async def gift(self, cents):
        accounts = {"giver": self.other.account, "association": self.mine.account}
        await self.post(flows.donation(act(), **accounts, bousol_cents=cents))

    async def desk(self, cents):
        accounts = {"public": self.public.account, "payable": self.public.extra["payable"]}
        shares, scheme = (Share(self.mine.account, cents),), self.terms.scheme
        await self.post(flows.public_settlement(act(), shares=shares, **accounts, scheme=scheme))

    async def reversed(self, _cents):
        if self.sales:
            async with self.town.services.connection() as connection:
                recorded: Any = await store.recorded(connection, self.sales.pop())
            await self.post(flows.reversal(act(), original=recorded))

    async def held(self, cents):
        async with self.town.services.connection() as connection:
            held = await store.open_account(connection, AccountClass.HOLD, party=self.mine.party)
        entry = flows.redeem_hold(act(), merchant=self.mine.account, held=held, bousol_cents=cents)
        if await self.post(entry):
            self.holds.append(Share(held, cents))

    async def rejected(self, _cents):
        if self.holds:
            facts = {"hold_id": uuid4(), "held": self.holds.pop(), "merchant": self.mine.account}
            await self.post(flows.redeem_refused(act(), **facts))

    async def approved(self, _cents):
        if self.holds:
            held, payable = self.holds.pop(), self.mine.extra["payable"]
            facts = {"source": held.account, "bousol_cents": held.cents, "payable": payable}
            terms = flows.Terms(commission_ppm=20_000)
            await self.post(flows.redeem_approve(act(), **facts, hold_id=uuid4(), terms=terms))


@pytest.fixture(scope="module")
async def others(town):
    await own_funds(town, 100_00)
    return await shop(town, 50_000_00), await town.resident(50_000_00), await public_body(town)


@settings(max_examples=10, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
async def test_any_history_adds_up_to_the_ledger_s_balance_in_balanced_entries(town, others, steps):
    other, resident, public = others
    mine = await shop(town)
    books = Books(town, mine, other, resident, public)
    for what, cents in steps:
        await books.do(what, cents)
    told = await mine.get(f"/v1/merchant-statements/{this_month(town)}")
    assert told.status_code == 200, told.text
    month = told.json()
    async with town.services.connection() as connection:
        last = await store.balance_as_of(connection, mine.account or 0, month["last_seq"])
        accounts = await store.accounts_of(connection, mine.party)
    assert month["opening"]["amount"] == 0
    assert month["closing"]["amount"] == last == await town.balance(mine)
    sums: dict[str, int] = {}
    for entry in month["entries"]:
        assert sum(x["debit"] for x in entry["lines"]) == sum(x["credit"] for x in entry["lines"])
        for x in entry["lines"]:
            sums[x["account"]] = sums.get(x["account"], 0) + x["debit"] - x["credit"]
    assert sums.get("530", 0) == last
    held = sum(a.balance for a in accounts if a.account_class is AccountClass.HOLD)
    owed = sum(a.balance for a in accounts if a.account_class is AccountClass.PAYABLE)
    assert (sums.get("4671", 0), sums.get("4672", 0)) == (held, owed)
    redeemed = month["redemptions"]
    assert redeemed["discount"] == redeemed["bousols"] - redeemed["net"]
    assert sums.get("658", 0) == redeemed["discount"]
    assert sums.get("471", 0) == 0, "every act has its own account"


def says_the_same(text, rows):
    """A file of eighteen columns holds the postings of the table, entry by entry in balance."""
    heads, *lines = [line.split("\t") for line in text.rstrip("\r\n").split("\r\n")]
    assert heads == list(HEADS)
    assert {len(line) for line in lines} == {18}
    postings = [[row[2], row[3], row[4], row[5], row[6]] for row in rows]
    assert [[line[4], line[5], line[10], line[11], line[12]] for line in lines] == postings
    for number in {line[2] for line in lines}:
        one = [line for line in lines if line[2] == number]
        totals = [sum(int(line[n].replace(",", "")) for line in one) for n in (11, 12)]
        assert totals[0] == totals[1] > 0, number
        assert {re.fullmatch(r"20\d{6}", line[3]) is None for line in one} == {False}


async def test_a_month_of_routes_is_read_as_json_as_a_table_and_on_paper(town):
    mine, supplier = await shop(town, 300_00, name="Épicerie =Test"), await shop(town)
    treasurer = await town.somebody(Role.TREASURER)
    paid = await mine.post("/v1/invoice-payments", bill(supplier, 100_00, invoice="=1+1"))
    assert paid.status_code == 201
    wanted = {"amount": {"amount": 105_00, "currency": "BSL"}}
    asked = await mine.post("/v1/redemptions", wanted | HERE)
    place = asked.headers["location"]
    assert (await treasurer.post(f"{place}/approval")).status_code == 200
    path = f"/v1/merchant-statements/{this_month(town)}"
    table = await mine.get(f"{path}/entries.csv")
    rows = list(csv.reader(io.StringIO(table.content.decode("utf-8-sig")), delimiter=";"))
    sums = [sum(int(row[n].replace(",", "")) for row in rows[1:]) for n in (5, 6)]
    assert sums[0] == sums[1] > 0
    assert ["658", "Décote de reconversion", "Rachats approuvés", "5,00", "0,00"] in [
        row[2:] for row in rows
    ]
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "@", "-"))]
    filed = await mine.get(f"{path}/fec.txt")
    assert filed.headers["content-disposition"].endswith(f'{this_month(town)}-fec.txt"')
    says_the_same(filed.text, rows[1:])
    kinds = [told.headers["content-type"] for told in (table, filed)]
    assert kinds == ["text/csv; charset=utf-8", "text/plain; charset=utf-8"]
    french, english = [await paper(mine, f"{path}/statement.pdf", one) for one in ("fr", "en")]
    assert "Brut Décote Net à recevoir 1 105,00 B 100,00 € 5,00 € 100,00 €" in french
    assert "Gross Discount Net to receive 1 105.00 B 100.00 € 5.00 € 100.00 €" in english
    words = ("Écritures", "Libellé", "Débit", "Au pair", "Rachats")
    assert [word for word in words if word in french] == list(words)
    assert [word for word in words if word in english] == []
    theirs = (await supplier.get(path)).json()
    assert [(t["code"], t["amount"]) for t in theirs["totals"]] == [("invoices_received", 100_00)]


@pytest.mark.parametrize("month", ["2027-13", "2027-1", "0000-01", "9999-12", "2027-01-01", "x"])
async def test_what_is_no_month_or_has_not_begun_is_refused(town, month):
    mine = await shop(town)
    for path in ("", "/entries.csv", "/fec.txt", "/statement.pdf"):
        told = await mine.get(f"/v1/merchant-statements/{month}{path}")
        await refused(told, 400, "malformed_parameter")


async def test_a_month_before_the_first_entry_is_empty(town):
    mine = await shop(town, 10_00)
    month = (await mine.get("/v1/merchant-statements/2020-02")).json()
    assert (month["opening"]["amount"], month["closing"]["amount"]) == (0, 0)
    assert (month["totals"], month["entries"], month["last_day"]) == ([], [], "2020-02-29")
