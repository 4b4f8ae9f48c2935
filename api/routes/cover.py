"""The cover, for everybody: what is owed, what circulates, what the reserve holds."""

from datetime import datetime
from typing import Annotated, Final

from litestar import get
from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from api.gate.access import everybody
from api.services import GivenServices
from api.wire.shapes import Sum, Told
from ledger import store
from ledger.chart import Commodity

_PPM: Final = 1_000_000
_EXAMPLE: Final[JsonDict] = {
    "owed": {"amount": 2000, "currency": "EUR"},
    "circulating": {"amount": 2100, "currency": "BSL"},
    "reserve": {"amount": 2000, "currency": "EUR"},
    "remainder": 0,
    "redemption_ppm": 1_000_000,
    "par_ppm": 952_380,
    "head": {"seq": 1, "hash": "5953c7ec" * 8, "posted_at": "2026-01-02T09:30:00Z"},
}


class ChainHead(Told):
    """The last entry: compare it with a head published elsewhere (docs/reference/chain.md)."""

    seq: Annotated[int, Field(ge=0, description="The number of the last entry.")]
    hash: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    posted_at: Annotated[datetime | None, Field(description="null: no entry yet.")]


class Cover(Told):
    """What the issuer owes and holds after its last entry; ratios are rounded down."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    owed: Annotated[Sum, Field(description="L: euros owed to who holds the currency.")]
    circulating: Annotated[Sum, Field(description="C: the local currency in circulation.")]
    reserve: Annotated[Sum, Field(description="Euros held against it.")]
    remainder: Annotated[int, Field(ge=0, description="R, in 1/21 of a euro-cent: 21 L - 20 C.")]
    redemption_ppm: Annotated[
        int | None,
        Field(description="Reserve per L, in millionths; 1000000 covers all; null: L is 0."),
    ]
    par_ppm: Annotated[
        int | None,
        Field(description="Reserve per C at one euro each, in millionths; null: C is 0."),
    ]
    head: ChainHead


@get(
    "/v1/cover",
    operation_id="getCover",
    tags=["public"],
    opt=everybody("unavailable"),
)
async def cover(services: GivenServices) -> Cover:
    """Tells L, C, R, the reserve and both ratios after the last entry that is durable."""
    async with services.connection() as connection:
        head = await store.head(connection)
    await services.durable(head.seq)
    return _told(head, services.settings.currency_code)


def _told(head: store.Head, local: str) -> Cover:
    euro = Commodity.EUR.name
    return Cover(
        owed=Sum(amount=head.debt, currency=euro),
        circulating=Sum(amount=head.issued, currency=local),
        reserve=Sum(amount=head.reserve, currency=euro),
        remainder=head.remainder,
        redemption_ppm=_ratio_ppm(head.reserve, head.debt),
        par_ppm=_ratio_ppm(head.reserve, head.issued),
        head=ChainHead(
            seq=head.seq, hash=head.hash.hex(), posted_at=head.posted_at if head.seq else None
        ),
    )


def _ratio_ppm(part: int, whole: int) -> int | None:
    """Rounded down, so that nothing short of the whole reads as the whole."""
    return part * _PPM // whole if whole else None


ROUTES: Final = (cover,)
