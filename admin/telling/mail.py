"""How e-mail leaves: into a folder in the demo, by SMTP in production."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

import aiosmtplib

if TYPE_CHECKING:
    from pathlib import Path

    from admin.telling.messages import Letter

SMTP_SECONDS_MAX: Final = 30


def as_mail(letter: Letter, sender: str) -> EmailMessage:
    """A letter as an e-mail; its Message-ID is the same at every try."""
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = letter.to
    mail["Subject"] = letter.subject
    mail["Message-ID"] = f"<{letter.id}@{sender.rpartition('@')[2].rstrip('>')}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(letter.text)
    return mail


@dataclass(frozen=True, slots=True)
class MailFolder:
    """A folder of .eml files, one a message, however often it is carried."""

    folder: Path
    sender: str

    async def carry(self, letter: Letter) -> None:
        """Write the message whole or not at all."""
        await asyncio.to_thread(self._write, letter)

    def _write(self, letter: Letter) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        unfinished = self.folder / f"{letter.id}.part"
        unfinished.write_bytes(bytes(as_mail(letter, self.sender)))
        unfinished.replace(self.folder / f"{letter.id}.eml")


@dataclass(frozen=True, slots=True)
class Smtp:
    """A server that takes e-mail: smtp://user:password@host:587, or smtps:// on 465.

    `smtp` uses STARTTLS where the server offers it, and wants it before any password.
    """

    url: str = field(repr=False)
    sender: str

    async def carry(self, letter: Letter) -> None:
        """Hand the message to the server.

        Raises:
            OSError: the server is silent or refuses.
        """
        parts = urlsplit(self.url)
        secure = parts.scheme == "smtps"
        try:
            await aiosmtplib.send(
                as_mail(letter, self.sender),
                hostname=parts.hostname,
                port=parts.port,
                username=unquote(parts.username) if parts.username else None,
                password=unquote(parts.password) if parts.password else None,
                use_tls=secure,
                start_tls=True if parts.password and not secure else None,
                timeout=SMTP_SECONDS_MAX,
            )
        except aiosmtplib.SMTPException as error:
            raise OSError(str(error)) from error
