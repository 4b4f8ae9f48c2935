"""A security key inside Chromium: it makes passkeys and answers with them, without a finger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.async_api import Page

_DEVICE: Any = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


async def key_in(page: Page) -> Any:
    """Puts a key into a page's browser; what speaks with it, and its id."""
    session = await page.context.new_cdp_session(page)
    await session.send("WebAuthn.enable")
    made = await session.send("WebAuthn.addVirtualAuthenticator", {"options": _DEVICE})
    return session, made["authenticatorId"]


async def refuse(session: Any, key: str, *, recognised: bool = False) -> None:
    """The person is not recognised: a wrong finger; or is again."""
    told = {"authenticatorId": key, "isUserVerified": recognised}
    await session.send("WebAuthn.setUserVerified", told)
