"""What a bank's application scans to prepare a transfer: the European Payments Council's EPC069-12.

Twelve lines of text, version 002: who is paid, on which account, how many euros, which reference.
The QR code has error correction level M and version 13 at most.
"""

from __future__ import annotations

from typing import Final

from stdnum import iban as ibans
from stdnum import iso11649

PAYLOAD_BYTES_MAX: Final = 331
NAME_MAX: Final = 70
CENTS_MAX: Final = 999_999_999_99
QR_LEVEL: Final = "M"
QR_VERSION_MAX: Final = 13


def payload(*, name: str, iban: str, cents: int, reference: str, bic: str = "") -> str:
    """The text of the QR code, at most 331 bytes.

    Args:
        name: of the account's holder, 1 to 70 characters on one line.
        iban: of the account, spaces allowed.
        cents: 1 to 99,999,999,999 euro-cents.
        reference: an RF creditor reference (`references.reference_of`).
        bic: of its bank; may be empty within the European Economic Area.
    """
    assert 0 < len(name) <= NAME_MAX, name
    assert name.isprintable(), name
    assert 0 < cents <= CENTS_MAX, cents
    assert ibans.is_valid(iban), "the settings hold a wrong IBAN"
    assert iso11649.is_valid(reference), reference
    euros, rest = divmod(cents, 100)
    amount = f"EUR{euros}.{rest:02}"
    lines = ("BCD", "002", "1", "SCT", bic, name, ibans.compact(iban), amount, "", reference)
    text = "\n".join(lines)
    assert len(text.encode()) <= PAYLOAD_BYTES_MAX, text
    return text
