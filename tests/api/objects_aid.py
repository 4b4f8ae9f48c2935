"""Objects of the room of aid, made for who asks and whose sponsor it is."""

from __future__ import annotations

from uuid import UUID, uuid4

from sqlalchemy.dialects.postgresql import insert

from admin.aid import batches
from admin.means.card_numbers import new_opposition
from admin.roles import PartyClass, Role
from admin.tables import CARD, CARD_ID
from api.aid import executing
from tests.api.aid.sponsors import Sponsor
from tests.api.objects import kind

EXAMPLE = "482109375523"
_INSTRUMENTS = {PartyClass.WORKS_COUNCIL: "cse"}


async def sponsor(town, who):
    """The asker's sponsor, with somebody who enters and others who approve."""
    found = PartyClass(await town.class_of(who.party))
    role = {PartyClass.WORKS_COUNCIL: Role.WORKS_COUNCIL, PartyClass.SPONSOR: Role.SPONSOR}
    first = role.get(found, Role.CASEWORKER)
    second = role.get(found, Role.CCAS_VALIDATOR)
    clerk, one, two = [await town.somebody(r, party=who.party) for r in (first, second, second)]
    made = Sponsor(town, clerk, one, two, await town.somebody(Role.TREASURER))
    return made, {"instrument": _INSTRUMENTS.get(found, "subvention")}


@kind("programme")
async def programme(town, who):
    """A programme of the asker's sponsor."""
    made, more = await sponsor(town, who)
    filiere = "spectacle" if more["instrument"] == "cse" else "alimentation"
    return await made.programme(version={"filieres": [filiere]}, funded=2_000_00, **more)


@kind("food_fund")
async def food_fund(town, who):
    """A food fund of the asker's sponsor."""
    made, _ = await sponsor(town, who)
    return await made.programme(instrument="food_fund", funded=100_00)


@kind("programme_with_line")
async def programme_with_line(town, who):
    """One whose desk may give."""
    made, more = await sponsor(town, who)
    found = await made.programme(funded=2_000_00, **more)
    body = {
        name: {"amount": 100_00, "currency": "EUR"} for name in ("total", "each_at_most", "floor")
    }
    answer = await made.validator.post(f"/v1/aid/programmes/{found}/line", body)
    assert answer.status_code == 201, answer.text
    await _example_card(town, who)
    return {"programme": found}


async def _example_card(town, who):
    """The card of the description's example, in the stock of whoever asks first."""
    card = {"number": EXAMPLE, "opposition": new_opposition(), "token_hash": uuid4().bytes * 2}
    lying = {"status": "stock", "place": who.party, "printed_at": town.now}
    async with town.services.rows() as rows:
        row = insert(CARD).values(id=CARD_ID.next_value(), **card, **lying)
        await rows.execute(row.on_conflict_do_nothing())


@kind("aid_batch")
async def aid_batch(town, who):
    """A submitted batch of the asker's sponsor."""
    made, _ = await sponsor(town, who)
    return await made.batch(await programme(town, who), f"{uuid4()};Anne;5")


@kind("award")
async def award(town, who):
    """An award that was given."""
    made, _ = await sponsor(town, who)
    batch = await aid_batch(town, who)
    assert (await made.approve(batch)).status_code == 200
    await executing.run(town.services, UUID(batch))
    await made.until(batch, "executed")
    return (await made.lots(batch))[0]["id"]


async def executed(town, who):
    """A batch that was given, and somebody else of its sponsor."""
    made, more = await sponsor(town, who)
    filiere = "spectacle" if more["instrument"] == "cse" else "alimentation"
    found = await made.programme(version={"filieres": [filiere]}, funded=100_00, **more)
    done = await made.given(found, f"{uuid4()};Anne;5")
    return done["id"], made


@kind("executed_batch")
async def executed_batch(town, who):
    """A batch whose letters are to be printed."""
    return (await executed(town, who))[0]


@kind("printed_batch")
async def printed_batch(town, who):
    """A batch whose cards another person has sent."""
    batch, made = await executed(town, who)
    body = {"sender": ["CCAS"], "count": 1}
    answer = await made.third.post(f"/v1/aid/batches/{batch}/letters", body)
    if made.third.role is Role.CCAS_VALIDATOR:
        assert answer.status_code == 200, answer.text
    return batch


@kind("beneficiary")
async def beneficiary(town, who):
    """Somebody the asker's sponsor has a file of."""
    made, _ = await sponsor(town, who)
    batch = await aid_batch(town, who)
    async with town.services.connection() as connection:
        assert await batches.one(connection, UUID(batch)) is not None
    return (await made.lots(batch))[0]["beneficiary"]


@kind("mandate")
async def mandate(town, who):
    """The mandate of somebody on a list of the asker's sponsor."""
    made, _ = await sponsor(town, who)
    found = await made.programme(instrument="mandat_civil")
    row = f"{uuid4()};Anne;5;2026-03-09"
    batch = await made.batch(found, row, heads="dossier;nom;montant;mandat")
    whose = (await made.lots(batch))[0]["beneficiary"]
    shown = (await made.clerk.get(f"/v1/aid/beneficiaries/{whose}")).json()
    return {"beneficiary": whose, "mandate": shown["mandates"][0]["id"]}
