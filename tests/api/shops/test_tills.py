"""Tills, posters and shifts: on a device that several share, under attack."""

import asyncio
import time
from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest

from admin.logins.keys import Scope
from admin.means import cards
from admin.people import granting
from admin.roles import Role
from api.shops import standing
from api.sweeping import SWEEPS
from api.wire.days import day_of
from ledger.flows import payment, refund
from ledger.flows.act import Act
from ledger.lots import Share
from merchants import shifts, tills
from tests.api.paying import shops as paying
from tests.api.shops.committee import code
from tests.api.town import PIN
from tests.database.world import tell
from tests.patience import until


@pytest.fixture(scope="module")
async def shop(committee, town):
    """A merchant, its first till, and the key of the device that stands there."""
    merchant, owner = await committee.merchant()
    till = (await owner.get("/v1/tills")).json()["items"][0]["id"]
    device = await town.key(owner, Scope.TAKE_PAYMENTS, Scope.READ_DAY)
    return merchant, owner, till, device


async def with_card(town, who):
    """A card from the stock in somebody's hands: its number and its token."""
    async with town.services.rows() as rows:
        (made,) = await cards.print_batch(rows, place=1, count=1, actor=who.user, at=town.now)
        await cards.hand_out(
            rows,
            number=made.number,
            place=1,
            party=who.party,
            user=who.user,
            actor=who.user,
            at=town.now,
        )
    return made


async def cashier(town, owner):
    """Somebody who works at a merchant's till, their card, and their session there."""
    who = await town.resident()
    card = await with_card(town, who)
    return await town.signed_in(who.user, who.person, Role.CASHIER, owner.party), card


async def begin(device, till, card, pin=PIN):
    return await device.post(f"/v1/tills/{till}/shifts", {"card": card, "pin": pin})


async def test_a_till_is_opened_named_and_closed(shop, town):
    _, owner, _, device = shop
    assert code(await device.post("/v1/tills", {"label": "Volée"})) == (403, "forbidden")
    for nothing in ("\0", "\N{ZERO WIDTH SPACE}", " \n "):
        answer = await owner.post("/v1/tills", {"label": nothing})
        assert code(answer) == (422, "name_unusable"), nothing
    made = await owner.post("/v1/tills", {"label": " Caisse\ndu marché "})
    assert made.json()["label"] == "Caisse du marché"
    place = made.headers["location"]
    assert (await owner.ask("DELETE", place)).status_code == 204
    assert code(await owner.ask("DELETE", place)) == (404, "not_found")
    assert code(await owner.post(f"{place}/posters")) == (404, "not_found")


async def test_a_merchant_opens_a_hundred_tills_and_no_more(committee, town):
    merchant, owner = await committee.merchant()
    async with town.services.rows() as rows:
        for _ in range(tills.TILLS_MAX - 2):
            await tills.open_till(
                rows, till=uuid4(), merchant=merchant, label="Caisse", at=town.now
            )
    answers = await asyncio.gather(
        *[owner.post("/v1/tills", {"label": f"Caisse {n}"}) for n in range(5)]
    )
    assert sorted(a.status_code for a in answers) == [201] + [422] * 4
    assert {code(a) for a in answers if a.status_code != 201} == {(422, "tills_max")}


async def test_a_poster_is_printed_and_revoked_at_once(shop, committee, town):
    _, owner, till, _ = shop
    made = (await owner.post(f"/v1/tills/{till}/posters")).json()
    assert made["link"].endswith(f"/p/{made['code']}")
    paper = await owner.get(f"/v1/posters/{made['code']}.pdf")
    assert paper.headers["content-type"] == "application/pdf"
    assert paper.content.startswith(b"%PDF-")
    _, stranger = await committee.merchant()
    for place in (f"/v1/posters/{made['code']}.pdf", "/v1/posters/nothing.pdf"):
        assert code(await stranger.get(place)) == (404, "not_found")
    assert code(await stranger.ask("DELETE", f"/v1/posters/{made['code']}")) == (404, "not_found")
    async with town.services.rows() as rows:
        assert await tills.hung(rows, made["code"])
    assert (await owner.ask("DELETE", f"/v1/posters/{made['code']}")).status_code == 204
    async with town.services.rows() as rows:
        assert await tills.hung(rows, made["code"]) is None
    assert code(await owner.get(f"/v1/posters/{made['code']}.pdf")) == (404, "not_found")
    assert (await owner.get("/v1/tills")).json()["items"][0]["posters"] == []


async def test_a_merchant_with_a_shop_changes_no_till_of_another(shop, committee):
    _, owner, till, _ = shop
    _, stranger = await committee.merchant()
    before = (await owner.get("/v1/tills")).json()
    assert code(await stranger.post(f"/v1/tills/{till}/posters")) == (404, "not_found")
    assert code(await stranger.ask("DELETE", f"/v1/tills/{till}")) == (404, "not_found")
    assert (await owner.get("/v1/tills")).json() == before


async def test_who_is_not_approved_any_more_prints_no_poster(committee):
    merchant, owner = await committee.merchant()
    till = (await owner.get("/v1/tills")).json()["items"][0]["id"]
    made = (await owner.post(f"/v1/tills/{till}/posters")).json()
    await committee.decide(merchant, "suspend")
    assert code(await owner.get(f"/v1/posters/{made['code']}.pdf")) == (409, "standing_misfit")
    assert code(await owner.post(f"/v1/tills/{till}/posters")) == (409, "standing_misfit")


@pytest.mark.clock
async def test_a_shift_begins_with_a_card_and_a_pin_in_less_than_five_seconds(shop, town):
    _, owner, till, device = shop
    who, card = await cashier(town, owner)
    taken, begun_shifts = list[float](), list[str]()
    for text in (card.token, f"https://localhost:8000/c/{card.token}", card.number):
        begun = time.monotonic()
        answer = await begin(device, till, text)
        taken.append(time.monotonic() - begun)
        assert answer.status_code == 201, answer.text
        begun_shifts.append(answer.json()["id"])
    async with town.services.rows() as rows:
        running = await shifts.running(rows, till)
    assert running
    assert (running.user, str(running.id)) == (who.user, begun_shifts[-1])
    tell(f"a shift begins in {max(taken) * 1000:.0f} ms at most")
    assert max(taken) < 5


async def test_a_new_shift_ends_the_one_before_and_many_at_once_leave_one(shop, town):
    _, owner, till, device = shop
    people = [await cashier(town, owner) for _ in range(4)]
    answers = await asyncio.gather(*[begin(device, till, card.token) for _, card in people])
    assert {a.status_code for a in answers} == {201}
    async with town.services.rows() as rows:
        ends = [s.ended_at for s in await shifts.of_till(rows, till, 50)]
    assert ends.count(None) == 1
    last = await begin(device, till, people[0][1].token)
    place = f"/v1/tills/{till}/shifts/{last.json()['id']}"
    for _ in range(2):
        assert (await device.ask("DELETE", place)).status_code == 204
    async with town.services.rows() as rows:
        assert await shifts.running(rows, till) is None


async def test_a_wrong_pin_begins_nothing_and_five_lock_it(shop, town):
    _, owner, till, device = shop
    _, card = await cashier(town, owner)
    told = [code(await begin(device, till, card.token, "9182")) for _ in range(5)]
    assert {refused for _, refused in told} == {"wrong_pin"}
    assert code(await begin(device, till, card.token))[1] == "pin_locked"


async def test_whoever_does_not_work_here_is_told_the_same_and_no_pin_is_tried(
    shop, committee, town
):
    _, owner, till, device = shop
    resident = await town.resident()
    theirs = await with_card(town, resident)
    _, elsewhere = await committee.merchant()
    _, other = await cashier(town, elsewhere)
    who, ended = await cashier(town, owner)
    async with town.services.rows() as rows:
        await granting.end(rows, grant=who.grant, actor=owner.user, at=town.now)
        (stock,) = await cards.print_batch(rows, place=1, count=1, actor=owner.user, at=town.now)
    nobody = ["x" * 22, "482109375520", "nothing", "\0", "https://evil.example/c/abc"]
    texts = [theirs.token, other.token, ended.token, stock.token, theirs.number, *nobody]
    told = {(await refused(device, till, text)) for text in texts}
    assert told == {(422, "no_cashier")}
    async with town.services.connection() as connection:
        query = "select tries from admin.pin where user_id = $1"
        assert await connection.fetchval(query, resident.user) == 0


async def refused(device, till, text):
    return code(await begin(device, till, text, "0000"))


async def stood(shop, town):
    """A shift in which a payment was taken, who stands there, and how to ask for another one."""
    _, owner, till, device = shop
    who, card = await cashier(town, owner)
    shift = (await begin(device, till, card.token)).json()["id"]
    _, link = await paying.card(town, await town.resident(100_00))
    body = {"amount": {"amount": 1_00, "currency": "BSL"}, "shift": shift}

    async def take():
        path = f"/v1/tills/{till}/card-payments"
        return await device.post(path, body | {"card": link})

    async def ask():
        return await device.post("/v1/payment-requests", body | {"till": till})

    assert [(await one()).status_code for one in (take, ask)] == [201, 201]
    return who, shift, (take, ask)


async def are_over(asked):
    """Within a moment nothing is taken in the shift any more."""
    for ask in asked:
        await until(partial(refuses, ask), seconds=3, every=0.1)


async def refuses(ask):
    answer = await ask()
    return answer.status_code == 409 and code(answer) == (409, "place_closed")


async def test_nothing_is_taken_in_a_shift_that_was_ended_or_followed_by_another(shop, town):
    _, owner, till, device = shop
    _, shift, asked = await stood(shop, town)
    await device.ask("DELETE", f"/v1/tills/{till}/shifts/{shift}")
    await are_over(asked)
    _, _, asked = await stood(shop, town)
    _, card = await cashier(town, owner)
    await begin(device, till, card.token)
    await are_over(asked)


async def test_a_role_that_is_taken_back_during_a_shift_ends_the_shift(shop, town):
    _, owner, till, _ = shop
    who, _, asked = await stood(shop, town)
    assert (await owner.ask("DELETE", f"/v1/roles/{who.grant}")).status_code == 204
    await are_over(asked)
    async with town.services.rows() as rows:
        assert await shifts.running(rows, till) is None


async def test_a_role_that_runs_out_during_a_shift_ends_it_without_anybody_asking(shop, town):
    _, owner, _, _ = shop
    who, _, asked = await stood(shop, town)
    async with town.services.rows() as rows:
        await granting.end(rows, grant=who.grant, actor=owner.user, at=town.now)
    await standing.leave(town.services)
    await are_over(asked)
    assert standing.leave in {work for _, work in SWEEPS}


async def test_a_device_takes_no_shift_at_anothers_till_nor_without_its_scope(
    shop, committee, town
):
    _, owner, till, device = shop
    _, card = await cashier(town, owner)
    _, stranger = await committee.merchant()
    theirs = await town.key(stranger, Scope.TAKE_PAYMENTS)
    assert code(await begin(theirs, till, card.token)) == (404, "not_found")
    assert code(await begin(device, uuid4(), card.token)) == (404, "not_found")
    reader = await town.key(owner, Scope.READ_DAY)
    assert code(await begin(reader, till, card.token)) == (403, "forbidden")


async def paid(town, resident, owner, document, cents):
    act = Act(uuid4(), resident.party, uuid4(), bytes(16), document=document)
    entry = payment(act, shares=[Share(resident.account, cents)], merchant=owner.account)
    return await town.services.post(entry)


async def pages(who, place):
    """What each entry paid and gave back, one page for each."""
    seen: list[tuple[int, int]] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await who.get(place, limit=1, **cursor)).json()
        seen += [(one["paid"]["amount"], one["refunded"]["amount"]) for one in page["items"]]
        if page["next_cursor"] is None:
            return seen
        cursor = {"cursor": page["next_cursor"]}


async def test_takings_of_a_shift_are_those_of_the_journal(committee, town):
    _, owner = await committee.merchant()
    till = (await owner.get("/v1/tills")).json()["items"][0]["id"]
    device = await town.key(owner, Scope.TAKE_PAYMENTS, Scope.READ_DAY)
    first, first_card = await cashier(town, owner)
    second, second_card = await cashier(town, owner)
    resident = await town.resident(100_00)
    morning = (await begin(device, till, first_card.token)).json()["id"]
    sold = [await paid(town, resident, owner, morning, cents) for cents in (5_00, 7_50, 1_25)]
    evening = (await begin(device, till, second_card.token)).json()["id"]
    await paid(town, resident, owner, evening, 9_00)
    await paid(town, resident, owner, till, 3_00)
    back = Act(uuid4(), owner.party, uuid4(), bytes(16), document=morning)
    share = [Share(resident.account, 2_00)]
    await town.services.post(refund(back, merchant=owner.account, origin=sold[0].seq, shares=share))

    place = f"/v1/tills/{till}/shifts/{morning}/takings"
    told = (await owner.get(place)).json()
    assert (told["payments"], told["paid"]["amount"]) == (3, 13_75)
    assert (told["refunds"], told["refunded"]["amount"]) == (1, 2_00)
    assert await pages(owner, place) == [(0, 2_00), (1_25, 0), (7_50, 0), (5_00, 0)]
    for who in (first, device):
        assert (await who.get(place)).json() == told
    assert code(await second.get(place)) == (404, "not_found")


async def test_shifts_of_a_day_are_told_to_the_merchant_the_device_and_who_stood_there(shop, town):
    _, owner, till, device = shop
    who, card = await cashier(town, owner)
    other, _ = await cashier(town, owner)
    begun = (await begin(device, till, card.token)).json()["id"]
    place = f"/v1/tills/{till}/days/{day_of(town.now)}/shifts"

    async def seen(asker):
        items = (await asker.get(place)).json()["items"]
        return {one["id"]: (one["mine"], one["ended_at"]) for one in items}

    assert (await seen(device))[begun] == (True, None)
    assert (await seen(who))[begun] == (True, None)
    assert (await seen(owner))[begun] == (False, None)
    assert begun not in await seen(other)
    assert (await device.get(place)).json()["items"][0]["name"] == "Camille"
    await device.ask("DELETE", f"/v1/tills/{till}/shifts/{begun}")
    mine, ended = (await seen(device))[begun]
    assert (mine, ended is None) == (False, False)
    tomorrow = f"/v1/tills/{till}/days/{day_of(town.now) + timedelta(days=1)}/shifts"
    assert (await device.get(tomorrow)).json() == {"items": []}


async def test_a_cashier_sees_no_takings_of_another_day(shop, town):
    _, owner, till, device = shop
    who, card = await cashier(town, owner)
    begun = (await begin(device, till, card.token)).json()["id"]
    place = f"/v1/tills/{till}/shifts/{begun}/takings"
    assert (await who.get(place)).status_code == 200
    town.services.clock.ahead += timedelta(days=1)
    try:
        assert code(await who.get(place)) == (404, "not_found")
        assert (await owner.get(place)).status_code == 200
    finally:
        town.services.clock.ahead -= timedelta(days=1)
