"""What is written down and told of a holder at a counter: shapes, and how they become a person."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Literal
from uuid import UUID

from litestar.params import PathParameter
from pydantic import ConfigDict, Field

from admin.parties import Person
from admin.telling.messages import CLAIMED_MAX
from api.wire.days import BirthDay, day_of
from api.wire.shapes import Shape, Told
from api.wire.texts import SEEN_LINES
from merchants import names

if TYPE_CHECKING:
    from admin.people.holders import Account

Language = Literal["fr", "en"]
PartyNumber = Annotated[
    int, PathParameter(ge=1, le=2**53 - 1, description="The account's number, as it was told.")
]
"""The type of a handler's path parameter `party`."""
PartyId = Annotated[int, Field(ge=1, le=2**53 - 1, description="The account's number.")]
Number = Annotated[
    str,
    Field(
        min_length=10,
        max_length=32,
        pattern=r"^[0-9 .\u00a0\u202f-]+$",
        description="As it is printed, with or without its spaces.",
    ),
]
"""A card's number, or the one that blocks it."""
OppositionNumber = Annotated[
    str,
    Field(
        pattern=r"^([0-9][ .\u00a0\u202f-]?){9}[0-9]$",
        description="Ten digits, as they are printed on the stub.",
    ),
]
"""The number that blocks a card."""
Seen = Annotated[Literal[True], Field(description="Whoever asks has seen the person.")]
Email = Annotated[
    str,
    Field(max_length=254, pattern=r"^[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9-]+([.][A-Za-z0-9-]+)+$"),
]
Phone = Annotated[str, Field(pattern=r"^\+?[0-9]([ .]?[0-9]){5,17}$")]
PostalAddress = Annotated[
    str,
    Field(
        min_length=5,
        max_length=400,
        pattern=SEEN_LINES,
        description="Lines under the name, as on an envelope.",
    ),
]
Name = Annotated[str, Field(min_length=2, max_length=80)]


class Contact(Shape):
    """How a holder is reached; each may be absent."""

    email: Email | None = None
    phone: Phone | None = None
    postal_address: PostalAddress | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing was given."""
        return not any((self.email, self.phone, self.postal_address))


class Holder(Contact):
    """As much of a person as the tier needs; for tier 0 a name of their choice is enough."""

    name: Name
    birth_date: BirthDay | None = None
    language: Language = "fr"

    def person(self, person: "UUID") -> Person:
        """The person to be written down.

        Raises:
            NameUnusable: invisible or turning signs, or no letter.
        """
        return Person(
            id=person,
            name=names.clean(self.name),
            birth_date=self.birth_date,
            email=self.email,
            phone=self.phone,
            postal_address=self.postal_address,
            language=self.language,
        )


class WaitingMessage(Told):
    """What nobody could write to a holder: say it, then say that it was said (`markTold`)."""

    id: UUID
    queued_at: datetime
    text: Annotated[str, Field(description="In the holder's language.")]


class AccountFacts(Told):
    """An account as staff see it: no balance, no purchase, no name."""

    party: int
    tier: int
    opened_on: date
    reached_by: Annotated[list[str], Field(description="Among email, phone, letter.")]
    card: Annotated[str | None, Field(description="The last four digits of its card.")]
    card_blocked_at: datetime | None
    waiting: Annotated[list[WaitingMessage], Field(max_length=CLAIMED_MAX)]


class HolderFacts(AccountFacts):
    """Whose card it is, to be compared with who stands here; the look is written down."""

    name: Annotated[str | None, Field(description="null: the holder was erased.")]


Replacing = Annotated[
    bool,
    Field(
        description="What is given takes the place of what was known; the holder is told where"
        " they were reached before."
    ),
]


class TierRaising(Contact):
    """More is known of a holder: T1 a birth date and a contact, T2 a document that was seen."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"tier": 1, "birth_date": "1980-02-29"}]}
    )

    tier: Annotated[int, Field(ge=1, le=2)]
    document_seen: bool = False
    birth_date: BirthDay | None = None
    replace: Replacing = False


class ContactAdding(Contact):
    """A way to reach a holder that was not known, or on purpose instead of the known one."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"phone": "06 12 34 56 78"}]})

    replace: Replacing = False


def facts_of(account: "Account") -> AccountFacts:
    """What staff are told of an account."""
    person, card = account.person, account.card
    ways = {
        "email": person and person.email,
        "phone": person and person.phone,
        "letter": person and person.postal_address,
    }
    return AccountFacts(
        party=account.party,
        tier=account.tier,
        opened_on=day_of(account.opened_at),
        reached_by=[way for way, known in ways.items() if known],
        card=None if card is None else card.number[-4:],
        card_blocked_at=None if card is None else card.blocked_at,
        waiting=[WaitingMessage(**one._asdict()) for one in account.waiting],
    )
