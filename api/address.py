"""Whom a count of tries is kept for: where a request comes from, as far as one house has it."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from litestar import Request

_HOUSE_BITS: Final = 64
"""A household has at least so much of IPv6 for itself."""


def address_of(request: Request[Any, Any, Any]) -> str:
    """An IPv4 address, or the first half of an IPv6 one; "" behind a socket that has none."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv4Address):
        return host
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, _HOUSE_BITS), strict=False))
