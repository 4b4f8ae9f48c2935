"""What a merchant says of itself: its description, its notices, its bank account."""

from datetime import date
from typing import Annotated, Final

from litestar import Response, get, put
from litestar.params import HeaderParameter, JSONBody
from pydantic import ConfigDict, Field

from admin import events
from admin.events import Event, Happened
from admin.roles import Act
from admin.telling import messages
from admin.telling.words import Template
from api.aid import accepting
from api.gate.access import may
from api.gate.asker import Asker
from api.gate.given import GivenAsker
from api.gate.proving import PROVING_PIN, PinProof, prove_if_given
from api.services import GivenServices, Services
from api.shops.owned import own_shop
from api.shops.shapes import FiliereCode, IbanText, Paragraph
from api.wire.shapes import Shape, Told
from merchants import admission, register
from merchants.admission import Status
from merchants.refusals import VersionChanged, VersionNeeded
from merchants.register import Merchant, Profile

IfMatch = Annotated[
    str | None,
    HeaderParameter(
        name="If-Match", max_length=80, description="The `ETag` of what was read before."
    ),
]


class ProfileForm(Shape):
    """What a merchant says of itself from now on."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "description": "Pain au levain, farines de la région.",
                    "proposes": "Invendus du soir, sacs de farine vides",
                    "seeks": "Un imprimeur pour nos sachets",
                    "listed": True,
                    "filieres": ["boulangerie"],
                    "iban": "FR14 2004 1010 0505 0001 3M02 606",
                    "proof": {"pin": "4711"},
                }
            ]
        }
    )

    description: Paragraph
    proposes: Paragraph
    seeks: Paragraph
    listed: Annotated[bool, Field(description="In the public directory.")]
    filieres: Annotated[list[FiliereCode], Field(min_length=1, max_length=10)]
    iban: Annotated[IbanText | None, Field(description="Where euros are paid.")]
    proof: Annotated[
        PinProof | None, Field(description="That its owner is there: where the IBAN changes.")
    ] = None


class ProfileTold(Told):
    """What a merchant says of itself, and what was approved of it."""

    status: Status
    name: str
    siret: str | None
    street: str
    postal_code: str
    commune: str
    description: str
    proposes: str
    seeks: str
    listed: bool
    filieres: list[str]
    iban: str | None
    approved_until: Annotated[
        date | None, Field(description="The approval's last day; payments go on after it.")
    ]


@get(
    "/v1/merchant/profile",
    operation_id="getProfile",
    tags=["merchants"],
    opt=may(Act.MANAGE_SHOP, problems=("not_found", "unavailable")),
)
async def get_profile(services: GivenServices, asker: GivenAsker) -> Response[ProfileTold]:
    """Shows what the merchant says of itself, with the `ETag` that a change needs."""
    async with services.rows() as rows:
        return _told(await own_shop(rows, asker))


@put(
    "/v1/merchant/profile",
    operation_id="putProfile",
    tags=["merchants"],
    opt=may(
        Act.MANAGE_SHOP,
        problems=(
            "not_found",
            "version_needed",
            "version_changed",
            "iban_wrong",
            "confirmation_needed",
            *PROVING_PIN,
            "unknown_filiere",
            "unavailable",
            "outcome_unknown",
        ),
    ),
)
async def put_profile(
    services: GivenServices,
    asker: GivenAsker,
    data: JSONBody[ProfileForm],
    if_match: IfMatch = None,
) -> Response[ProfileTold]:
    """Changes what the merchant says of itself, if nobody else changed it since it was read."""
    if if_match is None:
        raise VersionNeeded
    iban = None if data.iban is None else admission.read_iban(data.iban)
    tidied = admission.tidied
    profile = Profile(
        tidied(data.description), tidied(data.proposes), tidied(data.seeks), data.listed, iban
    )
    now = services.clock.now()
    await _check_there(services, asker, data, iban, if_match)
    async with services.rows() as rows:
        found = await own_shop(rows, asker, lock=True)
        if if_match != _version(found):
            raise VersionChanged
        await register.describe(rows, found, profile)
        await register.place_in(rows, found.id, frozenset(data.filieres))
        if iban != found.profile.iban:
            event = Event(Happened.MERCHANT_IBAN_CHANGED, asker.by, found.party, str(found.id))
            await events.write(rows, event, now)
            await messages.queue(
                rows, party=asker.acting, template=Template.BANK_ACCOUNT_CHANGED, at=now
            )
        changed = await own_shop(rows, asker)
    await accepting.settle(services)
    return _told(changed)


async def _check_there(
    services: Services, asker: Asker, data: ProfileForm, iban: str | None, if_match: str
) -> None:
    """Where euros are paid changes only by somebody who shows to be there.

    The version tells that it is the same one which is changed below.

    Raises:
        VersionChanged: somebody changed something since it was read.
        ConfirmationNeeded: without a proof.
        WrongPin, PinLocked, BadCredentials, BadPasskey, TooManyTries, SignInBusy: see `prove`.
    """
    async with services.rows() as rows:
        found = await own_shop(rows, asker)
    if if_match != _version(found):
        raise VersionChanged
    if iban != found.profile.iban:
        await prove_if_given(services, asker, data.proof)


def _version(found: Merchant) -> str:
    """The ETag: it changes with whatever a merchant may change."""
    return f'"{admission.version_of(found.profile, found.filieres)}"'


def _told(found: Merchant) -> Response[ProfileTold]:
    profile = found.profile
    told = ProfileTold(
        status=found.standing.status,
        name=found.name,
        siret=found.siret,
        street=found.street,
        postal_code=found.postal_code,
        commune=found.commune,
        description=profile.description,
        proposes=profile.proposes,
        seeks=profile.seeks,
        listed=profile.listed,
        filieres=list(found.filieres),
        iban=profile.iban,
        approved_until=found.approved_until,
    )
    return Response(told, headers={"etag": _version(found)})


ROUTES: Final = (get_profile, put_profile)
