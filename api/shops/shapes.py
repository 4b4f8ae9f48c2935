"""Shapes that several routes of merchants share: an application, a decision, what is told."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from admin.parties import Person
from api.wire.shapes import Shape, Told
from merchants.admission import CHARTER, MerchantClass, Status, What
from merchants.decisions import Decision
from merchants.register import Merchant

FiliereCode = Annotated[str, Field(pattern="^[a-z_]{3,40}$")]
Name = Annotated[str, Field(min_length=1, max_length=320)]
Paragraph = Annotated[str, Field(max_length=600)]
IbanText = Annotated[str, Field(min_length=5, max_length=50)]
Reason = Annotated[
    str,
    Field(min_length=1, max_length=400, description="Such as the reference of the minutes."),
]


class ContactPerson(Shape):
    """Whom the association writes to or calls; one way to reach them at least."""

    name: Name
    email: Annotated[str | None, Field(pattern=r'^[^@\s<>"]{1,64}@[^@\s<>"]{1,180}$')] = None
    phone: Annotated[str | None, Field(pattern="^[+]?[0-9 .()-]{6,19}$")] = None


class ApplicationForm(Shape):
    """What a business says of itself when it asks to be approved."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "merchant_class": "merchant",
                    "name": "Boulangerie Delattre",
                    "siret": "73282932000074",
                    "street": "12 rue Faidherbe",
                    "postal_code": "62200",
                    "commune": "Boulogne-sur-Mer",
                    "description": "Pain au levain, farines de la région.",
                    "filieres": ["boulangerie"],
                    "contact": {"name": "Anne Delattre", "email": "anne@example.org"},
                    "iban": "FR14 2004 1010 0505 0001 3M02 606",
                    "charter": CHARTER,
                    "commitments": "Un fournisseur local de plus d’ici un an.",
                }
            ]
        }
    )

    merchant_class: MerchantClass
    name: Name
    siret: Annotated[str, Field(min_length=1, max_length=30)]
    street: Annotated[str, Field(max_length=120)] = ""
    postal_code: Annotated[str, Field(pattern="^[0-9]{5}$")]
    commune: Name
    description: Paragraph = ""
    filieres: Annotated[list[FiliereCode], Field(min_length=1, max_length=10)]
    contact: ContactPerson
    iban: IbanText | None = None
    convention: Annotated[
        UUID | None, Field(description="A public body's: the document that allows it.")
    ] = None
    charter: Annotated[
        str, Field(min_length=1, max_length=20, description="The version that was signed.")
    ]
    commitments: Annotated[str, Field(max_length=1000)] = ""


class ApplicationReceived(Told):
    """An application that waits for the committee."""

    id: UUID
    name: Annotated[str, Field(description="As it will be shown.")]
    status: Status
    applied_at: datetime


class ApplicationState(Told):
    """How far an application is, for whoever holds its number."""

    id: UUID
    name: str
    status: Annotated[
        Literal["candidate", "approved", "refused"],
        Field(description="Of a merchant that left or was suspended nothing is told here."),
    ]
    applied_at: datetime


class DecisionTold(Told):
    """What was decided of a merchant; it holds once it is confirmed, a freeze at once."""

    id: UUID
    merchant: UUID
    what: What
    reason: str
    proposed_at: datetime
    confirmed_at: datetime | None
    withdrawn_at: datetime | None


class Reached(Told):
    """Whom the association writes to or calls."""

    name: str
    email: str | None
    phone: str | None


class Dossier(Told):
    """Everything the association keeps of a candidate or a merchant."""

    id: UUID
    merchant_class: MerchantClass
    status: Status
    name: str
    siret: str | None
    street: str
    postal_code: str
    commune: str
    description: str
    filieres: list[str]
    contact: Reached | None
    iban: str | None
    convention: UUID | None
    charter: str
    commitments: str
    party: int | None
    applied_at: datetime
    approved_at: datetime | None
    approved_until: date | None
    frozen_until: datetime | None
    decisions: list[DecisionTold]


class Confirmed(Told):
    """A decision that holds now, and where the merchant stands by it."""

    decision: DecisionTold
    status: Status
    frozen_until: datetime | None
    party: int | None
    invitation: Annotated[
        str | None,
        Field(description="Of an approval: the token with which the contact takes the role."),
    ]


def decision_told(made: Decision) -> DecisionTold:
    """A decision, without who took it: that is in the events."""
    return DecisionTold(
        id=made.id,
        merchant=made.merchant,
        what=made.what,
        reason=made.reason,
        proposed_at=made.proposed_at,
        confirmed_at=made.confirmed_at,
        withdrawn_at=made.withdrawn_at,
    )


def dossier(found: Merchant, contact: Person | None, decisions: list[Decision]) -> Dossier:
    """Everything of a merchant."""
    reached = None
    if contact is not None:
        reached = Reached(name=contact.name, email=contact.email, phone=contact.phone)
    return Dossier(
        id=found.id,
        merchant_class=found.merchant_class,
        status=found.standing.status,
        name=found.name,
        siret=found.siret,
        street=found.street,
        postal_code=found.postal_code,
        commune=found.commune,
        description=found.profile.description,
        filieres=list(found.filieres),
        contact=reached,
        iban=found.profile.iban,
        convention=found.convention,
        charter=found.charter,
        commitments=found.commitments,
        party=found.party,
        applied_at=found.applied_at,
        approved_at=found.approved_at,
        approved_until=found.approved_until,
        frozen_until=found.standing.frozen_until,
        decisions=[decision_told(made) for made in decisions],
    )
