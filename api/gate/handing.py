"""A session's token handed to who asked for it: in the body, or in a cookie no script can read.

A browser that signs in with the cookie never sees a token; a program never gets a cookie. What a
session is renewed with is handed over the way the old one came.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Final
from uuid import UUID

from litestar import Request, Response
from litestar.datastructures import Cookie
from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from admin.logins import sessions
from admin.logins.sessions import KNOWN_DEVICE, Session
from admin.people import granting
from admin.roles import Grant, Role
from api.gate.asker import COOKIE, cookie, token_of
from api.wire.shapes import Told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api.gate.asker import Asker
    from api.services import Services

DEVICE_COOKIE: Final = f"{COOKIE}-device"
_GRANT: Final[JsonDict] = {
    "id": "0190b2f0-5a5e-7cc3-98c4-dc0c0c07398f",
    "role": "SOL",
    "party": 104,
    "until": None,
    "deputy_for": None,
}
_SESSION: Final[JsonDict] = {
    "id": "0190b2f0-5a5e-7cc3-98c4-dc0c0c07398e",
    "token": "VBz2mG0d8vYx1qO3uT5wR7sK9pL2nJ4hF6gD8aS0cXk",
    "device": None,
    "scope": "full",
    "role": "SOL",
    "party": 104,
    "factors": ["password"],
    "expires_at": "2027-08-28T09:00:00Z",
    "roles": [_GRANT],
}


class HeldRole(Told):
    """A role that may be chosen."""

    id: Annotated[UUID, Field(description="What it is chosen by.")]
    role: Role
    party: Annotated[int, Field(description="For whom one acts in it.")]
    until: Annotated[datetime | None, Field(description="null: until somebody ends it.")]
    deputy_for: Annotated[UUID | None, Field(description="The role one stands in for.")]


class NewSession(Told):
    """A session that has just begun, or begun anew: its old token is dead."""

    model_config = ConfigDict(json_schema_extra={"examples": [_SESSION]})

    id: UUID
    token: Annotated[str | None, Field(description="Told once; null: it is in the cookie.")]
    device: Annotated[
        str | None,
        Field(description="Keep it, and send it at the next sign-in here; null: nothing is new."),
    ]
    scope: Annotated[str, Field(pattern="^(full|look)$")]
    role: Annotated[Role | None, Field(description="null: choose one of `roles`.")]
    party: int | None
    factors: list[str]
    expires_at: datetime
    roles: list[HeldRole]


def held_role(grant: Grant) -> HeldRole:
    """A grant as its user sees it."""
    return HeldRole(
        id=grant.id,
        role=grant.role,
        party=grant.party,
        until=grant.until,
        deputy_for=grant.deputy_for,
    )


async def handed(
    services: "Services", token: str, *, in_cookie: bool, device: str | None = None
) -> Response[NewSession]:
    """The answer that hands a new token over, and what was found of its session."""
    now = services.clock.now()
    async with services.rows() as rows:
        session = await sessions.touch(rows, token, now)
        grants = await granting.held(rows, session.user, now)
    told = _told(session, grants, None if in_cookie else (token, device))
    answer = Response(told, status_code=201, headers={"location": f"/v1/sessions/{session.id}"})
    if in_cookie:
        seconds = int((session.expires_at - now).total_seconds())
        answer.headers["set-cookie"] = cookie(token, seconds=seconds)
        if device is not None:
            answer.set_cookie(_device_cookie(device))
    return answer


async def renewed(
    services: "Services", request: Request[Any, Any, Any], asker: "Asker", **change: Any
) -> Response[NewSession]:
    """A new token for a session with more proved or another role; the old one dies everywhere.

    Raises:
        SessionEnded, SecondFactorNeeded: as `sessions.rotate` says.
    """
    headers = dict(request.scope["headers"])
    token = token_of(request.method, headers)
    assert token is not None, "who was let in has a token"
    async with services.rows() as rows:
        new = await sessions.rotate(rows, token, services.clock.now(), **change)
    services.recognition.heard(f"session {asker.session}")
    return await handed(services, new, in_cookie=not by_bearer(headers))


def by_bearer(headers: dict[bytes, bytes]) -> bool:
    """Whether a session's token came in a header, as a program sends it."""
    return headers.get(b"authorization", b"").lower().startswith(b"bearer ")


def known_device(request: Request[Any, Any, Any], told: str | None) -> str | None:
    """The token of the device somebody signs in on: of the body, or a browser's cookie."""
    return told or request.cookies.get(DEVICE_COOKIE)


def gone_cookie() -> str:
    """The Set-Cookie that makes a browser forget its session."""
    return cookie("", seconds=0)


def _told(
    session: Session, grants: "Sequence[Grant]", secrets: tuple[str, str | None] | None
) -> NewSession:
    token, device = secrets or (None, None)
    return NewSession(
        id=session.id,
        token=token,
        device=device,
        scope=session.scope,
        role=session.role,
        party=session.party,
        factors=sorted(session.factors),
        expires_at=session.good_until,
        roles=[held_role(grant) for grant in grants],
    )


def _device_cookie(device: str) -> Cookie:
    return Cookie(
        key=DEVICE_COOKIE,
        value=device,
        max_age=int(KNOWN_DEVICE.total_seconds()),
        path="/",
        secure=True,
        httponly=True,
        samesite="strict",
    )
