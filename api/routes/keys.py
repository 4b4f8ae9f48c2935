"""Keys of tills and programs: an owner makes them, sees their beginnings, revokes them."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from litestar import Response, delete, get, post
from litestar.params import FromPath, JSONBody
from pydantic import ConfigDict, Field

from admin.logins import keys
from admin.logins.keys import Key, Scope
from admin.roles import Act
from api.gate.access import may
from api.gate.given import GivenAsker
from api.services import GivenServices
from api.wire.ids import new_id
from api.wire.problems import Problem
from api.wire.shapes import Shape, Told
from api.wire.texts import Label


class NewKey(Shape):
    """What a key is called, and what it may do."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"label": "Caisse 1", "scopes": ["payments:read", "payments:write"]},
            ]
        }
    )

    label: Label
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=len(Scope))]


class ListedKey(Told):
    """A key in use."""

    id: UUID
    shown: Annotated[str, Field(description="How it begins.")]
    label: str
    scopes: list[Scope]
    made_at: datetime
    used_at: Annotated[datetime | None, Field(description="To the minute; null: never yet.")]


class MadeKey(Told):
    """A new key."""

    id: UUID
    key: Annotated[str, Field(description="Told once.")]
    label: str
    scopes: list[Scope]


class Keys(Told):
    """The keys of a merchant that are in use, newest first."""

    items: list[ListedKey]


@post(
    "/v1/keys",
    operation_id="makeKey",
    tags=["keys"],
    opt=may(Act.MANAGE_KEYS, problems=("list_full", "outcome_unknown")),
)
async def make_key(
    data: JSONBody[NewKey], services: GivenServices, asker: GivenAsker
) -> Response[MadeKey]:
    """Makes a key for a till or a program; it is told here and nowhere again."""
    number, scopes = new_id(), frozenset(data.scopes)
    async with services.rows() as rows:
        secret = await keys.make(
            rows,
            key=number,
            party=asker.acting,
            scopes=scopes,
            label=data.label,
            actor=asker.by,
            at=services.clock.now(),
        )
    told = MadeKey(id=number, key=secret, label=data.label, scopes=sorted(scopes))
    return Response(told, status_code=201, headers={"location": f"/v1/keys/{number}"})


@get("/v1/keys", operation_id="listKeys", tags=["keys"], opt=may(Act.MANAGE_KEYS))
async def list_keys(services: GivenServices, asker: GivenAsker) -> Keys:
    """Lists the keys in use of one's own party, at most 100."""
    async with services.rows() as rows:
        found = await keys.listed(rows, asker.acting)
    return Keys(items=[_told(key) for key in found])


@delete(
    "/v1/keys/{key:uuid}",
    operation_id="revokeKey",
    tags=["keys"],
    opt=may(Act.MANAGE_KEYS, problems=("not_found", "outcome_unknown")),
    status_code=204,
)
async def revoke_key(key: FromPath[UUID], services: GivenServices, asker: GivenAsker) -> None:
    """Ends a key of one's own party, here and in every process."""
    async with services.rows() as rows:
        ended = await keys.revoke(
            rows, party=asker.acting, key=key, actor=asker.by, at=services.clock.now()
        )
    services.recognition.heard(f"key {key}")
    if not ended:
        raise Problem("not_found")


def _told(key: Key) -> ListedKey:
    return ListedKey(
        id=key.id,
        shown=key.shown,
        label=key.label,
        scopes=sorted(key.scopes),
        made_at=key.made_at,
        used_at=key.used_at,
    )


ROUTES: Final = (make_key, list_keys, revoke_key)
