"""What a scanned code stands for, before anybody pays: the name and the town decide."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from litestar import Request, post
from litestar.params import JSONBody
from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from admin.roles import MAY, Act
from api.gate.access import everybody
from api.gate.asker import Asker, token_of
from api.gate.given import ASKER
from api.gate.pacing import MONEY
from api.paying.amounts import bousol_cents
from api.paying.looking import recent_payment, remark_of, spendable
from api.paying.scanning import CODE_CHARACTERS_MAX, Scanned, scan
from api.paying.told import PaymentReceipt, bousols, receipt_of
from api.services import GivenServices, Services
from api.wire.shapes import Amount, Shape, Sum, Told
from ledger import store
from ledger.store import Entry
from merchants import requests
from merchants.refusals import CodeUnreadable, RequestExpired

_EXAMPLE: Final[JsonDict] = {
    "kind": "poster",
    "status": "open",
    "payee": {
        "merchant": "0193a3c5-0000-7000-8000-000000000001",
        "till": "0193a3c5-0000-7000-8000-000000000002",
        "account": 1042,
        "name": "Boulangerie Delattre",
        "street": "12 rue Nationale",
        "commune": "Boulogne-sur-Mer",
        "branch": "alimentation",
        "accredited": True,
    },
    "request": None,
    "amount": None,
    "reference": "",
    "expires_at": None,
    "payer": None,
}
_SIGNED_IN: Final = ("unauthenticated", "session_ended", "key_unusable", "cross_site")


class ScannedText(Shape):
    """What a camera read, or the code under a poster as it was typed."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"code": "2345 6789"}]})

    code: Annotated[str, Field(min_length=1, max_length=CODE_CHARACTERS_MAX)]
    amount: Annotated[
        Amount | None, Field(description="What the payer will pay at a poster, if known.")
    ] = None


class VerifiedPayee(Told):
    """Whom a code pays, as the association has verified it."""

    merchant: UUID
    till: UUID
    account: Annotated[int, Field(description="What a confirmation of this payment names.")]
    name: str
    street: str
    commune: str
    branch: Annotated[
        str | None, Field(description="The root of what is sold, of `/v1/filieres`; null: none.")
    ]
    accredited: bool


class AsPayer(Told):
    """What only the payer is told."""

    times_paid: Annotated[int, Field(description="How often they paid here; 1000: or more.")]
    confirmation_needed: Annotated[
        bool | None, Field(description="null: the amount is not known yet.")
    ]
    unconfirmed_max: Annotated[
        Sum, Field(description="The most that is paid now without a confirmation.")
    ]
    available: Annotated[Sum, Field(description="What they could pay here.")]
    elsewhere: Annotated[Sum, Field(description="Aid or grants of theirs that do not pay here.")]
    lapsed: Annotated[
        datetime | None, Field(description="The last instant of aid with money left, if past.")
    ]
    receipt: Annotated[PaymentReceipt | None, Field(description="It was they who paid it.")]
    recent: Annotated[
        PaymentReceipt | None,
        Field(description="Their newest payment at this till, if of the last ten minutes."),
    ]


class ScannedCode(Told):
    """A code of ours."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    kind: Literal["poster", "request"]
    status: Literal["open", "paid", "cancelled", "expired", "closed"]
    payee: VerifiedPayee
    request: UUID | None
    amount: Annotated[Sum | None, Field(description="null: the payer types it.")]
    reference: str
    expires_at: datetime | None
    payer: Annotated[AsPayer | None, Field(description="For a soliste who is signed in.")]


@post(
    "/v1/scans",
    operation_id="scanCode",
    tags=["paying"],
    status_code=200,
    opt=everybody(
        "malformed_body", "malformed_amount", "too_large", "unsupported_media_type",
        "code_unreadable", "unavailable", *_SIGNED_IN,
    ) | MONEY,
)  # fmt: skip
async def scan_code(
    data: JSONBody[ScannedText], services: GivenServices, request: Request[Any, Any, Any]
) -> ScannedCode:
    """Tells whom a code pays and how it stands; altered and foreign codes are refused."""
    asker = await _asker(services, request)
    scanned = await scan(services, data.code)
    if isinstance(scanned.trouble, CodeUnreadable):
        raise scanned.trouble
    entry, status, reference = await _stands(services, scanned)
    payer = None
    if asker is not None:
        typed = None if data.amount is None else bousol_cents(data.amount, services.settings)
        cents = typed if scanned.asked is None else scanned.asked.amount_minor
        payer = await _as_payer(services, asker, scanned, entry, cents)
    return _told(services, scanned, status, reference, payer)


async def _asker(services: Services, request: Request[Any, Any, Any]) -> Asker | None:
    """Who asks, if somebody in the role that pays does; a page has recognised them already."""
    state = request.scope["state"]
    if ASKER in state:
        asker: Asker | None = state[ASKER]
    else:
        token = token_of(request.method, dict(request.scope["headers"]))
        asker = None if token is None else await services.recognition.of(token)
    pays = asker is not None and asker.scope == "full" and asker.role in MAY[Act.PAY_BY_CODE]
    return asker if pays else None


async def _stands(services: Services, scanned: Scanned) -> tuple[Entry | None, str, str]:
    """The payment of a request, if there is one; how the code stands; its reference."""
    if scanned.request is None:
        usable = scanned.trouble is None and scanned.place.approved
        return None, "open" if usable else "closed", ""
    async with services.connection() as connection:
        entry = await store.entry_by_once(connection, scanned.request)
    async with services.rows() as rows:
        found = await requests.find(rows, scanned.request)
    reference = "" if found is None else found.reference
    if entry is not None:
        await services.durable(entry.seq)
        return entry, "paid", reference
    if found is not None and found.cancelled_at is not None:
        return None, "cancelled", reference
    if isinstance(scanned.trouble, RequestExpired):
        return None, "expired", reference
    return None, "open" if scanned.place.approved else "closed", reference


async def _as_payer(
    services: Services, asker: Asker, scanned: Scanned, entry: Entry | None, cents: int | None
) -> AsPayer:
    place = scanned.place
    means = await services.paying.means.phone(asker)
    async with services.connection() as connection:
        times = await store.times_paid(connection, asker.acting, place.account)
        card = await store.card(connection, means)
    there, currency = await spendable(services, asker.acting, place.account), _currency(services)
    return AsPayer(
        times_paid=times,
        confirmation_needed=None if cents is None else card.needs_pin(cents),
        unconfirmed_max=bousols(card.unconfirmed_max_cents, currency),
        available=bousols(there.here, currency),
        elsewhere=bousols(there.elsewhere, currency),
        lapsed=there.lapsed,
        receipt=await _receipt(services, asker, scanned, entry),
        recent=await _recent(services, asker, scanned),
    )


async def _receipt(
    services: Services, asker: Asker, scanned: Scanned, entry: Entry | None
) -> PaymentReceipt | None:
    if entry is None or entry.party != asker.party:
        return None
    return await _receipt_of(services, entry, scanned)


async def _recent(services: Services, asker: Asker, scanned: Scanned) -> PaymentReceipt | None:
    entry = await recent_payment(services, asker.acting, scanned.place)
    return None if entry is None else await _receipt_of(services, entry, scanned)


async def _receipt_of(services: Services, entry: Entry, scanned: Scanned) -> PaymentReceipt:
    remark = await remark_of(services, entry)
    return receipt_of(entry, scanned.place, remark, _currency(services))


def _currency(services: Services) -> str:
    return services.settings.currency_code


def _told(
    services: Services, scanned: Scanned, status: Any, reference: str, payer: AsPayer | None
) -> ScannedCode:
    place, asked, currency = scanned.place, scanned.asked, services.settings.currency_code
    return ScannedCode(
        kind="poster" if asked is None else "request",
        status=status,
        payee=VerifiedPayee(
            merchant=place.merchant,
            till=place.till,
            account=place.account,
            name=place.name,
            street=place.street,
            commune=place.commune,
            branch=place.branch,
            accredited=place.approved,
        ),
        request=scanned.request,
        amount=None if asked is None else bousols(asked.amount_minor, currency),
        reference=reference,
        expires_at=scanned.not_after,
        payer=payer,
    )


ROUTES: Final = (scan_code,)
