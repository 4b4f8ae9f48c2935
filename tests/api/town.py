"""People of a small town who are signed in: what tests of routes ask as.

Everybody is made through the rooms' own functions and rows, and has a bearer token as a sign-in
would give; what a route itself is for (opening accounts, approving merchants) is tested by asking.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from admin import parties
from admin.logins import keys, pins, sessions
from admin.logins.sessions import SignedIn
from admin.parties import ISSUER, Person
from admin.roles import STAFF, PartyClass, Role
from admin.tables import PARTY, ROLE_GRANT
from api.wire.ids import new_id
from ledger import store
from ledger.chart import AccountClass
from ledger.flows import issue_transfer
from ledger.flows.act import Act, Terms

if TYPE_CHECKING:
    import httpx

    from admin.logins.keys import Scope
    from tests.api.house import House

PIN = "4711"
COMMUNE = "Boulogne-sur-Mer"


@dataclass
class Who:
    """Somebody signed in, in one role for one party."""

    house: House
    user: UUID
    person: UUID
    grant: UUID
    role: Role
    party: int
    account: int | None
    token: str
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    async def get(self, path: str, **params: Any) -> httpx.Response:
        return await self.house.client.get(path, params=params, headers=self.headers)

    async def post(
        self, path: str, body: Any = None, *, key: UUID | None = None, **headers: str
    ) -> httpx.Response:
        """Ask with a new idempotency key, or with this one."""
        sent = {"Idempotency-Key": str(key or uuid4())} | self.headers | headers
        return await self.house.client.post(path, json=body, headers=sent)

    async def ask(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        return await self.house.client.request(
            method, path, json=body, headers=self.headers | headers
        )


class Town:
    """Makes people and their parties in the database of a running service."""

    def __init__(self, house: House) -> None:
        self.house = house

    @property
    def services(self):
        return self.house.services

    @property
    def now(self):
        return self.services.clock.now()

    async def somebody(
        self,
        role: Role,
        *,
        party: int | None = None,
        party_class: PartyClass | None = None,
        tier: int = 1,
        pin: str | None = PIN,
        name: str = "Camille",
    ) -> Who:
        """A new person in a role, for a party there is or for a new one of this class."""
        person, user = Person(uuid4(), name, email=f"{uuid4().hex[:12]}@example.org"), uuid4()
        account = None
        async with self.services.rows() as rows:
            await parties.add_person(rows, person)
            await parties.add_user(rows, user=user, person=person.id, identifier=None, at=self.now)
            if party is None:
                party, account = await self._party(rows, role, party_class, person.id, tier)
            if pin is not None:
                await pins.set_pin(
                    rows, self.services.pepper, user=user, pin=pin, actor=user, at=self.now
                )
        return await self.signed_in(user, person.id, role, party, account)

    async def signed_in(
        self, user: UUID, person: UUID, role: Role, party: int, account: int | None = None
    ) -> Who:
        """A login gets a role for a party, and signs in to it."""
        grant = uuid4()
        factors = frozenset({"passkey"} if role in STAFF else {"password"})
        async with self.services.rows() as rows:
            row = {"id": grant, "user_id": user, "party": party, "role": role}
            await rows.execute(ROLE_GRANT.insert().values(**row, valid_from=self.now))
            token = await sessions.issue(
                rows, SignedIn(user, factors, "tests"), self.now, grant=grant
            )
        return Who(self.house, user, person, grant, role, party, account, token)

    async def _party(self, rows, role, party_class, person, tier):
        if role in {Role.TREASURER, Role.MANAGER, Role.VAULT, Role.AUDITOR, Role.TECHNICIAN}:
            return ISSUER, None
        made = party_class or _CLASS[role]
        solistes = made is PartyClass.SOLISTE
        account = await self._account() if made in _ACCOUNT else None
        party = await parties.add_party(
            rows,
            made,
            self.now,
            person=person if solistes else None,
            tier=tier,
            wallet=account if solistes else None,
        )
        if account is not None:
            await self._open(account, party, made, tier)
        return party, account

    async def _account(self) -> int:
        async with self.services.connection() as connection:
            return await store.next_account_id(connection)

    async def _open(self, account: int, party: int, made: PartyClass, tier: int) -> None:
        limits = await self.limits()
        cap = parties.balance_cap_cents(tier, limits) if made is PartyClass.SOLISTE else None
        async with self.services.connection() as connection:
            await store.open_account(
                connection, _ACCOUNT[made], account=account, party=party, ceiling=cap
            )

    async def limits(self):
        from ledger.policies import Limits  # noqa: PLC0415  # why: the defaults, as nobody put any

        return Limits()

    async def resident(self, cents: int = 0, **more: Any) -> Who:
        """A soliste with Bou'Sols bought by transfer: at least so many."""
        who = await self.somebody(Role.SOLISTE, **more)
        if cents:
            await self.fill(who, cents)
        return who

    async def fill(self, who: Who, cents: int) -> None:
        """Euros arrive for somebody and become Bou'Sols: at least so many cents."""
        terms = Terms()
        assert who.account is not None
        act = Act(new_id(), ISSUER, uuid4(), bytes(16), document=uuid4())
        entry = issue_transfer(
            act,
            euros_cents=terms.scheme.price(cents),
            holder=who.account,
            bank_line=uuid4(),
            terms=terms,
        )
        await self.services.post(entry)

    async def balance(self, who: Who) -> int:
        assert who.account is not None
        async with self.services.connection() as connection:
            query = "select balance from ledger.account where id = $1"
            return int(await connection.fetchval(query, who.account))

    async def key(self, who: Who, *scopes: Scope) -> Who:
        """A till's key of somebody's party, as who asks."""
        made = uuid4()
        async with self.services.rows() as rows:
            secret = await keys.make(
                rows,
                key=made,
                party=who.party,
                scopes=frozenset(scopes),
                label="caisse",
                actor=who.user,
                at=self.now,
            )
        return Who(self.house, who.user, who.person, made, who.role, who.party, who.account, secret)

    async def class_of(self, party: int) -> str:
        async with self.services.rows() as rows:
            return str(await rows.scalar(PARTY.select().with_only_columns(PARTY.c["class"]).where(
                PARTY.c.id == party)))  # fmt: skip


_CLASS = {
    Role.SOLISTE: PartyClass.SOLISTE,
    Role.MERCHANT: PartyClass.MERCHANT,
    Role.CASHIER: PartyClass.MERCHANT,
    Role.COMPTOIR: PartyClass.ASSOCIATION,
    Role.CASEWORKER: PartyClass.CCAS,
    Role.CCAS_VALIDATOR: PartyClass.CCAS,
    Role.WORKS_COUNCIL: PartyClass.WORKS_COUNCIL,
    Role.CASH_OFFICER: PartyClass.PUBLIC,
    Role.SPONSOR: PartyClass.SPONSOR,
}
_ACCOUNT = {
    PartyClass.SOLISTE: AccountClass.WALLET,
    PartyClass.MERCHANT: AccountClass.MERCHANT,
    PartyClass.ASSOCIATION: AccountClass.MERCHANT,
    PartyClass.PUBLIC: AccountClass.PUBLIC,
}
