"""An account opened at a counter, a card lost and replaced: whole, once, and told."""

import asyncio
from dataclasses import replace
from itertools import chain
from uuid import uuid4

import pytest

from admin import parties
from admin.logins import pins, sessions
from admin.logins.sessions import SignedIn
from admin.losses import looking, reissuing
from admin.losses.reissuing import Reissue
from admin.means import cards
from admin.means.card_numbers import new_opposition
from admin.parties import ISSUER
from admin.people import memberships
from admin.refusals import (
    BadCredentials,
    CardNotInStock,
    IdentityIncomplete,
    PinGuessable,
    SessionEnded,
    UnknownCard,
    UnknownParty,
    WrongPin,
)
from admin.roles import PartyClass, Role
from tests.database.people.town import (
    LIMITS,
    NOW,
    PIN,
    counter_of,
    happened,
    known_person,
    person,
)


@pytest.fixture(scope="module")
async def desk(engine, pepper):
    return await counter_of(engine, pepper)


async def ledger_of(engine, opened):
    async with engine.connect() as connection:
        query = f"select ceiling, party, balance from ledger.account where id = {opened.wallet}"
        account = (await connection.exec_driver_sql(query)).one()
        query = f"select party, status from ledger.card where id = {opened.card}"
        card = (await connection.exec_driver_sql(query)).one_or_none()
    return account, card


async def test_an_account_needs_neither_e_mail_nor_phone(engine, pepper, desk):
    wanted, opened = await desk.account()
    account, card = await ledger_of(engine, opened)
    assert account == (LIMITS.balance_tier0_max_cents, opened.party, 0)
    assert card == (opened.party, 0)
    await pins.try_pin(engine, pepper, user=wanted.user, pin=PIN)
    async with engine.connect() as connection:
        assert await parties.person_of(connection, opened.party) == wanted.person
        (year,) = await memberships.of(connection, opened.party)
        assert year.fee_cents == LIMITS.membership_resident_cents


async def test_opening_again_finishes_what_was_begun(engine, desk):
    wanted, opened = await desk.account()
    async with engine.begin() as connection:
        before = await happened(connection, "account_opened")
    assert await desk.open(wanted) == opened._replace(again=True)
    async with engine.begin() as connection:
        assert await happened(connection, "account_opened") == before


async def test_an_account_whose_clerk_taps_six_times_is_opened_once(engine, desk):
    wanted = desk.opening()
    opened = await asyncio.gather(*(desk.open(wanted) for _ in range(6)))
    assert sorted(one.again for one in opened) == [False] + [True] * 5
    assert len({one._replace(again=False) for one in opened}) == 1


async def test_what_was_refused_leaves_nothing(engine, desk):
    async with engine.connect() as connection:
        before = (await connection.exec_driver_sql("select count(*) from admin.users")).scalar()
    weak = desk.opening(pin="1234")
    for wanted, refusal in (
        (weak, PinGuessable),
        (replace(weak, pin=PIN, tier=1), IdentityIncomplete),
        (replace(weak, pin=PIN, card_number="123"), UnknownCard),
        (replace(weak, pin=PIN, place=ISSUER + 1), CardNotInStock),
    ):
        with pytest.raises(refusal):
            await desk.open(wanted)
    async with engine.connect() as connection:
        after = (await connection.exec_driver_sql("select count(*) from admin.users")).scalar()
    assert after == before
    await desk.open(replace(weak, pin=PIN))


async def test_a_card_is_handed_out_once(desk):
    wanted, _ = await desk.account()
    with pytest.raises(CardNotInStock):
        await desk.account(card_number=wanted.card_number)


async def test_more_known_of_a_holder_lets_the_wallet_hold_more(engine, desk):
    _, opened = await desk.account(person=known_person())
    raising = {"party": opened.party, "limits": LIMITS, "actor": desk.actor, "at": NOW}
    with pytest.raises(IdentityIncomplete):
        await parties.raise_tier(engine, tier=2, document_seen=False, **raising)
    await parties.raise_tier(engine, tier=2, document_seen=True, **raising)
    account, _ = await ledger_of(engine, opened)
    assert account.ceiling == LIMITS.balance_tier2_max_cents
    with pytest.raises(UnknownParty):
        await parties.raise_tier(
            engine, tier=0, document_seen=False, **(raising | {"party": 10**9})
        )


async def test_either_number_of_a_card_blocks_it_and_the_holder_is_told(engine, desk):
    by_number, by_opposition = desk.stock[-1], desk.stock[-2]
    for card, number in ((by_number, by_number.number), (by_opposition, by_opposition.opposition)):
        wanted, opened = await desk.account()
        assert wanted.card_number == card.number
        blocked = [
            await reissuing.block(engine, number=number, actor=None, at=NOW) for _ in range(2)
        ][-1]
        assert blocked.id == opened.card
        _, in_ledger = await ledger_of(engine, opened)
        assert in_ledger.status == cards.BLOCKED
        async with engine.connect() as connection:
            query = f"select template, channel from admin.message where party = {opened.party}"
            told = (await connection.exec_driver_sql(query + " order by queued_at, id")).all()
        assert sorted(told) == [("account_opened", "letter"), ("card_blocked", "letter")]


async def test_a_card_of_the_stock_can_be_blocked_and_is_handed_out_no_more(engine, desk):
    card = desk.stock.pop()
    await reissuing.block(engine, number=card.opposition, actor=desk.actor, at=NOW)
    with pytest.raises(CardNotInStock):
        await desk.account(card_number=card.number)


async def lost_card(engine, desk, **facts):
    """An account whose card is lost, and a token of a session it had."""
    wanted, opened = await desk.account()
    async with engine.begin() as connection:
        who = SignedIn(wanted.user, frozenset({"password"}), "phone")
        token = await sessions.issue(connection, who, NOW, grant=wanted.grant)
    new = desk.stock.pop()
    asked = Reissue(
        lost=wanted.card_number,
        new_number=new.number,
        place=ISSUER,
        pin="8305",
        actor=desk.actor,
        by=Role.COMPTOIR,
        **facts,
    )
    return wanted, opened, token, new, asked


@pytest.mark.parametrize("phone_lost", [True, False])
async def test_a_new_card_kills_the_old_one_and_every_session(engine, pepper, desk, phone_lost):
    wanted, opened, token, new, asked = await lost_card(engine, desk, phone_lost=phone_lost)
    given = [await reissuing.reissue(engine, pepper, asked, NOW) for _ in range(2)][-1]
    assert given.id == new.id
    _, old_in_ledger = await ledger_of(engine, opened)
    account, new_in_ledger = await ledger_of(engine, opened._replace(card=new.id))
    assert (old_in_ledger.status, new_in_ledger.status) == (cards.BLOCKED, cards.USABLE)
    assert account == (LIMITS.balance_tier0_max_cents, opened.party, 0)
    async with engine.begin() as connection:
        with pytest.raises(SessionEnded):
            await sessions.touch(connection, token, NOW)
        (done,) = [
            e for e in await happened(connection, "card_replaced") if e.party == opened.party
        ]
        assert (done.actor, done.object, done.facts) == (
            desk.actor,
            str(opened.card),
            {"by": new.id},
        )
    with pytest.raises(WrongPin):
        await pins.try_pin(engine, pepper, user=wanted.user, pin=PIN)
    await pins.try_pin(engine, pepper, user=wanted.user, pin="8305")


async def test_two_counters_that_replace_one_card_at_once_give_one_card(engine, pepper, desk):
    _, opened, _, _, asked = await lost_card(engine, desk)
    other = desk.stock.pop()
    done = await asyncio.gather(
        reissuing.reissue(engine, pepper, asked, NOW),
        reissuing.reissue(engine, pepper, replace(asked, new_number=other.number), NOW),
        return_exceptions=True,
    )
    assert sorted(type(answer).__name__ for answer in done) == ["Card", "CardAlreadyReplaced"]
    async with engine.connect() as connection:
        query = f"select count(*) from ledger.card where party = {opened.party} and status = 0"
        query += f" and id <> {opened.phone}"
        assert (await connection.exec_driver_sql(query)).scalar() == 1


async def test_only_a_card_that_somebody_held_is_replaced(engine, pepper, desk):
    lost, new = desk.stock.pop(), desk.stock.pop()
    asked = Reissue(lost.number, new.number, ISSUER, PIN, desk.actor, Role.COMPTOIR)
    with pytest.raises(UnknownCard):
        await reissuing.reissue(engine, pepper, asked, NOW)
    with pytest.raises(PinGuessable):
        await reissuing.reissue(engine, pepper, replace(asked, pin="1111"), NOW)


async def test_card_and_pin_look_and_never_pay_and_say_not_what_was_wrong(engine, pepper, desk):
    wanted, opened = await desk.account()
    token = await looking.sign_in(engine, pepper, number=wanted.card_number, pin=PIN, at=NOW)
    async with engine.begin() as connection:
        seen = await sessions.touch(connection, token, NOW)
    assert (seen.scope, seen.role, sorted(seen.factors)) == ("look", Role.SOLISTE, ["card", "pin"])
    assert (seen.party, seen.expires_at) == (opened.party, NOW + sessions.LOOK.life)
    unused, replaced = desk.stock.pop(), (await desk.account())[0]
    await reissuing.block(engine, number=replaced.card_number, actor=None, at=NOW)
    assert await looking.sign_in(engine, pepper, number=replaced.card_number, pin=PIN, at=NOW), (
        "who lost the card and the phone blocks the phone as well"
    )
    new = desk.stock.pop().number
    reissue = Reissue(replaced.card_number, new, ISSUER, PIN, desk.actor, Role.COMPTOIR)
    await reissuing.reissue(engine, pepper, reissue, NOW)
    wrong = [(wanted.card_number, "0815")] * 6 + [
        (wanted.card_number, PIN),
        (replaced.card_number, PIN),
        (unused.number, PIN),
        ("no number", PIN),
    ]
    for number, pin in wrong:
        with pytest.raises(BadCredentials):
            await looking.sign_in(engine, pepper, number=number, pin=pin, at=NOW)


async def test_cards_move_between_stocks_and_the_stock_is_counted(engine, desk):
    async with engine.begin() as connection:
        before = await cards.stock(connection, ISSUER)
        two = [desk.stock.pop().number, desk.stock.pop().number]
        moving = {"numbers": two, "actor": desk.actor, "at": NOW}
        shop = await parties.add_party(connection, PartyClass.MERCHANT, NOW)
        await cards.move(connection, origin=ISSUER, target=shop, **moving)
        assert await cards.stock(connection, ISSUER) == before - 2
        assert await cards.stock(connection, shop) == 2
        with pytest.raises(CardNotInStock):
            await cards.move(connection, origin=ISSUER, target=shop, **moving)


async def test_the_qr_of_a_card_names_it_and_another_token_none(engine, desk):
    card = desk.stock[-1]
    async with engine.connect() as connection:
        assert (await cards.by_token(connection, card.token)).id == card.id
        with pytest.raises(UnknownCard):
            await cards.by_token(connection, card.token + "x")


async def test_an_erased_person_leaves_the_account_and_its_events(engine, desk):
    wanted, opened = await desk.account(person=person(name="Erased Name", phone="0321000000"))
    async with engine.begin() as connection:
        await parties.erase(connection, person=wanted.person.id, actor=uuid4(), at=NOW)
        assert await parties.person_of(connection, opened.party) is None
        told = [e.party for e in await happened(connection, "account_opened")]
    assert opened.party in told
    account, card = await ledger_of(engine, opened)
    assert (account.party, card.party) == (opened.party, opened.party)
    with pytest.raises(UnknownParty):
        await parties.raise_tier(
            engine,
            party=opened.party,
            tier=1,
            document_seen=False,
            limits=LIMITS,
            actor=desk.actor,
            at=NOW,
        )


async def test_a_number_drawn_twice_is_drawn_again_whether_it_is_in_this_batch_or_in_the_stock(
    engine, desk, monkeypatch
):
    mine, taken = new_opposition(), desk.stock[-1].opposition
    draws = chain([taken, mine, mine], iter(new_opposition, None))
    monkeypatch.setattr(cards, "new_opposition", lambda: next(draws))
    async with engine.begin() as connection:
        made = await cards.print_batch(connection, place=ISSUER, count=3, actor=desk.actor, at=NOW)
        kept = {card.id: await cards.by_number(connection, card.opposition) for card in made}
    assert [card.id for card in made] == sorted(kept), "in the order in which they are printed"
    assert all(kept[card.id].number == card.number for card in made)
    assert mine in {card.opposition for card in made}
    assert taken not in {card.opposition for card in made}
