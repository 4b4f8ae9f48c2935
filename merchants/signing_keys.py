"""The keys of requests and receipts as rows: made when first needed, rotated, never removed.

Remembered opened while changes are heard, as places are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from merchants.places import changed
from merchants.refusals import SigningKeysUsedUp
from merchants.signing import KEY_IDS, Key, SigningKey, current, new_key, open_key
from merchants.tables import SIGNING_KEY

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from merchants.places import Rows


class Keyring:
    """The keys of this installation.

    Args:
        rows: a transaction for rows that do not post.
        seal: what the private halves are sealed under, 32 bytes.
    """

    def __init__(self, rows: Rows, seal: bytes) -> None:
        self._rows = rows
        self._seal = seal
        self._known: tuple[Key, ...] = ()
        self._opened: dict[int, SigningKey] = {}
        self._changes = 0
        self._listening = False

    async def keys(self) -> tuple[Key, ...]:
        """Every key there has been."""
        if self._known:
            return self._known
        changes = self._changes
        async with self._rows() as connection:
            found = await _read(connection)
        if self._listening and changes == self._changes:
            self._known = found
        return found

    async def signing(self, at: datetime) -> SigningKey:
        """The key that signs now; the first one is made here."""
        key = current(await self.keys(), at=at)
        if key is None:
            await self._make(at)
            key = current(await self.keys(), at=at)
        assert key is not None, "a key was made"
        if key.id not in self._opened:
            self._opened[key.id] = open_key(key, self._seal)
        return self._opened[key.id]

    async def rotate(self, at: datetime) -> Key:
        """A new key signs from now on; those before it only verify.

        Raises:
            SigningKeysUsedUp: 256 were made.
        """
        return await self._make(at, retiring=True)

    def heard(self, payload: str) -> None:  # noqa: ARG002  why: whatever changed, all is read anew
        """Somebody made or retired a key."""
        self._forget()

    def found(self) -> None:
        """From now on every change is heard."""
        self._forget()
        self._listening = True

    def lost(self) -> None:
        """Nothing is heard any more: whatever is remembered may be out of date."""
        self._listening = False
        self._forget()

    def _forget(self) -> None:
        self._changes += 1
        self._known = ()

    async def _make(self, at: datetime, *, retiring: bool = False) -> Key:
        """A new key; of two processes that make one at once, the second gets the next id."""
        while True:
            async with self._rows() as connection:
                last = await connection.scalar(select(func.max(SIGNING_KEY.c.id)))
                number = 0 if last is None else int(last) + 1
                if number not in KEY_IDS:
                    raise SigningKeysUsedUp
                key = new_key(self._seal, key_id=number, at=at)
                if await _insert(connection, key):
                    if retiring:
                        await _retire(connection, key)
                    await changed(connection)
                    break
        self._forget()
        return key


async def _read(connection: AsyncConnection) -> tuple[Key, ...]:
    rows = await connection.execute(select(SIGNING_KEY).order_by(SIGNING_KEY.c.id))
    return tuple(Key(r.id, r.public_key, r.sealed, r.made_at, r.retired_at) for r in rows)


async def _insert(connection: AsyncConnection, key: Key) -> bool:
    row = {"id": key.id, "public_key": key.public, "sealed": key.sealed, "made_at": key.made_at}
    made = insert(SIGNING_KEY).values(row).on_conflict_do_nothing(index_elements=["id"])
    return (await connection.execute(made)).rowcount == 1


async def _retire(connection: AsyncConnection, by: Key) -> None:
    before = (SIGNING_KEY.c.id < by.id) & SIGNING_KEY.c.retired_at.is_(None)
    await connection.execute(update(SIGNING_KEY).where(before).values(retired_at=by.made_at))
