"""Messages leave once, are tried again, and say nothing to who reads over a shoulder."""

import asyncio
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from uuid import uuid4

import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from admin import parties
from admin.roles import PartyClass
from admin.telling import messages
from admin.telling.mail import MailFolder, Smtp
from admin.telling.messages import Letter
from admin.telling.words import Template
from api.installation.databases import sqlalchemy_url
from tests.database.people.town import NOW, known_person

SENDER = "bousol@example.org"
LATER = timedelta(days=1)


@pytest.fixture
async def engine(urls):
    made = create_async_engine(sqlalchemy_url(urls.application))
    yield made
    await made.dispose()


async def told(engine, count=1, **facts):
    """A party with an e-mail address, and messages for it."""
    who = known_person(**facts)
    async with engine.begin() as connection:
        await parties.add_person(connection, who)
        party = await parties.add_party(connection, PartyClass.SOLISTE, NOW, person=who.id)
        for _ in range(count):
            await messages.queue(
                connection, party=party, template=Template.CARD_BLOCKED, at=NOW, facts={"card": 7}
            )
    return who


async def rows(engine):
    async with engine.connect() as connection:
        query = "select tries, due_at, sent_at, given_up_at from admin.message order by queued_at"
        return (await connection.exec_driver_sql(query)).all()


class Broken:
    """A carrier that is silent until it is mended."""

    def __init__(self):
        self.carried = []
        self.works = False

    async def carry(self, letter):
        if not self.works:
            raise ConnectionRefusedError
        self.carried.append(letter)


async def test_a_message_leaves_once_however_many_carry(engine, tmp_path):
    who = await told(engine, 30)
    folder = MailFolder(tmp_path / "mail", SENDER)
    left = await asyncio.gather(*(messages.deliver(engine, folder, NOW) for _ in range(5)))
    assert sum(left) == 30
    files = list((tmp_path / "mail").iterdir())
    assert len(files) == 30
    mail = message_from_bytes(files[0].read_bytes(), policy=default)
    assert (mail["To"], mail["Subject"]) == (who.email, "Votre compte")
    assert "carte" in mail.get_content()
    assert who.name not in mail.get_content()
    assert await messages.deliver(engine, folder, NOW + LATER) == 0


async def test_a_message_that_could_not_leave_waits_longer_each_time_and_is_given_up(engine):
    await told(engine)
    broken, at = Broken(), NOW
    waits = []
    for _ in range(messages.TRIES_MAX):
        assert await messages.deliver(engine, broken, at) == 0
        ((_, due_at, _, _),) = await rows(engine)
        waits.append(due_at - at)
        at = due_at
    ((tries, _, _, given_up),) = await rows(engine)
    assert waits[:4] == [timedelta(minutes=m) for m in (1, 4, 16, 64)]
    assert waits[-2] == messages.LONGEST_WAIT
    assert (tries, given_up is not None) == (messages.TRIES_MAX, True)
    broken.works = True
    assert await messages.deliver(engine, broken, at + LATER) == 0


async def test_a_message_that_could_not_leave_leaves_later_under_its_own_id(engine):
    await told(engine, language="en")
    broken = Broken()
    await messages.deliver(engine, broken, NOW)
    broken.works = True
    assert await messages.deliver(engine, broken, NOW) == 0
    assert await messages.deliver(engine, broken, NOW + LATER) == 1
    (letter,) = broken.carried
    assert letter.subject == "Your account"


async def test_what_a_dead_worker_had_claimed_is_claimed_again_after_its_lease(engine):
    await told(engine)
    async with engine.begin() as connection:
        assert len(await messages.claim(connection, channel="email", at=NOW)) == 1
    carrier = Broken()
    carrier.works = True
    assert await messages.deliver(engine, carrier, NOW + messages.LEASE / 2) == 0
    assert await messages.deliver(engine, carrier, NOW + messages.LEASE) == 1


async def test_an_erased_person_is_written_to_no_more(engine):
    who = await told(engine)
    async with engine.begin() as connection:
        await parties.erase(connection, person=who.id, actor=None, at=NOW)
    carrier = Broken()
    carrier.works = True
    assert await messages.deliver(engine, carrier, NOW) == 0
    ((_, _, sent, given_up),) = await rows(engine)
    assert (sent, given_up) == (None, NOW)


async def test_who_has_no_address_gets_a_letter(engine):
    await told(engine, email=None)
    async with engine.begin() as connection:
        assert await messages.claim(connection, channel="email", at=NOW) == []
        assert len(await messages.claim(connection, channel="letter", at=NOW)) == 1


class Server:
    """An SMTP server of a few lines; `refuses` is the command it says no to."""

    def __init__(self, refuses=b"-"):
        self.refuses = refuses
        self.received = b""

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self, self._server.sockets[0].getsockname()[1]

    async def __aexit__(self, *_):
        self._server.close()
        await self._server.wait_closed()

    async def _serve(self, reader, writer):
        writer.write(b"220 ready\r\n")
        while line := await reader.readline():
            word = line.split()[0].upper()
            answer = b"550 no" if word == self.refuses else b"250 fine"
            if word == b"DATA" and word != self.refuses:
                writer.write(b"354 go on\r\n")
                self.received = await reader.readuntil(b"\r\n.\r\n")
            elif word == b"QUIT":
                answer = b"221 bye"
            writer.write(answer + b"\r\n")
        writer.close()


LETTER = Letter(uuid4(), "camille@example.org", "Votre compte", "Un code a été choisi.\n")


async def test_an_e_mail_is_handed_to_a_server():
    async with Server() as (server, port):
        await Smtp(f"smtp://127.0.0.1:{port}", SENDER).carry(LETTER)
    mail = message_from_bytes(server.received.removesuffix(b".\r\n"), policy=default)
    assert mail["Message-ID"] == f"<{LETTER.id}@example.org>"
    assert mail.get_content().strip() == LETTER.text.strip()


@pytest.mark.parametrize("command", [b"RCPT", b"DATA"])
async def test_a_server_that_refuses_is_an_error_of_the_carrier(command):
    async with Server(command) as (_, port):
        with pytest.raises(OSError, match="no"):
            await Smtp(f"smtp://127.0.0.1:{port}", SENDER).carry(LETTER)


async def test_a_password_goes_to_no_server_that_does_not_encrypt():
    async with Server() as (server, port):
        with pytest.raises(OSError, match="STARTTLS"):
            await Smtp(f"smtp://us%40er:secret@127.0.0.1:{port}", SENDER).carry(LETTER)
    assert server.received == b""
