"""Whoever is answered by the association hears of it: refused candidates, too, and once."""

import asyncio
from uuid import UUID

from sqlalchemy import select

from admin import parties
from admin.tables import MESSAGE
from admin.telling import messages, words
from merchants.tables import MERCHANT


class Pocket:
    """A carrier that keeps what it was given."""

    def __init__(self):
        self.carried = []

    async def carry(self, letter):
        self.carried.append(letter)


async def contact_of(town, merchant):
    async with town.services.rows() as rows:
        query = select(MERCHANT.c.contact).where(MERCHANT.c.id == UUID(merchant))
        return await rows.scalar(query)


async def told(town, person):
    async with town.services.rows() as rows:
        query = select(MESSAGE).where(MESSAGE.c.person == person)
        return (await rows.execute(query)).all()


async def gone(town, email, message):
    """What reached an address, once the message has left or was given up."""
    pocket = Pocket()
    for _ in range(100):
        await messages.deliver(town.services.engine, pocket, town.now)
        async with town.services.rows() as rows:
            row = (await rows.execute(select(MESSAGE).where(MESSAGE.c.id == message))).one()
        if row.sent_at or row.given_up_at:
            return row, [one for one in pocket.carried if one.to == email]
        await asyncio.sleep(0.02)
    raise AssertionError("it neither left nor was given up")


async def test_a_refused_candidate_is_written_to_once_and_learns_nothing_over_a_shoulder(
    committee, town
):
    contact = {"name": "Anne Delattre", "email": "anne.refusee@example.org"}
    made = await committee.candidate(contact=contact)
    person = await contact_of(town, made)
    decision = await committee.propose(made, "refuse")
    assert await told(town, person) == []
    for _ in range(3):
        assert (await committee.confirm(decision)).status_code == 201
    (row,) = await told(town, person)
    assert (row.template, row.channel, row.party) == ("application_decided", "email", None)
    _, letters = await gone(town, contact["email"], row.id)
    (letter,) = letters
    assert letter.subject in words.SUBJECTS.values()
    assert "refus" not in letter.text.casefold()


async def test_a_candidate_who_was_erased_meanwhile_is_written_to_no_more(committee, town):
    contact = {"name": "Anne Delattre", "email": "anne.effacee@example.org"}
    made = await committee.candidate(contact=contact)
    person = await contact_of(town, made)
    decision = await committee.propose(made, "refuse")
    await committee.confirm(decision)
    (row,) = await told(town, person)
    async with town.services.rows() as rows:
        await rows.execute(
            MERCHANT.update().where(MERCHANT.c.contact == person).values(contact=None)
        )
        await parties.erase(rows, person=person, actor=None, at=town.now)
    left, letters = await gone(town, contact["email"], row.id)
    assert (left.person, left.sent_at, letters) == (None, None, [])
