"""Messages leave beside the requests: once, in small rounds, and nobody reads over a shoulder."""

import asyncio
import re
from datetime import date
from email import message_from_bytes
from email.policy import default
from uuid import uuid4

import pytest
from pypdfium2 import PdfDocument  # type: ignore[import-untyped]  # why: it ships no types

from admin import parties
from admin.logins import devices
from admin.parties import Person
from admin.roles import PartyClass, Role
from admin.telling import messages
from admin.telling.words import SUBJECTS, WORDS, Template, text_of
from api.process import post_office
from api.process.post_office import PostOffice
from tests.database.world import tell
from tests.patience import until

TELLING = re.compile(
    r"\b(aide|aid|ccas|social|secours|bon|voucher|solde|balance|euros?|bou.?sols?|bsl|€)\b|\d+[.,]\d",
    re.IGNORECASE,
)
"""What no message says; the association's own name on a letterhead is none of it."""


async def told(town, *, count=1, channel="email", template=Template.CARD_BLOCKED, **facts):
    """A resident called Zéphyrine, and messages for them."""
    known = {"email": f"{uuid4().hex}@example.org"} if channel == "email" else {}
    who = Person(uuid4(), "Zéphyrine", date(1980, 2, 29), **(known | facts))
    async with town.services.rows() as rows:
        await parties.add_person(rows, who)
        party = await parties.add_party(rows, PartyClass.SOLISTE, town.now, person=who.id)
        for _ in range(count):
            await messages.queue(rows, party=party, template=template, at=town.now)
    return who, party


async def sent(town, party):
    async with town.services.connection() as connection:
        query = "select id, sent_at, tries from admin.message where party = $1 order by id"
        return await connection.fetch(query, party)


async def test_a_running_service_sends_what_is_due_as_one_file_each(town):
    who, party = await told(town, count=7)

    async def all_gone():
        return all(row["sent_at"] for row in await sent(town, party))

    tell(f"7 e-mails had left after {await until(all_gone):.1f} s")
    folder = town.services.settings.home / "mail"
    for row in await sent(town, party):
        mail = message_from_bytes((folder / f"{row['id']}.eml").read_bytes(), policy=default)
        assert (mail["To"], mail["Subject"], row["tries"]) == (who.email, "Votre compte", 1)


@pytest.mark.parametrize("template", Template)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_message_says_a_sum_a_name_or_a_word_of_aid(template, language):
    text = SUBJECTS[language] + text_of(template, language)
    assert TELLING.findall(text) == []
    assert "Zéphyrine" not in text


class Slow:
    """A carrier that takes its time, and may be told to fail."""

    def __init__(self, seconds=0.0, error=None):
        self.seconds, self.error, self.carried = seconds, error, []

    async def carry(self, letter):
        await asyncio.sleep(self.seconds)
        if self.error:
            raise self.error
        self.carried.append(letter.id)


@pytest.fixture
async def alone(town):
    """The service's own post office sleeps meanwhile: another one is looked at."""
    _, party = await told(town, count=1)

    async def gone():
        return all(row["sent_at"] for row in await sent(town, party))

    await until(gone)


async def test_a_stop_lets_the_round_end_and_nothing_is_sent_twice(town, fresh_database, alone):
    carrier = Slow(0.1)
    office = PostOffice(town.services.engine, carrier, town.services.clock)
    _, party = await told(town, count=4)
    await office.start()
    await asyncio.sleep(0.15)
    await office.stop()
    rows = await sent(town, party)
    assert {row["id"] for row in rows if row["sent_at"]} >= set(carrier.carried)
    assert all(row["tries"] <= 1 for row in rows)


async def test_a_message_that_breaks_its_carrier_stops_no_other(town, alone, monkeypatch):
    monkeypatch.setattr(post_office, "PAUSE_SECONDS", 0.05)
    carrier = Slow(error=ZeroDivisionError())
    office = PostOffice(town.services.engine, carrier, town.services.clock)
    await told(town)
    await office.start()
    await asyncio.sleep(0.3)
    carrier.error = None
    _, party = await told(town)

    async def gone():
        return all(row["sent_at"] for row in await sent(town, party))

    await until(gone)
    await office.stop()


async def test_the_post_office_outlives_its_database(town, fresh_database, monkeypatch):
    monkeypatch.setattr(post_office, "AWAY_SECONDS", 0.05)
    owner = await fresh_database.connect()
    for _ in range(5):
        query = "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1"
        await owner.fetch(query + " and pid <> pg_backend_pid()", fresh_database.name)
        await asyncio.sleep(0.1)
    await owner.close()

    made = []

    async def queued():
        try:
            made.append(await told(town))
        except Exception:  # noqa: BLE001  why: the pool finds out which connections are gone
            return False
        return True

    await until(queued)

    async def gone():
        return all(row["sent_at"] for row in await sent(town, made[0][1]))

    tell(f"an e-mail left {await until(gone, 30):.1f} s after the database came back")


async def test_letters_are_printed_in_one_batch_and_marked_once(town):
    manager = await town.somebody(Role.MANAGER)
    address = "12 rue des Cordiers\n62200 Boulogne-sur-Mer"
    _, party = await told(town, channel="letter", postal_address=address)
    _, without = await told(town, channel="letter")
    listed = (await manager.get("/v1/letters")).json()["items"]
    (mine,) = [str(row["id"]) for row in await sent(town, party)]
    assert [one["id"] for one in listed] == [mine]
    page = await manager.get("/v1/letters/batch")
    assert page.headers["content-type"] == "application/pdf"
    document = PdfDocument(page.content)
    assert len(document) == len(listed)
    words = document[0].get_textpage().get_text_range()
    assert words.count("Zéphyrine") == 1
    assert "12 rue des Cordiers" in words
    brand, _, said = words.partition("\n")
    assert brand.strip() == "Bou Sol"
    assert TELLING.findall(said) == [], said
    for _ in range(2):
        answer = await manager.post(f"/v1/letters/{mine}/posted")
        assert answer.status_code == 204
    (row,) = await sent(town, party)
    assert row["sent_at"] is not None
    assert (await manager.get("/v1/letters")).json()["items"] == []
    assert (await manager.get("/v1/letters/batch")).status_code == 404
    assert (await manager.post(f"/v1/letters/{uuid4()}/posted")).status_code == 404
    (waiting,) = await sent(town, without)
    assert waiting["sent_at"] is None


async def test_who_can_be_written_to_nowhere_is_told_at_a_counter(town, desk):
    account = await desk.open(name="Zéphyrine")
    other = await desk.open()
    path = f"/v1/accounts/{account.party}"
    await desk.clerk.post("/v1/card-blocks", {"number": account.card["number"]})
    before = (await desk.manager.get("/v1/letters")).json()["without_address"]
    waiting = (await desk.clerk.get(path)).json()["waiting"]
    said = (Template.ACCOUNT_OPENED, Template.CARD_BLOCKED)
    assert [one["text"] for one in waiting] == [WORDS[one]["fr"] for one in said]
    number = {"number": account.card["number"]}
    assert (await desk.clerk.post("/v1/card-lookups", number)).json()["waiting"] == waiting
    first = waiting[0]["id"]
    elsewhere = f"/v1/accounts/{other.party}/messages/{first}/told"
    assert (await desk.clerk.post(elsewhere)).status_code == 404
    for _ in range(2):
        assert (await desk.clerk.post(f"{path}/messages/{first}/told")).status_code == 204
    assert (await desk.clerk.get(path)).json()["waiting"] == waiting[1:]
    assert (await desk.manager.get("/v1/letters")).json()["without_address"] == before - 1
    async with town.services.rows() as rows:
        query = f"select actor from admin.event where act = 'message_told' and object = '{first}'"
        assert (await rows.exec_driver_sql(query)).scalars().all() == [desk.clerk.user]


@pytest.mark.parametrize("role", [Role.MERCHANT, Role.MANAGER])
async def test_a_login_without_an_account_hears_of_a_new_device(town, role):
    who = await town.somebody(role)
    async with town.services.rows() as rows:
        await devices.arrive(rows, user=who.user, device=None, label="tests", at=town.now)
        query = f"select template, channel from admin.message where person = '{who.person}'"
        told = (await rows.exec_driver_sql(query)).all()
    assert [tuple(row) for row in told] == [("signed_in_elsewhere", "email")]
