"""Server-sent events of a till and of a payment request: told once they are known to survive.

Whoever comes back with the id of the last event has missed nothing: what happened meanwhile is
read from the journal first, then what follows is told as it comes. A stream ends once whoever
follows it may not any more: their session, role or key was taken back, or ran out.
"""

from __future__ import annotations

import json
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from api.paying import requesting
from api.paying.following import POLL_SECONDS, Ended
from api.paying.looking import remark_of
from api.paying.told import BACK, PAID, bousols, euros, paid_cents
from api.wire import cursors
from ledger import store
from merchants import requests
from merchants.short_code import short_code

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from uuid import UUID

    from api.gate.asker import Watcher
    from api.paying.following import Follower
    from api.services import Services
    from ledger.store import Entry
    from merchants.places import Place
    from merchants.requests import Request

HEARTBEAT_SECONDS: Final = 10.0
_HEARTBEAT: Final = ": \n\n"
_PAGE: Final = 200


def till_events(
    services: Services, watcher: Watcher, place: Place, since: str | None
) -> AsyncIterator[str]:
    """What is taken and given back at a till: after `since`, or from now on."""
    services.paying.following.check_room()
    name = f"till {place.till}"
    seen = None if since is None else cursors.place(services.pepper, since, name, 0)
    return _till_events(services, watcher, place, name, seen)


async def cursor(services: Services, place: Place) -> str:
    """The id of the last event before now: what a page that is being made follows on from."""
    async with services.connection() as connection:
        seq = (await store.head(connection)).seq
    await services.durable(seq)
    return cursors.pack(services.pepper, f"till {place.till}", seq)


async def _till_events(
    services: Services, watcher: Watcher, place: Place, name: str, seen: int | None
) -> AsyncIterator[str]:
    async with services.paying.following.follow(place.account) as (follower, head):
        last = head if seen is None else seen
        yield _event("open", {}, cursors.pack(services.pepper, name, last))
        async for entry in _in_order(services, place, follower, last, missed=seen is not None):
            if not await services.recognition.watches(watcher):
                return
            if entry is None:
                yield _HEARTBEAT
            elif (told := await _line(services, place, entry)) is not None:
                yield _event(*told, cursors.pack(services.pepper, name, entry.seq))


async def _in_order(
    services: Services, place: Place, follower: Follower, last: int, *, missed: bool
) -> AsyncIterator[Entry | None]:
    """Each entry after `last` once: what was missed, then what comes; None when nothing does."""
    while missed and (page := await _missed(services, place, last)):
        for entry in page:
            yield entry
        last = page[-1].seq
    with suppress(Ended):
        while True:
            coming = await follower.next(HEARTBEAT_SECONDS)
            if coming is None or coming.seq > last:
                yield coming


def request_events(
    services: Services, watcher: Watcher, request: Request, place: Place
) -> AsyncIterator[str]:
    """How a request stands, now and at each change; the stream ends with it."""
    services.paying.following.check_room()
    return _request_events(services, watcher, request, place)


async def _request_events(
    services: Services, watcher: Watcher, request: Request, place: Place
) -> AsyncIterator[str]:
    async with services.paying.following.follow(place.account) as (follower, _):
        told, beaten = "", time.monotonic()
        try:
            while await services.recognition.watches(watcher):
                standing = await requesting.stands(services, request, place)
                if standing.status != told:
                    told, beaten = standing.status, time.monotonic()
                    facts = await _request_facts(services, standing.entry, place, request.id)
                    yield _event(told, facts, told)
                if told != "open":
                    return
                if time.monotonic() - beaten >= HEARTBEAT_SECONDS:
                    beaten = time.monotonic()
                    yield _HEARTBEAT
                await follower.next(POLL_SECONDS)
                request = await _again(services, request)
        except Ended:
            return


async def _again(services: Services, request: Request) -> Request:
    """The request as it stands; somebody may have cancelled it elsewhere."""
    async with services.rows() as rows:
        found = await requests.find(rows, request.id)
    return found or request


async def _missed(services: Services, place: Place, seq: int) -> list[Entry]:
    async with services.connection() as connection:
        page = await store.moved_after(connection, place.account, seq, _PAGE)
    if page:
        await services.durable(page[-1].seq)
    return page


async def _line(
    services: Services, place: Place, entry: Entry
) -> tuple[str, dict[str, Any]] | None:
    """An entry as its till is told of it; None when it was taken elsewhere."""
    if entry.kind not in PAID | BACK or entry.document is None:
        return None
    taken_at = await services.paying.places.of(entry.document)
    if taken_at is None or taken_at.till != place.till:
        return None
    facts = await _facts(services, entry, taken_at)
    if entry.kind not in BACK or entry.origin is None:
        return "payment", facts
    async with services.connection() as connection:
        origins = await store.ids(connection, [entry.origin])
    return "refund", facts | {"payment": str(origins[entry.origin])}


async def _facts(services: Services, entry: Entry, place: Place) -> dict[str, Any]:
    remark = await remark_of(services, entry)
    cash = euros(None if remark is None else remark.cash_cents)
    return {
        "entry": str(entry.id),
        "short_code": short_code(entry.id),
        "amount": bousols(
            paid_cents(entry, place.account), services.settings.currency_code
        ).model_dump(),
        "cash": None if cash is None else cash.model_dump(),
        "payer_name": None if remark is None else remark.payer_name,
        "request": None if entry.once is None else str(entry.once),
        "shift": None if place.shift is None else str(place.shift),
        "posted_at": entry.posted_at.isoformat().replace("+00:00", "Z"),
    }


async def _request_facts(
    services: Services, entry: Entry | None, place: Place, request: UUID
) -> dict[str, Any]:
    if entry is None:
        return {"request": str(request)}
    return await _facts(services, entry, place)


def _event(name: str, facts: dict[str, Any], number: str) -> str:
    return f"id: {number}\nevent: {name}\ndata: {json.dumps(facts, ensure_ascii=False)}\n\n"
