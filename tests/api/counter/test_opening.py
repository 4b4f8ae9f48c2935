"""An account opened at a counter: in one request, whole, once, with neither e-mail nor phone."""

import asyncio
import time
from email import message_from_bytes
from uuid import uuid4

import pytest
from pypdfium2 import PdfDocument  # type: ignore[import-untyped]  # why: it ships no types

from admin import parties
from admin.logins import pins
from admin.refusals import WrongPin
from admin.roles import Role
from admin.telling import messages
from tests.api.counter.desk import PIN
from tests.database.world import tell


def code(answer):
    return answer.status_code, answer.json().get("code")


def text_of(pdf):
    return "\n".join(page.get_textpage().get_text_range() for page in PdfDocument(pdf))


async def count(town, table, party=None):
    async with town.services.connection() as connection:
        where = "" if party is None else f" where party = {party}"
        return await connection.fetchval(f"select count(*) from admin.{table}{where}")


async def test_an_account_needs_neither_e_mail_nor_phone(town, desk):
    begun, card = time.monotonic(), desk.card()
    answer = await desk.ask(card_number=card["number"])
    tell(f"an account opened at a counter: {(time.monotonic() - begun) * 1000:.0f} ms")
    told = answer.json()
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"/v1/accounts/{told['party']}"
    assert (told["tier"], told["card_number"]) == (0, card["number"])
    assert told["fee"] == {"amount": 3_00, "currency": "EUR"}
    account = await desk.open()
    assert [await account.pays(means) for means in (account.card_id, account.phone)] == [0, 0]
    engine, pepper = town.services.engine, town.services.pepper
    await pins.try_pin(engine, pepper, user=account.user, pin=PIN)
    with pytest.raises(WrongPin):
        await pins.try_pin(engine, pepper, user=account.user, pin="8305")


async def test_what_is_printed_names_the_holder_the_card_and_the_limits(town, desk):
    answer = await desk.ask(name="Élodie Descamps")
    (paper,) = answer.json()["papers"]
    page = await desk.clerk.get(paper)
    assert page.headers["content-type"] == "application/pdf"
    assert page.headers["cache-control"] == "no-store"
    words = text_of(page.content).replace("\N{NO-BREAK SPACE}", " ").replace("\u202f", " ")
    for word in ("Élodie Descamps", answer.json()["card_number"], "150,00", "30,00", "100,00"):
        assert word in words, word
    assert (await desk.manager.get(paper)).status_code == 200
    other = await town.somebody(Role.COMPTOIR)
    assert code(await other.get(paper)) == (404, "unknown_party")
    nothing = paper.replace(str(answer.json()["party"]), "987654")
    assert code(await other.get(nothing)) == (404, "unknown_party")


async def test_the_same_key_is_the_same_account_and_another_body_is_refused(town, desk):
    key, card = uuid4(), desk.card()["number"]
    first = await desk.ask(key=key, card_number=card)
    again = await desk.ask(key=key, card_number=card.replace(" ", ""))
    assert (first.status_code, first.content) == (again.status_code, again.content)
    others = (
        {"name": "Dominique"},
        {"card_number": desk.card()["number"]},
        {"tier": 1, "birth_date": "1980-02-29", "email": "camille@example.org"},
    )
    for other in others:
        answer = await desk.ask(key=key, **({"card_number": card} | other))
        assert code(answer) == (422, "key_conflict"), other
    clerk = await town.somebody(Role.COMPTOIR)
    body = {"name": "Camille", "pin": PIN, "card_number": card}
    assert code(await clerk.post("/v1/accounts", body, key=key)) == (409, "card_not_in_stock")


async def test_a_clerk_who_taps_ten_times_opens_one_account(town, desk):
    key, card, before = uuid4(), desk.card()["number"], await count(town, "party")
    answers = await asyncio.gather(*(desk.ask(key=key, card_number=card) for _ in range(10)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert await count(town, "party") == before + 1


async def test_one_card_scanned_for_twelve_people_at_once_is_one_persons(town, desk):
    card, before = desk.card()["number"], await count(town, "person")
    answers = await asyncio.gather(*(desk.ask(card_number=card) for _ in range(12)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 11
    assert await count(town, "person") == before + 1


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"pin": "1234"}, (422, "pin_guessable")),
        ({"pin": "0000"}, (422, "pin_guessable")),
        ({"pin": "47"}, (400, "malformed_body")),
        ({"pin": "471a"}, (400, "malformed_body")),
        ({"tier": 1}, (422, "identity_incomplete")),
        ({"tier": 1, "birth_date": "1980-02-29"}, (422, "identity_incomplete")),
        ({"tier": 3}, (400, "malformed_body")),
        ({"card_number": "4821 0937 5521"}, (404, "unknown_card")),
        ({"name": "Ca\u202emille"}, (422, "name_unusable")),
        ({"name": "=HYPERLINK()"}, (422, "name_unusable")),
        ({"email": "a@b.org\r\nBcc: all@example.org"}, (400, "malformed_body")),
        ({"email": "<a@b.org>"}, (400, "malformed_body")),
        ({"party": 1}, (400, "malformed_body")),
    ],
)
async def test_what_cannot_be_opened_leaves_nothing(town, desk, facts, refusal):
    before = await count(town, "person"), len(desk.stock)
    body = {"card_number": desk.stock[-1]["number"]} | facts
    assert code(await desk.ask(**body)) == refusal
    assert (await count(town, "person"), len(desk.stock)) == before


async def test_a_card_of_another_stock_or_of_somebody_is_not_handed_out(town, desk):
    elsewhere = (await desk.manager.post("/v1/card-batches", {"count": 1})).json()["cards"][0]
    handed = (await desk.open()).card
    for card in (elsewhere, handed):
        assert code(await desk.ask(card_number=card["number"])) == (409, "card_not_in_stock")


async def test_a_request_without_a_key_or_of_the_wrong_role_opens_nothing(town, desk):
    body = {"name": "Camille", "pin": PIN, "card_number": desk.stock[-1]["number"]}
    answer = await desk.clerk.ask("POST", "/v1/accounts", body)
    assert code(answer) == (400, "key_missing")
    for role in (Role.TREASURER, Role.SOLISTE, Role.CASEWORKER, Role.TECHNICIAN):
        other = await town.somebody(role)
        assert code(await other.post("/v1/accounts", body)) == (403, "forbidden")


async def test_more_known_of_a_holder_lets_the_account_hold_more_and_never_less(town, desk):
    account = await desk.open()
    path = f"/v1/accounts/{account.party}/tier"

    async def ceiling():
        async with town.services.connection() as connection:
            query = "select ceiling from ledger.account where id = $1"
            return await connection.fetchval(query, account.wallet)

    assert await ceiling() == 150_00
    one = {"tier": 1, "birth_date": "1980-02-29", "phone": "06 12 34 56 78"}
    assert code(await desk.clerk.post(path, {"tier": 1})) == (422, "identity_incomplete")
    assert (await desk.clerk.post(path, one)).json()["tier"] == 1
    assert await ceiling() == 1_000_00
    assert code(await desk.clerk.post(path, {"tier": 2})) == (422, "identity_incomplete")
    two = await desk.clerk.post(path, {"tier": 2, "document_seen": True})
    assert two.json()["tier"] == 2
    assert (await desk.clerk.post(path, one)).json()["tier"] == 2
    assert await ceiling() == 3_000_00
    merchant = await town.somebody(Role.MERCHANT)
    wrong = f"/v1/accounts/{merchant.party}/tier"
    assert code(await desk.clerk.post(wrong, one)) == (404, "unknown_party")
    enormous = await desk.clerk.post("/v1/accounts/99999999999999999999/tier", one)
    assert enormous.status_code in {400, 404}


async def test_a_phone_is_added_later_and_staff_see_no_balance_and_no_number(town, desk):
    account = await desk.open(name="Élodie Descamps")
    path = f"/v1/accounts/{account.party}"
    assert (await desk.clerk.get(path)).json()["reached_by"] == []
    empty = await desk.clerk.post(f"{path}/phone", {})
    assert code(empty) == (422, "identity_incomplete")
    await desk.clerk.post(f"{path}/phone", {"phone": "06 12 34 56 78"})
    told = await desk.clerk.post(f"{path}/phone", {"email": "elodie@example.org"})
    assert told.json()["reached_by"] == ["email", "phone"]
    seen = await desk.clerk.get(path)
    assert set(seen.json()) == {
        "party", "tier", "opened_on", "reached_by", "card", "card_blocked_at",
        "waiting"}  # fmt: skip
    assert b"elodie" not in seen.content.lower()
    assert seen.json()["card"] == account.card["number"][-4:]


async def test_whose_card_it_is_is_told_to_staff_and_the_look_is_written_down(town, desk):
    account = await desk.open(name="Élodie Descamps")
    for number in (account.card["number"], account.card["opposition_number"]):
        told = await desk.clerk.post("/v1/card-lookups", {"number": number})
        assert (told.status_code, told.json()["name"]) == (200, "Élodie Descamps")
    unused = await desk.clerk.post("/v1/card-lookups", {"number": desk.stock[-1]["number"]})
    assert code(unused) == (404, "unknown_card")
    async with town.services.connection() as connection:
        query = "select actor from admin.event where act = 'holder_shown' and party = $1"
        looks = [row["actor"] for row in await connection.fetch(query, account.party)]
    assert looks == [desk.clerk.user] * 2


async def told_of(town, party):
    """What a holder was told at a counter, by which way, and to which address of before."""
    async with town.services.connection() as connection:
        query = (
            "select template, channel, former from admin.message"
            " where party = $1 and template <> 'account_opened' order by queued_at"
        )
        return [tuple(row) for row in await connection.fetch(query, party)]


async def mailed(town, party, count):
    """The addresses to which e-mails left."""
    gone = []
    for _ in range(300):
        async with town.services.connection() as connection:
            query = (
                "select id, former from admin.message where party = $1 and channel = 'email'"
                " and sent_at is not null"
            )
            gone = await connection.fetch(query, party)
        if len(gone) == count:
            break
        await asyncio.sleep(0.05)
    assert [row["former"] for row in gone] == [None] * count
    folder = town.services.settings.home / "mail"
    mails = [message_from_bytes((folder / f"{row['id']}.eml").read_bytes()) for row in gone]
    return sorted(mail["To"] for mail in mails)


async def test_a_counter_writes_over_an_address_on_purpose_and_the_old_one_is_told(town, desk):
    old, new = f"{uuid4().hex}@example.org", f"{uuid4().hex}@example.com"
    account = await desk.open(email=old)
    path = f"/v1/accounts/{account.party}/phone"
    assert await mailed(town, account.party, 1) == [old]
    refused = await desk.clerk.post(path, {"email": new})
    assert code(refused) == (409, "fact_known")
    assert old not in refused.text
    assert (await desk.clerk.post(path, {"email": old})).status_code == 200
    assert await told_of(town, account.party) == []
    answer = await desk.clerk.post(path, {"email": new, "replace": True})
    assert answer.status_code == 200, answer.text
    await desk.clerk.post(path, {"phone": "06 12 34 56 78"})
    assert await mailed(town, account.party, 3) == sorted([old, old, new])
    told = [template for template, *_ in await told_of(town, account.party)]
    assert told == ["details_changed", "contact_added"]


async def test_a_first_e_mail_is_told_by_letter_where_there_was_an_address(town, desk):
    address = "12 rue des Cordiers\n62200 Boulogne-sur-Mer"
    account = await desk.open(postal_address=address)
    path = f"/v1/accounts/{account.party}/phone"
    await desk.clerk.post(path, {"email": f"{uuid4().hex}@example.org"})
    moved = {"postal_address": "3 quai Gambetta\n62200 Boulogne-sur-Mer", "replace": True}
    async with town.services.rows() as rows:
        await rows.exec_driver_sql(
            f"update admin.person set email = null from admin.party p where p.id = {account.party}"
            " and p.person = person.id"
        )
    assert (await desk.clerk.post(path, moved)).status_code == 200
    assert await told_of(town, account.party) == [
        ("contact_added", "letter", None),
        ("details_changed", "letter", address),
    ]
    async with town.services.rows() as rows:
        waiting = await messages.letters(rows, at=town.now)
        addressed = [one.address[1] for one in waiting if one.address[0] == "Camille"]
        assert "12 rue des Cordiers" in addressed
        query = f"select person from admin.party where id = {account.party}"
        person = (await rows.exec_driver_sql(query)).scalar()
        await parties.erase(rows, person=person, actor=None, at=town.now)
    assert [former for *_, former in await told_of(town, account.party)] == [None, None]


async def test_a_raised_tier_writes_over_nothing_by_chance_and_tells_what_it_did(town, desk):
    account = await desk.open(birth_date="1980-02-29", email=f"{uuid4().hex}@example.org")
    path = f"/v1/accounts/{account.party}/tier"
    body = {"tier": 1, "birth_date": "1981-03-01"}
    refused = await desk.clerk.post(path, body)
    assert code(refused) == (409, "fact_known")
    assert (await desk.clerk.get(f"/v1/accounts/{account.party}")).json()["tier"] == 0
    assert (await desk.clerk.post(path, body | {"replace": True})).status_code == 200
    assert (await desk.clerk.post(path, body)).status_code == 200
    assert await told_of(town, account.party) == [("details_changed", "email", None)]
