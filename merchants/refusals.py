"""Every refusal of what merchants do: one class and one published code each.

They have the shape of the ledger's: fields, no sentences, no HTTP.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from ledger.refusals import Refusal

if TYPE_CHECKING:
    from datetime import datetime


class MerchantRefusal(Refusal):
    """Base of what the merchants' rules refuse."""


# Codes that are scanned ---------------------------------------------------------------------


class CodeUnreadable(MerchantRefusal):
    """This code is not one of ours, or it was altered: ask the merchant for a new one."""

    code: ClassVar[str] = "code_unreadable"


@dataclass(eq=False)
class RequestExpired(MerchantRefusal):
    """The payment request ran out at `expired_at`: ask the till for a new one."""

    code: ClassVar[str] = "request_expired"
    expired_at: datetime


# Names that are shown -----------------------------------------------------------------------


@dataclass(eq=False)
class NameUnusable(MerchantRefusal):
    """A name has 2 to 80 letters, digits and ordinary signs: `reason` says what to change."""

    code: ClassVar[str] = "name_unusable"
    reason: str
