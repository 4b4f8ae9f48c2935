"""What a route allows to whom: each one says so, and one guard holds them all to it.

A route names an act of admin.roles, or that it is for everybody, or for whoever is signed in. One
that names nothing answers nobody: the application does not start (`api.app`), and the access
matrix of the tests fails.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from admin.roles import MAY
from api.wire.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from admin.logins.keys import Scope
    from admin.roles import Act, Role
    from api.gate.asker import Asker

OPT: Final = "access"
"""The name of a route's rule among its options."""
PAGE: Final = "page"
"""Among the options of a route: people look at its answer, in a browser."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may ask.

    Attributes:
        act: in a role that does this act; None: see the others.
        public: everybody, without any proof.
        signed_in: whoever has a session, in a role or before one is chosen.
        look: a session of card and PIN on a borrowed browser, too.
        scope: a till's key with this scope, too.
    """

    act: Act | None = None
    public: bool = False
    signed_in: bool = False
    look: bool = False
    scope: Scope | None = None

    @property
    def roles(self) -> frozenset[Role]:
        """The roles that may ask."""
        return frozenset() if self.act is None else MAY[self.act]

    def check(self, asker: Asker) -> None:
        """Let an asker pass, or refuse.

        Raises:
            Problem: `forbidden`.
        """
        if not self._lets(asker):
            raise Problem("forbidden")

    def _lets(self, asker: Asker) -> bool:
        if asker.key is not None:
            return self.scope is not None and self.scope in asker.scopes
        if asker.scope == "look":
            return self.look
        return self.signed_in or (asker.role is not None and asker.role in self.roles)


EVERYBODY: Final = Rule(public=True)


def everybody(*problems: str) -> dict[str, Any]:
    """The options of a route for everybody; `problems` are the codes it names for itself."""
    return {OPT: EVERYBODY, "problems": problems}


def signed_in(*problems: str, look: bool = False) -> dict[str, Any]:
    """The options of a route for whoever has a session."""
    return {OPT: Rule(signed_in=True, look=look), "problems": problems}


def may(
    act: Act, *, scope: Scope | None = None, look: bool = False, problems: Iterable[str] = ()
) -> dict[str, Any]:
    """The options of a route for those who do an act."""
    return {OPT: Rule(act, scope=scope, look=look), "problems": tuple(problems)}


def page(rule: dict[str, Any]) -> dict[str, Any]:
    """The options of a screen, under a rule made by one of the above."""
    return rule | {PAGE: True}
