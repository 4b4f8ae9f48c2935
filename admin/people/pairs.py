"""Which two persons give a staff login back to its holder, whom the first of them has seen.

They are of those who give such roles, so that nobody hands themselves a treasurer's login. A CCAS
gives its own people theirs while it has somebody else: one of it sees them, another validator
confirms, or the association where it has none; so no two of the association get into it. A
technician's, of whom there may be one, comes from the association's treasurer and manager.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from admin.parties import ISSUER
from admin.roles import OF_THE_CCAS, Grant, Role

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

_CONFIRMING: Final = frozenset({Role.TREASURER, Role.MANAGER})


class Half(NamedTuple):
    """In which roles, and for which party, a person does one half."""

    roles: frozenset[Role]
    party: int

    def fits(self, by: Grant, at: datetime) -> bool:
        """Whether somebody may do it now."""
        return by.role in self.roles and by.party == self.party and by.held_at(at)


class Pair(NamedTuple):
    """Who sees the holder, and who confirms."""

    first: Half
    second: Half


def pair_for(target: Grant, colleagues: Collection[Grant]) -> Pair:
    """The two halves for a staff role.

    Args:
        target: a role of the login's holder.
        colleagues: the roles other human beings hold in the same CCAS; for other roles unread.
    """
    confirming = Half(_CONFIRMING, ISSUER)
    if target.role is Role.TECHNICIAN:
        return Pair(confirming, confirming)
    if target.role not in OF_THE_CCAS or not colleagues:
        return Pair(Half(frozenset({Role.TECHNICIAN}), ISSUER), confirming)
    several = len({one.human for one in colleagues}) > 1
    validated = several and any(one.role is Role.CCAS_VALIDATOR for one in colleagues)
    second = Half(frozenset({Role.CCAS_VALIDATOR}), target.party) if validated else confirming
    return Pair(Half(OF_THE_CCAS, target.party), second)
