"""Two payers who differ in aid alone leave the same bytes wherever a merchant or the public looks.

Ids, instants, signatures and what is made of them are masked: they are random for everybody. Each
side has a shop of its own of the same name, so that lists and days hold the same.
"""

import asyncio
import re
import statistics
import time
from contextlib import asynccontextmanager

import pypdfium2  # type: ignore[import-untyped]  # why: it ships no types
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from api.pages.every import PAGES
from api.routes import ROUTES
from api.wire.days import day_of
from ledger import store
from tests.api.house import house
from tests.api.paying import shops
from tests.api.paying.shops import asks, bsl, pays, takes
from tests.api.paying.test_secrecy import IDS
from tests.database.world import RULE, Books, tell

RANDOM = re.compile(
    r"\b\d{1,3}\.[A-Za-z0-9_-]{86}(?![A-Za-z0-9_-])"  # a signature, whatever it ends with
    r"|\"[A-Za-z0-9_-]{60,}\""  # a cursor
    r"|(?<=^id: )\S+"  # of an event
    r"|(?<=\"payee\":)[0-9]+|(?<=seq\":)[0-9]+",  # running numbers of shops and of entries
    re.MULTILINE,
)
HEAD = re.compile(r"[0-9a-f]{64}|(?<=Entry no. )[0-9,]+|(?<=Entry No. )[0-9,]+")
"""Of the chain, as everybody's page tells it: it moves with every entry there is."""
OF_RANDOM = {"content-length", "etag", "x-request-id", "traceparent", "date"}
RUNS = 30 if settings.get_current_profile_name() == "night" else 3
"""Drawn prices for each count of lots; each is lived by two payers."""


@pytest.fixture(scope="module")
async def home(fresh_database):
    async with house(fresh_database, routes=(*ROUTES, *PAGES)) as running:
        yield running


@pytest.fixture(scope="module")
async def books(fresh_database, home):
    connection = await fresh_database.connect()
    yield Books(connection, fresh_database.app_url)
    await connection.close()


def first(one, other):
    """Where two texts part, with what stands around it."""
    one, other = str(one), str(other)
    at = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), 0)
    return one[max(0, at - 40) : at + 60], other[max(0, at - 40) : at + 60]


def masked(text):
    return IDS.sub("*", RANDOM.sub("*", text))  # part of a signature may look like an id


def plain(answer):
    """Status, headers and text of an answer, without what is random for everybody."""
    told = {n: masked(v) for n, v in answer.headers.items() if n not in OF_RANDOM}
    return answer.status_code, told, text_of(answer)


def text_of(answer):
    if answer.headers.get("content-type", "").startswith("application/pdf"):
        with pypdfium2.PdfDocument(answer.content) as document:
            return masked("".join(page.get_textpage().get_text_bounded() for page in document))
    return masked(answer.text)


@asynccontextmanager
async def heard(who, address, count):
    """Every line of a stream: so many events, and what else it says by the end of the block."""
    lines: list[str] = []
    begun, enough = asyncio.Event(), asyncio.Event()

    async def listen():
        async with who.house.client.stream("GET", address, headers=who.headers) as answer:
            async for line in answer.aiter_lines():
                lines.append(line)
                begun.set()
                if sum(one.startswith("event:") for one in lines) == count:
                    enough.set()

    task = asyncio.create_task(listen())
    await asyncio.wait_for(begun.wait(), 15)
    try:
        yield lines
        await asyncio.wait_for(enough.wait(), 20)
        await asyncio.sleep(0.2)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


class Side:
    """A payer, with aid or without, a shop that aid pays, and one that it does not."""

    def __init__(self, town, shop, closed, till, other_till, payer):
        self.town, self.shop, self.closed = town, shop, closed
        self.till, self.other_till, self.payer, self.card = till, other_till, payer, ""

    @classmethod
    async def meet(cls, town, books, lots, own, *, aided):
        """Both can spend as much in the first shop: the one of lots and some own, the other of own.

        In the second shop both have `own` at most, for the one without aid has spent the rest.
        """
        shop, closed = await shops.shop(town), await shops.shop(town)
        tills = [await shops.till_key(town, one) for one in (shop, closed)]
        accept = "select ledger.put_acceptance($1, $2, true)"
        await books.connection.execute(accept, RULE, [shop.account])
        payer = await town.resident(own + (0 if aided else sum(lots)))
        for cents in lots if aided else ():
            await books.lot(cents, party=payer.party)
        return cls(town, shop, closed, tills[0], tills[1], payer)

    async def spends(self, price, back):
        """What the merchant sees of payments of each sort, of refunds, and of the day's end."""
        seen = []
        day = day_of(self.town.now)
        async with heard(self.till, f"/v1/tills/{self.shop.till}/events", 6) as events:
            asked = await asks(self.till, self.shop, price)
            place = f"/v1/payment-requests/{asked['request']}"
            async with heard(self.till, f"{place}/events", 2) as request_events:
                paid = await pays(self.payer, asked["link"])
                assert paid.status_code == 201, paid.text
            poster = await pays(self.payer, self.shop.code, price, payer_name="Zoé")
            assert poster.status_code == 201, poster.text
            _, self.card = await shops.card(self.town, self.payer)
            seen.append(await takes(self.till, self.shop, self.card, price))
            payments = [paid.json()["payment"], poster.json()["payment"], seen[0].json()["payment"]]
            seen.append(await self.till.get(place))
            for payment in payments:
                seen += await self.looked(payment)
            for cents in (back, price - back):
                body = {"amount": bsl(cents)}
                place = f"/v1/payments/{payments[2]}/refunds"
                seen.append(await self.shop.owner.post(place, body))
            seen += await self.looked(payments[2])
            seen.append(await self.till.get("/v1/payments", till=str(self.shop.till), day=str(day)))
        seen += await self.of_the_day(day)
        return [plain(one) for one in seen], [masked(line) for line in (*events, *request_events)]

    async def looked(self, payment):
        """A payment and its receipt, as the till and the owner read them."""
        return [
            await self.till.get(f"/v1/payments/{payment}"),
            await self.shop.owner.get(f"/v1/payments/{payment}"),
            await self.shop.owner.get(f"/v1/payments/{payment}/receipt"),
        ]

    async def of_the_day(self, day):
        """The day, its closing, the month as data, table and paper, the account, and the public."""
        till_day, month = f"/v1/tills/{self.shop.till}/days/{day}", f"{day:%Y-%m}"
        owner = self.shop.owner
        return [
            await self.till.get(till_day),
            await owner.ask("POST", f"{till_day}/closing"),
            await owner.get(f"/v1/merchant-statements/{month}"),
            await owner.get(f"/v1/merchant-statements/{month}/entries.csv"),
            await owner.get(f"/v1/merchant-statements/{month}/fec.txt"),
            await owner.get(f"/v1/merchant-statements/{month}/statement.pdf"),
            await owner.get("/v1/account"),
            await owner.get("/v1/account/movements"),
            await owner.get(f"/v1/merchants/{self.shop.merchant}"),
        ]

    async def refused(self):
        """A card that is short here, one that is short elsewhere or not eligible, and a blocked."""
        short = plain(await takes(self.till, self.shop, self.card, 29_99))
        elsewhere = plain(await takes(self.other_till, self.closed, self.card, 29_99))
        number, blocked = await shops.card(self.town, self.payer)
        async with self.town.services.connection() as connection:
            await store.put_card(connection, number, party=self.payer.party, blocked=True)
        return short, elsewhere, plain(await takes(self.till, self.shop, blocked, 1_00))


def drawn(count):
    """Some lots, prices and partial refunds, the same at every run of this file's seed."""
    found: list[tuple[list[int], int, int]] = []

    @given(
        st.lists(st.integers(2, 16 // count + 1), min_size=count, max_size=count),
        st.integers(1_00, 4_00),
        st.integers(1, 99),
    )
    @settings(max_examples=RUNS, deadline=None, suppress_health_check=list(HealthCheck))
    def collect(sizes, price, back):
        found.append(([size * 84 for size in sizes], price, back))

    collect()
    return found


@pytest.mark.parametrize("count", [1, 2, 5])
async def test_what_a_merchant_the_public_and_the_logs_see_is_the_same(town, books, count):
    for lots, price, back in drawn(count):
        told = []
        for aided in (False, True):
            side = await Side.meet(town, books, lots, 3 * price + 1_00, aided=aided)
            with capture_logs() as logged:
                shown = await side.spends(price, back)
                refused = await side.refused()
            assert len(set(map(repr, refused))) == 1, "one refusal for every reason"
            assert not {"aid", "lot", "earmark"} & set(re.findall(r"[a-z]+", repr(shown)))
            lines = sorted(masked(repr(dict(sorted(strip(one).items())))) for one in logged)
            told.append((shown, refused, lines))
        different = list(differing(*told))
        assert different == [], (lots, price, back)
    tell(f"equal bytes: {count} lots, {RUNS} draws, {2 * RUNS} payers, 24 answers each")


def differing(one, other):
    """Each pair of bytes that are not the same, as deep as there are parts to compare."""
    if isinstance(one, list | tuple) and len(one) == len(other):
        for each, too in zip(one, other, strict=True):
            yield from differing(each, too)
    elif one != other:
        yield one, other


def strip(event):
    """A line of the log without how long it took and ids."""
    return {name: value for name, value in event.items() if name not in {"ms"} | IDS_OF_LOGS}


IDS_OF_LOGS = {"request_id", "trace_id"}


async def test_everybodys_pages_are_the_same_before_and_after_aid_is_spent(town, books, home):
    """Payments move no figure of everybody's pages."""
    side = await Side.meet(town, books, [10_50], 20_00, aided=True)
    places = ("/v1/merchants", "/v1/communes", "/v1/filieres", "/v1/cover", "/", "/couverture",
              "/commerces", f"/commerces/{side.shop.merchant}")  # fmt: skip

    async def public():
        answers = [await home.get(place) for place in places]
        assert [answer.status_code for answer in answers] == [200] * len(places)
        return [HEAD.sub("*", masked(answer.text)) for answer in answers]

    before = await public()
    assert (await pays(side.payer, side.shop.code, 5_00)).status_code == 201
    assert list(differing(await public(), before)) == []


@pytest.mark.clock
async def test_answers_take_as_long_with_five_lots_as_with_none(town, books):
    """Medians of card payments, taken in turn so that whatever else runs slows all alike."""
    sides = {}
    for count in (0, 1, 2, 5):
        lots = [2_10 * 5] * count
        side = await Side.meet(town, books, lots, 300_00, aided=count > 0)
        _, side.card = await shops.card(town, side.payer)
        sides[count] = side
    took: dict[int, list[float]] = {count: [] for count in sides}
    for _ in range(40):
        for count, side in sides.items():
            begun = time.perf_counter()
            paid = await takes(side.till, side.shop, side.card, 50, pin="4711")
            took[count].append((time.perf_counter() - begun) * 1000)
            assert paid.status_code == 201, paid.text
    as_long("card payment", took)


@pytest.mark.clock
async def test_a_refusal_takes_as_long_whether_money_is_short_or_aid_is_not_for_this_shop(
    town, books
):
    """Who has the price in aid that does not serve here, and who has not that much."""
    took: dict[int, list[float]] = {0: [], 5: []}
    sides = {}
    for count in took:
        side = await Side.meet(town, books, [2_10 * 5] * count, 20_00, aided=count > 0)
        _, side.card = await shops.card(town, side.payer)
        sides[count] = side
    for _ in range(40):
        for count, side in sides.items():
            begun = time.perf_counter()
            told = await takes(side.other_till, side.closed, side.card, 29_99, pin="4711")
            took[count].append((time.perf_counter() - begun) * 1000)
            assert told.status_code >= 400, told.text
    as_long("refused card payment", took)


def as_long(what, took):
    """Hold medians, in ms by count of lots, to each other."""
    medians = {count: statistics.median(times) for count, times in took.items()}
    for count, times in took.items():
        low, *_, high = statistics.quantiles(times, n=10)
        told = f"median {medians[count]:.1f} ms, 80 % in {low:.1f} to {high:.1f}"
        tell(f"{what} with {count} lots: {told}")
    assert max(medians.values()) < 1.5 * min(medians.values()), medians
