"""From where a request comes, as far as tries are counted by it.

It is the peer's address; behind a proxy that the settings trust, the one it tells (uvicorn's own
reading of X-Forwarded-For). A household has a /64 of IPv6, so that is what is counted there.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from litestar import Request

_HOUSEHOLD_BITS: Final = 64


def address_of(request: Request[Any, Any, Any]) -> str:
    """The address a try is counted by; text that is no address counts as one."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "none"
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, _HOUSEHOLD_BITS), strict=False))
