"""What a process remembers so that a payment asks the database for its purse and nothing else."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from api.paying.following import Following
from api.paying.means import Means
from api.process.listening import Together
from ledger.aside import CHANNEL as LEDGER
from ledger.purses import Purses
from merchants.codes import Realm
from merchants.places import CHANNEL as SHOPS
from merchants.places import Places
from merchants.signing_keys import Keyring

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from admin.pepper import Pepper
    from api.process.listening import Hears
    from api.settings import Settings
    from ledger.lane import Connect
    from ledger.paying import Connected
    from ledger.poster import Poster
    from merchants.places import Rows


@dataclass(frozen=True, slots=True)
class Paying:
    """What handlers of payments work with.

    Attributes:
        realm: whose codes are taken.
        places: whom one pays.
        keyring: what requests and receipts are signed with.
        purses: what one pays with, read for many at once.
        means: the ledger's cards of phones and of printed cards.
        following: who follows a till or a request.
    """

    realm: Realm
    places: Places
    keyring: Keyring = field(repr=False)
    purses: Purses
    means: Means
    following: Following

    def hearers(self) -> dict[str, Hears]:
        """Who hears which channel."""
        return {SHOPS: Together(self.places, self.keyring), LEDGER: self.following}


@asynccontextmanager
async def paying(
    settings: Settings,
    pepper: Pepper,
    *,
    rows: Rows,
    connect: Connect,
    connected: Connected,
    poster: Poster,
) -> AsyncIterator[Paying]:
    """The state of one process, until its streams have ended."""
    async with Purses(connect) as purses, Following(connected, poster) as following:
        yield Paying(
            realm=Realm(urlsplit(settings.public_url).netloc, settings.currency_code),
            places=Places(rows),
            keyring=Keyring(rows, pepper.key("signing")),
            purses=purses,
            means=Means(rows, connected),
            following=following,
        )
