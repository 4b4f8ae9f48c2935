"""Where e-mail leaves: the server of the settings, or files in the home's folder `mail`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from admin.telling.mail import MailFolder, Smtp

if TYPE_CHECKING:
    from admin.telling.messages import Carrier
    from api.settings import Settings


def mail_carrier(settings: Settings) -> Carrier:
    """What carries the e-mails of an installation."""
    if settings.smtp_url is None:
        return MailFolder(settings.home / "mail", settings.mail_from)
    return Smtp(settings.smtp_url, settings.mail_from)
