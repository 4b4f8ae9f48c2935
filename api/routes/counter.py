"""What staff do for a holder who stands before them: accounts are opened, shown and completed."""

from typing import Annotated, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import JSONBody
from pydantic import ConfigDict, Field

from admin import events, parties
from admin.events import Event, Happened
from admin.means import card_numbers, cards
from admin.means.card_numbers import spoken
from admin.parties import ISSUER
from admin.people import counter, holders, memberships
from admin.people.completing import Learnt, complete
from admin.people.counter import AnotherOpening, Opened, Opening
from admin.people.holders import Account
from admin.refusals import IdentityIncomplete, UnknownCard, UnknownParty
from admin.roles import Act, Role
from api.accounts.holders import (
    AccountFacts,
    ContactAdding,
    Holder,
    HolderFacts,
    Number,
    PartyNumber,
    TierRaising,
    facts_of,
)
from api.gate.access import may
from api.gate.asker import Asker
from api.gate.given import GivenAsker
from api.papers.conditions import ConditionsFacts, conditions
from api.policies import policy_in_force
from api.services import GivenServices, Services
from api.wire import replying
from api.wire.days import day_of
from api.wire.ids import derived_id
from api.wire.printing import PDF, host_of, printed
from api.wire.shapes import Shape, Sum, Told, euros
from api.wire.strict import IdempotencyKey
from api.wire.texts import Pin
from ledger import store
from ledger.policies import Limits
from ledger.refusals import KeyConflict
from merchants.tables import MERCHANT

_LEARNING: Final = ("unknown_party", "identity_incomplete", "fact_known")


class AccountOpening(Holder):
    """An account for who stands here: a person as far as the tier needs, a card, a PIN."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"name": "Camille", "card_number": "4821 0937 5520", "pin": "4711"}]
        }
    )

    tier: Annotated[int, Field(ge=0, le=2)] = 0
    document_seen: bool = False
    card_number: Annotated[Number, Field(description="Of a card that lies in this stock.")]
    pin: Pin


class AccountOpened(Told):
    """The account stands: hand over the card, print what `papers` names."""

    party: Annotated[int, Field(description="The account's number.")]
    tier: int
    card_number: str
    membership: UUID
    fee: Annotated[Sum, Field(description="Of the first year; until it is paid nothing is bought.")]
    papers: list[str]


class CardLookup(Shape):
    """A card that lies on the counter."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"number": "4821 0937 5520"}]})

    number: Number


@post(
    "/v1/accounts",
    operation_id="openAccount",
    tags=["counter"],
    opt=may(
        Act.OPEN_COUNTER_ACCOUNT,
        problems=(
            "key_missing",
            "identity_incomplete",
            "pin_guessable",
            "name_unusable",
            "unknown_card",
            "card_not_in_stock",
            "key_conflict",
        ),
    ),
)
async def open_account(
    data: JSONBody[AccountOpening],
    key: IdempotencyKey,
    asker: GivenAsker,
    services: GivenServices,
) -> Response[AccountOpened]:
    """Opens an account with a card and a PIN; the same key again finishes what was begun."""
    wanted = _opening(data, key, asker, services)
    policy = await policy_in_force(services)
    now = services.clock.now()
    try:
        opened = await counter.open_account(
            services.engine, services.pepper, wanted, policy.limits, now
        )
    except AnotherOpening:
        raise KeyConflict(key) from None
    if opened.again:
        replying.answered_before()
    told = _opened(wanted, opened, policy.limits)
    return Response(told, headers={"Location": f"/v1/accounts/{opened.party}"})


@get(
    "/v1/accounts/{party:int}",
    operation_id="getAccount",
    tags=["counter"],
    opt=may(Act.REISSUE_CARD, problems=("unknown_party",)),
)
async def get_account(party: PartyNumber, services: GivenServices) -> AccountFacts:
    """Tells what staff need of an account: its tier, how it is reached, whether its card stands."""
    async with services.rows() as rows:
        return facts_of(await holders.account(rows, party))


@get(
    "/v1/accounts/{party:int}/conditions",
    operation_id="printConditions",
    tags=["counter"],
    media_type=PDF,
    opt=may(Act.OPEN_COUNTER_ACCOUNT, problems=("unknown_party",)),
)
async def print_conditions(
    party: PartyNumber, asker: GivenAsker, services: GivenServices
) -> Response[bytes]:
    """Prints the conditions of an account, for the counter whose stock its card came from."""
    async with services.rows() as rows:
        account = await holders.account(rows, party)
        if account.person is None or account.card is None or not _may_print(account, asker):
            raise UnknownParty
        place = account.card.place
        named = MERCHANT.select().with_only_columns(MERCHANT.c.name)
        name = await rows.scalar(named.where(MERCHANT.c.party == place))
    facts = await _conditions(services, account, name or services.settings.issuer_name)
    return await printed(f"conditions-{party}", conditions, facts, account.person.language)


@post(
    "/v1/card-lookups",
    operation_id="lookUpCard",
    tags=["counter"],
    status_code=200,
    opt=may(Act.REISSUE_CARD, problems=("unknown_card", "unknown_party")),
)
async def look_up_card(
    data: JSONBody[CardLookup], asker: GivenAsker, services: GivenServices
) -> HolderFacts:
    """Says whose card lies on the counter; who looked is written down."""
    async with services.rows() as rows:
        card = await cards.by_number(rows, data.number)
        if card.party is None:
            raise UnknownCard
        account = await holders.account(rows, card.party)
        shown = Event(Happened.HOLDER_SHOWN, asker.by, card.party, str(card.id))
        await events.write(rows, shown, services.clock.now())
    name = None if account.person is None else account.person.name
    return HolderFacts(**facts_of(account).model_dump(), name=name)


@post(
    "/v1/accounts/{party:int}/tier",
    operation_id="raiseTier",
    tags=["counter"],
    status_code=200,
    opt=may(Act.OPEN_COUNTER_ACCOUNT, problems=_LEARNING),
)
async def raise_tier(
    party: PartyNumber, data: JSONBody[TierRaising], asker: GivenAsker, services: GivenServices
) -> AccountFacts:
    """Writes down more of a holder, who is told; the account may hold more, and never less."""
    limits = (await policy_in_force(services)).limits
    by, now = asker.by, services.clock.now()
    learnt = Learnt(**data.model_dump(exclude={"tier", "document_seen", "replace"}))
    async with services.rows() as rows:
        await holders.account(rows, party)
        await complete(rows, party=party, learnt=learnt, replace=data.replace, actor=by, at=now)
    await parties.raise_tier(
        services.engine,
        party=party,
        tier=data.tier,
        document_seen=data.document_seen,
        limits=limits,
        actor=by,
        at=now,
    )
    async with services.rows() as rows:
        return facts_of(await holders.account(rows, party))


@post(
    "/v1/accounts/{party:int}/phone",
    operation_id="addContact",
    tags=["counter"],
    status_code=200,
    opt=may(Act.OPEN_COUNTER_ACCOUNT, problems=_LEARNING),
)
async def add_contact(
    party: PartyNumber, data: JSONBody[ContactAdding], asker: GivenAsker, services: GivenServices
) -> AccountFacts:
    """Adds a phone, an e-mail or a postal address, and tells the holder where they were reached."""
    if data.empty:
        raise IdentityIncomplete("contact")
    now = services.clock.now()
    async with services.rows() as rows:
        await holders.account(rows, party)
        learnt = Learnt(**data.model_dump(exclude={"replace"}))
        await complete(
            rows, party=party, learnt=learnt, replace=data.replace, actor=asker.by, at=now
        )
        return facts_of(await holders.account(rows, party))


def _opening(data: AccountOpening, key: UUID, asker: Asker, services: Services) -> Opening:
    """The ids follow from the counter and its key, so that any process finishes what one began."""
    person, user, grant, membership = (
        derived_id(services.pepper, "openAccount", asker.acting, key, what)
        for what in ("person", "user", "grant", "membership")
    )
    return Opening(
        person=data.person(person),
        user=user,
        grant=grant,
        membership=membership,
        place=asker.acting,
        card_number=data.card_number,
        pin=data.pin,
        actor=asker.by,
        tier=data.tier,
        document_seen=data.document_seen,
    )


def _opened(wanted: Opening, opened: Opened, limits: Limits) -> AccountOpened:
    return AccountOpened(
        party=opened.party,
        tier=wanted.tier,
        card_number=spoken(card_numbers.read(wanted.card_number)),
        membership=wanted.membership,
        fee=euros(memberships.fee_of(limits, business=False)),
        papers=[f"/v1/accounts/{opened.party}/conditions"],
    )


def _may_print(account: Account, asker: Asker) -> bool:
    """The page names its holder: for the counter that handed the card out, and the association."""
    assert account.card is not None, account
    return asker.role is Role.MANAGER or asker.acting in {account.card.place, ISSUER}


async def _conditions(services: Services, account: Account, counter: str) -> ConditionsFacts:
    assert account.person is not None, account
    assert account.card is not None, account
    limits = (await policy_in_force(services)).limits
    async with services.connection() as connection:
        known = await store.rules(connection)
    return ConditionsFacts(
        holder=account.person.name,
        card_number=spoken(account.card.number),
        counter=counter,
        opened_on=day_of(account.opened_at),
        cap_minor=parties.balance_cap_cents(account.tier, limits),
        pin_above_minor=known.card_each_cents,
        pin_sum_minor=known.card_sum_cents,
        phone=services.settings.contact_phone,
        host=host_of(services.settings),
        issuer=services.settings.issuer_name,
    )


ROUTES: Final = (
    open_account,
    get_account,
    print_conditions,
    look_up_card,
    raise_tier,
    add_contact,
)
