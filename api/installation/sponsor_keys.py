"""The key file of each sponsor: 32 random bytes under the home, readable by its owner only.

In no backup of the database: a copy of the rows alone names nobody. Made when a sponsor's room is
first entered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from admin.aid.vault import SponsorKey
from api.installation.pepper_file import load_secret

if TYPE_CHECKING:
    from api.settings import Settings


class SponsorKeys:
    """Reads each sponsor's key once.

    Args:
        settings: of the installation; its home holds the folder `sponsors`.
    """

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.home / "sponsors"
        self._known: dict[int, SponsorKey] = {}

    def of(self, sponsor: int) -> SponsorKey:
        """The key of a sponsor.

        Raises:
            Failure: its file is too short, or open to others.
        """
        known = self._known.get(sponsor)
        if known is None:
            secret = load_secret(self._folder / f"{sponsor}.key")
            known = self._known[sponsor] = SponsorKey(sponsor, secret)
        return known
