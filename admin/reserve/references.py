"""The reference somebody writes on a transfer: ISO 11649, one for each order and never again.

`BSL000000042` is the order's number, and its check digits make it `RF69BSL000000042`: a wrong digit
names no other order, and the line of the bank statement finds its order without a person. A member
of a food fund has one too, `CAI` and a number, for every month's contribution.
"""

from __future__ import annotations

import re
from typing import Final

from stdnum import iso11649
from stdnum.iso7064 import mod_97_10

ORDERS_MAX: Final = 10**9
_ORDER, _MEMBER = "BSL", "CAI"


def reference_of(order: int) -> str:
    """The reference of an order number below 10^9: 42 is "RF69BSL000000042"."""
    return _reference(_ORDER, order)


def member_reference(member: int) -> str:
    """The reference of a food fund's member, by a number below 10^9."""
    return _reference(_MEMBER, member)


def _reference(what: str, number: int) -> str:
    assert 0 < number < ORDERS_MAX, number
    body = f"{what}{number:09}"
    return f"RF{mod_97_10.calc_check_digits(f'{body}RF')}{body}"


def printed(reference: str) -> str:
    """In groups of four, as it is read out."""
    return str(iso11649.format(reference))


def order_of(text: str) -> int | None:
    """The order that a bank's text names, spaces and case ignored; None when it names none of ours.

    The text may hold more than the reference, as free remittance text does.
    """
    return _named(_ORDER, text)


def member_of(text: str) -> int | None:
    """The member of a food fund that a bank's text names, as `order_of`."""
    return _named(_MEMBER, text)


def _named(what: str, text: str) -> int | None:
    compact = re.sub(r"[^0-9A-Z]", "", text.upper())
    for match in re.finditer(f"RF[0-9]{{2}}{what}([0-9]{{9}})", compact):
        if iso11649.is_valid(match[0]) and int(match[1]):
            return int(match[1])
    return None
