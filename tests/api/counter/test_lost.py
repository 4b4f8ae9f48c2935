"""Cards and phones that were lost or stolen: blocked in one call, replaced, and what is lost."""

import asyncio
from uuid import uuid4

import pytest

from admin.logins import sessions
from admin.logins.sessions import SignedIn
from admin.means import cards, phones
from admin.refusals import SessionEnded
from admin.roles import Role
from api.acting import act
from ledger.flows import payment
from ledger.lots import Share
from ledger.refusals import CardBlocked, PinNeeded
from tests.api.counter.desk import PIN
from tests.database.world import tell


def code(answer):
    return answer.status_code, answer.json().get("code")


async def at_a_till(town, account, shop, cents, means, *, pin=False):
    """What a till that scanned this means sends to the ledger."""
    paid = act(town.services, account.party, uuid4(), "pay", cents, card=means, pin=pin)
    shares = (Share(account.wallet, cents),)
    return await town.services.post(payment(paid, shares=shares, merchant=shop.account))


async def filled(town, desk, cents=140_00):
    account = await desk.open()
    holder = await town.signed_in(
        account.user, uuid4(), Role.SOLISTE, account.party, account.wallet
    )
    await town.fill(holder, cents)
    return account, holder


async def spend_all(town, account, shop, means):
    """What somebody without the PIN gets out of a means, in payments as large as they pass."""
    lost_cents = 0
    for cents in (30_00, 30_01, 30_00, 30_00, 30_00, 10_00, 1):
        try:
            await at_a_till(town, account, shop, cents, means)
            lost_cents += cents
        except PinNeeded:
            continue
    return lost_cents


@pytest.mark.parametrize("stolen", ["card", "photographed card", "unlocked phone"])
async def test_a_thief_without_the_pin_gets_100_at_most_and_then_nothing(town, desk, stolen):
    account, _ = await filled(town, desk)
    shop = await town.somebody(Role.MERCHANT)
    means = account.phone if stolen == "unlocked phone" else account.card_id
    worst_cents = await spend_all(town, account, shop, means)
    tell(f"stolen {stolen}: at most {worst_cents / 100:.2f} lost before it is blocked")
    assert worst_cents == 100_00
    with pytest.raises(PinNeeded):
        await at_a_till(town, account, shop, 1, means)
    await at_a_till(town, account, shop, 40_00, means, pin=True)


@pytest.mark.parametrize("number", ["number", "opposition_number"])
async def test_one_call_by_either_number_and_the_card_is_dead_at_every_till(town, desk, number):
    account, _ = await filled(town, desk)
    shop = await town.somebody(Role.MERCHANT)
    await at_a_till(town, account, shop, 1_00, account.card_id)
    answer = await desk.clerk.post("/v1/card-blocks", {"number": account.card[number]})
    assert answer.status_code == 201
    for pin in (False, True):
        with pytest.raises(CardBlocked):
            await at_a_till(town, account, shop, 1_00, account.card_id, pin=pin)
    again = await desk.clerk.post("/v1/card-blocks", {"number": account.card[number]})
    assert again.json() == answer.json()
    await at_a_till(town, account, shop, 1_00, account.phone)


async def phone_call(desk, account, **facts):
    body = {"number": account.card["opposition_number"], "phone_lost": True} | facts
    return await desk.clerk.post("/v1/card-blocks", body)


async def test_one_call_stops_the_phone_until_its_holder_is_seen(town, desk):
    account, holder = await filled(town, desk)
    shop = await town.somebody(Role.MERCHANT)
    assert (await holder.get("/v1/account")).status_code == 200
    answers = [await phone_call(desk, account) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201], answers[0].text
    assert answers[0].json() == answers[1].json()
    assert code(await holder.get("/v1/account")) == (401, "session_ended")
    # Whoever signs in anew, with what a stolen phone remembers, has the phone that was stopped.
    thief = await town.signed_in(account.user, uuid4(), Role.SOLISTE, account.party, account.wallet)
    asker = await town.services.recognition.of(thief.token)
    means = await town.services.paying.means.phone(asker)
    assert (means, await account.pays(means)) == (account.phone, cards.BLOCKED)
    for stopped in (means, account.card_id):
        with pytest.raises(CardBlocked):
            await at_a_till(town, account, shop, 1_00, stopped, pin=True)
    async with town.services.rows() as rows:
        query = "select template from admin.message where party = "
        told = (await rows.exec_driver_sql(f"{query}{account.party}")).scalars().all()
        query = "select actor from admin.event where act = 'phone_blocked' and party = "
        asked = (await rows.exec_driver_sql(f"{query}{account.party}")).scalars().all()
    assert sorted(told) == ["account_opened", "card_blocked", "phone_blocked"]
    assert asked == [desk.clerk.user] * 2
    body = replacing(desk, account, phone_lost=True)
    assert (await desk.clerk.post("/v1/card-replacements", body)).status_code == 201
    now = await account.again()
    assert [await account.pays(m) for m in (account.phone, now.phone)] == [1, 0]
    assert await town.balance(holder) == 140_00


async def test_a_phone_that_never_paid_is_stopped_before_it_can(town, desk):
    account = await desk.open()
    async with town.services.rows() as rows:
        query = f"update admin.party set phone_means = null where id = {account.party}"
        await rows.exec_driver_sql(query)
    assert (await phone_call(desk, account)).status_code == 201
    assert await account.pays((await account.again()).phone) == cards.BLOCKED


async def test_a_card_that_nobody_holds_has_no_phone(desk):
    body = {"number": desk.stock[-1]["number"], "phone_lost": True}
    assert code(await desk.clerk.post("/v1/card-blocks", body)) == (404, "unknown_card")
    body["phone_lost"] = "yes"
    assert code(await desk.clerk.post("/v1/card-blocks", body)) == (400, "malformed_body")


async def test_a_holder_with_nothing_but_the_opposition_number_blocks_the_card(town, desk, home):
    account, _ = await filled(town, desk)
    shop = await town.somebody(Role.MERCHANT)
    body = {"opposition_number": account.card["opposition_number"]}
    answer = await home.client.post("/v1/card-oppositions", json=body)
    assert answer.status_code == 201, answer.text
    with pytest.raises(CardBlocked):
        await at_a_till(town, account, shop, 1_00, account.card_id)
    seen = await home.get(answer.headers["location"])
    assert seen.json() == answer.json()
    assert str(account.party) not in answer.json()["reference"]
    number = {"opposition_number": account.card["number"]}
    refused = await home.client.post("/v1/card-oppositions", json=number)
    assert code(refused) == (400, "malformed_body")
    forged = await home.get("/v1/card-blocks/" + answer.json()["reference"][:-2])
    assert code(forged) == (404, "not_found")
    staff = await desk.clerk.get(f"/v1/accounts/{account.party}")
    assert staff.json()["card_blocked_at"] == answer.json()["blocked_at"]


async def test_numbers_that_are_guessed_from_one_address_have_to_wait(home, desk):
    body = {"opposition_number": "12345 67876"}
    answers = [await home.client.post("/v1/card-oppositions", json=body) for _ in range(14)]
    assert code(answers[-1]) == (429, "too_many_tries")
    assert int(answers[-1].headers["retry-after"]) > 0
    known = {"opposition_number": desk.stock[-1]["opposition_number"]}
    assert (await home.client.post("/v1/card-oppositions", json=known)).status_code == 429


def replacing(desk, account, **facts):
    body = {
        "person_seen": True,
        "lost_number": account.card["opposition_number"],
        "new_number": desk.card()["number"],
        "pin": "8305",
    }
    return {k: v for k, v in (body | facts).items() if v is not None}


async def test_a_new_card_after_being_seen_kills_card_phone_and_sessions_and_keeps_the_money(
    town, desk
):
    account, holder = await filled(town, desk)
    shop = await town.somebody(Role.MERCHANT)
    assert (await holder.get("/v1/memberships")).status_code == 200
    body = replacing(desk, account, phone_lost=True)
    answer = await desk.clerk.post("/v1/card-replacements", body)
    assert answer.status_code == 201, answer.text
    assert answer.json() == {"party": account.party, "card_number": body["new_number"]}
    now = await account.again()
    known = [await account.pays(m) for m in (account.card_id, account.phone)]
    assert (known, [await account.pays(m) for m in (now.card_id, now.phone)]) == ([1, 1], [0, 0])
    assert (now.wallet, await town.balance(holder)) == (account.wallet, 140_00)
    async with town.services.rows() as rows:
        with pytest.raises(SessionEnded):
            await sessions.touch(rows, holder.token, town.now)
    for means in (account.card_id, account.phone):
        with pytest.raises(CardBlocked):
            await at_a_till(town, account, shop, 1_00, means, pin=True)
    await at_a_till(town, account, shop, 1_00, now.card_id)
    assert (await desk.clerk.post("/v1/card-replacements", body)).json() == answer.json()
    assert (await account.again()).phone == now.phone
    other = body | {"new_number": desk.card()["number"]}
    refused = await desk.clerk.post("/v1/card-replacements", other)
    assert code(refused) == (409, "card_already_replaced")


async def test_a_phone_that_is_kept_goes_on_paying(town, desk):
    account, _ = await filled(town, desk)
    body = replacing(desk, account, lost_number=None, party=account.party)
    answers = [await desk.clerk.post("/v1/card-replacements", body) for _ in range(2)]
    assert {answer.status_code for answer in answers} == {201}, answers[-1].text
    now = await account.again()
    assert (now.phone, await account.pays(now.phone)) == (account.phone, 0)
    assert [await account.pays(m) for m in (account.card_id, now.card_id)] == [1, 0]


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"person_seen": False}, (400, "malformed_body")),
        ({"person_seen": None}, (400, "malformed_body")),
        ({"lost_number": None}, (422, "identity_incomplete")),
        ({"party": 1}, (404, "unknown_card")),
        ({"pin": "1111"}, (422, "pin_guessable")),
        ({"lost_number": "1234 5678 9012"}, (404, "unknown_card")),
        ({"lost_number": None, "party": 1}, (404, "unknown_card")),
    ],
)
async def test_who_was_not_seen_or_has_no_card_gets_none(desk, facts, refusal):
    account = await desk.open()
    answer = await desk.clerk.post("/v1/card-replacements", replacing(desk, account, **facts))
    assert code(answer) == refusal
    assert await account.pays(account.card_id) == 0


async def test_two_counters_that_hear_of_one_lost_phone_leave_one_that_pays(town, desk):
    account = await desk.open()
    bodies = [replacing(desk, account, phone_lost=True) for _ in range(2)]
    answers = await asyncio.gather(
        *(desk.clerk.post("/v1/card-replacements", body) for body in bodies),
        *(desk.clerk.post("/v1/recoveries", seen(account)) for _ in range(2)),
    )
    assert sorted(answer.status_code for answer in answers) == [201, 201, 201, 409]
    now = await account.again()
    async with town.services.connection() as connection:
        query = "select id from ledger.card where party = $1 and status = 0 order by id"
        usable = [row["id"] for row in await connection.fetch(query, account.party)]
    assert usable == sorted([now.card_id, now.phone])
    assert account.phone not in usable


async def test_a_counter_that_dies_after_stopping_a_phone_leaves_one_that_does_not_pay(town, desk):
    account, engine = await desk.open(), town.services.engine
    with pytest.raises(ConnectionResetError):
        async with phones.lost(engine, account.party):
            raise ConnectionResetError
    assert await account.pays(account.phone) == cards.BLOCKED
    async with phones.lost(engine, account.party):
        pass
    now = await account.again()
    assert now.phone != account.phone
    assert await account.pays(now.phone) == cards.USABLE


async def test_a_phone_is_lost_while_its_account_is_being_opened(town, desk):
    key, card = uuid4(), desk.card()
    first = await desk.ask(key=key, card_number=card["number"])
    party = first.json()["party"]

    async def lose():
        async with phones.lost(town.services.engine, party):
            await asyncio.sleep(0.01)

    opening = [desk.ask(key=key, card_number=card["number"]) for _ in range(5)]
    answers = await asyncio.gather(lose(), *opening)
    assert {answer.content for answer in answers[1:]} == {first.content}
    async with town.services.connection() as connection:
        query = "select phone_means from admin.party where id = $1"
        means = await connection.fetchval(query, party)
        query = "select count(*) from ledger.card where party = $1 and status = 0"
        assert await connection.fetchval(query, party) == 2
        query = "select status from ledger.card where id = $1"
        assert await connection.fetchval(query, means) == cards.USABLE


def seen(account):
    return {"person_seen": True, "card_number": account.card["number"]}


async def test_a_recovery_is_told_once_and_ends_what_the_phone_could_do(town, desk):
    account, holder = await filled(town, desk)
    answer = await desk.clerk.post("/v1/recoveries", seen(account))
    assert answer.status_code == 201, answer.text
    token = answer.json()["token"]
    assert answer.json()["link"].endswith("#" + token)
    now = await account.again()
    assert [await account.pays(m) for m in (account.phone, now.phone)] == [1, 0]
    assert await account.pays(account.card_id) == 0
    async with town.services.rows() as rows:
        with pytest.raises(SessionEnded):
            await sessions.touch(rows, holder.token, town.now)
        query = "select count(*) from admin.recovery where used_at is null and user_id = "
        assert (await rows.exec_driver_sql(f"{query}'{account.user}'")).scalar() == 1
    second = await desk.clerk.post("/v1/recoveries", seen(account))
    assert second.json()["token"] != token


async def test_no_counter_hands_itself_the_login_of_staff_or_of_a_business(town, desk):
    async def named(role):
        who = await town.somebody(role)
        name = f"{uuid4().hex[:12]}@example.org"
        async with town.services.rows() as rows:
            await rows.exec_driver_sql(
                f"update admin.users set identifier = '{name}' where id = '{who.user}'"
            )
        return {"person_seen": True, "identifier": name}

    treasurer, merchant = await named(Role.TREASURER), await named(Role.MERCHANT)
    resident = await named(Role.SOLISTE)
    for who, body, expected in (
        (desk.clerk, treasurer, (403, "not_allowed")),
        (desk.manager, treasurer, (403, "not_allowed")),
        (desk.clerk, merchant, (403, "not_allowed")),
        (desk.manager, merchant, (201, None)),
        (desk.clerk, resident, (201, None)),
        (desk.clerk, {"person_seen": True, "identifier": "nobody@example.org"},
         (404, "unknown_party")),
        (desk.clerk, {"person_seen": True}, (422, "identity_incomplete")),
        (desk.clerk, resident | {"card_number": (await desk.open()).card["number"]},
         (404, "unknown_card")),
    ):  # fmt: skip
        assert code(await who.post("/v1/recoveries", body)) == expected, body


async def test_nobody_recovers_their_own_login_nor_another_of_theirs(town, desk):
    account = await desk.open()
    async with town.services.rows() as rows:
        await rows.exec_driver_sql(
            f"update admin.users set person = '{desk.clerk.person}' where id = '{account.user}'"
        )
    answer = await desk.clerk.post("/v1/recoveries", seen(account))
    assert code(answer) == (409, "same_person")


async def test_card_and_pin_from_before_look_no_more_after_a_replacement(town, desk):
    account, _ = await filled(town, desk)
    async with town.services.rows() as rows:
        who = SignedIn(account.user, frozenset({"card", "pin"}), "card", scope="look")
        token = await sessions.issue(rows, who, town.now)
    await desk.clerk.post("/v1/card-replacements", replacing(desk, account))
    async with town.services.rows() as rows:
        with pytest.raises(SessionEnded):
            await sessions.touch(rows, token, town.now)
    assert PIN != "8305"


async def test_a_session_is_recognised_with_its_phone_once_the_ledger_knows_it(town, desk):
    account, holder = await filled(town, desk)
    recognition, means = town.services.recognition, town.services.paying.means
    asker = await recognition.of(holder.token)
    assert (asker.phone, await means.phone(asker)) == (account.phone, account.phone)
    async with town.services.rows() as rows:  # as after a crash between the rows and the ledger
        drawn = await phones.draw(rows, account.party)
    recognition.forget()
    asker = await recognition.of(holder.token)
    assert (asker.phone, await account.pays(drawn)) == (None, None)
    assert (await means.phone(asker), await account.pays(drawn)) == (drawn, cards.USABLE)
    recognition.forget()
    assert (await recognition.of(holder.token)).phone == drawn
