"""Letters with cards, their codes apart: names of the room, a card that pays only once coded."""

import asyncio
import io
import time
from typing import Any
from uuid import uuid4

import pypdfium2  # type: ignore[import-untyped]  # why: it ships no types
import pytest
import zxingcpp

from admin.losses import reissuing
from admin.losses.reissuing import Reissue
from api.aid import lettering
from tests.api.aid.sponsors import Sponsor, card_of, selling, stock
from tests.api.paying import shops
from tests.api.shops.committee import code
from tests.database.world import tell
from tests.yardstick import slower

SENDER = {"sender": ["CCAS de Boulogne-sur-Mer", "03 21 00 00 00"]}
HEADS = "dossier;nom;montant;adresse"
HOUSE = "8 rue du Vivier, 62200 BOULOGNE-SUR-MER"


@pytest.fixture(scope="module")
async def ccas(town):
    return await Sponsor.meet(town)


async def given(ccas, people, **more):
    programme = await ccas.programme(funded=people * 60_00)
    rows = [f'{uuid4().hex[:10]};Personne {n} Léa;52,50;"{HOUSE}"' for n in range(people)]
    return (await ccas.given(programme, *rows, heads=HEADS, **more))["id"]


async def letters(who, batch, **body):
    return await who.post(f"/v1/aid/batches/{batch}/letters", SENDER | body)


async def codes(who, batch, count=50, **more):
    body = SENDER | {"count": count} | more
    return await who.post(f"/v1/aid/batches/{batch}/code-letters", body)


async def told(who, batch):
    answer = await who.get(f"/v1/aid/batches/{batch}/letters")
    assert answer.status_code == 200, answer.text
    return answer.json()


def pages(answer):
    assert answer.status_code == 200, answer.text
    with pypdfium2.PdfDocument(answer.content) as document:
        return [page.get_textpage().get_text_bounded() for page in document]


def cards(answer):
    """What the codes on the cards of a batch say."""
    with pypdfium2.PdfDocument(answer.content) as document:
        drawn = [page.render(scale=200 / 72).to_pil() for page in document]
    return [one.text for page in drawn for one in zxingcpp.read_barcodes(page)]


async def progress(who, batch):
    shown = await told(who, batch)
    return tuple(shown[name] for name in ("letters", "printed", "cards", "codes"))


async def test_a_batch_is_printed_in_parts_and_its_cards_pay_once_their_codes_are_sent(town, ccas):
    shop = await selling(town)
    till = await shops.till_key(town, shop)
    batch = await given(ccas, 3)
    assert await progress(ccas.clerk, batch) == (3, 0, 0, 0)
    assert code(await codes(ccas.validator, batch)) == (409, "letters_printed")
    first = await letters(ccas.clerk, batch, count=2)
    said = pages(first)
    assert len(said) == 4
    for text in ("Personne 0 Léa", "8 rue du Vivier", "62200 BOULOGNE-SUR-MER", "55,12", "CCAS"):
        assert text in said[0], text
    assert "Boutique" in said[1]
    assert len(cards(first)) == 2
    assert await progress(ccas.validator, batch) == (3, 2, 2, 0)
    card = cards(first)[0]
    assert (await shops.takes(till, shop, card, 5_00)).status_code == 422
    assert code(await codes(ccas.clerk, batch)) == (409, "same_person")
    apart = await codes(ccas.validator, batch)
    coded = pages(apart)
    assert len(coded) == 2
    assert cards(apart) == []
    assert (await shops.takes(till, shop, card, 5_00)).status_code == 201
    digits = next(line for line in coded[0].splitlines() if len(line.replace(" ", "")) == 4)
    pin = digits.replace(" ", "")
    assert pin.isdigit()
    above = await shops.takes(till, shop, card, 30_50, pin=pin)
    assert above.status_code == 201, above.text
    assert len(pages(await letters(ccas.clerk, batch, count=50))) == 2
    assert code(await letters(ccas.clerk, batch, count=50)) == (409, "letters_printed")
    assert await progress(ccas.clerk, batch) == (3, 3, 3, 2)


async def test_a_letter_printed_again_kills_the_card_of_the_last(town, ccas):
    shop = await selling(town)
    till = await shops.till_key(town, shop)
    batch = await given(ccas, 1)
    (old,) = cards(await letters(ccas.clerk, batch, count=1))
    await codes(ccas.validator, batch)
    assert (await shops.takes(till, shop, old, 1_00)).status_code == 201
    award = str((await ccas.lots(batch))[0]["id"])
    (new,) = cards(await letters(ccas.clerk, batch, again=[award]))
    assert new != old
    assert (await shops.takes(till, shop, old, 1_00)).status_code == 422
    assert (await shops.takes(till, shop, new, 1_00)).status_code == 422
    await codes(ccas.validator, batch)
    assert (await shops.takes(till, shop, new, 1_00)).status_code == 201
    assert (await shops.takes(till, shop, old, 1_00)).status_code == 422
    assert await progress(ccas.clerk, batch) == (1, 1, 1, 1)


async def test_what_is_asked_for_twice_is_printed_once(ccas):
    batch = await given(ccas, 3)
    assert len(pages(await letters(ccas.clerk, batch, count=2, after=0))) == 4
    assert code(await letters(ccas.clerk, batch, count=2, after=0)) == (409, "letters_moved_on")
    assert await progress(ccas.clerk, batch) == (3, 2, 2, 0)
    assert len(pages(await codes(ccas.validator, batch, 1, after=0))) == 1
    assert code(await codes(ccas.validator, batch, 1, after=0)) == (409, "letters_moved_on")
    assert len(pages(await codes(ccas.validator, batch, 1, after=1))) == 1
    assert await progress(ccas.clerk, batch) == (3, 2, 2, 2)


async def test_a_part_whose_file_was_lost_is_printed_again_once(ccas):
    batch = await given(ccas, 3)
    await letters(ccas.clerk, batch, count=2)
    await letters(ccas.clerk, batch, count=1)
    last, first = (await told(ccas.clerk, batch))["parts"]
    assert (first["letters"], first["cards"], first["yours"]) == (2, 2, True)
    assert (await told(ccas.validator, batch))["parts"][0]["yours"] is False
    again = await letters(ccas.clerk, batch, part=first["printed_at"])
    assert len(cards(again)) == 2
    for part in (first["printed_at"], "2020-01-01T00:00:00Z"):
        answer = await letters(ccas.clerk, batch, part=part)
        assert code(answer) == (409, "letters_moved_on")
    for never in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"):
        assert (await letters(ccas.clerk, batch, part=never)).status_code == 400, never
    parts = (await told(ccas.clerk, batch))["parts"]
    assert [one["letters"] for one in parts] == [2, 1]
    assert parts[1] == last
    assert await progress(ccas.clerk, batch) == (3, 3, 3, 0)
    contradicts = await letters(ccas.clerk, batch, part=first["printed_at"], count=1)
    assert code(contradicts) == (422, "fields_contradict")


async def test_one_letter_is_printed_again_once_and_the_person_shows_which_card_is_theirs(ccas):
    batch = await given(ccas, 1)
    (lot,) = await ccas.lots(batch)
    award = str(lot["id"])
    person = f"/v1/aid/beneficiaries/{lot['beneficiary']}"
    assert (await ccas.clerk.get(person)).json()["awards"][0]["letter"] is None
    await letters(ccas.clerk, batch, count=1)
    (shown,) = (await ccas.clerk.get(person)).json()["awards"]
    assert (shown["batch"], shown["letter"]["card_blocked"]) == (batch, False)
    seen = shown["letter"]["printed_at"]
    assert len(pages(await letters(ccas.clerk, batch, again=[award], part=seen))) == 2
    twice = await letters(ccas.clerk, batch, again=[award], part=seen)
    assert code(twice) == (409, "letters_moved_on")
    (now,) = (await ccas.clerk.get(person)).json()["awards"]
    assert now["letter"]["card_ends"] != shown["letter"]["card_ends"]
    assert now["letter"]["code_sent_at"] is None


async def test_of_two_who_print_a_letter_again_at_once_one_does_and_its_card_is_the_last(
    ccas, monkeypatch
):
    batch, block = await given(ccas, 1), lettering._block
    (lot,) = await ccas.lots(batch)
    again, others = {"again": [str(lot["id"])]}, list[Any]()
    await letters(ccas.clerk, batch, count=1)

    async def then_another(*seen):
        """The old card is blocked; before the new one is made, somebody else makes theirs."""
        before = await block(*seen)
        if not others:
            others.append(None)
            others[0] = await letters(ccas.validator, batch, **again)
        return before

    monkeypatch.setattr(lettering, "_block", then_another)
    late = await letters(ccas.clerk, batch, **again)
    assert len(cards(others[0])) == 1
    assert code(late) == (409, "letters_moved_on")
    person = await ccas.clerk.get(f"/v1/aid/beneficiaries/{lot['beneficiary']}")
    assert person.json()["awards"][0]["letter"]["card_ends"] is not None


async def test_a_card_replaced_at_a_counter_and_lost_again_is_followed_by_a_letter(town, ccas):
    batch = await given(ccas, 1)
    (lot,) = await ccas.lots(batch)
    await letters(ccas.clerk, batch, count=1)
    await codes(ccas.validator, batch)
    async with town.services.connection() as connection:
        query = "select number from admin.card where party = $1"
        sent = str(await connection.fetchval(query, lot["party"]))
    (new,) = await stock(town, ccas.clerk)
    at = {"actor": ccas.clerk.user}
    wanted = Reissue(sent, new.number, ccas.party, "4826", by=ccas.clerk.role, **at)
    await reissuing.reissue(town.services.engine, town.services.pepper, wanted, town.now)
    await reissuing.block(town.services.engine, number=new.number, at=town.now, **at)
    again = await letters(ccas.clerk, batch, again=[str(lot["id"])])
    assert again.status_code == 200, again.text
    assert len(cards(again)) == 1


async def test_each_of_two_who_print_sends_the_codes_of_the_other(ccas):
    batch = await given(ccas, 4)
    for who in (ccas.clerk, ccas.validator, ccas.clerk, ccas.validator):
        assert (await letters(who, batch, count=1)).status_code == 200
    assert [(await told(who, batch))["yours"] for who in (ccas.clerk, ccas.third)] == [2, 0]
    assert len(pages(await codes(ccas.clerk, batch))) == 2
    assert code(await codes(ccas.clerk, batch)) == (409, "same_person")
    assert len(pages(await codes(ccas.validator, batch))) == 2
    assert code(await codes(ccas.third, batch)) == (409, "letters_printed")


async def test_the_office_is_told_which_batches_have_letters_to_print(town):
    office, other = await Sponsor.meet(town), await Sponsor.meet(town)
    batch = await given(office, 2)

    async def waiting(who):
        listed = (await who.get("/v1/aid/letters")).json()["items"]
        return [(one["batch"], one["printed"], one["cards"], one["codes"]) for one in listed]

    assert await waiting(office.clerk) == [(batch, 0, 0, 0)]
    assert await waiting(other.clerk) == []
    await letters(office.clerk, batch, count=2)
    assert await waiting(office.validator) == [(batch, 2, 2, 0)]
    mine = [(await who.get("/v1/aid/letters")).json()["items"][0]["yours"]
            for who in (office.clerk, office.validator)]  # fmt: skip
    assert mine == [2, 0]
    await codes(office.validator, batch)
    assert await waiting(office.clerk) == []


async def test_letters_of_two_batches_to_one_person_at_once_send_one_card(town, ccas, monkeypatch):
    programme = await ccas.programme(funded=200_00)
    row = f"{uuid4().hex[:10]};Personne;52,50"
    batches = [
        (await ccas.given(programme, row, period=period))["id"] for period in ("2027-03", "2027-04")
    ]
    reading, real = asyncio.Event(), lettering._new_cards

    async def slowly(*given_):
        reading.set()
        await asyncio.sleep(0.3)  # so long the other one has to come between
        return await real(*given_)

    monkeypatch.setattr(lettering, "_new_cards", slowly)
    first = asyncio.create_task(letters(ccas.clerk, batches[0], count=1))
    await reading.wait()
    answers = [await letters(ccas.validator, batches[1], count=1), await first]
    assert sum(len(cards(answer)) for answer in answers) == 1
    party = (await ccas.lots(batches[0]))[0]["party"]
    async with town.services.connection() as connection:
        query = "select count(*) from admin.card where party = $1 and status = 'handed'"
        assert await connection.fetchval(query, party) == 1


async def test_who_has_a_card_gets_a_letter_without_one(town, ccas):
    programme = await ccas.programme(funded=100_00)
    who = await town.resident()
    row = f"H-1;Anne;20;{await card_of(town, who)}"
    batch = (await ccas.given(programme, row, heads="dossier;nom;montant;carte"))["id"]
    answer = await letters(ccas.clerk, batch, count=1)
    assert "rechargée" in pages(answer)[0]
    assert cards(answer) == []
    assert code(await codes(ccas.validator, batch)) == (409, "letters_printed")


async def test_only_an_executed_batch_of_ones_own_sponsor_is_printed(town, ccas):
    waiting = await ccas.batch(await ccas.programme(), "W-1;Anne;20")
    assert code(await letters(ccas.clerk, waiting, count=1)) == (409, "batch_not_executed")
    batch, other = await given(ccas, 1), await Sponsor.meet(town)
    for answer in (
        await letters(other.clerk, batch, count=1),
        await codes(other.validator, batch),
        await other.clerk.get(f"/v1/aid/batches/{batch}/letters"),
        await letters(ccas.clerk, batch, again=[str(uuid4())]),
    ):
        assert code(answer) == (404, "not_found")
    assert code(await letters(ccas.clerk, batch)) == (422, "fields_contradict")
    log = (await ccas.validator.get("/v1/aid/access-log", limit=50)).json()["items"]
    assert {"letters", "code letters"} <= {one["act"] for one in log}


@pytest.mark.clock
async def test_fifty_letters_are_printed_within_their_share_of_a_minute(ccas):
    """1,000 in a minute are 50 in 3 s, of the processor: others are no fault of letters.

    `make night` prints a thousand.
    """
    batch = await given(ccas, 50)
    begun, used = time.perf_counter(), time.process_time()
    answer = await letters(ccas.clerk, batch, count=50)
    took, used = time.perf_counter() - begun, time.process_time() - used
    assert len(pages(answer)) == 100
    kib = len(answer.content) / 1024
    tell(f"50 letters: {took:.2f} s, of the processor {used:.2f}, {kib:.0f} KiB")
    assert used < 3 * slower()
    assert io.BytesIO(answer.content).read(5) == b"%PDF-"


async def test_nothing_is_printed_for_an_erased_file_and_a_missing_address_is_told_before(
    town, ccas
):
    programme = await ccas.programme(funded=500_00)
    rows = ['Q-1;Anne;5;"4 rue de Lille, 62200 Boulogne"', "Q-2;Bob;5;", "Q-3;Eve;5;", "Q-4;Max;5;"]
    looked = (await ccas.preview(programme, *rows, heads=HEADS)).json()
    assert looked["no_address"] == 3
    batch = (await ccas.given(programme, *rows, heads=HEADS))["id"]
    # The address that is known counts; so does the one that a row names.
    known = ("Q-1;Anne;5;", 'Q-2;Bob;5;"2 rue Haute, 62200 Boulogne"', "Q-3;Eve;5;")
    later = (await ccas.preview(programme, *known, heads=HEADS, period="2027-04")).json()
    assert later["no_address"] == 1
    lots = await ccas.lots(batch)
    first = await letters(ccas.third, batch, count=1)
    assert "Anne" in pages(first)[0]
    for lot in (lots[0], lots[1]):
        gone = await ccas.validator.post(f"/v1/aid/beneficiaries/{lot['beneficiary']}/erasure")
        assert gone.status_code == 204, gone.text
    place = f"/v1/aid/batches/{batch}/letters"
    left = (await ccas.clerk.get(place, addresses="true")).json()
    assert [left[n] for n in ("no_address", "erased", "erased_codes")] == [2, 1, 1]
    newest = await ccas.validator.get("/v1/aid/access-log", limit="1")
    line = newest.json()["items"][0]
    assert (line["act"], line["people"], line["user"]) == ("addresses", 2, str(ccas.clerk.user))
    assert (await told(ccas.clerk, batch))["no_address"] is None
    assert (await ccas.validator.get("/v1/aid/access-log", limit="1")).json() == newest.json()
    assert code(await codes(ccas.validator, batch)) == (409, "letters_printed")
    answer = await letters(ccas.third, batch, again=[str(lots[0]["id"])])
    assert code(answer) == (410, "beneficiary_erased")
    rest = pages(await letters(ccas.third, batch, count=50))
    assert [name for name in ("Bob", "Eve", "Max") if any(name in page for page in rest)] == [
        "Eve", "Max"]  # fmt: skip
    assert await progress(ccas.clerk, batch) == (4, 3, 3, 0)
    assert code(await letters(ccas.third, batch, count=50)) == (409, "letters_printed")
